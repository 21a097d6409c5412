// The pages there are, which of them is shown, and what begins when somebody is logged in.

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { house } from "./house.js";
import { listenToKeys } from "./keys.js";
import { askLogin } from "./login.js";
import { become, may, session } from "./session.js";
import { drawShell, markPage } from "./shell.js";
import { LANGUAGES, browserLanguage, fault, load, speak, t } from "./text.js";

const [DESK, HOUSEKEEPING, MANAGER, TECHNICIAN] = ["desk", "housekeeping", "manager", "technician"];
const READERS = [DESK, MANAGER, TECHNICIAN];
const EVERYBODY = [...READERS, HOUSEKEEPING];

/** roles: who may see it; module: below js/pages; areas: of its texts; css: below css/; key: of its name in the
 *  navigation; menu: who finds it there, if not all of its roles (of "users" everybody has his own account). */
export const pages = [
  { name: "desk", roles: READERS, module: "desk", areas: ["desk", "room"], css: "desk", key: "common.page-desk" },
  { name: "wakeups", roles: READERS, module: "wakeups", areas: ["wakeups", "lists"], css: "wakeups", key: "common.page-wakeups" },
  { name: "calls", roles: READERS, module: "calls", areas: ["calls", "lists"], css: "calls", key: "common.page-calls" },
  { name: "housekeeping", roles: EVERYBODY, module: "housekeeping", areas: ["housekeeping", "lists"], css: "housekeeping",
    key: "common.page-housekeeping" },
  { name: "reports", roles: READERS, module: "reports", areas: ["reports", "lists"], css: "reports", key: "common.page-reports" },
  { name: "extensions", roles: READERS, module: "extensions", areas: ["extensions", "room", "lists"], css: "plant", key: "common.page-extensions" },
  { name: "trunks", roles: READERS, module: "trunks", areas: ["trunks", "extensions", "room", "lists"], css: "plant", key: "common.page-trunks" },
  { name: "tariffs", roles: READERS, module: "tariffs", areas: ["tariffs", "extensions", "lists"], css: "plant", key: "common.page-tariffs" },
  { name: "pms", roles: READERS, module: "pms", areas: ["pms", "tariffs", "lists"], css: "plant", key: "common.page-pms" },
  { name: "audit", roles: [MANAGER, TECHNICIAN], module: "audit", areas: ["audit", "desk", "housekeeping", "room", "extensions", "trunks", "tariffs"],
    css: "audit", key: "common.page-audit" },
  { name: "users", roles: EVERYBODY, menu: [MANAGER], module: "users", areas: ["users", "account"], css: "users", key: "common.page-users" },
  { name: "system", roles: [MANAGER, TECHNICIAN], module: "system", areas: ["system"], css: "system", key: "common.page-system" },
];

const AGAIN_MS = 3000;

let ended = null; // what goes on when the session has ended; more than one request may find that out
let current = null; // {page, end, turn}: what is shown, what ends it, and what takes other args (show() may answer it)

async function begin() {
  await speak(browserLanguage());
  listenToKeys();
  document.addEventListener("session-ended", () => { ended ??= loggedOut().finally(() => { ended = null; }); });
  window.addEventListener("hashchange", () => session.name && route());
  // A page that is left may be kept for "back": its feed would go on having one of the browser's few connections.
  window.addEventListener("pagehide", () => house.stop());
  window.addEventListener("pageshow", ({ persisted }) => persisted && session.name && house.start());
  const who = await get("/session").catch((refusal) => refusal);
  if (who.name && who.role) await loggedIn(who);
  else await loggedOut(who.status === 401 ? null : who);
}

async function loggedOut(refusal) {
  const before = session.name;
  house.stop();
  const who = await askLogin({ before, refusal });
  if (before && before !== who.name) location.reload(); // nothing of somebody else's stays
  else if (before) resume(who);
  else await loggedIn(who);
}

function resume(who) {
  become(who);
  house.start();
}

async function loggedIn(who) {
  become(who);
  if (who.language in LANGUAGES) await speak(who.language);
  house.start();
  await drawShell(pages.filter(({ roles, menu }) => may(menu ?? roles)));
  await route();
}

/** The part behind "#/": [page, ...args]. */
function place() {
  return location.hash.replace(/^#\/?/, "").split("/").map(decoded);
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // somebody has typed a lonely %
  }
}

async function route() {
  const [name, ...args] = place();
  const page = pages.find((one) => one.name === name && may(one.roles));
  if (!page) {
    location.replace(`#/${pages.find(({ roles }) => may(roles)).name}`);
    return;
  }
  if (current?.page === page && current.turn) {
    current.turn(args);
    return;
  }
  current?.end.abort();
  const end = new AbortController();
  current = { page, end, turn: null };
  markPage(page);
  await open(page, { signal: end.signal, args });
}

async function open(page, { signal, args }) {
  const main = h("main", { id: "main", tabindex: -1, class: `page page-${page.name}` });
  document.getElementById("main").replaceWith(main);
  scrollTo(0, 0);
  main.setAttribute("aria-busy", "true");
  try {
    const [module] = await Promise.all([import(`./pages/${page.module}.js`), load(page.areas), style(page.css)]);
    const turn = signal.aborted ? null : await module.show(main, { signal, args });
    if (!signal.aborted) current.turn = turn ?? null;
  } catch (error) {
    console.error(error);
    if (!signal.aborted) failed(main, page, error);
  }
  main.removeAttribute("aria-busy");
  if (!signal.aborted && !main.contains(document.activeElement) && document.activeElement === document.body) main.focus({ preventScroll: true });
}

function failed(main, page, error) {
  fill(main, h("h1", {}, t(page.key)), h("div", { class: "notice notice-fault", role: "alert" },
    h("p", {}, error.name === "Refusal" ? fault(error) : t("common.not-loaded")),
    h("button", { type: "button", class: "button", onclick: () => location.reload() }, t("common.again"))));
}

/** The page's own style sheet, loaded once; a page without one looks as all do. */
function style(name) {
  const href = `/static/css/${name}.css`;
  if (document.querySelector(`link[href="${href}"]`)) return null;
  return new Promise((resolve) => {
    document.head.append(h("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}

begin().catch((error) => {
  console.error(error);
  setTimeout(() => location.reload(), AGAIN_MS); // there is not even a text to say so in
});
