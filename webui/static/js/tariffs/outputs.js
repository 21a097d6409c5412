// Call records for accounting systems: how each output stands, what waits for it, and a made-up call to try it.

import { all, send } from "../api.js";
import { act } from "../desk/act.js";
import { dialog } from "../dialog.js";
import { h } from "../dom.js";
import { showLoaded } from "../lists/loading.js";
import { may } from "../session.js";
import { badge, facts } from "../system/card.js";
import { dayTime, detailWords, number, t } from "../text.js";

export function outputsCard(signal) {
  const place = h("div", { class: "cards" });
  const show = () => showLoaded(place, () => all("/record-outputs"), (outputs) => (outputs.length ? outputs.map((output, index) => card(output, index, show))
    : h("p", { class: "empty" }, t("tariffs.outputs-none"))), { signal });
  show();
  return h("section", { class: "card", "aria-labelledby": "outputs-title" },
    h("div", { class: "plant-head" }, h("h2", { id: "outputs-title" }, t("tariffs.outputs")), act(t("tariffs.look-again"), show, { kind: "button-small", focus: "look" })), place);
}

function card({ name, format, connected, why_detail: why, waiting, oldest, lost }, index, again) {
  return h("article", { class: "card" }, h("h3", {}, name, " ", h("span", { class: "badge" }, format)),
    h("p", {}, connected ? badge("good", t("tariffs.connected")) : badge("warn", t("tariffs.not-connected")), " ", h("small", { class: "muted" }, detailWords(why))),
    facts([[t("tariffs.waiting"), number(waiting)], [t("tariffs.oldest"), oldest && dayTime(oldest)], [t("tariffs.lost"), lost > 0 && badge("bad", number(lost))]]),
    may("manager", "technician") && h("div", { class: "toolbar" }, act(t("tariffs.try"), () => test(index, again), { focus: `try-${index}`, "aria-label": `${t("tariffs.try")}: ${name}` })));
}

async function test(index, again) {
  const { line } = await send("POST", `/record-outputs/${index}/test`);
  dialog({ title: t("tariffs.tried"), body: [h("p", {}, t("tariffs.tried-text")), h("pre", { tabindex: 0 }, line)], wide: true });
  await again();
}
