// What is said when wake-ups have been ordered.

import { say } from "../dialog.js";
import { t } from "../text.js";
import { sortedRooms } from "./rooms.js";

/** Says that they are ordered, and in which of their rooms nobody lives: one may be mistyped. orders: as the API has made them. */
export function sayOrdered(text, orders) {
  const vacant = sortedRooms(new Set(orders.filter((order) => order.room_vacant).map(({ room }) => room)));
  if (vacant.length) say(t("common.nobody-lives-there", { text, rooms: vacant.join(", ") }), "warn");
  else say(text);
}
