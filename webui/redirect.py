"""Sends browsers that come by plain HTTP on to HTTPS."""

from __future__ import annotations

import re

from microdot import Microdot, Request, Response

HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
HTTPS_PORT = 443


def create_redirect(port: int) -> Microdot:
    """Nothing but redirections to HTTPS, on `port` of the host that was asked for (RFC 9110, 15.4.9)."""
    app = Microdot()

    async def send_on(request: Request, *_: object) -> Response:
        host = HOST.fullmatch(request.headers.get("Host", ""))
        if host is None:
            return Response("this address needs a Host header", 400, {"Connection": "close"})
        place = host[1] if port == HTTPS_PORT else f"{host[1]}:{port}"
        return Response(b"", 308, {"Location": f"https://{place}{request.url}", "Connection": "close"})

    app.errorhandler(404)(send_on)
    return app
