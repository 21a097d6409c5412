// One company line on the page: the telephone company's side of it, worked by the visitor.

import { bench } from "/static/api.js";
import { choice, make, row } from "/static/dom.js";
import { drawExchange } from "/static/exchange.js";
import { text } from "/static/i18n.js";
import { tuneWav, wake } from "/static/sound.js";
import { Station } from "/static/station.js";

const CALLER_IDS = ["fsk-after", "fsk-before", "dtmf", "none"];
const HANG_UPS = ["busy-tone", "loop-break", "reversal", "dial-tone", "silent"];
const TONES = ["none", "ringback", "busy", "congestion"];
const TONE_STATES = ["seized", "dialled", "talking-in", "talking-out", "cleared"];

export class Line extends Station {
  constructor(port, view, desk) {
    super(port, "lines", view, desk);
    this.#build();
    this.show(view);
  }

  /** Somebody can be heard here. */
  get lifted() {
    return this.view.seized;
  }

  get #dialled() {
    return this.view.state === "dialled";
  }

  /** A caller of ours waits for somebody to take the call, or to come back to it. */
  get #waiting() {
    return this.view.ringing || this.view.state === "held";
  }

  get #idle() {
    return this.view.state === "idle";
  }

  // --- what a person does

  /** The next thing that the company's side does: call, answer, or hang up. */
  async act() {
    wake();
    const { view } = this;
    const answers = this.#dialled;
    if (this.#idle) await this.#do(() => bench.ring(this.port, this.#call()));
    else if (answers) await this.#do(() => bench.answer(this.port, this.reversal.checked));
    else await this.#do(() => bench.hangUp(this.port, this.how.value));
    if (answers && this.view !== view && this.lifted) this.desk.take(this);
  }

  #call() {
    return {
      number: this.number.value.trim() || null,
      name: this.name.value.trim() || null,
      caller_id: this.kind.value,
      ...(this.rings.value && { rings: Number(this.rings.value) }),
    };
  }

  async #do(action) {
    try {
      const view = await action();
      if (view.port) this.show(view);
    } catch (error) {
      this.desk.trouble(error);
    }
  }

  // --- what is seen

  show(view) {
    this.view = view;
    this.seen = performance.now();
    const { card, parts } = this;
    card.classList.toggle("lifted", view.seized);
    card.classList.toggle("ringing", view.ringing);
    card.classList.toggle("striking", view.striking);
    card.classList.toggle("unplugged", !view.plugged);
    parts.svg.setAttribute("aria-label", this.label);
    parts.plug.setAttribute("aria-checked", String(view.plugged));
    parts.digits.textContent = (view.caller ? (view.caller.number ?? "?") : view.digits).slice(-13);
    parts.name.textContent = view.caller?.name ?? "";
    this.main.textContent = text(this.#idle ? "ring_in" : this.#dialled ? "answer" : this.#waiting ? "give_up" : "hang_up");
    this.main.classList.toggle("down", !this.#idle && !this.#dialled);
    this.main.disabled = this.#idle && !view.plugged;
    this.allowHearing(view.seized);
    this.incoming.hidden = !this.#idle;
    this.answering.hidden = !this.#dialled;
    this.ending.hidden = this.#idle || this.#dialled || this.#waiting;
    this.tone.value = view.tone in { ringback: 1, busy: 1, congestion: 1 } ? view.tone : "none";
    this.tone.disabled = !TONE_STATES.includes(view.state);
    this.dialTone.checked = view.dial_tone;
    this.parallel.checked = view.parallel;
    this.plugged.checked = view.plugged;
    this.poles.textContent = `${text(view.polarity)}, ${Math.abs(view.voltage)}\u00a0V, ${view.current_ma}\u00a0mA`;
    this.tell();
  }

  #state() {
    return this.view.plugged ? text(`state.${this.view.state}`) : text("dead");
  }

  /** The line in words; called once a second too, since it counts the seconds. */
  tell() {
    if (this.lifted) {
      this.tellHeard(`${this.#state()}. `);
      return;
    }
    this.words.textContent = this.#state();
    this.words.title = "";
  }

  translate() {
    this.parts.title.textContent = text("plug_of", { name: this.label });
    this.parts.plug.setAttribute("aria-label", this.parts.title.textContent);
    this.number.placeholder = text("number");
    this.name.placeholder = text("name");
    for (const field of [this.number, this.name]) field.setAttribute("aria-label", field.placeholder);
    super.translate();
  }

  // --- how it is built

  #build() {
    this.parts = drawExchange();
    this.makeHearing(() => this.#do(() => bench.playLine(this.port, tuneWav())));
    this.main = make("button", { type: "button", class: "hook" });
    this.parts.plug.addEventListener("click", () => this.#plug(!this.view.plugged));
    this.main.addEventListener("click", () => this.act());
    this.card = make("article", { class: "card line", "aria-label": this.label },
      make("header", {}, make("h3", {}, this.label), make("span", { class: "port" }, this.port)),
      this.parts.svg,
      make("div", { class: "heard" }, this.words, this.meter),
      this.#asked(),
      make("div", { class: "buttons" }, this.main, this.ear, this.microphone, this.tune),
      this.#details()); // prettier-ignore
  }

  /** What goes with the button: how to call, to answer, or to hang up. */
  #asked() {
    this.number = make("input", { type: "tel", maxlength: "20", value: "0224567890" });
    this.name = make("input", { type: "text", maxlength: "50", value: "Jan Kowalski" });
    this.kind = choice(CALLER_IDS, "caller_id.");
    this.rings = make("input", { type: "number", min: "1", max: "60", placeholder: "∞" });
    this.reversal = make("input", { type: "checkbox", checked: "" });
    this.how = choice(HANG_UPS, "how.");
    this.tone = choice(TONES, "tone.");
    this.tone.addEventListener("change", () => this.#do(() => bench.alert(this.port, this.tone.value)));
    for (const field of [this.number, this.name]) {
      field.addEventListener("keydown", (event) => event.key === "Enter" && this.act());
    }
    this.incoming = make("div", { class: "asked" }, make("div", { class: "pair" }, this.number, this.name), row("caller_id", this.kind), row("rings", this.rings));
    this.answering = make("div", { class: "asked" }, row("plays", this.tone), row("reversal", this.reversal));
    this.ending = make("div", { class: "asked" }, row("how", this.how));
    return make("div", { class: "asking" }, this.incoming, this.answering, this.ending);
  }

  #details() {
    const box = (changed) => {
      const input = make("input", { type: "checkbox" });
      input.addEventListener("change", () => changed(input.checked));
      return input;
    };
    this.plugged = box((on) => this.#plug(on));
    this.dialTone = box((on) => this.#do(() => bench.exchange(this.port, on)));
    this.parallel = box((on) => this.#do(() => bench.parallel(this.port, on)));
    this.poles = make("span");
    return make("details", {}, make("summary", { "data-text": "more" }), row("plugged", this.plugged), row("dial_tone", this.dialTone), row("parallel", this.parallel), row("polarity", this.poles));
  }

  #plug(on) {
    return this.#do(() => bench.plug(this.port, on));
  }
}
