"""A power cut at the worst moment: what was confirmed to anybody is on the disk before the confirmation goes out.

The control plane is watched by strace. Its databases are put together again from what it had synced at the moment in
which it began to send, without anything that it had only written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.clients import Api, Bench, Pms
from tests.harness import Product, wait_for
from tests.hotel import BOTH_PROTOCOLS, Hotel
from tests.scenario.talking import answered_outside, call_out, hang_up
from tests.soak.charges import TARIFFS, price
from tests.system_calls import Observed, observed

NUMBER = "221234567"
ACK = b"\x06"


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(pms=BOTH_PROTOCOLS)


def rows(seen: Observed, before: int, sql: str, *values: Any) -> Sequence[Any]:
    """What a query finds after a power cut there."""
    with seen.after_power_cut(before) as database:
        return database.execute(sql, values).fetchall()


def guests(seen: Observed, before: int, room: str) -> list[str | None]:
    return [name for (name,) in rows(seen, before, "SELECT name FROM guest WHERE room = ?", room)]


def all_acknowledged(mitel: Pms, api: Api, room: str) -> None:
    """What has been said so far: the next message waits for the acknowledgement of the one before."""
    mitel.do("equipment", room=room, dnd=True)
    wait_for(lambda: api.get(f"/rooms/{room}")["dnd"], 10, "the next message is taken")


def test_a_charge_and_its_number_are_on_disk_before_the_pms_has_it(
    product: Product, bench: Bench, api: Api, fias: Pms
) -> None:
    assert api.raw("PUT", "/api/v1/tariffs", TARIFFS.encode(), "text/csv").status == 200
    fias.check_in("101", name="Holm")
    wait_for(lambda: api.get("/rooms/101")["guests"], 10, "the guest is in")
    call_out(bench, 1, NUMBER)
    answered_outside(bench, api, "fxo/2")
    with observed(product) as seen:
        hang_up(bench, 1)
        (booked,) = fias.wait_booked(1)
    posting = seen.sent(b"\x02PS|")
    assert f"|P#{booked['number']}|".encode() in posting.data
    (charge,) = rows(seen, posting.begun, "SELECT amount, posting, sends, state FROM charge WHERE number = ?", NUMBER)
    assert charge == (booked["amount"], booked["number"], 1, "pending")
    (record,) = rows(seen, posting.begun, "SELECT talk_ms, ended FROM call_record WHERE dialled = ?", NUMBER)
    assert record[1] is not None and price(record[0] // 1000) == booked["amount"]


def test_a_stay_is_on_disk_before_the_mitel_pms_has_its_ack(product: Product, api: Api, mitel: Pms) -> None:
    with observed(product) as seen:
        mitel.check_in("102", name="LIND")
        all_acknowledged(mitel, api, "102")
    moved_in, named = seen.answer_to(b"CHK1"), seen.answer_to(b"NAM1")
    assert (moved_in.data[:1], named.data[:1]) == (ACK, ACK)
    assert guests(seen, seen.received(b"CHK1").begun, "102") == []
    assert guests(seen, moved_in.begun, "102") == [None]
    assert guests(seen, named.begun, "102") == ["LIND"]


def test_a_wake_up_is_on_disk_before_the_mitel_pms_has_its_ack(product: Product, api: Api, mitel: Pms) -> None:
    mitel.check_in("103", name="Berg")
    wait_for(lambda: api.get("/rooms/103")["guests"], 10, "he is in")
    with observed(product) as seen:
        mitel.do("wake-up", room="103", time="06:45")
        all_acknowledged(mitel, api, "103")
    asked, taken = seen.received(b"WKP"), seen.answer_to(b"WKP")
    assert taken.data[:1] == ACK
    sql = "SELECT at FROM wakeup WHERE room = '103' AND state = 'waiting'"
    assert rows(seen, asked.begun, sql) == []
    ((at,),) = rows(seen, taken.begun, sql)
    assert "06:45" in at


def test_a_check_in_is_on_disk_before_the_desk_has_its_answer(product: Product, api: Api, bench: Bench) -> None:
    with observed(product) as seen:
        api.call("POST", "/api/v1/rooms/201/check-in", {"name": "Vik"})
    asked = seen.received(b"POST /api/v1/rooms/201/check-in")
    answer = seen.answer_to(b"POST /api/v1/rooms/201/check-in")
    assert b" 200 " in answer.data.splitlines()[0]
    assert guests(seen, asked.begun, "201") == []
    assert guests(seen, answer.begun, "201") == ["Vik"]
