// Drives the page with the keyboard alone and prints what was found as JSON.
// Usage: node check.mjs PAGE CHROMIUM FOLDER-FOR-PICTURES
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.NODE_MODULES, "here.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [file, executablePath, pictures] = process.argv.slice(2);
const url = pathToFileURL(file).href;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const told = { errors: [], requests: [], most: 0 };

async function opened(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", message => message.type() === "error" && told.errors.push(message.text()));
  page.on("pageerror", error => told.errors.push(String(error)));
  page.on("request", request => request.url() !== url && told.requests.push(request.url()));
  await page.goto(url);
  return page;
}

const rows = page => page.$$eval("tbody tr", all => all.map(row => [...row.children].map(cell => cell.textContent)));

async function task(name, ...actions) {
  const page = await opened();
  for (const action of actions) {
    if (action.startsWith("type ")) await page.keyboard.type(action.slice(5));
    else await page.keyboard.press(action);
  }
  const found = await rows(page);
  told.most = Math.max(told.most, found.length);
  told[name] = { actions: actions.length, rows: found, count: await page.textContent("#count") };
  await page.context().close();
}

await task("conflict", "Tab", "type conflict");
await task("katalon", "Tab", "Tab", "type kat");
await task("field", "Tab", "type train-0601 releaseid");
await task("start");

async function axed(page) {
  // The page's own policy forbids foreign scripts; the check is the debugger's, which it does not bind.
  await page.evaluate(axe + ";0");
  const { violations, passes } = await page.evaluate(() => axe.run());
  if (passes.length < 10) throw new Error("axe looked at next to nothing");
  return violations.map(found => `${found.id}: ${found.nodes.map(node => node.html).slice(0, 2).join(" | ").slice(0, 300)}`);
}

told.axe = {};
for (const colorScheme of ["light", "dark"]) {
  const page = await opened({ colorScheme });
  told.axe[colorScheme] = await axed(page);
  await page.screenshot({ path: join(pictures, `${colorScheme}.png`) });
  await page.keyboard.press("Tab");
  await page.keyboard.type("conflict");
  await page.screenshot({ path: join(pictures, `${colorScheme}-conflict.png`) });
  await page.context().close();
}
const narrow = await opened({ viewport: { width: 390, height: 800 } });
told.axe.narrow = await axed(narrow);
told.wide = await narrow.evaluate(() => document.documentElement.scrollWidth);
told.broken = await narrow.evaluate(() => {
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
told.order = await narrow.locator(".steps").isVisible();
await narrow.screenshot({ path: join(pictures, "narrow.png") });
const paper = await opened();
await paper.emulateMedia({ media: "print" });
told.printed = await paper.evaluate(() => document.documentElement.scrollWidth);
await paper.pdf({ path: join(pictures, "print.pdf"), format: "A4", pageRanges: "1" });
await paper.screenshot({ path: join(pictures, "print.png") });

const turning = await opened();
await turning.focus("#on");
await turning.keyboard.press("Enter");
told.turned = { first: (await rows(turning))[0], count: await turning.textContent("#count") };

const plain = await opened({ javaScriptEnabled: false });
told.plain = { rows: await plain.locator("tbody tr").count(), count: await plain.textContent("#count"),
  filters: await plain.isVisible("#filters") };
await browser.close();
console.log(JSON.stringify(told));
