// What is spoken: prompts, which the site may replace by recordings of its own, and menus.

import { all, blob, send, text } from "../api.js";
import { act } from "../desk/act.js";
import { confirm, dialog, field, form, say } from "../dialog.js";
import { h } from "../dom.js";
import { may } from "../session.js";
import { showLoaded } from "../lists/loading.js";
import { table } from "../table.js";
import { LANGUAGES, language, number, t } from "../text.js";
import { block } from "./settings.js";

const TECHNICAL = ["manager", "technician"];
const SHOWN = 40; // of some hundreds: the others are found by searching, or one after the other
let playing = null;

export function promptsBlock(signal) {
  const tongue = field({ name: "language", label: t("common.language"), type: "select", value: language(), options: Object.entries(LANGUAGES) });
  const search = field({ name: "search", label: t("extensions.search-text"), type: "search", autocomplete: "off" });
  const [place, made] = [h("div", {}), table({ caption: t("extensions.prompts"), rows: [], columns: promptColumns(() => show()) })];
  const further = h("button", { type: "button", class: "button more", onclick: () => { most += SHOWN; draw(); } }, t("common.more"));
  let [prompts, most] = [[], SHOWN];
  const draw = () => {
    const wanted = search.value().trim().toLowerCase();
    const found = prompts.filter(({ name, text: said }) => `${name} ${said}`.toLowerCase().includes(wanted));
    made.update(found.slice(0, most));
    further.hidden = found.length <= most;
  };
  const show = () => showLoaded(place, () => all("/prompts", { language: tongue.value() }), (found) => {
    prompts = found;
    draw();
    return [made, further];
  }, { signal });
  tongue.input.addEventListener("change", show);
  search.input.addEventListener("input", draw);
  signal.addEventListener("abort", () => playing?.pause());
  return block(t("extensions.prompts"), show, () => [h("p", {}, t("extensions.prompts-text")), h("div", { class: "toolbar" }, tongue.element, search.element), place], { signal });
}

function promptColumns(again) {
  const word = (label, { name }) => ({ kind: "button-small", "aria-label": `${label}: ${name}` });
  return [
    { key: "name", label: t("common.name") },
    { key: "text", label: t("extensions.says"), cell: ({ text: said, language: tongue }) => h("span", { lang: tongue }, said) },
    { key: "seconds", label: t("extensions.seconds"), number: true, cell: ({ seconds }) => (seconds === null ? "–" : number(seconds, { maximumFractionDigits: 1 })) },
    { key: "source", label: t("extensions.source"), cell: source },
    { key: "acts", label: "", cell: (prompt) => h("div", { class: "row row-acts" },
      act(t("extensions.listen"), () => listen(prompt), word(t("extensions.listen"), prompt)),
      may(TECHNICAL) && act(t("extensions.replace"), () => replacePrompt(prompt, again), word(t("extensions.replace"), prompt)),
      may(TECHNICAL) && prompt.source === "site" && act(t("extensions.restore"), () => restore(promptPath(prompt), again), word(t("extensions.restore"), prompt))) },
  ];
}

function source({ source: from }) {
  return h("span", { class: from === "site" ? "badge badge-info" : "badge" }, t(`extensions.source-${from}`));
}

function promptPath({ language: tongue, name }) {
  return `/prompts/${tongue}/${encodeURIComponent(name)}`;
}

async function listen(prompt) {
  playing?.pause();
  const address = URL.createObjectURL(await blob(promptPath(prompt)));
  playing = new Audio(address);
  playing.addEventListener("ended", () => URL.revokeObjectURL(address));
  await playing.play();
}

async function replacePrompt(prompt, again) {
  const file = { name: "file", label: t("extensions.recording"), type: "file", accept: ".wav,audio/wav", required: true, hint: t("extensions.recording-hint") };
  const made = await form({ title: t("extensions.replace"), intro: prompt.text, action: t("extensions.replace"), fields: [file],
    submit: () => send("PUT", promptPath(prompt), chosen("dialog[open] input[name=file]"), { type: "audio/wav" }) });
  if (!made) return;
  say(t("extensions.replaced"));
  await again();
}

function chosen(css) {
  return document.querySelector(css).files[0];
}

async function restore(path, again) {
  const sure = await confirm({ title: t("extensions.restore"), text: t("extensions.restore-text"), action: t("extensions.restore"), danger: true });
  if (!sure) return;
  await send("DELETE", path);
  say(t("extensions.restored"));
  await again();
}

// ------------------------------------------------------------------------------------------------------------ menus

export function menusBlock(signal) {
  const load = () => all("/menus");
  return block(t("extensions.menus"), load, (menus, again) => [h("p", {}, t("extensions.menus-text")),
    table({ caption: t("extensions.menus"), rows: menus, columns: [
      { key: "name", label: t("common.name") }, { key: "source", label: t("extensions.source"), cell: source },
      { key: "acts", label: "", cell: (menu) => menuActs(menu, again) }] }),
    may(TECHNICAL) && h("div", { class: "toolbar" }, act(t("extensions.menus-reload"), async () => {
      await send("POST", "/menus/reload");
      say(t("extensions.menus-reloaded"));
      await again();
    }))], { signal });
}

function menuActs({ name, source: from }, again) {
  const path = `/menus/${encodeURIComponent(name)}`;
  const word = (label) => ({ kind: "button-small", "aria-label": `${label}: ${name}` });
  if (!may(TECHNICAL)) return act(t("extensions.read"), () => readMenu(name, path), word(t("extensions.read")));
  return h("div", { class: "row row-acts" }, act(t("extensions.change"), () => editMenu(name, path, again), word(t("extensions.change"))),
    from === "site" && act(t("extensions.restore"), () => restore(path, again), word(t("extensions.restore"))));
}

async function readMenu(name, path) {
  dialog({ title: name, body: h("pre", { class: "menu-text", tabindex: 0 }, await text(path, {}, "text/plain")), wide: true });
}

async function editMenu(name, path, again) {
  const value = await text(path, {}, "text/plain");
  const made = await form({ title: name, action: t("common.save"), fields: [
    { name: "text", label: t("extensions.menu-text"), type: "textarea", rows: 18, spellcheck: "false", class: "mono", value, required: true }],
  submit: ({ text: wanted }) => send("PUT", path, wanted, { type: "text/plain" }) });
  if (!made) return;
  say(t("extensions.saved"));
  await again();
}
