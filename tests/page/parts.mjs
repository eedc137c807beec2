// What the tests of the page run: the real server, real children, a real browser.
import {spawn} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {fileURLToPath} from "node:url";
import {createInterface} from "node:readline";

const [api, processor, packages, shots] = process.argv.slice(2).map((path) => resolve(path));
const load = createRequire(join(packages, "package.json"));
export const {chromium} = load("playwright-core");
const axe = load.resolve("axe-core/axe.min.js");
const rules = fileURLToPath(new URL("../../properties/rules.json", import.meta.url));

export const START = Date.UTC(2026, 2, 1, 12);

/** A folder with a store in it, gone after the test, with all that was started on it. */
export class Site {
  constructor(t) {
    this.folder = mkdtempSync(join(tmpdir(), "page-"));
    this.store = `sqlite:${this.folder}/limits.db`;
    this.started = [];
    t.after(async () => {
      for (const each of this.started) await each.end();
      rmSync(this.folder, {recursive: true});
    });
  }
  async child() {
    return this.keep(await Child.start(this.store));
  }
  async server(...flags) {
    return this.keep(await Server.start(this.store, flags));
  }
  keep(part) {
    this.started.unshift(part);
    return part;
  }
}

class Part {
  constructor(command, flags) {
    this.process = spawn(command, flags, {stdio: ["pipe", "pipe", "inherit"]});
    this.ended = new Promise((done) => this.process.once("exit", done));
    this.lines = createInterface(this.process.stdout)[Symbol.asyncIterator]();
  }
  async line() {
    const {value, done} = await this.lines.next();
    if (done) throw new Error(`${this.process.spawnargs[0]} has ended`);
    return value;
  }
}

class Server extends Part {
  static async start(store, flags) {
    const server = new Server(api, ["--store", store, "--listen", "127.0.0.1:0", "--log-level", "error", ...flags]);
    server.url = /http:\S+/.exec(await server.line())[0];
    return server;
  }
  async end() {
    this.process.kill("SIGTERM");
    await this.ended;
  }
}

/** The daemon's end of a limits-processor's pipes. */
class Child extends Part {
  static async start(store) {
    const child = new Child(processor, ["--store", store, "--rules", rules, "--log-dir", ""]);
    await child.call({action: "initialize", shardId: "shardId-000000000000", sequenceNumber: "TRIM_HORIZON", subSequenceNumber: 0});
    return child;
  }
  async call(message) {
    this.process.stdin.write(`${JSON.stringify(message)}\n`);
    for (;;) {
      const line = await this.line();
      const answer = line.trim() ? JSON.parse(line) : {};
      if (answer.action === "status") return;
      if (answer.action === "checkpoint") this.process.stdin.write(`${JSON.stringify({...answer, error: null})}\n`);
    }
  }
  sequence = 100;
  /** Events, or text that is none. */
  async deliver(...events) {
    await this.call({
      action: "processRecords", millisBehindLatest: 0,
      records: events.map((event) => ({
        action: "record", partitionKey: "key", sequenceNumber: String(++this.sequence), subSequenceNumber: 0,
        approximateArrivalTimestamp: START + this.sequence,
        data: Buffer.from(typeof event === "string" ? event : JSON.stringify(event)).toString("base64"),
      })),
    });
  }
  async end() {
    this.process.stdin.end();
    await this.ended;
  }
}

const event = (sequence, type, user, payload) => ({
  aggregateId: user, context: {}, createdAt: START + sequence * 3_600_000, eventId: `${user}-event-${sequence}`,
  payload: {userId: user, ...payload}, sequenceNumber: sequence, source: "limitUser", type,
});
export const created = (sequence, limit, user, more = {}) => event(sequence, "USER_LIMIT_CREATED", user, {
  userLimitId: limit, brandId: "brand-1", currencyCode: "EUR", type: "DEPOSIT", period: "DAY", status: "ACTIVE", value: "500",
  activeFrom: START, ...more,
});
export const progressed = (sequence, limit, user, previousProgress, amount, more = {}) =>
  event(sequence, "USER_LIMIT_PROGRESS_CHANGED", user, {userLimitId: limit, previousProgress, amount, ...more});

/** The texts of the browser's console for answers that are no success: the tests of errors want these. */
const EXPECTED = /^Failed to load resource: (the server responded with a status of (401|404|409|503)|net::ERR_CONNECTION_REFUSED|net::ERR_INCOMPLETE_CHUNKED_ENCODING)/;

/** A page on which nothing may go wrong: no error, nothing refused by the policy, nothing asked of another host. */
export async function open(t, browser, server, hash = "#/", options = {}) {
  const context = await browser.newContext({viewport: {width: 1200, height: 900}, ...options});
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.stack));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !EXPECTED.test(message.text())) wrong.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${server.url}/`)) wrong.push(`asked of another: ${request.url()}`);
  });
  t.after(async () => {
    await context.close();
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  });
  await page.goto(`${server.url}/${hash}`);
  await settled(page);
  return page;
}

export const settled = (page) => page.waitForSelector("main:not([aria-busy]) h1");

export async function shoot(page, name) {
  await page.screenshot({path: join(shots, `${name}.png`), fullPage: true});
}

/** What axe-core finds against WCAG 2.2 A and AA and best practice, as lines. */
export async function barriers(page) {
  // In a world of its own: the page's policy lets no script in.
  const client = await page.context().newCDPSession(page);
  const {frameTree} = await client.send("Page.getFrameTree");
  const {executionContextId: contextId} = await client.send("Page.createIsolatedWorld", {frameId: frameTree.frame.id});
  await client.send("Runtime.evaluate", {contextId, expression: readFileSync(axe, "utf8")});
  const {result, exceptionDetails} = await client.send("Runtime.evaluate", {
    contextId, awaitPromise: true, returnByValue: true,
    expression: `axe.run().then((found) => found.violations.flatMap((each) => each.nodes.map((node) => each.id + ": " + node.target + ": " + node.failureSummary)))`,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}
