// The bench's page: fetches what there is, follows what changes, and holds the one telephone (or company line) at the
// visitor's ear.

import { bench, follow } from "/static/api.js";
import { Line } from "/static/line.js";
import { LANGUAGES, chooseLanguage, text } from "/static/i18n.js";
import { Phone } from "/static/phone.js";
import { Pms } from "/static/pms.js";
import { Handset, wake } from "/static/sound.js";

const byId = (id) => document.getElementById(id);
const phones = new Map();
const lines = new Map();
const systems = new Map();
let leds = {};
let lit = {};
let highway = {};
let powered = true;

/** What all telephones and lines of the page share. */
const desk = {
  bells: true,
  held: null,
  live: null,
  speaking: false,

  /** Hold this telephone to the ear; the one before is laid aside. */
  take(phone) {
    if (this.held === phone && this.live) return;
    this.drop();
    this.held = phone;
    this.live = new Handset(phone.path, (level) => phone.level(level));
    const { live } = this;
    live.socket.addEventListener("close", () => this.live === live && this.drop());
    phone.held(true, false);
  },

  drop() {
    this.live?.close();
    this.held?.held(false, false);
    this.live = this.held = null;
    this.speaking = false;
  },

  /** Speak into this telephone with the computer's microphone, or stop it. */
  async speak(phone) {
    this.take(phone);
    const live = this.live;
    if (this.speaking) {
      live.closeMicrophone();
      this.speaking = false;
    } else {
      try {
        await live.openMicrophone();
        if (this.live !== live) return live.closeMicrophone(); // laid aside meanwhile
        this.speaking = true;
      } catch {
        this.trouble(new Error(text("no_microphone")));
      }
    }
    return phone.held(true, this.speaking);
  },

  trouble(error) {
    const line = byId("trouble");
    line.textContent = error.message;
    line.hidden = false;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => (line.hidden = true), 5000);
  },
};

function showStation(known, place, Kind, view) {
  let station = known.get(view.port);
  if (!station) {
    station = new Kind(view.port, view, desk);
    station.index = known.size;
    known.set(view.port, station);
    byId(place).append(station.card);
    station.translate();
  } else {
    station.show(view);
  }
  if (!station.lifted && desk.held === station) desk.drop();
}

const showPhone = (view) => showStation(phones, "phones", Phone, view);

function showLine(view) {
  showStation(lines, "lines", Line, view);
  byId("company").hidden = false;
}

function showPms(view) {
  if (systems.has(view.name)) return systems.get(view.name).show(view);
  const system = new Pms(view, desk);
  systems.set(view.name, system);
  byId("systems").append(system.card);
  byId("hotel").hidden = false;
  return system.translate();
}

/** The next thing to try, for somebody who sees this for the first time. */
function showHint() {
  const all = [...phones.values()];
  const [first, second] = all.filter((phone) => phone.view.label);
  const ringing = all.find((phone) => phone.view.ringing);
  const lifted = all.filter((phone) => phone.lifted);
  const refused = lifted.find((phone) => ["busy", "congestion", "howler"].includes(phone.view.hearing.signal));
  const called = [...lines.values()].find((line) => line.view.state === "dialled");
  const outside = [...lines.values()].some((line) => line.view.state.startsWith("talking"));
  let line = first && second ? text("hint", { from: first.number, to: second.number }) : text("hint_plain");
  if (!powered) line = text("hint_power");
  else if (ringing) line = text("hint_answer", { to: ringing.number });
  else if (refused) line = text("hint_replace", { from: refused.number });
  else if (called) line = text("hint_company", { line: called.label, number: called.view.digits });
  else if (lifted.length + outside > 1) line = text("hint_talk");
  else if (lifted.length === 1) {
    const other = [first, second].find((phone) => phone && phone !== lifted[0]);
    if (other) line = text("hint_dial", { from: lifted[0].number, to: other.number });
  }
  if (byId("hint").textContent !== line) byId("hint").textContent = line;
  desk.hinted = ringing ?? refused ?? called ?? (lifted.length ? lifted[0] : first);
}

function showBox() {
  byId("leds").replaceChildren(
    ...Object.entries(leds).map(([name, led]) => {
      const light = document.createElement("span");
      const colors = led.color?.split("+") ?? [];
      light.className = lit[name] ? `led lit ${lit[name].split("+").at(-1)}` : "led";
      const label = text(`led.${name}`);
      const shown = led.state === "off" ? [] : colors.map((color) => text(`color.${color}`));
      light.title = [`${label}:`, ...shown, text(led.state), ...(led.hz ? [text("hertz", { hz: led.hz })] : [])].join(" ");
      light.append(Object.assign(document.createElement("i"), { ariaHidden: "true" }), label);
      return light;
    }),
  );
  byId("power").setAttribute("aria-checked", String(powered));
  document.body.classList.toggle("dark-box", !powered);
  byId("counters").replaceChildren(
    ...["blocks", "underruns", "own_late"].map((name) => {
      const pair = document.createElement("div");
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = text(name);
      value.textContent = (highway[name] ?? 0).toLocaleString(document.documentElement.lang);
      value.className = name !== "blocks" && highway[name] > 0 ? "counted" : "";
      pair.append(term, value);
      return pair;
    }),
  );
}

function translate() {
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const station of [...phones.values(), ...lines.values(), ...systems.values()]) station.translate();
  showHint();
  showBox();
}

async function refresh() {
  const all = await bench.everything();
  leds = all.leds;
  highway = all.highway;
  powered = (all.power ?? "on") === "on";
  const views = { ...all.phones, ...all.lines };
  const changed = [...phones, ...lines].some(([port, station]) => !views[port] || (views[port].label ?? port) !== station.label);
  if (changed) return location.reload(); // another hotel has been plugged in
  for (const view of Object.values(all.phones)) if (!phones.has(view.port)) showPhone(view);
  for (const view of Object.values(all.lines)) if (!lines.has(view.port)) showLine(view);
  for (const view of Object.values(all.pms)) if (!systems.has(view.name)) showPms(view);
  showHint();
  return showBox();
}

function connected(yes) {
  document.body.classList.toggle("lost", !yes);
  if (yes) return;
  desk.trouble(new Error(text("lost")));
}

/** The box's button: down as long as a pointer or a key holds it. */
function holdable(button) {
  const press = (down) => {
    if (down === button.classList.contains("down")) return;
    button.classList.toggle("down", down);
    bench.button(down ? "down" : "up").catch((error) => desk.trouble(error));
  };
  button.addEventListener("pointerdown", (event) => {
    button.setPointerCapture(event.pointerId);
    press(true);
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) button.addEventListener(end, () => press(false));
  for (const [name, down] of [["keydown", true], ["keyup", false]]) {
    button.addEventListener(name, (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      press(down);
    });
  }
}

function start() {
  const select = byId("language");
  for (const [code, name] of Object.entries(LANGUAGES)) select.append(new Option(name, code));
  select.value = chooseLanguage(new URLSearchParams(location.search).get("lang"));
  select.addEventListener("change", () => {
    chooseLanguage(select.value);
    translate();
  });
  byId("bells").addEventListener("change", (event) => {
    wake();
    desk.bells = event.target.checked;
    for (const phone of phones.values()) phone.show(phone.view);
  });
  byId("power").addEventListener("click", async () => {
    await bench.power(powered ? "off" : "on").catch((error) => desk.trouble(error));
    refresh().catch((error) => desk.trouble(error));
  });
  holdable(byId("button"));
  byId("hint").addEventListener("click", () => desk.hinted?.card.scrollIntoView({ behavior: "smooth", block: "center" }));
  document.addEventListener("pointerdown", () => wake(), { once: true });
  translate();
  refresh().catch((error) => desk.trouble(error));
  follow({
    phone: (view) => {
      showPhone(view);
      showHint();
    },
    line: (view) => {
      showLine(view);
      showHint();
    },
    led: (all) => {
      leds = all;
      showBox();
    },
    lit: (colors) => {
      lit = colors;
      showBox();
    },
    pms: showPms,
    state: connected,
  });
  setInterval(() => [...phones.values(), ...lines.values()].forEach((station) => station.tell()), 1000);
  setInterval(() => refresh().catch(() => {}), 3000);
}

start();
