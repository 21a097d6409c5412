"""The product's page in a browser, as a person uses it."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.parse import urlencode

from tests.browser import ELEMENT, Element, Session
from tests.clients import Json, RequestError
from tests.harness import Product, nightporter, wait_for

PASSWORD = "correct horse battery"
WAIT_S = 20.0
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "ArrowUp": "\ue013", "ArrowDown": "\ue015",
        "ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Backspace": "\ue003"}  # fmt: skip
"""Keys without a character of their own (WebDriver, 17.4.2)."""
EXPECTED = re.compile(
    r"ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|SOCKET_NOT_CONNECTED)"
    r"|the server responded with a status of (401|409|410|422|429)\b"
)
"""What the browser says while nobody answers at the product's address, and of what the product refuses a person."""
WATCHED = """
const one = arguments[0];
if (one.getAttribute("aria-busy") === "true") return false;
window.wasReached = one.localName === "option";
one.addEventListener("click", () => { window.wasReached = true; }, { capture: true, once: true });
return true;
"""
"""Of what is about to be clicked: notes whether a click comes to it. An option's goes to its list."""
GO = """
const [hash] = arguments;
if (location.hash === hash) return null;
return new Promise((done) => {
  addEventListener("hashchange", () => done(null), { once: true });
  location.hash = hash;
});
"""
"""Until the page has begun to show another place: up to then the place before looks as if all were there."""


class Page:
    """A window on a product's page. What it looks for it waits for."""

    def __init__(self, window: Session, product: Product) -> None:
        self.window, self._product = window, product
        self.url = f"http://127.0.0.1:{product.web_port}/"

    # ----------------------------------------------------------------------------------------------- to and fro

    def add_user(self, name: str, role: str, password: str = PASSWORD) -> None:
        made = nightporter(
            "user", "add", name, "--role", role, "--password-stdin", "--data", str(self._product.data), stdin=password
        )
        assert made.returncode == 0, made.stderr

    def open(self, path: str = "") -> None:
        self.window.open(self.url + path)

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        """From whatever is shown; whoever was logged in is logged out."""
        self.window.chrome("Network.clearBrowserCookies", {})
        self.window.open("about:blank")  # a change of the fragment alone would not load the page anew
        self.open()
        self.type("dialog.login [name=name]", name)
        self.type("dialog.login [name=password]", password)
        self.click("dialog.login form button")
        self.find("main.page:not([aria-busy])")

    def be(self, name: str) -> None:
        """Logged in by this name, if not already: to log in takes seconds."""
        shown = self.run("return document.querySelector('.account summary')?.textContent")
        if shown != name or self.count("dialog.login"):
            self.log_in(name)

    def go(self, place: str, seconds: float = WAIT_S) -> None:
        """To "desk", "desk/203" or another of the pages, until it is there."""
        self.run(GO, f"#/{place}")
        self.find(f"main.page-{place.partition('/')[0]}:not([aria-busy])", seconds)

    # ------------------------------------------------------------------------------------------------ what is there

    def find(self, css: str, seconds: float = WAIT_S) -> Element:
        return wait_for(lambda: self._there("css selector", css), seconds, f"{css} is on the page")

    def xpath(self, path: str, seconds: float = WAIT_S) -> Element:
        return wait_for(lambda: self._there("xpath", path), seconds, f"{path} is on the page")

    def _there(self, using: str, value: str) -> Element | None:
        try:
            return self.window.element("/element", using, value)
        except RequestError:
            return None

    def count(self, css: str) -> int:
        return int(self.run("return document.querySelectorAll(arguments[0]).length", css))

    def text(self, css: str) -> str:
        """What is to be read there."""
        (shown,) = wait_for(lambda: self._texts(css)[:1], WAIT_S, f"{css} is on the page")
        return shown.strip()

    def wait_text(self, css: str, text: str, seconds: float = WAIT_S) -> str:
        """Until the text is part of what is to be read there."""
        return str(wait_for(lambda: self._said(css, text), seconds, f"{css} says {text!r}"))

    def _said(self, css: str, text: str) -> str | None:
        shown = "\n".join(self._texts(css))
        return shown if text in shown else None

    def _texts(self, css: str) -> list[str]:
        """Of all that are there; none while the page is being loaded."""
        script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)"
        try:
            return list(self.run(script, css))
        except RequestError:
            return []

    def wait_gone(self, css: str, seconds: float = WAIT_S) -> None:
        wait_for(lambda: self._is_gone(css), seconds, f"{css} is no longer on the page")

    def _is_gone(self, css: str) -> bool:
        try:
            return self.count(css) == 0
        except RequestError:
            return False

    # -------------------------------------------------------------------------------------------------- with the hands

    def click(self, css: str, seconds: float = WAIT_S) -> None:
        """Once it can be clicked, and what it did before is done."""
        wait_for(lambda: self._clicked("css selector", css), seconds, f"{css} can be clicked")

    def click_xpath(self, path: str, seconds: float = WAIT_S) -> None:
        wait_for(lambda: self._clicked("xpath", path), seconds, f"{path} can be clicked")

    def click_text(self, text: str, within: str = "body") -> None:
        """The button or link with exactly this text."""
        inside = f"//{within}//*[self::button or self::a or self::summary][normalize-space()={_quoted(text)}]"
        self.click_xpath(inside)

    def type(self, css: str, text: str) -> None:
        """In place of what is in the field."""
        wait_for(lambda: self._typed(css, text), WAIT_S, f"{css} can be written in")

    def choose(self, css: str, value: str) -> None:
        """The option of a list with this value."""
        self.click(f'{css} option[value="{value}"]')

    def _clicked(self, using: str, value: str) -> bool:
        """Not where it is disabled, or was drawn anew between press and release: no click comes to it then."""
        try:
            element = self.window.element("/element", using, value).name
            if not self.run(WATCHED, {ELEMENT: element}):
                return False
            self.window.post(f"/element/{element}/click")
        except RequestError:
            return False
        try:
            return self.run("return window.wasReached") is not False
        except RequestError:  # it has led to another page
            return True

    def _typed(self, css: str, text: str) -> bool:
        try:
            element = self.window.element("/element", "css selector", css).name
            self.window.post(f"/element/{element}/clear")
            self.window.post(f"/element/{element}/value", text=text)
        except RequestError:
            return False
        return True

    def keys(self, *keys: str) -> None:
        """Each pressed and released: a character, or a name as in KEYS."""
        steps = [
            {"type": step, "value": KEYS.get(key, key)} for key in keys for step in ("keyDown", "keyUp")
        ]  # fmt: skip
        self.window.post("/actions", actions=[{"type": "key", "id": "keyboard", "actions": steps}])

    # ------------------------------------------------------------------------------------------------------ all around

    def run(self, script: str, *arguments: Json) -> Json:
        return self.window.post("/execute/sync", script=script, args=list(arguments))

    def call(self, path: str, **query: str) -> int:
        """The status that the API answers to the page's session."""
        script = "return fetch(arguments[0]).then((answer) => answer.status)"
        return int(self.run(script, f"/api/v1{path}{'?' if query else ''}{urlencode(query)}"))

    def size(self, width: int, height: int = 800) -> None:
        """Of what can be seen of the page, whatever the window has around it."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.window.chrome("Emulation.setDeviceMetricsOverride", metrics)

    def shot(self, path: Path, width: int = 1280, height: int = 800) -> Path:
        """A picture of the page at this size."""
        self.size(width, height)
        path.write_bytes(base64.b64decode(self.window.get("/screenshot")))
        return path

    def is_wider_than_seen(self) -> bool:
        """Whether one must scroll sideways."""
        return bool(self.run("const all = document.documentElement; return all.scrollWidth > all.clientWidth"))

    def complaints(self) -> list[str]:
        """What the browser's console has of faults since it was last asked, but for what is to be expected."""
        return [said for said in self.window.complaints() if not EXPECTED.search(said)]


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"'{text}'"
