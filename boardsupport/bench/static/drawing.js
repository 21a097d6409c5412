// A desk telephone as SVG: body, handset on its cradle, display, lamp, keypad, flash key.

const NS = "http://www.w3.org/2000/svg";
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const HANDSET =
  "M22 66q-2-38 36-43 92-11 184 0 38 5 36 43l-1 8q-2 11-14 11h-32q-12 0-15-11l-3-10q-3-9-13-10-50-5-100 0-10 1-13 10l-3 10q-3 11-15 11H37q-12 0-14-11z";

/** An SVG element with attributes and children. */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function key(label, x, y, width, className) {
  const sub = LETTERS[label];
  const group = draw(
    "g",
    { class: `key ${className}`, role: "button", tabindex: "-1", "data-key": label, transform: `translate(${x} ${y})` },
    draw("rect", { class: "key-shadow", y: 2.5, width, height: 27, rx: 7 }),
    draw("rect", { class: "key-cap", width, height: 27, rx: 7 }),
    draw("text", { x: width / 2, y: sub ? 15 : 19, class: "key-label" }, label),
  );
  if (sub) group.append(draw("text", { x: width / 2, y: 23.5, class: "key-letters" }, sub));
  return group;
}

/** The drawing, and those of its parts that change. */
export function drawTelephone(label) {
  const handset = draw(
    "g",
    { class: "handset", role: "switch", tabindex: "-1", "aria-checked": "false" },
    draw("path", { class: "handset-shadow", d: HANDSET, transform: "translate(0 5)" }),
    draw("path", { class: "handset-body", d: HANDSET }),
    draw("path", { class: "handset-shine", d: "M48 33q102-14 204 0" }),
    draw("circle", { class: "grille", cx: 52, cy: 72, r: 2 }),
    draw("circle", { class: "grille", cx: 46, cy: 66, r: 2 }),
    draw("circle", { class: "grille", cx: 58, cy: 66, r: 2 }),
    draw("circle", { class: "grille", cx: 248, cy: 72, r: 2 }),
    draw("circle", { class: "grille", cx: 242, cy: 66, r: 2 }),
    draw("circle", { class: "grille", cx: 254, cy: 66, r: 2 }),
  );
  const number = draw("text", { class: "display-number", x: 72, y: 139 });
  const name = draw("text", { class: "display-name", x: 72, y: 154 });
  const time = draw("text", { class: "display-time", x: 214, y: 139 });
  const lamp = draw("circle", { class: "lamp", cx: 245, cy: 136, r: 7.5 });
  const lampTitle = draw("title");
  lamp.append(lampTitle);
  const keypad = draw("g", { class: "keypad" });
  KEYS.forEach((label_, index) => keypad.append(key(label_, 62 + (index % 3) * 49, 173 + Math.floor(index / 3) * 33, 43, "digit")));
  keypad.append(key("R", 214, 173, 34, "flash-key"));
  const svg = draw(
    "svg",
    { viewBox: "0 -32 300 364", class: "telephone", role: "group" },
    draw("ellipse", { class: "ground", cx: 150, cy: 322, rx: 140, ry: 8 }),
    draw("g", { class: "waves" }, draw("path", { d: "M14 22q-12 24 0 50M4 14q-17 33 0 66" }), draw("path", { d: "M286 22q12 24 0 50M296 14q17 33 0 66" })),
    draw("path", { class: "cord", d: "M34 300q-30 4-26-26t12-52-6-46 6-44 8-34" }),
    draw("g", { class: "shaking" },
      draw("path", { class: "base-side", d: "M44 96q2-14 18-14h176q16 0 18 14l26 208q2 18-18 18H36q-20 0-18-18z" }),
      draw("path", { class: "base", d: "M44 92q2-14 18-14h176q16 0 18 14l25 205q2 18-18 18H37q-20 0-18-18z" }),
      draw("path", { class: "cradle", d: "M40 84h48v14q0 8-8 8H48q-9 0-8-8zM212 84h48v14q0 8-8 8h-32q-8 0-8-8z" }),
      draw("rect", { class: "display", x: 62, y: 118, width: 160, height: 43, rx: 6 }),
      number, name, time, lamp, keypad,
      draw("g", { class: "card-strip" }, draw("rect", { x: 213, y: 275, width: 54, height: 24, rx: 3 }), draw("text", { x: 240, y: 292 }, label)),
      handset),
  ); // prettier-ignore
  return { svg, handset, number, name, time, lamp, lampTitle, keypad };
}
