"""One product per test module; every test finds and leaves its telephones on-hook and its lines idle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from _pytest.runner import get_reraise_exceptions, runtestprotocol

from tests.browser import Session, browser
from tests.clients import Api, Bench, Json, Pms, RequestError
from tests.harness import Product, wait_for
from tests.host_stalls import HostStalls
from tests.hotel import Hotel
from tests.page import Page
from tests.scenario.waking import Waking

EXCHANGE = "/api/v1/settings/exchange"
TRIES = 5
CALM_S = 3.0
"""The machine has let everybody run for that long before a test is tried again."""
CALM_WITHIN_S = 300.0
"""A bad spell of the machine is waited out for so long before one try, and for CALM_IN_ALL_S in the whole session."""
CALM_IN_ALL_S = 1200.0
STANDSTILL_MS = 15.0
"""More than this of the 20 ms that voice has for a block is gone: sound may be missing for no fault of the product."""
TELEPHONING = {"bench", "product", "box"}
"""Only a test that has one of these fixtures hears anything."""
TRIED_AGAIN = "tried again"
HEARD_SINCE: pytest.StashKey[float] = pytest.StashKey()
"""Where a test judges what was heard before it began: since when, on the monotonic clock."""
CALM_LEFT_S: pytest.StashKey[float] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "same_product: clears up before it is tried again, and needs no new product")


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    """The hotel of this module; a module that needs another overrides this."""
    return Hotel.demonstration()


@pytest.fixture(scope="module")
def product(hotel: Hotel) -> Iterator[Product]:
    with Product(hotel) as running:
        yield running


@pytest.fixture
def bench(product: Product) -> Iterator[Bench]:
    """The bench, with every telephone idle before and after."""
    settle(product)
    yield product.bench
    settle(product)


@pytest.fixture
def api(product: Product) -> Api:
    return product.api


@pytest.fixture
def fias(bench: Bench) -> Pms:
    """The PMS of a module whose hotel has `BOTH_PROTOCOLS`, once its link is up."""
    pms = bench.pms("front-office")
    pms.wait_alive()
    return pms


@pytest.fixture
def mitel(bench: Bench) -> Pms:
    """The other one, likewise."""
    pms = bench.pms("annex")
    pms.wait_alive()
    return pms


@pytest.fixture(scope="module")
def window(product: Product) -> Iterator[Session]:
    """A browser; one for the module."""
    with browser(product.directory) as window:
        yield window


@pytest.fixture
def page(window: Session, product: Product) -> Page:
    """The product's page in it, of the size of a desk's screen, with whoever logged in last."""
    page = Page(window, product)
    page.size(1280)
    return page


@pytest.fixture(scope="module")
def waking(product: Product) -> Waking:
    return Waking(product)


@pytest.fixture
def house(waking: Waking, product: Product) -> Iterator[Waking]:
    """Nobody is to be woken, and nobody is told of what was."""
    waking.leave()
    settle(product)
    yield waking
    waking.leave()
    settle(product)


@pytest.fixture
def settings(api: Api) -> Iterator[Json]:
    """The exchange's settings as they are; put back afterwards."""
    before = api.call("GET", EXCHANGE)
    yield before
    api.call("PUT", EXCHANGE, before)


def settle(product: Product, deadline_s: float = 20) -> None:
    """Replace all handsets and wait until the product has nothing to do, and no bell is thought to be ringing."""
    world = product.bench.world()
    phones = world["phones"]
    for port, phone in phones.items():
        if phone["hook"] == "off":
            product.bench.on_hook(port)
    for port in world["lines"]:
        settle_line(product.bench, port)
    served = set(phones) | set(world["lines"])
    wait_for(
        lambda: not [line for port, line in product.api.lines().items() if port in served and line["state"] != "idle"],
        deadline_s,
        "all lines are idle",
    )
    wait_for(lambda: not product.api.calls(), deadline_s, "no calls stand")
    wait_for(lambda: has_its_lifeline(product.bench), deadline_s, "the lifeline telephone is the box's")
    # A pause of the cadence and the end of the ringing sound alike at first: a bell falls silent seconds later.
    wait_for(
        lambda: not [port for port, phone in product.bench.world()["phones"].items() if phone["ringing"]],
        deadline_s,
        "no telephone rings",
    )


def has_its_lifeline(bench: Bench) -> bool:
    """After a start the relay waits until the company's line is seen to be idle."""
    lifeline = bench.world()["lifeline"]
    return lifeline["port"] is None or bool(lifeline["held"])


def settle_line(bench: Bench, port: str) -> None:
    """A company line as it is in a quiet hour: plugged, with dial tone for who seizes it, and nobody on it."""
    bench.company(port, "plug")
    bench.company(port, "parallel", off_hook=False)
    bench.company(port, "exchange", dial_tone=True, delay_ms=200)

    def idle() -> bool:
        if bench.phone(port)["state"] not in ("idle", "dial-tone", "seized", "dialled"):
            with suppress(RequestError):  # it has come to its end meanwhile
                bench.company(port, "hang-up")
        return bool(bench.phone(port)["state"] == "idle")

    wait_for(idle, 20, f"{port} is idle", every_s=0.2)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """A failed test shows the end of the log of each product that it has used."""
    report = yield
    used = (getattr(item, "funcargs", None) or {}).values()
    for product in [each for each in used if isinstance(each, Product)] if report.failed else ():
        report.sections.append(("the product's log", product.log_end(200)))
    error = None if call.excinfo is None else call.excinfo.value
    report.of_what_was_heard = isinstance(error, AssertionError) and not isinstance(error, RequestError)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """A test that failed while the machine itself stood still is tried again, and it is said; else it has failed.

    First in the same product, although it has been left in its midst; what that spoils is tried in a new one.
    """
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    spoilt = False
    for tries_left in reversed(range(TRIES)):
        reports, host = _try(item, nextitem)
        failed = [report for report in reports if report.failed]
        if not failed or not tries_left or not (spoilt or _may_be_the_machines(item, failed[0], host)):
            break
        why = f"{item.nodeid}: the machine stood still for {host.longest_ms:.0f} ms; {failed[0].longreprtext[-400:]}"
        item.user_properties.append((TRIED_AGAIN, why))
        anew = spoilt or failed[0].when == "setup"
        if anew and (end := _end_of_what_is_shared(item)).failed:
            reports.append(end)
            break
        spoilt = not anew and item.get_closest_marker("same_product") is None
        await_calm(item.config)
        item._initrequest()  # type: ignore[attr-defined]
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _try(item: pytest.Item, nextitem: pytest.Item | None) -> tuple[list[pytest.TestReport], HostStalls]:
    """What came of it, and the stalls since what it judges began."""
    if HEARD_SINCE in item.stash:
        del item.stash[HEARD_SINCE]
    with HostStalls() as host:
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        host.begin = item.stash.get(HEARD_SINCE, host.begin)
    return reports, host


def _end_of_what_is_shared(item: pytest.Item) -> pytest.TestReport:
    """The product and all else of the module ends, also what could not begin; a next try has it anew."""
    above = item.getparent(pytest.Module).parent  # type: ignore[union-attr]
    call = pytest.CallInfo.from_call(
        lambda: item.session._setupstate.teardown_exact(above),  # type: ignore[arg-type]
        when="teardown",
        reraise=get_reraise_exceptions(item.config),
    )
    report: pytest.TestReport = item.ihook.pytest_runtest_makereport(item=item, call=call)
    return report


def _may_be_the_machines(item: pytest.Item, first: pytest.TestReport, host: HostStalls) -> bool:
    """Sound was awaited or judged, and may have been lost: a refused request, a bug in a test or a hang is no sound.

    What failed first is looked at: a test that ended in its midst may fail at its end, too.
    """
    hears = not TELEPHONING.isdisjoint(getattr(item, "fixturenames", ()))
    return hears and host.longest_ms >= STANDSTILL_MS and bool(first.of_what_was_heard)  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was tried again stands at the end, with how it had failed: a fault that comes back is seen there."""
    for report in (each for kind in terminalreporter.stats.values() for each in kind):
        for name, why in report.user_properties if getattr(report, "when", "") == "teardown" else ():
            if name == TRIED_AGAIN:
                terminalreporter.write_line(f"tried again: {why}")


def await_calm(config: pytest.Config) -> None:
    """Until the machine lets everybody run again, or the time for that is up."""
    left = config.stash.get(CALM_LEFT_S, CALM_IN_ALL_S)
    began = now = time.monotonic()
    while now - began < min(CALM_WITHIN_S, left):
        with HostStalls() as host:
            time.sleep(CALM_S)  # the stretch of time that is measured
        now = time.monotonic()
        if host.longest_ms < STANDSTILL_MS:
            break
    config.stash[CALM_LEFT_S] = left - (now - began)
