// Charges that the hotel system has not taken: they wait, are doubtful, or were refused; a person settles them.

import { all, send } from "../api.js";
import { act } from "../desk/act.js";
import { confirm, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { showLoaded } from "../lists/loading.js";
import { table } from "../table.js";
import { badge } from "../system/card.js";
import { dayTime, detailWords, duration, money, t } from "../text.js";

const BADGES = { pending: "good", doubtful: "bad", refused: "warn" };
const LOOK_MS = 15_000;

/** A card with those of these states, the doubtful first; `link`: of that hotel system alone, and those of none yet. */
export function chargesCard({ title, states, link, signal }) {
  const place = h("div", {});
  const load = async () => (await Promise.all(states.map((state) => all("/charges", { state })))).flat()
    .filter((charge) => !link || !charge.link || charge.link === link);
  const show = () => showLoaded(place, load, (charges) => draw(charges, show), { signal });
  house.on(["alarm", "link", "call-record"], show, { signal });
  const looks = setInterval(() => document.hidden || place.contains(document.activeElement) || show(), LOOK_MS); // charges have no topic of the feed
  signal.addEventListener("abort", () => clearInterval(looks));
  show();
  return h("section", { class: "card", "aria-label": title }, h("h2", {}, title), h("p", {}, t("tariffs.charges-text")), place);
}

function draw(charges, again) {
  return table({ caption: t("tariffs.charges"), rows: charges, empty: t("tariffs.charges-none"), columns: [
    { key: "state", label: t("tariffs.state"), cell: ({ state }) => badge(BADGES[state], t(`tariffs.state-${state}`)) },
    { key: "room", label: t("tariffs.room"), cell: ({ room }) => h("a", { href: `#/desk/${encodeURIComponent(room)}` }, room) },
    { key: "started", label: t("tariffs.time"), cell: ({ started }) => dayTime(started) },
    { key: "what", label: t("tariffs.what"), cell: what },
    { key: "charge", label: t("tariffs.amount"), number: true, cell: ({ charge }) => (charge ? money(charge) : t("tariffs.priced-by-pms")) },
    { key: "said", label: t("tariffs.said"), cell: saidOf },
    { key: "settle", label: "", cell: (charge) => act(t("tariffs.settle"), () => settle(charge, again), { kind: "button-small", focus: `settle-${charge.id}`,
      "aria-label": `${t("tariffs.settle")}: ${charge.room} ${dayTime(charge.started)}` }) },
  ] });
}

/** The hotel system's own words stand as they are. */
function saidOf({ link, posting, sends, status, text, text_detail: ours }) {
  const before = [link, posting && `P#${posting}`, sends > 1 && `×${sends}`, status].filter(Boolean).join(" ");
  return before || text ? [before, " ", ours ? detailWords(ours) : text] : "–";
}

function what({ kind, number, talk_seconds: talk, items }) {
  if (kind === "call") return t("tariffs.call", { number: number || "–", duration: duration(talk) });
  return t("tariffs.minibar", { items: items.map(({ article, count }) => `${count} × ${article}`).join(", ") });
}

async function settle({ id, room, state }, again) {
  const sure = await confirm({ title: t("tariffs.settle"), text: t(`tariffs.settle-${state}`, { room }), action: t("tariffs.settle"), danger: true });
  if (!sure) return;
  await send("POST", `/charges/${id}/settle`);
  say(t("tariffs.settled"));
  await again();
}
