// The rooms' status, for a telephone in a maid's hand: one touch changes it.

import { send } from "../api.js";
import { act, watchActs } from "../desk/act.js";
import { doNow, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { askMinibar } from "../housekeeping/minibar.js";
import { grouped } from "../lists/grouped.js";
import { keepFocus } from "../lists/loading.js";
import { sign } from "../signs.js";
import { clock, t } from "../text.js";
import { sortedRooms } from "../wakeups/rooms.js";

const STATUSES = ["dirty", "clean", "inspected", "make-up", "service", "out-of-order"];

export async function show(main, { signal, args: [wanted] }) {
  await house.ready;
  const filter = { status: STATUSES.includes(wanted) ? wanted : null, floor: null };
  const [requests, chips, rooms] = [h("section", { "aria-live": "polite" }), h("div", { class: "chips" }), h("div", { class: "stack" })];
  const choose = (change) => { Object.assign(filter, change); draw(); };
  const draw = () => keepFocus(main, () => {
    fill(requests, asked());
    fill(chips, statusChips(filter, choose), floorChips(filter, choose));
    fill(rooms, floors(filter));
  });
  fill(main, h("h1", {}, t("common.page-housekeeping")), requests, chips, rooms);
  draw();
  house.on(["room", "request"], draw, { signal });
  watchActs(main, signal);
}

// ------------------------------------------------------------------------------------------------------- what is shown

function statusChips({ status }, choose) {
  const all = [...house.rooms.values()];
  const chip = (name, text, count) => h("button", { type: "button", class: "button chip", "aria-pressed": String(status === name),
    "data-focus": `status-${name}`, onclick: () => choose({ status: name }) }, name && sign(name, { silent: true }), text, h("span", { class: "chip-count" }, count));
  return h("div", { class: "segments", role: "group", "aria-label": t("housekeeping.status") },
    chip(null, t("housekeeping.all"), all.length),
    STATUSES.map((name) => chip(name, t(`housekeeping.status-${name}`), all.filter(({ housekeeping }) => housekeeping === name).length)));
}

function floorChips({ floor }, choose) {
  const floorsOfHouse = sortedRooms(new Set([...house.rooms.values()].map((room) => String(room.floor ?? ""))));
  if (floorsOfHouse.length < 2) return null;
  const chip = (name, text) => h("button", { type: "button", class: "button chip", "aria-pressed": String(floor === name),
    "data-focus": `floor-${name}`, onclick: () => choose({ floor: name }) }, text);
  return h("div", { class: "segments", role: "group", "aria-label": t("housekeeping.floor") },
    chip(null, t("housekeeping.all-floors")), floorsOfHouse.map((name) => chip(name, t("lists.floor", { floor: name }))));
}

function floors({ status, floor }) {
  const shown = sortedRooms(house.rooms.keys()).map((number) => house.room(number))
    .filter((room) => (!status || room.housekeeping === status) && (floor === null || String(room.floor ?? "") === floor));
  if (!shown.length) return h("p", { class: "card empty" }, t("housekeeping.none"));
  return [...grouped(shown, (room) => String(room.floor ?? ""))].map(([name, rooms]) => h("section", {},
    h("h2", {}, t("lists.floor", { floor: name })), h("ul", { class: "hk-rooms" }, rooms.map(roomCard))));
}

function roomCard({ room, housekeeping, occupancy, dnd }) {
  return h("li", { class: `card hk-room hk-${housekeeping}`, "data-room": room },
    h("div", { class: "hk-head" }, h("strong", { class: "hk-number" }, room),
      h("span", { class: "muted" }, sign(occupancy, { silent: true }), " ", t(`housekeeping.${occupancy}`)),
      dnd && h("span", { class: "badge badge-bad" }, sign("dnd", { silent: true }), t("housekeeping.dnd")),
      occupancy === "occupied" && act(t("housekeeping.minibar"), () => void askMinibar(room), {
        kind: "button-small hk-minibar", focus: `minibar-${room}`, "aria-label": t("housekeeping.minibar-title", { room }) })),
    h("div", { class: "hk-buttons", role: "group", "aria-label": t("housekeeping.room-status", { room }) },
      STATUSES.map((name) => act([sign(name, { silent: true }), h("span", {}, t(`housekeeping.status-${name}`))], () => change(room, name),
        { kind: "hk-button", pressed: name === housekeeping, focus: `${room}-${name}` }))));
}

async function change(room, status) {
  const before = house.room(room).housekeeping;
  if (before === status) return;
  house.rooms.set(room, await send("PATCH", `/rooms/${encodeURIComponent(room)}`, { housekeeping: status }));
  say(t("housekeeping.changed", { room, status: t(`housekeeping.status-${status}`) }));
}

// ------------------------------------------------------------------------------------------------------------ requests

function asked() {
  const open = [...house.requests.values()].sort((one, other) => one.left.localeCompare(other.left));
  if (!open.length) return null;
  return h("div", { class: "card hk-requests" }, h("h2", {}, t("housekeeping.requests", { count: open.length })),
    h("ul", {}, open.map(({ id, room, text, left }) => h("li", { class: "hk-request" }, h("strong", { class: "hk-number" }, room),
      h("span", {}, text, " ", h("span", { class: "muted" }, clock(left))),
      act(t("housekeeping.done"), () => doNow(() => send("POST", `/requests/${id}/done`)), {
        kind: "button-small button-primary", focus: `done-${id}`, "aria-label": t("housekeeping.done-of", { room, text }) })))));
}
