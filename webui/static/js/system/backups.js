// Backups: their key, the last and the next one, those on the box.

import { all, get, send } from "../api.js";
import { act } from "../desk/act.js";
import { confirm, dialog, form } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { may } from "../session.js";
import { table } from "../table.js";
import { dayTime, detailWords, t } from "../text.js";
import { badge, bytes, card, facts, told } from "./card.js";

/** Kept up to date by the feed. */
export async function backupsCard(signal) {
  const [element, body] = card("backups", t("system.backups"));
  const again = async () => draw(body, await get("/backups/state"), await all("/backups"), again);
  house.on(["backup"], again, { signal });
  await again();
  return element;
}

function draw(body, state, backups, again) {
  fill(body, h("p", { role: "status" }, standing(state)),
    [state.trouble_detail, state.stick_trouble_detail].map((one) => one && h("p", { class: "notice notice-fault" }, detailWords(one))),
    facts([
      [t("system.backup-last"), state.last && dayTime(state.last.made)],
      [t("system.backup-next"), state.key && dayTime(state.next)],
      [t("system.stick"), t(state.stick ? "system.stick-in" : "system.stick-none")],
    ]),
    h("div", { class: "toolbar" },
      state.key && act(t("system.backup-now"), () => send("POST", "/backups"), { kind: "button-primary", focus: "now" }),
      may("manager") && act(t(state.key ? "system.key-replace" : "system.key-make"), () => makeKey(Boolean(state.key), again),
        { kind: state.key ? "" : "button-primary", focus: "key" })),
    backups.length > 0 && list(backups, again));
}

function standing({ key, work, trouble, last }) {
  if (!key) return badge("bad", t("system.no-key"));
  if (work) return badge("warn", t(`system.work-${work}`));
  if (trouble) return badge("bad", t("system.backup-failed"));
  return last ? badge("good", t("system.backup-good")) : badge("warn", t("system.backup-none"));
}

function list(backups, again) {
  return table({ caption: t("system.backups"), rows: backups, columns: [
    { key: "made", label: t("system.made"), cell: ({ made }) => dayTime(made) },
    { key: "bytes", label: t("system.size"), number: true, cell: (one) => bytes(one.bytes) },
    { key: "on_stick", label: t("system.stick"), cell: ({ on_stick: isThere }) => (isThere ? "✓" : "–") },
    { key: "act", label: "", cell: (backup) => h("div", { class: "toolbar row-actions" }, download(backup), may("manager") && remove(backup, again)) },
  ] });
}

/** The browser fetches it by itself, with the session's cookie: it may be large. */
function download({ name }) {
  return h("a", { class: "button", href: `/api/v1/backups/${encodeURIComponent(name)}`, download: name, "aria-label": `${t("system.download")}: ${name}` },
    t("system.download"));
}

function remove({ name, made }, again) {
  return act(t("system.delete"), async () => {
    const sure = await confirm({ title: t("system.delete"), text: t("system.delete-text", { made: dayTime(made) }), action: t("system.delete"), danger: true });
    if (!sure) return;
    await send("DELETE", `/backups/${encodeURIComponent(name)}`);
    await again();
  }, { kind: "button-danger", focus: `delete-${name}`, "aria-label": `${t("system.delete")}: ${name}` });
}

async function makeKey(replace, again) {
  const password = { name: "password", label: t("common.password"), type: "password", required: true, autocomplete: "current-password" };
  const made = replace
    ? await form({ title: t("system.key-replace"), action: t("system.key-replace"), intro: t("system.key-replace-text"), danger: true,
      fields: [password], submit: (values) => send("POST", "/backups/key", { replace, ...values }) })
    : await send("POST", "/backups/key", {});
  if (!made) return;
  await showKey(made.private);
  told("system.key-made");
  await again();
}

function showKey(key) {
  const shown = dialog({ title: t("system.key"), body: [
    h("p", {}, t("system.key-text")), h("p", {}, h("code", { class: "token" }, key)),
    h("div", { class: "toolbar no-print" }, h("button", { type: "button", class: "button", onclick: () => window.print() }, t("system.print"))),
  ] });
  shown.element.classList.add("print-me");
  return shown.closed;
}
