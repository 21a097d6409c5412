// What the page says, in the user's language: texts, dates, numbers and money.

import { h } from "./dom.js";

export const LANGUAGES = { en: "English", vi: "Tiếng Việt", ru: "Русский", pl: "Polski", zh: "中文" };
const LOCALES = { en: "en-GB", vi: "vi", ru: "ru", pl: "pl", zh: "zh-CN" };
const ALWAYS = ["common", "errors", "faults"];
const KEPT = "nightporter-language";
// What the bounds of a limit count, if not characters; and kinds of which bounds say all.
const UNITS = { number: "field", "whole-number": "field", entries: "field-entries" };
const PLAIN = new Set(["number", "characters", "entries"]);

const texts = new Map();
const loaded = new Set();
let plural = new Intl.PluralRules("en");
let shown = "en";

/** The language that is shown, as "en". */
export function language() {
  return shown;
}

/** The language for somebody of whom nothing is known: what was chosen here before, else the browser's. */
export function browserLanguage() {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages.map((name) => name.slice(0, 2).toLowerCase())];
  return wanted.find((name) => name in LANGUAGES) ?? "en";
}

/** Shows another language from now on: the texts that were loaded are loaded in it. */
export async function speak(name) {
  const areas = loaded.size ? [...loaded] : ALWAYS;
  loaded.clear();
  shown = name in LANGUAGES ? name : "en";
  plural = new Intl.PluralRules(shown);
  localStorage.setItem(KEPT, shown);
  document.documentElement.lang = shown;
  await load(areas);
}

/** Loads the texts of these areas. */
export async function load(areas) {
  const wanted = areas.filter((area) => !loaded.has(area));
  const files = await Promise.all(wanted.map((area) => file(shown, area)));
  files.forEach((found) => Object.entries(found).forEach(([key, text]) => texts.set(key, text)));
  wanted.forEach((area) => loaded.add(area));
}

async function file(name, area) {
  const answer = await fetch(`/static/texts/${name}/${area}.json`);
  if (!answer.ok) throw new Error(`no texts ${name}/${area}`);
  return answer.json();
}

/** The text of a key with its {places} filled in; with values.count in the language's plural form. */
export function t(key, values = {}) {
  const text = ("count" in values ? texts.get(`${key}.${plural.select(values.count)}`) : undefined) ?? texts.get(key);
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (place, name) => {
    if (!(name in values)) return place;
    return typeof values[name] === "number" ? number(values[name]) : values[name] ?? "";
  });
}

/** Whether there is a text of this key. */
export function has(key) {
  return texts.has(key) || texts.has(`${key}.other`);
}

/** Why it was refused, in the user's language, as children of an element: what has no text is said as the API says it.
 *  Below stands each thing that is wrong, and of a value alone its place, as the API calls it; not `atField`, where the
 *  place is seen. options: those of the field, as [value, label]. A refusal of an item of a text has the `line`
 *  where it stands. */
export function fault(refusal, { atField = false, options } = {}) {
  const { details = [] } = refusal;
  const key = `error.${refusal.code}`;
  if (!has(key)) return refusal.message || t("error.internal");
  const wrong = refusal.code === "bad-value";
  const allowed = refusal.limit ? limitWords(refusal.limit, options) : "";
  const text = wrong && allowed ? allowed : [t(key), allowed].filter(Boolean).join(" ");
  return [lined(refusal.line, text),
    details.map((detail) => h("small", { class: "fault-detail" }, lined(detail.line, detailWords(detail)))),
    wrong && !atField && refusal.field && h("small", { class: "fault-detail" }, t("common.at-place", { place: refusal.field }))];
}

function lined(line, text) {
  return line ? t("common.at-line", { line, text }) : text;
}

/** One thing that is wrong, of the API's {code, facts, text}; what has no words is said as the API says it. */
export function detailWords({ code, facts, text }) {
  return has(`fault.${code}`) ? t(`fault.${code}`, facts) : text;
}

/** What is taken at a place, as the API's refusals have it: {kind, least, most, one_of}; options: as [value, label]. */
export function limitWords({ kind, least = null, most = null, one_of: choices }, options = []) {
  const label = (value) => options.find(([key]) => key === value)?.[1] ?? value;
  const values = { least, most, choices: choices?.map(label).join(", ") };
  const which = least !== null && most !== null ? "range" : least !== null ? "least" : most !== null && "most";
  const key = `common.limit-${kind}`;
  return [has(key) && !(which && PLAIN.has(kind)) && t(key, values),
    which && t(`common.${UNITS[kind] ?? "field-characters"}-${which}`, values)].filter(Boolean).join(" ");
}

// Stamps of the API carry the hotel's wall time: it is shown as it stands, wherever the browser is.
function wall(iso, options) {
  const at = instant(iso);
  return isNaN(at) ? iso : new Intl.DateTimeFormat(LOCALES[shown], { ...options, timeZone: "UTC" }).format(at);
}

function instant(iso) {
  return new Date(iso.length > 10 ? `${iso.slice(0, 19).padEnd(19, ":00")}Z` : `${iso}T00:00:00Z`);
}

/** "07:00" */
export function clock(iso) {
  return iso ? wall(iso, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "";
}

/** "07:00:30" */
export function time(iso) {
  return iso ? wall(iso, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }) : "";
}

/** "Mon 23 Nov" */
export function day(iso) {
  return iso ? wall(iso, { weekday: "short", day: "numeric", month: "short" }) : "";
}

/** "Mon 23 Nov 2026" */
export function date(iso) {
  return iso ? wall(iso, { weekday: "short", day: "numeric", month: "short", year: "numeric" }) : "";
}

/** "Mon 23 Nov, 07:00"; what only looks like a stamp, as a guest's name may, is shown as it stands. */
export function dayTime(iso) {
  if (!iso || isNaN(instant(iso))) return iso ?? "";
  return `${day(iso)}, ${clock(iso)}`;
}

/** "Mon–Fri, Sun" of "1-5,7". */
export function weekdays(days) {
  const name = (number) => wall(`2024-01-0${number}`, { weekday: "short" }); // a year that begins with a Monday
  return days === "1-7" ? t("common.every-day") : days.split(",").map((part) => part.split("-").map(name).join("–")).join(", ");
}

/** An instant (a Date) as the clock of a zone shows it: {clock: "07:00", day: "Mon 23 Nov", iso}. */
export function wallClock(instant, zone = "UTC") {
  const parts = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone }).format(instant);
  const iso = parts.replace(" ", "T").slice(0, 16);
  return { clock: clock(iso), day: day(iso), iso };
}

/** {amount in minor units, currency} as the language writes it. */
export function money(value) {
  if (!value) return "";
  const format = new Intl.NumberFormat(LOCALES[shown], { style: "currency", currency: value.currency });
  return format.format(value.amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function number(value, options) {
  return value === null || value === undefined ? "" : new Intl.NumberFormat(LOCALES[shown], options).format(value);
}

/** Seconds as "4:05" or "1:02:03". */
export function duration(seconds) {
  const [whole, two] = [Math.max(0, Math.round(seconds)), (part) => String(part).padStart(2, "0")];
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
