"""What a technician is told about a configuration."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from boardsupport.si3050.countries import LINE_CHOICES
from firmware import config
from firmware.config.schema import LineChoice
from firmware.errors import ConfigError

EXAMPLE = Path(__file__).parents[3] / "examples" / "hotel.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def faults_of(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.loads(text)
    return str(caught.value)


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_example_is_good() -> None:
    hotel = config.load(EXAMPLE)
    assert hotel.hotel.name == "Hotel Bellevue"
    assert [entry.number for entry in hotel.extensions] == ["101", "102", "103", "201", "202", "203", "100", "110"]
    assert hotel.emergency_numbers == ("112", "997", "998", "999")
    assert hotel.board.ports("fxs") == tuple(f"fxs/{n}" for n in range(1, 9))
    assert next(entry.port for entry in hotel.extensions if entry.operator) == "fxs/7"


def test_every_key_that_the_example_shows_commented_out_is_decoded() -> None:
    shown = []
    for line in TEXT.splitlines():
        bare = line[2:] if line.startswith("# ") else line
        is_key = bare.partition("=")[0].strip().replace("_", "").isalpha() and "=" in bare
        shown.append(bare if is_key or bare.startswith("[") else line)
    hotel = config.loads("\n".join(shown))
    assert hotel.wakeup.ring_seconds == 45
    assert hotel.sip is not None and hotel.sip.domain == "hotel.example"
    assert hotel.console is not None and hotel.console.device == "/dev/ttyAMA0"
    assert hotel.record_outputs[0].to == "tcp-server:127.0.0.1:1752"
    special = next(entry for entry in hotel.extensions if entry.number == "2112")
    assert (special.room_number, special.port, special.off_hook) == ("112", "sip", "reception:20")
    assert isinstance(hotel.trunks[1], config.SipTrunk) and hotel.trunks[1].did["4822000100"] == "100"


@pytest.mark.parametrize(
    ("good", "wrong", "key", "allowed"),
    [
        ('country = "pl"', 'country = "xx"', "hotel.country", "us | uk | de | cn | ru | pl | vn"),
        ('time_zone = "Europe/Warsaw"', 'time_zone = "Europe/Warsw"', "hotel.time_zone", "did you mean Europe/Warsaw"),
        ('kind = "sim"', 'kind = "simulated"', "board.kind", "sim | hat"),
        ('revision = "sim-64"', 'revision = "sim-65"', "board.revision", "sim-64"),
        ('lifeline = "fxs/7"', 'lifeline = "fxs/12"', "board.lifeline", "fxs/1 to fxs/8"),
        ('port = "fxs/2"', 'port = "fxs/1"', "extension[1].port", "a port of its own"),
        ('port = "fxs/2"', 'port = "fxs/9"', "extension[1].port", "fxs/1 to fxs/8"),
        ('number = "101"', 'number = "112"', "extension[0].number", 'number = "2112"'),
        ('number = "101"', 'number = "99"', "extension[0].number", "a number that does not begin"),
        ('number = "101"', 'number = "1127"', "extension[0].number", "a number that does not begin"),
        ('number = "101"', 'number = "103"', "extension[2].number", "a number of its own"),
        ('number = "101"', 'number = "0101"', "extension[0].number", "a number that does not"),
        ('"8", "8888"', '"8", "101"', "extension[0].number", "a number of its own"),
        ("floor = 1", 'floor = "ground"', "extension[0].floor", "-9 to 200"),
        ('kind = "room"', 'kind = "guest"', "extension[0].kind", "room | staff | service"),
        ('ports = ["fxo/1", "fxo/2"]', 'ports = ["fxo/1", "fxo/3"]', "trunk[0].ports[1]", "fxo/1 to fxo/2"),
        ('incoming = "reception"', 'incoming = "555"', "trunk[0].incoming", "the number of an extension"),
        ('incoming = "reception"', 'incoming = "110"\nsilence_s = 30', "trunk[0].silence_s", "60 to 3600"),
        ('answer = "reversal"', 'answer = "reversal"\nmax_minutes = 1441', "trunk[0].max_minutes", "to 1440"),
        ('answer = "reversal"', 'answer = "reversal"\nline = "xx"', "trunk[0].line", "us | uk | de"),
        ('answer = "reversal"', 'answer = "reversal"\ncaller_id = "fsk"', "trunk[0].caller_id", "auto | none"),
        ('answer = "reversal"', 'answer = "reversal"\ntargets = { "fxo/3" = "8" }', "trunk[0].targets.fxo/3", "fxo/1"),
        ('answer = "reversal"', 'answer = "reversal"\ntargets = { "fxo/1" = "8" }', "trunk[0].targets.fxo/1", "recep"),
        ('ports = ["fxo/1", "fxo/2"]', "ports = []", "trunk[0].ports", "at least one of: a port"),
        ('outside_prefix = "0"', 'outside_prefix = "0"\narea_code = "0x"', "numbers.area_code", "1 to 8 digits"),
        ('outside_prefix = "0"', 'outside_prefix = "0"\narea_code = "601"', "numbers.area_code", "numbering plan"),
        ('outside_prefix = "0"', 'outside_prefix = "0"\nlocal_digits = 7', "numbers.local_digits", "numbering plan"),
        ('listen = "127.0.0.1:8080"', 'listen = "8080"', "web.listen", "HOST:PORT"),
        ('listen = "127.0.0.1:8080"', 'listen = "127.0.0.1:8090"', "bench.listen", "an address of its own"),
        ('protocol = "fias"   ', 'protocol = "fidelio"', "pms[0].protocol", "fias | mitel"),
        ('address = "127.0.0.1:5010" ', 'device = "/dev/ttyUSB0" ', "pms[0].address", "HOST:PORT"),
        ('vacant = "internal"', 'vacant = "all"', "classes.vacant", "internal | local | national"),
        ('currency = "EUR"', 'currency = "euro"', "hotel.currency", "three capital letters"),
        ('name = "Hotel Bellevue"', 'name = "two\\nlines"', "hotel.name", "in one line"),
        ('number = "101"', 'number = "101\\n"', "extension[0].number", "1 to 16 digits"),
        ('listen = "127.0.0.1:8080"', 'listen = "localhost\\n:80"', "web.listen", "HOST:PORT"),
        ('listen = "127.0.0.1:8080"', 'listen = "0.0.0.0:8090"', "bench.listen", "an address of its own"),
        ('outside_prefix = "0"', 'outside_prefix = "112"', "numbers.outside_prefix", "a prefix that does not"),
        ('encoding = "utf-8"', 'encoding = "undefined"', "pms[0].encoding", "cp1250"),
        ('encoding = "utf-8"', 'room_map = { "0101" = 101 }', "pms[0].room_map.0101", "a text"),
        ('answer = "reversal"', 'answer = "reversal"\ndid = { "48" = "100" }', "trunk[0].did", "name | ports"),
        ('protocol = "fias"   ', 'protocol = ["fias"]', "pms[0].protocol", "fias | mitel"),
        ("[web]", "[console]\n[web]", "console.device", "in one line"),
    ],
)  # fmt: skip
def test_a_wrong_value_names_line_key_and_what_is_allowed(good: str, wrong: str, key: str, allowed: str) -> None:
    text = TEXT.replace(good, wrong, 1)
    assert text != TEXT
    message = faults_of(text)
    assert message.startswith("hotel.toml:")
    assert f": {key}: " in message
    assert allowed in message


@pytest.mark.parametrize(
    ("added", "key"),
    [
        ('[[record_output]]\nformat = "smdr"\nto = "tcp-server:127.0.0.1:8080"', "record_output[0].to"),
        ('[[record_output]]\nformat = "smdr"\nto = "tcp-server:127.0.0.1:nine"', "record_output[0].to"),
        ('[[record_output]]\nformat = "smdr"\nto = "serial:/dev/ttyUSB0:9601-8N1"', "record_output[0].to"),
        (
            '[[record_output]]\nformat = "smdr"\nto = "serial:/dev/x:9600-8N1"\n[console]\ndevice = "/dev/x"',
            "console.device",
        ),
        ('[[trunk]]\nname = "p"\nkind = "sip"\nserver = "1.2.3.4:5060"\ndid = { "48x" = "100" }', "trunk[1].did.48x"),
        ('[[trunk]]\nname = "p"\nkind = "sip"\nserver = "1.2.3.4:5060"\ndid = "100"', "trunk[1].did"),
        ("[wakeup]\nlate_minutes = 0", "wakeup.late_minutes"),
    ],
)  # fmt: skip
def test_a_wrong_table_at_the_end_names_its_key_in_one_line(added: str, key: str) -> None:
    (line,) = faults_of(f"{TEXT}\n{added}\n").splitlines()
    assert f": {key}: " in line and "; allowed: " in line and "regex" not in line


def test_a_list_of_tables_that_is_one_table_is_told_so() -> None:
    text = TEXT.replace("[[extension]]", "[extension]", 1).replace("[[extension]]", "[[extensions]]")
    assert "extension: is a table; allowed: a list of tables" in faults_of(text)


def test_a_file_from_an_editor_that_marks_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "hotel.toml"
    path.write_text(TEXT, encoding="utf-8-sig")
    assert config.load(path) == config.load(EXAMPLE)


def test_endless_nesting_is_a_fault_like_another() -> None:
    assert "nested" in faults_of("a = " + "[" * 5000 + "]" * 5000)


def test_who_rings_without_an_operator_s_telephone_is_a_notice() -> None:
    assert "reception's number, and" not in "\n".join(config.notices(config.loads(TEXT)))
    for text in (TEXT.replace("operator = true", "operator = false"), TEXT.replace('port = "fxs/7"\n', "", 1)):
        assert "staff's telephones ring for an emergency" in "\n".join(config.notices(config.loads(text)))
    none = TEXT.replace("operator = true", "operator = false").replace('kind = "staff"', 'kind = "room"')
    assert "nobody for an emergency either" in "\n".join(config.notices(config.loads(none)))


def test_the_line_is_that_of_the_key() -> None:
    text = TEXT.replace('currency = "EUR"', "currency = 5", 1)
    assert faults_of(text).startswith(f"hotel.toml:{line_with(text, 'currency = 5')}: hotel.currency: ")


def test_an_unknown_key_has_its_nearest_match() -> None:
    message = faults_of(TEXT.replace("floor = 2", "flour = 2", 1))
    assert "extension[3].flour: unknown key" in message
    assert "did you mean floor?" in message


def test_a_number_without_quotation_marks_is_told_so() -> None:
    message = faults_of(TEXT.replace('number = "101"', "number = 101", 1))
    assert "extension[0].number: is 101 without quotation marks; allowed: 1 to 16 digits" in message


def test_a_wrong_kind_of_socket_is_one_fault() -> None:
    message = faults_of(TEXT.replace('"fxo", "fxo"]', '"fxo", "fxx"]', 1))
    assert [line for line in message.splitlines() if ": board.sockets" in line] == [
        f'hotel.toml:{line_with(TEXT, "sockets")}: board.sockets[9]: is "fxx"; allowed: fxs | fxo | none'
    ]


def test_a_wrong_kind_of_board_is_one_fault_and_its_sockets_are_still_checked() -> None:
    text = TEXT.replace('kind = "sim"', 'kind = "simulated"', 1).replace('lifeline = "fxs/7"', 'lifeline = "fxs/12"', 1)
    assert [line.partition(": ")[2] for line in faults_of(text).splitlines()] == [
        'board.kind: is "simulated"; allowed: sim | hat',
        'board.lifeline: "fxs/12" is not there; allowed: fxs/1 to fxs/8',
    ]


def test_a_missing_key_and_a_missing_table_are_named() -> None:
    message = faults_of(TEXT.replace('language = "en"', "", 1).replace("[web]", "", 1))
    assert "hotel.language: is missing" in message
    assert "web: is missing" in message


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = TEXT.replace('port = "fxs/2"', 'port = "fxs/1"', 1).replace("Europe/Warsaw", "Mars/Base", 1)
    found = faults_of(text).splitlines()
    assert ["time_zone" in found[0], "extension[1].port" in found[1], len(found)] == [True, True, 2]


def test_a_wrong_shape_does_not_hide_collisions_elsewhere() -> None:
    text = TEXT.replace('currency = "EUR"', "currency = 5", 1).replace('number = "101"', 'number = "112"', 1)
    message = faults_of(text)
    assert "hotel.currency" in message
    assert "extension[0].number" in message


def test_text_that_is_not_toml_names_the_line() -> None:
    assert faults_of("[hotel]\nname = \n").startswith("hotel.toml:2: is not TOML")


def test_a_file_that_is_not_there_is_a_configuration_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read"):
        config.load(tmp_path / "nowhere.toml")


def test_the_country_brings_its_own_emergency_numbers() -> None:
    message = faults_of(TEXT.replace('country = "pl"', 'country = "de"', 1))
    assert "extension 110 is the emergency number 110" in message


def test_a_number_that_begins_another_is_a_notice_with_the_time_to_wait() -> None:
    hotel = config.loads(TEXT.replace('number = "110"', 'number = "1011"', 1))
    notices = "\n".join(config.notices(hotel))
    assert "extension 101 begins 1011: after 101 one waits 4 s" in notices
    assert "reception's number 8 begins 8888" in notices


def test_what_is_decoded_but_not_served_is_listed() -> None:
    assert config.not_served(config.load(EXAMPLE)) == ()
    text = TEXT.replace('name = "city"', 'name = "city"\nkind = "e1"', 1).replace('answer = "reversal"', "", 1)
    text = text.replace('["fxo/1", "fxo/2"]', '["e1/1"]', 1)
    assert 'trunk "city" (e1 trunks)' in config.not_served(config.loads(text))


def test_what_is_said_of_company_lines() -> None:
    more = 'silence_s = 0\nmax_minutes = 60\ncaller_id = "none"\nline = "de"\ntargets = { "fxo/2" = "110" }'
    text = TEXT.replace('answer = "reversal"', f'answer = "timer"\n{more}', 1)
    text = text.replace('outside_prefix = "0"', 'outside_prefix = "0"\narea_code = "22"', 1)
    hotel = config.loads(text)
    (trunk,) = hotel.trunks
    assert isinstance(trunk, config.AnalogTrunk)
    assert (trunk.silence_s, trunk.max_minutes, trunk.caller_id, trunk.line) == (0, 60, "none", "de")
    assert (trunk.targets, hotel.numbers.area_code) == ({"fxo/2": "110"}, "22")
    assert hotel.numbers.area_codes == ("22",)
    several = text.replace('area_code = "22"', 'area_code = "22,71"', 1)
    assert config.loads(several).numbers.area_codes == ("22", "71")
    assert config.load(EXAMPLE).numbers.area_codes == ()
    (usual,) = config.load(EXAMPLE).trunks
    assert isinstance(usual, config.AnalogTrunk)
    assert (usual.silence_s, usual.max_minutes, usual.caller_id, usual.line) == (600, 240, "auto", None)


def test_an_installer_can_choose_every_row_of_the_line_chip_s_table() -> None:
    assert set(get_args(LineChoice)) == set(LINE_CHOICES)


def test_calls_in_do_not_go_to_an_extension_without_a_telephone() -> None:
    text = TEXT.replace('port = "fxs/8"\n', "", 1).replace('incoming = "reception"', 'incoming = "110"', 1)
    assert 'trunk[0].incoming: "110" has no telephone; allowed: reception' in faults_of(text)


def test_a_house_without_a_way_outside_and_lines_that_nobody_uses_are_notices() -> None:
    assert "trunk" not in "\n".join(config.notices(config.loads(TEXT)))
    assert "no trunk uses fxo/2" in config.notices(config.loads(TEXT.replace('["fxo/1", "fxo/2"]', '["fxo/1"]', 1)))
    begin, end = TEXT.index("[[trunk]]"), TEXT.index("[[pms]]")
    notices = "\n".join(config.notices(config.loads(TEXT[:begin] + TEXT[end:])))
    assert "emergency calls reach reception only" in notices
    assert "no trunk uses fxo/1, fxo/2" in notices


def test_the_digest_tells_content_not_comments() -> None:
    here = config.loads(TEXT).digest()
    assert config.loads(TEXT + "\n# a remark\n").digest() == here
    assert config.loads(TEXT.replace("floor = 1", "floor = 3", 1)).digest() != here


@pytest.mark.parametrize("address", ["127.0.0.1:80", "[::1]:8080", "hotel.example:5010", "localhost:1"])
def test_addresses_that_are_good(address: str) -> None:
    assert config.split_address(address)[1] > 0


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "1.2.3:80", ":80", "::1:80", "a b:1"]
)
def test_addresses_that_are_no_good(address: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        config.split_address(address)
