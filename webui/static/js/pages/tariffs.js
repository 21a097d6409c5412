// What calls cost, who says so, what the hotel system has not taken, and where call records go.

import { watchActs } from "../desk/act.js";
import { fill, h } from "../dom.js";
import { settingBlock } from "../extensions/settings.js";
import { chargesCard } from "../tariffs/charges.js";
import { outputsCard } from "../tariffs/outputs.js";
import { tariffCard } from "../tariffs/table.js";
import { t } from "../text.js";

export async function show(main, { signal }) {
  const rows = await tariffCard();
  fill(main, h("h1", {}, t("common.page-tariffs")), rows, chargingBlock(signal),
    chargesCard({ title: t("tariffs.charges"), states: ["doubtful", "refused", "pending"], signal }), outputsCard(signal));
  watchActs(document.body, signal);
}

function chargingBlock(signal) {
  return settingBlock({ title: t("tariffs.charging"), path: "/settings/charging", roles: ["manager", "technician"], signal, fields: (value) => [
    { name: "calls_priced_by", label: t("tariffs.priced-by"), type: "select", value: value.calls_priced_by,
      options: ["tariffs", "pms"].map((name) => [name, t(`tariffs.priced-by-${name}`)]) },
    { name: "hidden_digits", label: t("tariffs.hidden-digits"), type: "number", min: 0, max: 20, required: true, value: value.hidden_digits, hint: t("tariffs.hidden-hint") }] });
}
