// The hotel's system on the page: what its clerk does, and what it knows, books and says.

import { bench } from "/static/api.js";
import { choice, make, row } from "/static/dom.js";
import { text } from "/static/i18n.js";

const ANSWERS = ["OK", "lose", "late", "cut", "NG", "NA", "RY", "UR"];
const LINKS = ["cut", "refuse", "silent", "end", "open"];
const FIAS_ALONE = ["end"];
const MOST_ROOMS = 200;
const POSTINGS = ["number", "room", "amount", "dialled", "duration", "repeats"];
/** What a code of housekeeping says, by protocol. */
const STATUSES = {
  fias: { 1: "dirty", 2: "dirty", 3: "clean", 4: "clean", 5: "inspected", 6: "inspected", 8: "disturb_not", 9: "make_up", 10: "no_request" },
  mitel: { 1: "service", 2: "clean", 3: "dirty", 4: "out_of_order", 5: "to_inspect", 6: "clean", 7: "dirty", 8: "clean", 9: "dirty" },
}; // prettier-ignore

/** HHMM of HHMMSS as a clock shows it. */
const clock = (time) => `${time.slice(0, 2)}:${time.slice(2, 4)}`;

/** A wake-up's time; after it was rung, with the exchange's answer. */
const wakeUp = (order) => (order.state === "ordered" ? clock(order.time) : `${clock(order.time)} ${order.state}`);

export class Pms {
  /** `desk` is the page, as for a telephone. */
  constructor(view, desk) {
    this.name = view.name;
    this.desk = desk;
    this.view = view;
    this.#build(view.protocol === "fias");
    this.show(view);
  }

  async #do(verb, body = {}) {
    try {
      await bench.pms(this.name, verb, body);
    } catch (error) {
      this.desk.trouble(error);
    }
  }

  /** A verb about the room that is named in the panel. */
  #inRoom(verb, more = {}) {
    return this.#do(verb, { room: this.room.value.trim(), ...more });
  }

  #guest() {
    return this.guest.value.trim() ? { name: this.guest.value.trim() } : {};
  }

  // --- what is seen

  show(view) {
    this.view = view;
    const wire = view.wire === "open" ? [] : [text(`wire.${view.wire}`)];
    this.state.textContent = [text(`pms_state.${view.state}`), ...wire].join(", ");
    this.card.classList.toggle("link-alive", view.state === "alive");
    this.violations.textContent = view.violation_count ? `${text("pms.violations")}: ${view.violation_count}` : "";
    this.violations.title = view.violations.map((each) => `${each.fault}  ${each.record}`).join("\n");
    this.booked.textContent = `(${view.booked})`;
    this.#fill(this.rooms, this.#roomRows(view.rooms));
    this.#fill(this.postings, this.#postingRows(view.postings));
    this.records.replaceChildren(
      ...view.records.toReversed().map((record) => {
        const arrow = record.way === "out" ? "→" : "←";
        return make("li", { class: record.way }, `${record.at.slice(11, 19)} ${arrow} ${record.text}`);
      }),
    );
  }

  #postingRows(postings) {
    const shown = postings.map((posting) => ({ ...posting, duration: posting.duration?.match(/../g).join(":") }));
    return shown.toReversed().map((posting) => POSTINGS.map((key) => posting[key] ?? ""));
  }

  /** Those where somebody stays first. */
  #roomRows(rooms) {
    const vacant = ([, room]) => Number(room.guests.length === 0);
    const sorted = Object.entries(rooms).sort((one, other) => vacant(one) - vacant(other));
    return sorted.slice(0, MOST_ROOMS).map(([number, room]) => [
      number,
      room.guests.map((guest) => guest.name ?? guest.key).join(", "),
      room.wake_ups.filter((order) => order.state !== "cleared").map(wakeUp).join(", "),
      room.lamp ? text("lit") : "",
      this.#status(room.status),
    ]);
  }

  /** The code and its word. */
  #status(code) {
    const word = STATUSES[this.view.protocol]?.[code];
    return word ? `${code} ${text(`status.${word}`)}` : (code ?? "");
  }

  #fill(body, rows) {
    const cells = rows.map((each) => make("tr", {}, ...each.map((cell) => make("td", {}, String(cell)))));
    const none = () => make("tr", {}, make("td", { colspan: body.dataset.columns }, text("pms.none")));
    body.replaceChildren(...(cells.length ? cells : [none()]));
  }

  translate() {
    for (const element of this.card.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
    for (const field of this.card.querySelectorAll("[data-name]")) {
      field.placeholder = text(field.dataset.name);
      field.title = field.placeholder;
      field.setAttribute("aria-label", field.placeholder);
    }
    this.show(this.view);
  }

  // --- how it is built

  #build(fias) {
    this.state = make("span", { class: "link-state", role: "status" });
    this.violations = make("p", { class: "counted" });
    this.card = make("article", { class: "card pms", "aria-label": this.name },
      make("header", {}, make("h3", {}, this.name, make("small", {}, this.view.protocol.toUpperCase())), make("span", { class: "port" }, this.view.address.split("/").at(-1))),
      make("p", { class: "words" }, this.state),
      this.violations,
      make("div", { class: "asked" }, ...this.#clerk(fias)),
      this.#details(fias),
      ...this.#tables()); // prettier-ignore
  }

  #field(word, attributes) {
    return make("input", { "data-name": word, ...attributes });
  }

  #button(word, act) {
    const button = make("button", { type: "button", "data-text": word });
    button.addEventListener("click", act);
    return button;
  }

  #buttons(...each) {
    return make("div", { class: "buttons wrap" }, ...each);
  }

  #clerk(fias) {
    this.room = this.#field("pms.room", { type: "text", maxlength: "16", value: "203", inputmode: "numeric" });
    this.guest = this.#field("pms.name", { type: "text", maxlength: "80", value: "Holm" });
    this.to = this.#field("pms.to", { type: "text", maxlength: "16", value: "202", inputmode: "numeric" });
    this.time = this.#field("pms.wake_up", { type: "time", value: "06:45" });
    const rows = [
      make("div", { class: "pair" }, this.room, this.guest),
      this.#buttons(
        this.#button("pms.check_in", () => this.#inRoom("check-in", this.#guest())),
        this.#button("pms.share", () => this.#inRoom("share", this.#guest())),
        this.#button("pms.check_out", () => this.#checkOut()),
      ),
      make("div", { class: "with-buttons" }, this.to, this.#button("pms.move", () => this.#move())),
      make("div", { class: "with-buttons" }, this.time,
        this.#button("pms.set", () => this.#inRoom("wake-up", { time: this.time.value })),
        this.#button("pms.clear", () => this.#inRoom("wake-up-clear"))),
      this.#named("pms.lamp",
        this.#button("pms.lamp_on", () => this.#inRoom("equipment", { lamp: true })),
        this.#button("pms.lamp_off", () => this.#inRoom("equipment", { lamp: false }))),
    ]; // prettier-ignore
    return fias ? [...rows, this.#messages()] : rows;
  }

  /** The guest who is named, if the room has several and he is one of them; else the only one. */
  #key() {
    const guests = this.view.rooms[this.room.value.trim()]?.guests ?? [];
    const named = guests.find((guest) => guest.name === this.guest.value.trim());
    return guests.length > 1 && named ? { key: named.key } : {};
  }

  #checkOut() {
    return this.#inRoom("check-out", this.#key());
  }

  #move() {
    return this.#do("move", { from: this.room.value.trim(), to: this.to.value.trim(), ...this.#key() });
  }

  #messages() {
    this.words = this.#field("pms.message", { type: "text", maxlength: "200" });
    const send = () => this.#inRoom("message", { text: this.words.value.trim(), ...this.#key() });
    this.words.addEventListener("keydown", (event) => event.key === "Enter" && send());
    return make("div", { class: "with-buttons" }, this.words, this.#button("pms.send", send));
  }

  #named(word, ...controls) {
    return make("div", { class: "with-buttons" }, make("span", { "data-text": word }), ...controls);
  }

  #details(fias) {
    const links = LINKS.filter((state) => fias || !FIAS_ALONE.includes(state));
    const parts = [
      this.#buttons(this.#button("pms.resync", () => this.#do("resync"))),
      make("div", { class: "named", "data-text": "pms.link" }),
      this.#buttons(
        ...links.map((state) => this.#button(`link.${state}`, () => this.#do("link", { state }))),
        this.#button("pms.garbage", () => this.#do("send", { garbage: 60, frames: 100, seed: Date.now() % 2 ** 31 })),
      ),
    ];
    if (fias) parts.unshift(this.#answers(), this.#audit());
    return make("details", { open: "" }, make("summary", { "data-text": "more" }), ...parts);
  }

  #answers() {
    const plan = choice(ANSWERS, "answer.");
    plan.addEventListener("change", () => this.#do("answers", { next: plan.value === "OK" ? [] : [plan.value] }));
    return row("pms.answer", plan);
  }

  #audit() {
    return this.#named("pms.audit",
      this.#button("pms.begin", () => this.#do("night-audit", { state: "begin" })),
      this.#button("pms.end", () => this.#do("night-audit", { state: "end" }))); // prettier-ignore
  }

  #tables() {
    this.booked = make("span");
    this.rooms = make("tbody");
    this.postings = make("tbody");
    this.records = make("ol", { class: "records" });
    const table = (body, ...heads) => {
      body.dataset.columns = heads.length;
      const cells = heads.map((word) => make("th", { scope: "col", "data-text": word }));
      return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...cells)), body));
    };
    return [
      make("h4", { "data-text": "pms.rooms" }),
      table(this.rooms, "pms.room", "pms.guests", "pms.wake_ups", "pms.lamp", "pms.status"),
      make("h4", {}, make("span", { "data-text": "pms.postings" }), " ", this.booked),
      table(this.postings, ...POSTINGS.map((key) => `pms.${key}`)),
      make("h4", { "data-text": "pms.records" }),
      this.records,
    ];
  }
}
