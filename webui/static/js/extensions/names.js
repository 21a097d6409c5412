// Lists that are spoken, with names by language: what guests may ask for, and what the minibar holds.

import { get, send } from "../api.js";
import { act } from "../desk/act.js";
import { form, say } from "../dialog.js";
import { h } from "../dom.js";
import { may } from "../session.js";
import { table } from "../table.js";
import { LANGUAGES, language, t } from "../text.js";
import { block } from "./settings.js";

const FRONT = ["desk", "manager"];

export function requestsBlock(signal) {
  return namesBlock({ title: t("extensions.requests"), intro: t("extensions.requests-text"), path: "/settings/requests", signal,
    id: { label: t("extensions.request-id"), pattern: "[a-z0-9\\-]+", maxlength: 30, limit: { kind: "id", least: 1, most: 30 } },
    read: ({ kinds }) => kinds, write: (kinds) => ({ kinds }) });
}

export function minibarBlock(signal) {
  return namesBlock({ title: t("extensions.minibar"), intro: t("extensions.minibar-text"), path: "/settings/minibar", signal,
    id: { label: t("extensions.article"), inputmode: "numeric", pattern: "[0-9]+", maxlength: 4, limit: { kind: "whole-number", least: 1, most: 9999 } },
    read: ({ articles }) => Object.entries(articles).map(([id, names]) => ({ id, names })),
    write: (items) => ({ articles: Object.fromEntries(items.map(({ id, names }) => [id, names])) }) });
}

/** read(setting) -> [{id, names}], write(items) -> setting; id: how its field looks. */
function namesBlock({ title, intro, path, id, read, write, signal }) {
  return block(title, () => get(path), (value, again) => {
    const items = read(value);
    const save = async (wanted) => {
      await send("PUT", path, write(wanted));
      say(t("extensions.saved"));
      await again();
    };
    return [h("p", {}, intro), list({ title, items, id, save }),
      may(FRONT) && h("div", { class: "toolbar" }, act(t("extensions.add"), () => edit({ title, id, save: (made) => save([...items, made]) })))];
  }, { signal });
}

function list({ title, items, id, save }) {
  const others = (one) => items.filter((item) => item !== one);
  const word = (label, one) => ({ kind: "button-small", "aria-label": `${label}: ${one.id}` });
  return table({ caption: title, rows: items, columns: [
    { key: "place", label: "№", number: true, cell: (one) => items.indexOf(one) + 1 },
    { key: "id", label: id.label },
    { key: "names", label: t("extensions.names"), cell: ({ names }) => names[language()] ?? Object.values(names)[0] },
    { key: "languages", label: t("extensions.spoken-in"), cell: ({ names }) => Object.keys(names).join(", ") },
    ...(may(FRONT) ? [{ key: "acts", label: "", cell: (one) => h("div", { class: "row row-acts" },
      act(t("extensions.change"), () => edit({ title, id, item: one, save: (made) => save(items.map((item) => (item === one ? made : item))) }), word(t("extensions.change"), one)),
      act(t("extensions.remove"), () => save(others(one)), word(t("extensions.remove"), one))) }] : []),
  ] });
}

function edit({ title, id, item, save }) {
  return form({ title, action: t("common.save"), fields: [
    { name: "id", ...id, value: item?.id, required: true, autocomplete: "off" },
    ...Object.entries(LANGUAGES).map(([name, label]) => ({ name: `name-${name}`, label, lang: name, maxlength: 60, value: item?.names[name] }))],
  submit: (values) => atPart(() => save({ id: values.id.trim(), names: Object.fromEntries(Object.keys(LANGUAGES)
    .map((name) => [name, values[`name-${name}`].trim()]).filter(([, text]) => text)) })) });
}

/** A fault of an entry, as kinds[3].names.en and articles.12, is shown where the form has it. */
async function atPart(run) {
  try {
    return await run();
  } catch (refusal) {
    const [, ...parts] = (refusal.field ?? "").split(".");
    const part = parts.at(-1) === "names" ? language() : parts.at(-1);
    if (parts.length) refusal.field = part in LANGUAGES ? `name-${part}` : "id";
    throw refusal;
  }
}
