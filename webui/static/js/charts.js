// Charts as SVG, each with a table for those who cannot see it; told apart without colour, too.

import { h, svg } from "./dom.js";
import { number } from "./text.js";

const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [720, 240, 44, 26, 10];
const TICKS = 4;

/** Horizontal bars, one for each row {label, value, text}. */
export function bars({ title, rows, unit = "" }) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const drawn = rows.map(({ label, value, text }) => h("li", { class: "bar-row" },
    h("span", { class: "bar-label" }, label),
    h("span", { class: "bar-track" }, h("span", { class: "bar", style: { width: `${100 * value / most}%` } })),
    h("span", { class: "bar-value" }, text ?? `${number(value)}${unit && ` ${unit}`}`)));
  return h("figure", { class: "chart" }, h("figcaption", {}, title), h("ul", { class: "bars" }, drawn));
}

/** Columns, stacked where there are several series {name, values}; `labels` stand below. */
export function columns({ title, series, labels, unit = "" }) {
  const sums = labels.map((_, place) => series.reduce((sum, { values }) => sum + (values[place] ?? 0), 0));
  const scale = scaleOf(sums);
  const step = (WIDTH - LEFT) / Math.max(1, labels.length);
  const drawn = labels.flatMap((_, place) => {
    let below = 0;
    return series.map(({ values }, which) => {
      const value = values[place] ?? 0;
      const [top, bottom] = [scale.y(below + value), scale.y(below)];
      below += value;
      return svg("rect", { class: `chart-${which}`, x: LEFT + place * step + step * 0.15, width: step * 0.7, y: top,
        height: Math.max(0, bottom - top) }, svg("title", {}, `${labels[place]}: ${number(value)}`));
    });
  });
  return chart({ title, series, labels, unit, scale, step, drawn });
}

/** Lines, one for each series {name, values}; null: no value. */
export function line({ title, series, labels, unit = "" }) {
  const scale = scaleOf(series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const step = (WIDTH - LEFT) / Math.max(1, labels.length);
  const drawn = series.map(({ values }, which) => {
    const points = values.map((value, place) => [LEFT + (place + 0.5) * step, value === null ? null : scale.y(value)]);
    const path = points.map(([x, y], place) => y === null ? ""
      : `${place && points[place - 1][1] !== null ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    return svg("g", { class: `chart-line chart-${which}` }, svg("path", { d: path }),
      points.filter(([, y]) => y !== null).map(([cx, cy]) => svg("circle", { cx, cy, r: 2.5 })));
  });
  return chart({ title, series, labels, unit, scale, step, drawn });
}

function chart({ title, series, labels, unit, scale, step, drawn }) {
  const every = Math.ceil(labels.length / 12);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", class: "chart-picture" },
    scale.ticks.map((value) => [
      svg("line", { class: "chart-grid", x1: LEFT, x2: WIDTH, y1: scale.y(value), y2: scale.y(value) }),
      svg("text", { x: LEFT - 6, y: scale.y(value) + 4, "text-anchor": "end" }, number(value))]),
    drawn,
    labels.map((label, place) => place % every === 0 && svg("text", { x: LEFT + (place + 0.5) * step, y: HEIGHT - 6,
      "text-anchor": "middle" }, label)));
  const legend = series.length > 1 && h("ul", { class: "legend" }, series.map(({ name }, which) =>
    h("li", {}, svg("svg", { viewBox: "0 0 12 12", class: "legend-sign", "aria-hidden": "true" },
      svg("rect", { class: `chart-${which}`, width: 12, height: 12 })), name)));
  return h("figure", { class: "chart" }, h("figcaption", {}, title, unit && ` (${unit})`), legend, picture,
    numbers(title, series, labels));
}

function numbers(title, series, labels) {
  return h("table", { class: "visually-hidden" }, h("caption", {}, title),
    h("thead", {}, h("tr", {}, h("td", {}), series.map(({ name }) => h("th", { scope: "col" }, name ?? title)))),
    h("tbody", {}, labels.map((label, place) => h("tr", {}, h("th", { scope: "row" }, label),
      series.map(({ values }) => h("td", {}, number(values[place])))))));
}

function scaleOf(values) {
  const most = Math.max(1, ...values);
  const size = 10 ** Math.floor(Math.log10(most / TICKS));
  const step = Math.max(1, [1, 2, 5, 10].map((each) => each * size).find((each) => each * TICKS >= most) ?? most);
  const top = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, place) => place * step);
  return { ticks, y: (value) => TOP + (HEIGHT - TOP - FOOT) * (1 - value / top) };
}
