// A room's panel: who lives there, and everything that a desk does for him. Its address is #/desk/203.

import { doNow } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { keys } from "../keys.js";
import { may } from "../session.js";
import { meaning, sign } from "../signs.js";
import { t } from "../text.js";
import { act, renew, watchActs } from "./act.js";
import { showBill } from "./bill.js";
import { FRONT } from "./part.js";
import { guests } from "./panel_guests.js";
import { messages } from "./panel_messages.js";
import { charges } from "./panel_charges.js";
import { callRoom, telephone } from "./panel_telephone.js";
import { wakeups } from "./panel_wakeups.js";
import { gather, look } from "./state.js";
import { checkIn, checkOut, editGuest, move, outAndNext, swap } from "./stay_forms.js";

/** Opens beside the house; `close()` is what its own buttons do. Answers {element, room, end()}. */
export function panel(number, close) {
  const end = new AbortController();
  const room = house.room(number);
  const element = h("div", { class: "panel", role: "dialog", "aria-labelledby": "panel-title", tabindex: -1 });
  if (room) new Panel(number, element, close, end.signal).build();
  else fill(element, head(number, close), h("p", { class: "notice notice-fault" }, t("room.unknown", { room: number })));
  return { element, room: number, end: () => end.abort() };
}

function head(number, close, ...more) {
  return h("header", { class: "panel-head" }, h("h2", { id: "panel-title" }, t("room.title", { room: number })), more,
    h("button", { type: "button", class: "button button-quiet panel-close", "aria-label": t("common.close"), onclick: close }, "✕"));
}

class Panel {
  constructor(number, element, close, signal) {
    Object.assign(this, { number, element, close, signal });
    this.signs = h("p", { class: "panel-signs" });
    this.acts = h("div", { class: "panel-acts", role: "group", "aria-label": t("room.actions") });
    const around = { room: () => this.room, signal };
    this.parts = [guests(around), wakeups(around), telephone(around), messages(around), charges(around)];
  }

  get room() {
    return house.room(this.number);
  }

  build() {
    const lost = h("p", { class: "notice notice-fault", hidden: house.connected }, t("room.lost"));
    fill(this.element, head(this.number, this.close), this.signs, lost, this.acts, this.parts.map((part) => part.element));
    house.on(["room", "line", "alarm"], () => this.draw(), { signal: this.signal });
    house.on(["connection"], () => { lost.hidden = house.connected; }, { signal: this.signal });
    watchActs(this.element, this.signal);
    keys(t("room.title", { room: this.number }), this.keys(), { signal: this.signal });
    this.draw();
  }

  /** What looks as it did is left alone: a menu that is open, a field that is typed into. */
  draw() {
    const shown = JSON.stringify([this.room, look(this.room, gather())]);
    if (shown === this.shown) return;
    this.shown = shown;
    const { signs, name } = look(this.room, gather());
    fill(this.signs, signs.map((each) => h("span", { class: "badge sign-badge" }, sign(each, { silent: true }), " ", meaning(each))));
    this.element.dataset.name = name;
    renew(this.acts, this.actions().filter(({ shown: is }) => is).map(({ label, key, run, kind }) =>
      act(label, run, { key, kind, focus: `do-${key}` })));
    this.parts.forEach((part) => part.draw?.());
  }

  /** The room's actions that can be taken now, each with its key; of the room as it is when they are taken. */
  actions() {
    const [room, front, occupied] = [this.room, may(FRONT), this.room.occupancy === "occupied"];
    return [
      { key: "i", label: t("room.check-in"), shown: front && !occupied, kind: "button-primary", run: () => checkIn(this.room) },
      { key: "w", label: t("room.wakeup"), shown: true, kind: occupied ? "button-primary" : "", run: () => this.jump("wakeup-time") },
      { key: "m", label: t("room.message"), shown: occupied, run: () => this.jump("message-text") },
      { key: "c", label: t("room.call"), shown: room.extensions.length > 0, run: () => callRoom(this.room) },
      { key: "o", label: t("room.check-out"), shown: front && occupied, run: () => checkOut(this.room) },
      { key: "n", label: t("room.next"), shown: front && occupied, run: () => outAndNext(this.room) },
      { key: "a", label: t("room.share"), shown: front && occupied, run: () => checkIn(this.room, { share: true }) },
      { key: "v", label: t("room.move"), shown: front && occupied, run: () => move(this.room) },
      { key: "s", label: t("room.swap"), shown: front && occupied, run: () => swap(this.room) },
      { key: "e", label: t("room.edit"), shown: front && occupied, run: () => editGuest(this.room, this.room.guests[0]) },
      { key: "b", label: t("room.bill"), shown: front && occupied, run: () => showBill(this.room.guests[0].id) },
    ];
  }

  /** They are looked up when pressed: what can be done changes. */
  keys() {
    const run = (key) => () => {
      const wanted = this.actions().find((one) => one.key === key && one.shown);
      if (wanted && house.connected) doNow(wanted.run);
    };
    const label = (key) => this.actions().find((one) => one.key === key && one.shown)?.label;
    const switches = may(FRONT) ? [["d", t("room.dnd"), "dnd"], ["l", t("room.lamp"), "lamp"], ["h", t("room.housekeeping"), "housekeeping"], ["k", t("room.class"), "class"]] : [];
    return [
      { key: "Escape", text: t("room.close"), run: ({ target }) => this.leave(target), typing: true },
      ...this.actions().map(({ key }) => ({ key, run: run(key), get text() { return label(key); } })),
      ...switches.map(([key, text, name]) => ({ key, text, run: () => this.flip(name) })),
    ];
  }

  /** What is half written is not lost by a slip: the first Escape only leaves its field. */
  leave(target) {
    const written = this.element.contains(target) && target.matches("textarea, input:not([type=checkbox])") && target.value;
    if (written) this.element.focus();
    else this.close();
  }

  /** A switch is switched; a choice gets the focus. */
  flip(name) {
    const control = this.element.querySelector(`[data-focus="${name}"]`);
    if (control.matches("select")) control.focus();
    else control.click();
  }

  jump(id) {
    const field = this.element.querySelector(`#${id}`);
    field.scrollIntoView({ block: "center" });
    field.focus();
  }
}
