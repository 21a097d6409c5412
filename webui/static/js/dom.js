// Makes elements. Text goes in as text nodes only, so nothing that a guest or a PMS says is ever markup.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "selected", "indeterminate", "htmlFor"]);

/** An element. attributes: strings; true/false for boolean ones; on<event>: a function; style: {property: value}.
 *  children: strings, numbers, nodes, lists of those; null, undefined and false are left out. */
export function h(tag, attributes, ...children) {
  return made(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  return made(document.createElementNS(SVG, tag), attributes, children);
}

/** Replaces what the element holds; answers the element. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** addEventListener; it ends when `signal` aborts. */
export function on(target, event, run, { signal } = {}) {
  target.addEventListener(event, run, { signal });
}

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false && !name.startsWith("aria-")) return;
  if (typeof value === "function") element.addEventListener(name.slice(2).toLowerCase(), value);
  else if (name === "style") for (const [key, to] of Object.entries(value)) element.style.setProperty(key, to);
  else if (PROPERTIES.has(name) && name in element) element[name] = value;
  else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : value);
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => child instanceof Node ? child : document.createTextNode(child));
}
