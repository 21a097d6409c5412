"""Two PMS at once and a house of 500 rooms: resyncs, a link that is down, and the desk that works on meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.clients import Api, Json, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.front_office import (
    change,
    link,
    records,
    rooms,
    wait_guests,
    wait_room,
    well_behaved,
)

ROOMS = 500
FIRST = 4001
MANY = [str(FIRST + at) for at in range(ROOMS)]
"""Rooms without a telephone of this box."""
ALARM_S = 2
IN_TURN_S = 20
"""A PMS that speaks Mitel keeps away for 6 s after a collision."""
STATUSES = ("3", "1"), ("2", "3")
"""Clean and dirty, in FIAS and in Mitel."""
BY_THE_WAY = {"late-blocks"}
"""An alarm of a machine that has much to do."""
RESYNC_S = 10
"""Five times what is aimed at, from the PMS's last record."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    more = "\n".join(f'[[extension]]\nnumber = "{number}"\nkind = "room"' for number in MANY)
    return Hotel.demonstration(
        more=more,
        pms=(
            PmsLink(name="front-office", link={"lr_pace_ms": 0, "alarm_after_s": ALARM_S}),
            PmsLink("mitel", "tcp-server", "annex", {"alarm_after_s": ALARM_S}),
        ),
    )


@pytest.fixture
def systems(product: Product, api: Api) -> Iterator[tuple[Pms, Pms]]:
    """FIAS and Mitel."""
    both = product.bench.pms("front-office"), product.bench.pms("annex")
    with well_behaved(api, *both):
        yield both


def test_a_change_at_one_pms_is_told_to_the_other_and_not_to_itself(api: Api, systems: tuple[Pms, Pms]) -> None:
    fias, mitel = systems
    fias.check_in("203", name="Lund")
    wait_guests(api, "203", "Lund")
    fias.do("equipment", room="203", dnd=True)
    mitel.wait(lambda seen: seen["rooms"].get("203", {}).get("dnd"), IN_TURN_S, "the other is told")
    mitel.do("equipment", room="203", dnd=False)
    fias.wait(lambda seen: seen["counts"]["in"].get("RE"), IN_TURN_S, "and the other way round")
    change(api, "203", housekeeping="clean")
    fias.wait(lambda seen: seen["rooms"]["203"]["status"] == "4", IN_TURN_S, "FIAS hears of the desk's change")
    mitel.wait(lambda seen: seen["rooms"]["203"]["status"] == "2", IN_TURN_S, "Mitel hears of it too")
    assert len(records(fias, "in", "RE")) == 2
    assert len(records(mitel, "in", "DN")) == 1


@pytest.mark.parametrize("which", [0, 1], ids=["fias", "mitel"])
def test_a_link_that_is_down_is_one_alarm_and_the_desk_works_on(api: Api, systems: tuple[Pms, Pms], which: int) -> None:
    pms = systems[which]
    name, other, before = pms.view()["name"], systems[1 - which], len(_all_told(api))
    pms.link("refuse")
    wait_for(lambda: _alarms(api, name), 5 * ALARM_S, "the desk is told")
    change(api, "101", housekeeping="inspected")
    change(api, "101", housekeeping="clean")
    change(api, "102", housekeeping="clean")
    change(api, "102", housekeeping="dirty")
    wait_for(lambda: link(api, name)["outbox"] >= 2, 5, "it waits for the PMS")
    other.wait(lambda seen: _statuses(seen) == STATUSES[1 - which], deadline_s=IN_TURN_S, what="the other has it")
    assert (link(api, name)["state"], link(api, other.view()["name"])["state"]) == ("down", "alive")
    pms.link("open")
    wait_for(lambda: not _alarms(api, name), IN_TURN_S, "the alarm is over")
    pms.wait(lambda seen: _statuses(seen) == STATUSES[which], IN_TURN_S, "the PMS has it")
    wait_for(
        lambda: link(api, name)["outbox"] <= which, IN_TURN_S, "nothing waits, but for RQINZ: it goes once a minute"
    )
    told = records(pms, "in", "RE", "ST")
    assert len([record for record in told if "101" in record]) == 1
    assert len(_all_told(api)) == before + 1


def _statuses(seen: Json) -> tuple[str | None, ...]:
    """What the PMS believes of rooms 101 and 102."""
    return tuple(seen["rooms"].get(number, {}).get("status") for number in ("101", "102"))


def _all_told(api: Api) -> list[Json]:
    """Alarms, also those that are over."""
    return [alarm for alarm in api.alarms() if alarm["kind"] not in BY_THE_WAY]


def _alarms(api: Api, name: str) -> list[Json]:
    return [alarm for alarm in api.standing_alarms("pms-link-down") if alarm["subject"] == name]


def test_what_a_pms_has_said_to_nobody_is_made_up_for_by_a_resync(api: Api, systems: tuple[Pms, Pms]) -> None:
    fias, _ = systems
    fias.check_in("102", name="Leaves")
    wait_guests(api, "102", "Leaves")
    fias.link("silent")
    fias.check_out("102")
    fias.check_in("103", name="Comes")
    fias.link("open")
    api.call("POST", "/api/v1/links/front-office/resync")
    wait_guests(api, "103", "Comes")
    wait_room(api, "102", occupancy="vacant")


def test_a_resync_of_500_rooms(api: Api, systems: tuple[Pms, Pms]) -> None:
    pms, _ = systems
    pms.link("silent")  # they come, and nobody hears of it
    for number in MANY:
        pms.check_in(number, name=f"GUEST{number}")
    pms.link("open")
    pms.do("resync")
    began = time.monotonic()
    wait_for(lambda: _all_known(api), RESYNC_S, "every guest is known", every_s=0.05)
    print(f"500 rooms: {time.monotonic() - began:.2f} s after the last record of the PMS")


def _all_known(api: Api) -> bool:
    known = rooms(api)
    return all([guest["name"] for guest in known[number]["guests"]] == [f"GUEST{number}"] for number in MANY)
