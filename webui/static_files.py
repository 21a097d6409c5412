"""Style sheets, scripts and texts of the pages: read once, and served from memory."""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from microdot import Microdot, Request, Response

from webui.faults import ApiError

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "svg": "image/svg+xml",
}
"""What is served, by the end of its name; nothing else is."""
WORTH_PACKING = 256
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the pages for people."""
FIRST = ("js/main.js", "js/pages/desk.js")
"""The scripts that the first page begins with."""
IMPORT = re.compile(r'^(?:import|export)\s[^;]*?"(\.{1,2}/[^"]+)";', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class File:
    """One file: as it is and packed, if that is smaller. `tag` is its strong ETag (RFC 9110, 8.8.3)."""

    media_type: str
    plain: bytes
    packed: bytes | None
    tag: str


@cache
def read_all() -> dict[str, File]:
    """All files by their path below /static/."""
    return {path: _file(path, place.read_bytes()) for path, place in _below(files("webui.static"), "")}


def mount(app: Microdot, guarded: Callable[..., Any]) -> None:
    """Add the shell of the pages and its files to the application."""
    served = read_all()
    page_text = files("webui.pages").joinpath("app.html").read_text(encoding="utf-8")
    shell = _file("app.html", page_text.replace("</head>", f"{_preloads(served)}</head>").encode())

    async def page(request: Request) -> Response:
        return _answer(request, shell, {"Content-Security-Policy": PAGE_POLICY})

    async def static(request: Request, path: str) -> Response:
        if (file := served.get(path)) is None:
            raise ApiError(404, "not-found", "there is nothing at this address")
        return _answer(request, file, {})

    app.get("/")(guarded(page))
    app.get("/static/<path:path>")(guarded(static))


def needed_first(served: Mapping[str, File]) -> list[str]:
    """The scripts of the first page, each before those that it imports."""
    found: dict[str, None] = {}
    wanted = [path for path in FIRST if path in served]
    while wanted:
        path = wanted.pop()
        if path not in found:
            found[path] = None
            imports = IMPORT.findall(served[path].plain.decode())
            wanted += [posixpath.normpath(posixpath.join(posixpath.dirname(path), other)) for other in imports]
    return list(found)


def _preloads(served: Mapping[str, File]) -> str:
    """So that the browser asks for all scripts at once, and need not read one to hear of the next."""
    return "".join(f'<link rel="modulepreload" href="/static/{path}">\n' for path in needed_first(served))


def _below(place: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in place.iterdir():
        name = path + entry.name
        if entry.is_dir():
            yield from _below(entry, f"{name}/")
        elif entry.name.rpartition(".")[2] in MEDIA_TYPES:
            yield name, entry


def _file(path: str, plain: bytes) -> File:
    packed = gzip.compress(plain, 9, mtime=0) if len(plain) >= WORTH_PACKING else plain
    tag = hashlib.sha256(plain).hexdigest()[:24]
    return File(MEDIA_TYPES[path.rpartition(".")[2]], plain, packed if len(packed) < len(plain) else None, tag)


def _answer(request: Request, file: File, more: dict[str, str]) -> Response:
    """The file, packed if the browser takes that; 304 if it has it. An update of the product is taken at once."""
    packed = file.packed if _takes_gzip(request) else None
    tag = f'"{file.tag}-gzip"' if packed is not None else f'"{file.tag}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "Content-Type": file.media_type,
        **more,
    }
    wanted = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    if tag in wanted:
        return Response(b"", 304, headers)
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(file.plain if packed is None else packed, 200, headers)


def _takes_gzip(request: Request) -> bool:
    """By Accept-Encoding (RFC 9110, 12.5.3)."""
    for choice in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = choice.partition(";")
        if name.strip() == "gzip":
            return weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
