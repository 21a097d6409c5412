"""Who may use the bench from a browser: its own page alone.

Any page that the person at this machine has open could otherwise lift handsets here, or listen by a name of its own
that it lets lead to this address (DNS rebinding). Programs send no Origin and name the address; they are not hindered.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from urllib.parse import urlsplit

from microdot import Microdot, Request, Response


def mount(app: Microdot, listen: str) -> None:
    """Refuse requests that come from other pages, or by a name that is not this machine's. `listen`: HOST:PORT."""
    own_name = socket.gethostname().lower()
    names = {"localhost", own_name, f"{own_name}.local", _name_of(listen)}

    async def look(request: Request) -> Response | None:
        host = request.headers.get("Host")
        if host is not None and not _leads_here(_name_of(host), names):
            return _refusal(f"{host} is not this machine's name; use its address")
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != host:
            return _refusal("only the bench's own page may do this")
        return None

    app.before_request(look)


def _leads_here(name: str, names: set[str]) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in names
    return True


def _name_of(host: str) -> str:
    """The name or address of HOST or HOST:PORT."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _refusal(text: str) -> Response:
    return Response(json.dumps({"error": text}), 403, {"Content-Type": "application/json"})
