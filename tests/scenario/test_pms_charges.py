"""What rooms owe reaches the PMS once, whatever happens to the link, to the answers, or to the box meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.clients import Api, Bench, Json, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.front_office import OUTSIDE, dial_outside, records, wait_guests, wait_room, well_behaved
from tests.scenario.talking import answered_outside, connected, hang_up, line_with

RECEPTION = 7
TARIFFS = (
    "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent\n"
    "22,Warsaw,1-7,00:00,24:00,10,60,30,0,0,10,0\n"
)
PRICE = 44
"""Of a call of less than a minute: 10 and 30, and a tenth more."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(pms=(PmsLink(link={"lr_pace_ms": 0, "answer_s": 1}),))


@pytest.fixture(scope="module", autouse=True)
def tariffs(product: Product) -> None:
    answer = product.api.raw("PUT", "/api/v1/tariffs", TARIFFS.encode(), "text/csv")
    assert answer.status == 200, answer


@pytest.fixture
def pms(product: Product, api: Api) -> Iterator[Pms]:
    """With a guest in 101."""
    system = product.bench.pms()
    with well_behaved(api, system):
        system.check_in("101", name="Adler")
        wait_room(api, "101", occupancy="occupied", effective_class="national")
        yield system


def talk(bench: Bench, api: Api, phone: int = 1) -> str:
    """A call outside that has been answered more than a second ago; its line."""
    dial_outside(bench, phone)
    line = line_with(bench, OUTSIDE)
    answered_outside(bench, api, line)
    bench.wait_audio(1500)
    return line


def minibar(api: Api, room: str = "101") -> int:
    """Something was taken from a minibar; the charge."""
    return int(api.call("POST", "/api/v1/charges", {"room": room, "items": [{"article": 7, "count": 2}]})["id"])


def charge(api: Api, number: int) -> Json:
    return next(found for found in api.get("/charges?limit=1000")["items"] if found["id"] == number)


def wait_charge(api: Api, number: int, state: str) -> Json:
    """Until it has come to that; the charge."""
    return wait_for(
        lambda: found if (found := charge(api, number))["state"] == state else None, 15, f"charge {number} is {state}"
    )


def booked_once(api: Api, pms: Pms) -> Json:
    """The one charge that the PMS has booked, once nothing waits for it any more."""
    pms.wait_booked(1, 20)
    wait_for(lambda: not api.get("/charges?state=pending")["items"], 20, "nothing waits any more")
    (posting,) = pms.postings()
    return posting


def test_a_call_is_one_posting_with_the_right_amount_and_number(bench: Bench, api: Api, pms: Pms) -> None:
    talk(bench, api)
    hang_up(bench, 1)
    posting = booked_once(api, pms)
    record = api.records("&room=101")[0]
    assert (posting["room"], posting["kind"], posting["amount"]) == ("101", "C", PRICE)
    assert posting["dialled"] == OUTSIDE
    assert posting["duration"] == f"0000{record['talk_seconds']:02}" and 1 <= record["talk_seconds"] < 20
    assert record["charge"] == {"amount": PRICE, "currency": "EUR"}
    assert f"20{posting['date'][:2]}-{posting['date'][2:4]}-{posting['date'][4:]}" == record["started"][:10]
    assert posting["time"] == record["started"][11:19].replace(":", "")
    assert pms.view()["counts"]["in"]["PS"] == 1


def test_a_call_while_the_link_is_down_is_booked_when_it_is_back_where_its_guest_lives_then(
    bench: Bench, api: Api, pms: Pms
) -> None:
    talk(bench, api)
    pms.link("refuse")
    hang_up(bench, 1)
    number = wait_for(lambda: api.get("/charges?state=pending")["items"], 5, "the charge waits")[0]["id"]
    api.call("POST", "/api/v1/rooms/101/move", {"to": "102"})
    assert pms.postings() == []
    pms.link("open")
    posting = booked_once(api, pms)
    assert (posting["room"], posting["amount"]) == ("102", PRICE)
    assert charge(api, number)["state"] == "posted"


def _while_talking(product: Product, bench: Bench, pms: Pms) -> None:
    product.kill("supervisor")
    hang_up(bench, 1)


def _right_after(product: Product, bench: Bench, pms: Pms) -> None:
    bench.on_hook(1)
    bench.wait_line(line_with(bench, OUTSIDE), seized=False)
    product.kill("supervisor")


def _while_unanswered(product: Product, bench: Bench, pms: Pms) -> None:
    pms.answers("lose")
    bench.on_hook(1)
    pms.wait_booked(1)
    product.kill("supervisor")


@pytest.mark.parametrize("killed", [_while_talking, _right_after, _while_unanswered])
def test_a_supervisor_that_is_killed_loses_no_charge_and_sends_none_twice(
    product: Product, bench: Bench, api: Api, pms: Pms, killed: Callable[[Product, Bench, Pms], None]
) -> None:
    talk(bench, api)
    killed(product, bench, pms)
    product.wait_ready()
    posting = booked_once(api, pms)
    assert (posting["room"], posting["amount"], posting["dialled"]) == ("101", PRICE, OUTSIDE)


def test_a_call_that_reception_hands_to_a_room_is_that_rooms(bench: Bench, api: Api, pms: Pms) -> None:
    line = talk(bench, api, RECEPTION)
    bench.flash(RECEPTION, 300)
    bench.wait_signal(RECEPTION, "dial", "stutter")
    bench.dial(RECEPTION, "101")
    bench.wait_ringing(1)
    bench.off_hook(1)
    connected(bench, RECEPTION, 1)
    hang_up(bench, RECEPTION)
    connected(bench, 1, line)
    hang_up(bench, 1)
    posting = booked_once(api, pms)
    assert (posting["room"], posting["amount"], posting["dialled"]) == ("101", PRICE, OUTSIDE)


def test_an_answer_that_is_lost_is_asked_for_once_under_the_same_number(api: Api, pms: Pms) -> None:
    pms.answers("lose", pad=4)
    number = minibar(api)
    posting = booked_once(api, pms)
    assert (posting["kind"], posting["article"], posting["repeats"]) == ("M", "MA7 M#2", 1)
    told = wait_charge(api, number, "posted")
    assert (told["posting"], told["status"]) == (posting["number"], "OK")
    assert len(set(records(pms, "in", "PS"))) == 1 < pms.view()["counts"]["in"]["PS"]


def test_a_charge_that_nobody_answers_twice_is_doubtful_and_a_person_settles_it(api: Api, pms: Pms) -> None:
    pms.answers("lose", "lose")
    doubtful, following = minibar(api), minibar(api)
    wait_charge(api, doubtful, "doubtful")
    wait_charge(api, following, "posted")
    wait_for(lambda: api.standing_alarms("charge-doubtful"), 5, "the desk is told")
    assert pms.view()["counts"]["in"]["PS"] == 3
    settled = api.call("POST", f"/api/v1/charges/{doubtful}/settle")
    assert settled["state"] == "settled"
    wait_for(lambda: not api.standing_alarms("charge-doubtful"), 5, "nothing is left to be done")


def test_a_charge_that_is_refused_is_told_and_never_repeated(api: Api, pms: Pms) -> None:
    pms.answers("NG")
    refused, following = minibar(api), minibar(api)
    assert wait_charge(api, refused, "refused")["status"] == "NG"
    wait_charge(api, following, "posted")
    wait_for(lambda: api.standing_alarms("charge-refused"), 5, "the desk is told")
    assert (pms.view()["booked"], pms.view()["counts"]["in"]["PS"]) == (1, 2)
    api.call("POST", f"/api/v1/charges/{refused}/settle")
    wait_for(lambda: not api.standing_alarms("charge-refused"), 5, "nothing is left to be done")


def test_a_call_of_a_guest_who_has_left_meanwhile_is_for_a_person(bench: Bench, api: Api, pms: Pms) -> None:
    talk(bench, api)
    pms.check_out("101")
    wait_guests(api, "101")
    assert [call["state"] for call in api.calls()] == ["answered"], "nobody is cut off"
    hang_up(bench, 1)
    refused = wait_for(lambda: api.get("/charges?state=refused")["items"], 15, "the PMS knows no such guest")[0]
    assert (refused["room"], refused["charge"]["amount"], refused["status"]) == ("101", PRICE, "NG")
    api.call("POST", f"/api/v1/charges/{refused['id']}/settle")


@pytest.mark.parametrize("answer", ["NA", "RY"])
def test_what_the_pms_puts_off_is_booked_after_its_night_audit(api: Api, pms: Pms, answer: str) -> None:
    pms.answers(answer)
    number = minibar(api)
    pms.wait(lambda seen: seen["refused"].get(answer), what="the charge is put off")
    pms.do("night-audit", state="begin")
    pms.check_in("102", name="Late")
    wait_guests(api, "102", "Late")
    meanwhile = minibar(api)
    pms.do("night-audit", state="end")
    wait_charge(api, number, "posted")
    wait_charge(api, meanwhile, "posted")
    first, second = pms.postings()
    assert (first["number"], second["number"]) == (charge(api, number)["posting"], charge(api, meanwhile)["posting"])
    assert pms.view()["refused"] == {answer: 1}, "nothing is sent during the audit"
