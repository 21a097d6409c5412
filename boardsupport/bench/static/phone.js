// One telephone on the page: its drawing, its buttons, and what a person does with them.

import { bench } from "/static/api.js";
import { choice, make, row } from "/static/dom.js";
import { drawTelephone } from "/static/drawing.js";
import { text } from "/static/i18n.js";
import { ringBell, tuneWav, wake } from "/static/sound.js";
import { Station } from "/static/station.js";

const FAULTS = ["none", "open", "short", "foreign-voltage", "overload"];

export class Phone extends Station {
  /** Of the page also `desk.bells`: whether they are heard. */
  constructor(port, view, desk) {
    super(port, "phones", view, desk);
    this.number = this.label.split(" ")[0];
    this.digits = Promise.resolve();
    this.stopBell = null;
    this.#build();
    this.show(view);
  }

  get lifted() {
    return this.view.hook === "off";
  }

  // --- what a person does

  async toggle() {
    wake();
    const lifting = !this.lifted;
    try {
      this.show(lifting ? await bench.lift(this.port) : await bench.replace(this.port));
      if (lifting) this.desk.take(this);
    } catch (error) {
      this.desk.trouble(error);
    }
  }

  /** Digits go out one after the other, however fast they are pressed. */
  press(key) {
    wake();
    this.#flashKey(key);
    if (!this.lifted) {
      this.card.classList.remove("nudge");
      void this.card.offsetWidth; // restarts the animation
      this.card.classList.add("nudge");
      return;
    }
    this.#do(() => (key === "R" ? bench.flash(this.port) : bench.dial(this.port, key, this.mode.value === "pulse")));
  }

  #do(action) {
    this.digits = this.digits.then(() => (this.lifted ? action() : null)).catch((error) => this.desk.trouble(error));
  }

  #flashKey(key) {
    const pressed = this.parts.keypad.querySelector(`[data-key="${CSS.escape(key)}"]`);
    pressed?.classList.add("pressed");
    setTimeout(() => pressed?.classList.remove("pressed"), 140);
  }

  // --- what is seen

  show(view) {
    this.view = view;
    this.seen = performance.now();
    const { card, parts } = this;
    card.classList.toggle("lifted", this.lifted);
    card.classList.toggle("ringing", view.ringing);
    card.classList.toggle("striking", view.striking ?? view.ringing);
    parts.handset.setAttribute("aria-checked", String(this.lifted));
    parts.svg.setAttribute("aria-label", this.label);
    const caller = view.caller_id;
    parts.number.textContent = caller?.number ?? "";
    parts.name.textContent = caller?.name ?? "";
    parts.time.textContent = caller?.time?.slice(-5) ?? "";
    parts.lamp.classList.toggle("lit", view.lamp !== "off");
    parts.lampTitle.textContent = `${text("lamp")}: ${view.lamp === "off" ? text("off") : `${text("lit")} (${view.lamp})`}`;
    this.hook.textContent = text(this.lifted ? "replace" : "lift");
    this.hook.classList.toggle("down", this.lifted);
    this.allowHearing(this.lifted);
    this.fault.value = view.fault ?? "none";
    this.card.classList.toggle("faulty", (view.fault ?? "none") !== "none");
    this.poles.textContent = text(view.polarity);
    this.tell();
    this.#bell((view.striking ?? view.ringing) && !this.lifted);
  }

  /** The line in words; called once a second too, since it counts the seconds. */
  tell() {
    const { view } = this;
    if (this.lifted) {
      this.tellHeard();
      return;
    }
    this.words.textContent = view.ringing ? text("ringing") : text("on_hook");
    this.words.title = view.ring_cadence_ms ? `${view.ring_cadence_ms.join("/")} ms` : "";
  }

  #bell(rings) {
    if (rings && this.desk.bells && !this.stopBell) this.stopBell = ringBell(900 + ((this.index ?? 0) % 5) * 70);
    if ((!rings || !this.desk.bells) && this.stopBell) {
      this.stopBell();
      this.stopBell = null;
    }
  }

  translate() {
    const { parts } = this;
    parts.handset.setAttribute("aria-label", text("handset_of", { name: this.label }));
    for (const key of parts.keypad.children) key.setAttribute("aria-label", key.dataset.key === "R" ? text("flash") : key.dataset.key);
    super.translate();
  }

  // --- how it is built

  #build() {
    this.parts = drawTelephone(this.number);
    const { svg, handset, keypad } = this.parts;
    handset.addEventListener("click", () => this.toggle());
    keypad.addEventListener("click", (event) => {
      const key = event.target.closest(".key");
      if (key) this.press(key.dataset.key);
    });
    this.makeHearing(() => this.#do(() => bench.play(this.port, tuneWav())));
    this.hook = make("button", { type: "button", class: "hook" });
    this.hook.addEventListener("click", () => this.toggle());
    const name = this.label.slice(this.number.length).trim();
    this.card = make("article", { class: "card", tabindex: "0", "aria-label": this.label },
      make("header", {}, make("h3", {}, this.number, ...(name ? [make("small", {}, name)] : [])), make("span", { class: "port" }, this.port)),
      svg,
      make("div", { class: "heard" }, this.words, this.meter),
      make("div", { class: "buttons" }, this.hook, this.ear, this.microphone, this.tune),
      this.#details()); // prettier-ignore
    this.card.addEventListener("keydown", (event) => this.#key(event));
  }

  #details() {
    this.mode = make("select", {}, make("option", { value: "dtmf", "data-text": "tones" }), make("option", { value: "pulse", "data-text": "pulses" }));
    this.fault = choice(FAULTS, "fault.");
    this.fault.addEventListener("change", () => bench.fault(this.port, this.fault.value).catch((error) => this.desk.trouble(error)));
    this.poles = make("span");
    return make("details", {}, make("summary", { "data-text": "more" }), row("dialling", this.mode), row("fault", this.fault), row("polarity", this.poles));
  }

  #key(event) {
    if (event.target !== this.card || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "enter" || key === " ") this.toggle();
    else if (key === "f") this.press("R");
    else if ("0123456789*#".includes(key)) this.press(key);
    else return;
    event.preventDefault();
  }
}
