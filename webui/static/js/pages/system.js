// The box: health, clock, what it is, certificate, backups.

import { fill, h } from "../dom.js";
import { may } from "../session.js";
import { backupsCard } from "../system/backups.js";
import { boxCard } from "../system/box.js";
import { certificateCard } from "../system/certificate.js";
import { clockCard } from "../system/clock.js";
import { healthCard } from "../system/health.js";
import { restoreCard } from "../system/restore.js";
import { watchActs } from "../desk/act.js";
import { t } from "../text.js";

export async function show(main, { signal }) {
  const wanted = [healthCard, clockCard, backupsCard, boxCard, certificateCard, may("manager") && restoreCard];
  const cards = await Promise.all(wanted.filter(Boolean).map((card) => card(signal)));
  fill(main, h("h1", {}, t("common.page-system")), h("div", { class: "system" }, cards));
  watchActs(main, signal);
}
