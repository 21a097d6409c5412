// Beside the house: wake-ups of the next two hours, calls now and waiting, what guests have asked for.

import { send } from "../api.js";
import { numberLink } from "../dial.js";
import { say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { sign } from "../signs.js";
import { clock, dayTime, duration, t } from "../text.js";
import { act, renew } from "./act.js";
import { sorted } from "./alarm_kinds.js";
import { shortName } from "./state.js";
import { secondsSince } from "./when.js";

const WINDOW_S = 2 * 3600;
const WAKEUP_ALARMS = new Set(["wakeup-failed", "wakeup-person"]);
const LOOK_MS = 1000;
const REDRAW_MS = 20_000;

/** The three lists, which keep themselves up to date. */
export function lists({ signal }) {
  const [wakeups, calls, requests] = ["wakeups", "calls", "requests"].map(box);
  const drawings = [[wakeups, drawWakeups, ["wakeup", "alarm", "room"]], [calls, drawCalls, ["call", "room"]],
    [requests, drawRequests, ["request", "room"]]];
  for (const [into, draw, topics] of drawings) {
    house.on(topics, () => draw(into), { signal });
    draw(into);
  }
  const ticks = setInterval(() => tick(calls.element), LOOK_MS);
  const redraws = setInterval(() => drawings.forEach(([into, draw]) => draw(into)), REDRAW_MS);
  signal.addEventListener("abort", () => [ticks, redraws].forEach(clearInterval));
  return h("div", { class: "lists" }, wakeups.element, calls.element, requests.element);
}

function box(name) {
  const [count, body] = [h("span", { class: "count" }), h("ul", { class: "rows" })];
  const empty = h("p", { class: "empty" }, t(`desk.${name}-none`));
  const element = h("section", { class: `card list list-${name}` }, h("h2", {}, t(`desk.${name}`), " ", count), body, empty);
  return { element, rows(items) {
    count.textContent = items.length || "";
    empty.hidden = items.length > 0;
    renew(body, items);
  } };
}

function row(attributes, head, words, acts) {
  return h("li", attributes, h("span", { class: "row-head" }, head), h("span", { class: "row-words" }, words), h("span", { class: "row-acts" }, acts));
}

/** A room as a link to its panel, with who lives there. */
function roomLink(number) {
  const room = house.room(number);
  if (!room) return h("strong", {}, number);
  return [h("a", { href: `#/desk/${encodeURIComponent(number)}`, class: "room-link" }, number), " ", shortName(room)];
}

// --------------------------------------------------------------------------------------------------------- wake-ups

function drawWakeups(into) {
  const asked = new Set([...house.wakeups.values()].filter((order) => order.by_person && order.state === "ringing").map(({ room }) => room));
  const failed = sorted([...house.alarms.values()].filter((alarm) => !alarm.acknowledged && WAKEUP_ALARMS.has(alarm.kind)
    && !(alarm.kind === "wakeup-person" && asked.has(alarm.subject)))); // that one has its own row, with its buttons
  const coming = [...house.wakeups.values()].filter(isSoon).sort((one, other) => one.due.localeCompare(other.due));
  into.rows([...failed.map(failedRow), ...coming.map(wakeupRow)]);
}

/** Of a recurring one the state may be still that of the last time. */
function isSoon({ due, state }) {
  const wait = -secondsSince(due);
  return state === "ringing" || wait < WINDOW_S && (state === "waiting" || wait > 0);
}

function failedRow(alarm) {
  const { time, why } = alarm.facts;
  const said = alarm.kind === "wakeup-person" ? t("desk.wakeup-in-person")
    : why ? t("desk.wakeup-failed", { why: t(`desk.why.${why}`) }) : t("desk.wakeup-unwoken");
  return row({ class: "row urgent" }, [sign("person"), time || clock(alarm.raised)], [roomLink(alarm.subject), h("em", {}, said)],
    numberLink(house.room(alarm.subject)?.extensions[0], t("desk.call-short")));
}

function wakeupRow(order) {
  const now = order.by_person && secondsSince(order.due) >= 0;
  const ringing = order.state === "ringing";
  const what = said(order, now);
  return row({ class: `row ${now ? "urgent below" : ringing ? "ringing" : ""}`, "data-wakeup": order.id },
    [sign(now ? "person" : ringing ? "ringing" : "wakeup"), order.vip && sign("vip"), clock(order.due)],
    [roomLink(order.room), what && h("em", {}, what)], now && outcomes(order));
}

function said(order, now) {
  if (now) return t("desk.wakeup-in-person");
  if (order.state === "ringing") return t("desk.wakeup-ringing", { attempt: Math.max(1, order.attempts.length) });
  if (order.by_person) return t("desk.wakeup-by-person");
  if (order.state !== "waiting" || !order.attempts.length && !order.snoozes) return "";
  return t(order.snoozes ? "desk.wakeup-snoozed" : "desk.wakeup-again");
}

/** A person has called him: what came of it. Who says so has seen the alarm that asked him to. */
export function outcomes(order) {
  const told = (outcome) => async () => {
    const asked = [...house.alarms.values()].filter((alarm) => alarm.kind === "wakeup-person" && alarm.subject === order.room && !alarm.acknowledged);
    await send("POST", `/wakeups/${order.id}/outcome`, { outcome });
    for (const { id } of asked) await send("POST", `/alarms/${id}/acknowledge`);
    say(t("desk.wakeup-noted"));
  };
  return [act(t("desk.awake"), told("answered"), { kind: "button-small button-primary", focus: `awake-${order.id}` }),
    act(t("desk.not-reached"), told("not_answered"), { kind: "button-small", focus: `unreached-${order.id}` })];
}

// ------------------------------------------------------------------------------------------------------------ calls

const CALL_SIGNS = { dialling: "dialling", ringing: "ringing", answered: "talking", held: "off-hook" };

function drawCalls(into) {
  const calls = [...house.calls.values()].sort((one, other) =>
    Number(other.emergency) - Number(one.emergency) || waits(other) - waits(one) || one.started.localeCompare(other.started));
  into.rows(calls.map(callRow));
}

/** From outside, and nobody has answered yet. */
function waits(call) {
  return Number(Boolean(call.trunk) && !call.from.extension && call.state !== "answered");
}

function callRow(call) {
  const since = call.answered ?? call.started;
  return row({ class: `row ${call.emergency ? "urgent" : ""} ${waits(call) ? "waits" : ""}`, "data-call": call.id },
    [sign(CALL_SIGNS[call.state]), h("span", { "data-since": since }, duration(secondsSince(since)))],
    [party(call.from, call.trunk ? "desk.number-unknown" : "desk.exchange"), " → ", party(call.to, "desk.number-unknown"), h("em", {}, call.emergency ? t("desk.call-emergency") : t(`desk.call-${call.state}`))],
    !call.emergency && act(t("desk.clear"), () => send("DELETE", `/calls/${call.id}`), { kind: "button-small", focus: `clear-${call.id}`,
      "aria-label": t("desk.clear-what", { from: call.from.number ?? "", to: call.to.number ?? "" }) }));
}

/** `nameless`: what is said of one without a number; the exchange itself calls, too. */
function party({ room, number, name }, nameless) {
  if (room && house.room(room)) return roomLink(room);
  return [h("strong", {}, number ?? t(nameless)), name && ` ${name}`];
}

function tick(element) {
  for (const each of element.querySelectorAll("[data-since]")) each.textContent = duration(secondsSince(each.dataset.since));
}

// --------------------------------------------------------------------------------------------------------- requests

function drawRequests(into) {
  const open = [...house.requests.values()].sort((one, other) => one.left.localeCompare(other.left));
  into.rows(open.map(requestRow));
}

function requestRow(request) {
  return row({ class: "row", "data-request": request.id }, [sign("service"), h("span", { title: dayTime(request.left) }, clock(request.left))],
    [roomLink(request.room), h("em", {}, request.text)],
    act(t("desk.done"), () => send("POST", `/requests/${request.id}/done`), { kind: "button-small", focus: `done-${request.id}`,
      "aria-label": t("desk.done-what", { room: request.room, what: request.text }) }));
}
