"""The measurements of the desk's page in a browser: what its first load costs, and how soon a change is seen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.browser import browser
from tests.clients import Json
from tests.harness import Product, wait_for
from tests.page import Page
from tests.perf.measure import Interval

MOST_KB = 150
USER = "porter"
DRAWN_S = 60.0
LOADED = """
const [whole] = performance.getEntriesByType("navigation"), parts = performance.getEntriesByType("resource");
const files = [whole, ...parts.filter(({ name }) => !name.includes("/api/"))];
const sum = (member) => files.reduce((total, file) => total + file[member], 0);
return {
  requests: files.length, wire: sum("transferSize"), plain: sum("decodedBodySize"),
  asked: parts.length + 1 - files.length, drawn: window.drawnAt,
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
};
"""
WATCH = """
const look = () => {
  if (document.querySelectorAll(".tile").length) window.drawnAt = performance.now();
  else requestAnimationFrame(look);
};
look();
"""
"""Before anything of the page has run: notes when the first frame has rooms in it, in ms since the load began."""
SEEN = """
const tile = document.querySelector(`.tile[data-room="${arguments[0]}"]`);
const watch = new MutationObserver(() => { watch.disconnect(); window.seenAt = Date.now(); });
window.seenAt = null;
watch.observe(tile, { attributes: true, childList: true, subtree: true, characterData: true });
"""


@dataclass(frozen=True)
class Load:
    """A first load: files of the page alone in bytes over the wire and unpacked; times in milliseconds."""

    requests: int
    wire: int
    plain: int
    asked: int
    """Requests to the API until then."""
    paint: float
    drawn: float


@contextmanager
def desk(product: Product) -> Iterator[Page]:
    """A browser in which somebody of the desk has logged in."""
    with browser(product.directory) as window:
        page = Page(window, product)
        page.add_user(USER, "desk")
        page.size(1280)
        page.log_in(USER)
        page.find(".tile", DRAWN_S)
        window.chrome("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        yield page


def first_load(page: Page) -> Load:
    """Everything anew, as by a browser that has never been here; who is logged in is known."""
    page.window.chrome("Network.clearBrowserCache", {})
    page.window.open("about:blank")
    page.open()
    wait_for(lambda: page.run("return window.drawnAt ?? null"), DRAWN_S, "the rooms are drawn")
    return Load(**page.run(LOADED))


def change_to_tile(page: Page, product: Product, room: str, turn: int) -> Interval:
    """From before the request that changes a room until its tile is another in the browser; both have one clock."""
    page.run(SEEN, room)
    begin, wall = time.monotonic(), time.time()
    what: Json = {"housekeeping": ("dirty", "clean")[turn % 2]}
    product.api.call("PATCH", f"/api/v1/rooms/{room}", what)
    seen = float(wait_for(lambda: page.run("return window.seenAt"), DRAWN_S, f"the tile of {room} changes"))
    ms = max(0.0, seen - wall * 1000)
    return Interval(ms, begin, begin + ms / 1000)
