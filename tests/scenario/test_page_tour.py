"""Every place of the page on a busy night, at a desk and on a telephone, in a language that is not English."""

from __future__ import annotations

import pytest

from tests import page_house
from tests.harness import Product
from tests.hotel import Hotel
from tests.page import Page
from tests.page_tour import Tour

LANGUAGE = "pl"
"""`make soak SOAK_ARGS="--of pages"` speaks the others."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return page_house.hotel()


@pytest.fixture(scope="module", autouse=True)
def night(product: Product) -> None:
    page_house.users(Page(None, product))  # type: ignore[arg-type]
    page_house.fill(product)


@pytest.fixture
def tour(page: Page) -> Tour:
    return Tour(page, page_house.SAID)


@pytest.mark.timeout(600)
def test_a_manager_finds_nothing_wrong_anywhere(tour: Tour) -> None:
    tour.log_in("mia", LANGUAGE)
    tour.visit(*tour.places("manager"))
    tour.open_dialogs()
    assert tour.faults == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "role"), [(n, r) for n, r in page_house.USERS.items() if r != "manager"])
def test_others_find_nothing_wrong_where_they_begin(tour: Tour, name: str, role: str) -> None:
    tour.log_in(name, LANGUAGE)
    tour.visit(next(tour.places(role)))
    assert tour.faults == []
