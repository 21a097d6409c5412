// The audit in words: actions, through what, and details, as a table or a file.

import { dayTime, has, t } from "./text.js";

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const ACTIONS = [
  "address-set", "address-confirmed", "address-brought-back", "password-reset", "password-reset-offered", "line-rung",
  "line-tone", "alarm-acknowledged", "backup-made", "backup-removed", "backup-downloaded", "backup-uploaded",
  "backup-key-made", "call-cleared", "call-placed", "calls-read", "calls-refused", "certificate-installed",
  "certificate-removed", "charge-settled", "check-in", "check-out", "class", "clock-set", "clock-vouched", "dnd",
  "emergency-dry-run", "feature-changed", "greeting-recorded", "greeting-removed", "guest-changed",
  "guest-data-erased", "guest-data-read", "housekeeping", "line-traced", "line-tested", "link-traced", "log-in-held",
  "logged-in", "logged-out", "menu-replaced", "menu-restored", "menus-reloaded", "message-lamp", "message-left",
  "message-read", "message-unread", "message-withdrawn", "messages-fetched", "minibar-charged", "move",
  "password-changed", "pin-given", "pin-removed", "preferences-changed", "prompt-replaced", "prompt-restored",
  "record-output-tested", "recovery-code-used", "request-done", "restarted", "restore-begun", "restored",
  "resync-asked", "returned-to-service", "second-factor-off", "second-factor-on", "session-ended", "setting-changed",
  "staff-codes-locked", "staff-codes-unlocked", "swap", "tariffs-changed", "token-created", "token-revoked",
  "user-added", "user-changed", "user-removed", "voice-mail-deleted", "voice-mail-heard", "wakeup-cancelled",
  "wakeup-changed", "wakeup-ordered", "wakeup-seen-to",
];

/** [[action, its words]], as a select has them. */
export function actions() {
  return ACTIONS.map((action) => [action, actionText(action)]).sort(([, one], [, other]) => one.localeCompare(other, document.documentElement.lang));
}

/** What was done; what has no words is told as the exchange calls it. */
export function actionText(action) {
  return worded(`audit.action-${action}`, action);
}

export function throughText(through) {
  return worded(`audit.through-${through.replaceAll(" ", "-")}`, through);
}

/** "to: 305, from: 203" */
export function detailText(detail) {
  return Object.entries(detail).filter(([, value]) => value !== null && value !== "")
    .map(([key, value]) => `${worded(`audit.detail-${key}`, key)}: ${memberText(key, value)}`)
    .join(", ");
}

function memberText(key, value) {
  if (key === "role") return t(`common.role-${value}`);
  return key === "status" ? worded(`housekeeping.status-${value}`, String(value)) : valueText(value);
}

/** A file for a spreadsheet, with the texts of the page. */
export function auditCsv(entries) {
  const head = [t("audit.at"), t("audit.who"), t("audit.through"), t("audit.action"), t("audit.subject"), t("audit.room-label"), t("audit.detail")];
  const rows = entries.map((one) => [one.at, one.who, throughText(one.through), actionText(one.action), one.subject, one.room ?? "", detailText(one.detail)]);
  return "\ufeff" + [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

// What begins as a formula does would be one in a spreadsheet: guests' names stand here.
function cell(text) {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

function valueText(value) {
  if (value === true) return t("audit.yes");
  if (value === false) return t("audit.no");
  if (Array.isArray(value)) return value.map(valueText).join("; ");
  if (typeof value === "string" && STAMP.test(value)) return dayTime(value);
  if (value && typeof value === "object") return `(${detailText(value)})`;
  return String(value);
}

function worded(key, word) {
  return has(key) ? t(key) : word;
}
