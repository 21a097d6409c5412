"""Speech in the earpiece: each guest hears his language, as it is on disk, and a site's own recording in its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.audio import Samples, delay_samples, level_dbm0, likeness, read_wav, write_wav
from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.scenario.talking import lift_and_dial

ROOM = 1
CHECK_IN, CHECK_OUT = "/api/v1/rooms/101/check-in", "/api/v1/rooms/101/check-out"
SECONDS_AFTER = 4.0
"""Enough for the digits of the telephone's number."""
ALIKE = 0.9
"""Correlation of what is heard with what was said; another text's or language's stays far below 0.5."""


def prompt(api: Api, language: str, name: str) -> Samples:
    """What is spoken, as the page gives it, once it is made."""

    def made() -> bytes | None:
        answer = api.raw("GET", f"/api/v1/prompts/{language}/{name}")
        return answer.body if answer.status == 200 else None

    return read_wav(wait_for(made, 120, f"{language}/{name} is made") or b"")


def own_number(bench: Bench, seconds: float) -> Samples:
    """What *65 says."""
    lift_and_dial(bench, ROOM, "*65")
    bench.wait_audio(round(1000 * (seconds + SECONDS_AFTER)))
    heard = bench.heard(ROOM, round(1000 * (seconds + SECONDS_AFTER)) + 500)
    bench.on_hook(ROOM)
    return heard


@pytest.fixture(params=["en", "vi", "ru", "pl", "zh"])
def language(api: Api, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the guest in the room."""
    api.call("POST", CHECK_IN, {"name": "Holm", "language": request.param})
    yield request.param
    api.call("POST", CHECK_OUT, {})


def test_a_guest_hears_his_language(bench: Bench, api: Api, language: str) -> None:
    said = prompt(api, language, "this-is-extension")
    prompt(api, language, "digit-1")
    heard = own_number(bench, len(said) / 8000)
    assert likeness(said, heard) > ALIKE
    other = "en" if language != "en" else "pl"
    assert likeness(prompt(api, other, "this-is-extension"), heard) < 0.5
    at = delay_samples(said, heard)
    assert level_dbm0(heard[at : at + len(said)]) > -30


def test_a_replaced_prompt_is_heard_until_the_product_s_is_back(bench: Bench, api: Api) -> None:
    product = prompt(api, "en", "this-is-extension")
    path = "/api/v1/prompts/en/this-is-extension"
    own = prompt(api, "en", "wakeup-greeting-morning")
    assert api.raw("PUT", path, write_wav(own), "audio/wav").status == 200
    assert likeness(own, own_number(bench, len(own) / 8000)) > ALIKE
    assert api.raw("PUT", path, b"not a recording", "audio/wav").status == 422
    assert api.raw("DELETE", path).status == 204
    assert likeness(product, own_number(bench, len(product) / 8000)) > ALIKE
