"""The tables against an independent one: Google's libphonenumber, for thousands of numbers of each country.

Where a table is cheaper than libphonenumber's type of number would have it, that is a fault; where it is dearer, the
reason stands here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType, number_type, region_code_for_number

from firmware.restriction import TABLES, Level
from firmware.restriction.model import rank
from firmware.restriction.plan import Classified, Plan
from tests.unit.restriction.numbers import restriction

REGIONS = {"us": "US", "uk": "GB", "de": "DE", "cn": "CN", "ru": "RU", "pl": "PL", "vn": "VN"}
LEVEL_OF_TYPE: dict[int, Level] = {
    PhoneNumberType.FIXED_LINE: "national",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "national",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.VOICEMAIL: "mobile",
    PhoneNumberType.TOLL_FREE: "local",
    PhoneNumberType.SHARED_COST: "national",
    PhoneNumberType.UAN: "national",
    PhoneNumberType.VOIP: "national",
    PhoneNumberType.PREMIUM_RATE: "unrestricted",
    PhoneNumberType.PERSONAL_NUMBER: "unrestricted",
    PhoneNumberType.PAGER: "unrestricted",
}
CHEAPER = {
    ("us", "787"): "Puerto Rico is another region there, but domestic by 47 CFR 64.1801",
    ("us", "939"): "Puerto Rico",
    ("us", "340"): "the US Virgin Islands, as Puerto Rico",
}
"""By country and beginning of the national number."""
DEARER = {
    ("us", "600"): "services of Canada",
    ("us", "809"): "the Dominican Republic, also where a number counts as free there",
    ("us", "829"): "the same",
    ("us", "849"): "the same",
    ("us", "...555"): "directory enquiries",
    ("us", "...976"): "a premium exchange",
    ("uk", "55"): "corporate numbers: the plan does not bind their price",
    ("uk", "56"): "Internet telephony: nor that",
    ("uk", "7924"): "the Isle of Man",
    ("de", "32"): "national subscriber numbers are often outside what is charged as fixed",
    ("de", "18"): "service numbers cost as a mobile call; the price of user groups is not known",
    ("de", "137"): "votes and mass traffic",
    ("de", "138"): "withdrawn",
    ("de", "long"): "fourteen digits and more, and mailboxes behind mobile numbers, are beyond the plan",
    ("cn", "134"): "1349 is a satellite network",
    ("cn", "174"): "a satellite network",
    ("cn", "800"): "dialled without 0",
    ("cn", "long"): "free numbers of two cities' international lines, not known here",
    ("ru", "840"): "Abkhazia",
    ("ru", "940"): "Abkhazia",
    ("ru", "998"): "South Ossetia",
    ("ru", "954"): "satellites",
    ("ru", "970"): "price not known",
    ("ru", "971"): "price not known",
    ("ru", "810"): "international free numbers, as any call abroad",
    ("pl", "30"): "not in the plan",
    ("pl", "21"): "machines",
    ("pl", "long"): "free numbers have nine digits",
    ("vn", "69"): "army and police",
    ("vn", "67"): "satellites",
    ("vn", "12"): "free numbers and mobile codes of before 2018",
    ("vn", "14"): "a mobile code of before 2018",
    ("vn", "16"): "a mobile code of before 2018",
    ("vn", "199"): "not in the plan",
    ("vn", "799"): "not in the plan",
}


@pytest.mark.parametrize("country", REGIONS)
def test_no_number_is_cheaper_than_libphonenumber_knows(country: str) -> None:
    compared, faults = 0, []
    plan = restriction(country, area_codes=(), local_digits=None).plan
    for national, expected in _typed(country):
        compared += 1
        found = _dialled(plan, country, national)
        difference = rank(found.level) - rank(expected)
        reasons = CHEAPER if difference < 0 else DEARER
        names = ("long" if found.fit == "long" else "", *_names(national))
        if difference and not any((country, name) in reasons for name in names):
            faults.append((national, found.kind, found.level, expected))
    assert compared > 2000
    assert not faults, faults[:20]


def _names(national: str) -> tuple[str, ...]:
    """What a number goes by in the lists above: how it begins, or its exchange in any area."""
    return (national[:4], national[:3], national[:2], f"...{national[3:6]}")


def _typed(country: str) -> Iterator[tuple[str, Level]]:
    """National numbers that libphonenumber holds for valid, and the lowest class by its type of number."""
    chance = random.Random(country)
    metadata = PhoneMetadata.metadata_for_region(REGIONS[country])
    assert metadata is not None
    lengths = metadata.general_desc.possible_length
    for beginning in range(1000, 10_000):
        for length in lengths * (2 if len(lengths) < 6 else 1):
            national = f"{beginning}{''.join(chance.choices('0123456789', k=length))}"[:length]
            number = PhoneNumber(country_code=int(TABLES[country].country_code), national_number=int(national))
            kind = number_type(number)
            if kind != PhoneNumberType.UNKNOWN:
                abroad = region_code_for_number(number) != REGIONS[country] and kind != PhoneNumberType.TOLL_FREE
                yield national, max(LEVEL_OF_TYPE[kind], "international" if abroad else "local", key=rank)


def _dialled(plan: Plan, country: str, national: str) -> Classified:
    """With the trunk prefix, or without it where only that is a number, and no local one."""
    found = plan.classify(TABLES[country].trunk_prefix + national)
    bare = plan.classify(national)
    if found.fit != "whole" and bare.fit == "whole" and bare.kind != "local":
        return bare
    return found


def test_the_other_table_is_there() -> None:
    assert set(REGIONS) == set(TABLES)
    assert phonenumbers.__version__
