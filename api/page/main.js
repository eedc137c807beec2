// Which address shows what, and what all views share.
import {h} from "./dom.js";
import {duration} from "./format.js";
import {one} from "./limit.js";
import {all, find, ofUser} from "./limits.js";
import {allChanges, meaningOfWords, overview} from "./overview.js";
import {Problem, follow, onAnswer, part, token} from "./server.js";
import {deadLetters, parked} from "./waiting.js";

const REFRESH_MS = 5000;

/** Path patterns behind the #, and their views; `*` is any segment. */
const VIEWS = [
  ["", overview], ["changes", allChanges], ["words", meaningOfWords], ["limits", all], ["limits/*", one], ["users/*", ofUser],
  ["find/*", find], ["parked", parked], ["dead", deadLetters],
];

const main = document.getElementById("main");
const freshness = document.getElementById("freshness");
let leave = new AbortController();
let listeners = new Set();

function readAddress() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s, 2);
  return {segments: path.split("/").map(decodeURIComponent), path, query};
}

function viewOf(segments) {
  const fits = (pattern) => {
    const parts = pattern.split("/");
    return parts.length === segments.length && parts.every((each, i) => each === segments[i] || (each === "*" && segments[i] !== ""));
  };
  return VIEWS.find(([pattern]) => fits(pattern));
}

/** At most once in a while, and once more for what came meanwhile. */
function paced(work, ms) {
  let timer = null;
  let again = false;
  const run = async () => {
    again = false;
    await work();
    timer = setTimeout(() => { timer = null; if (again) start(); }, ms);
  };
  const start = () => {
    if (timer !== null) { again = true; return; }
    timer = 0;
    run();
  };
  return start;
}

function contextOf(signal, query) {
  const fail = (failure) => { if (!signal.aborted) show(failed(failure)); };
  const guarded = (work) => (...values) => Promise.resolve(work(...values)).catch((failure) => {
    // What is on the screen is true still; how old it is, the line at the top says.
    if (!(failure instanceof Problem && (failure.status === 0 || failure.status === 503))) fail(failure);
  });
  return {
    signal, query, fail,
    /** Called with each change of any limit. */
    onChange: (listener) => {
      const guardedListener = guarded(listener);
      listeners.add(guardedListener);
    },
    /** Called every few seconds, and soon after changes. */
    refresh: (work) => {
      const start = paced(guarded(work), 500);
      const timer = setInterval(() => { if (!document.hidden) start(); }, REFRESH_MS);
      signal.addEventListener("abort", () => clearInterval(timer));
      listeners.add(start);
    },
  };
}

function show(content) {
  main.replaceChildren(...content.flat(Infinity).filter((each) => each !== null && each !== undefined));
  const heading = main.querySelector("h1");
  document.title = `${heading.textContent} – user-limits`;
}

function failed(problem) {
  if (problem instanceof Problem && problem.status === 401) return askForToken();
  return [h("h1", {}, problem.title ?? "The page is at fault"), h("p", {role: "alert"}, problem.message),
    h("p", {}, h("button", {type: "button", onclick: draw}, "Try again"))];
}

function askForToken() {
  return [h("h1", {}, "A token is needed"),
    h("form", {class: "filters", onsubmit: (event) => {
      event.preventDefault();
      token.set(new FormData(event.target).get("token").trim());
      draw();
      restart();
    }},
    h("label", {}, "Token", h("input", {name: "token", type: "password", autocomplete: "off", required: true})),
    h("button", {}, "Show")),
    h("p", {class: "quiet"}, token.get() ? "The one that was given is wrong. " : "", "It is kept until this tab is closed.")];
}

async function draw() {
  leave.abort();
  leave = new AbortController();
  listeners = new Set();
  const {signal} = leave;
  const {segments, path, query} = readAddress();
  for (const link of document.querySelectorAll("nav a")) {
    const own = link.getAttribute("href").slice(2);
    if (own === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.setAttribute("aria-busy", "true");
  let content;
  try {
    const view = viewOf(segments);
    if (!view) throw new Problem({title: "There is no such page", detail: `Nothing is at ${location.hash}.`});
    content = await view[1](contextOf(signal, query), ...segments.slice(1));
  } catch (failure) {
    if (signal.aborted) return;
    content = failed(failure);
  }
  if (signal.aborted) return;
  show(content);
  main.removeAttribute("aria-busy");
}

/** The line at the top: how old what is shown is. */
let live = false;
let asOf = null;
let isStale = false;
onAnswer.add((headers) => {
  asOf = headers.has("Limits-As-Of") ? Number(headers.get("Limits-As-Of")) : null;
  isStale = headers.get("Limits-Stale") === "true";
  tellFreshness();
});
function tellFreshness() {
  const lag = asOf === null ? null : Date.now() - asOf;
  const text = lag === null ? "How old this is, is not known: no shard has said yet how far it is."
    : isStale ? `Stale: this is what the stream had ${duration(lag)} ago.` : `Up to date${lag < 2000 ? "" : `, ${duration(lag)} behind`}.`;
  const said = `${text} ${live ? "Live." : "Not live: the server cannot be reached."}`;
  freshness.className = lag === null || isStale || !live ? "stale" : "fresh";
  if (freshness.textContent !== said) freshness.textContent = said;
}

/** One stream for all views, and none while nobody looks: browsers allow a host six connections, over all tabs. */
let stream = new AbortController();
function restart() {
  stream.abort();
  stream = new AbortController();
  if (document.hidden) return;
  follow(stream.signal, (row) => listeners.forEach((each) => each(row)), (isLive) => {
    live = isLive;
    tellFreshness();
  });
}

document.getElementById("find").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = `#/find/${part(new FormData(event.target).get("id").trim())}`;
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
document.addEventListener("visibilitychange", () => {
  restart();
  if (!document.hidden) draw();
});
window.addEventListener("hashchange", async () => {
  await draw();
  main.focus({preventScroll: true});
  window.scrollTo(0, 0);
});
restart();
draw();
