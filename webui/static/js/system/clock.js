// The clock: who vouches for it, and a person who does.

import { send } from "../api.js";
import { act } from "../desk/act.js";
import { confirm } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { dayTime, t, wallClock } from "../text.js";
import { badge, card, facts, told } from "./card.js";

export async function clockCard(signal) {
  const [element, body] = card("clock", t("system.clock"));
  await house.ready;
  house.on(["health"], () => draw(body), { signal });
  draw(body);
  return element;
}

function draw(body) {
  const { trusted, source, zone } = house.health.clock;
  fill(body, h("p", {}, trusted ? badge("good", t("system.clock-trusted")) : badge("warn", t("system.clock-untrusted"))),
    facts([[t("system.clock-source"), t(`system.source-${source}`)], [t("system.zone"), zone]]),
    !trusted && h("p", {}, t("system.clock-why")),
    act(t("system.vouch"), vouch, { focus: "vouch" }));
}

async function vouch() {
  const { day, clock } = wallClock(house.now(), house.health.clock.zone);
  const sure = await confirm({ title: t("system.vouch-title"), text: t("system.vouch-text", { day, clock }), action: t("system.vouch-yes") });
  if (!sure) return;
  const { until } = await send("POST", "/clock/vouch");
  told("system.vouched", { until: dayTime(until) });
}
