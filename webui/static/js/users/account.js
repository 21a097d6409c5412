// One's own password, language, second factor and sessions.

import { all, get, send } from "../api.js";
import { busy, confirm, form, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { become, session } from "../session.js";
import { table } from "../table.js";
import { LANGUAGES, dayTime, fault, language, speak, t } from "../text.js";
import { setUpFactor, switchOffFactor } from "./factor.js";

const LEAST = 8;

/** A card with all of it. */
export async function accountCard() {
  const element = h("section", { class: "card account-card", "aria-labelledby": "account-title" });
  await draw(element);
  return element;
}

async function draw(element) {
  const own = await all("/session/mine");
  const again = () => renew(element);
  fill(element,
    h("h2", { id: "account-title" }, t("common.account"), " ", h("span", { class: "badge" }, session.name)),
    h("div", { class: "account-rows" }, passwordRow(), languageRow(), factorRow()),
    h("h3", {}, t("account.sessions")), ownSessions(own, again));
}

/** Asks who one is, and draws anew. */
async function renew(element) {
  become(await get("/session"));
  await draw(element);
}

function row(title, text, ...controls) {
  return h("div", { class: "account-row" }, h("div", {}, h("h3", {}, title), h("p", {}, text)),
    h("div", { class: "toolbar" }, controls));
}

function button(label, run, kind = "") {
  return h("button", { type: "button", class: `button ${kind}`, onclick: run }, label);
}

// --------------------------------------------------------------------------------------------- password and language

function passwordRow() {
  return row(t("common.password"), t("account.password-text"), button(t("account.password-change"), changePassword));
}

async function changePassword() {
  const changed = await form({ title: t("account.password-change"), action: t("common.save"), fields: [
    { name: "old", label: t("account.password-old"), type: "password", required: true, autocomplete: "current-password" },
    { name: "new", label: t("account.password-new"), type: "password", required: true, minlength: LEAST,
      hint: t("account.password-hint", { least: LEAST }), autocomplete: "new-password" },
  ], submit: (values) => send("PUT", "/session/password", values) });
  if (!changed) return;
  become(changed);
  say(t("account.password-changed"));
}

function languageRow() {
  const choice = h("select", { id: "account-language", "aria-label": t("common.language"), onchange: choose },
    Object.entries(LANGUAGES).map(([value, label]) => h("option", { value, lang: value, selected: value === language() }, label)));
  return row(t("common.language"), t("account.language-text"), choice);
}

async function choose(event) {
  const wanted = event.target.value;
  try {
    await send("PUT", "/session/preferences", { language: wanted });
  } catch (refusal) {
    say(fault(refusal), "fault");
    return;
  }
  await speak(wanted);
  location.reload();
}

// ----------------------------------------------------------------------------------------------------- second factor

function factorRow() {
  if (session.second_factor) {
    return row(t("account.factor"), t("account.factor-on"), button(t("account.factor-switch-off"), () => switchOffFactor(reload)));
  }
  const text = session.second_factor_due ? t("account.factor-due") : t("account.factor-off");
  return row(t("account.factor"), text, button(t("account.factor-set-up"), () => setUpFactor(reload), "button-primary"));
}

/** The banner of what is due belongs to the whole page. */
function reload() {
  location.reload();
}

// ---------------------------------------------------------------------------------------------------------- sessions

function ownSessions(own, again) {
  return table({ caption: t("account.sessions"), rows: own, columns: [
    { key: "address", label: t("account.from") },
    { key: "created", label: t("account.since"), cell: ({ created }) => dayTime(created) },
    { key: "used", label: t("account.used"), cell: ({ used }) => dayTime(used) },
    { key: "end", label: "", cell: (one) => (one.current ? h("span", { class: "badge" }, t("account.here"))
      : endButton(one, again)) },
  ] });
}

function endButton({ id, address }, again) {
  return h("button", { type: "button", class: "button", onclick: async (event) => {
    const pressed = event.currentTarget;
    const sure = await confirm({ title: t("account.end"), text: t("account.end-text", { address }), action: t("account.end") });
    if (sure) await busy(pressed, () => send("DELETE", `/session/mine/${id}`).then(again));
  } }, t("account.end"));
}
