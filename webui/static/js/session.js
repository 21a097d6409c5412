// Who is logged in at this browser.

/** `name` is empty while nobody is. What GET /session answers. */
export const session = {
  name: "", role: "", csrf: "", language: null, second_factor: false, second_factor_due: false,
};

/** Whether who is logged in has one of these roles. */
export function may(...roles) {
  return roles.flat().includes(session.role);
}

/** Takes over what the API says of the session; null: there is none. */
export function become(answer) {
  Object.assign(session, answer ?? { name: "", role: "", csrf: "" });
}
