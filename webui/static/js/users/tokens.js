// Programs that may use the API: a token is made, shown this once, and revoked.

import { all, send } from "../api.js";
import { confirm, dialog, form, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { table } from "../table.js";
import { day, t } from "../text.js";
import { done, roleOptions } from "./people.js";

/** A card with their list. */
export async function tokensCard() {
  const element = h("section", { class: "card", "aria-labelledby": "tokens-title" });
  await draw(element);
  return element;
}

async function draw(element) {
  const tokens = await all("/tokens");
  const again = () => draw(element);
  fill(element,
    h("div", { class: "card-head" }, h("h2", { id: "tokens-title" }, t("users.tokens")),
      h("button", { type: "button", class: "button", onclick: () => make(again) }, t("users.token-make"))),
    h("p", {}, t("users.tokens-text")),
    table({ caption: t("users.tokens"), rows: tokens, columns: [
      { key: "name", label: t("common.name") },
      { key: "role", label: t("users.role"), cell: ({ role }) => t(`common.role-${role}`) },
      { key: "created", label: t("users.since"), cell: ({ created }) => day(created) },
      { key: "used", label: t("account.used"), cell: ({ used }) => (used ? day(used) : t("users.never")) },
      { key: "revoke", label: "", cell: (token) => revokeButton(token, again) },
    ] }));
}

async function make(again) {
  const made = await form({ title: t("users.token-make"), action: t("users.token-make"), fields: [
    { name: "name", label: t("users.token-name"), required: true, autocomplete: "off", maxlength: 64 },
    { name: "role", label: t("users.role"), type: "select", value: "desk", options: roleOptions() },
  ], submit: (values) => send("POST", "/tokens", values) });
  if (!made) return;
  await showToken(made);
  await again();
}

function showToken({ token, name }) {
  const shown = h("input", { class: "token", readonly: true, value: token, "aria-label": t("users.token"), onfocus: ({ target }) => target.select() });
  return dialog({ title: t("users.token-made", { name }), body: h("div", { class: "form" }, h("p", {}, t("users.token-once")), shown,
    h("div", { class: "form-foot" }, h("button", { type: "button", class: "button button-primary", onclick: () => copy(shown) }, t("users.copy")))) }).closed;
}

/** Without HTTPS the browser gives no clipboard: the token is selected, to be copied by hand. */
async function copy(shown) {
  shown.focus();
  shown.select();
  try {
    await navigator.clipboard.writeText(shown.value);
    say(t("users.copied"));
  } catch {
    say(t("users.copy-by-hand"), "fault");
  }
}

function revokeButton({ name }, again) {
  return h("button", { type: "button", class: "button button-danger", "aria-label": `${t("users.revoke")}: ${name}`, onclick: async () => {
    const sure = await confirm({ title: t("users.revoke"), text: t("users.revoke-text", { name }), action: t("users.revoke"), danger: true });
    if (sure) await done(() => send("DELETE", `/tokens/${encodeURIComponent(name)}`), t("users.revoked", { name }), again);
  } }, t("users.revoke"));
}
