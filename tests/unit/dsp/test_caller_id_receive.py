"""Caller id as it arrives at an on-hook company line, with what is on the line before and after."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pytest

from boardsupport.dsp import (
    Absence,
    BankEvent,
    CallerIdFormat,
    CallerIdReceived,
    CallTime,
    Law,
    PortBank,
    ReceivedCallerId,
    caller_id_dtmf,
    caller_id_fsk,
    vmwi_fsk,
)
from boardsupport.dsp.caller_id import MessageFormat, Standard
from tests.unit.dsp.fsk_sender import alerting_tone, checked, parameters, reversal, ring_burst, send
from tests.unit.dsp.signals import Line, Samples, join, law_bytes, linear, noise, silence, speech

WHEN = datetime(2026, 7, 9, 4, 5)  # noqa: DTZ001 - the exchange's local time
TIME = CallTime(7, 9, 4, 5)
MESSAGE = checked(0x80, parameters((1, b"07090405"), (2, b"0301234567"), (7, b"Meyer")))
CALLER = ReceivedCallerId("0301234567", "Meyer", TIME)
BOTH: tuple[CallerIdFormat, ...] = ("fsk", "dtmf")
each_standard = pytest.mark.parametrize("standard", ["bellcore", "etsi"])


def callers(events: Sequence[BankEvent]) -> list[ReceivedCallerId]:
    return [event.caller for event in events if isinstance(event, CallerIdReceived)]


def arrived(near: Samples, law: Law = "alaw", formats: Sequence[CallerIdFormat] = BOTH) -> list[ReceivedCallerId]:
    near = join(silence(0.3), near, silence(0.6))
    return callers(Line(law=law, caller_id=formats).talk(silence(0), near).events)


@each_standard
@pytest.mark.parametrize("message", ["mdmf", "sdmf"])
@pytest.mark.parametrize("law", ["alaw", "ulaw"])
@pytest.mark.parametrize("number", ["0301234567", "+41*12#", Absence.PRIVATE, Absence.UNAVAILABLE])
def test_what_we_send_ourselves_arrives(
    standard: Standard, message: MessageFormat, law: Law, number: str | Absence
) -> None:
    burst = linear(caller_id_fsk(number, "Meyer", WHEN, standard, law, message), law)
    name = "Meyer" if message == "mdmf" else None
    assert arrived(burst, law) == [ReceivedCallerId(number, name, TIME)]


@each_standard
@pytest.mark.parametrize("dbm0", [-36.0, -30.0, -13.5, -5.0])
@pytest.mark.parametrize("higher", [0.99, 1.0, 1.01])
def test_weak_and_loud_and_off_frequency(standard: Standard, dbm0: float, higher: float) -> None:
    burst = send(MESSAGE, standard, dbm0, higher=higher)
    assert arrived(burst + noise(dbm0 - 20, len(burst) / 8000)) == [CALLER]


@each_standard
def test_a_short_preamble_will_do(standard: Standard) -> None:
    assert arrived(send(MESSAGE, standard, seizure=96, mark=55)) == [CALLER]
    assert arrived(send(MESSAGE, standard, seizure=0, mark=80)) == [CALLER]


@each_standard
@pytest.mark.parametrize("before", ["reversal", "alerting tone", "both", "ring"])
def test_with_all_that_announces_it(standard: Standard, before: str) -> None:
    announced = {
        "reversal": join(reversal(), silence(0.1)),
        "alerting tone": alerting_tone(),
        "both": join(reversal(), silence(0.1), alerting_tone()),
        "ring": join(ring_burst(1), silence(0.6)),
    }[before]
    assert arrived(join(announced, send(MESSAGE, standard, -20), silence(0.2), ring_burst(2))) == [CALLER]


def test_a_name_that_comes_later_is_a_second_message() -> None:
    number = checked(0x80, parameters((2, b"101")))
    assert [one.name for one in arrived(join(send(number, "etsi"), silence(0.3), send(MESSAGE, "etsi")))] == [
        None,
        "Meyer",
    ]


@pytest.mark.parametrize(
    ("start", "end"), [("A", "C"), ("D", "C"), ("A", "#"), ("D", "#"), ("", "#"), ("", "C")], ids="-".join
)
@pytest.mark.parametrize("dbm0", [-30.0, -10.0])
def test_a_number_by_dtmf(start: str, end: str, dbm0: float) -> None:
    keys = linear(caller_id_dtmf("0301234567", "alaw", start, end, dbm0))
    near = join(reversal(), keys, silence(0.4), ring_burst(1))
    assert arrived(near) == [ReceivedCallerId("0301234567")]


@pytest.mark.parametrize("why", Absence)
@pytest.mark.parametrize("end", ["C", "#"])
def test_no_number_by_dtmf(why: Absence, end: str) -> None:
    assert arrived(linear(caller_id_dtmf(why, "alaw", end=end))) == [ReceivedCallerId(why)]


def test_a_message_lamp_is_no_caller() -> None:
    line = Line(caller_id=BOTH)
    assert line.talk(silence(0), join(linear(vmwi_fsk(True, "etsi", "alaw")), silence(0.1))).events == []
    assert line.bank.caller_id_broken(0) == 0


@pytest.mark.parametrize(
    "near",
    [
        send(MESSAGE[:-1] + bytes([MESSAGE[-1] ^ 1]), "etsi"),
        send(MESSAGE[:20], "etsi"),
        join(send(MESSAGE, "etsi")[:5000], silence(0.3)),
        send(checked(0x80, b"\x02\x30101"), "bellcore"),
        linear(caller_id_dtmf("0301234567", "alaw"))[:9000],
        linear(caller_id_dtmf("1", "alaw", start="*", end="C")),
    ],
    ids=["checksum", "too short", "cut off", "lengths", "keys cut off", "keys in disorder"],
)
def test_a_spoilt_message_gives_nothing_and_is_counted(near: Samples) -> None:
    line = Line(caller_id=BOTH)
    assert callers(line.talk(silence(0), join(silence(0.1), near, silence(0.8))).events) == []
    assert line.bank.caller_id_broken(0) == 1
    assert callers(line.talk(silence(0), join(send(MESSAGE, "etsi"), silence(0.1))).events) == [CALLER]


@pytest.mark.parametrize("near", [noise(-10, 30), speech(-10, 30), ring_burst(30)], ids=["noise", "voices", "ringing"])
def test_noise_is_no_caller(near: Samples) -> None:
    assert Line(caller_id=BOTH).talk(silence(0), near).events == []


@pytest.mark.parametrize("seed", range(20))
def test_whatever_follows_the_preamble_nothing_wrong_comes_of_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    near = send(random.bytes(300), "etsi")
    near[random.integers(len(near), size=40)] = 0
    line = Line(caller_id=BOTH)
    assert line.talk(silence(0), join(near, silence(0.2), send(MESSAGE, "etsi"), silence(0.1))).events[-1:] != []
    assert line.bank.caller_id_broken(0) <= 1


def test_receivers_are_switched_and_ports_told_apart() -> None:
    fsk = law_bytes(join(send(MESSAGE, "bellcore"), silence(0.2)))
    keys = caller_id_dtmf("9", "alaw")
    bank = PortBank(3, 1, "alaw")
    for port in range(3):
        bank.place(port, 0)

    def listen(sound: bytes) -> list[int]:
        blocks = [sound[at : at + 80] for at in range(0, len(sound) - 79, 80)]
        return [event.port for block in blocks for event in bank.receive(block, None)]

    bank.set_caller_id(1, ("fsk",))
    bank.set_caller_id(2, ("dtmf",))
    assert (listen(fsk), listen(keys)) == ([1], [2])
    bank.set_caller_id(1, ())
    bank.set_caller_id(0, BOTH)
    assert (listen(fsk), listen(keys)) == ([0], [0, 2])
