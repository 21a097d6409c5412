// What the parts of a room's panel are made of.

import { fill, h } from "../dom.js";
import { fault } from "../text.js";
import { renew } from "./act.js";

/** The roles that may change stays and rooms. */
export const FRONT = ["desk", "manager"];

/** A part of the panel with a heading. */
export function part(name, title, ...children) {
  return h("section", { class: `part part-${name}`, "aria-label": title }, h("h3", {}, title), children);
}

/** Fills the element with what is fetched; while that cannot be had it says why. */
export async function fetched(element, signal, get, draw) {
  try {
    const value = await get();
    if (!signal.aborted) renew(element, draw(value));
  } catch (refusal) {
    if (refusal.name !== "Refusal") throw refusal;
    if (!signal.aborted) fill(element, h("p", { class: "notice notice-fault" }, fault(refusal)));
  }
}
