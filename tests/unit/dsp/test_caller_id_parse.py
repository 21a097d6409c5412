"""What caller-id messages say, and that none, however spoilt, says what it does not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boardsupport.dsp import Absence, CallTime, ReceivedCallerId
from boardsupport.dsp.caller_id import NUMBER_CHARACTERS
from boardsupport.dsp.caller_id_parse import MessageError, parse_dtmf, parse_fsk
from tests.unit.dsp.fsk_sender import checked, parameters

TIME = CallTime(12, 31, 23, 59)
UNKNOWN = Absence.UNAVAILABLE


@pytest.mark.parametrize(
    ("fields", "caller"),
    [
        ([(1, b"12312359"), (2, b"0301234567"), (7, b"Meyer")], ReceivedCallerId("0301234567", "Meyer", TIME)),
        ([(2, b"101")], ReceivedCallerId("101")),
        ([(4, b"P"), (8, b"P")], ReceivedCallerId(Absence.PRIVATE, Absence.PRIVATE)),
        ([(4, b"O"), (7, b"Reception")], ReceivedCallerId(UNKNOWN, "Reception")),
        # A reason outweighs what it is the reason for the absence of.
        ([(2, b"0301234567"), (4, b"P"), (7, b"Meyer"), (8, b"P")], ReceivedCallerId(Absence.PRIVATE, Absence.PRIVATE)),
        # A coin telephone, a service conflict: no number, and no secret.
        ([(4, b"C")], ReceivedCallerId(UNKNOWN)),
        ([(1, b"12312359")], ReceivedCallerId(UNKNOWN, None, TIME)),
        # Call type, type of calling user, network extensions are passed over; the first of two counts.
        ([(0x11, b"\x01"), (2, b"1"), (0x16, b"\x0f"), (2, b"2"), (0xE0, b"0441234567")], ReceivedCallerId("1")),
        ([(2, b" +49 (30) 12-34 ")], ReceivedCallerId("+49301234")),
        ([(2, b"P")], ReceivedCallerId(Absence.PRIVATE)),
        ([(2, b"ANONYMOUS")], ReceivedCallerId(UNKNOWN)),
        ([(2, b"1" * 21)], ReceivedCallerId(UNKNOWN)),
        ([(2, b"\xb2\xb9")], ReceivedCallerId(UNKNOWN)),
        ([(2, b"1"), (7, b" M\xfcller\x00\x1b[2J ")], ReceivedCallerId("1", "Müller[2J")),
        ([(2, b"1"), (7, b" ")], ReceivedCallerId("1")),
        ([(1, b"13312359"), (2, b"1")], ReceivedCallerId("1")),
        ([(1, b"12312459"), (2, b"1")], ReceivedCallerId("1")),
        ([(1, b"1231"), (2, b"1")], ReceivedCallerId("1")),
        ([], ReceivedCallerId(UNKNOWN)),
    ],
)
def test_messages_of_parameters(fields: list[tuple[int, bytes]], caller: ReceivedCallerId) -> None:
    assert parse_fsk(checked(0x80, parameters(*fields))) == caller


@pytest.mark.parametrize(
    ("body", "caller"),
    [
        (b"123123590301234567", ReceivedCallerId("0301234567", None, TIME)),
        (b"12312359P", ReceivedCallerId(Absence.PRIVATE, None, TIME)),
        (b"12312359O", ReceivedCallerId(UNKNOWN, None, TIME)),
        (b"12312359", ReceivedCallerId(UNKNOWN, None, TIME)),
        (b"", ReceivedCallerId(UNKNOWN)),
    ],
)
def test_single_messages(body: bytes, caller: ReceivedCallerId) -> None:
    assert parse_fsk(checked(0x04, body)) == caller


@pytest.mark.parametrize("kind", [0x82, 0x06])
def test_other_messages_are_no_callers(kind: int) -> None:
    assert parse_fsk(checked(kind, b"\x0b\x01\xff")) is None


@pytest.mark.parametrize("body", [b"\x02", b"\x02\x05101", b"\x02\x03101\x07"])
def test_lengths_that_lead_beyond_the_message_are_refused(body: bytes) -> None:
    with pytest.raises(MessageError, match="cut off"):
        parse_fsk(checked(0x80, body))


@pytest.mark.parametrize(
    ("keys", "caller"),
    [
        ("A0301234567C", ReceivedCallerId("0301234567")),
        ("D0301234567C", ReceivedCallerId("0301234567")),
        ("A0301234567#", ReceivedCallerId("0301234567")),
        ("0301234567#", ReceivedCallerId("0301234567")),
        ("A0301234567D101C", ReceivedCallerId("0301234567")),
        ("B00C", ReceivedCallerId(UNKNOWN)),
        ("B10C", ReceivedCallerId(Absence.PRIVATE)),
        ("B10#", ReceivedCallerId(Absence.PRIVATE)),
        ("D1#", ReceivedCallerId(Absence.PRIVATE)),
        ("D2#", ReceivedCallerId(UNKNOWN)),
        ("D3#", ReceivedCallerId(UNKNOWN)),
        ("AC", ReceivedCallerId(UNKNOWN)),
    ],
)
def test_dtmf_messages(keys: str, caller: ReceivedCallerId) -> None:
    assert parse_dtmf(keys) == caller


@pytest.mark.parametrize("keys", ["", "C", "#", "123", "A12*3C", "A123CC", "BC", "12A#4C"])
def test_keys_that_are_no_message_are_refused(keys: str) -> None:
    with pytest.raises(MessageError):
        parse_dtmf(keys)


def is_sane(caller: ReceivedCallerId | None) -> bool:
    if caller is None:
        return True
    number = isinstance(caller.number, Absence) or (NUMBER_CHARACTERS.issuperset(caller.number) and caller.number != "")
    return number and (not isinstance(caller.name, str) or (caller.name.isprintable() and caller.name != ""))


@given(st.binary(max_size=258))
@example(b"")
@example(b"\x80\x00\x80")
def test_any_bytes_are_a_caller_or_refused(message: bytes) -> None:
    try:
        assert is_sane(parse_fsk(message))
    except MessageError:
        return
    assert sum(message) % 256 == 0


@given(st.sampled_from([0x80, 0x04, 0x82, 0x06]), st.binary(max_size=255))
def test_any_body_with_its_checksum_is_a_caller_or_refused(kind: int, body: bytes) -> None:
    try:
        assert is_sane(parse_fsk(checked(kind, body)))
    except MessageError:
        assert kind == 0x80


@given(st.lists(st.tuples(st.sampled_from([1, 2, 4, 7, 8, 17]), st.binary(max_size=12)), max_size=12))
def test_any_parameters_are_a_caller(fields: list[tuple[int, bytes]]) -> None:
    assert is_sane(parse_fsk(checked(0x80, parameters(*fields))))


@given(st.text("0123456789*#ABCD", max_size=40))
def test_any_keys_are_a_caller_or_refused(keys: str) -> None:
    try:
        assert is_sane(parse_dtmf(keys))
    except MessageError:
        return
    assert keys[-1] in "C#"
