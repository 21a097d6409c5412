"""One product per test module; every test finds and leaves its telephones on-hook and its lines idle."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.clients import Api, Bench
from tests.harness import Product, wait_for
from tests.host_stalls import HostStalls
from tests.hotel import Hotel

TRIES = 5
CALM_S = 3.0
"""The machine has let everybody run for that long before a test is tried again."""
CALM_WITHIN_S = 60.0
STANDSTILL_MS = 15.0
"""More than this of the 20 ms that voice has for a block is gone: sound may be missing for no fault of the product."""


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


def settle(product: Product, deadline_s: float = 20) -> None:
    """Replace all handsets and wait until the product has nothing to do."""
    phones = product.bench.world()["phones"]
    for port, phone in phones.items():
        if phone["hook"] == "off":
            product.bench.on_hook(port)
    served = set(phones)
    wait_for(
        lambda: not [line for port, line in product.api.lines().items() if port in served and line["state"] != "idle"],
        deadline_s,
        "all lines are idle",
    )
    wait_for(lambda: not product.api.calls(), deadline_s, "no calls stand")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """A failed test shows the end of the product's log."""
    report = yield
    product = getattr(item, "funcargs", {}).get("product")
    if report.failed and isinstance(product, Product):
        report.sections.append(("the product's log", product.log_end(200)))
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """A test that failed while the machine itself stood still is tried again, and it is said; else it has failed."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for tries_left in reversed(range(TRIES)):
        with HostStalls() as host:
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
        if not tries_left or host.longest_ms < STANDSTILL_MS or not any(report.failed for report in reports):
            break
        print(f"{item.nodeid}: tried again, the machine stood still for {host.longest_ms:.0f} ms", file=sys.stderr)
        await_calm()
        item._initrequest()  # type: ignore[attr-defined]
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def await_calm() -> None:
    """Until the machine lets everybody run again, or for a minute."""
    end = time.monotonic() + CALM_WITHIN_S
    while time.monotonic() < end:
        with HostStalls() as host:
            time.sleep(CALM_S)  # the stretch of time that is measured
        if host.longest_ms < STANDSTILL_MS:
            return
