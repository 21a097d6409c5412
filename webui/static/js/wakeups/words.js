// How wake-ups are told: state, tries, who has ordered them.

import { h } from "../dom.js";
import { house } from "../house.js";
import { sign } from "../signs.js";
import { clock, day, dayTime, t, time } from "../text.js";

const TONES = { answered: "good", ringing: "warn", cancelled: "quiet", waiting: "info" };
const MARKS = { answered: "✓", ringing: "◉", waiting: "◷", cancelled: "–" };
export const FAILED = ["not_answered", "busy", "error", "missed"];

/** A badge with the state, which is told apart without colour, too. */
export function stateBadge(state) {
  return h("span", { class: `badge badge-${TONES[state] ?? "bad"}` },
    h("span", { "aria-hidden": "true" }, `${MARKS[state] ?? "✗"} `), t(`wakeups.state-${state}`));
}

/** The room's number, which opens its panel. */
export function roomLink(room) {
  return h("a", { href: `#/desk/${encodeURIComponent(room)}`, class: "room-link" }, room);
}

/** Who lives there, as far as is known here. */
export function guestName({ room, guest, name }) {
  if (name !== undefined) return name; // of one that is over: who lives there now is another matter
  const guests = house.room(room)?.guests ?? [];
  return (guest ? guests.filter(({ id }) => id === guest) : guests).map((one) => one.name).join(", ");
}

/** The tries: when, and what came of each. */
export function tries(attempts) {
  if (!attempts.length) return null;
  return h("ol", { class: "tries" }, attempts.map(({ started, outcome }) => h("li", {},
    h("span", { class: "nowrap" }, time(started)), " ", t(`wakeups.try-${outcome ?? "goes-on"}`))));
}

/** Who has ordered it, through what, and when. */
export function orderedBy({ by, through, at }) {
  return h("span", {}, t(`wakeups.through-${through}`, { by }), h("span", { class: "muted nowrap" }, ` ${dayTime(at)}`));
}

/** The time, with the day below. */
export function whenCell(iso) {
  return h("span", { class: "when" }, h("strong", {}, clock(iso)), h("span", { class: "muted" }, day(iso)));
}

/** What is special: recurring, VIP, put off, called by a person; null: nothing. */
export function marks({ repeat, until, vip, by_person: byPerson, snoozes }) {
  if (!vip && !byPerson && !snoozes && (repeat ?? "once") === "once") return null;
  const last = until && (until === "check-out" ? t("wakeups.until-check-out") : t("wakeups.until-day", { day: day(until) }));
  return h("span", { class: "marks" },
    repeat && repeat !== "once" && h("span", { class: "badge" }, `↻ ${[t(`wakeups.repeat-${repeat}`), last].filter(Boolean).join(", ")}`),
    vip && h("span", { class: "badge badge-warn" }, sign("vip", { silent: true }), t("wakeups.vip")),
    byPerson && h("span", { class: "badge badge-warn" }, sign("person", { silent: true }), t("wakeups.by-person")),
    snoozes > 0 && h("span", { class: "badge" }, t("wakeups.snoozed", { count: snoozes })));
}
