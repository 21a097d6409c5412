"""A Chromium without a screen but with a microphone that beeps, driven by the W3C WebDriver protocol."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.clients import Http, Json
from tests.harness import free_port, wait_for

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key that the protocol gives an element's name under."""


@dataclass(frozen=True)
class Element:
    """An element of the page."""

    session: Session
    name: str

    def find(self, css: str) -> Element:
        """The first element below it that the selector names."""
        return self.session.element(f"/element/{self.name}/element", "css selector", css)

    def click(self, css: str) -> None:
        self.session.post(f"/element/{self.find(css).name}/click")

    def text(self, css: str) -> str:
        return str(self.session.get(f"/element/{self.find(css).name}/property/textContent"))

    def attribute(self, name: str) -> str:
        return str(self.session.get(f"/element/{self.name}/attribute/{name}"))


class Session:
    """One browser; of its windows the one that was turned to last."""

    def __init__(self, http: Http, name: str) -> None:
        self._http, self._path = http, f"/session/{name}"

    def get(self, path: str) -> Json:
        return self._http.call("GET", self._path + path)["value"]

    def post(self, path: str, **fields: Json) -> Json:
        return self._http.call("POST", self._path + path, fields)["value"]

    def chrome(self, command: str, parameters: Json) -> Json:
        """A command of the Chrome DevTools protocol."""
        return self.post("/goog/cdp/execute", cmd=command, params=parameters)

    def element(self, path: str, using: str, value: str) -> Element:
        return Element(self, self.post(path, using=using, value=value)[ELEMENT])

    def open(self, url: str) -> None:
        self.post("/url", url=url)

    @property
    def window(self) -> str:
        """The name of the window that all is done in."""
        return str(self.get("/window"))

    def new_window(self) -> str:
        """Its name; nothing is done in it yet."""
        return str(self.post("/window/new", type="window")["handle"])

    def turn_to(self, window: str) -> None:
        """All that follows is done in that window, be it seen or not."""
        self.post("/window", handle=window)

    def hide(self) -> None:
        """As a tab is hidden behind another one."""
        self.post("/window/minimize")

    def show(self) -> None:
        self.post("/window/rect", x=0, y=0, width=1280, height=900)

    def close_window(self) -> None:
        """Then another one must be turned to."""
        self._http.call("DELETE", self._path + "/window")

    def xpath(self, path: str) -> Element:
        return self.element("/element", "xpath", path)

    def complaints(self) -> list[str]:
        """The errors on the browser's console so far; each is told once."""
        return [entry["message"] for entry in self.post("/se/log", type="browser") if entry["level"] == "SEVERE"]


@contextlib.contextmanager
def browser(directory: Path) -> Iterator[Session]:
    """A window whose files are below the directory, so that it ends with whoever watches over that."""
    port = free_port()
    http = Http("127.0.0.1", port)
    driver = subprocess.Popen(
        ["chromedriver", f"--port={port}", f"--log-path={directory / 'chromedriver.log'}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    arguments += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    options = {"args": [*arguments, f"--user-data-dir={directory / 'chromium'}"]}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    try:
        wait_for(lambda: _listens(http), 30, "chromedriver listens")
        made = http.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["value"]
        yield Session(http, made["sessionId"])
        http.call("DELETE", f"/session/{made['sessionId']}")
    finally:
        driver.terminate()
        driver.wait(60)


def _listens(http: Http) -> bool:
    with contextlib.suppress(OSError):
        return bool(http.call("GET", "/status")["value"]["ready"])
    return False
