// The groups of company lines: each line's state and last test, and how many of them are taken now.

import { all, get } from "../api.js";
import { fill, h } from "../dom.js";
import { dialog } from "../dialog.js";
import { house } from "../house.js";
import { lineState, linePart, testBadge } from "../extensions/line.js";
import { keepFocus } from "../lists/loading.js";
import { badge, facts } from "../system/card.js";
import { table } from "../table.js";
import { duration, t } from "../text.js";

/** A card for each group; they keep themselves up to date. */
export async function groupCards(signal) {
  const [trunks, report] = await Promise.all([all("/trunks"), get("/line-tests")]);
  const tests = new Map(report.items.map((test) => [test.port, test]));
  if (!trunks.length) return [h("p", { class: "card empty" }, t("trunks.none"))];
  const groups = trunks.map((trunk) => group(trunk, tests, signal));
  house.on(["line", "call"], () => groups.forEach(({ draw }) => draw()), { signal });
  house.on(["line-test"], (changes) => {
    changes.forEach(({ value }) => value && tests.set(value.port, value));
    groups.forEach(({ draw }) => draw());
  }, { signal });
  return groups.map(({ element }) => element);
}

function group(trunk, tests, signal) {
  const [taken, id] = [h("p", { role: "status" }), `trunk-${trunk.name}`];
  const lines = table({ caption: trunk.name, rows: [], empty: t("trunks.no-ports"), columns: [
    { key: "port", label: t("extensions.line"), cell: (port) => h("strong", {}, port) },
    { key: "state", label: t("extensions.state"), cell: lineState },
    { key: "target", label: t("trunks.rings-at"), cell: (port) => target(trunk.targets[port] ?? trunk.incoming) },
    { key: "test", label: t("extensions.last-test"), cell: (port) => testBadge(tests.get(port)) },
    { key: "more", label: "", cell: (port) => h("button", { type: "button", class: "button button-small", "data-focus": `line-${port}`,
      "aria-label": `${t("extensions.open")}: ${port}`, onclick: () => openLine(port, signal) }, t("extensions.open")) },
  ] });
  const draw = () => {
    fill(taken, occupancy(trunk));
    keepFocus(lines, () => lines.update(trunk.ports));
  };
  draw();
  return { draw, element: h("section", { class: "card", "aria-labelledby": id }, h("h2", { id }, trunk.name, " ", h("span", { class: "badge" }, t(`trunks.kind-${trunk.kind}`))),
    !trunk.served && h("p", { class: "notice notice-warn" }, t("trunks.not-served")), taken, lines, rules(trunk)) };
}

function occupancy(trunk) {
  if (house.connected === null) return "…";
  const standing = [...house.calls.values()].filter((call) => call.trunk === trunk.name || trunk.ports.includes(call.trunk)).length;
  const lines = trunk.ports.map((port) => house.lines.get(port));
  const dead = lines.filter((line) => line?.fault || line?.state === "out-of-service").length;
  const busy = Math.max(standing, lines.filter((line) => line && line.state !== "idle" && line.state !== "out-of-service").length);
  const most = trunk.ports.length;
  if (!most) return t("trunks.calls-now", { count: standing });
  return [badge(dead === most ? "bad" : busy + dead >= most ? "warn" : "good", t("trunks.taken", { busy, most })), " ", dead > 0 && badge("bad", t("trunks.dead", { count: dead }))];
}

function target(where) {
  return where === "reception" ? t("trunks.reception") : where;
}

function rules({ answer, silence_s: silence, max_minutes: most }) {
  return h("div", { class: "trunk-rules" }, facts([
    [t("trunks.answer"), answer && t(`trunks.answer-${answer}`)],
    [t("trunks.silence"), silence ? duration(silence) : null], [t("trunks.longest"), most ? duration(60 * most) : null]]));
}

function openLine(port, signal) {
  const end = new AbortController();
  const shown = dialog({ title: t("trunks.line-title", { port }), body: linePart(port, AbortSignal.any([signal, end.signal])), wide: true });
  signal.addEventListener("abort", shown.close, { signal: end.signal });
  shown.closed.then(() => end.abort());
}
