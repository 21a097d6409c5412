// Keys of the page, and the list of those that hold now on "?".

import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./text.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", " ": "␣" };
const scopes = new Set();
let list = null;

/** While `signal` has not aborted these keys hold: [{key, text, run(event)}]. key: as KeyboardEvent.key ("/", "a",
 *  "ArrowDown"), or several of them; `typing`: also while typing in a field. scope: the heading in the list on "?".
 *  Keys of a page do not hold while a modal dialog is open over it, and what was registered last comes first. */
export function keys(scope, wanted, { signal } = {}) {
  const entry = { scope, wanted, over: modal() };
  scopes.add(entry);
  signal?.addEventListener("abort", () => scopes.delete(entry));
}

/** Begins to listen; once. */
export function listenToKeys() {
  document.addEventListener("keydown", pressed);
}

function modal() {
  return [...document.querySelectorAll("dialog:modal")].at(-1) ?? null;
}

function holding() {
  const over = modal();
  return [...scopes].filter((entry) => entry.over === over).reverse();
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const types = event.target instanceof Element && event.target.matches(TYPING);
  const found = holding().flatMap((entry) => entry.wanted)
    .find(({ key, typing }) => [key].flat().includes(event.key) && (typing || !types));
  if (found) {
    event.preventDefault();
    found.run(event);
  } else if (event.key === "?" && !types && !list) {
    event.preventDefault();
    showKeys();
  }
}

/** The list of the keys that hold now. */
export function showKeys() {
  const groups = holding().reverse().map(({ scope, wanted }) => h("section", {}, h("h3", {}, scope),
    h("dl", { class: "keys" }, wanted.filter(({ text }) => text).map(({ key, text }) => h("div", {},
      h("dt", {}, [key].flat().map((one) => h("kbd", {}, SIGNS[one] ?? one))), h("dd", {}, text))))));
  if (!groups.length) return;
  list = dialog({ title: t("common.keys"), body: groups });
  list.closed.then(() => { list = null; });
}
