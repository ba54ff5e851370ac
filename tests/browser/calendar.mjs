// Looks at a calendar's page and prints what was found as JSON.
// Usage: node calendar.mjs PAGE CHROMIUM FOLDER-FOR-PICTURES
import { join } from "node:path";
import { axed, brokenWords, started, wide } from "./browser.mjs";

const [file, executablePath, pictures] = process.argv.slice(2);
const { browser, opened, told } = await started(file, executablePath);
const seen = page => page.evaluate(() => ({
  lines: [...document.querySelectorAll("svg")].filter(each => each.getClientRects().length).length,
  rows: [...document.querySelectorAll("tbody tr:not(.date)")].filter(each => each.getClientRects().length).length,
  scripts: document.scripts.length,
}));
const outside = page => page.evaluate(() => [...document.querySelectorAll("svg")].flatMap(svg => {
  const around = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text, rect, path")].filter(each => {
    const at = each.getBoundingClientRect();
    return at.right > around.right + 1 || at.left < around.left - 1 || at.bottom > around.bottom + 1;
  }).map(each => each.outerHTML.slice(0, 120));
}).slice(0, 5));

for (const colorScheme of ["light", "dark"]) {
  const page = await opened({ colorScheme });
  told[colorScheme] = { axe: await axed(page), wide: await wide(page), outside: await outside(page), ...await seen(page) };
  await page.screenshot({ path: join(pictures, `calendar-${colorScheme}.png`), fullPage: true });
  await page.context().close();
}
const narrow = await opened({ viewport: { width: 390, height: 800 } });
told.narrow = { axe: await axed(narrow), wide: await wide(narrow), broken: await brokenWords(narrow), ...await seen(narrow) };
await narrow.screenshot({ path: join(pictures, "calendar-narrow.png") });
const paper = await opened({ viewport: { width: 794, height: 1123 } });
await paper.emulateMedia({ media: "print" });
told.paper = { wide: await wide(paper), outside: await outside(paper), ...await seen(paper) };
await paper.pdf({ path: join(pictures, "calendar-print.pdf"), format: "A4" });
await paper.screenshot({ path: join(pictures, "calendar-print.png") });
const plain = await opened({ javaScriptEnabled: false });
told.plain = { rows: await plain.locator("tbody tr:not(.date)").count() };
await browser.close();
console.log(JSON.stringify(told));
