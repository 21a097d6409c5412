"""Requests that the API's description draws find no fault; the long run is `make soak SOAK_ARGS="--of fuzz"`."""

from __future__ import annotations

import pytest

from tests.fuzz import Fuzz
from tests.harness import Product
from tests.scenario.conftest import settle
from tests.scenario.waking import await_one_day

SEED = 20
EXAMPLES = 1


@pytest.fixture(scope="module")
def fuzz(product: Product) -> Fuzz:
    """Of a product that has nothing to do: what changes is changed by who asks. Reports are of one day."""
    settle(product)
    await_one_day(150)
    return Fuzz(product, EXAMPLES, SEED)


@pytest.mark.timeout(300)  # the first one draws the requests, for the other one, too
def test_requests_of_those_who_may_not_are_refused_and_change_nothing(fuzz: Fuzz) -> None:
    fuzz.run_refused()
    assert fuzz.found.faults == []
    assert fuzz.found.asked > 100


def test_whatever_is_asked_is_answered_as_described_and_what_is_refused_is_not_done(fuzz: Fuzz) -> None:
    fuzz.run_allowed()
    assert fuzz.found.faults == []
    assert set(fuzz.found.statuses) >= {200, 404, 422}
