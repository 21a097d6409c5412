"""Bytes of a Mitel link: control characters, texts between STX and ETX, and what a Telnet converter puts in between."""

from __future__ import annotations

from enum import Enum, auto

STX, ETX, ENQ, ACK, NAK = 0x02, 0x03, 0x05, 0x06, 0x15
SIGNS = frozenset({STX, ENQ, ACK, NAK})
"""What counts outside a frame; anything else there is junk, XON and XOFF too."""
LONGEST = 256
"""Bytes of a text; the longest that is known has 33."""

_IAC, _SB, _SE = 255, 250, 240
_WITH_OPTION = range(251, 255)


class FrameCutter:
    """Cuts a stream, byte by byte. Inside a frame only STX and ETX count."""

    def __init__(self) -> None:
        self._text: bytearray | None = None

    def reset(self) -> None:
        """Half a frame is forgotten."""
        self._text = None

    def feed(self, byte: int) -> int | bytes | None:
        """One of SIGNS, a whole text (its first LONGEST + 1 bytes), or None: nothing yet."""
        if byte == STX:
            self._text = bytearray()
            return STX
        if self._text is None:
            return byte if byte in SIGNS else None
        if byte == ETX:
            text, self._text = bytes(self._text), None
            return text
        if len(self._text) <= LONGEST:
            self._text.append(byte)
        return None


class _Telnet(Enum):
    DATA = auto()
    COMMAND = auto()
    OPTION = auto()
    WITHIN = auto()
    """A subnegotiation."""
    WITHIN_COMMAND = auto()


class TelnetFilter:
    """Takes Telnet's commands out of a stream (RFC 854); a doubled IAC is one byte FFh."""

    def __init__(self) -> None:
        self._state = _Telnet.DATA

    def feed(self, data: bytes) -> bytes:
        return bytes(byte for byte in data if self._passes(byte))

    def _passes(self, byte: int) -> bool:
        state = self._state
        if state is _Telnet.DATA:
            self._state = _Telnet.COMMAND if byte == _IAC else _Telnet.DATA
            return byte != _IAC
        if state is _Telnet.WITHIN:
            self._state = _Telnet.WITHIN_COMMAND if byte == _IAC else _Telnet.WITHIN
        elif state is _Telnet.WITHIN_COMMAND:
            self._state = _Telnet.DATA if byte == _SE else _Telnet.WITHIN
        elif state is _Telnet.COMMAND and byte in _WITH_OPTION:
            self._state = _Telnet.OPTION
        elif state is _Telnet.COMMAND and byte == _SB:
            self._state = _Telnet.WITHIN
        else:
            self._state = _Telnet.DATA
            return state is _Telnet.COMMAND and byte == _IAC
        return False
