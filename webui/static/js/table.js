// Tables: sortable, and on a telephone each row is a card.

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { busy } from "./dialog.js";
import { t } from "./text.js";

/** columns: {key, label, cell(row) = row[key], number, sort(row) = row[key], wide: false to keep it off cards}.
 *  Answers an element with update(rows) and add(rows). */
export function table({ caption, columns, rows, empty, sortable = false, row: attributesOf = () => ({}) }) {
  const state = { rows, by: null, up: true };
  const body = h("tbody", { role: "rowgroup" });
  const heads = columns.map((column) => head(column, sortable, () => sortBy(column)));
  const element = h("div", { class: "table-box", tabindex: -1 },
    h("table", { class: "table", role: "table" },
      h("caption", { class: "visually-hidden" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)), body));

  function draw() {
    const shown = state.by ? sorted(state.rows, state.by, state.up) : state.rows;
    fill(body, shown.length ? shown.map((row) => tr(row, columns, attributesOf(row)))
      : h("tr", { role: "row" }, h("td", { role: "cell", class: "table-empty", colspan: columns.length }, empty ?? t("common.nothing"))));
  }
  function sortBy(column) {
    state.up = state.by === column ? !state.up : true;
    state.by = column;
    heads.forEach((each, place) => {
      if (columns[place] === column) each.setAttribute("aria-sort", state.up ? "ascending" : "descending");
      else each.removeAttribute("aria-sort");
    });
    draw();
  }
  draw();
  return Object.assign(element, {
    update: (wanted) => { state.rows = wanted; draw(); },
    add: (more) => { state.rows = [...state.rows, ...more]; draw(); },
  });
}

function head(column, sortable, sort) {
  const attributes = { role: "columnheader", scope: "col", class: column.number && "number" };
  if (!column.label) return h("th", attributes, h("span", { class: "visually-hidden" }, t("common.actions")));
  if (!sortable) return h("th", attributes, column.label);
  return h("th", attributes, h("button", { type: "button", class: "table-sort", onclick: sort }, column.label));
}

function tr(row, columns, attributes) {
  return h("tr", { role: "row", ...attributes }, columns.map((column) =>
    h("td", { role: "cell", class: column.number && "number", "data-label": column.label },
      column.cell ? column.cell(row) : row[column.key])));
}

function sorted(rows, { key, sort = (row) => row[key] }, up) {
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const order = (one, other) => (typeof one === "number" && typeof other === "number" ? one - other
    : compare(String(one ?? ""), String(other ?? "")));
  return [...rows].sort((one, other) => order(sort(one), sort(other)) * (up ? 1 : -1));
}

/** A button that fetches what follows a part of a long list, and adds it to the list's table; null: nothing follows. */
export function moreButton(path, query, { next }, shown) {
  if (!next) return null;
  const button = h("button", { type: "button", class: "button more" }, t("common.more"));
  let cursor = next;
  button.addEventListener("click", () => busy(button, async () => {
    const part = await get(path, { ...query, cursor });
    shown.add(part.items);
    cursor = part.next;
    if (!cursor) button.remove();
  }));
  return button;
}
