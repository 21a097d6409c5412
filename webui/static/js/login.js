// The log-in: first, and over what is there when a session has ended, so that nothing that was typed is lost.

import { get, send } from "./api.js";
import { busy, field } from "./dialog.js";
import { fill, h } from "./dom.js";
import { LANGUAGES, fault, language, speak, t } from "./text.js";

let asking = null;

/** Asks until somebody has logged in; answers what the API says of the session. `before`: whose session has ended. */
export function askLogin({ before = "", refusal = null } = {}) {
  asking ??= ask(before, refusal).finally(() => { asking = null; });
  return asking;
}

function ask(before, refusal) {
  return new Promise((resolve) => {
    const element = h("dialog", { class: "login", "aria-labelledby": "login-title" });
    element.addEventListener("cancel", (event) => event.preventDefault());
    element.addEventListener("close", () => element.isConnected && element.showModal()); // a second Escape closes all the same
    const end = new AbortController();
    const done = (who) => {
      end.abort();
      element.remove();
      resolve(who);
    };
    const look = () => document.hidden || get("/session").then(done, console.info); // logged in meanwhile, in another tab
    document.addEventListener("visibilitychange", look, { signal: end.signal });
    draw(element, { before, refusal, done });
    document.body.append(element);
    element.showModal();
    element.querySelector(before ? "[name=password]" : "[name=name]").focus();
  });
}

function draw(element, { before, refusal, done, name = before }) {
  const problem = h("p", { class: "notice notice-fault", role: "alert", hidden: !refusal }, refusal && fault(refusal));
  const fields = [
    field({ name: "name", label: t("common.name"), value: name, required: true, autocomplete: "username", autocapitalize: "none", spellcheck: "false" }),
    field({ name: "password", label: t("common.password"), type: "password", required: true, autocomplete: "current-password" }),
    field({ name: "code", label: t("common.code"), hint: t("common.code-hint"), autocomplete: "one-time-code", inputmode: "text" }),
  ];
  const [, , code] = fields;
  code.element.hidden = true;
  const button = h("button", { class: "button button-primary button-wide" }, t("common.log-in"));
  const form = h("form", { class: "form", novalidate: true }, fields.map((one) => one.element), problem, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.hidden = true;
    fields.forEach((one) => one.clear());
    const wrong = fields.find((one) => !one.check());
    if (wrong) return wrong.focus();
    return busy(button, async () => done(await logIn(fields)), (refused) => {
      if (refused.code === "code-needed" || refused.code === "bad-code") code.element.hidden = false;
      const asked = refused.code === "code-needed" && !code.value();
      problem.hidden = asked;
      fill(problem, fault(refused));
      (code.element.hidden ? fields[1] : code).focus();
    });
  });
  const chosen = async (event) => {
    await speak(event.target.value);
    draw(element, { before, refusal, done, name: fields[0].value() });
    element.querySelector("select").focus();
  };
  fill(element, h("div", { class: "login-head" }, h("span", { class: "moon", "aria-hidden": "true" }), h("h1", { id: "login-title" }, "Night Porter")),
    h("p", { class: "login-why" }, before ? t("common.session-ended") : t("common.log-in-why")), form,
    h("div", { class: "login-foot" }, h("label", { for: "login-language" }, t("common.language")),
      h("select", { id: "login-language", onchange: chosen }, Object.entries(LANGUAGES).map(([value, label]) =>
        h("option", { value, lang: value, selected: value === language() }, label)))));
}

async function logIn([name, password, code]) {
  const given = code.element.hidden ? {} : { code: code.value().trim() };
  return send("POST", "/session", { name: name.value().trim(), password: password.value(), ...given });
}
