// Dialogs, forms and short notices.

import { fill, h } from "./dom.js";
import { fault, limitWords, t } from "./text.js";

const NOTICE_MS = { done: 4000, warn: 9000, fault: 9000 };
let count = 0;

/** A modal dialog. actions: [{label, primary, danger, run}]: it closes when run() has not answered false or thrown.
 *  Answers {element, close, closed: promise}; `wide` for tables. Escape and "close" do nothing but close it. */
export function dialog({ title, body, actions = [], wide = false }) {
  const id = `dialog-${++count}`;
  const problem = h("p", { class: "notice notice-fault", role: "alert", hidden: true });
  const buttons = actions.map((action) => actionButton(action, problem, () => close()));
  const element = h("dialog", { class: wide ? "dialog dialog-wide" : "dialog", "aria-labelledby": id },
    h("div", { class: "dialog-head" }, h("h2", { id }, title),
      h("button", { type: "button", class: "button button-quiet dialog-close", "aria-label": t("common.close"), onclick: () => close() }, "✕")),
    h("div", { class: "dialog-body" }, body, problem),
    buttons.length > 0 && h("div", { class: "dialog-foot" }, buttons));
  const before = document.activeElement;
  const closed = new Promise((resolve) => element.addEventListener("close", () => {
    element.remove();
    before?.focus?.();
    resolve();
  }));
  function close() {
    element.close();
  }
  document.body.append(element);
  element.showModal();
  return { element, close, closed };
}

function actionButton({ label, primary, danger, run }, problem, close) {
  const kind = danger ? "button-danger" : primary ? "button-primary" : "";
  const button = h("button", { type: "button", class: `button ${kind}` }, label);
  button.addEventListener("click", async () => {
    problem.hidden = true;
    const done = await busy(button, async () => (await run?.()) !== false, (refusal) => {
      problem.hidden = false;
      fill(problem, fault(refusal));
    });
    if (done) close();
  });
  return button;
}

/** Runs it while the button cannot be pressed; see `doNow`. */
export async function busy(button, run, failed) {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  button.setAttribute("aria-busy", "true");
  try {
    return await doNow(run, failed);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Runs it; what the API refuses goes to `failed`, else is shown as a notice. */
export async function doNow(run, failed = (refusal) => say(fault(refusal), "fault")) {
  try {
    return await run();
  } catch (refusal) {
    if (refusal.name !== "Refusal") console.error(refusal);
    failed(refusal);
    return undefined;
  }
}

/** Asks; answers whether it shall be done. */
export function confirm({ title, text, action, danger = false }) {
  let sure = false;
  const { closed, element } = dialog({ title, body: h("p", {}, text), actions: [
    { label: t("common.cancel") }, { label: action, primary: true, danger, run: () => { sure = true; } },
  ] });
  element.querySelector(".dialog-foot .button:last-child").focus();
  return closed.then(() => sure);
}

/** A form in a dialog; answers what submit(values) has answered, or null if it was given up. A refusal of the API is
 *  shown at the field that it names. */
export async function form({ title, intro, fields, action, danger = false, submit }) {
  let answer = null;
  const body = fieldForm({ intro, fields, action, danger, submit: async (values) => {
    answer = (await submit(values)) ?? true;
    shown.close();
  }, cancel: () => shown.close() });
  const shown = dialog({ title, body });
  body.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  await shown.closed;
  return answer;
}

/** The same <form> to stand in a page. fields: {name, label, type = "text", value, options: [[value, label]], required,
 *  hint, autocomplete, min, max, minlength, maxlength, step, pattern, inputmode, placeholder, disabled, nullable}; type
 *  also "select", "checkbox", "textarea"; limit: what the pattern lets through, for limitWords; words(value): how it is
 *  shown to who may only read it. values: by name; numbers as numbers, an empty `nullable` one as null. */
export function fieldForm({ intro, fields, action, danger = false, submit, cancel }) {
  const problem = h("p", { class: "notice notice-fault", role: "alert", hidden: true });
  const made = fields.filter(Boolean).map(field);
  const button = h("button", { class: `button ${danger ? "button-danger" : "button-primary"}` }, action);
  const element = h("form", { class: "form", novalidate: true },
    intro && h("p", { class: "form-intro" }, intro), made.map((one) => one.element), problem,
    h("div", { class: "form-foot" },
      cancel && h("button", { type: "button", class: "button", onclick: cancel }, t("common.cancel")), button));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.hidden = true;
    made.forEach((one) => one.clear());
    const wrong = made.filter((one) => !one.check());
    if (wrong.length) return wrong[0].focus();
    const values = Object.fromEntries(made.map((one) => [one.name, one.value()]));
    return busy(button, () => submit(values), (refusal) => showFault(refusal, made, problem));
  });
  return element;
}

function showFault(refusal, made, problem) {
  const at = refusal.field && made.find((one) => one.name === refusal.field);
  if (at) {
    at.fault(fault(refusal, { atField: true, options: at.options }));
    return at.focus();
  }
  problem.hidden = false;
  return fill(problem, fault(refusal));
}

/** A labelled field: {element, name, input, options, value(), check(), fault(text), clear(), focus()}; see fieldForm. */
export function field(wanted) {
  const { name, label, type = "text", value, options, hint, nullable, limit, words, ...attributes } = wanted;
  const id = `field-${name}-${++count}`;
  const problem = h("span", { class: "field-fault", id: `${id}-fault` });
  const input = control({ id, name, type, value, options, hint, attributes });
  const note = hint && h("span", { class: "field-hint", id: `${id}-hint` }, hint);
  const caption = h("label", { for: id }, label);
  const element = type === "checkbox"
    ? h("div", { class: "field field-check" }, input, caption, note, problem)
    : h("div", { class: "field" }, caption, input, note, problem);
  const say = (text) => {
    fill(problem, text);
    input.setAttribute("aria-invalid", String(Boolean(text)));
  };
  return { element, name, input, options, fault: say, clear: () => say(""), focus: () => input.focus(),
    value: () => valueOf(input, type, nullable),
    check: () => {
      const wrong = complaint(input, limit);
      if (wrong) say(wrong);
      return !wrong;
    } };
}

function control({ id, name, type, value, options = [], hint, attributes }) {
  const described = hint ? `${id}-hint ${id}-fault` : `${id}-fault`;
  const common = { id, name, "aria-describedby": described, ...attributes };
  if (type === "select") {
    return h("select", common, options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  }
  if (type === "textarea") return h("textarea", { rows: 4, ...common, value: value ?? "" });
  if (type === "checkbox") return h("input", { type, ...common, checked: Boolean(value) });
  return h("input", { type, ...common, value: value ?? "" });
}

function valueOf(input, type, nullable) {
  if (type === "checkbox") return input.checked;
  if (type === "number") return input.value === "" ? null : Number(input.value);
  return nullable && isBlank(input) ? null : input.value;
}

// Space alone is a password, and nothing in any other field.
function isBlank(input) {
  return (input.type === "password" || input.type === "file" ? input.value : input.value.trim()) === "";
}

// The browser checks lengths of what was typed only, not of what was filled in by a keeper of passwords.
function complaint(input, limit) {
  const { validity, value } = input;
  if (!input.willValidate) return "";
  if (validity.badInput) return t(`common.limit-${input.type}`); // of a number, a date or a time
  if (input.required && input.type !== "checkbox" && isBlank(input)) return t("common.field-needed");
  if (value !== "" && value.length < input.minLength) return t("common.field-characters-least", { least: input.minLength });
  if (validity.rangeUnderflow || validity.rangeOverflow) return range(input);
  if (validity.stepMismatch) return Number(input.step || 1) === 1 ? t("common.limit-whole-number") : t("common.field-step", { step: Number(input.step) });
  if (input.checkValidity()) return "";
  return limit ? limitWords(limit) : t("common.field-wrong");
}

function range({ min, max }) {
  if (min === "" || max === "") return t(min === "" ? "common.field-most" : "common.field-least", { least: min, most: max });
  return t("common.field-range", { least: min, most: max });
}

/** A short notice at the foot of the page: kind "done", "warn" (done, but look) or "fault". */
export function say(text, kind = "done") {
  const notice = h("p", { class: `toast toast-${kind}` }, text);
  const place = region();
  [...place.children].find((one) => one.isEqualNode(notice))?.remove(); // the same again does not pile up
  place.append(notice);
  if (typeof place.showPopover === "function") {
    if (place.matches(":popover-open")) place.hidePopover();
    place.showPopover(); // above whatever dialog is open
  }
  setTimeout(() => notice.remove(), NOTICE_MS[kind]);
}

function region() {
  const there = document.getElementById("toasts");
  if (there) return there;
  const made = h("div", { id: "toasts", class: "toasts", role: "status", "aria-live": "polite", popover: "manual" });
  document.body.append(made);
  return made;
}
