// Ordering wake-ups for one room or many, and giving one another time.

import { all, send } from "../api.js";
import { laterDate, wallNow } from "../desk/when.js";
import { dialog, fieldForm, form, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { grouped } from "../lists/grouped.js";
import { may } from "../session.js";
import { dayTime, t } from "../text.js";
import { sayOrdered } from "./ordered.js";
import { namedRooms, roomsText, sortedRooms } from "./rooms.js";

const FIELDS = { at: "time", room: "rooms" };
const TOMORROW_FROM = "09:00"; // who orders later than that means tomorrow

/** Asks for rooms and time, and orders. */
export function orderWakeups(rooms = "") {
  const body = fieldForm({ fields: fields(rooms), action: t("wakeups.order"), submit: place, cancel: () => shown.close() });
  body.classList.add("order");
  const input = body.querySelector("[name=rooms]");
  input.closest(".field").after(chooser(input));
  const repeat = body.querySelector("[name=repeat]");
  const until = body.querySelector("[name=until]").closest(".field");
  const follow = () => { until.hidden = repeat.value === "once"; };
  repeat.addEventListener("change", follow);
  follow();
  const shown = dialog({ title: t("wakeups.order-title"), body, wide: true });
  (rooms ? body.querySelector("[name=time]") : input).focus();

  async function place(values) {
    const wanted = namedRooms(values.rooms, house.rooms.keys());
    const often = values.repeat !== "once";
    const made = await named(() => send("POST", "/wakeups", {
      rooms: wanted, at: `${values.date}T${values.time}`, repeat: values.repeat, vip: values.vip,
      until: often ? values.until ?? "check-out" : null,
    }));
    shown.close();
    sayOrdered(t("wakeups.ordered", { count: made.items.length, at: dayTime(`${values.date}T${values.time}`) }), made.items);
  }
}

function fields(rooms) {
  const now = wallNow();
  const date = now.slice(11, 16) < TOMORROW_FROM ? now.slice(0, 10) : laterDate(now.slice(0, 10), 1);
  return [
    { name: "rooms", label: t("wakeups.rooms"), value: rooms, required: true, hint: t("wakeups.rooms-hint"), autocomplete: "off" },
    { name: "time", label: t("wakeups.time"), type: "time", required: true },
    { name: "date", label: t("wakeups.date"), type: "date", value: date, min: now.slice(0, 10), required: true },
    { name: "repeat", label: t("wakeups.repeat"), type: "select", value: "once",
      options: ["once", "daily", "weekdays"].map((name) => [name, t(`wakeups.repeat-${name}`)]) },
    { name: "until", label: t("wakeups.until"), type: "date", nullable: true, hint: t("wakeups.until-hint") },
    { name: "vip", label: t("wakeups.vip-order"), type: "checkbox" },
  ];
}

/** Runs it; what the API calls `at` is the time here. */
async function named(run) {
  try {
    return await run();
  } catch (refusal) {
    refusal.field = FIELDS[refusal.field] ?? refusal.field;
    throw refusal;
  }
}

// ------------------------------------------------------------------------------------------------ choosing the rooms

/** Buttons of all rooms by floors, and of groups; what is pressed is in the field, and what is typed is pressed. */
function chooser(input) {
  const known = [...house.rooms.keys()];
  const buttons = new Map(sortedRooms(known).map((room) => [room, toggle(room, () => flip([room]))]));
  const chosen = () => {
    try {
      return new Set(namedRooms(input.value, known));
    } catch {
      return new Set();
    }
  };
  const mark = () => {
    const now = chosen();
    buttons.forEach((button, room) => button.setAttribute("aria-pressed", String(now.has(room))));
  };
  function flip(rooms) {
    const now = chosen();
    const gone = rooms.every((room) => now.has(room));
    rooms.forEach((room) => (gone ? now.delete(room) : now.add(room)));
    input.value = roomsText(now, known);
    mark();
  }
  const floors = grouped([...buttons.keys()], (room) => house.room(room).floor ?? "");
  const groups = h("div", { class: "chooser-groups row" });
  if (may("desk", "manager")) showGroups(groups, flip);
  input.addEventListener("input", mark);
  mark();
  return h("details", { class: "chooser" }, h("summary", {}, t("wakeups.choose")), groups,
    [...floors].map(([floor, rooms]) => h("div", { class: "chooser-floor" },
      h("button", { type: "button", class: "button button-small", onclick: () => flip(rooms) }, t("lists.floor", { floor: String(floor) })),
      h("div", { class: "chooser-rooms" }, rooms.map((room) => buttons.get(room))))));
}

function toggle(room, run) {
  return h("button", { type: "button", class: "button button-small", "aria-pressed": "false", onclick: run }, room);
}

async function showGroups(place, flip) {
  const stays = await all("/stays", { from: wallNow() }).catch(() => []); // the rooms can be chosen without, too
  const living = stays.filter(({ group, departed, room }) => group && !departed && house.rooms.has(room));
  for (const [group, members] of grouped(living, (stay) => stay.group)) {
    const rooms = [...new Set(members.map(({ room }) => room))];
    place.append(h("button", { type: "button", class: "button button-small", onclick: () => flip(rooms) },
      t("wakeups.group", { group, count: rooms.length })));
  }
}

// --------------------------------------------------------------------------------------------------------- another time

/** Gives an order another time. */
export function changeWakeup(order) {
  const now = order.due.slice(0, 16);
  return form({
    title: t("wakeups.change-title", { room: order.room }), action: t("common.save"),
    intro: order.repeat === "once" ? null : t("wakeups.change-all"),
    fields: [
      { name: "time", label: t("wakeups.time"), type: "time", value: now.slice(11), required: true },
      { name: "date", label: t("wakeups.date"), type: "date", value: now.slice(0, 10), min: wallNow().slice(0, 10), required: true },
    ],
    submit: async ({ date, time }) => {
      await named(() => send("PATCH", `/wakeups/${order.id}`, { at: `${date}T${time}` }));
      say(t("wakeups.changed", { room: order.room, at: dayTime(`${date}T${time}`) }));
    },
  });
}
