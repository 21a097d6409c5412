"""The process of LEDs and button, as far as one can see it without a board."""

from __future__ import annotations

import ipaddress

import pytest

from firmware.indicators.main import address_of


@pytest.mark.parametrize("listen", ["127.0.0.1", "192.168.10.4"])
def test_the_address_is_where_the_pages_listen(listen: str) -> None:
    assert address_of(listen) == listen


@pytest.mark.parametrize("listen", ["0.0.0.0", "::", "box.local"])
def test_pages_that_listen_everywhere_are_found_at_the_box_s_own_address_if_it_has_one(listen: str) -> None:
    found = address_of(listen)
    assert found is None or not ipaddress.IPv4Address(found).is_unspecified
