"""The one-time link that sets the first manager's password, in the language of his browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape
from importlib.resources import files
from typing import Any

import msgspec
from microdot import Microdot, Request, Response

from firmware.errors import RefusedError
from webui.faults import ApiError
from webui.services import Identity, Services
from webui.static_files import PAGE_POLICY
from webui.types import Enrolment

HTML = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": PAGE_POLICY}
PAGES = files("webui.pages")
TEXTS: dict[str, dict[str, str]] = {
    place.name: json.loads(place.joinpath("enrolment.json").read_text(encoding="utf-8"))
    for place in files("webui.static").joinpath("texts").iterdir()
    if place.is_dir()
}
"""By language; the keys are places in the pages."""
PLACE = re.compile(r"{{([a-z.-]+)}}")


def mount(app: Microdot, services: Services, guarded: Callable[..., Any]) -> None:
    """Add the pages to the application."""

    async def form(request: Request, secret: str) -> Response:
        if not await services.enrolment_open(secret):
            return _page(request, "enrolment-over", 410)
        return _page(request, "enrolment", 200)

    async def submit(request: Request, secret: str) -> Response:
        fields = _fields(request)
        try:
            wanted = _enrolment(secret, fields)
            await services.enrol(wanted.secret, wanted.name, wanted.password)
        except (ApiError, RefusedError) as error:
            if error.code == "expired":
                return _page(request, "enrolment-over", 410)
            problem = _texts(request)["enrolment.differ" if error.field == "again" else "enrolment.rule"]
            return _page(request, "enrolment", 422, problem=problem, name=fields.get("name", ""))
        key = await services.backups.first_key(Identity(wanted.name, "manager", "first-manager link"))
        if key is None:  # it was made before, by the command line or at a terminal
            return _page(request, "enrolment-done", 201, name=wanted.name)
        return _page(request, "enrolment-key", 201, name=wanted.name, key=key.private)

    app.get("/first-manager/<secret>")(guarded(form))
    app.post("/first-manager/<secret>")(guarded(submit))


def _fields(request: Request) -> Any:
    try:
        return request.form or {}
    except ValueError:
        raise ApiError(422, "bad-value", "The form cannot be read.") from None


def _enrolment(secret: str, fields: Any) -> Enrolment:
    if fields.get("password") != fields.get("again"):
        raise ApiError(422, "password", "the two passwords are not the same", "again")
    values = {"secret": secret, "name": fields.get("name", "").strip(), "password": fields.get("password", "")}
    try:
        return msgspec.convert(values, Enrolment)
    except msgspec.ValidationError as error:
        raise ApiError(422, "bad-value", str(error)) from None


def _texts(request: Request) -> dict[str, str]:
    return TEXTS[_language(request)]


def _language(request: Request) -> str:
    """The first of the browser's languages that there is (RFC 9110, 12.5.4: browsers send them in their order)."""
    wanted = (choice.strip()[:2].lower() for choice in request.headers.get("Accept-Language", "").split(","))
    return next((language for language in wanted if language in TEXTS), "en")


def _page(request: Request, page: str, status: int, name: str = "", **values: str) -> Response:
    """A page in the frame of all, its {{places}} filled in, escaped."""
    frame, main = (PAGES.joinpath(f"{part}.html").read_text(encoding="utf-8") for part in ("frame", page))
    said = {key: text.replace("{name}", name) for key, text in _texts(request).items()}
    said |= {"lang": _language(request), "problem": "", "name": name, **values}
    text = PLACE.sub(lambda place: escape(said[place[1]]), frame.replace("{{main}}", main))
    return Response(text.encode(), status, dict(HTML))
