// The plan: which room rings when, and how many at once; to be printed for the night.

import { get } from "../api.js";
import { columns } from "../charts.js";
import { laterDate, wallNow } from "../desk/when.js";
import { field } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { grouped } from "../lists/grouped.js";
import { showLoaded } from "../lists/loading.js";
import { sign } from "../signs.js";
import { table } from "../table.js";
import { clock, date as dateText, t } from "../text.js";
import { guestName, roomLink } from "./words.js";

const SLOT_MIN = 30;

/** Shows the plan of a day in the place; `tools`: where the choice of the day and the button for printing go. */
export async function showPlan(place, { signal, tools }) {
  await house.ready;
  const wanted = field({ name: "date", label: t("wakeups.date"), type: "date", value: laterDate(wallNow().slice(0, 10), 1), required: true });
  tools.append(wanted.element, h("button", { type: "button", class: "button end", onclick: () => print() }, t("lists.print")));
  const show = () => showLoaded(place, () => fetchPlan(wanted.input.value), (found) => drawn(wanted.input.value, found), { signal });
  wanted.input.addEventListener("change", () => wanted.input.value && show());
  let coming = 0;
  house.on(["wakeup"], () => {
    clearTimeout(coming); // a group has many orders
    coming = setTimeout(() => !signal.aborted && show(), 300);
  }, { signal });
  await show();
}

async function fetchPlan(day) {
  const [plan, settings] = await Promise.all([get("/wakeups/plan", { date: day }), get("/settings/wakeup")]);
  return { items: plan.items, atOnce: settings.ringing_at_once };
}

function drawn(day, { items, atOnce }) {
  const title = h("h2", {}, t("wakeups.plan-of", { day: dateText(day) }));
  if (!items.length) return [title, h("p", { class: "card empty" }, t("wakeups.plan-none"))];
  const minutes = [...grouped(items, ({ rings_at: at }) => at.slice(0, 16))].map(([at, rooms]) => ({ at, rooms }));
  return [
    title,
    h("p", {}, t("wakeups.plan-sum", { count: items.length }), " ", h("span", { class: "muted" }, t("wakeups.at-once", { count: atOnce }))),
    h("div", { class: "card no-print" }, columns({ title: t("wakeups.plan-chart"), ...slots(items) })),
    table({ caption: t("wakeups.plan-of", { day: dateText(day) }), rows: minutes, columns: [
      { key: "at", label: t("wakeups.rings-at"), cell: ({ at }) => h("strong", { class: "plan-time" }, clock(at)) },
      { key: "count", label: t("wakeups.how-many"), number: true, cell: ({ rooms }) => String(rooms.length) },
      { key: "rooms", label: t("wakeups.rooms"), cell: ({ rooms }) => h("ul", { class: "plan-rooms" }, rooms.map(room)) },
    ] }),
  ];
}

/** Half hours from the first to the last, with how many rooms ring in each. */
function slots(items) {
  const slotOf = ({ rings_at: at }) => Math.floor((Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16))) / SLOT_MIN);
  const counts = new Map([...grouped(items, slotOf)].map(([slot, rooms]) => [slot, rooms.length]));
  const first = Math.min(...counts.keys());
  const all = Array.from({ length: Math.max(...counts.keys()) - first + 1 }, (_, place) => first + place);
  const two = (part) => String(part).padStart(2, "0");
  return {
    labels: all.map((slot) => `${two(Math.floor(slot * SLOT_MIN / 60))}:${two(slot * SLOT_MIN % 60)}`),
    series: [{ name: t("wakeups.rooms"), values: all.map((slot) => counts.get(slot) ?? 0) }],
  };
}

function room(planned) {
  const { due, rings_at: at, vip, by_person: byPerson } = planned;
  const order = house.wakeups.get(planned.order);
  return h("li", { class: "plan-room" }, roomLink(planned.room), " ", h("span", { class: "muted" }, order && guestName(order)),
    vip && [" ", sign("vip", { silent: true }), h("span", { class: "visually-hidden" }, t("wakeups.vip"))],
    byPerson && [" ", h("span", { class: "badge badge-warn" }, t("wakeups.by-person"))],
    at.slice(0, 16) !== due.slice(0, 16) && [" ", h("span", { class: "badge" }, t("wakeups.ordered-for", { at: clock(due) }))]);
}
