"""Somebody who has logged in on the page, for what only a person may do."""

from __future__ import annotations

import http.client
import json
from contextlib import closing

import pyotp

from tests.clients import Answer, Http, RequestError
from tests.harness import Product


class Person(Http):
    """Has a session from `log_in` on."""

    def __init__(self, product: Product, name: str, password: str, code: str | None = None) -> None:
        super().__init__("127.0.0.1", product.web_port)
        self.name, self.password = name, password
        connection = http.client.HTTPConnection("127.0.0.1", product.web_port, timeout=60)
        said = {"name": name, "password": password, **({} if code is None else {"code": code})}
        with closing(connection):
            connection.request("POST", "/api/v1/session", json.dumps(said), {"Content-Type": "application/json"})
            response = connection.getresponse()
            cookies = response.headers.get_all("Set-Cookie", [])
            answer = Answer(response.status, response.read(), {})
        if answer.status != 200:
            raise RequestError(f"{name} logs in", answer)
        sent = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        self.headers = {"Cookie": sent, "X-CSRF-Token": str(answer.json["csrf"])}
        self._headers.update(self.headers)

    def whether_known(self) -> int:
        """The status of asking who one is."""
        return self.raw("GET", "/api/v1/session").status

    def restore(self, key: str, backup: str | None = None, password: str | None = None) -> Answer:
        """Puts a backup of the box back, or what was uploaded."""
        wanted = {"key": key, "password": password or self.password, "backup": backup}
        return self.raw("POST", "/api/v1/restore", json.dumps(wanted).encode())

    def second_factor(self) -> pyotp.TOTP:
        """Switched on; what tells the codes."""
        offered = self.call("POST", "/api/v1/session/second-factor", {"password": self.password})
        authenticator = pyotp.TOTP(offered["secret"])
        self.call("PUT", "/api/v1/session/second-factor", {"code": authenticator.now()})
        return authenticator
