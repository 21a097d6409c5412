"""What the site offers by telephone: things that guests ask for, and the articles of the minibar, each with a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

import msgspec

from firmware.billing.service import MOST_ARTICLE
from firmware.config.schema import Language
from firmware.errors import Limit, RefusedError
from firmware.services.model import MOST_ID, MOST_KINDS, MOST_SPOKEN, RequestKind
from firmware.services.ports import Store
from firmware.services.request_kinds import REQUEST_KINDS
from firmware.store import StorageError

REQUESTS, MINIBAR = "guest-requests", "minibar-articles"
"""The settings' names."""
LANGUAGES: tuple[Language, ...] = get_args(Language)
MOST_ARTICLES = 200
_ID = re.compile(rf"[a-z0-9-]{{1,{MOST_ID}}}\Z")
_ARTICLE = re.compile(r"[1-9][0-9]{0,8}\Z")

T = TypeVar("T")


class Offers:
    """Kept as settings. Raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.on_changed: Callable[[], None] = lambda: None

    async def request_kinds(self) -> tuple[RequestKind, ...]:
        """In the order of the keys."""
        kept = await self._get(REQUESTS, tuple[RequestKind, ...])
        return REQUEST_KINDS if kept is None else kept

    async def set_request_kinds(self, kinds: Sequence[RequestKind]) -> None:
        """Raises RefusedError (bad-value, exists, nameless)."""
        if len(kinds) > MOST_KINDS:
            text, limit = f"at most {MOST_KINDS}, one for each key", Limit("entries", most=MOST_KINDS)
            raise RefusedError("bad-value", text, "kinds", limit=limit)
        seen: set[str] = set()
        for place, kind in enumerate(kinds):
            if not _ID.match(kind.id):
                text = f"an id is 1 to {MOST_ID} of a-z, 0-9 and -"
                raise RefusedError("bad-value", text, f"kinds[{place}].id", limit=Limit("id", 1, MOST_ID))
            if kind.id in seen:
                raise RefusedError("exists", f"{kind.id} is given twice", f"kinds[{place}].id")
            seen.add(kind.id)
            _check_names(kind.names, f"kinds[{place}].names")
        await self._put(REQUESTS, list(kinds))

    async def articles(self) -> dict[str, dict[str, str]]:
        """Names by article and language; none: any number that the PMS may know is taken."""
        return await self._get(MINIBAR, dict[str, dict[str, str]]) or {}

    async def set_articles(self, articles: Mapping[str, dict[str, str]]) -> None:
        """Raises RefusedError (bad-value, nameless)."""
        if len(articles) > MOST_ARTICLES:
            text, limit = f"at most {MOST_ARTICLES} articles", Limit("entries", most=MOST_ARTICLES)
            raise RefusedError("bad-value", text, "articles", limit=limit)
        for article, names in articles.items():
            if not _ARTICLE.match(article) or int(article) > MOST_ARTICLE:
                text, limit = f"articles are 1 to {MOST_ARTICLE}", Limit("whole-number", 1, MOST_ARTICLE)
                raise RefusedError("bad-value", text, f"articles.{article}", limit=limit)
            _check_names(names, f"articles.{article}")
        await self._put(MINIBAR, dict(articles))

    async def _get(self, name: str, kind: type[T]) -> T | None:
        value = await self._store.do(lambda kept: kept.settings.get(name))
        try:
            return None if value is None else msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            raise StorageError(f"the stored setting {name} is not usable: {error}") from error

    async def _put(self, name: str, value: Any) -> None:
        builtins = msgspec.to_builtins(value)
        await self._store.do(lambda kept: kept.settings.put(name, builtins))
        self.on_changed()


def name_in(names: Mapping[str, str], language: str) -> str:
    """In this language, else in English, else in any; "": there is none."""
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def _check_names(names: Mapping[str, str], field: str) -> None:
    for language, name in names.items():
        if language not in LANGUAGES:
            text, limit = f"languages are {', '.join(LANGUAGES)}", Limit("choice", one_of=tuple(LANGUAGES))
            raise RefusedError("bad-value", text, f"{field}.{language}", limit=limit)
        if not name.strip() or len(name) > MOST_SPOKEN or not name.isprintable():
            text = f"a name has 1 to {MOST_SPOKEN} characters, in one line"
            raise RefusedError("bad-value", text, f"{field}.{language}", limit=Limit("line", 1, MOST_SPOKEN))
    if not names:
        raise RefusedError("nameless", "a name in one language at least", field)
