"""A backup is taken from the box and brought to it; what cannot be restored is refused, and nothing has changed."""

from __future__ import annotations

import http.client

import pyrage
import pytest

from tests.clients import Api, Json
from tests.harness import Product, wait_for
from tests.scenario.person import Person

AGAIN_S = 60
REFUSED = {(422, "bad-backup"), (409, "bad-backup")}
NO_BACKUPS = {"nothing": b"", "text": b"This is no backup.\n" * 40_000}


@pytest.fixture(scope="module")
def key(product: Product) -> str:
    """The private half, and anna, a manager, who has made it."""
    product.api.call("POST", "/api/v1/users", {"name": "anna", "password": "correct horse", "role": "manager"})
    return str(logged_in(product).call("POST", "/api/v1/backups/key", {})["private"])


@pytest.fixture
def anna(product: Product, key: str) -> Person:
    return logged_in(product)


def logged_in(product: Product) -> Person:
    return Person(product, "anna", "correct horse")


def begun(api: Api) -> set[str] | None:
    """The names of those that were made before, and none's, if one is being made now that was asked for."""
    before = {"", *(backup["name"] for backup in api.get("/backups")["items"])}
    return before if api.raw("POST", "/api/v1/backups").status == 202 else None


def back_up(api: Api) -> str:
    """Make one now; its name."""
    before = wait_for(lambda: begun(api), AGAIN_S, "no other is being made, as the night's is once there is a key")

    def made() -> Json:
        state = api.get("/backups/state")
        assert state["trouble"] is None, state
        return state["work"] is None and state["last"] is not None and state["last"]["name"] not in before and state

    return str(wait_for(made, AGAIN_S, "a backup is made", every_s=0.1)["last"]["name"])


def upload(product: Product, person: Person, body: bytes) -> tuple[int, int]:
    """Brought in pieces; the status, and that of the next request of the same connection."""
    connection = http.client.HTTPConnection("127.0.0.1", product.web_port, timeout=60)
    try:
        headers = {**person.headers, "Content-Type": "application/octet-stream", "Content-Length": str(len(body))}
        pieces = (body[at : at + 10_000] for at in range(0, len(body), 10_000))
        connection.request("PUT", "/api/v1/restore/upload", pieces, headers)
        answer = connection.getresponse()
        answer.read()
        socket = connection.sock
        connection.request("GET", "/api/v1/rooms", headers=person.headers)
        following = connection.getresponse()
        following.read()
        assert connection.sock is socket, "it is still the same connection"
        return answer.status, following.status
    finally:
        connection.close()


@pytest.mark.parametrize("what", [*NO_BACKUPS, "cut off", "changed"])
def test_what_is_no_whole_backup_is_refused_and_nothing_has_changed(
    product: Product, anna: Person, key: str, whole: bytes, what: str
) -> None:
    half = len(whole) // 2
    spoiled = {"cut off": whole[:-100], "changed": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]}
    body = {**NO_BACKUPS, **spoiled}[what]
    supervisor, users = product.pid("supervisor"), product.api.get("/users")
    assert upload(product, anna, body) == (200, 200)
    refused = anna.restore(key)
    assert (refused.status, refused.json["error"]["code"]) in REFUSED, refused
    assert product.api.get("/backups/state")["work"] is None
    assert (product.pid("supervisor"), product.api.get("/users")) == (supervisor, users)


def test_who_has_not_the_key_or_not_the_password_restores_nothing(
    product: Product, anna: Person, key: str, whole: bytes
) -> None:
    assert upload(product, anna, whole) == (200, 200)
    other = str(pyrage.x25519.Identity.generate())
    assert anna.restore(other).json["error"]["code"] == "bad-key"
    assert anna.restore(key, password="battery staple").json["error"]["code"] == "wrong-password"
    assert anna.restore(key, "nightporter-1.age").json["error"]["code"] == "unknown-backup"
    assert anna.whether_known() == 200


@pytest.fixture(scope="module")
def whole(product: Product, key: str) -> bytes:
    """A backup as it is downloaded."""
    name = back_up(product.api)
    found = product.api.raw("GET", f"/api/v1/backups/{name}")
    assert found.body == (product.data / "backups" / name).read_bytes()
    assert found.status == 200 and found.headers["content-length"] == str(len(found.body))
    return found.body
