// Rooms as one types them: "101-110, 205".

import { Refusal } from "../api.js";
import { t } from "../text.js";

const collator = new Intl.Collator("en", { numeric: true });

/** Sorts room numbers as people count them. */
export function sortedRooms(rooms) {
  return [...rooms].sort(collator.compare);
}

/** The rooms that a text names. Of a range, those that exist between two that do. Raises Refusal at the field "rooms",
 *  which names what is no room. */
export function namedRooms(text, known) {
  const all = sortedRooms(known);
  const words = text.replace(/\s*[-–]\s*/g, "-").split(/[\s,;]+/).filter(Boolean);
  const wrong = [];
  const found = words.flatMap((word) => {
    const rooms = all.includes(word) ? [word] : range(word, all);
    if (!rooms.length) wrong.push(unknown(word, all));
    return rooms;
  });
  if (wrong.length) throw new Refusal(0, "no-such-rooms", t("wakeups.no-such-rooms", { rooms: wrong.join(", ") }), "rooms");
  if (!found.length) throw new Refusal(0, "no-rooms", t("wakeups.no-rooms"), "rooms");
  return sortedRooms(new Set(found));
}

function range(word, all) {
  const [first, last, ...more] = word.split("-");
  if (more.length || !all.includes(first) || !all.includes(last)) return [];
  return all.filter((room) => collator.compare(first, room) <= 0 && collator.compare(room, last) <= 0);
}

/** The ends of a range that are no rooms; else the word is none as it stands. */
function unknown(word, all) {
  return word.split("-").filter((end) => end && !all.includes(end)).join(", ") || word;
}

/** Rooms as a short text: neighbours as a range. */
export function roomsText(chosen, known) {
  const all = sortedRooms(known);
  const parts = [];
  all.forEach((room, place) => {
    if (!chosen.has(room)) return;
    if (place && chosen.has(all[place - 1])) parts.at(-1)[1] = room;
    else parts.push([room, room]);
  });
  return parts.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(", ");
}
