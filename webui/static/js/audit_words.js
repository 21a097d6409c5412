// The audit in words: actions, through what, and details, as a table or a file.

import { LANGUAGES, dayTime, has, t, weekdays } from "./text.js";

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

// What is set has the words of the page where it is set: members by the beginning of their keys, or by the whole key.
const MEMBERS = ["audit.detail-", "extensions.set.", "extensions.mail.", "extensions.timer.", "room.class."];
const MEMBER = { enabled: "extensions.blocking-on", exceptions: "extensions.blocking-exceptions", rooms_see: "extensions.rooms-see",
  timers: "extensions.timers", mode: "trunks.night-mode", target: "trunks.night-target",
  allowed: "trunks.allowed", forbidden: "trunks.forbidden", black_out: "trunks.black_out", black_in: "trunks.black_in",
  hours: "trunks.hours", calls_priced_by: "tariffs.priced-by", hidden_digits: "tariffs.hidden-digits", lock_minutes: "extensions.pin-lock" };
// Values that are words of the exchange, by the member that has them.
const VALUES = { role: "common.role-", status: "housekeeping.status-", class: "room.class.", rights: "extensions.right.",
  forward: "extensions.forward-", cases: "extensions.case.", mode: "trunks.night-", calls_priced_by: "tariffs.priced-by-",
  rooms_see: "extensions.rooms-see-", reason: "audit.lamp-" };
// Subjects that are no names, of actions that are never about a person.
const ABOUT = { "room-to-room-blocking": "extensions.blocking", exchange: "extensions.exchange", "night-service": "trunks.night",
  restriction: "trunks.restriction", "service-codes": "extensions.codes", "staff-pins": "extensions.pins", charging: "tariffs.charging",
  "guest-requests": "extensions.requests", "minibar-articles": "extensions.minibar", "voice-mail": "extensions.voice-mail",
  tariffs: "tariffs.table", menus: "extensions.menus", retention: "audit.about-retention", clock: "audit.about-clock",
  network: "audit.about-network", "all rooms": "audit.about-all-rooms", ok: "audit.about-ok", failed: "audit.about-failed" };
const OF_THINGS = new Set(["setting-changed", "tariffs-changed", "menus-reloaded", "clock-set", "clock-vouched", "address-set",
  "address-confirmed", "address-brought-back", "calls-read", "emergency-dry-run"]);
const PORT = /^fx[so]\//;

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

/** What it is about. */
export function subjectText({ action, subject }) {
  if (action === "alarm-acknowledged") return alarmText(subject);
  return OF_THINGS.has(action) && subject in ABOUT ? t(ABOUT[subject]) : subject;
}

/** "wakeup-failed 203" as the desk was told it. */
function alarmText(subject) {
  const [kind, ...rest] = subject.split(" ");
  const where = rest.join(" ");
  return has(`desk.alarm.${kind}.what`) ? t(`desk.alarm.${kind}.what`, { where, subject: where }) : subject;
}

/** "to: 305, from: 203" */
export function detailText(detail) {
  return Object.entries(detail).filter(([, value]) => value !== null && value !== "")
    .map(([key, value]) => `${memberName(key)}: ${memberText(key, value)}`)
    .join(", ");
}

function memberName(key) {
  const known = MEMBER[key] ?? MEMBERS.map((beginning) => beginning + key).find(has);
  return known ? t(known) : key;
}

function memberText(key, value) {
  if (Array.isArray(value)) return value.map((one) => memberText(key, one)).join("; ");
  if (typeof value !== "string") return valueText(value);
  if (PORT.test(key)) return worded(`trunks.found-${value}`, worded(`extensions.fault.${value}`, value));
  if (key === "days") return weekdays(value);
  if (key === "language") return LANGUAGES[value] ?? value;
  return key in VALUES ? worded(VALUES[key] + value, value) : valueText(value);
}

/** A file for a spreadsheet, with the texts of the page. */
export function auditCsv(entries) {
  const head = [t("audit.at"), t("audit.who"), t("audit.through"), t("audit.action"), t("audit.subject"), t("audit.room-label"), t("audit.detail")];
  const rows = entries.map((one) => [one.at, one.who, throughText(one.through), actionText(one.action), subjectText(one), one.room ?? "", detailText(one.detail)]);
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
  if (typeof value === "string" && STAMP.test(value)) return dayTime(value);
  if (value && typeof value === "object") return `(${detailText(value)})`;
  return String(value);
}

function worded(key, word) {
  return has(key) ? t(key) : word;
}
