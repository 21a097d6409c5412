// The live feed (server-sent events), read by fetch: so its end, its silence and the last event seen are in our hands.

import { call } from "./api.js";
import { takeTurns } from "./turns.js";

const SILENCE_MS = 40_000; // the exchange says something every 15 s
const FIRST_MS = 500;
const LONGEST_MS = 5000;

/** Follows whenever it is this tab's turn, until the answered AbortController aborts. open(resumed, turn): connected, and
 *  whether events that were missed come by themselves; event(topic, value); reset(): events are missing; lost(): it ended,
 *  and is tried for again; rest(): the turn is over, and its signal `turn` has aborted. What was missed between two turns
 *  comes as after a loss, but nothing was lost. */
export function follow({ rest, ...to }) {
  const end = new AbortController();
  const place = { last: "" };
  takeTurns((turn) => {
    turn.addEventListener("abort", rest);
    keep(to, place, turn);
  }, end.signal);
  return end;
}

/** `place`: the last event seen, in this turn or before it. */
async function keep(to, place, signal) {
  let wait = FIRST_MS;
  const hear = async (message) => {
    if (signal.aborted) return; // it comes again in the next turn
    if (message.id) place.last = message.id;
    wait = FIRST_MS;
    if (message.event === "reset") await to.reset();
    else if (message.event) to.event(message.event, JSON.parse(message.data));
  };
  while (!signal.aborted) {
    const line = new Line(signal);
    try {
      const answer = await call("GET", "/events", { headers: lastSeen(place), signal: line.signal });
      await Promise.all([to.open(Boolean(place.last), signal), line.read(answer.body.getReader(), hear)]);
    } catch (error) {
      if (signal.aborted || error.status === 401) return; // whoever logs in starts it again
      if (error.status === undefined && error.name !== "AbortError") console.warn(error);
    } finally {
      line.end();
    }
    to.lost();
    await pause(wait, signal);
    wait = Math.min(wait * 1.5, LONGEST_MS);
  }
}

function lastSeen({ last }) {
  return last ? { "Last-Event-ID": last } : {};
}

/** One connection; it ends with the outer signal, or when nothing was heard for long. */
class Line {
  constructor(outer) {
    this.controller = new AbortController();
    this.signal = this.controller.signal;
    this.end = () => {
      clearTimeout(this.watch);
      outer.removeEventListener("abort", this.end);
      this.controller.abort();
    };
    outer.addEventListener("abort", this.end);
    this.heard();
  }

  heard() {
    clearTimeout(this.watch);
    this.watch = setTimeout(this.end, SILENCE_MS);
  }

  async read(reader, hear) {
    const decoder = new TextDecoder();
    let rest = "";
    for (let part; !(part = await reader.read()).done;) {
      this.heard();
      const messages = (rest + decoder.decode(part.value, { stream: true })).split("\n\n");
      rest = messages.pop();
      for (const message of messages) await hear(fieldsOf(message));
    }
    throw new DOMException("the feed has ended", "AbortError");
  }
}

/** "id: 7\nevent: room\ndata: {}" as {id, event, data}; a comment has none of them. */
function fieldsOf(message) {
  const fields = message.split("\n").filter((line) => !line.startsWith(":"));
  return Object.fromEntries(fields.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
