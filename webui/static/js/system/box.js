// What the box is, and how it fares: address, storage, memory, warmth, versions.

import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { dayTime, detailWords, number, t } from "../text.js";
import { badge, bytes, card, facts } from "./card.js";

const HOT_C = 80;
const LITTLE = 0.1;

export async function boxCard() {
  const [element, body] = card("box", t("system.box"));
  const box = await get("/system");
  const { versions, storage, memory } = box;
  fill(body, storage.trouble_details.map((one) => h("p", { class: "notice notice-fault", role: "alert" }, detailWords(one))),
    facts([
      [t("system.host"), box.host],
      [t("system.addresses"), box.addresses.join(", ")],
      [t("system.up-since"), dayTime(since(box))],
      [t("system.temperature"), box.temperature_c !== null && warmth(box.temperature_c)],
      [t("system.storage"), left(storage.free, storage.total)],
      [t("system.databases"), bytes(storage.databases)],
      [t("system.memory"), left(memory.available, memory.total)],
      [t("system.board"), box.board],
    ]),
    h("h3", {}, t("system.versions")),
    facts([
      ["Night Porter", versions.nightporter], [t("system.zone-data"), versions.zone_data], ["Linux", versions.kernel],
      ["Python", versions.python], ["SQLite", versions.sqlite],
    ]));
  return element;
}

/** The wall time at which it was switched on; both stamps are the hotel's. */
function since({ time, uptime_s: seconds }) {
  const wall = Date.parse(`${time.slice(0, 19)}Z`) - seconds * 1000;
  return new Date(wall).toISOString();
}

function warmth(celsius) {
  const text = `${number(celsius, { maximumFractionDigits: 0 })} °C`;
  return celsius >= HOT_C ? badge("bad", text) : text;
}

function left(free, total) {
  const text = t("system.left-of", { free: bytes(free), total: bytes(total) });
  return free / total < LITTLE ? badge("bad", text) : text;
}
