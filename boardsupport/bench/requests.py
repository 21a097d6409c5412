"""What the bench's API takes: bodies and queries decoded strictly into sounds, digits and lengths."""

from __future__ import annotations

import json
from typing import Any, Final, Literal, TypeVar

from microdot import Request

from boardsupport.bench.sounds import DTMF_DIGITS, Sound, SoundError, Tone, from_wav

PULSE_DIGITS: Final = "0123456789"
LONGEST_DIAL: Final = 80
LONGEST_AUDIO_MS: Final = 60_000
LONGEST_TONE_MS: Final = 600_000
WAV_MAGIC: Final = b"RIFF"
MOST_BODY_BYTES: Final = 32 * 1024 * 1024
MOST_JSON_BYTES: Final = 64 * 1024
"""No request needs more; a larger one would keep the interpreter from the highway's clock while it is parsed."""


Word = TypeVar("Word", bound=str)


class ApiError(Exception):
    """A request that is refused: the HTTP status, and what is wrong."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


async def body_of(request: Request) -> bytes:
    """The whole body. Our web server reads those with a length only; chunks (RFC 9112, 7.1) are joined here."""
    stream = request.stream
    if stream is None or request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.body or b""
    body = bytearray()
    try:
        while size := int((await stream.readline()).partition(b";")[0], 16):
            if len(body) + size > MOST_BODY_BYTES:
                raise ApiError(413, f"more than {MOST_BODY_BYTES} bytes")
            body += await stream.readexactly(size)
            await stream.readline()
        while (await stream.readline()).strip():
            pass  # trailers
    except (ValueError, EOFError) as wrong:
        raise ApiError(400, f"the body's chunks: {wrong}") from wrong
    return bytes(body)


def fields_of(body: bytes, **allowed: Any) -> dict[str, Any]:
    """A JSON object with these keys alone; `allowed` gives the defaults, Ellipsis for a key that must be there."""
    if len(body) > MOST_JSON_BYTES:
        raise ApiError(413, f"a JSON body of {len(body)} bytes; allowed: {MOST_JSON_BYTES}")
    try:
        given = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError) as wrong:
        raise ApiError(422, f"the body is no JSON: {wrong}") from wrong
    if not isinstance(given, dict):
        raise ApiError(422, "the body is no JSON object")
    unknown = sorted(given.keys() - allowed.keys())
    if unknown:
        raise ApiError(422, f"unknown: {', '.join(unknown)}; allowed: {', '.join(allowed)}")
    fields = {**allowed, **given}
    missing = [key for key, value in fields.items() if value is ...]
    if missing:
        raise ApiError(422, f"missing: {', '.join(missing)}")
    return fields


def whole(fields: dict[str, Any], key: str, low: int, high: int) -> int:
    """A whole number of the object."""
    value = fields[key]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ApiError(422, f"{key}: {value!r}; allowed: a whole number from {low} to {high}")
    return value


def number(fields: dict[str, Any], key: str, low: float, high: float) -> float:
    """A number of the object."""
    value = fields[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ApiError(422, f"{key}: {value!r}; allowed: a number from {low:g} to {high:g}")
    return float(value)


def optional(fields: dict[str, Any], key: str, low: float, high: float) -> float | None:
    """A number of the object, or null."""
    return None if fields[key] is None else number(fields, key, low, high)


def one_of(fields: dict[str, Any], key: str, allowed: tuple[Word, ...]) -> Word:
    """A word of the object."""
    for word in allowed:
        if fields[key] == word:
            return word
    raise ApiError(422, f"{key}: {fields[key]!r}; allowed: {', '.join(allowed)}")


def truth(fields: dict[str, Any], key: str) -> bool:
    """A true or false of the object."""
    value = fields[key]
    if not isinstance(value, bool):
        raise ApiError(422, f"{key}: {value!r}; allowed: true, false")
    return value


def text(fields: dict[str, Any], key: str, longest: int) -> str | None:
    """A text of the object that a caller id can carry (ISO 8859-1, as in ETSI EN 300 659-3), or null."""
    value = fields[key]
    if value is None:
        return None
    carried = isinstance(value, str) and value.isprintable() and all(ord(letter) < 256 for letter in value)
    if not carried or not 1 <= len(value) <= longest:
        raise ApiError(422, f"{key}: {value!r}; allowed: 1 to {longest} characters of ISO 8859-1, or null")
    return str(value)


class Dialling:
    """What POST .../dial asks for."""

    def __init__(self, body: bytes) -> None:
        fields = fields_of(
            body, digits=..., on_ms=80, off_ms=80, pulse=False, break_ms=60, make_ms=40, gap_ms=800
        )  # fmt: skip
        self.way: Literal["dtmf", "pulse"] = "pulse" if truth(fields, "pulse") else "dtmf"
        allowed = PULSE_DIGITS if self.way == "pulse" else DTMF_DIGITS
        digits = fields["digits"]
        if not isinstance(digits, str) or not 1 <= len(digits) <= LONGEST_DIAL or set(digits) - set(allowed):
            raise ApiError(422, f"digits: {digits!r}; allowed: 1 to {LONGEST_DIAL} of {''.join(sorted(allowed))}")
        self.digits = digits
        self.on_ms = whole(fields, "on_ms", 10, 10_000)
        self.off_ms = whole(fields, "off_ms", 0, 60_000)
        self.break_ms = whole(fields, "break_ms", 5, 1000)
        self.make_ms = whole(fields, "make_ms", 5, 1000)
        self.gap_ms = whole(fields, "gap_ms", 0, 60_000)


def sound_of(body: bytes) -> Sound:
    """What POST .../play asks for: a WAV file, or a tone."""
    if body.startswith(WAV_MAGIC):
        try:
            return from_wav(body)
        except SoundError as wrong:
            raise ApiError(422, str(wrong)) from wrong
    if body and not body.lstrip().startswith(b"{"):
        raise ApiError(422, "the body is neither a WAV file nor a JSON object")
    fields = fields_of(body, tone_hz=..., dbm0=-10, ms=2000)
    return Tone(
        number(fields, "tone_hz", 1, 4000),
        number(fields, "dbm0", -100, 3.14),
        whole(fields, "ms", 1, LONGEST_TONE_MS) * 8,
    )


def waits(asked: str | None) -> bool:
    """The query of POST .../play: whether the answer comes when the sound has been played."""
    if asked not in (None, "0", "1"):
        raise ApiError(422, f"wait: {asked!r}; allowed: 0, 1")
    return asked == "1"


def audio_ms(asked: str | None) -> int:
    """The query of GET .../audio.wav."""
    if asked is None:
        return 2000
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= LONGEST_AUDIO_MS:
        raise ApiError(422, f"ms: {asked!r}; allowed: a whole number from 1 to {LONGEST_AUDIO_MS}")
    return int(asked)
