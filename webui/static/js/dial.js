// Click to dial: the desk's own telephone rings first; when it is lifted the other one is called.

import { send } from "./api.js";
import { busy, confirm, form, say } from "./dialog.js";
import { h } from "./dom.js";
import { house } from "./house.js";
import { t } from "./text.js";

const KEPT = "nightporter-telephone";

/** A number that is dialled when it is clicked, as one would dial it here; null where there is none. */
export function numberLink(number, label = number) {
  return number ? link(number, label) : null;
}

/** The same for a number outside as records and bills have it: without the outside prefix. */
export function outsideLink(number, label = number) {
  if (!number || !/^\d+$/.test(number)) return number || null; // "+48..." can't be dialled as it stands
  return link(`${house.health?.hotel.outside_prefix ?? ""}${number}`, label);
}

function link(number, label) {
  const button = h("button", { type: "button", class: "number-link", title: t("common.dial", { number }) }, label);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    busy(button, () => dial(number));
  });
  return button;
}

/** Calls the number from this desk's telephone; asks once which that is, and before each emergency call. */
export async function dial(number) {
  await house.ready; // what are emergency numbers here is known then
  if (isEmergency(number) && !await sure(number)) return;
  const from = localStorage.getItem(KEPT) ?? await askTelephone();
  if (!from) return;
  await send("POST", "/calls", { from, to: number });
  say(t("common.dialling", { number, from }));
}

/** With the outside prefix, too: the exchange takes it for the same. */
function isEmergency(number) {
  const { emergency_numbers: numbers, outside_prefix: prefix } = house.health.hotel;
  return numbers.some((one) => number === one || number === prefix + one);
}

function sure(number) {
  return confirm({ title: t("common.dial", { number }), text: t("common.dial-emergency", { number }), action: t("common.dial", { number }), danger: true });
}

/** Which telephone stands at this desk: kept in this browser. Answers its number, or null. */
export async function askTelephone() {
  const numbers = [...house.lines.values()].map((line) => line.extension).filter(Boolean);
  return form({
    title: t("common.telephone"), intro: t("common.telephone-why"), action: t("common.save"),
    fields: [{ name: "number", label: t("common.telephone-number"), type: "select", value: localStorage.getItem(KEPT) ?? "",
      options: numbers.sort((one, other) => one.localeCompare(other, "en", { numeric: true })).map((one) => [one, one]) }],
    submit: ({ number }) => {
      localStorage.setItem(KEPT, number);
      return number;
    },
  });
}
