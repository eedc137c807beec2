// The page in headless Chromium: page_test.mjs LIMITS_API LIMITS_PROCESSOR PACKAGES SCREENSHOTS
import assert from "node:assert/strict";
import {mkdirSync, writeFileSync} from "node:fs";
import {after, before, test} from "node:test";

import {START, Site, barriers, chromium, created, open, progressed, settled, shoot} from "./parts.mjs";

mkdirSync(process.argv[5], {recursive: true});
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
let browser;
before(async () => { browser = await chromium.launch({executablePath, args: ["--no-sandbox"]}); });
after(() => browser.close());

const text = (page, selector = "main") => page.locator(selector).innerText();

/** Some of everything. */
async function filled(t) {
  const site = new Site(t);
  const child = await site.child();
  const nextResetTime = Date.now() + 9.5 * 3_600_000;
  await child.deliver(
    created(1, "anna-deposit-day", "anna", {nextResetTime}),
    created(2, "anna-loss-month", "anna", {type: "LOSS", period: "MONTH", value: "3000.50"}),
    created(3, "bo-bet", "bo", {type: "BET", period: "CALENDAR_WEEK", value: "100", status: "IN_COOLDOWN", currencyCode: "JPY"}),
    progressed(4, "anna-deposit-day", "anna", "0", "120.50"), progressed(5, "anna-deposit-day", "anna", "120.50", "79.5", {nextResetTime}),
    progressed(6, "bo-bet", "bo", "0", "130"), progressed(7, "orphan", "cleo", "0", "5"), "{", "[]");
  return {site, child, server: await site.server()};
}

const VIEWS = {
  overview: "#/", changes: "#/changes", words: "#/words", limits: "#/limits", user: "#/users/anna", limit: "#/limits/anna-deposit-day",
  parked: "#/parked", dead: "#/dead", nobody: "#/users/nobody", "no-limit": "#/limits/none", "no-page": "#/none",
};

test("every view is without barriers, in light and in dark, on a desk and on a phone", async (t) => {
  const {server} = await filled(t);
  const looks = {light: {}, dark: {colorScheme: "dark"}, phone: {viewport: {width: 360, height: 740}, hasTouch: true}};
  for (const [look, options] of Object.entries(looks)) {
    const page = await open(t, browser, server, "#/", options);
    for (const [name, hash] of Object.entries(VIEWS)) {
      await page.goto(`${server.url}/${hash}`);
      await settled(page);
      await shoot(page, `${name}-${look}`);
      assert.deepEqual(await barriers(page), [], `${name}, ${look}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wider <= 0, `${name}, ${look}: ${wider} pixels wider than the window`);
    }
  }
});

test("each number of the overview leads to what it counts", async (t) => {
  const {server} = await filled(t);
  const page = await open(t, browser, server);
  assert.match(await text(page, ".figures"), /2\s+open dead letters\s+1\s+parked limits\s+6\s+events applied/);
  for (const link of await page.locator("main a").all()) assert.ok(await link.getAttribute("href"));
  await page.getByRole("link", {name: "open dead letters"}).click();
  await page.waitForSelector("h1:has-text('Dead letters')");
  assert.equal(await page.locator(".card").count(), 2);
  assert.match(await text(page), /limits dead show 1[\s\S]*limits dead replay 1/);
  await page.goBack();
  await page.getByRole("link", {name: "parked limits"}).click();
  await page.waitForSelector("h1:has-text('Parked limits')");
  assert.match(await text(page), /orphan[\s\S]*Waits for USER_LIMIT_CREATED/);
});

test("a user is found by keyboard alone, and his limits say what is used and left", async (t) => {
  const {server} = await filled(t);
  const page = await open(t, browser, server);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter"); // the way past the header
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.locator("#id").focus();
  await page.keyboard.type("anna");
  await page.keyboard.press("Enter");
  await page.waitForSelector("h1:has-text('User anna')");
  assert.match(page.url(), /#\/users\/anna$/);
  assert.match(await page.title(), /^User anna/);
  const cards = await page.locator(".card").allInnerTexts();
  assert.equal(cards.length, 2);
  assert.match(cards[0], /Deposit limit per day[\s\S]*EUR 200.00[\s\S]*used of 500.00[\s\S]*300.00 left[\s\S]*Resets .*, in 9 hours/);
  assert.match(cards[1], /Loss limit per month[\s\S]*EUR 0.00[\s\S]*used of 3,000.50/);
  const used = page.getByRole("img", {name: "200.00 of 500.00 used"});
  assert.equal(await used.evaluate((bar) => bar.style.getPropertyValue("--used")), "0.4");
});

test("a limit id is found too, and what is neither is said so", async (t) => {
  const {server} = await filled(t);
  const page = await open(t, browser, server, "#/find/bo-bet");
  await page.waitForSelector("h1:has-text('Bet limit')");
  assert.match(page.url(), /#\/limits\/bo-bet$/);
  assert.match(await text(page), /over by 30/);
  await page.goto(`${server.url}/#/find/nothing`);
  await page.waitForSelector("text=Neither a limit nor a user has this id");
  await page.goto(`${server.url}/#/find/orphan`);
  await page.waitForSelector("text=This limit is parked");
});

test("a support person can copy the sentence", async (t) => {
  const {server} = await filled(t);
  const page = await open(t, browser, server, "#/limits/anna-deposit-day", {permissions: ["clipboard-read", "clipboard-write"]});
  const said = await page.locator(".said").innerText();
  assert.match(said, /^Deposit limit EUR 500.00 per day, used 200.00, resets \d+ \w+ \d{4} \d\d:\d\d UTC, in 9 hours/);
  await page.locator(".said button").click();
  await page.waitForSelector(".said button:has-text('Copied')");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), said.replace(/\s*Copy$/, ""));
});

test("a limit's history, chart, reasons, and how it stood before", async (t) => {
  const {server} = await filled(t);
  const page = await open(t, browser, server, "#/limits/anna-deposit-day");
  assert.ok(await page.locator(".chart canvas").isVisible());
  const reasons = await page.getByRole("region", {name: "Which event set what"}).innerText();
  assert.match(reasons, /progress[\s\S]*anna-event-5[\s\S]*120.50 before, 79.5 more, 200.00 after/);
  assert.match(reasons, /anna-event-1/);
  const history = page.getByRole("region", {name: "History"});
  assert.deepEqual(await history.locator("tbody td:nth-child(1)").allInnerTexts(), ["5", "4", "1"]);

  await page.locator("#at").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector("text=EUR 120.50");
  assert.match(page.url(), new RegExp(`at=${START + 4 * 3_600_000}$`));
  assert.match(await text(page, ".said"), /As it stood 1 Mar 2026 16:00:00 UTC/);
  await page.reload(); // a permalink
  await page.waitForSelector("text=EUR 120.50");
  await page.locator("#at").press("End");
  await page.waitForSelector("text=EUR 200.00");
  assert.match(page.url(), /anna-deposit-day$/);
});

test("what happens is seen without asking", async (t) => {
  const {child, server} = await filled(t);
  const overview = await open(t, browser, server);
  const user = await open(t, browser, server, "#/users/anna");
  const limit = await open(t, browser, server, "#/limits/anna-deposit-day");
  for (const page of [overview, user, limit]) await page.waitForSelector("#freshness:has-text('Live.')");
  await child.deliver(progressed(9, "anna-deposit-day", "anna", "200", "50.25"));
  await overview.waitForSelector("tbody tr:first-child:has-text('250.25')");
  await overview.waitForFunction(() => document.querySelectorAll(".figure strong")[2].innerText === "7");
  await user.waitForSelector("text=EUR 250.25");
  await limit.waitForSelector("text=200 before, 50.25 more, 250.25 after");
  assert.deepEqual(await limit.getByRole("region", {name: "History"}).locator("tbody td:nth-child(1)").allInnerTexts(), ["9", "5", "4", "1"]);
});

test("many limits come in parts, chosen by filters that the address keeps", async (t) => {
  const site = new Site(t);
  const child = await site.child();
  await child.deliver(...Array.from({length: 250}, (_, i) =>
    created(1, `limit-${String(i).padStart(3, "0")}`, "anna", {type: i % 2 ? "BET" : "LOSS"})));
  const page = await open(t, browser, await site.server(), "#/limits");
  const rows = page.locator("tbody tr");
  assert.equal(await rows.count(), 100);
  for (const count of [200, 250]) {
    await page.getByRole("button", {name: "Show more"}).click();
    await page.waitForFunction((wanted) => document.querySelectorAll("tbody tr").length === wanted, count);
  }
  assert.equal(await page.getByRole("button", {name: "Show more"}).count(), 0);
  await page.getByLabel("Type").selectOption("BET");
  await page.getByRole("button", {name: "Show", exact: true}).click();
  await page.waitForURL(/#\/limits\?type=BET$/);
  await page.waitForFunction(() => [...document.querySelectorAll("tbody td:nth-child(3)")].every((cell) => cell.innerText.startsWith("Bet")));
  await page.reload();
  await settled(page);
  assert.equal(await page.getByLabel("Type").inputValue(), "BET");
});

test("before there is a store, and when it comes", async (t) => {
  const site = new Site(t);
  const page = await open(t, browser, await site.server());
  await page.waitForSelector("h1:has-text('The store cannot be read')");
  await shoot(page, "no-store");
  const child = await site.child();
  await child.deliver(created(1, "limit-1", "anna"));
  await page.getByRole("button", {name: "Try again"}).click();
  await page.waitForSelector("h1:has-text('Overview')");
});

test("a token is asked for, and kept", async (t) => {
  const {site} = await filled(t);
  writeFileSync(`${site.folder}/token`, "s3cret\n");
  const page = await open(t, browser, await site.server("--token-file", `${site.folder}/token`));
  for (const [given, heading] of [["wrong", "A token is needed"], ["s3cret", "Overview"]]) {
    await page.getByLabel("Token").fill(given);
    await page.getByRole("button", {name: "Show"}).click();
    await page.waitForSelector(given === "wrong" ? "text=The one that was given is wrong" : `h1:has-text('${heading}')`);
  }
  await shoot(page, "token");
  await page.waitForSelector("#freshness:has-text('Live.')");
  await page.reload();
  await page.waitForSelector("h1:has-text('Overview')");
});

test("a server that is gone is said to be, and what is shown stays", async (t) => {
  const {server} = await filled(t);
  const page = await open(t, browser, server, "#/users/anna");
  await page.waitForSelector("#freshness:has-text('Live.')");
  await server.end();
  await page.waitForSelector("#freshness:has-text('Not live')");
  assert.match(await text(page), /EUR 200.00/);
  await page.goto(`${server.url}/#/parked`);
  await page.waitForSelector("h1:has-text('The server does not answer')");
  await shoot(page, "no-server");
});
