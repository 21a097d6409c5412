// One line: how it stands, its tests with the limits in words, and what may be done to it.

import { all, send } from "../api.js";
import { act } from "../desk/act.js";
import { confirm, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { showLoaded } from "../lists/loading.js";
import { may } from "../session.js";
import { badge } from "../system/card.js";
import { table } from "../table.js";
import { dayTime, has, number, t } from "../text.js";

const TECHNICAL = ["manager", "technician"];
const BADGES = { good: "good", worse: "warn", bad: "bad", busy: "warn", untestable: "bad" };

/** How the line of a port stands now: a badge with words. */
export function lineState(port) {
  const line = house.lines.get(port);
  if (!line) return h("span", { class: "muted" }, house.connected === null ? "…" : t("room.line-none"));
  if (line.fault) return badge("bad", faultText(line.fault));
  if (line.state === "out-of-service" || line.state === "howler") return badge("bad", t(`room.line.${line.state}`));
  return h("span", { class: line.state === "idle" ? "badge" : "badge badge-info" }, t(`room.line.${line.state}`));
}

function faultText(kind) {
  return has(`extensions.fault.${kind}`) ? t(`extensions.fault.${kind}`) : `${t("room.line-fault")}: ${kind}`;
}

/** The verdict of a test, with when it was; without a test: that there was none. */
export function testBadge(test) {
  if (!test) return h("span", { class: "muted" }, t("extensions.never-tested"));
  return h("span", { class: "line-tested" }, badge(BADGES[test.verdict], t(`extensions.verdict-${test.verdict}`)), " ",
    h("small", { class: "muted nowrap" }, dayTime(test.tested)));
}

/** State, tests and what may be done; it keeps itself up to date. */
export function linePart(port, signal) {
  const [state, result, history] = [h("p", { role: "status" }), h("div", { role: "status" }), h("div", {})];
  const path = `/lines/${port}`;
  const showHistory = () => showLoaded(history, () => all(`${path}/tests`), drawHistory, { signal });
  const drawState = () => fill(state, lineState(port), " ", h("small", { class: "muted" }, port));
  house.on(["line"], drawState, { signal });
  house.on(["line-test"], (changes) => changes.some(({ value }) => value?.port === port) && showHistory(), { signal });
  drawState();
  showHistory();
  return h("div", { class: "line-part" }, state, actions(port, path, result), result, h("h3", {}, t("extensions.history")), history);
}

function actions(port, path, result) {
  const canTest = may(TECHNICAL) && house.lines.get(port)?.kind?.startsWith("fx");
  const test = async (ring) => {
    fill(result, h("p", { class: "loading" }, t("extensions.testing")));
    try {
      fill(result, testResult(await send("POST", `${path}/test`, { ring })));
    } catch (refusal) {
      fill(result);
      throw refusal;
    }
  };
  return h("div", { class: "toolbar" },
    canTest && act(t("extensions.test"), () => test(false), { kind: "button-primary", focus: "test" }),
    canTest && port.startsWith("fxs/") && act(t("extensions.test-ring"), async () => await askRing() && test(true), { focus: "test-ring" }),
    act(t("extensions.return"), () => comeBack(path), { focus: "return" }));
}

function askRing() {
  return confirm({ title: t("extensions.test-ring"), text: t("extensions.test-ring-text"), action: t("extensions.test-ring-yes"), danger: true });
}

async function comeBack(path) {
  const sure = await confirm({ title: t("extensions.return"), text: t("extensions.return-text"), action: t("extensions.return") });
  if (!sure) return;
  await send("POST", `${path}/return-to-service`);
  say(t("extensions.returned"));
}

// ---------------------------------------------------------------------------------------------------------- results

/** A test with each value, its limits and what it means. */
export function testResult(test) {
  return h("div", { class: "test-result" }, h("p", {}, testBadge(test)),
    whyEnded(test),
    test.measurements.length > 0 && table({ caption: t("extensions.measured"), rows: test.measurements, columns: [
      { key: "name", label: t("extensions.measured"), cell: ({ name }) => t(`extensions.value.${name}`) },
      { key: "value", label: t("extensions.value-found"), number: true, cell: ({ value, unit }) => withUnit(value, unit) },
      { key: "limits", label: t("extensions.limits"), cell: limits },
      { key: "verdict", label: t("extensions.verdict"), cell: ({ verdict }) => badge(BADGES[verdict], t(`extensions.verdict-${verdict}`)) },
    ] }));
}

/** Why it ended before its measurements did; of one of before outcomes were kept, that it did. */
function whyEnded({ outcome, verdict, measurements }) {
  if (outcome === null) return verdict !== "good" && !measurements.length && h("p", {}, t("extensions.ended-early"));
  return has(`extensions.why-${outcome}`) && h("p", {}, t(`extensions.why-${outcome}`));
}

function withUnit(value, unit) {
  return `${number(value, { maximumFractionDigits: 2 })} ${unit}`;
}

function limits({ low, high, unit }) {
  if (low === null && high === null) return t("extensions.limit-none");
  if (low === null) return t("extensions.limit-most", { most: withUnit(high, unit) });
  if (high === null) return t("extensions.limit-least", { least: withUnit(low, unit) });
  return t("extensions.limit-between", { least: number(low), most: withUnit(high, unit) });
}

function drawHistory(tests) {
  if (!tests.length) return h("p", { class: "empty" }, t("extensions.never-tested"));
  return h("ul", { class: "test-history" }, tests.map((test) => h("li", {}, h("details", {},
    h("summary", {}, testBadge(test)), testResult(test)))));
}
