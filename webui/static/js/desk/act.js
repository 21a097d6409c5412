// Buttons that change something: they are dead while the exchange cannot be reached, and lists keep the focus.

import { busy } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";

/** A button whose press runs something; what is refused is shown as a notice. `focus`: its name among those that are
 *  drawn anew; `key`: the key that does the same, shown on it. */
export function act(label, run, { kind = "", focus, key, pressed, ...attributes } = {}) {
  const button = h("button", {
    type: "button", class: `button ${kind}`, "data-act": "", "data-focus": focus, disabled: !house.connected,
    "aria-pressed": pressed === undefined ? undefined : String(pressed), "aria-keyshortcuts": key, ...attributes,
  }, label, key && h("kbd", { "aria-hidden": "true" }, key));
  button.addEventListener("click", () => busy(button, run));
  return button;
}

/** The buttons below `root` are dead while the connection is lost. */
export function watchActs(root, signal) {
  house.on(["connection"], () => {
    for (const button of root.querySelectorAll("[data-act]")) button.disabled = !house.connected;
  }, { signal });
}

/** Replaces what is in the element by other elements. What looks as before stays, so that a press is not lost; who had
 *  the focus by its name there has it again, and what was unfolded stays so. */
export function renew(element, ...children) {
  const active = document.activeElement;
  const name = element.contains(active) ? active.dataset.focus : null;
  const [olds, fresh] = [[...element.children], [...fill(document.createDocumentFragment(), ...children).children]];
  fresh.forEach((one, place) => {
    const old = olds[place];
    if (!old) element.append(one);
    else if (!old.isEqualNode(unfolded(old, one))) old.replaceWith(one);
  });
  olds.slice(fresh.length).forEach((old) => old.remove());
  if (name && !element.contains(document.activeElement)) {
    element.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
  }
  return element;
}

function unfolded(old, fresh) {
  const all = (element) => [...element.querySelectorAll("details"), ...(element.matches("details") ? [element] : [])];
  const before = all(old);
  all(fresh).forEach((details, place) => { details.open = before[place]?.open ?? false; });
  return fresh;
}
