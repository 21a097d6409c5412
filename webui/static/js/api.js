// The API, as the pages call it: paths are without /api/v1.

import { become, session } from "./session.js";

const ROOT = "/api/v1";
const LIMIT = 1000;
const PATIENCE_MS = 30_000;

/** Why something was not done. status 0: the exchange could not be reached. limit: what is taken, as limitWords has it.
 *  details: each thing that is wrong, as detailWords has it. */
export class Refusal extends Error {
  constructor(status, code, message, field = null, limit = null, details = []) {
    super(message);
    Object.assign(this, { name: "Refusal", status, code, field, limit, details });
  }
}

/** GET: the object, or the list as {items, next}. */
export async function get(path, query) {
  return (await call("GET", path, { query })).json();
}

/** Every item of a list. */
export async function all(path, query = {}) {
  const items = [];
  for (let cursor; cursor !== null;) {
    const part = await get(path, { limit: LIMIT, ...query, ...(cursor ? { cursor } : {}) });
    items.push(...part.items);
    cursor = part.next;
  }
  return items;
}

/** A change: POST, PUT, PATCH or DELETE. A body that is a string, Blob or buffer goes as it is (`type`: its media type).
 *  Answers the object, or null. */
export async function send(method, path, body, { type, headers } = {}) {
  const answer = await call(method, path, { body, type, headers });
  if (answer.status === 204) return null;
  const text = await answer.text();
  return text && answer.headers.get("Content-Type").startsWith("application/json") ? JSON.parse(text) : text || null;
}

/** GET as text, such as text/csv. */
export async function text(path, query, accept) {
  return (await call("GET", path, { query, headers: { Accept: accept } })).text();
}

/** GET as bytes with their media type, such as a recording. */
export async function blob(path, query) {
  return (await call("GET", path, { query })).blob();
}

/** The answer itself, whatever its length: for the live feed. Raises Refusal, as all here do. */
export async function call(method, path, given = {}) {
  try {
    return await ask(method, path, given);
  } catch (refusal) {
    if (refusal.code !== "csrf" || !await sameSession()) throw refusal;
    return ask(method, path, given);
  }
}

/** Meanwhile another window may have begun another session: it is taken over. Of somebody else, or in another role, the
 *  page is loaded anew; answers whether it goes on. */
export async function sameSession() {
  const who = await get("/session");
  const same = who.name === session.name && who.role === session.role;
  if (!same) location.reload();
  become(who);
  return same;
}

async function ask(method, path, { query, body, type, headers = {}, signal }) {
  const wanted = { method, headers: { ...headers }, signal: signal ?? AbortSignal.timeout(PATIENCE_MS), cache: "no-store" };
  if (method !== "GET") wanted.headers["X-CSRF-Token"] = session.csrf ?? "";
  if (body !== undefined) {
    const raw = typeof body === "string" || body instanceof Blob || body instanceof ArrayBuffer;
    wanted.headers["Content-Type"] = type ?? "application/json";
    wanted.body = raw ? body : JSON.stringify(body);
  }
  const answer = await reach(ROOT + path + parameters(query), wanted);
  if (answer.ok) return answer;
  const refusal = await refused(answer);
  if (refusal.status === 401 && (path !== "/session" || session.name)) document.dispatchEvent(new CustomEvent("session-ended"));
  throw refusal;
}

async function reach(url, wanted) {
  try {
    return await fetch(url, wanted);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, "unreachable", "the exchange cannot be reached");
  }
}

async function refused(answer) {
  const said = await answer.json().catch(() => null);
  const { code, message, field, limit, details } = said?.error ?? { code: "internal", message: answer.statusText };
  return new Refusal(answer.status, code, message, field, limit, details);
}

function parameters(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? "?" + new URLSearchParams(given) : "";
}
