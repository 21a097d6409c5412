// What was taken from a minibar: told to the hotel's system, which knows the prices.

import { send } from "../api.js";
import { form, say } from "../dialog.js";
import { t } from "../text.js";

const ROWS = 4;

/** Asks what was taken, and has it charged. */
export function askMinibar(room) {
  const rows = Array.from({ length: ROWS }, (_, place) => [
    { name: `article-${place}`, label: t("housekeeping.article"), type: "number", min: 1, max: 9999, inputmode: "numeric", required: !place },
    { name: `count-${place}`, label: t("housekeeping.count"), type: "number", min: 1, max: 99, value: 1, inputmode: "numeric", required: true },
  ]);
  return form({
    title: t("housekeeping.minibar-title", { room }), intro: t("housekeeping.minibar-why"), action: t("housekeeping.charge"),
    fields: rows.flat(), submit: async (values) => {
      const items = rows.map((_, place) => ({ article: values[`article-${place}`], count: values[`count-${place}`] })).filter(({ article }) => article);
      await send("POST", "/charges", { room, items });
      say(t("housekeeping.charged", { room, count: items.length }));
    },
  });
}
