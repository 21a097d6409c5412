// Everybody who is logged in; the manager may log anybody out.

import { all, send } from "../api.js";
import { confirm } from "../dialog.js";
import { fill, h } from "../dom.js";
import { table } from "../table.js";
import { dayTime, t } from "../text.js";
import { done } from "./people.js";

/** A card with their list. */
export async function sessionsCard() {
  const element = h("section", { class: "card", "aria-labelledby": "sessions-title" });
  await draw(element);
  return element;
}

async function draw(element) {
  const [open, own] = await Promise.all([all("/sessions"), all("/session/mine")]);
  const here = own.find(({ current }) => current)?.id;
  fill(element, h("h2", { id: "sessions-title" }, t("users.sessions")),
    table({ caption: t("users.sessions"), rows: open, sortable: true, columns: [
      { key: "user", label: t("common.name") },
      { key: "role", label: t("users.role"), cell: ({ role }) => t(`common.role-${role}`) },
      { key: "address", label: t("account.from") },
      { key: "created", label: t("account.since"), cell: ({ created }) => dayTime(created) },
      { key: "used", label: t("account.used"), cell: ({ used }) => dayTime(used) },
      { key: "end", label: "", cell: (one) => (one.id === here ? h("span", { class: "badge" }, t("account.here"))
        : endButton(one, () => draw(element))) },
    ] }));
}

function endButton({ id, user }, again) {
  return h("button", { type: "button", class: "button", "aria-label": `${t("account.end")}: ${user}`, onclick: async () => {
    const sure = await confirm({ title: t("account.end"), text: t("users.end-text", { name: user }), action: t("account.end") });
    if (sure) await done(() => send("DELETE", `/sessions/${id}`), t("users.ended", { name: user }), again);
  } }, t("account.end"));
}
