// How fast the page is on a large store, and how soon it shows an event.
//
//     node bench/page.mjs LIMITS_API LIMITS_PROCESSOR PACKAGES FOLDER FILL [LIMITS]
//
// In headless Chromium, on a store of LIMITS (1,000,000). A view's time is from the click on a link to what it shows; an event's
// from the line to the child to the text on a page that was open. Medians, and the longest.
import {execFileSync} from "node:child_process";

import {Site, chromium, created, open, progressed, settled} from "../tests/page/parts.mjs";

const RUNS = 21;
const [fill, limits = "1000000"] = process.argv.slice(6);
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const report = (what, times) =>
  console.log(`${what.padEnd(44)}${median(times).toFixed(0).padStart(6)} ms${Math.max(...times).toFixed(0).padStart(7)} ms at most`);
const timed = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const cleaners = [];
const site = new Site({after: (clean) => cleaners.push(clean)});
execFileSync(fill, [site.store, limits]);
const child = await site.child();
await child.deliver(created(1, "seen", "anna"), progressed(2, "seen", "anna", "0", "1"), progressed(3, "orphan", "bo", "0", "5"), "{");
const server = await site.server();
const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"]});
const page = await open({after: (clean) => cleaners.unshift(clean)}, browser, server, "#/limits/seen");
await page.waitForSelector("#freshness:has-text('Live.')");

const shown = [];
for (let spent = 2; spent <= RUNS + 1; ++spent) {
  shown.push(await timed(async () => {
    await child.deliver(progressed(spent + 1, "seen", "anna", String(spent - 1), "1"));
    await page.waitForSelector(`text=${spent - 1} before, 1 more, ${spent} after`);
  }));
}
console.log(`${Number(limits).toLocaleString("en")} limits, medians of ${RUNS}`);
report("an event, until the page shows it", shown);

const views = {
  "the overview": "#/", "all limits": "#/limits", "limits of a kind that there is not": "#/limits?type=SESSION&status=FUTURE",
  "a user": "#/users/anna", "a limit": "#/limits/seen", "parked limits": "#/parked", "dead letters": "#/dead",
};
for (const [name, hash] of Object.entries(views)) {
  const times = [];
  for (let run = 0; run < RUNS; ++run) {
    await page.evaluate(() => { location.hash = "#/words"; });
    await page.waitForSelector("h1:has-text('What became of records')");
    times.push(await timed(async () => {
      await page.evaluate((to) => { location.hash = to; }, hash);
      await page.waitForFunction(() => !document.querySelector("h1")?.innerText.includes("What became"));
      await settled(page);
    }));
  }
  report(name, times);
}

for (const clean of cleaners) await clean();
await browser.close();
