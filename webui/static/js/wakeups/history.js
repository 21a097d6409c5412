// What became of wake-ups: a period, with tries and who had ordered them.

import { get } from "../api.js";
import { busy, field } from "../dialog.js";
import { h } from "../dom.js";
import { save, wholeTable } from "../lists/download.js";
import { showLoaded } from "../lists/loading.js";
import { periodChoice } from "../lists/period.js";
import { moreButton, table } from "../table.js";
import { duration, t } from "../text.js";
import { guestName, orderedBy, roomLink, stateBadge, tries, whenCell } from "./words.js";

const STATES = ["answered", "not_answered", "busy", "error", "missed", "cancelled"];
const LATE_S = 1; // less is nothing that anybody notices

/** Shows them in the place; `tools`: where the filters go. */
export async function showHistory(place, { signal, tools }) {
  const period = periodChoice({ value: "week", change: show });
  const room = field({ name: "room", label: t("wakeups.room"), inputmode: "numeric", autocomplete: "off" });
  const state = field({ name: "state", label: t("wakeups.state"), type: "select",
    options: [["", t("wakeups.state-all")], ...STATES.map((name) => [name, t(`wakeups.state-${name}`)])] });
  const download = h("button", { type: "button", class: "button end" }, t("lists.csv"));
  download.addEventListener("click", () => busy(download, async () =>
    save(`wake-ups-${period.days().first}-${period.days().last}.csv`, await wholeTable("/wakeups/history", query()))));
  [room, state].forEach(({ input }) => input.addEventListener("change", show));
  tools.append(period, room.element, state.element, download);

  function query() {
    return { ...period.query(), room: room.input.value.trim(), state: state.input.value };
  }
  function show() {
    return showLoaded(place, () => get("/wakeups/history", query()), (part) => drawn(part, query()), { signal });
  }
  await show();
}

function drawn(part, query) {
  const made = table({ caption: t("wakeups.history"), columns: columns(), rows: part.items, empty: t("wakeups.history-none") });
  return [made, moreButton("/wakeups/history", query, part, made)];
}

function columns() {
  return [
    { key: "at", label: t("wakeups.time"), cell: ({ at }) => whenCell(at) },
    { key: "room", label: t("wakeups.room"), cell: ({ room }) => roomLink(room) },
    { key: "guest", label: t("wakeups.guest"), cell: guestName },
    { key: "outcome", label: t("wakeups.state"), cell: ({ outcome }) => stateBadge(outcome) },
    { key: "attempts", label: t("wakeups.tries"), cell: ({ attempts }) => tries(attempts) },
    { key: "late", label: t("wakeups.late"), number: true, cell: ({ late_seconds: late }) => (late === null || late < LATE_S ? "" : duration(late)) },
    { key: "ordered", label: t("wakeups.ordered-by"), cell: ({ ordered }) => orderedBy(ordered) },
  ];
}
