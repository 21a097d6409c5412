"""Each wrong configuration stops the start, and says what is wrong, where, and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import ROOT, free_port, nightporter
from tests.hotel import Hotel

# What is wrong; the text of the good file; what it is replaced by; words that the message must have; line is known.
WRONG = [
    ("a key that does not exist", 'language = "en"', 'langauge = "en"', ("hotel.langauge", "language"), True),
    ("a table that does not exist", "[classes]", "[clases]", ("clases",), True),
    ("a key is missing", 'currency = "EUR"', "", ("hotel.currency", "missing"), False),
    ("a country without a table", 'country = "pl"', 'country = "xx"', ("hotel.country", "xx", "pl", "vn"), True),
    ("a zone that is none", "Europe/Warsaw", "Europe/Warschau", ("hotel.time_zone", "Europe/Warschau"), True),
    ("a port used twice", 'port = "fxs/2"', 'port = "fxs/1"', ("extension[1].port", "fxs/1", "twice"), True),
    ("a socket that is missing", 'port = "fxs/2"', 'port = "fxs/9"', ("extension[1].port", "fxs/9", "fxs/8"), True),
    ("a trunk's socket that is missing", '"fxo/2"]', '"fxo/3"]', ("trunk[0].ports[1]", "fxo/3"), True),
    ("a number used twice", 'number = "102"', 'number = "101"', ("extension[1].number", "101", "twice"), True),
    ("a number that is an emergency number", 'number = "102"', 'number = "112"', ("extension[1].number", "112"), True),
    ("the beginning of an emergency number", 'number = "102"', 'number = "11"', ("extension[1].number", "112"), True),
    ("a number behind an emergency number", 'number = "102"', 'number = "9971"', ("extension[1].number", "997"), True),
    ("a number of reception's as a room's", 'number = "102"', 'number = "8888"', ("8888", "twice"), True),
    ("letters in a number", 'number = "102"', 'number = "1o2"', ("extension[1].number", "digits"), True),
    ("a kind that does not exist", 'kind = "staff"', 'kind = "stuff"', ("kind", "stuff", "staff", "service"), True),
    ("a number for a text", 'country = "pl"', "country = 48", ("hotel.country", "48"), True),
    ("a class that does not exist", 'vacant = "internal"', 'vacant = "house"', ("classes.vacant", "national"), True),
    ("an off-hook rule that is none", "floor = 1", 'off_hook = "siren"', ("off_hook", "reception:SECONDS"), True),
    ("a lifeline that is no telephone", 'lifeline = "fxs/7"', 'lifeline = "fxo/1"', ("board.lifeline", "fxo/1"), True),
    ("a board that is unknown", 'revision = "sim-64"', 'revision = "sim-63"', ("board.revision", "sim-64"), True),
    ("an address that is none", "[bench]\nlisten", '[bench]\nlisten = "nowhere" #', ("bench.listen", "HOST:"), True),
    ("a simulated board without a bench", "[bench]", "[bunch]", ("bunch", "bench"), True),
    ("no TOML at all", "[hotel]", "[hotel", ("TOML",), True),
]  # fmt: skip


def wrong_file(directory: Path, old: str, new: str) -> tuple[Path, int]:
    """A file with this fault, and the line that it is in."""
    good = Hotel.demonstration().toml(free_port(), free_port())
    assert old in good
    path = directory / "hotel.toml"
    path.write_text(good.replace(old, new, 1), encoding="utf-8")
    return path, good[: good.index(old)].count("\n") + new.count("\n") + 1


@pytest.mark.parametrize(("old", "new", "words", "line"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_configuration_is_named(tmp_path: Path, old: str, new: str, words: tuple[str, ...], line: bool) -> None:
    path, number = wrong_file(tmp_path, old, new)
    told = nightporter("check-config", str(path))
    said = told.stdout + told.stderr
    assert told.returncode == 2, said
    assert str(path) in said
    assert "Traceback" not in said
    for word in words:
        assert word in said, f"{word!r} is not in: {said}"
    if line:
        assert f"{path}:{number}" in said, said


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({'country = "pl"': 'country = "xx"\nstars = 5', "floor = 1": 'floor = "one"'}, ("country", "stars", "floor")),
        ({'port = "fxs/2"': 'port = "fxs/99"', "Europe/Warsaw": "Atlantis", '"fxs/7"': '"fxs/9"'}, ("zone", "port")),
    ],
    ids=["of shape", "of meaning"],
)
def test_every_fault_is_named_at_once(tmp_path: Path, changes: dict[str, str], keys: tuple[str, ...]) -> None:
    text = Hotel.demonstration().toml(free_port(), free_port())
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "hotel.toml"
    path.write_text(text, encoding="utf-8")
    said = nightporter("check-config", str(path)).stderr
    assert len(said.splitlines()) == 3, said
    assert all(key in said for key in keys), said


def test_a_wrong_configuration_stops_the_start(tmp_path: Path) -> None:
    path, _ = wrong_file(tmp_path, 'country = "pl"', 'country = "xx"')
    started = nightporter("run", "--config", str(path), "--data", str(tmp_path / "data"))
    assert started.returncode == 2
    assert "hotel.country" in started.stderr


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    started = nightporter("run", "--config", str(tmp_path / "none.toml"), "--data", str(tmp_path / "data"))
    assert started.returncode == 2
    assert "none.toml" in started.stderr


def test_the_demonstration_hotel_is_right_and_its_waiting_number_named() -> None:
    told = nightporter("check-config", str(ROOT / "examples" / "hotel.toml"))
    assert told.returncode == 0, told.stderr
    said = told.stdout + told.stderr
    assert "8888" in said
    assert "4 s" in said


def test_what_is_not_served_yet_is_said(tmp_path: Path) -> None:
    text = (ROOT / "examples" / "hotel.toml").read_text(encoding="utf-8")
    path = tmp_path / "hotel.toml"
    path.write_text(text + '\n[console]\ndevice = "/dev/ttyAMA0"\n[sip]\ndomain = "hotel.example"\n', encoding="utf-8")
    told = nightporter("check-config", str(path))
    said = told.stdout + told.stderr
    assert "not served yet: sip" in said
    assert "console" not in said, "it is served"
    assert "city" not in said and "front-office" not in said, "company lines and PMS links are served"
