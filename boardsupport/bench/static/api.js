// The bench's API: requests, and its server-sent events.

async function request(method, path, body) {
  const binary = body instanceof ArrayBuffer;
  const response = await fetch(path, {
    method,
    headers: body && !binary ? { "Content-Type": "application/json" } : {},
    body: body && !binary ? JSON.stringify(body) : body,
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

export const bench = {
  everything: () => request("GET", "/bench"),
  power: (state) => request("POST", "/bench/power", { state }),
  button: (state) => request("POST", "/bench/button", { state }),
  fault: (port, kind) => request("POST", `/bench/ports/${port}/fault`, { kind }),
  lift: (port) => request("POST", `/bench/phones/${port}/off-hook`),
  replace: (port) => request("POST", `/bench/phones/${port}/on-hook`),
  flash: (port) => request("POST", `/bench/phones/${port}/flash`, { ms: 300 }),
  dial: (port, digits, pulse) => request("POST", `/bench/phones/${port}/dial`, pulse ? { digits, pulse } : { digits, on_ms: 90, off_ms: 50 }),
  play: (port, wav) => request("POST", `/bench/phones/${port}/play`, wav),
  ring: (port, call) => request("POST", `/bench/lines/${port}/ring`, call),
  answer: (port, reversal) => request("POST", `/bench/lines/${port}/answer`, { reversal }),
  hangUp: (port, how) => request("POST", `/bench/lines/${port}/hang-up`, { how }),
  alert: (port, tone) => request("POST", `/bench/lines/${port}/alert`, { tone }),
  plug: (port, on) => request("POST", `/bench/lines/${port}/${on ? "plug" : "unplug"}`),
  exchange: (port, dial_tone) => request("POST", `/bench/lines/${port}/exchange`, { dial_tone }),
  parallel: (port, off_hook) => request("POST", `/bench/lines/${port}/parallel`, { off_hook }),
  pms: (name, verb, body) => request("POST", `/bench/pms/${name}/${verb}`, body),
  playLine: (port, wav) => request("POST", `/bench/lines/${port}/play`, wav),
};

/** Calls `handlers.phone(view)`, `handlers.line(view)`, `handlers.led(leds)`, `handlers.lit(colors)`, `handlers.pms(view)`, `handlers.state(connected)`; reconnects by itself. */
export function follow(handlers) {
  let source;
  const open = () => {
    source = new EventSource("/bench/events");
    for (const name of ["phone", "line", "led", "lit", "pms"]) source.addEventListener(name, (event) => handlers[name](JSON.parse(event.data)));
    source.onopen = () => handlers.state(true);
    source.onerror = () => handlers.state(false);
  };
  open();
  // pages that the browser keeps for its back button would use up the few connections that it makes to one address
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}
