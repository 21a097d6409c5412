// The wake-ups of today and tomorrow: those that nobody has answered first.

import { all, send } from "../api.js";
import { act } from "../desk/act.js";
import { laterDate, wallNow } from "../desk/when.js";
import { confirm, doNow, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { keepFocus, showLoaded } from "../lists/loading.js";
import { table } from "../table.js";
import { clock, t } from "../text.js";
import { changeWakeup, orderWakeups } from "./order.js";
import { FAILED, guestName, marks, orderedBy, roomLink, stateBadge, tries, whenCell } from "./words.js";

const SECTIONS = ["failed", "ringing", "today", "tomorrow", "later", "over"];

/** Shows them in the place, kept up to date. */
export async function showList(place, { signal }) {
  await house.ready;
  const shown = new Map();
  let over = [];
  const draw = () => keepFocus(place, () => update(shown, over));
  const fetchOver = async () => {
    over = await all("/wakeups/history", { from: `${laterDate(wallNow().slice(0, 10), -1)}T12:00` });
  };
  let coming = null; // one question at a time is enough, however many have ended
  const renew = () => {
    coming ??= Promise.resolve().then(() => { coming = null; return fetchOver(); }).then(draw, () => null);
  };
  await showLoaded(place, fetchOver, () => sections(shown), { signal });
  if (signal.aborted || !shown.size) return;
  draw();
  house.on(["wakeup"], (changes) => {
    draw();
    if (changes.some(({ id, gone, value }) => id === null || gone || FAILED.includes(value.state) || value.state === "answered")) renew();
  }, { signal });
  house.on(["room"], draw, { signal });
}

function sections(shown) {
  return SECTIONS.map((name) => {
    const made = table({ caption: t(`wakeups.section-${name}`), columns: columns(name), rows: [] });
    const count = h("span", { class: "badge" });
    const heading = h("h2", {}, t(`wakeups.section-${name}`), " ", count);
    const element = h("section", { class: `wakeups-${name}`, "aria-live": name === "failed" ? "polite" : null }, heading, made);
    shown.set(name, { element, made, count });
    return element;
  }).concat(nothing(shown));
}

function nothing(shown) {
  const element = h("div", { class: "card empty" }, h("p", {}, t("wakeups.none")),
    h("button", { type: "button", class: "button button-primary", onclick: () => orderWakeups() }, t("wakeups.order")));
  shown.set("nothing", { element });
  return element;
}

function update(shown, over) {
  const rows = sorted(over);
  SECTIONS.forEach((name) => {
    const { element, made, count } = shown.get(name);
    element.hidden = !rows[name].length;
    count.textContent = rows[name].length;
    made.update(rows[name]);
  });
  shown.get("nothing").element.hidden = SECTIONS.some((name) => rows[name].length);
}

/** The orders and what is over, by section. */
function sorted(over) {
  const today = wallNow().slice(0, 10);
  const tomorrow = laterDate(today, 1);
  const rows = Object.fromEntries(SECTIONS.map((name) => [name, []]));
  const due = [...house.wakeups.values()].sort((one, other) => one.due.localeCompare(other.due) || one.room.localeCompare(other.room, "en", { numeric: true }));
  for (const order of due) {
    const date = order.due.slice(0, 10);
    rows[order.state === "ringing" ? "ringing" : date <= today ? "today" : date === tomorrow ? "tomorrow" : "later"].push(order);
  }
  for (const past of over) rows[FAILED.includes(past.outcome) ? "failed" : "over"].push({ ...past, state: past.outcome, due: past.at });
  return rows;
}

// ------------------------------------------------------------------------------------------------------------- columns

function columns(name) {
  const isOver = name === "failed" || name === "over";
  return [
    { key: "due", label: t("wakeups.time"), cell: ({ due }) => whenCell(due) },
    { key: "room", label: t("wakeups.room"), cell: ({ room }) => roomLink(room) },
    { key: "guest", label: t("wakeups.guest"), cell: guestName },
    { key: "state", label: t("wakeups.state"), cell: (row) => h("div", { class: "state-cell" }, stateBadge(shownState(row)), marks(row), tries(row.attempts)) },
    { key: "ordered", label: t("wakeups.ordered-by"), cell: ({ ordered }) => orderedBy(ordered) },
    name !== "over" && { key: "actions", label: "", cell: (row) => h("div", { class: "actions" }, isOver ? again(row) : actions(row)) },
  ].filter(Boolean);
}

/** Of a recurring one that is to ring again, the state is that of the last time. */
function shownState({ state, outcome }) {
  return outcome ?? (state === "ringing" ? "ringing" : "waiting");
}

function again({ room }) {
  return h("button", { type: "button", class: "button button-small", "data-focus": `again-${room}`, onclick: () => orderWakeups(room) }, t("wakeups.again"));
}

function actions(order) {
  const { id, room } = order;
  const name = (label) => ({ "aria-label": `${label}: ${room} ${clock(order.due)}`, kind: "button-small" });
  if (order.by_person && order.state === "ringing") {
    return [["answered", "button-primary"], ["not_answered", ""]].map(([outcome, kind]) =>
      act(t(`wakeups.outcome-${outcome}`), () => tell(order, outcome), { ...name(t(`wakeups.outcome-${outcome}`)), kind: `button-small ${kind}`, focus: `${outcome}-${id}` }));
  }
  return [
    order.state !== "ringing" && act(t("wakeups.change"), () => void changeWakeup(order), { ...name(t("wakeups.change")), focus: `change-${id}` }),
    act(t("wakeups.cancel"), () => void cancel(order), { ...name(t("wakeups.cancel")), focus: `cancel-${id}` }),
  ];
}

async function tell({ id, room }, outcome) {
  await send("POST", `/wakeups/${id}/outcome`, { outcome });
  say(t(`wakeups.told-${outcome}`, { room }));
}

async function cancel(order) {
  const text = t(order.repeat === "once" ? "wakeups.cancel-text" : "wakeups.cancel-all", { room: order.room, at: clock(order.due) });
  const sure = await confirm({ title: t("wakeups.cancel-title"), text, action: t("wakeups.cancel"), danger: true });
  if (!sure) return;
  await doNow(() => send("DELETE", `/wakeups/${order.id}`));
}
