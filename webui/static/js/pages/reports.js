// Reports of a period, drawn and as tables; they can be saved and printed.

import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { csvOf, save } from "../lists/download.js";
import { showLoaded } from "../lists/loading.js";
import { periodChoice } from "../lists/period.js";
import { tabs } from "../lists/tabs.js";
import { REPORTS } from "../reports/views.js";
import { may } from "../session.js";
import { table } from "../table.js";
import { t } from "../text.js";

let kept = "week"; // what was chosen for one report is for the next

/** args: which report. */
export async function show(main, { signal, args: [wanted] }) {
  const names = Object.keys(REPORTS).filter((name) => may(REPORTS[name].roles));
  const name = names.includes(wanted) ? wanted : names[0];
  const place = h("div", { class: "stack report" });
  const period = periodChoice({ value: kept, change: draw });
  fill(main, h("h1", {}, t("common.page-reports")),
    tabs("reports", names.map((each) => ({ name: each, text: t(`reports.report-${each}`) })), name, t("common.page-reports")),
    h("div", { class: "toolbar" }, period, h("button", { type: "button", class: "button end", onclick: () => print() }, t("lists.print"))), place);

  function draw() {
    kept = period.chosen();
    const { path, draw: report } = REPORTS[name];
    return showLoaded(place, () => get(path, period.query()), (found) => drawn(name, period.days(), report(found)), { signal });
  }
  await draw();
}

function drawn(name, days, { empty, figures, charts, tables }) {
  const title = h("h2", {}, t(`reports.report-${name}`), ": ", days.text);
  if (empty) return [title, h("p", { class: "card empty" }, t("reports.nothing"))];
  return [
    title,
    h("dl", { class: "figures" }, figures.map(([label, text]) => h("div", { class: "card" }, h("dt", {}, label), h("dd", {}, text)))),
    h("div", { class: "charts" }, charts.map((chart) => h("div", { class: "card" }, chart))),
    tables.map((one, place) => numbers(one, `${name}${place ? `-${place + 1}` : ""}-${days.first}-${days.last}.csv`)),
  ];
}

function numbers({ caption, columns, rows }, file) {
  const said = (column, row) => (column.text ?? column.cell ?? ((each) => each[column.key]))(row);
  const download = h("button", { type: "button", class: "button button-small", "aria-label": `${t("lists.csv")}: ${caption}`,
    onclick: () => save(file, csvOf([columns.map(({ label }) => label), ...rows.map((row) => columns.map((column) => said(column, row)))])) }, t("lists.csv"));
  return h("section", {}, h("div", { class: "page-head" }, h("h3", {}, caption), download), table({ caption, columns, rows, sortable: true }));
}
