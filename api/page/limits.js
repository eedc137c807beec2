import {command, copyButton, h, shellWord} from "./dom.js";
import {amount, money, relative, sentence, share, time, title, words} from "./format.js";
import {Problem, ask, askList, part} from "./server.js";

const TYPES = ["BALANCE", "BET", "DEPOSIT", "LOSS", "SESSION"];
const PERIODS = ["CALENDAR_DAY", "CALENDAR_WEEK", "CALENDAR_MONTH", "DAY", "WEEK", "MONTH", "INDEFINITE", "INSTANCE"];
const STATUSES = ["ACTIVE", "CANCELED", "FUTURE", "IN_COOLDOWN"];

export const linkOf = (limit) => `#/limits/${part(limit.limitId)}`;

export function bar(limit) {
  const used = share(limit);
  const text = `${amount(limit.progress, limit.currencyCode)} of ${amount(limit.value, limit.currencyCode)} used`;
  return h("div", {class: `used${limit.remaining?.startsWith("-") ? " over" : ""}`, role: "img", "aria-label": text, "--used": used});
}

/** [label, when] */
export function resets(limit) {
  if (!limit.nextResetTime) return ["Resets", "never"];
  return [limit.nextResetTime < Date.now() ? "Reset due" : "Resets", [time(limit.nextResetTime), `, ${relative(limit.nextResetTime)}`]];
}

/** One limit in a list: what a support person needs at a glance. */
function card(limit) {
  const [label, when] = resets(limit);
  return h("li", {class: "card"},
    h("h2", {}, h("a", {href: linkOf(limit)}, title(limit)), " ",
      limit.status === "ACTIVE" ? null : h("span", {class: "badge"}, words(limit.status))),
    h("p", {class: "amounts"}, h("strong", {}, money(limit.progress, limit.currencyCode)), ` used of ${amount(limit.value, limit.currencyCode)}`,
      limit.remaining === undefined ? null : h("span", {class: "left"}, limit.remaining.startsWith("-")
        ? `over by ${amount(limit.remaining.slice(1), limit.currencyCode)}` : `${amount(limit.remaining, limit.currencyCode)} left`)),
    bar(limit),
    h("p", {class: "quiet"}, `${label} `, when, ` · ${limit.limitId}`),
    h("p", {}, copyButton(sentence(limit), "Copy as a sentence")));
}

function more(next, context, list, draw) {
  if (!next) return null;
  const button = h("button", {type: "button", onclick: async () => {
    button.disabled = true;
    try {
      const following = await askList(next, context.signal);
      const first = list.children.length;
      list.append(...following.rows.map(draw));
      list.children[first]?.querySelector("a")?.focus();
      button.replaceWith(more(following.next, context, list, draw) ?? "");
    } catch (failure) {
      if (!context.signal.aborted) context.fail(failure);
    }
  }}, "Show more");
  return button;
}

export async function ofUser(context, user) {
  const list = h("ul", {class: "cards"});
  const foot = h("div");
  const draw = async () => {
    const {rows, next} = await askList(`/user-limits/user/${part(user)}`, context.signal);
    list.replaceChildren(...rows.map(card));
    foot.replaceChildren(rows.length === 0 ? h("p", {class: "empty"}, "No limit of this user is defined. Ids are exact: A is not a.") : "",
      more(next, context, list, card) ?? "");
  };
  await draw();
  context.onChange((row) => { if (row.aggregateId === user || row.fields.userId === user) draw(); });
  return [h("h1", {}, "User ", h("span", {class: "id"}, user)), list, foot, command(`limits list --user ${shellWord(user)}`)];
}

function choice(name, label, values, chosen) {
  return h("label", {}, label, h("select", {name}, h("option", {value: ""}, "any"),
    values.map((value) => h("option", {value, selected: value === chosen}, words(value)))));
}

function filterForm(query) {
  return h("form", {class: "filters", onsubmit: (event) => {
    event.preventDefault();
    const chosen = [...new FormData(event.target)].filter(([, value]) => value !== "");
    location.hash = `#/limits?${new URLSearchParams(chosen)}`;
  }},
  choice("type", "Type", TYPES, query.get("type")), choice("period", "Period", PERIODS, query.get("period")),
  choice("status", "Status", STATUSES, query.get("status")),
  h("label", {}, "Brand", h("input", {name: "brand", value: query.get("brand") ?? ""})),
  h("label", {}, "User", h("input", {name: "user", value: query.get("user") ?? ""})),
  h("button", {}, "Show"));
}

const row = (limit) => h("tr", {},
  h("td", {}, h("a", {href: linkOf(limit)}, limit.limitId)),
  h("td", {}, h("a", {href: `#/users/${part(limit.userId)}`}, limit.userId)),
  h("td", {}, title(limit)), h("td", {}, words(limit.status)),
  h("td", {class: "number"}, money(limit.value, limit.currencyCode)),
  h("td", {class: "number"}, amount(limit.progress, limit.currencyCode)),
  h("td", {}, bar(limit)));

export async function all(context) {
  const query = new URLSearchParams(context.query);
  const first = await askList(`/user-limits?${query}`, context.signal);
  const body = h("tbody", {}, first.rows.map(row));
  const heads = ["Limit", "User", "What", "Status"].map((text) => h("th", {scope: "col"}, text));
  const numbers = ["Value", "Used"].map((text) => h("th", {scope: "col", class: "number"}, text));
  return [h("h1", {}, "Limits"), filterForm(query),
    first.rows.length === 0 && !first.next ? h("p", {class: "empty"}, "No limit is like this.")
      : h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Limits"},
        h("table", {}, h("caption", {class: "unseen"}, "Limits by user and id"),
          h("thead", {}, h("tr", {}, heads, numbers, h("th", {scope: "col"}, h("span", {class: "unseen"}, "Share used")))), body)),
    more(first.next, context, body, row)];
}

/** What one id leads to: a limit, a user, or neither. */
export async function find(context, id) {
  const limit = await ask(`/user-limits/${part(id)}`, context.signal).then(() => true, (failure) => {
    if (failure instanceof Problem && failure.is("limit-not-found")) return failure.parked;
    if (failure instanceof Problem && failure.is("limit-ambiguous")) return true;
    throw failure;
  });
  const {rows} = await askList(`/user-limits/user/${part(id)}?limit=1`, context.signal);
  if (limit !== (rows.length > 0)) {
    location.replace(limit ? `#/limits/${part(id)}` : `#/users/${part(id)}`);
    return [h("h1", {}, "Found")];
  }
  return [h("h1", {}, "Find ", h("span", {class: "id"}, id)),
    limit ? h("ul", {}, h("li", {}, h("a", {href: `#/limits/${part(id)}`}, "The limit of this id")),
      h("li", {}, h("a", {href: `#/users/${part(id)}`}, "The user of this id")))
      : h("p", {class: "empty"}, "Neither a limit nor a user has this id. Ids are exact: A is not a, and a blank counts.")];
}
