// The house as it is now: everything is fetched once, and kept up to date by the live feed. Nothing is polled.

import { all, get, sameSession } from "./api.js";
import { follow } from "./feed.js";
import { may } from "./session.js";

const OVER = new Set(["answered", "not_answered", "busy", "error", "missed", "cancelled"]);
const READERS = ["desk", "manager", "technician"];
// Topic: where its objects are, what names one, when one is no longer in the list, and who may know of them if not all.
const LISTS = {
  room: { at: "rooms", path: "/rooms", id: (value) => value.room },
  wakeup: { at: "wakeups", path: "/wakeups", roles: READERS, query: { due: true }, gone: isOver },
  request: { at: "requests", path: "/requests", query: { state: "open" }, gone: (value) => value.state === "done" },
  alarm: { at: "alarms", path: "/alarms", roles: READERS, gone: (value) => value.cleared && value.acknowledged },
  call: { at: "calls", path: "/calls", roles: READERS, gone: (value) => value.ended },
  line: { at: "lines", path: "/lines", id: (value) => value.port },
  link: { at: "links", path: "/links", roles: READERS, id: (value) => value.name },
};

function isOver({ state, repeat, due }) {
  return OVER.has(state) && (repeat === "once" || state === "cancelled" || Date.parse(due) < now());
}

/** Maps of the API's objects by their name: rooms, wakeups (those to come), requests (open), alarms, calls, lines,
 *  links; `health` is the object. `connected`: what is shown is true now; null: nothing
 *  was shown yet; `since`: since when that holds or not; `resting`: it does not because nothing is followed. */
export const house = {
  rooms: new Map(), wakeups: new Map(), requests: new Map(), alarms: new Map(), calls: new Map(), lines: new Map(),
  links: new Map(), health: null, connected: null, since: Date.now(), resting: false, ready: null,
  on, room, start, stop, now,
};

const listeners = new Set();
let changes = [];
let feed = null;
let early = null; // events that came while the lists were being fetched
let fetching = Promise.resolve();
let whole = false; // all lists were fetched
let offset = 0; // of the exchange's clock to performance.now(), in ms
let kept = null;
house.ready = new Promise((resolve) => { kept = resolve; });

/** Calls fn([{topic, id, value, gone}]) when something of these topics has changed, once for each frame. After all was
 *  fetched anew there is one change for each topic, with `id` null. Topic "connection": `connected` or `resting` has
 *  changed, or `connected` is true after something was missed. Other topics of the feed (call-record, message,
 *  voice-mail, prompt, menu, codes) are passed on as they come. */
function on(topics, fn, { signal } = {}) {
  const listener = { topics: new Set(topics), fn };
  listeners.add(listener);
  signal?.addEventListener("abort", () => listeners.delete(listener));
}

function room(number) {
  return house.rooms.get(number) ?? null;
}

/** The exchange's time now, as a Date; the PC's clock may be wrong. */
function now() {
  return new Date(offset ? performance.now() + offset : Date.now());
}

/** Begins to follow; `house.ready` is kept when everything is there for the first time. */
function start() {
  stop();
  feed = follow({
    async open(resumed, turn) {
      if (!await sameSession()) return; // somebody else has logged in: it is loaded anew
      if (resumed && whole) await fetchHealth(); // the PC may have slept, and its own clock with it
      else await fetchAll();
      kept();
      if (!turn.aborted) connection(true);
    },
    event: (topic, value) => (early ? early.push([topic, value]) : take(topic, value)),
    reset: fetchAll,
    lost: () => connection(false),
    rest: () => connection(false, true),
  });
}

function stop() {
  feed?.abort();
  feed = null;
}

function fetchAll() {
  fetching = fetching.catch(() => null).then(fetchOnce);
  return fetching;
}

async function fetchOnce() {
  whole = false;
  early = [];
  try {
    const lists = Object.values(LISTS).filter(({ roles }) => !roles || may(roles));
    const found = await Promise.all([...lists.map(({ path, query }) => all(path, query)), fetchHealth()]);
    lists.forEach((list, place) => replace(list, found[place])); // all at once: nothing is half of before
    Object.keys(LISTS).concat("health").forEach((topic) => tell({ topic, id: null }));
    if (house.connected) tellConnection(); // of what is not kept here, events may be missing as well
    const missed = early;
    early = null;
    missed.forEach(([topic, value]) => take(topic, value));
    whole = true;
  } finally {
    early = null;
  }
}

function replace({ at, id = (value) => value.id }, items) {
  house[at].clear();
  items.forEach((value) => house[at].set(id(value), value));
}

async function fetchHealth() {
  const asked = performance.now();
  const health = await get("/health");
  house.health = health;
  offset = Date.parse(health.now) - (asked + performance.now()) / 2;
}

function take(topic, value) {
  const list = LISTS[topic];
  if (topic === "health") fetchHealth().catch(console.warn); // the exchange's clock may have been set
  if (!list) return tell({ topic, id: value.id ?? value.room ?? topic, value, gone: false });
  const id = list.id?.(value) ?? value.id;
  const gone = Boolean(list.gone?.(value));
  if (gone) house[list.at].delete(id);
  else house[list.at].set(id, value);
  return tell({ topic, id, value, gone });
}

function connection(connected, resting = false) {
  if (house.connected === connected && house.resting === resting) return;
  const since = house.connected === connected ? house.since : Date.now();
  Object.assign(house, { connected, since, resting });
  tellConnection();
}

function tellConnection() {
  tell({ topic: "connection", id: "connection", value: house.connected, gone: false });
}

function tell(change) {
  changes.push(change);
  if (changes.length > 1) return;
  if (document.hidden) setTimeout(deliver); // no frames are drawn, but an alarm must sound
  else requestAnimationFrame(deliver);
}

document.addEventListener("visibilitychange", deliver); // the frame that was asked for may not come any more

function deliver() {
  const told = changes;
  changes = [];
  for (const { topics, fn } of [...listeners]) {
    const theirs = told.filter(({ topic }) => topics.has(topic));
    if (theirs.length) deliverTo(fn, theirs);
  }
}

/** One that fails keeps nobody else from hearing: an alarm sounds whatever happens on the page. */
function deliverTo(fn, theirs) {
  try {
    fn(theirs);
  } catch (error) {
    reportError(error);
  }
}
