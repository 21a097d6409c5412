// The people who may log in: added, given another role or password, removed.

import { all, send } from "../api.js";
import { confirm, doNow, form, say } from "../dialog.js";
import { fill, h } from "../dom.js";
import { session } from "../session.js";
import { table } from "../table.js";
import { day, t } from "../text.js";

const LEAST = 8;

/** [[role, its name]] as a select has them. */
export function roleOptions() {
  return ["desk", "housekeeping", "manager", "technician"].map((role) => [role, t(`common.role-${role}`)]);
}

/** A card with their list. */
export async function peopleCard() {
  const element = h("section", { class: "card", "aria-labelledby": "people-title" });
  await draw(element);
  return element;
}

async function draw(element) {
  const people = await all("/users");
  const again = () => draw(element);
  fill(element,
    h("div", { class: "card-head" }, h("h2", { id: "people-title" }, t("users.people")),
      h("button", { type: "button", class: "button button-primary", onclick: () => add(again) }, t("users.add"))),
    table({ caption: t("users.people"), rows: people, sortable: true, columns: [
      { key: "name", label: t("common.name") },
      { key: "role", label: t("users.role"), cell: ({ role }) => t(`common.role-${role}`) },
      { key: "second_factor", label: t("users.factor"), cell: factorSign },
      { key: "created", label: t("users.since"), cell: ({ created }) => day(created) },
      { key: "actions", label: "", cell: (person) => actions(person, again) },
    ] }));
}

function factorSign({ second_factor: isOn, role }) {
  if (isOn) return h("span", { class: "badge badge-good" }, "✓ ", t("users.factor-on"));
  const isDue = role === "manager" || role === "technician";
  return isDue ? h("span", { class: "badge badge-warn" }, "▲ ", t("users.factor-due")) : t("users.factor-off");
}

function actions(person, again) {
  const button = (label, run, kind = "") => h("button", { type: "button", class: `button ${kind}`, "aria-label": `${label}: ${person.name}`,
    onclick: run }, label);
  return h("div", { class: "toolbar row-actions" },
    button(t("users.change"), () => change(person, again)),
    person.second_factor && button(t("users.factor-remove"), () => removeFactor(person, again)),
    person.name !== session.name && button(t("users.remove"), () => remove(person, again), "button-danger"));
}

async function add(again) {
  const made = await form({ title: t("users.add"), action: t("users.add"), fields: [
    { name: "name", label: t("common.name"), required: true, autocomplete: "off", autocapitalize: "none", maxlength: 64 },
    { name: "role", label: t("users.role"), type: "select", value: "desk", options: roleOptions() },
    { name: "password", label: t("common.password"), type: "password", required: true, minlength: LEAST, autocomplete: "new-password",
      hint: t("users.password-hint", { least: LEAST }) },
  ], submit: (values) => send("POST", "/users", values) });
  if (made) await told(t("users.added", { name: made.name }), again);
}

async function change({ name, role }, again) {
  const changed = await form({ title: t("users.change-title", { name }), intro: t("users.change-text"), action: t("common.save"), fields: [
    { name: "role", label: t("users.role"), type: "select", value: role, options: roleOptions() },
    { name: "password", label: t("users.new-password"), type: "password", minlength: LEAST, nullable: true, autocomplete: "new-password",
      hint: t("users.password-keep") },
  ], submit: (values) => changeBy(name, role, values) });
  if (changed) await told(t("users.changed", { name }), again);
}

/** Only what is another: either ends the person's sessions. */
function changeBy(name, before, { role, password }) {
  const wanted = { ...(role === before ? {} : { role }), ...(password ? { password } : {}) };
  return Object.keys(wanted).length ? send("PATCH", `/users/${encodeURIComponent(name)}`, wanted) : null;
}

async function removeFactor({ name }, again) {
  const sure = await confirm({ title: t("users.factor-remove"), text: t("users.factor-remove-text", { name }), action: t("users.factor-remove"), danger: true });
  if (sure) await done(() => send("DELETE", `/users/${encodeURIComponent(name)}/second-factor`), t("users.factor-removed", { name }), again);
}

async function remove({ name }, again) {
  const sure = await confirm({ title: t("users.remove"), text: t("users.remove-text", { name }), action: t("users.remove"), danger: true });
  if (sure) await done(() => send("DELETE", `/users/${encodeURIComponent(name)}`), t("users.removed", { name }), again);
}

/** Does it and says so, or why not. */
export function done(work, text, again) {
  return doNow(async () => {
    await work();
    await told(text, again);
  });
}

async function told(text, again) {
  say(text);
  await again();
}
