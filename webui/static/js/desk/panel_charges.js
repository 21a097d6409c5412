// The panel's part about calls and what they cost in this stay.

import { get } from "../api.js";
import { outsideLink } from "../dial.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { may } from "../session.js";
import { dayTime, duration, money, t } from "../text.js";
import { act } from "./act.js";
import { showBill } from "./bill.js";
import { FRONT, fetched, part } from "./part.js";
import { fullName } from "./state.js";

const SHOWN = 8;

export function charges({ room, signal }) {
  const body = h("div");
  const element = part("charges", t("room.charges"), body);
  let shown = null;
  const fetchBills = () => fetched(body, signal, () => Promise.all(room().guests.map(({ id }) => get(`/stays/${id}/bill`))), (bills) => bills.map(one));
  house.on(["call-record", "connection"], (changes) => {
    const concerns = changes.some(({ topic, value }) => topic === "connection" || value.room === room().room);
    if (house.connected && !element.hidden && concerns) fetchBills();
  }, { signal });
  const draw = () => {
    const whose = JSON.stringify(room().guests.map(({ id }) => id));
    element.hidden = !may(FRONT) || !room().guests.length;
    if (!element.hidden && whose !== shown) fetchBills();
    shown = whose;
  };
  return { element, draw };
}

function one({ stay, items, total }, place, { length }) {
  return h("div", { class: "stay-charges" }, length > 1 && h("h4", {}, fullName(stay)),
    items.length ? h("ul", { class: "rows" }, items.slice(-SHOWN).reverse().map(line)) : h("p", { class: "empty" }, t("room.no-charges")),
    h("p", { class: "stay-sum" }, h("strong", {}, t("room.sum", { sum: money(total) })), " ",
      act(t("room.bill"), () => showBill(stay.guest), { kind: "button-small", focus: `print-${stay.guest}` })));
}

function line(item) {
  const what = item.kind === "minibar" ? t("room.article", { article: String(item.article), count: item.count }) : outsideLink(item.number);
  return h("li", { class: "row" }, h("span", { class: "row-words" }, dayTime(item.started), " · ", what,
    item.talk_seconds !== null && h("small", {}, duration(item.talk_seconds))), h("span", { class: "row-sum" }, money(item.charge)));
}
