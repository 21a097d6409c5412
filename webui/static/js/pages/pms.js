// The links to hotel systems, and what they have not taken.

import { watchActs } from "../desk/act.js";
import { fill, h } from "../dom.js";
import { linkCards } from "../pms/links.js";
import { chargesCard } from "../tariffs/charges.js";
import { t } from "../text.js";

export async function show(main, { signal }) {
  const links = await linkCards(signal);
  fill(main, h("h1", {}, t("common.page-pms")), links,
    chargesCard({ title: t("tariffs.charges"), states: ["doubtful", "refused", "pending"], signal }));
  watchActs(document.body, signal);
}
