// The kinds of alarms: how urgent each is, of what it speaks, and what its English text has that is said in other words.

const [EMERGENCY, WAKEUP, OTHER] = [0, 1, 2];

/** rank: emergency first, then wake-ups. of: what the subject names. facts: parts of the text, by name. */
const KINDS = {
  "emergency-call": { rank: EMERGENCY, of: "place", facts: /has dialled (?<number>\S+)/ },
  "emergency-no-line": { rank: EMERGENCY, of: "place", facts: /the call to (?<number>\S+)/ },
  "wakeup-failed": { rank: WAKEUP, of: "place", facts: /wake-up of (?<time>\S+) has failed: (?<why>.+)$/ },
  "wakeup-person": { rank: WAKEUP, of: "place", facts: /\((?<time>[\d:]+)\)/ },
  "off-hook": { of: "port" },
  "foreign-voltage": { of: "port" }, "power-alarm": { of: "port" }, "line-dead": { of: "port" },
  "short-circuit": { of: "port" }, overload: { of: "port" }, "chip-reset": { of: "port" }, calibration: { of: "port" },
  "no-supply": { of: "port" }, leakage: { of: "port" }, "chip-absent": { of: "port" }, "isolation-link": { of: "port" },
  "no-dial-tone": { of: "port" }, "line-in-use": { of: "port" },
  "line-worse": { of: "port" }, "no-clock": { of: "port" },
  "pin-lock": { of: "place" },
  unpriced: { of: "number", facts: /called from (?:room )?(?<from>.+?) and has/ },
  "charge-doubtful": { of: "charge" }, "charge-refused": { of: "charge" },
  "pms-link-down": { of: "name" }, "record-output-late": { of: "name" }, "record-output-full": { of: "name" },
  "login-attack": { facts: /, from (?<address>\S+)$/ },
};
const WHY = {
  "nobody has answered": "not_answered", "the telephone was busy": "busy", "no key was pressed": "no_key",
  "the telephone's line does not work": "error", "it could not be rung in time": "missed",
};

/** What kind of subject it has ("place", "port", "number", "charge", "name"), or undefined. */
export function subjectOf(alarm) {
  return KINDS[alarm.kind]?.of;
}

/** Parts of what it says: number, time, why, from, address; {} where it says none. */
export function factsOf(alarm) {
  const found = KINDS[alarm.kind]?.facts?.exec(alarm.text)?.groups ?? {};
  return found.why ? { ...found, why: WHY[found.why] ?? "not_answered" } : { ...found };
}

export function rankOf(alarm) {
  return KINDS[alarm.kind]?.rank ?? OTHER;
}

/** Emergencies, then wake-ups, then others; in each, those nobody has seen first, and the latest first. */
export function sorted(alarms) {
  const key = (alarm) => [alarm.acknowledged ? 1 : 0, rankOf(alarm)];
  return [...alarms].sort((one, other) => {
    const [[a, b], [c, d]] = [key(one), key(other)];
    return a - c || b - d || other.raised.localeCompare(one.raised);
  });
}
