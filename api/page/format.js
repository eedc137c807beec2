// How values look. Money is decimal text from end to end: no sum here is made of floating-point numbers.
import {h} from "./dom.js";

/** "1234567.5" is "1,234,567.50" with two decimals at least. */
export function grouped(decimal, decimals = 0) {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [null, "", null];
  if (whole === null) return decimal;
  const digits = fraction.padEnd(decimals, "0");
  return (sign ? "−" : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (digits && `.${digits}`);
}

function decimalsOf(currency) {
  try {
    return new Intl.NumberFormat("en", {style: "currency", currency}).resolvedOptions().maximumFractionDigits;
  } catch {
    return 0; // not a currency's code
  }
}

export const amount = (decimal, currency) => grouped(decimal, decimalsOf(currency));
export const money = (decimal, currency) => `${currency} ${amount(decimal, currency)}`;

/** How much of a limit is used, 0 to 1: for a bar's length only. */
export function share(limit) {
  const value = Number(limit.value);
  const used = Number(limit.progress);
  return value > 0 ? Math.min(1, Math.max(0, used / value)) : Number(used > 0);
}

const PERIODS = {
  CALENDAR_DAY: "per calendar day", CALENDAR_WEEK: "per calendar week", CALENDAR_MONTH: "per calendar month", DAY: "per day",
  WEEK: "per week", MONTH: "per month", INSTANCE: "per instance", INDEFINITE: "without an end",
};
export const period = (limit) => PERIODS[limit.period] ?? limit.period;
export const words = (name) => name.toLowerCase().replaceAll("_", " ");
export const title = (limit) => `${words(limit.type).replace(/^./, (first) => first.toUpperCase())} limit ${period(limit)}`;

const date = new Intl.DateTimeFormat("en-GB", {timeZone: "UTC", day: "numeric", month: "short", year: "numeric"});
const minute = new Intl.DateTimeFormat("en-GB", {timeZone: "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23"});
const second = new Intl.DateTimeFormat("en-GB", {timeZone: "UTC", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"});

export const utc = (ms, clock = minute) => `${date.format(ms)} ${clock.format(ms)} UTC`;
const iso = (ms) => new Date(ms).toISOString();
export const time = (ms) => h("time", {datetime: iso(ms), title: iso(ms)}, utc(ms));
export const timeToTheSecond = (ms) => h("time", {datetime: iso(ms), title: iso(ms)}, utc(ms, second));

const UNITS = [["second", 1000], ["minute", 60_000], ["hour", 3_600_000], ["day", 86_400_000]];

/** "9 hours" */
export function duration(ms) {
  const [unit, length] = UNITS.findLast(([, each]) => ms >= each) ?? UNITS[0];
  const count = Math.floor(ms / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** "in 9 hours", "3 days ago" */
export function relative(ms, now = Date.now()) {
  return ms >= now ? `in ${duration(ms - now)}` : `${duration(now - ms)} ago`;
}

export const ago = (ms) => h("time", {datetime: iso(ms), title: utc(ms, second)}, relative(ms));

export function bytes(count) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${power === 0 ? count : (count / 1024 ** power).toFixed(1)} ${units[power]}`;
}

export const count = (number) => number.toLocaleString("en");

/** What a support person can read out. */
export function sentence(limit, now = Date.now()) {
  const {currencyCode: currency} = limit;
  const parts = [`${title(limit).replace(/ limit .*/, " limit")} ${money(limit.value, currency)} ${period(limit)}`];
  parts.push(`used ${amount(limit.progress, currency)}`);
  if (limit.remaining?.startsWith("-")) parts.push(`over by ${amount(limit.remaining.slice(1), currency)}`);
  if (limit.status !== "ACTIVE") parts.push(words(limit.status));
  if (limit.nextResetTime) {
    const past = limit.nextResetTime < now;
    parts.push(`${past ? "should have been reset" : "resets"} ${utc(limit.nextResetTime)}`, relative(limit.nextResetTime, now));
  }
  return parts.join(", ");
}
