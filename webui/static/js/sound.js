// Alarms that are heard: an emergency call and a failed wake-up, until somebody acknowledges them. What was muted once
// stays so in that browser, for whoever comes next: an emergency call is heard all the same.

import { house } from "./house.js";
import { isHeard, mayBeHeard, onHeard } from "./turns.js";

const [KEPT, EMERGENCY] = ["nightporter-muted", "emergency-call"];
// By the alarm's kind, the most urgent first: tones [Hz, seconds], again every so many seconds.
const SOUNDS = [
  { kind: EMERGENCY, tones: [[960, 0.25], [770, 0.25], [960, 0.25], [770, 0.25]], every: 1.5 },
  { kind: "wakeup-failed", tones: [[520, 0.18], [660, 0.18], [780, 0.3]], every: 4 },
];
const LEVEL = 0.25;

let context = null;
let timer = null;
let playing = null;
const listeners = new Set();

/** "on", "muted" (in this browser, by somebody), or "blocked" (the browser wants a click first). */
export function soundState() {
  if (localStorage.getItem(KEPT)) return "muted";
  return context?.state === "running" ? "on" : "blocked";
}

/** Calls fn() when the state has changed. */
export function onSound(fn) {
  listeners.add(fn);
}

export function mute(wanted) {
  if (wanted) localStorage.setItem(KEPT, "yes");
  else localStorage.removeItem(KEPT);
  changed();
}

/** Within a click or a key: from then on the browser lets the page be heard. */
export async function unlock() {
  try {
    context ??= new AudioContext();
    context.onstatechange ??= changed;
    await context.resume();
  } catch (error) {
    console.info(error); // no sound device: what is to be seen is still there
  }
  changed();
}

/** Begins to sound whatever alarm asks for it; once. */
export function followAlarms() {
  house.on(["alarm", "connection"], changed);
  onHeard(changed);
  window.addEventListener("storage", changed); // muted in another tab
  for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, unlock, { once: true });
  unlockIfAllowed();
}

function unlockIfAllowed() {
  context = new AudioContext();
  context.onstatechange = changed;
  changed();
}

function wanted() {
  const kinds = new Set([...house.alarms.values()].filter((alarm) => !alarm.acknowledged).map((alarm) => alarm.kind));
  const [state, sounds] = [soundState(), context?.state === "running" && isHeard() && !house.resting];
  return SOUNDS.find(({ kind }) => sounds && kinds.has(kind) && (state === "on" || kind === EMERGENCY)) ?? null;
}

function changed() {
  mayBeHeard(context?.state === "running");
  const sound = wanted();
  if (sound !== playing) {
    clearInterval(timer);
    playing = sound;
    if (sound) {
      play(sound);
      timer = setInterval(() => play(sound), sound.every * 1000);
    }
  }
  listeners.forEach((fn) => fn());
}

function play({ tones }) {
  let at = context.currentTime + 0.02;
  for (const [hertz, seconds] of tones) {
    const [tone, level] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(LEVEL, at + 0.01); // no clicks
    level.gain.setValueAtTime(LEVEL, at + seconds - 0.02);
    level.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(level).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds;
  }
}
