// The second factor: a picture for the authenticator, its first code, and recovery codes to print.

import { send } from "../api.js";
import { dialog, field, fieldForm, form, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { t } from "../text.js";

/** From the password to the recovery codes; `done` is called when it is on. */
export async function setUpFactor(done) {
  const offer = await askPassword(t("account.factor-set-up"), "POST", t("account.continue"));
  if (!offer) return;
  const codes = await askFirstCode(offer);
  if (!codes) return;
  await showCodes(codes);
  await done();
}

export async function switchOffFactor(done) {
  if (!await askPassword(t("account.factor-switch-off"), "DELETE", t("account.factor-switch-off"), true)) return;
  say(t("account.factor-off-done"));
  await done();
}

function askPassword(title, method, action, danger = false) {
  return form({ title, action, danger, intro: t("account.password-again"), fields: [
    { name: "password", label: t("common.password"), type: "password", required: true, autocomplete: "current-password" },
  ], submit: (values) => send(method, "/session/second-factor", values) });
}

/** Answers the recovery codes, or null. */
async function askFirstCode({ secret, uri, qr }) {
  let codes = null;
  const picture = h("img", { class: "factor-qr", alt: t("account.factor-qr"), src: `data:image/svg+xml,${encodeURIComponent(qr)}` });
  const code = { name: "code", label: t("account.factor-code"), required: true, autocomplete: "one-time-code", inputmode: "numeric" };
  const entry = fieldForm({ fields: [code], action: t("account.factor-switch-on"), submit: async (values) => {
    codes = (await send("PUT", "/session/second-factor", values)).recovery_codes;
    shown.close();
  }, cancel: () => shown.close() });
  const shown = dialog({ title: t("account.factor-set-up"), body: h("div", { class: "factor" },
    h("p", {}, t("account.factor-scan")), picture,
    h("details", {}, h("summary", {}, t("account.factor-by-hand")), h("p", {}, h("code", { class: "factor-secret" }, grouped(secret))),
      h("p", {}, h("a", { href: uri }, t("account.factor-here")))), entry) });
  await shown.closed;
  return codes;
}

function grouped(secret) {
  return secret.match(/.{1,4}/g).join(" ");
}

/** Until they are said to be kept. */
function showCodes(codes) {
  const list = h("ol", { class: "recovery-codes" }, codes.map((code) => h("li", {}, h("code", {}, code))));
  const kept = field({ name: "kept", label: t("account.codes-kept"), type: "checkbox" });
  const done = h("button", { type: "button", class: "button button-primary", disabled: true, onclick: () => shown.close() }, t("common.close"));
  kept.input.addEventListener("change", () => { done.disabled = !kept.value(); });
  const shown = dialog({ title: t("account.codes"), body: h("div", { class: "factor" }) });
  shown.element.addEventListener("cancel", (event) => kept.value() || event.preventDefault());
  shown.element.classList.add("print-me");
  shown.element.querySelector(".dialog-close").remove();
  fill(shown.element.querySelector(".factor"), h("p", {}, t("account.codes-text")), list,
    h("div", { class: "toolbar no-print" }, h("button", { type: "button", class: "button", onclick: () => window.print() }, t("account.codes-print"))),
    h("div", { class: "no-print" }, kept.element, h("div", { class: "form-foot" }, done)));
  return shown.closed;
}
