// The telephones of the house: how each stands, line tests, and all that is set of them.

import { watchActs } from "../desk/act.js";
import { fill, h } from "../dom.js";
import { cardBlock, codesBlock, locksNotice, pinsBlock } from "../extensions/codes.js";
import { blockingBlock, exchangeBlock, voiceMailBlock, wakeupBlock } from "../extensions/exchange.js";
import { extensionList } from "../extensions/list.js";
import { minibarBlock, requestsBlock } from "../extensions/names.js";
import { reportCard } from "../extensions/report.js";
import { menusBlock, promptsBlock } from "../extensions/spoken.js";
import { t } from "../text.js";

const BLOCKS = [exchangeBlock, blockingBlock, wakeupBlock, voiceMailBlock, requestsBlock, minibarBlock, codesBlock, pinsBlock, promptsBlock, menusBlock, cardBlock];

export async function show(main, { signal, args: [number] }) {
  const [list, report] = await Promise.all([extensionList(signal, number), reportCard(signal)]);
  fill(main, h("h1", {}, t("common.page-extensions")), locksNotice(signal), list, report,
    h("section", { "aria-labelledby": "settings-title" }, h("h2", { id: "settings-title" }, t("extensions.settings")),
      h("div", { class: "blocks" }, BLOCKS.map((made) => made(signal)))));
  watchActs(document.body, signal);
}
