"""What tests do with the backups of a running box."""

from __future__ import annotations

from tests.clients import Api, Json
from tests.harness import Product, wait_for
from tests.scenario.person import Person

AGAIN_S = 60
MANAGER, PASSWORD = "anna", "correct horse"


def new_key(product: Product) -> str:
    """The private half, and anna, a manager, who has made it."""
    product.api.call("POST", "/api/v1/users", {"name": MANAGER, "password": PASSWORD, "role": "manager"})
    return str(logged_in(product).call("POST", "/api/v1/backups/key", {})["private"])


def logged_in(product: Product) -> Person:
    return Person(product, MANAGER, PASSWORD)


def begin(api: Api) -> set[str]:
    """Have one made now; the names of those that were made before, and ""."""
    return wait_for(lambda: _begun(api), AGAIN_S, "no other is being made, as the night's is once there is a key")


def _begun(api: Api) -> set[str]:
    """Nothing while it is refused."""
    before = {"", *(backup["name"] for backup in api.get("/backups")["items"])}
    return before if api.raw("POST", "/api/v1/backups").status == 202 else set()


def made(api: Api, before: set[str]) -> Json:
    """The one that was begun then, name and all, once it is made; None: it is not yet."""
    state = api.get("/backups/state")
    assert state["trouble"] is None, state
    done = state["work"] is None and state["last"] is not None and state["last"]["name"] not in before
    return state["last"] if done else None


def back_up(api: Api) -> str:
    """Make one now; its name."""
    before = begin(api)
    return str(wait_for(lambda: made(api, before), AGAIN_S, "a backup is made", every_s=0.1)["name"])


def restored(product: Product, person: Person, key: str, name: str | None) -> Json:
    """Put back, and the supervisor is there again."""
    before = product.pid("supervisor")
    answer = person.restore(key, name)
    assert answer.status == 202, answer
    wait_for(lambda: before not in product.pids(), AGAIN_S, "the supervisor ends")
    product.wait_ready()
    return answer.json
