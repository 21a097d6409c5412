"""Requests that the API's own description draws, odd ones and proper ones: to every route, as everybody and nobody."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

from tests.harness import Product
from webui.routes import ROUTES

ROLES = ("housekeeping", "desk", "technician", "manager")
TOKENS = 8
"""Of each role, taken in turn: one may ask 50 times a second."""
PER_SECOND = 40.0
SECONDS = 10.0
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
WITHOUT_END = {"/api/v1/events"}
DISRUPTIVE = {
    "POST /api/v1/system/restart": "ends what is asked",
    "POST /api/v1/restore": "restores another hotel",
    "PUT /api/v1/system/certificate": "the next start would be by HTTPS",
    "POST /api/v1/emergency/dry-run": "takes company lines",
    "POST /api/v1/lines/{kind}/{number}/test": "takes lines for seconds each",
    "POST /api/v1/backups": "takes seconds each",
}
"""Asked only as those who may not."""
KNOWN: Mapping[str, str] = {
    "room": "203", "number": "102", "kind": "fxs", "language": "en", "name": "main", "id": "1", "guest": "1",
}  # fmt: skip
"""What there is: half of the requests are about that."""
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
ALLOWED = {f"{route.method} /api/v1{route.path}": route.roles for route in ROUTES}
VOLATILE = (
    "/health", "/system", "/audit", "/sessions", "/session", "/tokens", "/links", "/backups", "/prompts", "/alarms",
)  # fmt: skip
"""What changes by itself, or is changed by being asked for."""


@dataclass
class Found:
    """What was asked, and what went wrong."""

    asked: int = 0
    faults: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


class Fuzz:
    """One product under odd requests; `examples`: of each route and each kind of data (proper, odd).

    `as_all`: each is asked as everybody; otherwise as one of those that may, and of those that may not, in turn.
    """

    def __init__(self, product: Product, examples: int, seed: int, *, as_all: bool = False) -> None:
        self._product, self._examples, self._seed = product, examples, seed
        self._base = f"http://127.0.0.1:{product.web_port}"
        self._described = requests.get(f"{self._base}/api/v1/openapi.json", timeout=SECONDS).json()
        self._tokens = {role: itertools.cycle(self._made(role)) for role in ROLES}
        self._last = dict.fromkeys(ROLES, 0.0)
        self._as_all, self._turn = as_all, itertools.count()
        self._drawn: dict[str, list[Any]] = {}
        self.found = Found()

    def _made(self, role: str) -> list[str]:
        wanted = [{"name": f"fuzz-{role}-{number}", "role": role} for number in range(TOKENS)]
        return [str(self._product.api.call("POST", "/api/v1/tokens", each)["token"]) for each in wanted]

    # ---------------------------------------------------------------------------------------------------- two runs

    def run_refused(self) -> None:
        """As nobody, by a wrong token, and as each role that may not: refused, and nothing is another afterwards."""
        before = self._everything()
        for operation, allowed in self._operations():
            who = [None, *(role for role in ROLES if role not in allowed)] if allowed else []
            for case in self._cases(operation):
                for role in self._of(who):
                    answer = self._ask(case, role)
                    if answer.status_code not in (401, 403, 404, 405, 429):
                        self._wrong(case, role, answer, "was not refused")
        for path, kept in self._everything().items():
            if kept != before[path]:
                self.found.faults.append(f"refused requests have changed {path}")

    def run_allowed(self) -> None:
        """As each role that may: whatever is answered is as described; what is refused is not done."""
        for operation, allowed in self._operations():
            if operation.label in DISRUPTIVE:
                continue
            for case in self._cases(operation):
                for role in self._of([role for role in ROLES if role in allowed] or [None]):
                    before = self._newest(role) if operation.method.upper() in CHANGING else None
                    answer = self._ask(case, role)
                    if before is not None and 400 <= answer.status_code < 500 and self._newest(role) != before:
                        self._wrong(case, role, answer, "was refused, and has changed something")

    def _operations(self) -> Iterator[tuple[Any, frozenset[str]]]:
        schema = schemathesis.openapi.from_dict(self._described)
        for result in schema.get_all_operations():
            operation = result.ok()
            if operation.path not in WITHOUT_END:
                yield operation, ALLOWED.get(operation.label, frozenset())

    def _of(self, roles: Sequence[str | None]) -> Sequence[str | None]:
        return roles if self._as_all or not roles else [roles[next(self._turn) % len(roles)]]

    def _cases(self, operation: Any) -> list[Any]:
        """Drawn before they are asked: the same seed asks the same."""
        if operation.label not in self._drawn:
            self._drawn[operation.label] = self._draw(operation)
        return self._drawn[operation.label]

    def _draw(self, operation: Any) -> list[Any]:
        drawn: list[Any] = []
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = st.tuples(operation.as_strategy(generation_mode=mode), st.booleans())

            @seed(self._seed)
            @settings(
                max_examples=self._examples, database=None, deadline=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(strategy)
            def draw(pair: tuple[Any, bool]) -> None:
                case, is_known = pair
                if is_known:
                    case.path_parameters = {
                        name: KNOWN.get(name, value) for name, value in case.path_parameters.items()
                    }
                drawn.append(case)

            try:
                draw()
            except schemathesis.errors.SchemathesisError:
                continue  # nothing can be wrong with a request that has no parts
        return drawn

    # ------------------------------------------------------------------------------------------------------- asking

    def _ask(self, case: Any, role: str | None) -> Any:
        self.found.asked += 1
        answer = case.call(base_url=self._base, headers=self._headers(role), timeout=SECONDS)
        self.found.statuses[answer.status_code] = self.found.statuses.get(answer.status_code, 0) + 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for error in group.exceptions:
                self._wrong(case, role, answer, f"{error} ")
        return answer

    def _headers(self, role: str | None) -> dict[str, str]:
        if role is None:
            return {}
        return {"Authorization": f"Bearer {self._token(role)}"}

    def _token(self, role: str) -> str:
        """Not oftener than one may."""
        time.sleep(max(0.0, self._last[role] + 1 / (TOKENS * PER_SECOND) - time.monotonic()))
        self._last[role] = time.monotonic()
        return next(self._tokens[role])

    def _newest(self, role: str | None) -> Any:
        """The last entries of the audit that anybody of us has made."""
        if role is None:
            return None
        items = self._get("/audit", limit="20")["items"]
        return [entry["id"] for entry in items if entry["who"].startswith("fuzz-")][:1]

    def _everything(self) -> dict[str, Any]:
        """All that can be had without asking for one thing."""
        paths = [
            path.removeprefix("/api/v1")
            for path, item in self._described["paths"].items()
            if "get" in item and "{" not in path and path not in WITHOUT_END
        ]
        return {path: self._get(path) for path in paths if not path.startswith(VOLATILE)}

    def _get(self, path: str, **query: str) -> Any:
        answer = requests.get(
            f"{self._base}/api/v1{path}", query, headers=self._headers("manager"), timeout=SECONDS
        )  # fmt: skip
        is_json = answer.headers["Content-Type"].startswith("application/json")
        return answer.json() if is_json else answer.content

    def _wrong(self, case: Any, role: str | None, answer: Any, what: str) -> None:
        said = what.splitlines()[0] if what else ""
        text = f"{case.operation.label} as {role}: {answer.status_code}: {said}"
        if not any(known.startswith(text) for known in self.found.faults):
            asked = f"{case.path_parameters} {case.query} {case.body!r:.200}"
            self.found.faults.append(f"{text} | {asked} | {answer.text[:300]}")
