// A backup is put back: one of this box, or a file that is brought to it.

import { all, call } from "../api.js";
import { act } from "../desk/act.js";
import { field, fieldForm, dialog } from "../dialog.js";
import { fill, h } from "../dom.js";
import { dayTime, t } from "../text.js";
import { card } from "./card.js";

const BROUGHT = "";
const PATIENCE_MS = 3_600_000; // a backup with voice mail, on a slow network

export async function restoreCard() {
  const [element, body] = card("restore", t("system.restore"));
  fill(body, h("p", {}, t("system.restore-text")), act(t("system.restore-begin"), begin, { kind: "button-danger", focus: "restore" }));
  return element;
}

async function begin() {
  const here = await all("/backups");
  const options = [...here.map(({ name, made }) => [name, dayTime(made)]), [BROUGHT, t("system.restore-file")]];
  const file = field({ name: "file", label: t("system.restore-file"), type: "file" });
  let put = null;
  const body = fieldForm({ intro: t("system.restore-warning"), action: t("system.restore-begin"), danger: true, fields: [
    { name: "backup", label: t("system.restore-which"), type: "select", options, value: options[0][0] },
    { name: "key", label: t("system.key"), required: true, autocomplete: "off", spellcheck: "false" },
    { name: "password", label: t("system.own-password"), type: "password", required: true, autocomplete: "current-password" },
  ], submit: async (values) => {
    put = await restore(values, file);
    if (put) shown.close();
  }, cancel: () => shown.close() });
  const which = body.querySelector("select");
  which.closest(".field").after(file.element);
  const follow = () => { file.element.hidden = which.value !== BROUGHT; };
  which.addEventListener("change", follow);
  follow();
  const shown = dialog({ title: t("system.restore"), body });
  await shown.closed;
  if (put) tell(put);
}

/** What is put in force, or null if there is no file to bring. */
async function restore({ backup, key, password }, file) {
  if (backup === BROUGHT) {
    const [brought] = file.input.files;
    if (!brought) {
      file.fault(t("common.field-needed"));
      return null;
    }
    await patiently("PUT", "/restore/upload", brought, "application/octet-stream");
  }
  return patiently("POST", "/restore", JSON.stringify({ key: key.trim(), password, backup: backup || null }), "application/json");
}

async function patiently(method, path, body, type) {
  return (await call(method, path, { body, type, signal: AbortSignal.timeout(PATIENCE_MS) })).json();
}

function tell({ hotel, made, configuration }) {
  dialog({ title: t("system.restored"), body: [
    h("p", {}, t("system.restored-text", { hotel, made: dayTime(made) })),
    configuration && h("p", { class: "notice" }, t("system.restored-configuration", { file: configuration })),
  ] });
}
