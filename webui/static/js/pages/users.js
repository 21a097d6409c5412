// One's own account, for everybody; people, programs and sessions, for the manager.

import { fill, h } from "../dom.js";
import { may } from "../session.js";
import { t } from "../text.js";
import { accountCard } from "../users/account.js";
import { peopleCard } from "../users/people.js";
import { sessionsCard } from "../users/sessions.js";
import { tokensCard } from "../users/tokens.js";

/** args: ["account"] to begin at one's own account. */
export async function show(main, { args }) {
  const isManager = may("manager");
  const cards = await Promise.all((isManager ? [peopleCard, sessionsCard, tokensCard, accountCard] : [accountCard]).map((card) => card()));
  fill(main, h("h1", {}, t(isManager ? "common.page-users" : "common.account")), cards);
  if (args[0] === "account") main.querySelector(".account-card").scrollIntoView();
}
