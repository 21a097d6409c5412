// Wake-ups: the list of today and tomorrow, the plan of a night, and what became of them.

import { fill, h } from "../dom.js";
import { keys } from "../keys.js";
import { tabs } from "../lists/tabs.js";
import { t } from "../text.js";
import { showHistory } from "../wakeups/history.js";
import { showList } from "../wakeups/list.js";
import { orderWakeups } from "../wakeups/order.js";
import { showPlan } from "../wakeups/plan.js";

const VIEWS = { list: showList, plan: showPlan, history: showHistory };

/** args: the view. */
export async function show(main, { signal, args: [wanted] }) {
  const view = wanted in VIEWS ? wanted : "list";
  const tools = h("div", { class: "toolbar" });
  const place = h("div", { class: "stack" });
  fill(main,
    h("div", { class: "page-head" }, h("h1", {}, t("common.page-wakeups")),
      h("button", { type: "button", class: "button button-primary", onclick: () => orderWakeups() }, t("wakeups.order-new"))),
    tabs("wakeups", Object.keys(VIEWS).map((name) => ({ name, text: t(`wakeups.view-${name}`) })), view, t("common.page-wakeups")),
    tools, place);
  keys(t("common.page-wakeups"), [{ key: "n", text: t("wakeups.order-new"), run: () => orderWakeups() }], { signal });
  await VIEWS[view](place, { signal, tools });
}
