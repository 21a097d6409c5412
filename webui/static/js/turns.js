// Which tabs of a browser follow: it opens six connections to a host, and each feed has one of them for itself. A tab that
// is seen follows. Of all others one does of those that the browser lets sound, since an alarm must be heard, and one of
// those that are silent, since its title tells: each has a lock, which the next one gets when it closes. Whichever has the
// first of them sounds, be it seen or not. Where there are no locks (plain HTTP from elsewhere) every tab does both.

const [HEARD, SILENT] = ["nightporter-heard", "nightporter-silent"];

let audible = false;
let heard = !navigator.locks;
const hearing = new EventTarget();

/** Says whether the browser lets this tab sound. */
export function mayBeHeard(may) {
  audible = may;
  hearing.dispatchEvent(new Event("may"));
}

/** Whether it is this tab that sounds, of those that the browser lets. */
export function isHeard() {
  return heard;
}

/** Calls fn() when that has changed. */
export function onHeard(fn) {
  hearing.addEventListener("heard", fn);
}

function hear(now) {
  if (now === heard) return;
  heard = now;
  hearing.dispatchEvent(new Event("heard"));
}

/** Until `signal` aborts: calls begin(turn) each time this tab is to follow; the signal `turn` aborts when it no longer is. */
export function takeTurns(begin, signal) {
  let [turn, lock] = [null, null];
  const look = () => {
    hear(!navigator.locks || Boolean(lock?.had && lock.name === HEARD));
    const follows = !signal.aborted && (!document.hidden || !navigator.locks || Boolean(lock?.had));
    if (follows === Boolean(turn)) return;
    turn?.abort();
    turn = follows ? new AbortController() : null;
    if (turn) begin(turn.signal);
  };
  const ask = () => {
    const wanted = signal.aborted || !navigator.locks ? null : audible ? HEARD : SILENT;
    if (wanted !== (lock?.name ?? null)) {
      lock?.end();
      lock = wanted && new Lock(wanted, look);
    }
    look();
  };
  document.addEventListener("visibilitychange", look, { signal });
  hearing.addEventListener("may", ask, { signal });
  signal.addEventListener("abort", ask);
  ask();
}

/** The browser's lock: waited for, then `had`, until end(); changed() says that it is had. */
class Lock {
  had = false;

  constructor(name, changed) {
    this.name = name;
    const end = new AbortController();
    const ended = new Promise((resolve) => end.signal.addEventListener("abort", resolve));
    const have = () => {
      this.had = true;
      changed();
    };
    this.end = () => end.abort();
    navigator.locks.request(name, { signal: end.signal }, () => (have(), ended)).catch((refused) => {
      if (end.signal.aborted) return;
      console.warn(refused);
      have(); // a browser that gives nobody its locks: rather two that sound than none
    });
  }
}
