"""What a technician is told about call-record outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware import config
from firmware.config.outputs import Destination, destination
from firmware.errors import ConfigError

EXAMPLE = Path(__file__).parents[3] / "examples" / "hotel.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8").rstrip() + "\n"


def output(*keys: str, format: str = "free", to: str = "file-per-day:calls") -> str:
    return "\n".join(["[[record_output]]", f'format = "{format}"', f'to = "{to}"', *keys, ""])


def faults_of(*outputs: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.loads(TEXT + "".join(outputs))
    return str(caught.value)


def test_everything_that_may_be_said() -> None:
    keys = [
        'name = "accounts"', 'fields = ["room:6", "bill-cost"]', 'separator = "\\t"', 'prefix = "Call "',
        "answered_only = false", "minimum_seconds = 5", "incoming = true", "utc = true", "most_lines = 1000",
        "alarm_after_s = 600",
    ]  # fmt: skip
    (found,) = config.loads(TEXT + output(*keys)).record_outputs
    assert (found.key, found.fields, found.separator, found.prefix) == (
        "accounts", ("room:6", "bill-cost"), "\t", "Call ",
    )  # fmt: skip
    assert (found.answered_only, found.incoming, found.utc) == (False, True, True)
    assert (found.minimum_seconds, found.most_lines, found.alarm_after_s) == (5, 1000, 600)


def test_what_holds_where_nothing_is_said() -> None:
    (found,) = config.loads(TEXT + output(format="smdr")).record_outputs
    assert (found.key, found.answered_only, found.incoming, found.extended) == (
        "file-per-day:calls", True, False, False,
    )  # fmt: skip
    assert found.most_lines == 100_000


@pytest.mark.parametrize(
    ("to", "found"),
    [
        ("tcp-server:127.0.0.1:1752", Destination("tcp-server", "127.0.0.1:1752")),
        ("tcp-client:accounts.example:9000", Destination("tcp-client", "accounts.example:9000")),
        ("serial:/dev/ttyUSB1:1200-7E1", Destination("serial", "/dev/ttyUSB1", 1200, "7E1")),
        ("file-per-call:/srv/calls", Destination("file-per-call", "/srv/calls")),
        ("file-per-day:calls", Destination("file-per-day", "calls")),
    ],
)
def test_destinations(to: str, found: Destination) -> None:
    assert destination(to) == found
    config.loads(TEXT + output(to=to))


@pytest.mark.parametrize(
    "to", ["", "file", "udp:1.2.3.4:5", "tcp-server:", "serial:/dev/ttyUSB1", "serial:/dev/ttyUSB1:9601-8N1"]
)
def test_what_is_no_destination(to: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        destination(to)


def test_a_fault_names_the_line_and_what_is_allowed() -> None:
    text = faults_of(output(to="udp:1.2.3.4:5"))
    assert 'record_output[0].to: "udp:1.2.3.4:5" is no output; allowed: tcp-server:HOST:PORT | tcp-client:' in text
    assert text.startswith(f"hotel.toml:{(TEXT + output()).count(chr(10))}: ")


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("colour = 1", "record_output[0].colour: unknown key; allowed: format | to | name"),
        ('fields = ["room", "amont"]', 'record_output[0].fields[1]: "amont" is unknown'),
        ('fields = ["amont"]', "did you mean amount?"),
        ('fields = ["room:0"]', '"room:0" is no field; allowed: NAME or NAME:WIDTH'),
        ('separator = ":"', 'record_output[0].separator: is ":"; allowed: "," or ";"'),
        ("minimum_seconds = -1", "allowed: 0 to 3600"),
        ("most_lines = 5", "allowed: 100 to 1000000"),
        ("extended = true", "record_output[0].extended: does not go with format free"),
    ],
)
def test_wrong_keys(key: str, fault: str) -> None:
    assert fault in faults_of(output(key))


@pytest.mark.parametrize("key", ['fields = ["room"]', 'prefix = "Call "', 'separator = ";"'])
def test_what_does_not_go_with_smdr(key: str) -> None:
    assert f"record_output[0].{key.split()[0]}: does not go with format smdr" in faults_of(output(key, format="smdr"))


def test_smdr_is_refused_where_its_columns_would_cut_an_extension() -> None:
    long = '[[extension]]\nnumber = "20345"\nkind = "room"\n'
    text = faults_of(long, output(format="smdr"))
    assert "smdr has 4 columns for an extension, and 20345 is longer; allowed: extended = true, or csv | free" in text
    config.loads(TEXT + long + output("extended = true", format="smdr"))
    longer = long.replace("20345", "20345678")
    assert "has 7 columns" in faults_of(longer, output("extended = true", format="smdr"))


def test_two_outputs_do_not_share_a_place_or_a_name() -> None:
    per_call = output(to="file-per-call:calls")
    assert 'record_output[1].to: "calls" is used twice: record_output[0]' in faults_of(output(), per_call)
    named = (output('name = "a"'), output('name = "a"', to="file-per-day:other"))
    assert 'record_output[1].name: "a" is used twice' in faults_of(*named)
    client = output(to="tcp-client:127.0.0.1:9000")
    assert 'record_output[1].to: "127.0.0.1:9000" is used twice' in faults_of(client, client)
    server = output(to="tcp-server:127.0.0.1:1752")
    assert '"127.0.0.1:1752" is used twice' in faults_of(server, server)
    serial = output(to="serial:/dev/ttyUSB1:9600-8N1")
    assert '"/dev/ttyUSB1" is used twice' in faults_of(serial, output(to="serial:/dev/ttyUSB1:1200-8N1"))


def test_an_address_is_looked_at_on_both_sides() -> None:
    for kind in ("tcp-server", "tcp-client"):
        assert 'record_output[0].to: "127.0.0.1" is no address' in faults_of(output(to=f"{kind}:127.0.0.1"))
    config.loads(TEXT + output(to="tcp-client:127.0.0.1:9000") + output(to="tcp-server:127.0.0.1:9000"))
