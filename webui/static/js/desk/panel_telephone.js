// The panel's part about the telephone and the room: calling it, do-not-disturb, lamp, class, housekeeping.

import { send } from "../api.js";
import { dial, numberLink } from "../dial.js";
import { doNow, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { may } from "../session.js";
import { t } from "../text.js";
import { act, renew } from "./act.js";
import { FRONT, part } from "./part.js";
import { linesOf } from "./state.js";
import { classOptions } from "./stay_forms.js";

const OPENS = [" ", "F4"]; // the list, as Alt with an arrow does: what is chosen there is chosen
const HOUSEKEEPING = ["dirty", "clean", "inspected", "make-up", "service", "out-of-order"];

export function telephone({ room, signal }) {
  const [lines, switches] = [h("ul", { class: "lines" }), h("div", { class: "switches" })];
  const draw = () => {
    renew(lines, room().extensions.map((extension) => lineRow(room(), extension)));
    renew(switches, may(FRONT) && controls(room()));
  };
  house.on(["line"], draw, { signal });
  return { element: part("telephone", t("room.telephone"), lines, switches), draw };
}

/** Calls the room's first telephone from the desk's own. */
export function callRoom(room) {
  return dial(room.extensions[0]);
}

function lineRow(room, extension) {
  const line = linesOf(room).find((each) => each.extension === extension);
  const state = line?.fault ? t("room.line-fault") : line ? t(`room.line.${line.state}`) : t("room.line-none");
  return h("li", { class: line?.fault ? "faulty" : "" }, numberLink(extension), " ", h("span", {}, state), line && h("small", {}, line.port));
}

async function change(room, wanted) {
  await send("PATCH", `/rooms/${encodeURIComponent(room.room)}`, wanted);
  say(t("room.saved"));
}

function controls(room) {
  const lamp = room.message_lamp.reasons.includes("desk");
  return [
    toggle(t("room.dnd"), room.dnd, "d", "dnd", () => change(room, { dnd: !room.dnd })),
    toggle(t("room.lamp"), lamp, "l", "lamp", () => change(room, { message_lamp: !lamp })),
    choice(t("room.housekeeping"), "h", "housekeeping", HOUSEKEEPING.map((name) => [name, t(`room.sign.${name}`)]), room.housekeeping,
      (housekeeping) => change(room, { housekeeping })),
    choice(t("room.class"), "k", "class", classOptions(), room.class ?? "", (level) => change(room, { class: level || null }),
      t("room.class-now", { level: t(`room.class.${room.effective_class}`) })),
  ];
}

function toggle(label, is, key, focus, run) {
  return act([label, h("span", { class: "state" }, t(is ? "room.on" : "room.off"))], run, { pressed: is, key, focus, kind: "toggle" });
}

/** A browser tells of each step of an arrow key. What is stepped to is saved by Enter or by leaving the choice, and
 *  Escape goes back; a pointer's choice is saved at once. What was refused leaves the choice as it was. */
function choice(label, key, focus, options, value, run, hint) {
  const id = `room-${focus}`;
  const select = h("select", { id, "data-focus": focus, "data-value": value, "data-act": "", disabled: !house.connected, "aria-keyshortcuts": key },
    options.map(([name, text]) => h("option", { value: name, selected: name === value }, text)));
  let [sent, stepping] = [value, false];
  const save = () => select.value !== sent && doNow(async () => {
    sent = select.value;
    try {
      await run(sent);
    } catch (refusal) {
      select.value = sent = value;
      throw refusal;
    }
  });
  select.addEventListener("pointerdown", () => { stepping = false; });
  select.addEventListener("change", () => (stepping ? say(t("room.enter-saves")) : save()));
  select.addEventListener("blur", save);
  select.addEventListener("keydown", (event) => {
    stepping = !OPENS.includes(event.key) && !event.altKey;
    if (select.value === sent || event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // of the panel, which Escape closes
    if (event.key === "Enter") save();
    else select.value = sent;
  });
  return h("div", { class: "field" }, h("label", { for: id }, label, " ", h("kbd", { "aria-hidden": "true" }, key)), select, hint && h("span", { class: "field-hint" }, hint));
}
