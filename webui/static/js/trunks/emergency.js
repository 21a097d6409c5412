// What an emergency call would find now, tried without dialling.

import { send } from "../api.js";
import { act } from "../desk/act.js";
import { fill, h } from "../dom.js";
import { may } from "../session.js";
import { badge, facts } from "../system/card.js";
import { table } from "../table.js";
import { number, t } from "../text.js";

const BADGES = { "dial-tone": "good", "no-dial-tone": "bad", busy: "warn", fault: "bad" };

export function emergencyCard() {
  if (!may("manager", "technician")) return null;
  const result = h("div", { role: "status" });
  const run = async () => {
    fill(result, h("p", { class: "loading" }, t("trunks.dry-run-runs")));
    try {
      fill(result, draw(await send("POST", "/emergency/dry-run")));
    } catch (refusal) {
      fill(result);
      throw refusal;
    }
  };
  return h("section", { class: "card", "aria-labelledby": "emergency-title" }, h("h2", { id: "emergency-title" }, t("trunks.emergency")),
    h("p", {}, t("trunks.emergency-text")), h("div", { class: "toolbar" }, act(t("trunks.dry-run"), run, { kind: "button-primary", focus: "dry-run" })), result);
}

function draw({ lines, reception, numbers, lodged, ok }) {
  return [
    h("p", { class: `notice ${ok ? "notice-good" : "notice-fault"}` }, t(ok ? "trunks.dry-run-ok" : "trunks.dry-run-bad")),
    table({ caption: t("trunks.emergency"), rows: lines, columns: [
      { key: "port", label: t("extensions.line") },
      { key: "state", label: t("trunks.found"), cell: ({ state }) => badge(BADGES[state], t(`trunks.found-${state}`)) },
      { key: "ms", label: t("trunks.after"), number: true, cell: ({ ms }) => (ms === null ? "–" : `${number(ms)} ms`) }] }),
    facts([[t("trunks.would-ring"), reception.join(", ") || t("trunks.nobody")], [t("trunks.numbers"), numbers.join(", ")],
      [t("trunks.lodged"), t(lodged ? "extensions.yes" : "extensions.no")]]),
  ];
}
