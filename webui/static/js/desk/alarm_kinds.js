// The kinds of alarms: how urgent each is, and of what it speaks.

const [EMERGENCY, WAKEUP, OTHER] = [0, 1, 2];

/** rank: emergency first, then wake-ups. of: what the subject names. */
const KINDS = {
  "emergency-call": { rank: EMERGENCY, of: "place" },
  "emergency-no-line": { rank: EMERGENCY, of: "place" },
  "wakeup-failed": { rank: WAKEUP, of: "place" },
  "wakeup-person": { rank: WAKEUP, of: "place" },
  "off-hook": { of: "port" },
  "foreign-voltage": { of: "port" }, "power-alarm": { of: "port" }, "line-dead": { of: "port" },
  "short-circuit": { of: "port" }, overload: { of: "port" }, "chip-reset": { of: "port" }, calibration: { of: "port" },
  "no-supply": { of: "port" }, leakage: { of: "port" }, "chip-absent": { of: "port" }, "isolation-link": { of: "port" },
  "no-dial-tone": { of: "port" }, "line-in-use": { of: "port" },
  "line-worse": { of: "port" }, "no-clock": { of: "port" },
  "pin-lock": { of: "place" },
  unpriced: { of: "number" },
  "charge-doubtful": { of: "charge" }, "charge-refused": { of: "charge" },
  "pms-link-down": { of: "name" }, "record-output-late": { of: "name" }, "record-output-full": { of: "name" },
};

/** What kind of subject it has ("place", "port", "number", "charge", "name"), or undefined. */
export function subjectOf(alarm) {
  return KINDS[alarm.kind]?.of;
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
