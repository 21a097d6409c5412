// What the desk fills in about stays: check-in, share, out-and-next, check-out, move, swap, edit.

import { all, get, send } from "../api.js";
import { dialog, form, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { clock, day, language, money, t } from "../text.js";
import { factor, minorUnits } from "./money.js";
import { fullName } from "./state.js";

export const LEVELS = ["internal", "local", "national", "mobile", "international", "unrestricted"];
const GUEST_LANGUAGES = ["en", "vi", "ru", "pl", "zh", "ar", "cs", "da", "de", "es", "fi", "fr", "he", "hi", "hu", "id", "it",
  "ja", "ko", "lt", "nl", "no", "pt", "ro", "sk", "sv", "th", "tr", "uk"];
const OPEN_CHARGES = new Set(["pending", "doubtful", "refused"]);

function path(room) {
  return `/rooms/${encodeURIComponent(room.room)}`;
}

/** The languages of guests by name, as [[code, name]]; of one that is not in the list, too. */
function languageOptions(present) {
  const names = new Intl.DisplayNames(language(), { type: "language", fallback: "code" });
  const codes = present && !GUEST_LANGUAGES.includes(present) ? [...GUEST_LANGUAGES, present] : GUEST_LANGUAGES;
  return [["", t("room.language-none")], ...codes.map((code) => [code, names.of(code)])];
}

export function classOptions() {
  return [["", t("room.class-default")], ...LEVELS.map((level) => [level, t(`room.class.${level}`)])];
}

function guestFields(guest = {}) {
  const timed = guest.departure?.includes("T");
  return [
    { name: "name", label: t("room.name"), value: guest.name, maxlength: 80, autocomplete: "off", required: true },
    { name: "first_name", label: t("room.first-name"), value: guest.first_name, maxlength: 80, autocomplete: "off", nullable: true },
    { name: "language", label: t("room.language"), type: "select", options: languageOptions(guest.language), value: guest.language ?? "", nullable: true },
    { name: "departure", label: t("room.departure"), type: timed ? "datetime-local" : "date", value: guest.departure?.slice(0, timed ? 16 : 10), nullable: true },
    { name: "reservation", label: t("room.reservation"), value: guest.reservation, maxlength: 80, autocomplete: "off", nullable: true },
    { name: "deposit", label: t("room.deposit"), hint: t("room.deposit-hint"), type: "number", min: 0, step: 1 / factor(),
      value: guest.deposit ? guest.deposit.amount / factor(guest.deposit.currency) : "" },
    { name: "vip", label: t("room.vip"), type: "checkbox", value: guest.vip },
    { name: "needs_person", label: t("room.needs-person"), type: "checkbox", value: guest.needs_person },
  ];
}

function guestOf({ deposit, ...values }) {
  return { ...values, deposit: deposit === null ? null : minorUnits(deposit) };
}

/** A guest into a vacant room; or one more into an occupied one (`share`). */
export function checkIn(room, { share = false } = {}) {
  return form({
    title: t(share ? "room.share-title" : "room.check-in-title", { room: room.room }), action: t(share ? "room.share" : "room.check-in"),
    fields: [...guestFields(), !share && { name: "class", label: t("room.class"), type: "select", options: classOptions(), nullable: true }],
    submit: async (values) => {
      await send("POST", `${path(room)}/check-in`, { ...guestOf(values), share });
      say(t("room.checked-in", { name: values.name, room: room.room }));
    },
  });
}

/** Those who are in leave, and the next guest moves in, as one change. */
export async function outAndNext(room) {
  const left = await whatIsLeft(room);
  return form({
    title: t("room.next-title", { room: room.room }), intro: [h("strong", {}, room.guests.map(fullName).join("; ")), left],
    action: t("room.next"),
    fields: guestFields(),
    submit: async (values) => {
      const cleared = await unprefixed("next.", () => send("POST", `${path(room)}/check-out`, { next: guestOf(values) }));
      showCleared(cleared);
    },
  });
}

/** The fields of a part of a request are those of the form. */
async function unprefixed(prefix, run) {
  try {
    return await run();
  } catch (refusal) {
    if (refusal.field?.startsWith(prefix)) refusal.field = refusal.field.slice(prefix.length);
    throw refusal;
  }
}

// -------------------------------------------------------------------------------------------------------- check-out

/** One guest, or all: what goes with it and what is open is shown before. */
export async function checkOut(room, guest = null) {
  const left = await whatIsLeft(room, guest);
  const whole = { value: "", label: t("room.everybody") };
  const choices = [whole, ...room.guests.map((each) => ({ value: each.id, label: fullName(each) }))];
  const who = h("select", { id: "check-out-who" }, choices.map(({ value, label }) => h("option", { value, selected: value === (guest ?? "") }, label)));
  const shown = dialog({
    title: t("room.check-out-title", { room: room.room }),
    body: [room.guests.length > 1 ? h("div", { class: "field" }, h("label", { for: "check-out-who" }, t("room.who")), who)
      : h("p", {}, h("strong", {}, fullName(room.guests[0]))), left],
    actions: [{ label: t("common.cancel") }, { label: t("room.check-out"), primary: true, run: async () => {
      const cleared = await send("POST", `${path(room)}/check-out`, { guest: who.value || null });
      shown.closed.then(() => showCleared(cleared));
    } }],
  });
  (room.guests.length > 1 ? who : shown.element.querySelector(".dialog-foot .button:last-child")).focus();
}

/** What would be cleared, and what is still open. */
async function whatIsLeft(room) {
  const [[cleared], charges] = await Promise.all([
    send("POST", "/check-outs", { rooms: [room.room], preview: true }).then(({ items }) => items),
    all("/charges", { room: room.room }),
  ]);
  const stays = new Set(room.guests.map((guest) => guest.id));
  const open = charges.filter((charge) => OPEN_CHARGES.has(charge.state) && stays.has(charge.guest));
  const bills = await Promise.all(room.guests.map((guest) => get(`/stays/${guest.id}/bill`)));
  const totals = bills.filter(({ items }) => items.length).map((bill) => t("room.bill-of", { name: fullName(bill.stay), sum: money(bill.total) }));
  const lines = [...totals, open.length && t("room.charges-open", { count: open.length })].filter(Boolean);
  return h("div", { class: "left" },
    lines.length > 0 && h("div", { class: "notice notice-warn" }, h("strong", {}, t("room.still-open")), h("ul", {}, lines.map((line) => h("li", {}, line)))),
    h("p", {}, t("room.will-clear")), clearedList(cleared));
}

function clearedList({ wakeups, messages, message_lamp: lamp, dnd, class: level }) {
  const lines = [
    ...wakeups.map((at) => t("room.cleared-wakeup", { at: `${day(at)} ${clock(at)}` })),
    messages > 0 && t("room.cleared-messages", { count: messages }),
    lamp.length > 0 && t("room.cleared-lamp"),
    dnd && t("room.cleared-dnd"),
    level && t("room.cleared-class", { level: t(`room.class.${level}`) }),
  ].filter(Boolean);
  return h("ul", { class: "cleared" }, lines.length ? lines.map((line) => h("li", {}, line)) : h("li", {}, t("room.cleared-nothing")));
}

function showCleared(cleared) {
  const names = cleared.guests.map(fullName).join("; ");
  const { element } = dialog({ title: t("room.checked-out", { room: cleared.room }),
    body: [h("p", {}, h("strong", {}, names)), h("p", {}, t("room.was-cleared")), clearedList(cleared)],
    actions: [{ label: t("common.close"), primary: true }] });
  element.querySelector(".dialog-foot .button").focus();
}

// ------------------------------------------------------------------------------------------------------ move, swap

function roomChoices(wanted, own) {
  return [...house.rooms.values()].filter((room) => room.room !== own && wanted(room)).sort((one, other) =>
    one.room.localeCompare(other.room, "en", { numeric: true }));
}

function whoField(room) {
  return room.guests.length > 1 && { name: "guest", label: t("room.who"), type: "select", nullable: true,
    options: [["", t("room.everybody")], ...room.guests.map((guest) => [guest.id, fullName(guest)])] };
}

export function move(room) {
  const ready = (other) => (other.housekeeping === "clean" || other.housekeeping === "inspected" ? "" : ` – ${t(`room.sign.${other.housekeeping}`)}`);
  const options = [...roomChoices((other) => other.occupancy === "vacant", room.room).map((other) => [other.room, `${other.room}${ready(other)}`]),
    ...roomChoices((other) => other.occupancy === "occupied", room.room).map((other) => [other.room, `${other.room} – ${other.guests.map(fullName).join("; ")}`])];
  return form({
    title: t("room.move-title", { room: room.room }), action: t("room.move"),
    fields: [whoField(room), { name: "to", label: t("room.move-to"), type: "select", options, required: true },
      { name: "share", label: t("room.move-share"), type: "checkbox" }],
    submit: async (values) => {
      await send("POST", `${path(room)}/move`, { guest: null, ...values });
      say(t("room.moved", { room: room.room, to: values.to }));
      location.hash = `#/desk/${encodeURIComponent(values.to)}`;
    },
  });
}

export function swap(room) {
  const options = roomChoices((other) => other.occupancy === "occupied", room.room).map((other) => [other.room, `${other.room} – ${other.guests.map(fullName).join("; ")}`]);
  if (!options.length) return say(t("room.swap-nobody"), "fault");
  return form({
    title: t("room.swap-title", { room: room.room }), intro: t("room.swap-intro"), action: t("room.swap"),
    fields: [{ name: "with", label: t("room.swap-with"), type: "select", options, required: true }],
    submit: async (values) => {
      await send("POST", `${path(room)}/swap`, values);
      say(t("room.swapped", { room: room.room, to: values.with }));
    },
  });
}

export function editGuest(room, guest) {
  return form({
    title: t("room.edit-title", { name: fullName(guest) }), action: t("common.save"), fields: guestFields(guest),
    submit: async (values) => {
      await send("PATCH", `${path(room)}/guests/${guest.id}`, guestOf(values));
      say(t("room.saved"));
    },
  });
}

