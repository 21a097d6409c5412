// One extension in a dialog: do-not-disturb and forwarding, its line, its staff codes.

import { get, send } from "../api.js";
import { act } from "../desk/act.js";
import { dialog, fieldForm, say } from "../dialog.js";
import { h } from "../dom.js";
import { showLoaded } from "../lists/loading.js";
import { may } from "../session.js";
import { t } from "../text.js";
import { linePart } from "./line.js";

const CASES = ["no-answer", "busy"];

/** Opens it; it follows the line while it is open. */
export function openExtension(extension, signal) {
  const end = new AbortController();
  const during = AbortSignal.any([signal, end.signal]);
  const { number, room, name, port } = extension;
  const body = h("div", { class: "extension" });
  const shown = dialog({ title: t("extensions.title", { number, name: name ?? (room === number ? "" : room) ?? "" }), body, wide: true });
  body.append(
    h("section", { "aria-label": t("extensions.calls-in") }, h("h3", {}, t("extensions.calls-in")), ownSettings(number, during)),
    may("manager", "technician") && lockPart(number, during) || "",
    port ? h("section", { "aria-label": t("extensions.line") }, h("h3", {}, t("extensions.line")), linePart(port, during))
      : h("p", { class: "muted" }, t("room.line-none")));
  signal.addEventListener("abort", shown.close, { signal: end.signal });
  shown.closed.then(() => end.abort());
}

function ownSettings(number, signal) {
  const place = h("div", {});
  const path = `/settings/extensions/${encodeURIComponent(number)}`;
  showLoaded(place, () => get(path), ({ dnd, forward }) => fieldForm({
    fields: [{ name: "dnd", label: t("room.dnd"), type: "checkbox", value: dnd },
      ...CASES.map((name) => ({ name, label: t(`extensions.forward-${name}`), type: "checkbox", value: forward.includes(name) }))],
    action: t("common.save"),
    submit: async (values) => {
      await send("PUT", path, { dnd: values.dnd, forward: CASES.filter((name) => values[name]) });
      say(t("extensions.saved"));
    },
  }), { signal });
  return place;
}

/** Only where wrong PINs have locked the telephone. */
function lockPart(number, signal) {
  const place = h("div", {});
  const show = () => showLoaded(place, () => get("/settings/pins/locks"), ({ items: locks }) => locks.some(({ extension }) => extension === number)
    && h("p", { class: "notice notice-warn" }, t("extensions.locked"), " ", act(t("extensions.unlock"), () => unlock(number, show))), { signal });
  show();
  return place;
}

/** Staff codes count again there. */
export async function unlock(number, again) {
  await send("POST", `/lines/${encodeURIComponent(number)}/unlock-staff-codes`);
  say(t("extensions.unlocked", { number }));
  await again();
}
