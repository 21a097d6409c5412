"""What is taken is told with each refusal: as the type says that has refused it, and never more than that."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from msgspec import inspect

from firmware.errors import Limit, LimitKind
from tests.harness import ROOT
from tests.unit.webui.program import Program
from webui.api.access import NewToken, NewUser
from webui.api.billing import Article, Charging
from webui.api.codes import NewPin, PinSettings
from webui.api.hotel import CheckIn, NewMessage
from webui.api.requests import MinibarSettings, RequestSettings, VoiceMailSettings
from webui.limits import limit_at, limit_of
from webui.routes import ROUTES


def role_of(path: str) -> str:
    role = "manager" if path in ("/users", "/pins", "/settings/pins", "/settings/voice-mail") else "desk"
    return "technician" if path in ("/settings/exchange", "/settings/restriction", "/settings/codes") else role


async def told(program: Program, method: str, path: str, body: Any = None) -> tuple[str | None, dict[str, Any] | None]:
    """Field and limit of what is refused; members that say nothing are left out."""
    answer = await program.ask(method, path, body, role_of(path))
    assert answer.status_code == 422, answer.text
    limit = answer.json["error"]["limit"]
    shown = None if limit is None else {name: value for name, value in limit.items() if value is not None}
    return answer.json["error"]["field"], shown


def hours(**wrong: str) -> dict[str, Any]:
    good = {"from": "07:00", "to": "23:00", "days": "1-5"}
    return {"hours": {"national": good, "international": {key: text for key, text in (good | wrong).items() if text}}}


SETTINGS: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("/settings/exchange", {"timers": {"hold": 3}}, "timers.hold", {"kind": "number", "least": 10, "most": 1800}),
    ("/settings/exchange", {"timers": {"hold": "x"}}, "timers.hold", {"kind": "number", "least": 10, "most": 1800}),
    ("/settings/voice-mail", {"per_room": 100}, "per_room", {"kind": "whole-number", "least": 1, "most": 99}),
    ("/settings/voice-mail", {"per_room": 1.5}, "per_room", {"kind": "whole-number", "least": 1, "most": 99}),
    ("/settings/voice-mail", {"cases": ["no"]}, "cases[0]", {"kind": "choice", "one_of": ["busy", "dnd", "no_answer"]}),
    ("/settings/pins", {"lock_minutes": 0}, "lock_minutes", {"kind": "whole-number", "least": 1, "most": 1440}),
    ("/settings/exchange", {"room_flash": 1}, "room_flash", {"kind": "yes-or-no"}),
    ("/settings/night-service", {"mode": "so"}, "mode", {"kind": "choice", "one_of": ["auto", "off", "on"]}),
    ("/settings/night-service", {"mode": "on", "from": "25:00"}, "from", {"kind": "time"}),
    ("/settings/night-service", {"mode": "auto"}, "from", {"kind": "time"}),
    ("/settings/night-service", {"mode": "on", "target": 3}, "target", {"kind": "characters"}),
    ("/settings/restriction", hours(days="8"), "hours.international.days", {"kind": "days"}),
    ("/settings/restriction", hours(to=""), "hours.international.to", {"kind": "time"}),
    ("/settings/codes", {"digits": {"redial": "*6", "dnd-on": "star"}}, "digits.dnd-on",
     {"kind": "code", "least": 1, "most": 8}),
    ("/settings/minibar", {"articles": {"1": {"en": "tea"}, "7": {"en": "tea", "pl": ""}}}, "articles.7.pl",
     {"kind": "line", "least": 1, "most": 60}),
    ("/settings/minibar", {"articles": {"x": {"en": "tea"}}}, "articles.x",
     {"kind": "whole-number", "least": 1, "most": 9999}),
    ("/settings/minibar", {"articles": {"7": {"en": "tea\n"}}}, "articles.7.en",
     {"kind": "line", "least": 1, "most": 60}),
    ("/settings/requests", {"kinds": [{"id": "", "names": {}}]}, "kinds[0].id", {"kind": "id", "least": 1, "most": 30}),
    ("/settings/requests", {"kinds": [{"id": "Ice", "names": {"en": "ice"}}]}, "kinds[0].id",
     {"kind": "id", "least": 1, "most": 30}),
    ("/settings/requests", {"kinds": [{"id": "a", "names": {"en": "a"}}] * 10}, "kinds",
     {"kind": "entries", "most": 9}),
]  # fmt: skip


async def test_settings(program: Program) -> None:
    found = [(path, body, *await told(program, "PUT", path, body)) for path, body, _, _ in SETTINGS]
    assert found == SETTINGS


ORDERS: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("/users", {"name": "tom", "password": "short", "role": "desk"}, "password",
     {"kind": "characters", "least": 8, "most": 200}),
    ("/users", {"name": " tom", "password": "long enough", "role": "desk"}, "name",
     {"kind": "name", "least": 1, "most": 64}),
    ("/pins", {"name": "Jan", "pin": "123", "rights": ["night"]}, "pin", {"kind": "digits", "least": 4, "most": 8}),
    ("/pins", {"name": "Jan", "pin": "12a4", "rights": ["night"]}, "pin", {"kind": "digits", "least": 4, "most": 8}),
    ("/pins", {"name": "J" * 41, "pin": "1234", "rights": ["night"]}, "name",
     {"kind": "name", "least": 1, "most": 40}),
    ("/pins", {"name": "Jan", "pin": "1234", "rights": []}, "rights", {"kind": "entries", "least": 1}),
    ("/calls", {"from": "abc", "to": "101"}, "from", {"kind": "dialled", "least": 1, "most": 32}),
    ("/wakeups", {"room": "203", "at": "soon"}, "at", {"kind": "date-time"}),
    ("/wakeups", {"room": "203", "at": "x" * 41}, "at", {"kind": "date-time"}),
    ("/wakeups", {"room": "203", "at": "2026-11-23T07:00", "repeat": "daily", "until": "soon"}, "until",
     {"kind": "date"}),
    ("/rooms/203/check-in", {"name": " "}, "name", {"kind": "line", "least": 1, "most": 80}),
    ("/rooms/203/check-in", {"language": "Polish"}, "language", {"kind": "language"}),
    ("/rooms/203/check-in", {"departure": "soon"}, "departure", {"kind": "date-or-time"}),
    ("/rooms/203/check-in", {"deposit": -1}, "deposit", {"kind": "whole-number", "least": 0, "most": 10**12}),
    ("/rooms/203/check-in", {"deposit": {"amount": -1, "currency": "EUR"}}, "deposit.amount",
     {"kind": "whole-number", "least": 0, "most": 10**12}),
    ("/rooms/203/check-in", {"deposit": {"amount": 1, "currency": "XXX"}}, "deposit.currency",
     {"kind": "choice", "one_of": ["EUR"]}),
    ("/rooms/203/messages", {"text": ""}, "text", {"kind": "characters", "least": 1, "most": 2000}),
    ("/check-outs", {"rooms": []}, "rooms", {"kind": "entries", "least": 1, "most": 500}),
]  # fmt: skip


async def test_what_is_ordered(program: Program) -> None:
    found = [(path, body, *await told(program, "POST", path, body)) for path, body, _, _ in ORDERS]
    assert found == ORDERS


LONGEST: list[tuple[str, str, Callable[[int], Any], Limit]] = [
    ("PUT", "/settings/minibar", lambda n: {"articles": {"7": {"en": "x" * n}}}, Limit("line", 1, 60)),
    ("PUT", "/settings/requests", lambda n: {"kinds": [{"id": "a", "names": {"en": "x" * n}}]}, Limit("line", 1, 60)),
    ("PUT", "/settings/requests", lambda n: {"kinds": [{"id": "a" * n, "names": {"en": "a"}}]}, Limit("id", 1, 30)),
    ("PUT", "/settings/codes", lambda n: {"digits": {"redial": "*" * n}}, Limit("code", 1, 8)),
    ("PUT", "/settings/pins", lambda n: {"lock_minutes": n}, Limit("whole-number", 1, 1440)),
    ("POST", "/pins", lambda n: {"name": "J" * n, "pin": str(4700 + n), "rights": ["night"]}, Limit("name", 1, 40)),
    ("POST", "/pins", lambda n: {"name": "Jan", "pin": "7" * n, "rights": ["night"]}, Limit("digits", 4, 8)),
    ("POST", "/users", lambda n: {"name": "t" * n, "password": "long enough", "role": "desk"}, Limit("name", 1, 64)),
    ("POST", "/rooms/203/check-in", lambda n: {"name": "H" * n, "share": True}, Limit("line", 1, 80)),
]


@pytest.mark.parametrize(("method", "path", "body", "limit"), LONGEST)
async def test_what_is_told_is_taken_and_no_more(
    program: Program, method: str, path: str, body: Callable[[int], Any], limit: Limit
) -> None:
    """Also by what stands behind the API: it would tell other bounds, or another kind."""
    assert limit.least is not None and limit.most is not None
    for beyond in (int(limit.least) - 1, int(limit.most) + 1):
        shown = {"kind": limit.kind, "least": limit.least, "most": limit.most}
        assert (await told(program, method, path, body(beyond)))[1] == shown, beyond
    for within in (int(limit.most), int(limit.least)):
        answer = await program.ask(method, path, body(within), role_of(path))
        assert answer.status_code < 300, answer.text


QUERIES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("/wakeups?state=asleep", "state", {
        "kind": "choice", "one_of": [
            "waiting", "ringing", "answered", "not_answered", "busy", "error", "missed", "cancelled",
        ],
    }),
    ("/wakeups?limit=0", "limit", {"kind": "whole-number", "least": 1, "most": 1000}),
    ("/wakeups?due=maybe", "due", {"kind": "yes-or-no"}),
    ("/call-records?from=soon", "from", {"kind": "date-time"}),
    ("/call-records?cursor=x", "cursor", None),
]  # fmt: skip


async def test_queries(program: Program) -> None:
    assert [(query, *await told(program, "GET", query)) for query, _, _ in QUERIES] == QUERIES


async def test_nothing_is_told_where_no_value_is_expected(program: Program) -> None:
    for body in (
        {"colour": "blue"},
        {"timers.hold": 1},
        [],
        {"timers": {"T301": 20}},
        {"timers": 5},
        {"a`.b - at `$.timers.hold`": 1},
    ):
        assert (await told(program, "PUT", "/settings/exchange", body))[1] is None, body


async def test_of_a_mapping_s_key_that_key_s_own_are_told(program: Program) -> None:
    body = {"hours": {"abroad": {"from": "07:00", "to": "23:00"}}}
    field, limit = await told(program, "PUT", "/settings/restriction", body)
    assert limit is not None
    assert (field, limit["kind"], "international" in limit["one_of"]) == ("hours", "choice", True)


async def test_among_many_entries_the_wrong_one_is_named(program: Program) -> None:
    for wrong in (0, 7, 299):
        digits = {f"code-{place}": "star" if place in (wrong, 299) else "*1" for place in range(300)}
        assert (await told(program, "PUT", "/settings/codes", {"digits": digits}))[0] == f"digits.code-{wrong}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"digits": {"redial": "star", "redial": "*69"}}',
        b'{"digits": {"redial": "star"}, "digits": 5}',
        b'{"digits": {"redial": "star"}, "digits": []}',
        b'{"digits": {"redial": "star"}, "digits": {}}',
        b'{"digits": {"redial": "star"}} and so on',
        b'{"digits": {"redial": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
        b'{"digits": {"redial": "star"}, "more": "\xff"}',
        b'{"digits": {"redial": "star"}, "more": 1e999}',
    ],
)
async def test_an_entry_that_cannot_be_found_again_is_left_without_its_name(program: Program, body: bytes) -> None:
    field, limit = await told(program, "PUT", "/settings/codes", body)
    assert (field, limit) == ("digits[...]", {"kind": "code", "least": 1, "most": 8})


async def test_an_entry_is_named_beside_whatever_else_is_wrong(program: Program) -> None:
    for beside in (b'"more": ' + b"9" * 30, b'"more": {"digits": {}}', b'"timers": []'):
        body = b'{"digits": {"dnd-on": "*1", "redial": "star"}, ' + beside + b"}"
        assert (await told(program, "PUT", "/settings/codes", body))[0] == "digits.redial"


# ------------------------------------------------------------------------------------------------- all that is taken


def parts(kind: inspect.Type, place: str) -> Iterator[tuple[str, inspect.Type]]:
    """All that may stand in a request: values, lists, keys; with what is said of them."""
    match kind:
        case inspect.Metadata(type=inspect.StructType() | inspect.DictType() as inner):
            yield from parts(inner, place)
        case inspect.StructType(fields=fields):
            for field in fields:
                yield from parts(field.type, f"{place}.{field.encode_name}")
        case inspect.DictType(key_type=key, value_type=value):
            yield from [*parts(key, f"{place} key"), *parts(value, f"{place}[...]")]
        case inspect.UnionType(types=types):
            for one in types:
                yield from parts(one, place)
        case inspect.NoneType():
            pass
        case _:
            yield place, kind
            if isinstance(kind, inspect.ListType):
                yield from parts(kind.item_type, f"{place}[]")


TAKEN = [part for route in ROUTES if route.body for part in parts(inspect.type_info(route.body), route.body.__name__)]


def test_whatever_may_be_wrong_in_a_request_has_a_limit_to_tell() -> None:
    assert len(TAKEN) > 50
    assert {place for place, kind in TAKEN if limit_of(kind) is None} == set()


def test_a_pattern_says_what_it_is_in_words() -> None:
    """A text of a pattern would else be told to be of any characters."""
    bare = [kind.type if isinstance(kind, inspect.Metadata) else kind for _, kind in TAKEN]
    patterns = {getattr(kind, "pattern", None) for kind in bare} - {None}
    assert len(patterns) >= 6
    unsaid = {place for (place, kind), plain in zip(TAKEN, bare, strict=True)
              if getattr(plain, "pattern", None) and limit_of(kind) == limit_of(plain)}  # fmt: skip
    assert unsaid == set()


def test_bounds_are_what_may_still_be() -> None:
    """A bound that may not be reached itself, or steps, would not be told."""
    bare = [(place, kind.type if isinstance(kind, inspect.Metadata) else kind) for place, kind in TAKEN]
    untold = {place for place, kind in bare for bound in ("gt", "lt", "multiple_of")
              if getattr(kind, bound, None) is not None}  # fmt: skip
    assert untold == set()


OF_THE_PAGE: list[tuple[str, str, type, str]] = [
    ("extensions/names.js", r'maxlength: (?P<most>\d+), limit: \{ kind: "id"', RequestSettings, "kinds[0].id"),
    ("extensions/names.js", r'kind: "id", least: (?P<least>\d+), most: (?P<most>\d+)', RequestSettings, "kinds[0].id"),
    ("extensions/names.js", r"name: `name-.*maxlength: (?P<most>\d+)", RequestSettings, "kinds[0].names[...]"),
    ("extensions/names.js", r"name: `name-.*maxlength: (?P<most>\d+)", MinibarSettings, "articles[...][...]"),
    ("extensions/names.js", r'"whole-number", least: (?P<least>\d+), most: (?P<most>\d+)', Article, "article"),
    ("extensions/codes.js", r'name: "name".*maxlength: (?P<most>\d+)', NewPin, "name"),
    ("extensions/codes.js", r'"pin".*minlength: (?P<least>\d+), maxlength: (?P<most>\d+)', NewPin, "pin"),
    ("extensions/codes.js", r'"lock_minutes".*min: (?P<least>\d+), max: (?P<most>\d+)', PinSettings, "lock_minutes"),
    ("housekeeping/minibar.js", r"article-.*min: (?P<least>\d+), max: (?P<most>\d+)", Article, "article"),
    ("housekeeping/minibar.js", r"count-.*min: (?P<least>\d+), max: (?P<most>\d+)", Article, "count"),
    ("pages/tariffs.js", r'"hidden_digits".*min: (?P<least>\d+), max: (?P<most>\d+)', Charging, "hidden_digits"),
    ("desk/stay_forms.js", r'name: "name".*maxlength: (?P<most>\d+)', CheckIn, "name"),
    ("desk/stay_forms.js", r'name: "first_name".*maxlength: (?P<most>\d+)', CheckIn, "first_name"),
    ("desk/stay_forms.js", r'name: "reservation".*maxlength: (?P<most>\d+)', CheckIn, "reservation"),
    ("desk/panel_messages.js", r'name: "text".*maxlength: (?P<most>\d+)', NewMessage, "text"),
    ("users/people.js", r'name: "name".*maxlength: (?P<most>\d+)', NewUser, "name"),
    ("users/tokens.js", r'name: "name".*maxlength: (?P<most>\d+)', NewToken, "name"),
    *(
        ("extensions/exchange.js", rf'\["{name}", (?P<least>\d+), (?P<most>\d+)\]', VoiceMailSettings, name)
        for name in ("longest_seconds", "per_room", "total_mb")
    ),
    ("extensions/exchange.js", r'number\("copy_days", (?P<least>\d+), (?P<most>\d+)', VoiceMailSettings, "copy_days"),
]
"""Forms that have bounds for themselves, of the field of this request."""


@pytest.mark.parametrize(("script", "field", "kind", "place"), OF_THE_PAGE)
def test_the_page_s_own_bounds_are_those_of_the_api(script: str, field: str, kind: type, place: str) -> None:
    text = (ROOT / "webui/static/js" / script).read_text(encoding="utf-8")
    (found,) = re.finditer(field, text)
    limit = limit_at(kind, place)
    assert {name: int(number) for name, number in found.groupdict().items()} == {
        name: getattr(limit, name) for name in found.groupdict()
    }


def test_the_page_has_words_for_every_kind_of_limit() -> None:
    words = json.loads((ROOT / "webui/static/texts/en/common.json").read_text(encoding="utf-8"))
    kinds = {key.removeprefix("common.limit-") for key in words if key.startswith("common.limit-")}
    assert kinds == set(get_args(LimitKind))
