// What is around every page: the header with the house's clock and its alarms, the navigation, banners.

import { send } from "./api.js";
import { busy, say } from "./dialog.js";
import { askTelephone } from "./dial.js";
import { fill, h } from "./dom.js";
import { house } from "./house.js";
import { keys, showKeys } from "./keys.js";
import { session } from "./session.js";
import { followAlarms, mute, onSound, soundState, unlock } from "./sound.js";
import { LANGUAGES, fault, language, speak, t, wallClock } from "./text.js";

let links = [];
let wasLost = false;
let named = "Night Porter";

/** Draws everything around the page; `shown`: the pages of the navigation. */
export async function drawShell(shown) {
  links = shown.map((page) => h("a", { href: `#/${page.name}`, class: "nav-link", "data-page": page.name }, t(page.key)));
  const menu = h("button", { type: "button", class: "button button-quiet menu-button", "aria-expanded": "false", "aria-controls": "nav",
    onclick: () => openMenu(document.body.dataset.menu !== "open") }, "☰", h("span", {}, t("common.menu")));
  const skip = h("a", { class: "skip", href: "#main", onclick: (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  } }, t("common.skip"));
  fill(document.body, skip, h("header", { class: "top" }, menu, brand(), h("div", { class: "top-end" }, alarmLink(), soundButton(), clockFace(), account())),
    h("div", { id: "banners", class: "banners", role: "status", "aria-live": "polite" }),
    h("nav", { id: "nav", class: "nav", "aria-label": t("common.menu") }, h("ul", {}, links.map((link) => h("li", {}, link)))),
    h("main", { id: "main", tabindex: -1 }));
  house.on(["alarm", "connection"], showAlarms);
  house.on(["connection", "health"], showBanners);
  house.on(["connection"], ([{ value }]) => value && wasLost && say(t("common.connection-back")));
  house.on(["connection"], () => { wasLost = isLost(); });
  keys(t("common.everywhere"), [{ key: "?", text: t("common.keys"), run: showKeys }]);
  setInterval(tick, 1000);
  closeByItself(document.querySelector(".account"));
  followAlarms();
  showAlarms();
  showBanners();
  tick();
}

/** Marks the page that is shown in the navigation and in the window's title. */
export function markPage(page) {
  links.forEach((link) => {
    if (link.dataset.page === page.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  named = `${t(page.key)} – Night Porter`;
  showTitle(unseen());
  openMenu(false);
}

function openMenu(isOpen) {
  document.body.dataset.menu = isOpen ? "open" : "closed";
  document.querySelector(".menu-button")?.setAttribute("aria-expanded", String(isOpen));
}

/** What is folded out closes on Escape, and when somebody does something else. */
function closeByItself(details) {
  document.addEventListener("pointerdown", ({ target }) => details.contains(target) || (details.open = false));
  window.addEventListener("hashchange", () => { details.open = false; });
  details.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    details.open = false;
    details.querySelector("summary").focus();
  });
}

function brand() {
  return h("a", { class: "brand", href: "#/" }, h("span", { class: "moon", "aria-hidden": "true" }),
    h("span", { class: "brand-house" }, house.health?.hotel.name ?? "Night Porter"));
}

// ------------------------------------------------------------------------------------------------------------ clock

function clockFace() {
  return h("time", { class: "clock" }, h("span", { class: "clock-time" }), h("span", { class: "clock-day" }));
}

function tick() {
  if (!house.health) return; // the zone is not known yet
  const shown = wallClock(house.now(), house.health?.clock.zone);
  const face = document.querySelector(".clock");
  if (face.dateTime === shown.iso) return;
  face.dateTime = shown.iso;
  fill(face.querySelector(".clock-time"), shown.clock);
  fill(face.querySelector(".clock-day"), shown.day);
}

// ----------------------------------------------------------------------------------------------------------- alarms

function alarmLink() {
  return h("a", { class: "alarm-count", href: "#/desk", hidden: true });
}

/** None while it rests: there may be others meanwhile. */
const unseen = () => (house.resting ? [] : [...house.alarms.values()].filter((alarm) => !alarm.acknowledged));

/** The number of alarms, too: of a tab that is in the background only its title is seen. */
function showTitle(open) {
  document.title = open.length ? `(${open.length}) ${named}` : named;
}

function showAlarms() {
  const open = unseen();
  showTitle(open);
  const link = document.querySelector(".alarm-count");
  link.hidden = !open.length;
  link.classList.toggle("urgent", open.some(({ kind }) => kind === "emergency-call" || kind === "wakeup-failed"));
  fill(link, h("span", { "aria-hidden": "true" }, "▲ "), t("common.alarms", { count: open.length }));
}

function soundButton() {
  const button = h("button", { type: "button", class: "button button-quiet sound" });
  button.addEventListener("click", async () => {
    const state = soundState();
    mute(state === "on");
    if (state !== "on") await unlock();
  });
  const show = () => {
    const state = soundState();
    button.dataset.state = state;
    button.setAttribute("aria-pressed", String(state === "on"));
    fill(button, h("span", { "aria-hidden": "true" }, state === "on" ? "♪" : "⊘"), h("span", { class: "sound-text" }, t(`common.sound-${state}`)));
  };
  onSound(show);
  show();
  return button;
}

// ---------------------------------------------------------------------------------------------------------- banners

const isLost = () => house.connected === false && !house.resting;

function showBanners() {
  tick();
  const { resting, health, since } = house;
  document.body.classList.toggle("stale", isLost());
  document.body.classList.toggle("resting", resting);
  const said = [];
  if (isLost()) said.push(banner("fault", t("common.connection-lost", { since: wallClock(new Date(since), health?.clock.zone).clock })));
  if (health && !health.clock.trusted) said.push(banner("warn", t("common.clock-untrusted")));
  if (session.second_factor_due) said.push(banner("warn", t("common.second-factor-due"), "#/users/account"));
  fill(document.getElementById("banners"), said);
  fill(document.querySelector(".brand-house"), health?.hotel.name ?? "Night Porter");
}

function banner(kind, text, href) {
  return h("p", { class: `banner banner-${kind}` }, h("span", { "aria-hidden": "true" }, "▲ "), href ? h("a", { href }, text) : text);
}

// ---------------------------------------------------------------------------------------------------------- account

function account() {
  const languages = h("select", { id: "language", onchange: (event) => choose(event.target.value) },
    Object.entries(LANGUAGES).map(([value, label]) => h("option", { value, lang: value, selected: value === language() }, label)));
  return h("details", { class: "account" }, h("summary", { class: "button button-quiet" }, h("span", { class: "account-name" }, session.name)),
    h("div", { class: "account-menu card" },
      h("p", { class: "account-who" }, session.name, h("span", { class: "badge" }, t(`common.role-${session.role}`))),
      h("div", { class: "field" }, h("label", { for: "language" }, t("common.language")), languages),
      h("a", { class: "button", href: "#/users/account" }, t("common.account")),
      h("button", { type: "button", class: "button", onclick: askTelephone }, t("common.telephone")),
      h("button", { type: "button", class: "button", onclick: showKeys }, t("common.keys")),
      h("button", { type: "button", class: "button", onclick: logOut }, t("common.log-out"))));
}

async function choose(name) {
  await speak(name);
  try {
    await send("PUT", "/session/preferences", { language: name });
  } catch (refusal) {
    say(fault(refusal), "fault");
    return;
  }
  location.reload();
}

async function logOut(event) {
  await busy(event.currentTarget, () => send("DELETE", "/session"));
  location.reload();
}
