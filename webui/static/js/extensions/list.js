// The table of extensions: where each is, how it stands now, its last line test.

import { all, get } from "../api.js";
import { numberLink } from "../dial.js";
import { field } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { keepFocus } from "../lists/loading.js";
import { table } from "../table.js";
import { t } from "../text.js";
import { openExtension } from "./extension.js";
import { lineState, testBadge } from "./line.js";

/** The search and the table; `wanted`: the number of an extension whose dialog is to be opened. */
export async function extensionList(signal, wanted) {
  const [extensions, report] = await Promise.all([all("/extensions"), get("/line-tests")]);
  const tests = new Map(report.items.map((test) => [test.port, test]));
  const search = field({ name: "search", label: t("extensions.search"), type: "search", autocomplete: "off" });
  const count = h("p", { class: "muted", role: "status" });
  const made = table({ caption: t("common.page-extensions"), rows: [], sortable: true, empty: t("extensions.none"), columns: columns(tests, signal) });
  const draw = () => keepFocus(made, () => {
    const rows = extensions.filter((one) => matches(one, search.input.value));
    fill(count, t("extensions.count", { count: rows.length }));
    made.update(rows);
  });
  search.input.addEventListener("input", draw);
  house.on(["line", "room"], draw, { signal });
  house.on(["line-test"], (changes) => {
    changes.forEach(({ value }) => value && tests.set(value.port, value));
    draw();
  }, { signal });
  draw();
  const opened = extensions.find(({ number }) => number === wanted);
  if (opened) openExtension(opened, signal);
  return h("section", { "aria-label": t("common.page-extensions") }, h("div", { class: "toolbar", role: "search" }, search.element, count), made);
}

function matches(extension, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const said = [extension.number, extension.room, extension.name, extension.port, t(`extensions.kind-${extension.kind}`)].join(" ").toLowerCase();
  return words.every((word) => said.includes(word));
}

function columns(tests, signal) {
  return [
    { key: "number", label: t("extensions.number"), cell: ({ number }) => h("strong", {}, numberLink(number)) },
    { key: "room", label: t("extensions.room"), cell: ({ room, name }) => [room && h("a", { href: `#/desk/${encodeURIComponent(room)}` }, room), room && name && " ", name],
      sort: ({ room, name }) => room ?? name },
    { key: "port", label: t("extensions.port"), cell: ({ port }) => port ?? "–" },
    { key: "kind", label: t("extensions.kind"), cell: ({ kind, operator, profile }) => [t(`extensions.kind-${kind}`),
      operator && [" ", h("span", { class: "badge" }, t("extensions.operator"))], profile === "data" && [" ", h("span", { class: "badge" }, t("extensions.data"))]] },
    { key: "class", label: t("extensions.class"), cell: (one) => t(`room.class.${classNow(one)}`), sort: classNow },
    { key: "state", label: t("extensions.state"), cell: stateNow, sort: ({ port }) => house.lines.get(port)?.fault ?? house.lines.get(port)?.state },
    { key: "test", label: t("extensions.last-test"), cell: ({ port }) => testBadge(tests.get(port)), sort: ({ port }) => tests.get(port)?.verdict },
    { key: "more", label: "", cell: (one) => h("button", { type: "button", class: "button button-small", "data-focus": `more-${one.number}`,
      "aria-label": `${t("extensions.open")}: ${one.number}`, onclick: () => openExtension(one, signal) }, t("extensions.open")) },
  ];
}

function classNow({ room, class: own }) {
  return house.room(room)?.effective_class ?? own;
}

function stateNow({ port, dnd }) {
  const silent = house.lines.get(port)?.dnd ?? dnd;
  return h("span", { class: "line-state" }, lineState(port), silent && h("span", { class: "badge badge-warn" }, t("room.dnd")));
}
