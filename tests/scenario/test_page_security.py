"""What somebody with a guest's access to the network tries against the product that runs."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import ExitStack
from typing import Any

import pytest

from tests.harness import Product, nightporter
from webui.app import HEADERS

PASSWORD = "correct horse battery"
SLOW = 60
ANSWERS_S = 5.0
"""Half of what the product gives each of them: whoever had to wait for one of them would wait longer."""


def ask(
    product: Product, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, head and body, without a client that mends addresses."""
    connection = http.client.HTTPConnection("127.0.0.1", product.web_port, timeout=60)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def log_in(product: Product, name: str, password: str, cookie: str = "") -> tuple[int, dict[str, str], dict[str, Any]]:
    sent = json.dumps({"name": name, "password": password}).encode()
    headers = {"Content_Type": "application/json", **({"Cookie": cookie} if cookie else {})}
    status, head, said = ask(product, "POST", "/api/v1/session", sent, **headers)
    return status, head, json.loads(said)


@pytest.fixture(scope="module")
def anna(product: Product) -> str:
    added = nightporter(
        "user", "add", "anna", "--role", "desk", "--password-stdin", "--data", str(product.data), stdin=PASSWORD
    )
    assert added.returncode == 0, added.stderr
    return "anna"


@pytest.mark.parametrize("path", ["/", "/static/js/main.js", "/static/nothing.js", "/api/v1/rooms", "/first-manager/x"])
def test_every_answer_says_what_a_browser_may_do_with_it(product: Product, path: str) -> None:
    _, head, _ = ask(product, "GET", path)
    assert {name.lower() for name in HEADERS} <= set(head)
    policy = head["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "*" not in policy
    assert "server" not in head


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/js/../../app.py",
        "/static/js/..%2f..%2f..%2fetc/passwd", "/static//etc/passwd", "/static/%00", "/static/js/", "/static/.",
        "/static/__init__.py", "/static/js/main.js%00.css", "/static/js\\..\\..\\app.py", "//etc/passwd",
        "/../../../../etc/passwd", "/static/texts/en/../../../../pages/frame.html",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_page_s_files(product: Product, path: str) -> None:
    status, _, said = ask(product, "GET", path)
    assert status in (400, 404)
    assert b"root:" not in said and b"import " not in said


def test_a_body_that_is_too_large_is_refused_before_it_is_read(product: Product) -> None:
    for path in ("/api/v1/session", "/api/v1/rooms/203/check-in", "/first-manager/x"):
        status, _, _ = ask(product, "POST", path, b"x" * 1_000_000, Content_Type="application/json")
        assert status in (401, 413), path
    with socket.create_connection(("127.0.0.1", product.web_port), 10) as claims:
        claims.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert claims.recv(12).endswith(b" 413")


def test_those_who_ask_slowly_do_not_keep_others_waiting(product: Product, anna: str) -> None:
    with ExitStack() as open_ones:
        for _ in range(SLOW):
            slow = open_ones.enter_context(socket.create_connection(("127.0.0.1", product.web_port), 10))
            slow.sendall(b"POST /api/v1/session HTTP/1.1\r\nContent-Length: 100\r\nX-")
        began = time.monotonic()
        assert log_in(product, anna, PASSWORD)[0] == 200
        assert time.monotonic() - began < ANSWERS_S


def test_a_session_that_was_planted_is_not_taken_over(product: Product, anna: str) -> None:
    _, head, _ = log_in(product, anna, PASSWORD, "nightporter=planted; nightporter-browser=planted")
    cookies = head["set-cookie"]
    assert "planted" not in cookies
    assert "HttpOnly" in cookies and "SameSite=Strict" in cookies
    assert ask(product, "GET", "/api/v1/session", Cookie="nightporter=planted")[0] == 401


def test_another_site_cannot_read_nor_listen(product: Product) -> None:
    for path in ("/api/v1/session", "/api/v1/events", "/api/v1/openapi.json", "/"):
        _, head, _ = ask(product, "GET", path, Origin="http://evil.example", Host="evil.example")
        assert not [name for name in head if name.startswith("access-control")]
        assert head["cross-origin-resource-policy"] == "same-origin"
    assert ask(product, "GET", "/api/v1/events", Origin="http://evil.example")[0] == 401


def test_who_guesses_waits_and_a_browser_that_is_known_does_not(product: Product, anna: str) -> None:
    _, head, _ = log_in(product, anna, PASSWORD)
    known = next(part for part in head["set-cookie"].replace(",", ";").split(";") if "nightporter-browser=" in part)
    statuses = [log_in(product, anna, "wrong")[0] for _ in range(8)]
    assert statuses[0] == 401 and statuses[-1] == 429
    assert log_in(product, anna, PASSWORD)[0] == 429, "the right one waits, too"
    assert log_in(product, anna, PASSWORD, known.strip())[0] == 200
