"""The bench's page in a browser: a newcomer makes a call on it, with the hands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests import audio
from tests.browser import Element, Session, browser
from tests.clients import Bench, RequestError
from tests.harness import Product, wait_for
from tests.scenario.talking import connected

LOUD = re.compile(r"--level: ?(1|0\.[1-9])")
"""The meter beside the ear, from 0 to 1."""


@pytest.fixture(scope="module")
def window(product: Product) -> Iterator[Session]:
    with browser(product.directory) as window:
        yield window


@pytest.fixture
def page(window: Session, product: Product, bench: Bench) -> Session:
    window.open(f"http://127.0.0.1:{product.bench_port}/")
    return window


def telephone(page: Session, port: str) -> Element:
    """Once it is drawn, which is after the page itself is there."""

    def found() -> Element | None:
        with suppress(RequestError):
            return page.xpath(f"//article[.//*[text()='{port}']]")
        return None

    return wait_for(found, 20, f"the telephone of {port} is on the page")


def test_a_newcomer_makes_a_call_by_doing_what_the_page_says(page: Session, bench: Bench) -> None:
    hint = page.xpath("//body")
    wait_for(lambda: "101" in hint.text("#hint"), 20, "the page says what to lift")
    one, other = telephone(page, "fxs/1"), telephone(page, "fxs/2")
    one.click(".handset")
    wait_for(lambda: "102" in hint.text("#hint"), 20, "the page says what to dial")
    for digit in "102":
        one.click(f'[data-key="{digit}"]')
    wait_for(lambda: "ringing" in other.attribute("class").split(), 20, "102 is drawn as it rings")
    wait_for(lambda: other.text(".display-number") == "101", 15, "102 shows who calls")
    other.click(".handset")
    connected(bench, 1, 2)
    one.click(".hook")
    bench.wait_phone(1, hook="on")
    wait_for(lambda: "lifted" not in one.attribute("class").split(), 20, "101 is drawn as replaced")
    assert page.complaints() == []


def test_one_speaks_and_listens_through_the_browser(page: Session, bench: Bench) -> None:
    one, other = telephone(page, "fxs/1"), telephone(page, "fxs/2")
    one.click(".handset")
    bench.wait_signal(1, "dial")
    meter = one.find(".meter")
    wait_for(lambda: LOUD.search(meter.attribute("style")), 10, "the page has dial tone at its ear")
    bench.dial(1, "102")
    bench.wait_ringing(2)
    other.click(".hook")
    connected(bench, 1, 2)
    one.click(".microphone")  # its beeps are too short to be a sound that the bench has a word for
    wait_for(lambda: audio.level_dbm0(bench.heard(2, 600)) > -30, 10, "102 hears what is said at the computer")
    assert page.complaints() == []
