// Opens a page in a browser that notes every error and every request, and looks at it as check scripts need.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.NODE_MODULES, "here.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export async function started(file, executablePath) {
  const url = pathToFileURL(file).href, told = { errors: [], requests: [] };
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  async function opened(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on("console", message => message.type() === "error" && told.errors.push(message.text()));
    page.on("pageerror", error => told.errors.push(String(error)));
    page.on("request", request => request.url() !== url && told.requests.push(request.url()));
    await page.goto(url);
    return page;
  }
  return { browser, opened, told };
}

export async function axed(page) {
  // The page's own policy forbids foreign scripts; the check is the debugger's, which it does not bind.
  await page.evaluate(axe + ";0");
  const { violations, passes } = await page.evaluate(() => axe.run());
  if (passes.length < 10) throw new Error("axe looked at next to nothing");
  return violations.map(found => `${found.id}: ${found.nodes.map(node => node.html).slice(0, 2).join(" | ").slice(0, 300)}`);
}

export const wide = page => page.evaluate(() => document.documentElement.scrollWidth);

export const brokenWords = page => page.evaluate(() => {
  const found = [], range = document.createRange(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, room = document.documentElement.clientWidth - 60;
    if (node.parentElement.closest("script, style, svg, .unseen")) continue;
    for (const word of node.data.matchAll(/\S+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = [...range.getClientRects()], long = lines.reduce((sum, line) => sum + line.width, 0);
      if (new Set(lines.map(line => Math.round(line.top))).size > 1 && long < room) found.push(word[0]);
    }
  }
  return found.slice(0, 10);
});
