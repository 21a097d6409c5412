"""The box's own address, with a program named nmcli that does as NetworkManager's and writes down what it was asked."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from firmware.errors import RefusedError, UnavailableError
from firmware.supervisor.own_address import OwnAddress, Setting, parse

UUID = "0b7a5f1e-0000-4000-8000-000000000001"
PROGRAM = f"""#!{sys.executable}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
asked = sys.argv[1:]
with (here / "asked").open("a") as file:
    file.write(json.dumps(asked) + "\\n")
if asked[-2:] == ["show", "--active"]:
    print("lo-uuid:loopback:lo\\n{UUID}:802-3-ethernet:eth0")
elif asked[0] == "--get-values":
    print("auto\\n\\n\\n")
elif asked[1] == "up" and (here / "refuses").exists():
    sys.exit("Error: Connection activation failed")
"""


class Network:
    """What nmcli was asked to change."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        program = directory / "nmcli"
        program.write_text(PROGRAM)
        program.chmod(0o755)

    @property
    def changes(self) -> list[str]:
        lines = (self.directory / "asked").read_text().splitlines()
        return [" ".join(asked) for asked in map(json.loads, lines) if asked[1] in ("modify", "up")]


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", str(place), prepend=os.pathsep)
    return Network(place)


STATIC = parse(["192.0.2.10/24", "gateway", "192.0.2.1", "dns", "192.0.2.53"])
SET = (
    f"connection modify uuid {UUID} ipv4.method manual ipv4.addresses 192.0.2.10/24 ipv4.gateway 192.0.2.1 "
    "ipv4.dns 192.0.2.53"
)
BACK = f"connection modify uuid {UUID} ipv4.method auto ipv4.addresses  ipv4.gateway  ipv4.dns "
UP = f"connection up uuid {UUID}"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("dhcp", Setting("auto")),
        ("DHCP", Setting("auto")),
        ("192.0.2.10/24", Setting("manual", "192.0.2.10/24")),
        ("192.0.2.10/24 gateway 192.0.2.1", Setting("manual", "192.0.2.10/24", "192.0.2.1")),
        ("10.0.0.5/8 dns 9.9.9.9 gateway 10.0.0.1", Setting("manual", "10.0.0.5/8", "10.0.0.1", "9.9.9.9")),
        ("192.0.2.0/31", Setting("manual", "192.0.2.0/31")),
    ],
)
def test_an_address_is_said_in_words(said: str, meant: Setting) -> None:
    assert parse(said.split()) == meant


@pytest.mark.parametrize(
    "said",
    [
        "", "static", "192.0.2.10", "192.0.2.10/33", "192.0.2.0/24", "192.0.2.255/24", "127.0.0.1/8", "224.0.0.1/24",
        "192.0.2.10/24 gateway", "192.0.2.10/24 gateway 192.0.3.1", "192.0.2.10/24 gateway 192.0.2.10",
        "192.0.2.10/24 dns name", "192.0.2.10/24 route 192.0.2.1", "192.0.2.10/24 dns 9.9.9.9 dns 8.8.8.8",
        "2001:db8::1/64", "192.0.2.10/24;reboot", "dhcp gateway 192.0.2.1",
    ],
)  # fmt: skip
def test_what_is_no_address_for_a_box_is_refused(said: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse(said.split())
    assert caught.value.field == "address"


async def test_an_address_that_is_not_confirmed_goes_back_to_what_was_before(network: Network, tmp_path: Path) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    address = OwnAddress(lambda: tmp_path, told.put_nowait, kept_s=0.05)
    keeper = asyncio.ensure_future(address.run())
    assert await address.put(STATIC) == "by DHCP"
    assert network.changes == [SET, UP]
    assert await asyncio.wait_for(told.get(), 10) == "by DHCP"
    assert network.changes == [SET, UP, BACK, UP]
    keeper.cancel()


async def test_an_address_that_is_confirmed_stays(network: Network, tmp_path: Path) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    address = OwnAddress(lambda: tmp_path, told.put_nowait)
    await address.put(STATIC)
    address.keep()
    assert address._deadline is None
    assert address._former() is None
    with pytest.raises(RefusedError):
        address.keep()


async def test_the_former_address_outlives_the_supervisor(network: Network, tmp_path: Path) -> None:
    await OwnAddress(lambda: tmp_path, lambda text: None).put(STATIC)
    told: asyncio.Queue[str] = asyncio.Queue()
    keeper = asyncio.ensure_future(OwnAddress(lambda: tmp_path, told.put_nowait, kept_s=0.01).run())
    assert await asyncio.wait_for(told.get(), 10) == "by DHCP"
    keeper.cancel()


async def test_of_two_addresses_in_a_row_the_first_one_before_them_comes_back(network: Network, tmp_path: Path) -> None:
    address = OwnAddress(lambda: tmp_path, lambda text: None)
    await address.put(STATIC)
    await address.put(parse(["192.0.2.11/24"]))
    await address._bring_back()
    assert network.changes[-2:] == [BACK, UP]


async def test_what_networkmanager_refuses_is_told_in_its_words_and_goes_back(network: Network, tmp_path: Path) -> None:
    (network.directory / "refuses").touch()
    address = OwnAddress(lambda: tmp_path, lambda text: None)
    with pytest.raises(RefusedError, match="Connection activation failed"):
        await address.put(STATIC)
    assert address._deadline is not None


async def test_a_machine_without_networkmanager_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="no NetworkManager"):
        await OwnAddress(lambda: tmp_path, lambda text: None).now()
