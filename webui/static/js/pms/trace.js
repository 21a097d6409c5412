// Raw traffic of a link: it follows while it is open and can be seen, and stands still when asked to.

import { get } from "../api.js";
import { busy, field, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { fault, t } from "../text.js";

const [EVERY_MS, FIRST, MOST] = [1000, 200, 2000];

export function tracePart(name, signal) {
  const path = `/links/${encodeURIComponent(name)}/trace`;
  const filter = field({ name: "filter", label: t("pms.filter"), type: "search", autocomplete: "off" });
  const [shown, problem] = [h("pre", { class: "trace", tabindex: 0, role: "log", "aria-live": "off", "aria-label": t("pms.trace") }), h("p", { class: "notice notice-fault", role: "alert", hidden: true })];
  const state = { lines: [], cursor: null, isPaused: false, isAsking: false };
  const wanted = () => {
    const part = filter.value().toLowerCase();
    return state.lines.filter((line) => line.toLowerCase().includes(part));
  };
  const draw = () => {
    const atEnd = shown.scrollHeight - shown.scrollTop - shown.clientHeight < 30;
    const lines = wanted();
    fill(shown, lines.length ? lines.join("\n") : t("pms.trace-none"));
    if (atEnd) shown.scrollTop = shown.scrollHeight;
  };
  const pause = h("button", { type: "button", class: "button button-small", "aria-pressed": "false", onclick: () => {
    state.isPaused = !state.isPaused;
    pause.setAttribute("aria-pressed", String(state.isPaused));
  } }, t("pms.pause"));
  const copy = h("button", { type: "button", class: "button button-small", onclick: () => busy(copy, () => copyText(shown, wanted().join("\n"))) }, t("pms.copy"));
  const element = h("details", { class: "trace-box", ontoggle: () => look() }, h("summary", {}, t("pms.trace")),
    h("div", { class: "toolbar" }, filter.element, pause, copy), problem, shown);
  const look = async () => {
    if (!element.open || document.hidden || state.isPaused || state.isAsking) return;
    state.isAsking = true;
    try {
      if (await more(state, path)) draw();
      problem.hidden = true;
    } catch (refusal) {
      if (refusal.name !== "Refusal") throw refusal;
      problem.hidden = false;
      fill(problem, fault(refusal));
    } finally {
      state.isAsking = false;
    }
  };
  filter.input.addEventListener("input", draw);
  const looks = setInterval(look, EVERY_MS);
  signal.addEventListener("abort", () => clearInterval(looks));
  return element;
}

/** Adds what has come since; answers whether the picture is another. */
async function more(state, path) {
  const isFirst = state.cursor === null;
  const { items, next } = await get(path, { limit: FIRST, cursor: state.cursor });
  state.lines = [...state.lines, ...items.map(({ line }) => line)].slice(-MOST);
  state.cursor = next;
  return isFirst || items.length > 0;
}

/** Without HTTPS the browser gives no clipboard: the text is selected, to be copied by hand. */
async function copyText(element, text) {
  try {
    await navigator.clipboard.writeText(text);
    say(t("pms.copied"));
  } catch {
    getSelection().selectAllChildren(element);
    say(t("pms.copy-by-hand"), "fault");
  }
}
