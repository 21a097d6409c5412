// What the house chooses of its exchange: forwarding, what rooms see, timers; calls between rooms; wake-ups; voice mail.

import { get } from "../api.js";
import { h } from "../dom.js";
import { facts } from "../system/card.js";
import { t } from "../text.js";
import { block, linesOf, settingBlock, settingForm } from "./settings.js";

const TECHNICAL = ["manager", "technician"];
const SWITCHES = ["forward_no_answer", "forward_busy", "call_waiting", "room_flash", "trunk_transfer"];
const CASES = ["busy", "no_answer", "dnd"];
// Least and most seconds are the exchange's: what is beyond them it refuses at the field.
const TIMERS = ["first_digit", "inter_digit", "no_answer", "release_tone", "howler", "hold", "recall", "click", "confirmation"];

export function exchangeBlock(signal) {
  const path = "/settings/exchange";
  return settingBlock({ title: t("extensions.exchange"), path, roles: TECHNICAL, signal,
    fields: ({ rooms_see: seen, ...rest }) => [
      { name: "rooms_see", label: t("extensions.rooms-see"), type: "select", value: seen,
        options: ["number", "nothing"].map((name) => [name, t(`extensions.rooms-see-${name}`)]) },
      ...SWITCHES.map((name) => ({ name, label: t(`extensions.set.${name}`), type: "checkbox", value: rest[name] }))],
    body: (values, { timers }) => ({ ...values, timers }),
    beside: (value, again) => h("details", {}, h("summary", {}, t("extensions.timers")), h("div", { class: "block-body" },
      settingForm({ path, roles: TECHNICAL, again,
        fields: TIMERS.map((name) => ({ name: `timers.${name}`, label: t(`extensions.timer.${name}`), type: "number", step: "any", required: true, value: value.timers[name] })),
        body: (values) => ({ ...value, timers: Object.fromEntries(TIMERS.map((name) => [name, values[`timers.${name}`]])) }) }))),
  });
}

export function blockingBlock(signal) {
  return settingBlock({ title: t("extensions.blocking"), intro: t("extensions.blocking-text"), path: "/settings/room-to-room-blocking",
    roles: ["desk", ...TECHNICAL], signal,
    fields: ({ enabled, from, to, exceptions }) => [
      { name: "enabled", label: t("extensions.blocking-on"), type: "checkbox", value: enabled },
      { name: "from", label: t("extensions.from"), type: "time", value: from, nullable: true, hint: t("extensions.blocking-hours") },
      { name: "to", label: t("extensions.to"), type: "time", value: to, nullable: true },
      { name: "exceptions", label: t("extensions.blocking-exceptions"), type: "textarea", hint: t("extensions.blocking-exceptions-hint"),
        value: exceptions.map((rooms) => rooms.join(" ")).join("\n") }],
    body: (values) => ({ ...values, exceptions: linesOf(values.exceptions).map((line) => line.split(/[\s,;]+/).filter(Boolean)) }) });
}

/** They are in the configuration: here they are read. */
export function wakeupBlock(signal) {
  const word = (value) => (typeof value === "boolean" ? t(value ? "extensions.yes" : "extensions.no") : Array.isArray(value) ? value.join(", ") || "–" : value);
  return block(t("extensions.wakeup"), () => get("/settings/wakeup"), (value) => [h("p", {}, t("extensions.wakeup-text")),
    facts(Object.entries(value).map(([name, one]) => [t(`extensions.wake.${name}`), String(word(one))]))], { signal });
}

export function voiceMailBlock(signal) {
  return settingBlock({ title: t("extensions.voice-mail"), intro: t("extensions.voice-mail-text"), path: "/settings/voice-mail", roles: ["manager"], signal,
    fields: (value) => [
      ...CASES.map((name) => ({ name, label: t(`extensions.case.${name}`), type: "checkbox", value: value.cases.includes(name) })),
      ...[["longest_seconds", 10, 600], ["per_room", 1, 99], ["total_mb", 10, 20000]].map(([name, min, max]) => number(name, min, max, value)),
      { name: "keeps_copy", label: t("extensions.mail.keeps_copy"), type: "checkbox", value: value.keeps_copy },
      number("copy_days", 1, 366, value)],
    body: ({ busy, no_answer: unanswered, dnd, ...rest }) => ({ ...rest, cases: CASES.filter((name) => ({ busy, no_answer: unanswered, dnd })[name]) }) });
}

function number(name, min, max, value) {
  return { name, label: t(`extensions.mail.${name}`), type: "number", min, max, required: true, value: value[name] };
}
