"""What scenarios do again and again: ring up, answer, and judge the audio between two telephones."""

from __future__ import annotations

from tests import audio
from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.host_stalls import HostStalls

LEVEL_TOLERANCE_DB = 1.0
LEAST_SDR_DB = 30.0
LONGER_THAN_A_FLASH_MS = 900
UNDISTURBED_TRIES = 6
DISTURBING_MS = 10
MARGIN_MS = 300
VOICES_HZ = (1000, 1800, 1400)


def lift(bench: Bench, phone: int, *, deadline_s: float = 10) -> None:
    """Lift and wait for dial tone."""
    bench.off_hook(phone)
    bench.wait_signal(phone, "dial", deadline_s=deadline_s)


def lift_and_dial(bench: Bench, phone: int, digits: str, **how: object) -> None:
    """Lift, wait for dial tone, dial."""
    lift(bench, phone)
    bench.dial(phone, digits, **how)


def ring_up(bench: Bench, caller: int, digits: str, callee: int, *, deadline_s: float = 10) -> None:
    """Lift, dial, and wait until the other telephone rings, whose bell has fallen silent after any call before."""
    bench.wait_quiet(callee)
    lift_and_dial(bench, caller, digits)
    bench.wait_ringing(callee, deadline_s)


def call(bench: Bench, caller: int, digits: str, callee: int) -> None:
    """A call that has been answered, with audio in both directions."""
    ring_up(bench, caller, digits, callee)
    answer(bench, callee, caller)


def answer(bench: Bench, callee: int, caller: int) -> None:
    """Lift the telephone that rings: both hear each other."""
    bench.off_hook(callee)
    connected(bench, caller, callee)


def may_call_out(api: Api, room: str, cor: str | None = "national") -> None:
    """Give a room a class of restriction."""
    api.call("PATCH", f"/api/v1/rooms/{room}", {"class": cor})


def call_out(bench: Bench, phone: int, number: str, line: str = "fxo/2") -> None:
    """Dial a number outside, until the company's exchange has it."""
    lift_and_dial(bench, phone, f"0{number}")
    bench.wait_digits(line, number)


def line_with(bench: Bench, digits: str, deadline_s: float = 10) -> str:
    """The company line whose exchange has these digits, once one has them."""

    def found() -> str | None:
        lines = bench.world()["lines"]
        return next((port for port, line in lines.items() if line["digits"] == digits and line["seized"]), None)

    return str(wait_for(found, deadline_s, f"an exchange has {digits}"))


def answered_outside(bench: Bench, api: Api, line: str, reversal: bool = True) -> None:
    """The far end answers a call out, and the desk sees it."""
    bench.company(line, "answer", reversal=reversal)
    if reversal:
        wait_for(lambda: [c for c in api.calls() if c["state"] == "answered"], 10, "the call counts as answered")


def connected(bench: Bench, *phones: int | str) -> None:
    """Each telephone is heard by all the others: each says a tone of its own, and then all is silent again."""
    for talker, hz in zip(phones, VOICES_HZ, strict=False):
        bench.play_tone(talker, hz, -10, 20_000)
        for listener in phones:
            if listener != talker:
                bench.wait_now(listener, f"tone:{hz}")
        stop_talking(bench, talker)
    for phone in phones:
        bench.wait_now(phone, "silence")


def hears_beep(bench: Bench, phone: int, hz: float, within_ms: int) -> bool:
    """A pure tone of at least 50 ms was at the ear in the last so many milliseconds."""
    heard, size = bench.heard(phone, within_ms), audio.RATE_HZ // 40
    fits = [audio.fit_tone(heard[at : at + size], hz) for at in range(0, len(heard) - size, size)]
    return any(fit.dbm0 > -40 and fit.sdr_db > 20 for fit in fits)


def not_connected(bench: Bench, talker: int, listener: int, hz: float = 1633) -> None:
    """What one says is not heard by the other."""
    bench.play_tone(talker, hz, -10, 20_000)
    bench.wait_audio(600)
    heard = bench.heard(listener, 400)
    stop_talking(bench, talker)
    level = audio.fit_tone(heard, hz).dbm0
    assert level < -50, f"fxs/{listener} hears fxs/{talker} at {level:.1f} dBm0"


def stop_talking(bench: Bench, phone: int | str) -> None:
    """A second play replaces the first: the shortest there is, of next to nothing."""
    bench.play_tone(phone, 1000, -90, 10, wait=True)


def check_speech_path(bench: Bench, talker: int | str, listener: int | str) -> None:
    """A 1 kHz tone at -10 dBm0 arrives within 1 dB, with at least 30 dB between it and everything else."""
    bench.play_tone(talker, 1000, -10, 60_000)
    bench.wait_now(listener, "tone:1000")
    (heard,) = undisturbed(bench, 500, listener)
    fit = audio.fit_tone(heard, 1000)
    stop_talking(bench, talker)
    assert abs(fit.dbm0 + 10) <= LEVEL_TOLERANCE_DB, f"{talker} to {listener}: {fit}"
    assert fit.sdr_db >= LEAST_SDR_DB, f"{talker} to {listener}: {fit}"


def undisturbed(bench: Bench, ms: int, *listeners: int | str) -> list[audio.Samples]:
    """What the listeners hear for so long, taken at a time when the machine itself let everybody run.

    Tried a few times where it did not: what the host spoils is not the product's. What the product spoils stays in.
    """
    for _ in range(UNDISTURBED_TRIES):
        late = bench.highway()["own_late"]
        with HostStalls() as host:
            bench.wait_audio(ms + MARGIN_MS)
            heard = [bench.heard(listener, ms) for listener in listeners]
        if host.longest_ms < DISTURBING_MS and bench.highway()["own_late"] == late:
            break
    return heard


def hang_up(bench: Bench, *phones: int) -> None:
    """Replace the handsets for longer than a hook flash lasts: then it is no flash if one is lifted again."""
    for phone in phones:
        bench.on_hook(phone)
    bench.wait_audio(LONGER_THAN_A_FLASH_MS)
