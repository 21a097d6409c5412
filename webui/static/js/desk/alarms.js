// Alarms on top until somebody has acknowledged them: what has happened, where, since when, and what to do now.

import { send } from "../api.js";
import { dial } from "../dial.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { sign } from "../signs.js";
import { dayTime, has, t } from "../text.js";
import { act, renew } from "./act.js";
import { rankOf, sorted, subjectOf } from "./alarm_kinds.js";
import { fullName } from "./state.js";
import { secondsSince } from "./when.js";

const RANKS = ["emergency", "wakeup", "other"];
const OLD_S = 60;

/** The element; it says new ones aloud (to screen readers) as they come. */
export function alarms({ signal }) {
  const list = h("div", { class: "alarm-list" });
  const aloud = h("p", { class: "visually-hidden", role: "alert", "aria-live": "assertive" });
  const said = new Set();
  const draw = () => {
    const found = sorted(house.alarms.values());
    renew(list, found.filter((alarm) => !alarm.acknowledged).map(card), seen(found.filter((alarm) => alarm.acknowledged)));
    const fresh = found.filter((alarm) => !alarm.acknowledged && !said.has(alarm.id));
    fresh.forEach((alarm) => said.add(alarm.id));
    if (fresh.length) aloud.textContent = fresh.map((alarm) => words(alarm).what).join(". ");
  };
  house.on(["alarm", "room", "line"], (changes) => {
    if (house.alarms.size || changes.some(({ topic }) => topic === "alarm")) draw();
  }, { signal });
  draw();
  return h("section", { class: "alarms", "aria-label": t("desk.alarms") }, aloud, list);
}

/** {what, todo}: an alarm in the user's language; what has no text of its own is shown as the exchange says it. */
export function words(alarm) {
  const { room, extension } = place(alarm);
  const { facts } = alarm;
  const where = room ? t("room.title", { room: room.room })
    : extension ? t("desk.alarm.telephone", { number: extension }) : alarm.subject;
  const values = { ...facts, where, subject: alarm.subject, why: facts.why ? t(`desk.why.${facts.why}`) : "" };
  const key = `desk.alarm.${alarm.kind}`;
  if (!has(`${key}.what`)) return { what: alarm.text, todo: t("desk.alarm.other.do") };
  const known = Object.keys(facts).length > 0 && has(`${key}.known`);
  return { what: t(known ? `${key}.known` : `${key}.what`, values), todo: t(`${key}.do`, values) };
}

/** {room, extension, line}: where it is; null where it is nowhere in the house. */
function place(alarm) {
  const of = subjectOf(alarm);
  const line = of === "port" ? house.lines.get(alarm.subject) : null;
  const extension = of === "place" ? alarm.subject : line?.extension ?? null;
  const room = house.room(extension)
    ?? [...house.rooms.values()].find(({ extensions }) => extensions.includes(extension)) ?? null;
  return { room, line, extension: room && extension === room.room ? room.extensions[0] ?? null : extension };
}

function card(alarm) {
  const { room, extension, line } = place(alarm);
  const { what, todo } = words(alarm);
  return h("article", { class: `alarm alarm-${RANKS[rankOf(alarm)]}`, "data-alarm": alarm.id, "data-kind": alarm.kind },
    sign("person", { silent: true }),
    h("div", { class: "alarm-words" }, h("h2", {}, what),
      h("p", { class: "alarm-where" }, [
        room && room.guests.map(fullName).join("; "), extension && t("desk.alarm.telephone", { number: extension }),
        line && t("desk.alarm.line", { line: line.port }), since(alarm),
      ].filter(Boolean).join(" · ")),
      h("p", { class: "alarm-todo" }, todo), detail(alarm, what)),
    h("div", { class: "alarm-acts" }, acknowledge(alarm), room && openRoom(room, alarm), extension && call(extension, alarm)));
}

function since({ raised }) {
  const seconds = secondsSince(raised);
  const ago = seconds < OLD_S ? t("desk.just-now") : t("desk.minutes-ago", { count: Math.floor(seconds / 60) });
  return t("desk.alarm.since", { at: dayTime(raised), ago });
}

/** As the exchange says it, for whoever is called about it. */
function detail({ text }, what) {
  return text !== what && h("details", { class: "alarm-detail" }, h("summary", {}, t("desk.alarm.detail")), h("p", { lang: "en" }, text));
}

function acknowledge(alarm) {
  return act(t("desk.acknowledge"), () => send("POST", `/alarms/${alarm.id}/acknowledge`),
    { kind: "button-primary", focus: `acknowledge-${alarm.id}` });
}

function openRoom(room, alarm) {
  const to = `#/desk/${encodeURIComponent(room.room)}`;
  return h("a", { class: "button", href: to, "data-focus": `open-${alarm.id}` }, t("desk.open-room", { room: room.room }));
}

function call(extension, alarm) {
  return act(t("desk.call", { number: extension }), () => dial(extension), { focus: `call-${alarm.id}` });
}

function seen(found) {
  return found.length > 0 && h("details", { class: "alarms-seen" },
    h("summary", {}, t("desk.alarm.seen", { count: found.length })),
    h("ul", {}, found.map((alarm) => h("li", {}, words(alarm).what, " – ",
      t("desk.alarm.seen-by", { name: alarm.acknowledged.by, at: dayTime(alarm.acknowledged.at) })))));
}
