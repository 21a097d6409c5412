// The table of tariffs: read, saved as a file, replaced by a file whose faults are told by line and column.

import { all, get, send, text } from "../api.js";
import { act } from "../desk/act.js";
import { dialog, form, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { save } from "../lists/download.js";
import { may } from "../session.js";
import { table } from "../table.js";
import { detailWords, money, number, t, weekdays } from "../text.js";

export async function tariffCard() {
  const body = h("div", {});
  const { currency } = (house.health ?? await get("/health")).hotel;
  const show = async () => fill(body, draw(await all("/tariffs"), currency, show));
  await show();
  return h("section", { class: "card", "aria-labelledby": "tariffs-title" }, h("h2", { id: "tariffs-title" }, t("tariffs.table")), body);
}

function draw(rows, currency, again) {
  return [h("div", { class: "toolbar" },
    may("manager", "technician") && act(t("tariffs.upload"), () => upload(again), { kind: "button-primary", focus: "upload" }),
    act(t("lists.csv"), async () => save("tariffs.csv", await text("/tariffs", {}, "text/csv")), { focus: "download" })),
  table({ caption: t("tariffs.table"), rows, empty: t("tariffs.none"), sortable: true, columns: columns(currency) })];
}

function columns(currency) {
  const price = (amount) => money({ amount, currency });
  const amount = (key) => ({ key, label: t(`tariffs.${key}`), number: true, cell: (row) => price(row[key]) });
  return [
    { key: "prefix", label: t("tariffs.prefix"), cell: ({ prefix }) => (prefix ? h("strong", {}, prefix) : t("tariffs.all-others")) },
    { key: "name", label: t("tariffs.name") },
    { key: "days", label: t("tariffs.when"), cell: ({ days, from, to }) => t("tariffs.when-hours", { days: weekdays(days), from, to: to === "00:00" ? "24:00" : to }) },
    amount("connection"), amount("price"),
    { key: "interval_s", label: t("tariffs.interval"), number: true, cell: (row) => t("tariffs.seconds", { seconds: number(row.interval_s) }) },
    { key: "free_s", label: t("tariffs.free"), number: true, cell: (row) => (row.free_s ? t("tariffs.seconds", { seconds: number(row.free_s) }) : "–") },
    { ...amount("minimum") },
    { key: "surcharge_percent", label: t("tariffs.surcharge"), number: true, cell: (row) => `${number(row.surcharge_percent)} %` },
    { key: "tax_percent", label: t("tariffs.tax"), number: true, cell: (row) => `${number(row.tax_percent)} %` },
  ];
}

async function upload(again) {
  let faults = null;
  const taken = await form({ title: t("tariffs.upload"), intro: t("tariffs.upload-text"), action: t("tariffs.upload"), fields: [
    { name: "file", label: t("tariffs.file"), type: "file", accept: ".csv,text/csv", required: true }], submit: async () => {
    try {
      return await send("PUT", "/tariffs", document.querySelector("dialog[open] input[name=file]").files[0], { type: "text/csv" });
    } catch (refusal) {
      if (refusal.code !== "tariff") throw refusal;
      faults = refusal.details;
      return true;
    }
  } });
  if (faults) return void showFaults(faults);
  if (!taken) return;
  say(t("tariffs.taken", { count: taken.rows }));
  await again();
}

function showFaults(faults) {
  dialog({ title: t("tariffs.faults"), wide: true, body: h("div", { role: "alert" }, h("p", {}, t("tariffs.faults-text")),
    table({ caption: t("tariffs.faults"), rows: faults, columns: [
      { key: "line", label: t("tariffs.fault-line"), number: true, cell: ({ line }) => line ?? "…" }, { key: "column", label: t("tariffs.fault-column"), cell: ({ column }) => column ?? "–" },
      { key: "what", label: t("tariffs.fault-what"), cell: detailWords }] })) });
}
