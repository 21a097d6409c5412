// What is dialled for services, the card beside the telephone, and staff PINs.

import { get, send } from "../api.js";
import { act } from "../desk/act.js";
import { confirm, field, form, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { showLoaded } from "../lists/loading.js";
import { may } from "../session.js";
import { table } from "../table.js";
import { LANGUAGES, dayTime, language, t } from "../text.js";
import { unlock } from "./extension.js";
import { block, settingForm } from "./settings.js";

const TECHNICAL = ["manager", "technician"];
const RIGHTS = ["stays", "class", "blocking", "night"];

/** What each code does is said as on the card. */
export function codesBlock(signal) {
  const load = () => Promise.all([get("/settings/codes"), ...["guest", "staff"].map((which) => get("/guest-card", { for: which, language: language() }))]);
  return block(t("extensions.codes"), load, ([{ digits }, ...cards], again) => {
    const does = new Map(cards.flatMap(({ items }) => items).reverse().map((row) => [row.service, row.does]));
    return [h("p", {}, t("extensions.codes-text")), settingForm({ path: "/settings/codes", roles: TECHNICAL, again,
      fields: Object.entries(digits).map(([name, value]) => ({ name: `digits.${name}`, label: does.get(name) ?? name, value, required: true,
        inputmode: "tel", autocomplete: "off" })),
      body: (values) => ({ digits: Object.fromEntries(Object.entries(values).map(([name, value]) => [name.slice("digits.".length), value.trim()])) }) })];
  }, { signal });
}

export function cardBlock(signal) {
  const which = field({ name: "for", label: t("extensions.card-for"), type: "select", value: "guest", options: ["guest", "staff"].map((name) => [name, t(`extensions.card-${name}`)]) });
  const tongue = field({ name: "language", label: t("common.language"), type: "select", value: language(), options: Object.entries(LANGUAGES) });
  const paper = h("div", { class: "guest-card" });
  const show = () => showLoaded(paper, () => get("/guest-card", { for: which.value(), language: tongue.value() }), ({ items: rows }) => h("table", { class: "table card-table", lang: tongue.value() },
    h("tbody", {}, rows.map(({ dial, does }) => h("tr", {}, h("th", { scope: "row" }, dial), h("td", {}, does))))), { signal });
  [which, tongue].forEach(({ input }) => input.addEventListener("change", show));
  return block(t("extensions.card"), show, () => [h("div", { class: "toolbar no-print" }, which.element, tongue.element,
    h("button", { type: "button", class: "button button-primary", onclick: () => print() }, t("lists.print"))), paper], { signal, "data-print-me": "" });
}

export function pinsBlock(signal) {
  if (!may("manager")) return null;
  const load = () => Promise.all([get("/pins"), get("/settings/pins")]);
  return block(t("extensions.pins"), load, ([{ items: pins }, { lock_minutes: minutes }], again) => [h("p", {}, t("extensions.pins-text")),
    table({ caption: t("extensions.pins"), rows: pins, empty: t("extensions.pins-none"), columns: [
      { key: "name", label: t("common.name") },
      { key: "rights", label: t("extensions.rights"), cell: ({ rights }) => rights.map((right) => t(`extensions.right.${right}`)).join(", ") },
      { key: "created", label: t("extensions.since"), cell: ({ created }) => dayTime(created) },
      { key: "remove", label: "", cell: ({ name }) => act(t("extensions.remove"), () => removePin(name, again), { kind: "button-small button-danger", "aria-label": `${t("extensions.remove")}: ${name}` }) }] }),
    h("div", { class: "toolbar" }, act(t("extensions.pin-add"), () => addPin(again), { kind: "button-primary" })),
    settingForm({ path: "/settings/pins", roles: ["manager"], again, fields: [{ name: "lock_minutes", label: t("extensions.pin-lock"), type: "number", min: 1, max: 1440,
      value: minutes, hint: t("extensions.pin-lock-hint") }] })], { signal });
}

async function addPin(again) {
  const made = await form({ title: t("extensions.pin-add"), action: t("common.save"), fields: [
    { name: "name", label: t("common.name"), required: true, autocomplete: "off", maxlength: 40 },
    { name: "pin", label: t("extensions.pin"), type: "password", required: true, minlength: 4, maxlength: 8, inputmode: "numeric", autocomplete: "new-password", hint: t("extensions.pin-hint") },
    ...RIGHTS.map((name) => ({ name, label: t(`extensions.right.${name}`), type: "checkbox", value: false }))],
  submit: ({ name, pin, ...rights }) => send("POST", "/pins", { name, pin, rights: RIGHTS.filter((right) => rights[right]) }) });
  if (made) await again();
}

async function removePin(name, again) {
  const sure = await confirm({ title: t("extensions.remove"), text: t("extensions.pin-remove-text", { name }), action: t("extensions.remove"), danger: true });
  if (!sure) return;
  await send("DELETE", `/pins/${encodeURIComponent(name)}`);
  say(t("extensions.pin-removed", { name }));
  await again();
}

/** Telephones that wrong PINs have locked: told at the head of the page; nothing while there are none. */
export function locksNotice(signal) {
  const place = h("div", { role: "status" });
  if (!may(TECHNICAL)) return place;
  const show = () => get("/settings/pins/locks").then(({ items: locks }) => fill(place, locks.map(({ extension, until }) => h("p", { class: "notice notice-warn row" },
    h("span", {}, t("extensions.locked-at", { number: extension, until: until ? dayTime(until) : t("extensions.locked-until-unlocked") })),
    act(t("extensions.unlock"), () => unlock(extension, show), { kind: "button-small" })))));
  show().catch((refusal) => { if (refusal.name !== "Refusal") throw refusal; });
  return place;
}
