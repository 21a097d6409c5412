// The hotel's currency, and amounts as they are typed.

import { house } from "../house.js";

/** How many minor units are one of the currency. */
export function factor(currency = house.health?.hotel.currency ?? "EUR") {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return 10 ** maximumFractionDigits;
}

/** What was typed, in minor units. */
export function minorUnits(typed) {
  return Math.round(typed * factor());
}
