// What a telephone and a company line have in common on the page: people can be heard there, and spoken to.

import { make } from "/static/dom.js";
import { hearingText, text } from "/static/i18n.js";

/** Whoever extends it has `card`, its element, and `show(view)`, which draws it as it is now. */
export class Station {
  /** `kind`: "phones" or "lines"; `desk` is the page: `desk.take(station)`, `desk.speak(station)`, `desk.trouble(error)`. */
  constructor(port, kind, view, desk) {
    this.port = port;
    this.path = `${kind}/${port}`;
    this.desk = desk;
    this.label = view.label ?? port;
    this.view = view;
    this.seen = performance.now();
  }

  /** Makes what tells of the sound, and its buttons; `play` plays a tune there. */
  makeHearing(play) {
    this.words = make("p", { class: "words" });
    this.meter = make("span", { class: "meter", "aria-hidden": "true" });
    this.ear = make("button", { type: "button", class: "icon ear", "aria-pressed": "false" });
    this.microphone = make("button", { type: "button", class: "icon microphone", "aria-pressed": "false" });
    this.tune = make("button", { type: "button", class: "icon tune" });
    this.ear.addEventListener("click", () => this.desk.take(this));
    this.microphone.addEventListener("click", () => this.desk.speak(this));
    this.tune.addEventListener("click", play);
  }

  /** The buttons can be pressed while there is something to hear. */
  allowHearing(allowed) {
    for (const button of [this.tune, this.ear, this.microphone]) button.disabled = !allowed;
  }

  /** In words what is heard, and for how long; `before` comes first. */
  tellHeard(before = "") {
    const { hearing } = this.view;
    const seconds = Math.floor((hearing.since_ms + performance.now() - this.seen) / 1000);
    const lasting = hearing.signal && seconds > 0 ? ` ·\u00a0${text("seconds", { seconds })}` : "";
    this.words.textContent = `${before}${text("hears")}: ${hearingText(hearing)}${lasting}`;
    this.words.title = `${hearing.now} / ${hearing.signal ?? "-"}`;
  }

  /** It is (or is not) at the visitor's ear. */
  held(atEar, speaking) {
    this.card.classList.toggle("at-ear", atEar);
    this.ear.setAttribute("aria-pressed", String(atEar));
    this.microphone.setAttribute("aria-pressed", String(atEar && speaking));
  }

  level(value) {
    this.meter.style.setProperty("--level", value.toFixed(2));
  }

  /** Everything in the language of the page. */
  translate() {
    this.ear.title = text("listen");
    this.microphone.title = navigator.mediaDevices ? text("speak") : text("no_microphone");
    this.tune.title = text("tune");
    for (const button of [this.ear, this.microphone, this.tune]) button.setAttribute("aria-label", button.title);
    for (const element of this.card.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
    this.show(this.view);
  }
}
