// Each link to a hotel system: how it stands, what went over it, what waits for it.

import { all, get, send } from "../api.js";
import { act, renew } from "../desk/act.js";
import { confirm, say } from "../dialog.js";
import { h } from "../dom.js";
import { house } from "../house.js";
import { showLoaded } from "../lists/loading.js";
import { may } from "../session.js";
import { badge, facts } from "../system/card.js";
import { table } from "../table.js";
import { dayTime, detailWords, has, number, t } from "../text.js";
import { tracePart } from "./trace.js";

const BADGES = { alive: "good", starting: "warn", down: "bad", closed: "bad" };

/** A card for each link; they keep themselves up to date. */
export async function linkCards(signal) {
  const links = await all("/links");
  if (!links.length) return [h("p", { class: "card empty" }, t("pms.none"))];
  return links.map((link) => linkCard(link, signal));
}

function linkCard(first, signal) {
  const { name, protocol } = first;
  const [state, waiting] = [h("div", { class: "stack", role: "status" }), h("div", {})];
  const path = `/links/${encodeURIComponent(name)}`;
  const counters = table({ caption: t("pms.counters"), rows: [], empty: t("pms.no-traffic"), columns: [
    { key: "kind", label: t("pms.kind"), cell: ({ kind }) => h("strong", {}, kindText(kind)) },
    ...["received", "sent", "refused"].map((key) => ({ key, label: t(`pms.${key}`), number: true, cell: (row) => number(row[key] ?? 0) }))] });
  const outbox = h("details", { ontoggle: () => showWaiting() }, h("summary", {}, t("pms.outbox")), waiting);
  const showWaiting = () => outbox.open && showLoaded(waiting, () => get(`${path}/outbox`), ({ items }) => drawWaiting(items), { signal });
  let before = null;
  const draw = () => {
    const link = house.links.get(name) ?? first;
    renew(state, ...drawState(link));
    counters.update(Object.entries(link.kinds).map(([kind, counts]) => ({ kind, ...counts })));
    if (before !== null && before !== link.outbox) showWaiting();
    before = link.outbox;
  };
  house.on(["link"], draw, { signal });
  draw();
  return h("section", { class: "card link-card", "aria-label": name }, h("h2", {}, name, " ", h("span", { class: "badge" }, protocol.toUpperCase())), state,
    h("div", { class: "toolbar" }, act(t("pms.resync"), () => resync(name, path), { focus: `resync-${name}` })),
    h("details", {}, h("summary", {}, t("pms.counters")), counters), outbox, may("manager", "technician") && tracePart(name, signal));
}

/** A record by its name, as "GI"; or why something was not taken. */
function kindText(kind) {
  const [event, rest] = kind.split(" out of turn");
  const key = `pms.reason.${kind.replaceAll(" ", "-")}`;
  return rest === "" ? t("pms.out-of-turn", { event }) : has(key) ? t(key) : kind;
}

function drawState({ state, since, why_detail: why, outbox, counters }) {
  return [
    h("p", {}, badge(BADGES[state], t(`pms.state-${state}`)), " ", t("pms.since", { at: dayTime(since) })),
    state !== "alive" && h("p", { class: "notice notice-warn" }, t("pms.meanwhile")),
    facts([[t("pms.why"), detailWords(why)], [t("pms.waiting"), number(outbox)], [t("pms.received"), number(counters.received)],
      [t("pms.sent"), number(counters.sent)], [t("pms.refused"), number(counters.refused)]]),
  ].filter(Boolean);
}

async function resync(name, path) {
  const sure = await confirm({ title: t("pms.resync"), text: t("pms.resync-text", { name }), action: t("pms.resync") });
  if (!sure) return;
  await send("POST", `${path}/resync`);
  say(t("pms.resync-asked"));
}

function drawWaiting(items) {
  return table({ caption: t("pms.outbox"), rows: items, empty: t("pms.outbox-none"), columns: [
    { key: "since", label: t("pms.waits-since"), cell: ({ since }) => dayTime(since) },
    { key: "kind", label: t("pms.kind"), cell: ({ kind }) => (has(`pms.waits.${kind}`) ? t(`pms.waits.${kind}`) : kind) },
    { key: "room", label: t("tariffs.room"), cell: ({ room }) => room ?? "–" },
    { key: "what", label: t("pms.in-full"), cell: ({ what }) => h("code", {}, Object.entries(what).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(" ")) }] });
}
