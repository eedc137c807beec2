// What waits for an event or for a person.
import {command, h, shellWord} from "./dom.js";
import {ago, bytes, count, grouped, words} from "./format.js";
import {askList, part} from "./server.js";

/** A list of cards that grows by "Show more". */
async function cards(context, path, draw, empty) {
  const list = h("ul", {class: "cards"});
  const foot = h("div");
  const add = async (from) => {
    const {rows, next} = await askList(from, context.signal);
    list.append(...rows.map(draw));
    foot.replaceChildren(next ? h("button", {type: "button", onclick: () => add(next).catch(context.fail)}, "Show more") : "");
  };
  await add(path);
  if (list.children.length === 0) foot.append(h("p", {class: "empty"}, empty));
  return [list, foot];
}

const parkedCard = (limit) => h("li", {class: "card"},
  h("h2", {}, h("a", {href: `#/limits/${part(limit.limitId)}`}, limit.limitId)),
  h("p", {}, "Waits for ", h("strong", {}, limit.waitsFor), " since ", ago(limit.since), ": ",
    limit.events === 0 ? "its history is not kept" : `${count(limit.events)} event${limit.events === 1 ? "" : "s"} came before it`,
    limit.progress === undefined ? "." : `, progress ${grouped(limit.progress)}.`),
  h("p", {class: "quiet"}, `Aggregate ${limit.aggregateId}, newest event ${limit.newestEventId} (sequence ${count(limit.newestSequenceNumber)})`),
  command(`limits history ${shellWord(limit.limitId)}`));

export async function parked(context) {
  return [h("h1", {}, "Parked limits"),
    h("p", {}, "Events of these limits came, and their definition has not come yet. When it comes, they count as if it had come first. If it never comes, the producer has to send it."),
    await cards(context, "/parked", parkedCard, "None: every limit that events speak of is defined.")];
}

const letterCard = (letter) => h("li", {class: `card${letter.state === "open" ? "" : " done"}`},
  h("h2", {}, `${letter.id}: ${words(letter.reason)} `, h("span", {class: "badge"}, letter.state)),
  h("p", {}, letter.what),
  letter.retryWhat && h("p", {}, "At the last try: ", letter.retryWhat),
  h("p", {class: "quiet"}, "Arrived ", ago(letter.arrivedAt), ` in ${letter.shard} as ${letter.sequenceNumber}, ${bytes(letter.bytes)}`,
    letter.seen > 1 && `, seen ${count(letter.seen)} times`, letter.attempts > 0 && `, tried ${count(letter.attempts)} times`),
  command(`limits dead show ${letter.id}`),
  letter.state === "open" && command(`limits dead replay ${letter.id}`));

export async function deadLetters(context) {
  return [h("h1", {}, "Dead letters"),
    h("p", {}, "Records that could not be applied, oldest first. The shard went on; the record's bytes are kept. Replay them when the rules or the producer's data are mended."),
    await cards(context, "/dead-letters", letterCard, "None: every record could be applied.")];
}
