"""The one-time link that sets the first manager's password."""

from __future__ import annotations

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


def mount(app: Microdot, services: Services, guarded: Callable[..., Any]) -> None:
    """Add the pages to the application."""

    async def form(request: Request, secret: str) -> Response:
        if not await services.enrolment_open(secret):
            return _page("enrolment-over", 410)
        return _page("enrolment", 200, problem="")

    async def submit(request: Request, secret: str) -> Response:
        try:
            wanted = _enrolment(secret, _fields(request))
            await services.enrol(wanted.secret, wanted.name, wanted.password)
        except (ApiError, RefusedError) as error:
            if getattr(error, "code", "") == "expired":
                return _page("enrolment-over", 410)
            return _page("enrolment", 422, problem=str(error))
        key = await services.backups.first_key(Identity(wanted.name, "manager", "first-manager link"))
        if key is None:  # it was made before, by the command line or at a terminal
            return _page("enrolment-done", 201, name=wanted.name)
        return _page("enrolment-key", 201, name=wanted.name, key=key.private)

    app.get("/first-manager/<secret>")(guarded(form))
    app.post("/first-manager/<secret>")(guarded(submit))


def _fields(request: Request) -> Any:
    try:
        return request.form or {}
    except ValueError:
        raise ApiError(422, "bad-value", "The form cannot be read.") from None


def _enrolment(secret: str, fields: Any) -> Enrolment:
    if fields.get("password") != fields.get("again"):
        raise ApiError(422, "password", "The two passwords are not the same.", "again")
    values = {"secret": secret, "name": fields.get("name", "").strip(), "password": fields.get("password", "")}
    try:
        return msgspec.convert(values, Enrolment)
    except msgspec.ValidationError:
        text = "A name of 1 to 64 characters and a password of 8 to 200 characters are needed."
        raise ApiError(422, "bad-value", text) from None


def _page(page: str, status: int, **values: str) -> Response:
    """A page in the frame of all, its {{places}} filled in, escaped."""
    frame, text = (PAGES.joinpath(f"{name}.html").read_text(encoding="utf-8") for name in ("frame", page))
    text = frame.replace("{{main}}", text)
    for place, value in values.items():
        text = text.replace("{{" + place + "}}", escape(value))
    return Response(text.encode(), status, dict(HTML))
