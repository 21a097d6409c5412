// The panel's part about those who live in the room.

import { h } from "../dom.js";
import { house } from "../house.js";
import { may } from "../session.js";
import { sign } from "../signs.js";
import { date, dayTime, language, money, t } from "../text.js";
import { act, renew } from "./act.js";
import { showBill } from "./bill.js";
import { FRONT, part } from "./part.js";
import { fullName } from "./state.js";
import { checkOut, editGuest } from "./stay_forms.js";

export function guests({ room }) {
  const body = h("div", { class: "guests" });
  const draw = () => renew(body, room().guests.length
    ? room().guests.map((guest) => card(room(), guest)) : h("p", { class: "empty" }, t("room.nobody")));
  return { element: part("guests", t("room.guests"), body), draw };
}

function card(room, guest) {
  const names = new Intl.DisplayNames(language(), { type: "language", fallback: "code" });
  const facts = [
    guest.language && [t("room.language"), names.of(guest.language)],
    guest.arrival && [t("room.arrival"), dayTime(guest.arrival)],
    guest.departure && [t("room.departure"), guest.departure.includes("T") ? dayTime(guest.departure) : date(guest.departure)],
    guest.reservation && [t("room.reservation"), guest.reservation],
    guest.deposit && [t("room.deposit"), t("room.deposit-left", { left: money(guest.deposit_left), of: money(guest.deposit) })],
  ].filter(Boolean);
  return h("article", { class: "guest", "data-guest": guest.id },
    h("h4", {}, fullName(guest), guest.vip && [" ", sign("vip")], guest.needs_person && [" ", sign("cannot-hear")]),
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    may(FRONT) && h("div", { class: "guest-acts" },
      act(t("room.edit"), () => edit(room.room, guest.id), { kind: "button-small", focus: `edit-${guest.id}` }),
      act(t("room.bill"), () => showBill(guest.id), { kind: "button-small", focus: `bill-${guest.id}` }),
      room.guests.length > 1 && act(t("room.check-out"), () => checkOut(house.room(room.room), guest.id), { kind: "button-small", focus: `out-${guest.id}` })));
}

function edit(number, id) {
  const room = house.room(number);
  return editGuest(room, room.guests.find((guest) => guest.id === id));
}
