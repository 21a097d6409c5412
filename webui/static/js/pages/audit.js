// Who changed what, through what; and who looked at guests' calls.

import { all, get } from "../api.js";
import { auditCsv, detailText, actionText, actions, subjectText, throughText } from "../audit_words.js";
import { busy } from "../dialog.js";
import { fill, h } from "../dom.js";
import { moreButton, table } from "../table.js";
import { dayTime, t, time } from "../text.js";

const PART = 100;
const CALLS_READ = "calls-read";

export async function show(main) {
  const list = h("div", { "aria-live": "polite" });
  const filters = filterForm((wanted) => draw(list, wanted));
  fill(main, h("h1", {}, t("common.page-audit")), filters, list);
  await draw(list, {});
}

async function draw(list, filter) {
  const query = { ...filter, limit: PART };
  const part = await get("/audit", query);
  const entries = table({ caption: t("common.page-audit"), rows: part.items, empty: t("audit.empty"), columns: [
    { key: "at", label: t("audit.at"), cell: ({ at }) => h("time", { datetime: at, title: time(at), class: "nowrap" }, dayTime(at)) },
    { key: "who", label: t("audit.who"), cell: (entry) => beside(entry.who, throughText(entry.through)) },
    { key: "action", label: t("audit.action"), cell: ({ action }) => actionText(action) },
    { key: "subject", label: t("audit.subject"), cell: subject },
    { key: "detail", label: t("audit.detail"), cell: ({ detail }) => h("span", { class: "audit-detail" }, detailText(detail)) },
  ] });
  fill(list, entries, moreButton("/audit", query, part, entries));
}

function subject({ action, subject: named, room }) {
  const about = subjectText({ action, subject: named });
  if (!room || about === room) return room ? t("audit.room", { room }) : about;
  return beside(about, t("audit.room", { room }));
}

function beside(first, second) {
  return h("span", {}, first, " ", h("span", { class: "muted" }, second));
}

// ------------------------------------------------------------------------------------------------------------ filter

function filterForm(apply) {
  const input = (name, label, attributes) => h("div", { class: "field" }, h("label", { for: `audit-${name}` }, label),
    h("input", { id: `audit-${name}`, name, autocomplete: "off", ...attributes }));
  const choice = h("select", { id: "audit-action", name: "action" }, h("option", { value: "" }, t("audit.any")),
    actions().map(([value, label]) => h("option", { value }, label)));
  const form = h("form", { class: "toolbar audit-filter", role: "search", "aria-label": t("audit.filter") },
    input("from", t("audit.from"), { type: "date" }), input("to", t("audit.to"), { type: "date" }),
    input("room", t("audit.room-label"), { inputmode: "numeric", class: "short" }), input("who", t("audit.who")),
    h("div", { class: "field" }, h("label", { for: "audit-action" }, t("audit.action")), choice),
    h("button", { class: "button button-primary" }, t("audit.show")),
    h("button", { type: "button", class: "button", onclick: () => { choice.value = CALLS_READ; form.requestSubmit(); } }, t("audit.calls-read")),
    h("button", { type: "button", class: "button", onclick: (event) => busy(event.currentTarget, () => save(wanted(form))) }, t("audit.csv")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.submitter ?? form, () => apply(wanted(form)));
  });
  return form;
}

/** Days are the hotel's, both inclusive; the API's `to` is exclusive. */
function wanted(form) {
  const { from, to, room, who, action } = Object.fromEntries(new FormData(form));
  return { from: from && `${from}T00:00`, to: to && `${dayAfter(to)}T00:00`, room: room.trim(), who: who.trim(), action };
}

function dayAfter(day) {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

async function save(filter) {
  const url = URL.createObjectURL(new Blob([auditCsv(await all("/audit", filter))], { type: "text/csv" }));
  h("a", { href: url, download: "audit.csv" }).click();
  URL.revokeObjectURL(url);
}
