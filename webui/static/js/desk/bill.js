// A stay's bill: on the screen, and on paper (A4) in the guest's language if we have it, or another that is chosen.

import { get } from "../api.js";
import { dialog } from "../dialog.js";
import { fill, h } from "../dom.js";
import { house } from "../house.js";
import { LANGUAGES, language, t } from "../text.js";
import { billWords } from "./bill_words.js";

/** Fetches it and shows it in a dialog; from there it is printed. */
export async function showBill(guest) {
  const [bill] = await Promise.all([get(`/stays/${guest}/bill`), sheet()]);
  const paper = h("div", { class: "bill" });
  const wanted = bill.stay.language in LANGUAGES ? bill.stay.language : language();
  const choose = h("select", { id: "bill-language", onchange: () => draw(choose.value) },
    Object.entries(LANGUAGES).map(([name, label]) => h("option", { value: name, lang: name, selected: name === wanted }, label)));
  async function draw(name) {
    paper.lang = name;
    fill(paper, page(bill, await billWords(name)));
  }
  await draw(wanted);
  const shown = dialog({ title: t("room.bill"), wide: true,
    body: [h("div", { class: "field bill-tools" }, h("label", { for: "bill-language" }, t("room.bill-language")), choose), paper],
    actions: [{ label: t("room.bill-print"), primary: true, run: () => {
      window.print();
      return false;
    } }] });
  shown.element.classList.add("bill-dialog");
  shown.element.querySelector(".dialog-foot .button").focus();
}

/** The style sheet of the bill, loaded with the first one. */
function sheet() {
  const href = "/static/css/bill.css";
  if (document.querySelector(`link[href="${href}"]`)) return null;
  return new Promise((resolve) => {
    document.head.append(h("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}

function page(bill, words) {
  const { t: w, date, money } = words;
  const { stay } = bill;
  const name = [stay.title, stay.first_name, stay.name].filter(Boolean).join(" ");
  const until = stay.departed ?? stay.departure;
  const facts = [[w("bill.guest"), name], [w("bill.room"), stay.room], [w("bill.arrival"), date(stay.arrival)],
    until && [w("bill.departure"), date(until)], stay.reservation && [w("bill.reservation"), stay.reservation]].filter(Boolean);
  return [
    h("div", { class: "bill-head" }, h("p", { class: "bill-hotel" }, house.health?.hotel.name ?? ""), h("h3", {}, w("bill.title")),
      h("dl", {}, facts.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value))))),
    bill.items.length ? table(bill, words) : h("p", {}, w("bill.nothing")),
    h("dl", { class: "bill-sums" }, [["bill.calls", bill.calls], ["bill.minibar", bill.minibar], ["bill.total", bill.total]].map(([key, sum]) =>
      h("div", {}, h("dt", {}, w(key)), h("dd", {}, money(sum))))),
    !bill.priced && h("p", { class: "bill-note" }, w("bill.not-priced")),
    h("p", { class: "bill-printed" }, w("bill.printed", { at: words.dateTime(house.now().toISOString(), house.health?.clock.zone) })),
  ];
}

function table({ items }, { t: w, dateTime, duration, money }) {
  const head = ["bill.when", "bill.what", "bill.duration", "bill.amount"].map((key, place) => h("th", { scope: "col", class: place > 1 ? "number" : "" }, w(key)));
  const row = (item) => h("tr", {}, h("td", {}, dateTime(item.started)),
    h("td", {}, item.kind === "minibar" ? w("bill.article", { article: item.article, count: item.count }) : item.number),
    h("td", { class: "number" }, item.talk_seconds === null ? "" : duration(item.talk_seconds)),
    h("td", { class: "number" }, item.charge ? money(item.charge) : item.unpriced ? w("bill.unpriced") : "–"));
  return h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, items.map(row)));
}

