// The panel's part about wake-ups: a time is typed, and it is set; those to come, and what became of the last ones.

import { get, send } from "../api.js";
import { busy, confirm, field, form, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { clock, day, dayTime, fault, t } from "../text.js";
import { sayOrdered } from "../wakeups/ordered.js";
import { act, renew } from "./act.js";
import { outcomes } from "./lists.js";
import { fetched, part } from "./part.js";
import { nextTime, wallNow } from "./when.js";

const SHOWN = 5;

export function wakeups({ room, signal }) {
  const [coming, past] = [h("ul", { class: "rows" }), h("div", { class: "past" })];
  const drawComing = () => {
    const orders = [...house.wakeups.values()].filter((order) => order.room === room().room)
      .sort((one, other) => one.due.localeCompare(other.due));
    renew(coming, orders.map(orderRow));
  };
  const drawPast = () => fetched(past, signal, () => get("/wakeups/history", { room: room().room, limit: SHOWN }), ({ items }) => history(items));
  house.on(["wakeup"], (changes) => {
    if (!changes.some(({ id, value }) => id === null || value.room === room().room)) return;
    drawComing();
    drawPast();
  }, { signal });
  drawComing();
  drawPast();
  return { element: part("wakeups", t("room.wakeups"), quick(room), coming, past) };
}

// ------------------------------------------------------------------------------------------------------------ ordering

/** One line: times, how often, until when. */
function quick(room) {
  const when = field({ name: "at", label: t("room.wakeup-time"), autocomplete: "off", inputmode: "text", placeholder: "7:00" });
  when.input.id = "wakeup-time";
  when.element.querySelector("label").htmlFor = "wakeup-time";
  const hint = h("span", { class: "field-hint", "aria-live": "polite" });
  when.element.append(hint);
  const repeat = field({ name: "repeat", label: t("room.repeat"), type: "select",
    options: ["once", "daily", "weekdays"].map((name) => [name, t(`room.repeat.${name}`)]) });
  const until = field({ name: "until", label: t("room.until"), type: "date", hint: t("room.until-hint") });
  const person = field({ name: "vip", label: t("room.wakeup-person"), type: "checkbox" });
  until.element.hidden = true;
  repeat.input.addEventListener("change", () => { until.element.hidden = repeat.value() === "once"; });
  when.input.addEventListener("input", () => {
    when.clear();
    hint.textContent = times(when.value()).map((at) => (at ? dayTime(at) : "")).filter(Boolean).join("; ");
  });
  const button = h("button", { type: "submit", class: "button button-primary", "data-act": "", disabled: !house.connected }, t("room.wakeup-set"));
  const element = h("form", { class: "quick", novalidate: true }, when.element, repeat.element, button, until.element, person.element);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(button, () => order({ room: room(), when, repeat, until, person, hint }));
  });
  return element;
}

function times(text) {
  return text.split(/[,;]/).map((part) => part.trim()).filter(Boolean).map((part) => nextTime(part));
}

async function order({ room, when, repeat, until, person, hint }) {
  const wanted = times(when.value());
  [when, repeat, until].forEach((each) => each.clear());
  if (!wanted.length || wanted.includes(null)) {
    when.fault(t("room.wakeup-wrong"));
    return when.focus();
  }
  if (!house.connected) return when.fault(t("room.lost"));
  const often = repeat.value();
  const last = often === "once" ? null : until.value() || (room.guests.length ? "check-out" : null);
  const made = [];
  try {
    for (const at of wanted) made.push(await send("POST", "/wakeups", { room: room.room, at, repeat: often, until: last, vip: person.value() }));
  } catch (refusal) {
    if (refusal.name !== "Refusal") throw refusal;
    const at = { until, repeat }[refusal.field] ?? when;
    at.fault(fault(refusal, { atField: true }));
    return at.focus();
  }
  sayOrdered(t("room.wakeup-is-set", { room: room.room, at: wanted.map(dayTime).join("; ") }), made.flatMap(({ items }) => items));
  when.input.value = "";
  hint.textContent = "";
  person.input.checked = false;
  return when.focus();
}

// ------------------------------------------------------------------------------------------------------------- a list

function orderRow(order) {
  const often = order.repeat === "once" ? "" : [t(`room.repeat.${order.repeat}`), untilWords(order.until)].filter(Boolean).join(", ");
  const now = order.state === "ringing" || order.state === "waiting"; // else the attempts are those of the last time
  return h("li", { class: `row ${order.state === "ringing" ? "ringing" : ""}`, "data-wakeup": order.id },
    h("span", { class: "row-head" }, clock(order.due)),
    h("span", { class: "row-words" }, day(order.due), often && h("em", {}, often),
      order.by_person ? h("em", {}, t("desk.wakeup-by-person")) : [order.state === "ringing" && h("em", {}, t("room.state.ringing")), now && attempts(order)], h("small", {}, ordered(order))),
    h("span", { class: "row-acts" }, order.by_person && order.state === "ringing" && outcomes(order),
      act(t("room.change"), () => change(order), { kind: "button-small", focus: `change-${order.id}` }),
      act(t("room.cancel"), () => cancel(order), { kind: "button-small", focus: `cancel-${order.id}` })));
}

function untilWords(until) {
  if (!until) return "";
  return until === "check-out" ? t("room.until-check-out") : t("room.until-day", { day: day(until) });
}

function ordered({ ordered: { by, through, at } }) {
  return t("room.ordered", { by, through: t(`room.through.${through}`), at: dayTime(at) });
}

function attempts(order) {
  return order.attempts.length > 0 && h("ol", { class: "attempts" }, order.attempts.map(({ started, outcome }) =>
    h("li", {}, clock(started), " ", outcome ? t(`room.outcome.${outcome}`) : t("room.state.ringing"))));
}

function history(items) {
  return items.length > 0 && h("details", {}, h("summary", {}, t("room.wakeups-past")), h("ul", { class: "rows" }, items.map((one) =>
    h("li", { class: `row ${one.outcome}` }, h("span", { class: "row-head" }, clock(one.at)),
      h("span", { class: "row-words" }, day(one.at), h("em", {}, t(`room.state.${one.outcome}`)), attempts(one))))));
}

function change(order) {
  return form({
    title: t("room.change-title", { at: dayTime(order.due) }), action: t("common.save"),
    fields: [{ name: "at", label: t("room.wakeup-time"), value: clock(order.at), required: true, autocomplete: "off" }],
    submit: async ({ at }) => {
      const wanted = sameDay(order, at) ?? nextTime(at);
      await send("PATCH", `/wakeups/${order.id}`, { at: wanted ?? at });
      say(t("room.wakeup-is-set", { room: order.room, at: wanted ? dayTime(wanted) : at }));
    },
  });
}

/** Another time keeps the day, if that is still to come. */
function sameDay({ due }, text) {
  const typed = nextTime(text);
  const wanted = typed && due.slice(0, 11) + typed.slice(11);
  return wanted > wallNow().slice(0, 16) ? wanted : null;
}

async function cancel(order) {
  const words = order.repeat === "once" ? "room.cancel-once" : "room.cancel-all";
  if (!await confirm({ title: t("room.cancel-wakeup"), text: t(words, { room: order.room, at: dayTime(order.due) }), action: t("room.cancel-wakeup"), danger: true })) return;
  await send("DELETE", `/wakeups/${order.id}`);
  say(t("room.wakeup-cancelled"));
}
