// The house by floors: a tile for each room. Only tiles that look different are drawn anew.

import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { LEGEND, meaning, sign } from "../signs.js";
import { clock, t } from "../text.js";
import { FILTERS, byFloors, gather, look } from "./state.js";

const KEPT = "nightporter-filter";
const ON_TILE = new Set(["vip"]); // beside the number

/** {element, focus(number)}; choosing a room is following its link. */
export function floors({ signal }) {
  const view = new Floors();
  house.on(["room", "line", "alarm"], (changes) => view.update(changes), { signal });
  view.build();
  return view;
}

class Floors {
  tiles = new Map();
  filter = sessionStorage.getItem(KEPT) ?? "all";
  current = null;

  constructor() {
    this.bar = h("div", { class: "filters", role: "group", "aria-label": t("desk.filter") });
    this.body = h("div", { class: "floors" });
    this.none = h("p", { class: "empty", hidden: true }, t("desk.no-room"));
    this.element = h("section", { class: "house", "aria-label": t("desk.house") }, this.bar, this.body, this.none, legend());
    this.body.addEventListener("keydown", (event) => this.moved(event));
    this.body.addEventListener("focusin", (event) => this.rove(event.target.closest(".tile")));
    this.buttons = Object.keys(FILTERS).map((name) => this.filterButton(name));
    fill(this.bar, this.buttons.map(({ element }) => element));
  }

  filterButton(name) {
    const count = h("span", { class: "count" });
    const choose = () => {
      this.filter = name;
      sessionStorage.setItem(KEPT, name);
      this.show();
    };
    return { name, count, element: h("button", { type: "button", class: "filter", onclick: choose }, t(`desk.filter.${name}`), " ", count) };
  }

  build() {
    this.tiles.clear();
    fill(this.body, byFloors(house.rooms.values()).map(([floor, rooms]) => h("section", { class: "floor" },
      h("h2", {}, floor === null ? t("desk.floor-none") : t("desk.floor", { floor: String(floor) })),
      h("div", { class: "tiles" }, rooms.map((room) => this.tile(room))))));
    this.draw();
    this.rove(this.body.querySelector(".tile"));
  }

  tile({ room }) {
    const element = h("a", { class: "tile", href: `#/desk/${encodeURIComponent(room)}`, "data-room": room, tabindex: "-1" });
    this.tiles.set(room, { element, shown: "", look: null });
    return element;
  }

  update(changes) {
    const strange = changes.some(({ topic, id }) => topic === "room" && (id === null || !this.tiles.has(id)));
    if (strange && !this.sameRooms()) this.build();
    else this.draw();
  }

  sameRooms() {
    return this.tiles.size === house.rooms.size && [...this.tiles.keys()].every((room) => house.rooms.has(room));
  }

  draw() {
    const gathered = gather();
    for (const [number, tile] of this.tiles) {
      tile.look = look(house.rooms.get(number), gathered);
      const shown = JSON.stringify(tile.look);
      if (shown === tile.shown) continue;
      tile.shown = shown;
      drawTile(tile.element, number, tile.look);
    }
    this.show();
  }

  show() {
    const looks = [...this.tiles.values()];
    for (const { name, count, element } of this.buttons) {
      count.textContent = looks.filter((tile) => FILTERS[name](tile.look)).length;
      element.setAttribute("aria-pressed", String(name === this.filter));
    }
    for (const { element, look: found } of looks) element.hidden = !FILTERS[this.filter](found);
    for (const floor of this.body.children) floor.hidden = !floor.querySelector(".tile:not([hidden])");
    this.none.hidden = Boolean(this.visible().length);
    if (this.current?.hidden) this.rove(this.visible()[0]);
  }

  visible() {
    return [...this.body.querySelectorAll(".tile:not([hidden])")];
  }

  rove(tile) {
    if (!tile || tile === this.current) return;
    if (this.current) this.current.tabIndex = -1;
    tile.tabIndex = 0;
    this.current = tile;
  }

  /** Puts the focus on a room's tile, or on the one that was last. */
  focus(number) {
    const tile = this.tiles.get(number)?.element ?? this.current;
    (tile?.hidden ? this.visible()[0] : tile)?.focus();
  }

  moved(event) {
    const [tiles, from] = [this.visible(), event.target.closest(".tile")];
    const to = from && neighbour(tiles, from, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  }
}

function neighbour(tiles, from, key) {
  const at = tiles.indexOf(from);
  if (key === "ArrowRight") return tiles[at + 1];
  if (key === "ArrowLeft") return tiles[at - 1];
  if (key === "Home") return tiles[0];
  if (key === "End") return tiles.at(-1);
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const own = from.getBoundingClientRect();
  const way = key === "ArrowDown" ? 1 : -1;
  const places = tiles.map((tile) => [tile, tile.getBoundingClientRect()])
    .filter(([, place]) => (place.top - own.top) * way > own.height / 2);
  const distance = (place) => Math.abs(place.top - own.top) * 100 + Math.abs(place.left - own.left);
  return places.reduce((best, each) => (!best || distance(each[1]) < distance(best[1]) ? each : best), null)?.[0];
}

function drawTile(element, number, { name, others, signs, wakeup }) {
  element.className = `tile ${signs.map((each) => `is-${each}`).join(" ")}`;
  fill(element,
    h("span", { class: "tile-head" }, h("strong", {}, number),
      signs.filter((each) => ON_TILE.has(each)).map((each) => sign(each))),
    h("span", { class: "tile-name" }, h("span", {}, name || "\u00a0"), others > 0 && h("span", { class: "tile-others" }, ` +${others}`)),
    h("span", { class: "tile-signs" }, signs.filter((each) => !ON_TILE.has(each)).map((each) =>
      (each === "wakeup" ? h("span", { class: "tile-time" }, sign(each), clock(wakeup)) : sign(each)))));
}

function legend() {
  return h("details", { class: "legend" }, h("summary", {}, t("desk.legend")),
    h("ul", {}, LEGEND.map((name) => h("li", {}, sign(name, { silent: true }), " ", meaning(name)))));
}
