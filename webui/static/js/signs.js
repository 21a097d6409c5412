// Signs and colours of a room's state: one table, so that a sign means the same on every page.

import { svg } from "./dom.js";
import { t } from "./text.js";

/** By name: `tone` is the class of its colour, `path` its drawing on 16 x 16; `solid` ones are filled. */
export const SIGNS = {
  person: { tone: "danger", path: "M8 1.8 15 14H1ZM8 6v4M8 11.6v.6" },
  dead: { tone: "danger", path: "M1 8h4M11 8h4M5.8 4.8l4.4 6.4M10.2 4.8 5.8 11.2" },
  howler: { tone: "danger", path: "M2 5c3-3 9-3 12 0v2.4l-3-.8V5.2a9 9 0 0 0-6 0v1.4l-3 .8ZM8 8.5v3M8 13v.6" },
  ringing: { tone: "warn", path: "M8 2a4 4 0 0 0-4 4v3l-1.6 2.6h11.2L12 9V6a4 4 0 0 0-4-4ZM6.4 13.8h3.2" },
  talking: { tone: "info", path: "M2 3h12v7.6H7.4L4.2 13.8v-3.2H2ZM5 6h6M5 8h4" },
  dialling: { tone: "info", path: "M4 4h.1M8 4h.1M12 4h.1M4 8h.1M8 8h.1M12 8h.1M4 12h.1M8 12h.1M12 12h.1" },
  "off-hook": { tone: "info", path: "M2 5c3-3 9-3 12 0v2.4l-3-.8V5.2a9 9 0 0 0-6 0v1.4l-3 .8ZM4.5 13h7" },
  wakeup: { tone: "info", path: "M8 4a5 5 0 1 0 0 10A5 5 0 0 0 8 4ZM8 6.4V9l2 1.4M4 2 1.6 4.2M12 2l2.4 2.2" },
  message: { tone: "warn", path: "M1.8 3.8h12.4v8.4H1.8ZM1.8 4.2 8 9l6.2-4.8" },
  "voice-mail": { tone: "warn", path: "M4.4 5.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM11.6 5.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM4.4 10.6h7.2" },
  lamp: { tone: "warn", path: "M8 1.8A4.2 4.2 0 0 0 6 9.6V11h4V9.6A4.2 4.2 0 0 0 8 1.8ZM6.4 13.6h3.2" },
  dnd: { tone: "danger", path: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM4.8 8h6.4" },
  vip: { tone: "warn", solid: true, path: "m8 1.6 1.9 4 4.4.6-3.2 3 .8 4.4L8 11.5l-3.9 2.1.8-4.4-3.2-3 4.4-.6Z" },
  "cannot-hear": { tone: "warn", path: "M4.6 6.4a3.4 3.4 0 0 1 6.8 0c0 2.2-2.2 2.6-2.2 4.8a2 2 0 0 1-3.6 1.2M2 2l12 12" },
  occupied: { tone: "info", solid: true, path: "M8 8a3.1 3.1 0 1 0 0-6.2A3.1 3.1 0 0 0 8 8ZM2.2 14.2C2.6 11 5 9.2 8 9.2s5.4 1.8 5.8 5Z" },
  vacant: { tone: "quiet", path: "M4 14V2h8v12M2 14h12M9.6 8h.1" },
  dirty: { tone: "warn", path: "M10.6 1.8 8.4 7.4M5 7.4h6.4l.8 6.4H3.4ZM6.4 10.6v3.2M9.4 10.6v3.2" },
  clean: { tone: "ok", path: "M2.8 8.6 6.4 12l6.8-8" },
  inspected: { tone: "ok", path: "M1 8.8 4 12l5.6-7.4M7.4 11l1 1L15 4.6" },
  "out-of-order": { tone: "danger", path: "m3.4 3.4 9.2 9.2M12.6 3.4l-9.2 9.2" },
  "make-up": { tone: "warn", path: "M1.8 13V4M1.8 9.4h12.4V13M14.2 9.4c0-2-1.4-3-3-3H5.4v3" },
  service: { tone: "warn", path: "M2 12.4h12M3.4 12.4a4.6 4.6 0 0 1 9.2 0M8 7.8V5.6M6.4 5.6h3.2" },
};

/** The order in which the legend shows them. */
export const LEGEND = [
  "vacant", "occupied", "vip", "clean", "inspected", "dirty", "make-up", "service", "out-of-order", "wakeup", "message",
  "voice-mail", "lamp", "dnd", "ringing", "talking", "dialling", "off-hook", "howler", "dead", "person", "cannot-hear",
];

/** What a sign means, in the user's language (texts of the area "room"). */
export function meaning(name) {
  return t(`room.sign.${name}`);
}

/** The sign as a picture; it says what it means unless the text beside it does (`silent`). */
export function sign(name, { silent = false } = {}) {
  const { tone, path, solid } = SIGNS[name];
  const said = silent ? { "aria-hidden": "true" } : { role: "img", "aria-label": meaning(name) };
  return svg(
    "svg", { class: `sign tone-${tone}${solid ? " solid" : ""}`, viewBox: "0 0 16 16", "data-sign": name, ...said },
    silent ? null : svg("title", {}, meaning(name)), svg("path", { d: path }),
  );
}
