// What a room looks like at a glance: decided here alone, of what the house knows.

import { house } from "../house.js";

const CALLING = ["ringing", "howler", "talking", "dialling", "off-hook"]; // the first that is true of a telephone is shown
const FOR_A_PERSON = new Set(["emergency-call", "emergency-no-line", "wakeup-failed", "wakeup-person"]);
const TO_CLEAN = new Set(["dirty", "make-up", "service"]);

function firstName({ guests: [first] }) {
  return first ? first.name || first.first_name || "–" : "";
}

/** The name as it is short, as "Holm +1". */
export function shortName(room) {
  const others = room.guests.length - 1;
  return others > 0 ? `${firstName(room)} +${others}` : firstName(room);
}

/** "Holm, Anna" */
export function fullName(guest) {
  return [guest.name, guest.first_name].filter(Boolean).join(", ") || "–";
}

/** Its telephones' lines. */
export function linesOf(room) {
  const own = new Set(room.extensions);
  return [...house.lines.values()].filter((line) => own.has(line.extension));
}

/** Everything that tells rooms from each other, gathered once for many rooms. */
export function gather() {
  const [lines, urgent] = [new Map(), new Set()];
  for (const line of house.lines.values()) if (line.extension) lines.set(line.extension, line);
  for (const alarm of house.alarms.values()) if (!alarm.acknowledged && FOR_A_PERSON.has(alarm.kind)) urgent.add(alarm.subject);
  return { lines, urgent };
}

/** {name, others, signs, wakeup}: how many others live there; the signs with the most urgent first; `wakeup` is when the room rings next. */
export function look(room, { lines, urgent }) {
  const own = room.extensions.map((extension) => lines.get(extension)).filter(Boolean);
  const occupied = room.occupancy === "occupied";
  const signs = [
    urgent.has(room.room) && "person",
    own.some((line) => line.fault || line.state === "out-of-service") && "dead",
    CALLING.find((state) => own.some((line) => line.state === state)),
    ...room.message_lamp.reasons.map((reason) => ({ text: "message", desk: "lamp" })[reason] ?? reason),
    room.dnd && "dnd",
    room.next_wakeup && "wakeup",
    room.guests.some((guest) => guest.vip) && "vip",
    room.guests.some((guest) => guest.needs_person) && "cannot-hear",
    occupied ? "occupied" : "vacant",
    room.housekeeping,
  ].filter(Boolean);
  return { name: firstName(room), others: Math.max(0, room.guests.length - 1), signs, wakeup: room.next_wakeup };
}

/** What the house can be filtered by: name and whether a room's look belongs to it. */
export const FILTERS = {
  all: () => true,
  occupied: ({ signs }) => signs.includes("occupied"),
  vacant: ({ signs }) => signs.includes("vacant"),
  dirty: ({ signs }) => signs.some((name) => TO_CLEAN.has(name)),
  wakeup: ({ signs }) => signs.includes("wakeup"),
  message: ({ signs }) => ["message", "voice-mail", "lamp"].some((name) => signs.includes(name)),
  dnd: ({ signs }) => signs.includes("dnd"),
  calling: ({ signs }) => signs.some((name) => CALLING.includes(name)),
  trouble: ({ signs }) => ["person", "dead", "howler"].some((name) => signs.includes(name)),
};

/** [[floor, rooms]...] lowest floor first; rooms of no floor (null) last; rooms by number. */
export function byFloors(rooms) {
  const floors = new Map();
  for (const room of rooms) {
    if (!floors.has(room.floor)) floors.set(room.floor, []);
    floors.get(room.floor).push(room);
  }
  const order = (floor) => floor ?? Infinity;
  const found = [...floors].sort(([one], [other]) => order(one) - order(other));
  found.forEach(([, of]) => of.sort((one, other) => one.room.localeCompare(other.room, "en", { numeric: true })));
  return found;
}
