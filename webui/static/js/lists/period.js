// The choice of a period: whole days of the hotel's.

import { laterDate, wallNow } from "../desk/when.js";
import { field } from "../dialog.js";
import { h } from "../dom.js";
import { day, t } from "../text.js";

// First day and last day, from today's date.
const CHOICES = {
  today: (today) => [today, today],
  yesterday: (today) => [laterDate(today, -1), laterDate(today, -1)],
  week: (today) => [laterDate(today, -6), today],
  month: (today) => [`${today.slice(0, 8)}01`, today],
};

/** An element with `query()`: {from, to} as the API takes it, `days()`: {first, last, text}, and `chosen()`: the choice's
 *  name. change() is called when another one is chosen. */
export function periodChoice({ value = "today", change }) {
  let chosen = value;
  let days = (CHOICES[value] ?? CHOICES.week)(wallNow().slice(0, 10));
  const first = dateField("from", t("lists.period-from"));
  const last = dateField("to", t("lists.period-to"));
  const own = h("div", { class: "period-own" }, first.element, last.element);
  const buttons = Object.keys(CHOICES).concat("own").map((name) => h("button", {
    type: "button", class: "button segment", "data-period": name, onclick: () => choose(name),
  }, t(`lists.period-${name}`)));

  function choose(name) {
    chosen = name;
    if (name in CHOICES) days = CHOICES[name](wallNow().slice(0, 10));
    draw();
    if (name in CHOICES) change();
    else first.focus();
  }
  function dateField(name, label) {
    const made = field({ name, label, type: "date", required: true });
    made.input.addEventListener("change", () => {
      if (!first.input.value || !last.input.value) return;
      days = [first.input.value, last.input.value].sort();
      change();
    });
    return made;
  }
  function draw() {
    own.hidden = chosen !== "own";
    [first.input.value, last.input.value] = days;
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.period === chosen)));
  }
  draw();
  const element = h("div", { class: "period", role: "group", "aria-label": t("lists.period") },
    h("div", { class: "segments" }, buttons), own);
  return Object.assign(element, {
    chosen: () => chosen,
    query: () => ({ from: `${days[0]}T00:00`, to: `${laterDate(days[1], 1)}T00:00` }),
    days: () => ({ first: days[0], last: days[1], text: days[0] === days[1] ? day(days[0]) : `${day(days[0])} – ${day(days[1])}` }),
  });
}
