import {command, facts, h, table, tableRow} from "./dom.js";
import {ago, bytes, count, duration, grouped, timeToTheSecond, words} from "./format.js";
import {ask, part} from "./server.js";

const RECENT = 20;

/** What became of records: where what is counted can be seen, or what the word means. */
const VERDICTS = {
  applied: {link: "#/changes", means: "took effect"},
  duplicate: {link: "#/words", means: "the very same event was here before"},
  stale: {link: "#/changes", means: "came late: newer events had set all it would set"},
  parked: {link: "#/parked", means: "took effect on a limit that has no definition yet"},
  ignored: {link: "#/words", means: "the rules say that it does not concern us"},
  dead: {link: "#/dead", means: "could not be applied, and is kept as a dead letter"},
  expired: {link: "#/words", means: "so late that it may have been pruned from the history"},
};

const figure = (link, number, label) =>
  h("a", {class: "figure", href: link}, h("strong", {}, number), h("span", {}, label));

const behind = (shard) => {
  if (shard.endedAt) return "read to its end";
  return shard.lag === undefined ? "not known yet" : shard.lag < 1000 ? "up to date" : duration(shard.lag);
};

function shardTable(status) {
  return table("Shards", [
    {title: "Shard", cell: (shard) => shard.shard},
    {title: "Behind", cell: behind},
    {title: "Last batch", cell: (shard) => ago(shard.updatedAt)},
    {title: "Last checkpoint", cell: (shard) => (shard.checkpointAt ? ago(shard.checkpointAt) : "none yet")},
    ...Object.entries(VERDICTS).map(([verdict, {link, means}]) => ({
      title: h("abbr", {title: means}, words(verdict)), number: true,
      cell: (shard) => h("a", {href: link}, count(shard.verdicts[verdict])),
    })),
    {title: "Owner", cell: (shard) => shard.owner},
    {title: "Rules", cell: (shard) => h("code", {title: shard.rulesVersion}, shard.rulesVersion.slice(0, 8))},
  ], status.shards);
}

function problems(status) {
  return status.shards.filter((shard) => shard.rulesProblem)
    .map((shard) => h("p", {class: "warning"}, `${shard.shard} keeps its old rules: ${shard.rulesProblem}`));
}

const changeColumns = [
  {title: "Arrived", cell: (row) => timeToTheSecond(row.arrivedAt)},
  {title: "Limit", cell: (row) => h("a", {href: `#/limits/${part(row.limitId)}`}, row.limitId)},
  {title: "Aggregate", cell: (row) => row.aggregateId},
  {title: "Event", cell: (row) => words(row.type)},
  {title: "Sequence", number: true, cell: (row) => count(row.sequenceNumber)},
  {title: "Progress after", number: true, cell: (row) => (row.progressAfter === undefined ? "" : grouped(row.progressAfter))},
];

/** A table of the newest changes that grows at its top. */
async function recentChanges(context, most) {
  const end = (await ask("/changes", context.signal)).next;
  const {changes} = await ask(`/changes?after=${Math.max(0, end - most)}&limit=${most}`, context.signal);
  const shown = table("Recent changes, the newest first", changeColumns, changes.reverse());
  const body = shown.querySelector("tbody");
  const empty = h("p", {class: "empty"}, "Nothing has happened yet. Changes appear here as they come.");
  const update = () => {
    empty.hidden = body.children.length > 0;
    shown.hidden = !empty.hidden;
  };
  context.onChange((row) => {
    const added = tableRow(changeColumns, row);
    added.classList.add("new");
    body.prepend(added);
    if (body.children.length > most) body.lastElementChild.remove();
    update();
  });
  update();
  return [empty, shown];
}

export async function overview(context) {
  const figures = h("div", {class: "figures"});
  const shards = h("section", {});
  const draw = async () => {
    const status = await ask("/status", context.signal);
    const open = status.shards.filter((shard) => !shard.endedAt);
    figures.replaceChildren(
      figure("#/dead", count(status.openDeadLetters), "open dead letters"),
      figure("#/parked", count(status.parkedLimits), "parked limits"),
      figure("#/changes", count(status.totals.applied), "events applied"),
      figure("#/words", count(status.findings.discrepanciesSeen), "events whose sums disagree"));
    shards.replaceChildren(
      h("h2", {}, "Shards"), ...problems(status),
      status.shards.length === 0
        ? h("p", {class: "empty"}, "No shard was read yet. The first batch that a processor stores makes its row.")
        : shardTable(status),
      facts([["Open shards", count(open.length)], ["Store", `${bytes(status.storeBytes)}, ${status.engine}`]]));
  };
  await draw();
  context.refresh(draw);
  const changes = await recentChanges(context, RECENT);
  return [
    h("h1", {}, "Overview"), figures, shards,
    h("section", {}, h("h2", {}, "Recent changes"), changes,
      h("p", {}, h("a", {href: "#/changes"}, "More of them"))),
    command("limits status"),
  ];
}

export async function allChanges(context) {
  return [h("h1", {}, "Changes"), h("p", {}, "The newest, in the order in which they arrived; new ones appear by themselves."),
    await recentChanges(context, 500)];
}

export function meaningOfWords() {
  return [
    h("h1", {}, "What became of records"),
    h("p", {}, "Every record that a shard delivers is counted under one of these words. A record that comes again is counted again."),
    facts(Object.entries(VERDICTS).map(([verdict, {means}]) => [words(verdict), means])),
    h("h2", {}, "Events whose sums disagree"),
    h("p", {}, "An event that claims another progress before it than the limit had. It is applied all the same; its producer should be asked."),
    command("limits verify"),
  ];
}
