// Drives the page with the keyboard alone and prints what was found as JSON.
// Usage: node check.mjs PAGE CHROMIUM FOLDER-FOR-PICTURES
import { join } from "node:path";
import { axed, brokenWords, started, wide } from "./browser.mjs";

const [file, executablePath, pictures] = process.argv.slice(2);
const { browser, opened, told } = await started(file, executablePath);
told.most = 0;

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
told.wide = await wide(narrow);
told.broken = await brokenWords(narrow);
told.order = await narrow.locator(".steps").isVisible();
await narrow.screenshot({ path: join(pictures, "narrow.png") });
const paper = await opened();
await paper.emulateMedia({ media: "print" });
told.printed = await wide(paper);
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
