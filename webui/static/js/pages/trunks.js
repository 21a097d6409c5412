// Company lines: how each stands, where calls in go at night, what may be called, and what an emergency call would find.

import { watchActs } from "../desk/act.js";
import { fill, h } from "../dom.js";
import { emergencyCard } from "../trunks/emergency.js";
import { groupCards } from "../trunks/groups.js";
import { nightBlock, restrictionBlock } from "../trunks/settings.js";
import { t } from "../text.js";

export async function show(main, { signal }) {
  const groups = await groupCards(signal);
  fill(main, h("h1", {}, t("common.page-trunks")), groups, emergencyCard(),
    h("section", { "aria-labelledby": "settings-title" }, h("h2", { id: "settings-title" }, t("extensions.settings")),
      h("div", { class: "blocks" }, nightBlock(signal), restrictionBlock(signal))));
  watchActs(document.body, signal);
}
