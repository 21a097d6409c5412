// Night service, and what may be called beyond the classes of restriction.

import { all, get } from "../api.js";
import { h } from "../dom.js";
import { block, linesOf, settingBlock, settingForm } from "../extensions/settings.js";
import { t, weekdays } from "../text.js";

const TECHNICAL = ["manager", "technician"];
const LISTS = ["allowed", "forbidden", "black_out", "black_in"];
const LEVELS = ["local", "national", "mobile", "international", "unrestricted"];
const DAYS = "[1-7](-[1-7])?(,[1-7](-[1-7])?)*";

export function nightBlock(signal) {
  const path = "/settings/night-service";
  const load = () => Promise.all([get(path), all("/extensions")]);
  return block(t("trunks.night"), load, ([{ mode, from, to, target }, extensions], again) => [h("p", {}, t("trunks.night-text")),
    settingForm({ path, roles: ["desk", ...TECHNICAL], again, body: (values) => ({ ...values, target: values.target || null }), fields: [
      { name: "mode", label: t("trunks.night-mode"), type: "select", value: mode, options: ["off", "on", "auto"].map((name) => [name, t(`trunks.night-${name}`)]) },
      { name: "from", label: t("extensions.from"), type: "time", value: from, nullable: true },
      { name: "to", label: t("extensions.to"), type: "time", value: to, nullable: true },
      { name: "target", label: t("trunks.night-target"), type: "select", value: target ?? "", options: [["", t("trunks.night-announcement")],
        ...extensions.filter(({ port }) => port).map(({ number, name, room }) => [number, [number, name ?? (room !== number && room)].filter(Boolean).join(" – ")])] }] })], { signal });
}

export function restrictionBlock(signal) {
  const path = "/settings/restriction";
  return settingBlock({ title: t("trunks.restriction"), intro: t("trunks.restriction-text"), path, roles: TECHNICAL, signal,
    fields: (value) => LISTS.map((name) => ({ name, label: t(`trunks.${name}`), type: "textarea", value: value[name].join("\n"), hint: t(`trunks.${name}-hint`) })),
    body: (values, { hours }) => ({ ...Object.fromEntries(LISTS.map((name) => [name, linesOf(values[name])])), hours }),
    beside: (value, again) => h("details", {}, h("summary", {}, t("trunks.hours")), h("div", { class: "block-body hours" }, h("p", {}, t("trunks.hours-text")),
      settingForm({ path, roles: TECHNICAL, again, fields: LEVELS.flatMap((level) => hoursFields(level, value.hours[level])),
        body: (values) => ({ ...value, hours: hoursOf(values) }) }))) });
}

function hoursFields(level, hours) {
  const label = (what) => `${t(`room.class.${level}`)}: ${what}`;
  return [
    { name: `hours.${level}.from`, label: label(t("extensions.from")), type: "time", value: hours?.from, nullable: true },
    { name: `hours.${level}.to`, label: label(t("extensions.to")), type: "time", value: hours?.to, nullable: true },
    { name: `hours.${level}.days`, label: label(t("trunks.days")), value: hours?.days ?? "1-7", hint: weekdays(hours?.days ?? "1-7"), words: weekdays, pattern: DAYS, limit: { kind: "days" } },
  ];
}

/** A class without hours may call at any hour; one of two hours alone the exchange refuses. */
function hoursOf(values) {
  const set = LEVELS.filter((level) => values[`hours.${level}.from`] || values[`hours.${level}.to`]);
  return Object.fromEntries(set.map((level) => [level, { from: values[`hours.${level}.from`] ?? "", to: values[`hours.${level}.to`] ?? "", days: values[`hours.${level}.days`] || "1-7" }]));
}
