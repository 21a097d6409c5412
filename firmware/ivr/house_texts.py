"""Prompts that only one house needs: where an emergency call comes from, as whoever joins it at reception hears it.

They are spoken in the hotel's language alone, which is reception's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firmware.config.schema import Extension, Language
from firmware.ivr.prompt_texts import Texts

EMERGENCY_FROM = "emergency-from-"
"""With the extension's number: the name of its prompt."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence: it names the room, else the telephone by its name, else by its number; then the floor, if known."""

    room: str
    name: str
    number: str
    floor: str
    below: str
    """Of a floor under the ground."""
    stop: str = "."


WORDINGS: Mapping[Language, Wording] = {
    "en": Wording(
        room="Emergency call from room {}",
        name="Emergency call from {}",
        number="Emergency call from extension {}",
        floor=", floor {}",
        below="minus {}",
    ),
    "vi": Wording(
        room="Cuộc gọi khẩn cấp từ phòng {}",
        name="Cuộc gọi khẩn cấp từ {}",
        number="Cuộc gọi khẩn cấp từ máy {}",
        floor=", tầng {}",
        below="hầm {}",
    ),
    "ru": Wording(
        room="Экстренный вызов из номера {}",
        name="Экстренный вызов: {}",
        number="Экстренный вызов с телефона {}",
        floor=", этаж {}",
        below="минус {}",
    ),
    "pl": Wording(
        room="Połączenie alarmowe z pokoju {}",
        name="Połączenie alarmowe: {}",
        number="Połączenie alarmowe z telefonu {}",
        floor=", piętro {}",
        below="minus {}",
    ),
    "zh": Wording(
        room="紧急呼叫，来自{}号房",
        name="紧急呼叫，来自{}",
        number="紧急呼叫，来自分机{}",
        floor="，{}楼",
        below="地下{}",
        stop="。",
    ),
}


def house_texts(extensions: Iterable[Extension], language: Language) -> Texts:
    """What each telephone's emergency call is announced by."""
    return {
        EMERGENCY_FROM + extension.number: {language: announcement(extension, WORDINGS[language])}
        for extension in extensions
        if extension.port is not None
    }


def announcement(extension: Extension, wording: Wording) -> str:
    """Where the call comes from, in one sentence."""
    if (room := extension.room_number) is not None:
        place = wording.room.format(digit_by_digit(room))
    elif extension.name is not None:
        place = wording.name.format(extension.name)
    else:
        place = wording.number.format(digit_by_digit(extension.number))
    return place + _floor(extension.floor, wording) + wording.stop


def _floor(floor: int | None, wording: Wording) -> str:
    if floor is None:
        return ""
    return wording.floor.format(wording.below.format(-floor) if floor < 0 else floor)


def digit_by_digit(text: str) -> str:
    """Each digit a word of its own: room 203 is not "two hundred and three"."""
    return re.sub(r"(?<=[0-9])(?=\S)|(?<=\S)(?=[0-9])", " ", text)
