// Elements made in one expression.

/** An HTML element with attributes and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A choice of words: its options' values, and where their texts stand in the page's words. */
export function choice(values, prefix) {
  return make("select", {}, ...values.map((value) => make("option", { value, "data-text": `${prefix}${value}` })));
}

/** A control with its word before it. */
export function row(word, control) {
  return make("label", {}, make("span", { "data-text": word }), control);
}
