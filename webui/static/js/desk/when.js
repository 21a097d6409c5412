// Times as a hurried person types them, and the hotel's wall clock.

import { house } from "../house.js";

const TYPED = /^(\d{1,2})(?:[:.\s]?(\d{2}))?\s*(am|pm)?$/i;

/** {hour, minute} of "7", "730", "7:30", "19.15" or "7 pm"; null for what is no time. */
function typedTime(text) {
  const found = TYPED.exec(text.trim());
  if (!found) return null;
  const [minute, half] = [Number(found[2] ?? 0), found[3]?.toLowerCase()];
  let hour = Number(found[1]);
  if (half && (hour < 1 || hour > 12)) return null;
  if (half) hour = hour % 12 + (half === "pm" ? 12 : 0);
  return hour < 24 && minute < 60 ? { hour, minute } : null;
}

/** The hotel's wall time now, as "2026-11-22T06:59:30". */
export function wallNow() {
  const zone = house.health?.clock.zone;
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
    second: "2-digit", hourCycle: "h23",
  }).formatToParts(house.now());
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${of.year}-${of.month}-${of.day}T${of.hour}:${of.minute}:${of.second}`;
}

/** "2026-11-23" of a date and how many days later. */
export function laterDate(date, days) {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** When that time comes next, as the API takes it: today, or tomorrow if it is past. null: no time. */
export function nextTime(text, now = wallNow()) {
  const typed = typedTime(text);
  if (!typed) return null;
  const two = (part) => String(part).padStart(2, "0");
  const time = `${two(typed.hour)}:${two(typed.minute)}`;
  const today = now.slice(0, 10);
  return `${time > now.slice(11, 16) ? today : laterDate(today, 1)}T${time}`;
}

/** Seconds since a stamp of the API. */
export function secondsSince(stamp) {
  return (house.now() - new Date(stamp)) / 1000;
}
