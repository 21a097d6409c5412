// Several views of one page, each with an address of its own.

import { h } from "../dom.js";

/** views: [{name, text}]; the first one's address is the page's own. */
export function tabs(page, views, shown, label) {
  return h("nav", { "aria-label": label }, h("ul", { class: "tabs" }, views.map(({ name, text }, place) => h("li", {},
    h("a", { class: "tab", href: place ? `#/${page}/${name}` : `#/${page}`, "aria-current": name === shown ? "page" : undefined }, text)))));
}
