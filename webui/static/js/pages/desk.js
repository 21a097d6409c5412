// The desk: alarms, the house by floors, wake-ups, calls and requests; a room opens its panel (#/desk/203).

import { h } from "../dom.js";
import { house } from "../house.js";
import { keys } from "../keys.js";
import { t } from "../text.js";
import { watchActs } from "../desk/act.js";
import { alarms } from "../desk/alarms.js";
import { floors } from "../desk/floors.js";
import { lists } from "../desk/lists.js";
import { panel } from "../desk/panel.js";
import { search } from "../desk/search.js";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

/** Builds the desk; answers what shows another room when only that changes in the address. */
export async function show(main, { signal, args }) {
  await house.ready;
  if (signal.aborted) return null;
  const desk = new Desk(main, signal);
  desk.turn(args);
  return (next) => desk.turn(next);
}

class Desk {
  panel = null;

  constructor(main, signal) {
    this.floors = floors({ signal });
    this.search = search(openRoom);
    this.main = main;
    main.append(alarms({ signal }), h("div", { class: "desk-head" }, h("h1", {}, t("desk.title")), this.search.element),
      h("div", { class: "desk-body" }, this.floors.element, lists({ signal })));
    watchActs(main, signal);
    keys(t("desk.title"), [
      { key: "/", text: t("desk.key-search"), run: () => this.search.focus() },
      { key: "g", text: t("desk.key-rooms"), run: () => this.floors.focus() },
      { key: "x", text: t("desk.key-acknowledge"), run: () => main.querySelector(".alarm [data-act]")?.focus() },
    ], { signal });
    signal.addEventListener("abort", () => {
      this.panel?.end();
      this.arrows?.abort();
    });
  }

  /** While no panel is open, arrows find their way to the rooms from anywhere. */
  roam() {
    this.arrows = new AbortController();
    keys(t("desk.house"), [
      { key: ARROWS, text: t("desk.key-arrows"), run: () => this.floors.focus() },
      { key: "Enter", text: t("desk.key-open"), run: (event) => event.target.click() },
    ], { signal: this.arrows.signal });
  }

  /** args: [room] or []. The panel of that room is shown, or none; focus goes into it, and back where it was. */
  turn([number]) {
    const before = this.panel;
    if (!before) this.from = document.activeElement?.closest(".alarms a, .lists a");
    this.arrows?.abort();
    before?.end();
    before?.element.remove();
    this.panel = number ? panel(number, closePanel) : null;
    this.main.classList.toggle("has-panel", Boolean(this.panel));
    if (this.panel) {
      this.main.append(this.panel.element);
      this.panel.element.focus();
    } else {
      this.roam();
      if (this.from?.isConnected) this.from.focus();
      else if (before) this.floors.focus(before.room);
    }
  }
}

function openRoom(number) {
  location.hash = `#/desk/${encodeURIComponent(number)}`;
}

function closePanel() {
  location.hash = "#/desk";
}
