import {h} from "./dom.js";
import {grouped, utc} from "./format.js";

/** What stood at each time when an event was created: of those created by then, the one that is last in the limit's
 *  order counts, which need not be the one that was created last. */
function course(rows, read) {
  const ranked = rows.toReversed().map((row, rank) => ({row, rank})).filter(({row}) => read(row) !== undefined);
  ranked.sort((a, b) => a.row.createdAt - b.row.createdAt);
  let last = -1;
  const steps = new Map();
  for (const {row, rank} of ranked) {
    if (rank > last) steps.set(row.createdAt, Number(read(row))); // for the eye: pixels are no money
    last = Math.max(last, rank);
  }
  return steps;
}

/** Progress and value over the times of events, as steps. The table below it says the same to those who see no chart. */
export function chart(rows, currency) {
  const progress = course(rows, (row) => row.progressAfter);
  const value = course(rows, (row) => row.fields.value);
  const times = [...new Set([...progress.keys(), ...value.keys()])].sort((a, b) => a - b);
  const along = (steps) => {
    let last = null;
    return times.map((ms) => (last = steps.get(ms) ?? last));
  };
  const used = along(progress);
  const allowed = along(value);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = {stroke: colour("--ink"), grid: {stroke: colour("--line"), width: 1}, ticks: {stroke: colour("--line"), width: 1}};
  const paths = uPlot.paths.stepped({align: 1});
  const holder = h("div", {class: "chart", role: "img",
    "aria-label": `Chart of ${rows.length} events: progress went from ${grouped(String(used.find((each) => each !== null) ?? 0))} to ${grouped(String(used.at(-1) ?? 0))} ${currency}`});
  const width = () => Math.max(260, holder.clientWidth);
  const plot = new uPlot({
    width: 640, height: 220, tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    cursor: {drag: {x: true, y: false}},
    series: [
      {value: (_, seconds) => (seconds === null ? "" : utc(seconds * 1000))},
      {label: `Used, ${currency}`, stroke: colour("--accent"), fill: colour("--accent-soft"), width: 2, paths, points: {show: times.length < 40}},
      {label: "Value", stroke: colour("--warn"), width: 1.5, dash: [6, 4], paths, points: {show: false}},
    ],
    axes: [axis, {...axis, size: 64}],
  }, [times.map((ms) => ms / 1000), used, allowed], holder);
  new ResizeObserver(() => plot.setSize({width: width(), height: 220})).observe(holder);
  return holder;
}
