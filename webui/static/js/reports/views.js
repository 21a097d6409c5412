// What each report shows: figures, charts, and tables that can be saved.

import { bars, columns, line } from "../charts.js";
import { outsideLink } from "../dial.js";
import { date as dateText, dayTime, duration, money, number, t } from "../text.js";

const DIRECTIONS = ["incoming", "outgoing", "internal"];
const ROOMS_DRAWN = 15;
const two = (hour) => String(hour).padStart(2, "0");
const hours = (hour) => `${two(hour)}:00–${two((hour + 1) % 24)}:00`;
const percent = (part) => (part === null ? "–" : number(part, { style: "percent", maximumFractionDigits: 1 }));
const share = (part, whole) => percent(whole ? part / whole : null);
const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);

/** By name: path of the report, the roles that may see it, and draw(found): {figures: [[label, text]], charts: [element],
 *  tables: [{caption, columns, rows}], empty}; a column's `text(row)` is what is saved where its cell is an element. */
export const REPORTS = {
  calls: { path: "/reports/calls", roles: ["desk", "manager", "technician"], draw: calls },
  lines: { path: "/reports/lines", roles: ["manager", "technician"], draw: lines },
  wakeups: { path: "/wakeups/report", roles: ["desk", "manager", "technician"], draw: wakeups },
  charges: { path: "/reports/charges", roles: ["manager", "technician"], draw: charges },
  abandoned: { path: "/reports/abandoned", roles: ["desk", "manager", "technician"], draw: abandoned },
};

const hourColumn = () => ({ key: "hour", label: t("reports.hour"), cell: ({ hour }) => hours(hour) });
const countColumn = (key) => ({ key, label: t(`reports.${key}`), number: true, cell: (row) => number(row[key]) });
const talkColumn = () => ({ key: "talk_seconds", label: t("reports.talk"), number: true, cell: (row) => duration(row.talk_seconds) });

function calls({ by_direction: directions, by_hour: byHour, by_room: rooms }) {
  const [total, answered] = [sum(directions, "calls"), sum(directions, "answered")];
  const series = DIRECTIONS.map((name) => ({ name: t(`reports.${name}`), values: byHour.map((one) => one[name]) }));
  return {
    empty: !total,
    figures: [[t("reports.calls"), number(total)], ...DIRECTIONS.map((name) => [t(`reports.${name}`), number(directions.find(({ direction }) => direction === name).calls)]),
      [t("reports.answered"), share(answered, total)], [t("reports.talk"), duration(sum(directions, "talk_seconds"))]],
    charts: [
      columns({ title: t("lists.by-hour"), series, labels: byHour.map(({ hour }) => two(hour)) }),
      bars({ title: t("lists.by-room"), rows: rooms.slice(0, ROOMS_DRAWN).map(({ room, placed, received }) => ({ label: room, value: placed + received })) }),
    ],
    tables: [
      { caption: t("lists.by-hour"), rows: byHour, columns: [hourColumn(), ...DIRECTIONS.map(countColumn), countColumn("answered"), talkColumn()] },
      { caption: t("lists.by-room"), rows: rooms, columns: [{ key: "room", label: t("reports.room") }, countColumn("placed"), countColumn("received"), talkColumn()] },
    ],
  };
}

function lines({ lines: count, most, busy_seconds: busy, by_hour: byHour }) {
  const labels = byHour.map(({ hour }) => two(hour));
  const busiest = byHour.reduce((one, other) => (other.occupancy > one.occupancy ? other : one));
  return {
    empty: !busy,
    figures: [[t("reports.lines"), number(count)], [t("reports.most"), number(most)], [t("reports.busy"), duration(busy)],
      [t("reports.busiest"), `${hours(busiest.hour)} (${percent(busiest.occupancy)})`]],
    charts: [
      columns({ title: t("reports.most-by-hour"), series: [{ name: t("reports.most"), values: byHour.map((one) => one.most) }], labels }),
      line({ title: t("reports.occupancy-by-hour"), series: [{ name: t("reports.occupancy"), values: byHour.map((one) => Math.round(one.occupancy * 1000) / 10) }], labels, unit: "%" }),
    ],
    tables: [{ caption: t("reports.occupancy-by-hour"), rows: byHour, columns: [hourColumn(), countColumn("most"),
      { key: "busy_seconds", label: t("reports.busy"), number: true, cell: (row) => duration(row.busy_seconds) },
      { key: "occupancy", label: t("reports.occupancy"), number: true, cell: (row) => percent(row.occupancy) }] }],
  };
}

function wakeups({ outcomes, total, success_rate: rate, mean_late_seconds: late }) {
  const rows = Object.entries(outcomes).map(([outcome, count]) => ({ outcome, count }));
  return {
    empty: !total,
    figures: [[t("reports.wakeups"), number(total)], [t("reports.success"), percent(rate)],
      [t("reports.late"), late === null ? "–" : t("reports.seconds", { count: Math.round(late * 10) / 10 })]],
    charts: [bars({ title: t("reports.outcomes"), rows: rows.map(({ outcome, count }) => ({ label: t(`reports.outcome-${outcome}`), value: count })) })],
    tables: [{ caption: t("reports.outcomes"), rows, columns: [
      { key: "outcome", label: t("reports.outcome"), cell: ({ outcome }) => t(`reports.outcome-${outcome}`) }, countColumn("count"),
      { key: "share", label: t("reports.share"), number: true, sort: ({ count }) => count, cell: ({ count }) => share(count, total) }] }],
  };
}

function charges({ by_day: byDay, sums }) {
  const digits = (currency) => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
  const drawn = sums.map(({ currency }) => {
    const days = byDay.filter(({ charge }) => charge.currency === currency);
    return columns({ title: t("reports.charges-by-day"), unit: currency, labels: days.map(({ day }) => day.slice(5)),
      series: [{ name: currency, values: days.map(({ charge }) => charge.amount / 10 ** digits(currency)) }] });
  });
  return {
    empty: !byDay.length,
    figures: [...sums.map((each) => [t("reports.sum"), money(each)]), [t("reports.charged-calls"), number(sum(byDay, "calls"))],
      [t("reports.minibar"), number(sum(byDay, "minibar"))]],
    charts: drawn,
    tables: [{ caption: t("reports.charges-by-day"), rows: byDay, columns: [
      { key: "day", label: t("reports.day"), cell: ({ day }) => dateText(day), text: ({ day }) => day }, countColumn("calls"), countColumn("minibar"),
      { key: "without_amount", label: t("reports.without-amount"), number: true, cell: (row) => number(row.without_amount) },
      { key: "charge", label: t("reports.amount"), number: true, sort: ({ charge }) => charge.amount, cell: ({ charge }) => money(charge),
        text: ({ charge }) => (charge.amount / 10 ** digits(charge.currency)).toFixed(digits(charge.currency)) }] }],
  };
}

function abandoned({ calls: total, abandoned: missed, mean_wait_seconds: wait, by_hour: byHour, latest }) {
  return {
    empty: !total,
    figures: [[t("reports.incoming"), number(total)], [t("reports.abandoned"), number(missed)], [t("reports.share"), share(missed, total)],
      [t("reports.mean-wait"), wait === null ? "–" : duration(wait)]],
    charts: [columns({ title: t("lists.by-hour"), labels: byHour.map(({ hour }) => two(hour)), series: [
      { name: t("reports.answered"), values: byHour.map((one) => one.calls - one.abandoned) },
      { name: t("reports.abandoned"), values: byHour.map((one) => one.abandoned) }] })],
    tables: [
      { caption: t("reports.latest"), rows: latest, columns: [
        { key: "started", label: t("reports.time"), cell: ({ started }) => dayTime(started), text: ({ started }) => started },
        { key: "from_number", label: t("reports.from"), cell: ({ from_number: from }) => outsideLink(from) ?? t("reports.no-number"), text: (row) => row.from_number },
        { key: "to", label: t("reports.to"), cell: ({ to }) => to },
        { key: "waited_seconds", label: t("reports.waited"), number: true, cell: (row) => duration(row.waited_seconds) }] },
      { caption: t("lists.by-hour"), rows: byHour, columns: [hourColumn(), { ...countColumn("calls"), label: t("reports.incoming") }, countColumn("abandoned")] },
    ],
  };
}
