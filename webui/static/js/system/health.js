// Processes and services: whether they run, since when, and how to start one anew.

import { send } from "../api.js";
import { act } from "../desk/act.js";
import { confirm } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { table } from "../table.js";
import { dayTime, detailWords, number, t } from "../text.js";
import { badge, card, facts, told } from "./card.js";

const RESTARTABLE = new Set(["voice", "supervisor"]);
const KIND = { running: "good", ended: "good", waiting: "bad", stopped: "bad" };

/** Kept up to date by the feed. */
export async function healthCard(signal) {
  const [element, body] = card("health", t("system.health"));
  await house.ready;
  house.on(["health"], () => draw(body), { signal });
  draw(body);
  return element;
}

function draw(body) {
  const { ready, why_detail: why, voice, loop_lag_ms: lag } = house.health;
  const open = body.querySelector("details")?.open ?? false;
  fill(body, h("p", { role: "status" }, ready ? badge("good", t("system.ready")) : badge("bad", t("system.not-ready"))), why && h("p", {}, detailWords(why)),
    processes(), h("details", { open }, h("summary", {}, t("system.services")), services()),
    facts([
      [t("system.late-blocks"), t("system.late-of", { late: number(voice.late_blocks), all: number(voice.blocks) })],
      [t("system.lag"), number(lag, { style: "unit", unit: "millisecond", maximumFractionDigits: 1 })],
    ]));
}

function processes() {
  const rows = Object.entries(house.health.processes).map(([name, value]) => ({ name, ...value }));
  return table({ caption: t("system.processes"), rows, columns: [
    { key: "name", label: t("system.process"), cell: ({ name }) => t(`system.process-${name}`) },
    { key: "since", label: t("system.since"), cell: ({ since }) => dayTime(since) },
    { key: "restarts", label: t("system.restarts"), number: true, cell: ({ restarts }) => number(restarts) },
    { key: "act", label: "", cell: ({ name }) => RESTARTABLE.has(name) && restart(name, t(`system.process-${name}`), t(`system.restart-${name}`)) },
  ] });
}

function services() {
  return table({ caption: t("system.services"), rows: house.health.services, columns: [
    { key: "name", label: t("system.service") },
    { key: "state", label: t("system.state"), cell: ({ state }) => badge(KIND[state], t(`system.state-${state}`)) },
    { key: "restarts", label: t("system.restarts"), number: true, cell: ({ restarts }) => number(restarts) },
    { key: "act", label: "", cell: ({ name }) => restart(name, name, t("system.restart-service")) },
  ] });
}

function restart(what, shown, text) {
  return act(t("system.restart"), async () => {
    const sure = await confirm({ title: t("system.restart-title", { what: shown }), text, action: t("system.restart"), danger: true });
    if (!sure) return;
    await send("POST", "/system/restart", { what });
    told("system.restarted", { what: shown });
  }, { "aria-label": `${t("system.restart")}: ${shown}`, focus: `restart-${what}` });
}
