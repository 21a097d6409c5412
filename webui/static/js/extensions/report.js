// What the line tests of the nights have found.

import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { facts } from "../system/card.js";
import { t } from "../text.js";
import { testBadge, testResult } from "./line.js";

const COUNTS = ["good", "worse", "bad", "untestable"];
const ORDER = ["bad", "untestable", "worse", "busy", "good"];

/** A card that keeps itself up to date: what is worse or bad first. */
export async function reportCard(signal) {
  const body = h("div", {});
  const show = async () => fill(body, draw(await get("/line-tests")));
  let waiting = null; // the tests of a night come one after the other
  house.on(["line-test"], () => { waiting ??= setTimeout(() => { waiting = null; show().catch(quietly); }, 1000); }, { signal });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  await show();
  return h("section", { class: "card", "aria-labelledby": "report-title" }, h("h2", { id: "report-title" }, t("extensions.report")), body);
}

function quietly(refusal) {
  if (refusal.name !== "Refusal") throw refusal; // the next test brings the report again
}

function draw(report) {
  const amiss = report.items.filter(({ verdict }) => verdict !== "good").sort((one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict));
  return [
    h("p", {}, report.running ? t("extensions.report-running") : report.nightly ? t("extensions.report-at", { at: report.nightly }) : t("extensions.report-off")),
    facts([...COUNTS.map((name) => [t(`extensions.verdict-${name}`), String(report[name])]), [t("extensions.untested"), report.untested.join(", ")]]),
    amiss.length ? h("ul", { class: "test-history" }, amiss.map((test) => h("li", {}, h("details", {},
      h("summary", {}, h("strong", {}, place(test.port)), " ", testBadge(test)), testResult(test))))) : report.items.length > 0 && h("p", {}, t("extensions.report-good")),
  ];
}

function place(port) {
  const number = house.lines.get(port)?.extension;
  return number ? `${number} (${port})` : port;
}
