// Finished calls: found by time, room, number and direction; with what they cost, and charts.

import { get } from "../api.js";
import { bars, columns as columnChart } from "../charts.js";
import { numberLink, outsideLink } from "../dial.js";
import { busy, field } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { save, wholeTable } from "../lists/download.js";
import { showLoaded } from "../lists/loading.js";
import { periodChoice } from "../lists/period.js";
import { moreButton, table } from "../table.js";
import { clock, day, duration, money, t } from "../text.js";

const DIRECTIONS = ["incoming", "outgoing", "internal"];
const ARROWS = { incoming: "↙", outgoing: "↗", internal: "↔" };
const [USER_BUSY, NO_ANSWER, NORMAL] = [17, 19, 16]; // Q.850
const ROOMS_SHOWN = 12;

export async function show(main, { signal, args: [room] }) {
  const filter = filters(room, () => showAll());
  const [fresh, list, charts] = [h("div", { role: "status" }), h("div", {}), h("div", { class: "cards charts" })];
  const box = h("details", { class: "card" }, h("summary", {}, t("calls.charts")), charts);
  const showCharts = () => box.open && showLoaded(charts, () => get("/reports/calls", filter.period()), drawCharts, { signal });
  let ended = 0;
  const showList = () => {
    ended = 0;
    fill(fresh);
    const query = filter.query(); // what follows is asked for by the same words
    return showLoaded(list, () => get("/call-records", query), (part) => drawList(part, query), { signal });
  };
  const showAll = () => Promise.all([showList(), showCharts()]);
  box.addEventListener("toggle", showCharts);
  fill(main, h("h1", {}, t("common.page-calls")), filter.element, box, fresh, list);
  house.on(["call-record"], (changes) => {
    ended += changes.length;
    fill(fresh, h("button", { type: "button", class: "button", onclick: showList }, t("calls.new", { count: ended })));
  }, { signal });
  await showAll();
}

function filters(room, change) {
  const period = periodChoice({ value: room ? "week" : "today", change });
  const fields = [
    field({ name: "room", label: t("calls.room"), value: room ?? "", inputmode: "numeric", autocomplete: "off" }),
    field({ name: "number", label: t("calls.number"), inputmode: "tel", autocomplete: "off" }),
    field({ name: "direction", label: t("calls.direction"), type: "select",
      options: [["", t("calls.direction-all")], ...DIRECTIONS.map((name) => [name, t(`calls.direction-${name}`)])] }),
  ];
  fields.at(-1).input.addEventListener("change", change);
  const query = () => ({ ...period.query(), ...Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim()])) });
  const download = h("button", { type: "button", class: "button" }, t("lists.csv"));
  download.addEventListener("click", () => busy(download, async () =>
    save(`calls-${period.days().first}-${period.days().last}.csv`, await wholeTable("/call-records", query()))));
  const element = h("form", { class: "toolbar", role: "search", onsubmit: (event) => { event.preventDefault(); change(); } },
    period, fields.map((one) => one.element), h("button", { class: "button button-primary" }, t("calls.find")), download);
  return { element, query, period: period.query };
}

// ----------------------------------------------------------------------------------------------------------- the list

function drawList(part, query) {
  const made = table({ caption: t("common.page-calls"), columns: columns(), rows: part.items, empty: t("calls.none"),
    row: ({ emergency }) => ({ class: emergency && "emergency" }) });
  return [made, moreButton("/call-records", query, part, made)];
}

function columns() {
  return [
    { key: "started", label: t("calls.time"), cell: ({ started }) => h("span", { class: "when" }, h("strong", {}, clock(started)), h("span", { class: "muted" }, day(started))) },
    { key: "direction", label: t("calls.direction"), cell: ({ direction, emergency }) => h("span", { class: "nowrap" },
      h("span", { "aria-hidden": "true" }, `${ARROWS[direction]} `), t(`calls.direction-${direction}`),
      emergency && [" ", h("span", { class: "badge badge-bad" }, t("calls.emergency"))]) },
    { key: "from", label: t("calls.from"), cell: ({ from, direction }) => (direction === "incoming" ? outsideLink(from) : numberLink(from)) ?? t("calls.no-number") },
    { key: "to", label: t("calls.to"), cell: (record) => called(record) ?? t("calls.no-number") },
    { key: "room", label: t("calls.room"), cell: ({ room }) => room && h("a", { href: `#/desk/${encodeURIComponent(room)}` }, room) },
    { key: "talk", label: t("calls.duration"), number: true, cell: ({ talk_seconds: talk, answered }) => (answered ? duration(talk) : "–") },
    { key: "end", label: t("calls.end"), cell: (record) => t(`calls.end-${ending(record)}`) },
    { key: "charge", label: t("calls.charge"), number: true, cell: ({ charge, unpriced }) => (unpriced ? h("span", { class: "badge badge-warn" }, t("calls.unpriced")) : money(charge)) },
    { key: "trunk", label: t("calls.line"), cell: ({ trunk }) => trunk ?? "" },
  ];
}

/** Nobody calls an emergency number by a click in a list. */
function called({ to, dialled, direction, emergency }) {
  if (emergency) return to || dialled;
  return to && direction === "outgoing" ? outsideLink(to) : numberLink(to || dialled);
}

/** What came of a call, in one word. */
function ending({ end, answered, cause }) {
  if (end === "barred" || end === "lost") return end;
  if (answered) return "answered";
  return { [USER_BUSY]: "busy", [NO_ANSWER]: "no-answer", [NORMAL]: "given-up" }[cause] ?? "failed";
}

// --------------------------------------------------------------------------------------------------------- the charts

function drawCharts({ by_hour: hours, by_room: rooms }) {
  const series = DIRECTIONS.map((name) => ({ name: t(`calls.direction-${name}`), values: hours.map((one) => one[name]) }));
  return [
    columnChart({ title: t("lists.by-hour"), series, labels: hours.map(({ hour }) => String(hour).padStart(2, "0")) }),
    rooms.length > 0 && bars({ title: t("lists.by-room"), rows: rooms.slice(0, ROOMS_SHOWN).map(({ room, placed, received }) => ({ label: room, value: placed + received })) }),
  ];
}
