"""What scenarios with a PMS do again and again: look at rooms, wait for them, and leave the house empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.clients import Api, Bench, Json, Pms, RequestError
from tests.harness import Product, wait_for
from tests.scenario.talking import hang_up, line_with

SOON_S = 1.0
"""Five times what is aimed at, from a record of the PMS to the open line."""
OUTSIDE = "221234567"
LINES = ("fxo/1", "fxo/2")
REFUSED = ("busy", "congestion")


def room(api: Api, number: str) -> Json:
    return api.get(f"/rooms/{number}")


def rooms(api: Api) -> dict[str, Json]:
    return {found["room"]: found for found in api.get("/rooms?limit=1000")["items"]}


def guests(api: Api, number: str) -> list[str]:
    """The names of who lives there."""
    return [guest["name"] for guest in room(api, number)["guests"]]


def wait_guests(api: Api, number: str, *names: str, deadline_s: float = 15) -> None:
    wait_for(lambda: guests(api, number) == list(names), deadline_s, f"{', '.join(names) or 'nobody'} in {number}")


def wait_room(api: Api, number: str, deadline_s: float = 15, **fields: Json) -> Json:
    """Until the room's fields have these values; the room. `lamp`: whether it is lit."""

    def fits() -> Json:
        seen = room(api, number)
        known = {**seen, "lamp": seen["message_lamp"]["lit"]}
        return seen if all(known[name] == value for name, value in fields.items()) else None

    return wait_for(fits, deadline_s, f"room {number} has {fields}")


def change(api: Api, number: str, **fields: Json) -> Json:
    """What the desk changes of a room."""
    return api.call("PATCH", f"/api/v1/rooms/{number}", fields)


def link(api: Api, name: str) -> Json:
    return next(found for found in api.get("/links")["items"] if found["name"] == name)


def records(pms: Pms, way: str, *kinds: str) -> list[str]:
    """What passed since it was last told to forget: "in" came from the product."""
    return [entry["text"] for entry in pms.view()["records"] if entry["way"] == way and entry["text"][:2] in kinds]


def wait_records(pms: Pms, kind: str, count: int, deadline_s: float = 10) -> list[str]:
    """Until the product has sent so many of a kind; all of them."""
    return wait_for(
        lambda: found if len(found := records(pms, "in", kind)) >= count else [], deadline_s, f"{count} {kind}"
    )


def empty_house(api: Api, *systems: Pms) -> None:
    """Nobody lives anywhere, here or there, and nothing is left of anybody."""
    for pms in systems:
        for number, known in pms.view()["rooms"].items():
            for guest in known["guests"]:
                pms.check_out(number, key=guest["key"])
    for number, found in rooms(api).items():
        if found["occupancy"] == "occupied":
            with suppress(RequestError):  # the PMS has done it meanwhile
                api.call("POST", f"/api/v1/rooms/{number}/check-out", {})
    wait_for(lambda: not any(found["guests"] for found in rooms(api).values()), 20, "everybody has left")


@contextmanager
def well_behaved(api: Api, *systems: Pms) -> Iterator[None]:
    """Inside, the house is empty at first and the links are alive; afterwards no rule of the protocols was broken."""
    for pms in systems:
        if pms.view()["wire"] != "open":
            pms.link("open")
        pms.answers()
        pms.wait_alive()
    empty_house(api, *systems)
    _wait_told(api, *systems)
    for pms in systems:
        pms.do("reset-counts")
    yield
    for pms in systems:
        broken = pms.view()["violations"]
        assert not broken, broken


def _wait_told(api: Api, *systems: Pms) -> None:
    """Until nothing is owed to them but charges that wait their time. Mitel's RQINZ may hold all up for a minute."""
    charges = len(api.get("/charges?state=pending")["items"])
    names = {pms.view()["name"] for pms in systems}

    def told() -> bool:
        found = [found for found in api.get("/links")["items"] if found["name"] in names]
        return all(each["outbox"] <= charges for each in found if each["protocol"] == "fias")

    wait_for(told, 30, "what the desk has done is told")


def dial_outside(bench: Bench, phone: int, number: str = OUTSIDE) -> None:
    """Lift, and dial a number outside, also where a stuttering dial tone says that there is something to be known."""
    bench.off_hook(phone)
    bench.wait_signal(phone, "dial", "stutter")
    bench.dial(phone, f"0{number}", on_ms=60, off_ms=60)


def may_call_out(bench: Bench, phone: int) -> None:
    """The company's exchange gets what is dialled there."""
    dial_outside(bench, phone)
    line = line_with(bench, OUTSIDE)
    hang_up(bench, phone)
    bench.wait_line(line, seized=False)


def may_not_call_out(bench: Bench, phone: int) -> None:
    """What is dialled there leads to an announcement, or a tone while those are being made, and to no exchange."""
    dial_outside(bench, phone)

    def told() -> bool:
        hearing = bench.hearing(phone)
        return hearing["now"] == "speech" or hearing["signal"] in REFUSED

    wait_for(told, 10, "the caller is told")
    assert not any(bench.phone(line)["seized"] for line in LINES)
    hang_up(bench, phone)


def supervisor_stays(product: Product) -> Callable[[], bool]:
    """Whether the supervisor is the same process as now."""
    pid = product.pid("supervisor")
    return lambda: product.pid("supervisor") == pid


def log_lines(product: Product) -> list[str]:
    """The product's whole log."""
    return product.log.read_text(encoding="utf-8", errors="replace").splitlines()
