// Elements from calls. Text is only ever text: nothing here reads markup.

/** h("a", {href: "#/", class: "x"}, "text", child): attributes by name, `on…` as listeners, null and false left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) element.style.setProperty(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A table that a phone can scroll: `columns` are {title, cell: row => child, number?: true}. */
export function table(caption, columns, rows) {
  return h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
    h("table", {},
      h("caption", {class: "unseen"}, caption),
      h("thead", {}, h("tr", {}, columns.map((column) => h("th", {scope: "col", class: column.number && "number"}, column.title)))),
      h("tbody", {}, rows.map((row) => tableRow(columns, row)))));
}

export function tableRow(columns, row) {
  return h("tr", {}, columns.map((column) => h("td", {class: column.number && "number"}, column.cell(row))));
}

/** Names and values, those without a value left out. */
export function facts(pairs) {
  return h("dl", {}, pairs.filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** Said by screen readers; seen by nobody. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

export function copyButton(text, label) {
  const button = h("button", {type: "button", class: "quiet", "aria-label": `${label}: ${text}`, onclick: async () => {
    await copy(text);
    button.textContent = "Copied";
    say("Copied");
    setTimeout(() => { button.textContent = label; }, 1500);
  }}, label);
  return button;
}

/** Pages over plain HTTP have no clipboard but the selection's. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = h("textarea", {readonly: true, class: "unseen"});
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** A line for a terminal. */
export function command(line) {
  return h("p", {class: "command"}, h("code", {}, line), copyButton(line, "Copy"));
}

/** As a word of a POSIX shell. */
export function shellWord(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
