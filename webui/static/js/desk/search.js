// The search box: "/" puts the cursor into it; arrows choose, Enter opens, Esc clears.

import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { sign } from "../signs.js";
import { t } from "../text.js";
import { find } from "./find.js";
import { fullName } from "./state.js";

/** {element, focus()}; open(room number) is called with what was chosen. */
export function search(open) {
  const view = new Search(open);
  return { element: view.element, focus: () => view.input.focus() };
}

class Search {
  found = [];
  at = 0;

  constructor(open) {
    this.open = open;
    this.list = h("ul", { id: "search-found", role: "listbox", "aria-label": t("desk.found"), class: "search-found", hidden: true });
    this.input = h("input", {
      type: "search", id: "search", role: "combobox", "aria-expanded": "false", "aria-controls": "search-found",
      "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: t("desk.search-hint"),
      oninput: () => this.look(), onkeydown: (event) => this.key(event), onblur: () => this.hide(), onfocus: () => this.look(),
    });
    this.element = h("div", { class: "search", role: "search" },
      h("label", { for: "search", class: "visually-hidden" }, t("desk.search")), this.input,
      h("kbd", { "aria-hidden": "true" }, "/"), this.list);
  }

  look() {
    this.found = find(this.input.value, house.rooms.values());
    this.at = 0;
    this.draw();
  }

  draw() {
    const typed = this.input.value.trim() !== "";
    this.list.hidden = !typed;
    this.input.setAttribute("aria-expanded", String(typed));
    if (this.found.length) this.input.setAttribute("aria-activedescendant", `found-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
    fill(this.list, this.found.map((room, place) => this.option(room, place)),
      !this.found.length && h("li", { class: "empty", role: "option", "aria-disabled": "true" }, t("desk.nothing-found")));
  }

  option(room, place) {
    const choose = (event) => {
      event.preventDefault(); // before the box loses the focus
      this.choose(room);
    };
    return h("li", { id: `found-${place}`, role: "option", "aria-selected": String(place === this.at), onmousedown: choose },
      h("strong", {}, room.room), " ", sign(room.occupancy), " ",
      room.guests.map(fullName).join("; ") || t("room.sign.vacant"));
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = this.found.length ? (this.at + step + this.found.length) % this.found.length : 0;
      this.draw();
      document.getElementById(`found-${this.at}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && this.found[this.at]) {
      event.preventDefault();
      this.choose(this.found[this.at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.input.value) this.clear();
      else this.input.blur();
    }
  }

  choose(room) {
    this.clear();
    this.input.blur();
    this.open(room.room);
  }

  clear() {
    this.input.value = "";
    this.look();
  }

  hide() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}
