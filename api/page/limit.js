import {chart} from "./chart.js";
import {command, copyButton, facts, h, shellWord, table} from "./dom.js";
import {ago, amount, count, grouped, money, period, sentence, time, timeToTheSecond, title, words} from "./format.js";
import {bar, resets} from "./limits.js";
import {Problem, ask, askList, part} from "./server.js";

const EVENTS = 200;

/** Where a limit's pages are in the API, by the aggregate if one is asked for. */
function paths(id, query) {
  const own = (more) => {
    const parameters = new URLSearchParams(more);
    if (query.has("aggregate")) parameters.set("aggregate", query.get("aggregate"));
    return parameters.size > 0 ? `?${parameters}` : "";
  };
  return {
    limit: (more = {}) => `/user-limits/${part(id)}${own(more)}`,
    history: `/user-limits/${part(id)}/history${own({limit: EVENTS})}`,
  };
}

function state(limit) {
  const currency = limit.currencyCode;
  return [
    h("p", {class: "amounts"}, h("strong", {}, money(limit.progress, currency)), ` used of ${money(limit.value, currency)} ${period(limit)}`,
      limit.remaining && h("span", {class: "left"}, limit.remaining.startsWith("-")
        ? `over by ${amount(limit.remaining.slice(1), currency)}` : `${amount(limit.remaining, currency)} left`)),
    bar(limit),
    facts([
      ["Status", words(limit.status)],
      ["User", h("a", {href: `#/users/${part(limit.userId)}`}, limit.userId)],
      resets(limit),
      ["Active from", time(limit.activeFrom)],
      ["Active until", limit.activeUntil && time(limit.activeUntil)],
      ["Value before", limit.previousLimitValue && money(limit.previousLimitValue, currency)],
      ["Brand", limit.brandId],
      ["Created", limit.createdAt && time(limit.createdAt)],
    ]),
  ];
}

/** "120.50 before, 30 more, 150.50 after" */
function arithmetic(cause) {
  if (cause.progressAfter === undefined) return "";
  const steps = [];
  if (cause.progressBefore !== undefined) steps.push(`${grouped(cause.progressBefore)} before`);
  if (cause.amount !== undefined) steps.push(cause.amount.startsWith("-") ? `${grouped(cause.amount.slice(1))} less` : `${grouped(cause.amount)} more`);
  return [...steps, `${grouped(cause.progressAfter)} after`].join(", ");
}

function explanation(limit) {
  return table("Which event set what", [
    {title: "Set", cell: (cause) => cause.sets.join(", ")},
    {title: "by the event", cell: (cause) => [words(cause.type), h("br"), h("code", {}, cause.eventId)]},
    {title: "Sequence", number: true, cell: (cause) => count(cause.sequenceNumber)},
    {title: "Created", cell: (cause) => timeToTheSecond(cause.createdAt)},
    {title: "Progress", cell: (cause) => [arithmetic(cause), (cause.discrepancies ?? []).map((each) => h("p", {class: "warning"}, each))]},
    {title: "Arrived", cell: (cause) => timeToTheSecond(cause.arrivedAt)},
    {title: "Shard", cell: (cause) => cause.shard},
    {title: "Rules", cell: (cause) => h("code", {title: cause.rulesVersion}, cause.rulesVersion.slice(0, 8))},
  ], limit.explanation);
}

function historyTable(rows) {
  return table("History, the newest event first", [
    {title: "Sequence", number: true, cell: (row) => count(row.sequenceNumber)},
    {title: "Created", cell: (row) => timeToTheSecond(row.createdAt)},
    {title: "Event", cell: (row) => words(row.type)},
    {title: "Progress after", number: true, cell: (row) => (row.progressAfter === undefined ? "" : grouped(row.progressAfter))},
    {title: "Says", cell: (row) => h("details", {}, h("summary", {}, row.eventId), h("pre", {}, JSON.stringify(row.fields, null, 2)))},
    {title: "Arrived", cell: (row) => ago(row.arrivedAt)},
    {title: "Shard", cell: (row) => row.shard},
  ], rows);
}

/** A slider over the events' times; `onMove(ms)` while it moves, null at its end: now. */
function slider(rows, at, onMove) {
  const times = [...new Set(rows.map((row) => row.createdAt))].sort((a, b) => a - b);
  const start = at === null ? times.length : Math.max(0, times.findLastIndex((each) => each <= at));
  const shown = h("output", {for: "at"});
  const input = h("input", {id: "at", type: "range", min: 0, max: times.length, value: start});
  const label = () => {
    const ms = times[input.valueAsNumber] ?? null;
    shown.replaceChildren(ms === null ? "now" : timeToTheSecond(ms));
    input.setAttribute("aria-valuetext", shown.textContent);
    return ms;
  };
  input.addEventListener("input", () => onMove(label()));
  label();
  return h("p", {class: "slider"}, h("label", {for: "at"}, "As it stood "), input, shown);
}

function notDefined(id, problem) {
  return [h("h1", {}, "Limit ", h("span", {class: "id"}, id)),
    h("p", {class: "empty"}, problem.parked
      ? ["This limit is parked: events of it came, its definition has not come yet. ", h("a", {href: "#/parked"}, "All that are parked")]
      : "No event of this limit has come yet. Ids are exact: A is not a.")];
}

function choose(id, problem) {
  return [h("h1", {}, "Limit ", h("span", {class: "id"}, id)), h("p", {}, "Several aggregates have a limit of this id:"),
    h("ul", {}, problem.limits.map((limit) => h("li", {}, h("a",
      {href: `#/limits/${part(id)}?aggregate=${part(limit.aggregateId)}`}, `${title(limit)} of ${limit.userId}`))))];
}

export async function one(context, id) {
  const query = new URLSearchParams(context.query);
  const path = paths(id, query);
  let at = query.has("at") ? Number(query.get("at")) : null;
  try {
    const {rows} = await askList(path.history, context.signal);
    const now = await ask(path.limit(), context.signal);
    return page(context, {id, query, path, rows, now, at});
  } catch (problem) {
    if (problem instanceof Problem && problem.is("limit-not-found")) return notDefined(id, problem);
    if (problem instanceof Problem && problem.is("limit-ambiguous")) return choose(id, problem);
    throw problem;
  }
}

async function page(context, {id, query, path, rows, now, at}) {
  const head = h("p", {class: "said"});
  const body = h("section", {});
  const why = h("section", {});
  const past = h("section", {});
  const plot = h("div");
  let asked = 0;
  const show = (limit, reasons) => {
    head.replaceChildren(...(at !== null ? ["As it stood ", timeToTheSecond(at)]
      : [sentence(limit), " ", copyButton(sentence(limit), "Copy")]));
    body.replaceChildren(...(limit ? state(limit) : []));
    why.replaceChildren(h("h2", {}, "Why this value"), ...[reasons].flat());
  };
  const draw = async () => {
    const mine = ++asked;
    const when = at === null ? {} : {at};
    const explained = await ask(path.limit({explain: 1, ...when}), context.signal).catch((failure) => failure);
    if (mine !== asked) return;
    if (explained instanceof Problem && explained.status >= 400 && explained.status !== 503) {
      show(at === null ? now : null, h("p", {class: "empty"}, explained.message));
    } else if (explained instanceof Error) {
      throw explained;
    } else {
      show(explained, [explanation(explained), command(`limits why ${shellWord(id)}${at === null ? "" : ` --at ${at}`}`)]);
    }
  };
  const move = (ms) => {
    at = ms;
    if (ms === null) query.delete("at");
    else query.set("at", ms);
    history.replaceState(null, "", `#/limits/${part(id)}${query.size > 0 ? `?${query}` : ""}`);
    draw().catch(context.fail);
  };
  const drawHistory = () => {
    past.replaceChildren(h("h2", {}, "History"),
      ...(rows.length === 0 ? [h("p", {class: "empty"}, "The processor keeps no history.")] : [slider(rows, at, move), plot, historyTable(rows)]),
      rows.length === EVENTS ? h("p", {class: "quiet"}, `The newest ${EVENTS} events. All of them:`) : "",
      command(`limits history ${shellWord(id)}`));
    if (rows.length > 0) plot.replaceChildren(chart(rows, now.currencyCode));
  };
  context.onChange(async (row) => {
    if (row.limitId !== id) return;
    ({rows} = await askList(path.history, context.signal));
    now = await ask(path.limit(), context.signal);
    drawHistory();
    await draw();
  });
  await draw();
  drawHistory();
  return [h("h1", {}, title(now), " ", h("span", {class: "id"}, id)), head, body, why, past];
}
