// Settings as folded cards: what is in one is fetched when it is unfolded; who may not change it reads it.

import { get, send } from "../api.js";
import { fieldForm, say } from "../dialog.js";
import { h } from "../dom.js";
import { showLoaded } from "../lists/loading.js";
import { may } from "../session.js";
import { facts } from "../system/card.js";
import { t } from "../text.js";

/** A folded card. load() answers what draw(value, again) shows; again() fetches and shows it anew. */
export function block(title, load, draw, { signal, ...attributes }) {
  const body = h("div", { class: "block-body" });
  const show = () => showLoaded(body, load, (value) => draw(value, show), { signal });
  return h("details", { class: "card block", ontoggle: ({ target }) => target.open && show(), ...attributes },
    h("summary", {}, h("h3", {}, title)), body);
}

/** The card of one object of settings. fields(value): those of its form; body(values, value): what is sent of them. */
export function settingBlock({ title, intro, path, roles, fields, body = (values) => values, signal, beside }) {
  return block(title, () => get(path), (value, again) => [intro && h("p", {}, intro),
    settingForm({ path, roles, fields: fields(value), body: (values) => body(values, value), again }), beside?.(value, again)], { signal });
}

/** The form alone, or for others what is set. */
export function settingForm({ path, roles, fields, body, again }) {
  if (!may(roles)) return facts(fields.map((one) => [one.label, shown(one)]));
  return fieldForm({ fields, action: t("common.save"), submit: async (values) => {
    await atField(fields, values, () => send("PUT", path, body(values)));
    say(t("extensions.saved"));
    await again();
  } });
}

function shown({ type, value, options, words }) {
  if (words) return words(value);
  if (type === "checkbox") return t(value ? "extensions.yes" : "extensions.no");
  if (type === "select") return options.find(([key]) => key === value)?.[1] ?? value;
  return value === null || value === undefined || value === "" ? "–" : String(value);
}

/** A fault of a part, such as exceptions[0], is shown at the field that the part is in, with the line of its text. */
async function atField(fields, values, run) {
  try {
    return await run();
  } catch (refusal) {
    const at = refusal.field ?? "";
    const field = fields.find(({ name }) => at === name || at.startsWith(`${name}[`) || at.startsWith(`${name}.`));
    if (field) {
      refusal.field = field.name;
      if (field.type === "textarea") refusal.line = lineOf(values[field.name], at.match(/\[(\d+)\]$/)?.[1]);
    }
    throw refusal;
  }
}

/** A text with an item on each line, as a list. */
export function linesOf(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

// The line of such a text, from 1, on which the item of this place in the list stands.
function lineOf(text, place) {
  return text.split("\n").flatMap((line, before) => (line.trim() ? [before + 1] : []))[place];
}
