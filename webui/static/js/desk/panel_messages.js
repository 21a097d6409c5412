// The panel's part about texts for the guests, and how much voice mail waits.

import { all, send } from "../api.js";
import { busy, field, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { may } from "../session.js";
import { sign } from "../signs.js";
import { dayTime, duration, fault, t } from "../text.js";
import { act } from "./act.js";
import { FRONT, fetched, part } from "./part.js";
import { fullName } from "./state.js";

export function messages({ room, signal }) {
  const [list, mail, box] = [h("div"), h("div"), h("div")];
  const path = () => `/rooms/${encodeURIComponent(room().room)}`;
  const drawTexts = () => fetched(list, signal, () => all(`${path()}/messages`), (items) => texts(items, room()));
  const drawMail = () => may(FRONT) && fetched(mail, signal, () => all(`${path()}/voice-mail`), voiceMail);
  const concerns = (changes) => house.connected && changes.some(({ topic, value }) => topic === "connection" || value.room === room().room);
  house.on(["message", "connection"], (changes) => concerns(changes) && drawTexts(), { signal });
  house.on(["voice-mail", "connection"], (changes) => concerns(changes) && drawMail(), { signal });
  drawMail();
  const element = part("messages", t("room.messages"), box, list, mail);
  let shown = null;
  const draw = () => { // the form belongs to these guests; what is being typed stays while they do
    element.hidden = !room().guests.length;
    const whose = JSON.stringify(room().guests.map(({ id }) => id));
    if (whose !== shown) {
      box.replaceChildren(...(room().guests.length ? [writing(room)] : []));
      drawTexts();
    }
    shown = whose;
  };
  return { element, draw };
}

function writing(room) {
  const text = field({ name: "text", label: t("room.message-text"), type: "textarea", rows: 2, maxlength: 2000, hint: t("room.message-hint") });
  text.input.id = "message-text";
  text.element.querySelector("label").htmlFor = "message-text";
  const { guests } = room();
  const whom = guests.length > 1 && field({ name: "guest", label: t("room.whom"), type: "select", nullable: true,
    options: [["", t("room.everybody")], ...guests.map((guest) => [guest.id, fullName(guest)])] });
  const button = h("button", { type: "submit", class: "button", "data-act": "", disabled: !house.connected }, t("room.message-leave"));
  const element = h("form", { class: "quick", novalidate: true }, whom && whom.element, text.element, button);
  const leave = async () => {
    await send("POST", `/rooms/${encodeURIComponent(room().room)}/messages`, { text: text.value().trim(), guest: whom ? whom.value() : null });
    text.input.value = "";
    say(t("room.message-left"));
  };
  const refused = (refusal) => (text.fault(fault(refusal, { atField: true })), text.focus());
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    text.clear();
    if (!text.value().trim()) return void (text.fault(t("common.field-needed")), text.focus());
    return busy(button, leave, refused);
  });
  return element;
}

function texts(items, room) {
  const name = (id) => room.guests.find((guest) => guest.id === id);
  return items.length > 0 && h("ul", { class: "rows" }, items.map((message) => h("li", { class: `row ${message.read ? "read" : "unread"}` },
    h("span", { class: "row-head" }, sign("message", { silent: true })),
    h("span", { class: "row-words" }, h("q", { class: "message-text" }, message.text),
      h("small", {}, [name(message.guest) && fullName(name(message.guest)), t("room.message-by", { by: message.by, at: dayTime(message.created) }),
        message.read && t("room.message-read", { at: dayTime(message.read) })].filter(Boolean).join(" · "))),
    h("span", { class: "row-acts" },
      act(t(message.read ? "room.mark-unread" : "room.mark-read"), () => send("POST", `/messages/${message.id}/read`, { read: !message.read }), { kind: "button-small", focus: `read-${message.id}` }),
      act(t("room.withdraw"), () => send("DELETE", `/messages/${message.id}`), { kind: "button-small", focus: `withdraw-${message.id}` })))));
}

function voiceMail(items) {
  const fresh = items.filter(({ heard }) => !heard).length;
  return items.length > 0 && h("details", {}, h("summary", {}, sign("voice-mail", { silent: true }), " ", t("room.voice-mail", { count: items.length }), fresh > 0 && ` (${t("room.voice-mail-new", { count: fresh })})`),
    h("ul", { class: "rows" }, items.map((one) => h("li", { class: "row" }, h("span", { class: "row-head" }, duration(one.seconds)),
      h("span", { class: "row-words" }, dayTime(one.at), " ", one.number)))));
}
