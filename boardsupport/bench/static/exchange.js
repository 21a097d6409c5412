// A company line as SVG: the exchange, its wire, a display of what was dialled, and the plug in the box's socket.

import { draw } from "/static/drawing.js";

const WIRE = "M76 50C130 92 190 96 238 72";

function window_(x, y) {
  return draw("rect", { class: "pane", x, y, width: 9, height: 12, rx: 1.5 });
}

/** The drawing, and those of its parts that change. */
export function drawExchange() {
  const digits = draw("text", { class: "display-number", x: 80, y: 131 });
  const name = draw("text", { class: "display-name", x: 80, y: 147 });
  const building = draw("g", { class: "building" },
    draw("path", { class: "roof", d: "M14 46 48 22l34 24z" }),
    draw("rect", { class: "wall", x: 19, y: 46, width: 58, height: 58 }),
    ...[27, 43.5, 60].flatMap((x) => [window_(x, 54), window_(x, 74)]),
    draw("rect", { class: "door", x: 42, y: 91, width: 12, height: 13, rx: 1.5 }),
    draw("path", { class: "mast", d: "M66 34V14M58 18h16M60 24h12" })); // prettier-ignore
  const plug = draw("g", { class: "plug", role: "switch", tabindex: "-1", "aria-checked": "true" },
    draw("rect", { class: "plug-area", x: 208, y: 44, width: 84, height: 60 }),
    draw("path", { class: "plug-cord", d: WIRE }),
    draw("path", { class: "pulse", d: WIRE, pathLength: 100 }),
    draw("rect", { class: "plug-body", x: 232, y: 62, width: 26, height: 20, rx: 4 }),
    draw("path", { class: "plug-pins", d: "M258 67h9M258 77h9" })); // prettier-ignore
  const title = draw("title");
  plug.append(title);
  const svg = draw("svg", { viewBox: "0 8 300 152", class: "exchange", role: "group" },
    draw("path", { class: "ground-line", d: "M6 104.500h88" }),
    building, plug,
    draw("rect", { class: "socket", x: 264, y: 52, width: 26, height: 40, rx: 5 }),
    draw("path", { class: "socket-holes", d: "M272 67h6M272 77h6" }),
    draw("rect", { class: "display", x: 68, y: 111, width: 164, height: 43, rx: 6 }),
    digits, name); // prettier-ignore
  return { svg, plug, title, digits, name };
}
