// Tables to be saved: as the API gives them, or as they are shown.

import { call } from "../api.js";
import { h } from "../dom.js";

const NEXT = "X-Next-Cursor";
const MARK = "\uFEFF"; // by which spreadsheets know UTF-8
const FORMULA = /^[=@\t\r]|^[+-](?![\d ]*$)/; // what a spreadsheet would run; a number such as +48601 is none

/** Has the browser save a text. */
export function save(name, text, type = "text/csv;charset=utf-8") {
  const address = URL.createObjectURL(new Blob([MARK, text], { type }));
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** All of a list that the API gives as text/csv. */
export async function wholeTable(path, query) {
  let text = "";
  for (let cursor = ""; cursor !== null;) {
    const answer = await call("GET", path, { query: { ...query, limit: 1000, cursor }, headers: { Accept: "text/csv" } });
    const part = await answer.text();
    text += text ? part.slice(part.indexOf("\n") + 1) : part;
    cursor = answer.headers.get(NEXT);
  }
  return text;
}

/** Rows of cells as a table (RFC 4180). */
export function csvOf(rows) {
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function cell(value) {
  const text = String(value ?? "");
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
