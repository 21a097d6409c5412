"""Tables of docs/pms.md: settings, records and codes as the code has them, and what the box does with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from firmware.config.schema import FiasLink, MitelLink
from firmware.pms.fias import settings as fias_settings
from firmware.pms.fias.orders import DISTURB_NOT, SERVICE_OFF, STATUS
from firmware.pms.fias.postings import MEANINGS, OUTCOMES
from firmware.pms.fias.records import DATA, LINK
from firmware.pms.mitel import settings as mitel_settings
from firmware.pms.mitel.messages import MESSAGES
from firmware.pms.mitel.news import STATUS as MITEL_STATUS
from firmware.restriction.model import Level

DIRECTIONS = {"in": "from the PMS", "out": "to the PMS", "both": "both"}
SETTINGS: Mapping[str, str] = {
    "name": "of the link: in alarms, in the audit, at `/api/v1/links`",
    "transport": '`"tcp-client"`, `"tcp-server"`, `"serial"`',
    "address": "TCP: `HOST:PORT` of the PMS, or where the box listens",
    "device": "serial: best a name below `/dev/serial/by-id/`, which stays the same when adapters are replugged",
    "baud": "serial: 300 to 115200",
    "bits": 'serial: as `"7E1"`; with 7 bits only ASCII goes out',
    "encoding": 'the code page: `"utf-8"`, `"cp1252"`, `"cp850"`, ...',
    "decimals": "of the currency: 2 where 3.85 is sent as 385; here for `LMT` of Mitel",
    "room_map": "what the PMS calls a room, where it is not what the hotel calls it; see below",
    "class_map": "classes of the PMS that mean something else here; see below",
    "alarm_after_s": "seconds without a link until alarm `pms-link-down`; after one as long a resync is asked for",
    "unseen_after_resync": 'occupied rooms that a complete resync did not name: `"leave"`, `"check-out"`',
    "lr_pace_ms": "milliseconds from one record of the start to the next; 0 to 10000",
    "answer_s": "seconds to wait for LA and for PA",
    "keepalive_s": "seconds in which nothing was received, until the box asks by LS",
    "posting_number_width": "digits of P#: 4 before FIAS 2.20, 8 since",
    "lrc": "serial: `false` where the site has switched the check off",
    "key": 'the site\'s key, `"FidCrypt0S\\|..."`, where the PMS wants one',
    "dialect": '`"sx200"`: no RST; `"sx2000"`; `"room-first"`: CHK1 brings the room, and then a name',
    "extension_width": "characters of the extension in what the box sends; 5, or 7",
    "pad": "on which side the box puts the blanks; reading takes both",
    "ack_unknown": "acknowledge messages that the box does not know; `false`: NAK, as a Mitel does",
    "telnet_filter": "a converter in between inserts Telnet commands: take them out",
}
ACTIONS: Mapping[str, str] = {
    "LS": "brings LD, LRs and LA, once in 3 s. From the box: nothing came for `keepalive_s`, or no answer to a charge",
    "LD": "in answer to LS",
    "LR": "one for each record of the table below that has fields",
    "LA": "the first after the LRs makes the link alive. It is never answered",
    "LE": "is answered by LE; charges and news wait. From the box: it stops",
    "LC": "taken and left alone",
    "GI": "check-in, or one more guest, or news of one who is there",
    "GO": "that guest leaves; the last one's departure resets the room. Without G#: the room is empty",
    "GC": "changes what it names; with another room in RO, a move",
    "RE": "CS, DN, ML set class, do-not-disturb, lamp. From the box: RS with ID, VM, ML",
    "WR": "kept; refused: WA with UR. From the box: made at the telephone or at the desk",
    "WC": "withdraws that one; without DA and TI all of the room. Each is answered by WA with DE",
    "WA": "one for each order, with its DA and TI",
    "PS": "see Charges",
    "PA": "see Charges",
    "NS": "charges wait",
    "NE": "charges go on",
    "XL": "the text is kept, the lamp is lit. From the box: a text left at the desk for a guest who has a G#",
    "XM": "asks for a guest's texts",
    "XT": "kept as XL; without MT it says that there is none",
    "XD": "the text is gone; without MI all of the guest's. From the box: deleted here, by its MI",
    "DR": "see Resync",
    "DS": "see Resync",
    "DE": "see Resync",
}
MITEL_ACTIONS: Mapping[str, str] = {
    "ARE": "acknowledged",
    "CHK": "1: somebody lives there, an occupied room stays as it is; 0: the room is reset",
    "NAM": "names of a vacant room are kept until its CHK1; the same name twice is one guest",
    "MW": "lamp. Four digits: a wake-up",
    "RST": "class, by the map below",
    "WKP": "kept for the next time that the clock shows this. From the box: only what rings within a day can be told",
    "DND": "do not disturb",
    "LMT": "credit limit, of the first guest",
    "LNG": "language, of the first guest",
    "GRS": "see Resync",
    "END": "see Resync",
    "STS": "see Status of rooms",
    "RQI": "see Resync",
    **dict.fromkeys(("MOV", "GRP", "VIP", "STE", "LOC", "AFF"), "acknowledged, logged, not acted on"),
}
OUTCOME_WORDS = {
    "done": "the charge is posted",
    "again": "kept, sent again later",
    "refused": "never again; the desk is told",
}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    heads = list(head)
    return "\n".join([f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *lines])


def settings(kind: type[msgspec.Struct], own: bool) -> str:
    """`own`: the keys that only this protocol has."""
    other = MitelLink if kind is FiasLink else FiasLink
    common = set(other.__struct_fields__)
    infos = [info for info in msgspec.structs.fields(kind) if (info.name not in common) == own]
    rows = [(f"`{info.name}`", _default(info), SETTINGS[info.name]) for info in infos]
    return table(("key", "default", ""), rows)


def _default(info: msgspec.structs.FieldInfo) -> str:
    if info.required:
        return ""
    value = info.default if info.default is not msgspec.NODEFAULT else info.default_factory()
    return "none" if value in (None, {}) else f"`{msgspec.json.encode(value).decode()}`"


def records(link: bool) -> str:
    kinds = LINK if link else DATA
    rows = [
        (name, DIRECTIONS[kind.direction], kind.meaning, " ".join(kind.fields), " ".join(kind.needs), ACTIONS[name])
        for name, kind in kinds.items()
    ]
    if link:
        return table(("record", "direction", "meaning", ""), [(*row[:3], row[5]) for row in rows])
    return table(("record", "direction", "meaning", "fields", "not without", ""), rows)


def classes(word: str, known: Mapping[str, Level]) -> str:
    return table((word, "class"), [(code, f"`{level}`") for code, level in known.items()])


def answers() -> str:
    rows = [
        (code, MEANINGS.get(code, "done"), OUTCOME_WORDS[OUTCOMES.get(code, "refused")]) for code in ("OK", *MEANINGS)
    ]
    return table(("AS", "", "then"), [*rows, ("any other", "unknown", OUTCOME_WORDS["refused"])])


def statuses() -> str:
    rows = [(status, vacant, occupied) for status, (vacant, occupied) in STATUS.items()]
    rows += [("do not disturb on", DISTURB_NOT, DISTURB_NOT), ("off, status not known", SERVICE_OFF, SERVICE_OFF)]
    return table(("", "RS, vacant", "RS, occupied"), rows)


def messages() -> str:
    rows = [(name, DIRECTIONS[kind.direction], kind.meaning, MITEL_ACTIONS[name]) for name, kind in MESSAGES.items()]
    return table(("message", "direction", "meaning", ""), rows)


def mitel_statuses() -> str:
    return table(("", "STS"), MITEL_STATUS.items())


TABLES: Mapping[str, Callable[[], str]] = {
    "settings": lambda: settings(FiasLink, own=False),
    "settings-fias": lambda: settings(FiasLink, own=True),
    "settings-mitel": lambda: settings(MitelLink, own=True),
    "records-link": lambda: records(link=True),
    "records-data": lambda: records(link=False),
    "classes-fias": lambda: classes("CS", fias_settings.CLASSES),
    "classes-mitel": lambda: classes("RST", mitel_settings.CLASSES),
    "answers": answers,
    "statuses-fias": statuses,
    "statuses-mitel": mitel_statuses,
    "messages": messages,
}
