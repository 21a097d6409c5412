"""The proof that we have the site's key, and that a doubtful key is not tried twice."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from firmware.errors import ConfigError
from firmware.pms.fias import authentication
from firmware.pms.fias.settings import FiasSettings
from tests.unit.pms.fias.partner import Partner

KEY = bytes(range(16))
HANDED_OVER = "FidCrypt0S|" + base64.b64encode(KEY).decode()


def proven(description: str) -> bytes:
    """What the proof in an LD decrypts to, padding included."""
    (field,) = [part for part in description.split("|") if part.startswith("CG")]
    head, proof = field[2:].split(";")
    assert head == "FidCryptAB"
    iv, secret = base64.b64decode(proof[:24]), base64.b64decode(proof[24:])
    decryptor = Cipher(algorithms.AES(KEY), modes.CBC(iv)).decryptor()
    return decryptor.update(secret) + decryptor.finalize()


def keyed() -> Partner:
    partner = Partner(key=HANDED_OVER)
    partner.connect()
    return partner


def test_the_start_proves_the_key_with_the_moment_of_the_ls() -> None:
    pms = keyed()
    pms.say("LS|DA260311|TI074500|")
    description = pms.hears()[0]
    assert "|RT1|" in description
    assert proven(description) == b"260311074500\x04\x04\x04\x04"


def test_without_a_key_nothing_is_proven() -> None:
    pms = Partner()
    pms.connect()
    pms.say("LS|DA260311|TI074500|")
    assert "CG" not in "".join(pms.hears())


def test_a_new_ls_needs_a_new_proof() -> None:
    pms = keyed()
    pms.say("LS|DA260311|TI074500|", "LA|")
    pms.hears()
    pms.wait(60)
    pms.say("LS|DA260311|TI074600|")
    assert proven(pms.hears()[0]).startswith(b"260311074600")


def test_a_start_without_ls_asks_for_one_first() -> None:
    pms = keyed()
    pms.say("LA|DA260311|TI074500|")
    assert [record[:3] for record in pms.hears()] == ["LS|"]
    pms.say("LS|DA260311|TI074501|")
    assert proven(pms.hears()[0]).startswith(b"260311074501")


def test_an_ls_without_a_moment_is_no_use_and_starts_no_dispute() -> None:
    pms = keyed()
    pms.say("LS|", "LS|")
    assert pms.hears() == []
    assert {note.verb for note in pms.notes} == {"key-useless"}


@pytest.mark.parametrize("end", ["good-bye", "silence"])
def test_a_key_that_was_not_accepted_is_not_tried_again(end: str) -> None:
    pms = keyed()
    pms.say("LS|DA260311|TI074500|")
    if end == "good-bye":
        pms.say("LE|")
    elif end == "silence":
        pms.wait(31)
    pms.lose()
    pms.connect()
    pms.hears()
    pms.say("LS|DA260311|TI074600|")
    assert pms.hears() == []
    assert [note.verb for note in pms.notes] == ["key-doubtful"]


def test_a_connection_that_is_lost_does_not_yet_say_that_the_key_is_wrong_but_a_second_does() -> None:
    pms = keyed()
    for minute in (45, 46):
        pms.say(f"LS|DA260311|TI07{minute}00|")
        assert pms.hears()[0].startswith("LD|")
        pms.lose()
        pms.connect()
    pms.say("LS|DA260311|TI074700|")
    assert pms.hears() == []
    assert [note.verb for note in pms.notes] == ["key-doubtful"]


def test_a_connection_that_is_lost_before_the_key_was_shown_says_nothing_of_it() -> None:
    pms = keyed()
    pms.say("LS|DA260311|TI074500|")
    for _ in range(3):
        pms.lose()
        pms.connect()
        pms.hears()
        pms.say("LA|")
    pms.say("LS|DA260311|TI074600|")
    assert "LD" in [record[:2] for record in pms.hears()]


def test_a_key_that_was_accepted_once_stays_good() -> None:
    pms = keyed()
    pms.say("LS|DA260311|TI074500|", "LA|")
    for minute in range(46, 49):
        pms.lose()
        pms.connect()
        pms.hears()
        pms.say(f"LS|DA260311|TI07{minute}00|")
        assert pms.hears()[0].startswith("LD|")


@pytest.mark.parametrize("key", ["", "short", "FidCrypt0S|AAAA", "FidCrypt0S|" + "?" * 24, "é"])
def test_a_key_that_is_none_is_named(key: str) -> None:
    with pytest.raises(ConfigError, match="key"):
        FiasSettings(key=key)


def test_a_key_is_taken_with_and_without_its_head() -> None:
    assert authentication.key_bytes(HANDED_OVER) == authentication.key_bytes(HANDED_OVER[11:]) == KEY


@pytest.mark.parametrize("encoding", ["no-such", "utf-16", "idna", "base64", "utf-8-sig"])
def test_an_encoding_that_is_no_code_page_is_named(encoding: str) -> None:
    with pytest.raises(ConfigError, match="encoding"):
        FiasSettings(encoding=encoding)
