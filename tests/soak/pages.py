"""Every page on a busy night, in every language, as everybody who may be there."""

from __future__ import annotations

import time

from tests import page_house
from tests.browser import browser
from tests.harness import Product
from tests.page import Page
from tests.page_tour import LANGUAGES, Tour


def run() -> list[str]:
    """The faults, each with who found it, in which language and where."""
    with Product(page_house.hotel()) as product, browser(product.directory) as window:
        page = Page(window, product)
        page_house.users(page)
        page_house.fill(product)
        tour = Tour(page, page_house.SAID)
        for language in LANGUAGES:
            for name, role in page_house.USERS.items():
                _visit_all(tour, name, role, language)
    print(f"{len(tour.visited)} places seen at a desk and on a telephone")
    return tour.faults


def _visit_all(tour: Tour, name: str, role: str, language: str) -> None:
    known = len(tour.faults)
    try:
        tour.log_in(name, language)
        tour.visit(*tour.places(role))
        if role == "manager":
            tour.open_dialogs()
    except AssertionError as error:
        tour.faults.append(f"{role} {language}: {error}")
    print(f"{time.strftime('%H:%M:%S')} {role} {language}", flush=True)
    for fault in tour.faults[known:]:
        print(f"FAULT {fault}", flush=True)
