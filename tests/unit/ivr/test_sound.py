"""Speech sounds like speech in each language, and a site's recordings become what a telephone can play."""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from boardsupport import dsp
from firmware.errors import RefusedError, UnavailableError
from firmware.ivr import sound
from firmware.ivr.prompt_texts import TEXTS, VOICES
from firmware.ivr.texts import SPOKEN

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def sine(rate: int, seconds: float = 0.5, peak: int = 8000) -> array[int]:
    return array("h", (round(peak * math.sin(2 * math.pi * 440 * at / rate)) for at in range(int(rate * seconds))))


def wav(samples: bytes, rate: int = 8000, channels: int = 1, bits: int = 16, tag: int = sound.PCM) -> bytes:
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"LIST\x03\0\0\0abc\0"
    return (
        b"RIFF"
        + struct.pack("<I", len(body) + 8 + len(samples))
        + body
        + b"data"
        + struct.pack("<I", len(samples))
        + samples
    )


def pcm(a_law: bytes) -> array[int]:
    return array("h", dsp.decode(a_law, "alaw"))


def peak(samples: array[int]) -> float:
    return max(abs(sample) for sample in samples) / 32768


def cycles(samples: array[int]) -> int:
    return sum(before < 0 <= after for before, after in pairwise(samples))


@needs_espeak
@pytest.mark.parametrize("language", sorted(VOICES))
def test_speech_is_neither_silence_nor_noise_and_begins_at_once(language: str) -> None:
    audio = pcm(sound.spoken(TEXTS["survival-warning"][language], VOICES[language]))
    assert 4 < len(audio) / 8000 < 20
    assert 0.4 < peak(audio) < 0.6
    power = [sum(sample * sample for sample in audio[at : at + 160]) / 160 for at in range(0, len(audio) - 160, 160)]
    loud = sum(value > 300**2 for value in power) / len(power)
    assert 0.4 < loud < 0.98, "speech has pauses"
    assert max(power[:8]) > 300**2 and max(power[-10:]) < 300**2


@needs_espeak
def test_a_fragment_is_followed_at_once_and_a_sentence_after_a_pause() -> None:
    fragment, sentence = (sound.spoken(text, "en-gb") for text in ("seven", "Seven."))
    assert 0.2 < len(fragment) / 8000 < 0.8
    assert len(sentence) > len(fragment) + 800


@needs_espeak
@pytest.mark.parametrize("language", sorted(VOICES))
def test_the_voice_knows_each_word_of_its_language(language: str) -> None:
    """espeak-ng marks what it reads in another language than the voice's, as (en)."""
    texts = "\n".join(said[language] for said in SPOKEN.values() if language in said)
    command = ["espeak-ng", "-v", VOICES[language], "-q", "--ipa"]
    phonemes = subprocess.run(command, input=texts, capture_output=True, text=True, check=True).stdout
    assert phonemes.strip() and "(" not in phonemes


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
def test_a_recording_of_any_usual_rate_is_as_long_and_as_high_at_8_khz(rate: int) -> None:
    audio = pcm(sound.from_wav(wav(sine(rate).tobytes(), rate), 120))
    assert len(audio) == pytest.approx(4000, abs=2)
    assert cycles(audio) == pytest.approx(220, abs=2)
    assert peak(audio) == pytest.approx(0.5, abs=0.03)


def test_every_kind_of_sample_sounds_the_same() -> None:
    tone = sine(8000)
    stereo = array("h", (sample for one in tone for sample in (one, one)))
    extensible = struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", sound.PCM) + bytes(14)
    form = struct.pack("<HHIIHH", sound.EXTENSIBLE, 1, 8000, 16000, 2, 16) + extensible
    long = (
        b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", len(form)) + form + b"data\xff\xff\xff\xff" + tone.tobytes()
    )
    kinds = [
        wav(stereo.tobytes(), channels=2),
        wav(bytes((sample >> 8) + 128 for sample in tone), bits=8),
        wav(dsp.encode(tone.tobytes(), "alaw"), bits=8, tag=sound.A_LAW),
        wav(dsp.encode(tone.tobytes(), "ulaw"), bits=8, tag=sound.U_LAW),
        long,  # as it comes through a pipe: its lengths were not known
    ]
    for kind in kinds:
        audio = pcm(sound.from_wav(kind, 120))
        assert len(audio) == 4000 and cycles(audio) == pytest.approx(220, abs=2)
        assert peak(audio) == pytest.approx(0.5, abs=0.05)


def test_a_loud_recording_gets_quieter_and_a_whisper_louder_up_to_a_limit() -> None:
    loud, quiet, faint = (pcm(sound.from_wav(wav(sine(8000, peak=at).tobytes()), 120)) for at in (32000, 3000, 200))
    assert peak(loud) == pytest.approx(peak(quiet), abs=0.05)
    assert peak(faint) == pytest.approx(0.061, abs=0.01)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "does not begin"),
        (b"ID3\4" + bytes(100), "does not begin"),
        (b"RIFF\4\0\0\0WAVE", "no description"),
        (wav(sine(8000).tobytes())[:40], "no description"),
        (wav(bytes(3000), rate=0), "sampling rate is 0"),
        (wav(bytes(9600), rate=96000), "sampling rate is 96000"),
        (wav(bytes(9600), channels=6), "6 channels"),
        (wav(bytes(9600), bits=24), "24 bit"),
        (wav(bytes(9600), bits=0), "0 bit"),
        (wav(bytes(9600), tag=85), "format 85"),
        (wav(bytes(800)), "0.05 s long"),
        (wav(b""), "0.00 s long"),
        (wav(bytes(16000 * 3)), "3.00 s long"),
        (wav(bytes(16000)), "nothing to hear"),
    ],
)
def test_what_no_telephone_can_play_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(RefusedError, match=why) as refusal:
        sound.from_wav(content, 2)
    assert (refusal.value.code, refusal.value.field) == ("not-a-recording", "wav")


def test_a_wav_for_the_page_has_the_same_sound() -> None:
    audio = dsp.encode(sine(8000).tobytes(), "alaw")
    with wave.open(io.BytesIO(sound.to_wav(audio))) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) == (8000, 1, 2)
        assert reader.readframes(9999) == dsp.decode(audio, "alaw")


def test_a_program_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def never_ends(command: list[str], timeout: float, **options: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", never_ends)
    with pytest.raises(UnavailableError, match="does not end"):
        sound.speak("hello", "en-gb")


def test_without_espeak_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UnavailableError, match="install the package espeak-ng"):
        sound.speak("hello", "en-gb")


def test_a_program_that_fails_or_gives_no_sound_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "espeak-ng"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    for script, why in (("echo no such voice >&2; exit 1", "no such voice"), ("echo sound", "does not begin")):
        program.write_text(f"#!/bin/sh\ncat >/dev/null\n{script}\n")
        program.chmod(0o700)
        with pytest.raises(UnavailableError, match=why):
            sound.speak("hello", "en-gb")
