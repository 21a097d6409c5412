"""Speech between handsets and highway: levels, distortion, sidetone, echo, laws, slots."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from boardsupport.bench import g711, sounds
from boardsupport.bench.dtmf_receiver import digits
from boardsupport.bench.listening import HeardBlock
from boardsupport.bench.sounds import Recording, SoundError, Tone
from tests.unit.bench.rig import Rig


def level_dbm0(samples: NDArray[np.int16]) -> float:
    power = float((samples.astype(float) ** 2).mean())
    return 10 * np.log10(max(power, 1e-9) * 2 / 32767**2) + 3.14


def fit(samples: NDArray[np.int16], hz: float) -> tuple[float, float]:
    """Level of a tone in dBm0, and how far everything else is below it in dB."""
    t = 2 * np.pi * hz / 8000 * np.arange(len(samples))
    basis = np.stack([np.sin(t), np.cos(t), np.ones_like(t)], axis=1)
    weights, *_ = np.linalg.lstsq(basis, samples.astype(float), rcond=None)
    rest = samples - basis @ weights
    power = (weights[0] ** 2 + weights[1] ** 2) / 2
    return 10 * np.log10(power * 2 / 32767**2) + 3.14, 10 * np.log10(power / max((rest**2).mean(), 1e-9))


@pytest.fixture
def call() -> Rig:
    """Two telephones in conversation, the highway switched by a bare copy."""
    rig = Rig(2)
    rig.bring_up(1)
    rig.bring_up(2)
    rig.talk(1, 2)
    rig.phone(1).lift()
    rig.phone(2).lift()
    rig.run(100)
    return rig


@pytest.mark.parametrize(("hz", "dbm0"), [(1000, -10), (425, -20), (3000, -10)])
def test_a_tone_arrives_at_its_level_without_distortion(call: Rig, hz: float, dbm0: float) -> None:
    call.phone(1).speak(Tone(hz, dbm0, 8000))
    call.run(600)
    level, distance = fit(call.world.heard(call.phone(2), 300), hz)
    assert level == pytest.approx(dbm0, abs=1.0), "what two hybrids return to one another is in it"
    assert distance > 30


def test_dbm0_is_the_reference_of_the_design() -> None:
    assert g711.peak_of(3.14) == pytest.approx(32767)


def test_what_is_played_into_the_slot_is_heard_bit_for_bit(call: Rig) -> None:
    codes = np.arange(80, dtype=np.uint8) * 3
    frames = call.idle.copy()
    frames[:, 1] = codes
    call.world.tick(frames)
    rows = np.full((1, 1), g711.ALAW_ROW, np.int32)
    assert np.array_equal(call.world.audio.earpiece[1], g711.decode(codes[None], rows)[0])


def test_the_own_voice_is_in_the_own_ear_within_5_ms_and_softer(call: Rig) -> None:
    click = np.zeros(80, np.float32)
    click[0] = 8000
    call.routes.clear()
    call.phone(1).speak(Recording(click))
    call.run(20)
    heard = call.world.heard(call.phone(1), 20)
    at = int(np.argmax(np.abs(heard.astype(int))))
    assert at < 40
    assert 500 < abs(int(heard[at])) < 4000


def test_the_hybrid_returns_an_echo_of_12_to_18_db_within_8_ms(call: Rig) -> None:
    rng = np.random.default_rng(3)
    noise = (rng.standard_normal((100, 80)) * 3000).astype(np.int16)
    rows = np.full((1, 1), g711.ALAW_ROW, np.int32)
    sent, returned = [], []
    for piece in noise:
        frames = call.idle.copy()
        frames[:, 0] = g711.encode(piece[None], rows)[0]
        capture = call.world.tick(frames)
        sent.append(g711.decode(np.ascontiguousarray(frames[:, 0])[None], rows)[0])
        returned.append(g711.decode(np.ascontiguousarray(capture[:, 0])[None], rows)[0])
    out, back = np.concatenate(sent).astype(float), np.concatenate(returned).astype(float)
    loss = 10 * np.log10((out**2).mean() / (back**2).mean())
    assert 12 < loss < 18
    response = np.array([np.dot(out[: 7800 - 100], back[lag : 7700 + lag]) for lag in range(100)]) / np.dot(out, out)
    assert np.abs(response[64:]).max() < 0.05 * np.abs(response).max() + 0.02
    assert np.abs(response[:64]).argmax() >= 1


def test_a_port_without_its_impedance_returns_more(call: Rig) -> None:
    def loss() -> float:
        back = []
        for n in range(50):
            frames = call.idle.copy()
            tone = (3000 * np.sin(2 * np.pi * 700 / 8000 * np.arange(n * 80, n * 80 + 80))).astype(np.int16)
            rows = np.full((1, 1), g711.ALAW_ROW, np.int32)
            frames[:, 0] = g711.encode(tone[None], rows)[0]
            back.append(g711.decode(np.ascontiguousarray(call.world.tick(frames)[:, 0])[None], rows)[0])
        return level_dbm0(np.concatenate(back[20:]))

    good = loss()
    call.hands["fxs/1"].write(10, 0x00)
    assert loss() > good + 5


def test_with_the_handset_down_nothing_is_heard_or_said(call: Rig) -> None:
    call.phone(1).speak(Tone(1000, -10, 80_000))
    call.run(100)
    call.phone(2).replace()
    call.run(100)
    assert not call.world.heard(call.phone(2), 50).any()
    call.phone(1).replace()
    call.run(50)
    assert (call.capture[:, 0] == 0xD5).all()


def test_the_wrong_law_is_heard_as_noise(call: Rig) -> None:
    call.hands["fxs/2"].write(1, 0x28)
    call.phone(1).speak(Tone(1000, -10, 8000))
    call.run(600)
    _, distance = fit(call.world.heard(call.phone(2), 300), 1000)
    assert distance < 20


def test_the_wrong_slot_is_heard_as_silence(call: Rig) -> None:
    call.hands["fxs/2"].write(4, 8 * 20)
    call.phone(1).speak(Tone(1000, -10, 8000))
    call.run(600)
    assert level_dbm0(call.world.heard(call.phone(2), 300)) < -50


def test_a_start_count_off_by_one_bit_garbles(call: Rig) -> None:
    call.hands["fxs/2"].write(4, 9)
    call.phone(1).speak(Tone(1000, -10, 8000))
    call.run(600)
    level, distance = fit(call.world.heard(call.phone(2), 300), 1000)
    assert level < -40 or distance < 20


def test_pcm_not_enabled_leaves_the_bus_alone(call: Rig) -> None:
    call.hands["fxs/1"].write(1, 0x08)
    call.run(20)
    assert (call.capture[:, 0] == 0xFF).all()


def test_two_chips_in_one_slot_garble_each_other(call: Rig) -> None:
    call.hands["fxs/2"].write(2, 0)
    call.phone(1).speak(Tone(1000, -10, 8000))
    call.phone(2).speak(Tone(1700, -10, 8000))
    call.routes = {1: 0}
    call.run(600)
    _, distance = fit(call.world.heard(call.phone(2), 300), 1000)
    assert distance < 20


def test_an_uncalibrated_chip_hums(call: Rig) -> None:
    call.hands["fxs/1"].write(106, 0x20)
    call.run(500)
    assert level_dbm0(call.world.heard(call.phone(2), 300)) > -40


def test_gains_are_heard(call: Rig) -> None:
    call.hands["fxs/2"].store(26, 0x2000)
    call.phone(1).speak(Tone(1000, -10, 8000))
    call.run(600)
    assert fit(call.world.heard(call.phone(2), 300), 1000)[0] == pytest.approx(-16, abs=0.3)


def test_dtmf_of_the_keypad_reaches_the_line(call: Rig) -> None:
    call.phone(1).dial("5", 200, 50)
    call.run(150)
    heard = call.world.heard(call.phone(2), 100)
    low, _ = fit(heard, 770)
    high, _ = fit(heard, 1336)
    assert (low, high) == (pytest.approx(-9, abs=1), pytest.approx(-7, abs=1))


def test_the_keypad_s_digits_are_each_as_long_as_asked_for() -> None:
    keys = sounds.Dtmf("147*0#D", 70, 30)
    assert keys.length == (6 * 100 + 70) * 8
    samples = np.concatenate([keys.block(at, min(80, keys.length - at)) for at in range(0, keys.length, 80)])
    assert digits(samples) == "147*0#D"
    rounds = np.append(samples, np.zeros(240, np.float32)).reshape(7, 800)
    assert all(np.abs(one[540:560]).max() > 3000 and not one[560:].any() for one in rounds)


def test_what_is_dialled_while_a_block_is_made_begins_whole_in_the_next(call: Rig) -> None:
    call.routes = {1: 0}
    audio = call.world.audio
    run = audio.run

    def dial_meanwhile(*block: Any) -> Any:
        audio.run = run  # type: ignore[method-assign]
        call.phone(1).dial("5", 50, 0)
        return run(*block)

    audio.run = dial_meanwhile  # type: ignore[method-assign]
    call.run(200)
    heard = np.abs(call.world.heard(call.phone(2), 200).astype(int))
    loud = np.flatnonzero(heard > 1000)
    assert loud[-1] - loud[0] == pytest.approx(50 * 8, abs=60)


def test_what_was_heard_is_whole_while_a_block_is_made(call: Rig) -> None:
    call.phone(1).speak(Tone(1000, -10, 80_000))
    call.run(100)
    take = call.world.listening.take
    levels: list[float] = []

    def listen_meanwhile(block: HeardBlock) -> None:
        levels.append(level_dbm0(call.world.heard(call.phone(2), 10)))
        take(block)

    call.world.listening.take = listen_meanwhile  # type: ignore[method-assign]
    call.run(100)
    assert levels == pytest.approx([-10] * 10, abs=1)


def test_history_is_kept_by_the_sample_for_60_s(call: Rig) -> None:
    call.phone(1).speak(Tone(1000, -10, 8 * 100))
    call.run(100)
    call.run(58_000)
    kept = call.world.heard(call.phone(2), 60_000)
    assert len(kept) == 480_000 or len(kept) == call.world.now
    assert level_dbm0(kept[-58_100 * 8 : -58_000 * 8 - 80]) == pytest.approx(-10, abs=1.5)
    assert level_dbm0(call.world.heard(call.phone(2), 57_000)) < -50


def test_listeners_get_each_block_and_the_microphone_is_heard(call: Rig) -> None:
    blocks: list[bytes] = []
    call.phone(2).listeners.append(blocks.append)
    tone = (5000 * np.sin(2 * np.pi * 1000 / 8000 * np.arange(1600))).astype("<i2")
    call.phone(1).microphone.push(tone.tobytes())
    call.run(150)
    assert len(blocks) == 15
    assert {len(block) for block in blocks} == {160}
    assert np.abs(np.frombuffer(b"".join(blocks), "<i2")).max() > 4000


@pytest.mark.parametrize(("rate", "channels", "width"), [(8000, 1, 2), (44100, 2, 2), (16000, 1, 1), (6000, 1, 2)])
def test_recordings_of_other_rates_are_played_at_their_pitch(rate: int, channels: int, width: int) -> None:
    import io
    import wave

    tone = 10000 * np.sin(2 * np.pi * 700 / rate * np.arange(rate))
    frames = tone.astype("<i2") if width == 2 else (tone / 256 + 128).astype(np.uint8)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(np.repeat(frames, channels).tobytes())
    sound = sounds.from_wav(file.getvalue())
    assert sound.length == pytest.approx(8000, abs=2)
    _, distance = fit(sound.block(1000, 6000).astype(np.int16), 700)
    assert distance > 25


def test_what_is_no_wav_is_refused() -> None:
    for body in (b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVEfmt "):
        with pytest.raises(SoundError):
            sounds.from_wav(body)


@pytest.mark.parametrize("row", [g711.ALAW_ROW, g711.ULAW_ROW])
def test_every_code_survives_decoding_and_encoding(row: int) -> None:
    codes = np.arange(256, dtype=np.uint8)[None]
    rows = np.full((1, 1), row, np.int32)
    back = g711.encode(g711.decode(codes, rows), rows)
    same = back == codes
    assert same.all() or list(np.flatnonzero(~same[0])) == [0x7F], "u-law has two zeros"
