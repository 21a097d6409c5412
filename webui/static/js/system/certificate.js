// What the pages are served with: the box's own certificate, or the site's.

import { get, send } from "../api.js";
import { act } from "../desk/act.js";
import { confirm, form } from "../dialog.js";
import { fill, h } from "../dom.js";
import { date, t } from "../text.js";
import { card, facts, told } from "./card.js";

export async function certificateCard() {
  const [element, body] = card("certificate", t("system.certificate"));
  await draw(body);
  return element;
}

async function draw(body) {
  const { certificate: found } = await get("/system");
  if (!found) return fill(body, h("p", {}, t("system.no-https")));
  const again = () => draw(body);
  return fill(body, h("p", {}, t(found.site ? "system.certificate-site" : "system.certificate-own")),
    facts([
      [t("system.certificate-names"), found.names.join(", ")], [t("system.certificate-ends"), date(found.ends)],
      [t("system.fingerprint"), h("code", {}, found.fingerprint)],
    ]),
    h("div", { class: "toolbar" }, act(t("system.certificate-install"), () => install(again), { focus: "install" }),
      found.site && act(t("system.certificate-remove"), () => remove(again), { kind: "button-danger", focus: "remove" })));
}

async function install(again) {
  const made = await form({ title: t("system.certificate-install"), action: t("system.certificate-install"), intro: t("system.certificate-intro"),
    fields: [
      { name: "certificate", label: t("system.certificate-chain"), type: "textarea", required: true },
      { name: "key", label: t("system.certificate-key"), type: "textarea", required: true },
    ], submit: (values) => send("PUT", "/system/certificate", values) });
  if (!made) return;
  told("system.certificate-installed");
  await again();
}

async function remove(again) {
  const sure = await confirm({ title: t("system.certificate-remove"), text: t("system.certificate-remove-text"),
    action: t("system.certificate-remove"), danger: true });
  if (!sure) return;
  await send("DELETE", "/system/certificate");
  told("system.certificate-removed");
  await again();
}
