// What the cards of the page have in common.

import { say } from "../dialog.js";
import { h } from "../dom.js";
import { number, t } from "../text.js";

/** A card with its heading: [the card, where its content goes]. */
export function card(id, title) {
  const body = h("div", { class: "system-body" });
  return [h("section", { class: "card", "aria-labelledby": `system-${id}` }, h("h2", { id: `system-${id}` }, title), body), body];
}

/** [[name, value]] as a list of facts; what has no value is left out. */
export function facts(pairs) {
  const told = pairs.filter(([, value]) => ![null, undefined, false, ""].includes(value));
  return h("dl", { class: "facts" }, told.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** Bytes as "1.4 GB". */
export function bytes(count) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return number(count / 1000 ** step, { style: "unit", unit: units[step], maximumFractionDigits: step ? 1 : 0 });
}

/** A state in colour and words. */
export function badge(kind, text) {
  const signs = { good: "✓", warn: "!", bad: "✕" };
  return h("span", { class: `badge badge-${kind}` }, signs[kind], " ", text);
}

export function told(key, values) {
  say(t(key, values));
}
