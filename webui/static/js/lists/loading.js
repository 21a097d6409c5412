// A part of a page whose content is fetched.

import { fill, h } from "../dom.js";
import { fault, t } from "../text.js";

const turns = new WeakMap();

/** Fills the place with what draw(await load()) answers; meanwhile it says so, and if it cannot be had it says why, with
 *  a button to try again. What was asked for later wins. */
export async function showLoaded(place, load, draw, { signal }) {
  const turn = {};
  turns.set(place, turn);
  place.setAttribute("aria-busy", "true");
  if (!place.childNodes.length) fill(place, h("p", { class: "loading" }, t("lists.loading")));
  let shown;
  try {
    shown = draw(await load());
  } catch (refusal) {
    if (refusal.name !== "Refusal") throw refusal;
    shown = h("div", { class: "notice notice-fault", role: "alert" }, h("p", {}, fault(refusal)),
      h("button", { type: "button", class: "button", onclick: () => showLoaded(place, load, draw, { signal }) }, t("common.again")));
  }
  if (signal.aborted || turns.get(place) !== turn) return;
  place.removeAttribute("aria-busy");
  fill(place, shown);
}

/** Runs what draws anew, and gives the focus back to what has the same `data-focus` then. */
export function keepFocus(root, draw) {
  const name = root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  draw();
  if (name) root.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
}
