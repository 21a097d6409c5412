"""Style sheets, scripts and texts: what a browser gets, and what nobody gets."""

from __future__ import annotations

import gzip
import re

import pytest
from microdot.test_client import TestClient

from tests.harness import ROOT
from tests.unit.webui.fakes import House
from webui.app import create_app
from webui.static_files import needed_first, read_all

MOST_BYTES = 150_000
SCRIPT = "/static/js/main.js"


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_app(House()))


async def test_a_script_is_given_packed_to_a_browser_that_takes_that(client: TestClient) -> None:
    plain = await client.get(SCRIPT)
    packed = await client.get(SCRIPT, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["Vary"] == "Accept-Encoding"


async def test_who_refuses_packing_gets_it_as_it_is(client: TestClient) -> None:
    assert "Content-Encoding" not in (await client.get(SCRIPT, headers={"Accept-Encoding": "gzip;q=0"})).headers


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_browser_asks_each_time_and_gets_it_again_only_if_it_is_another(
    client: TestClient, encoding: str
) -> None:
    first = await client.get(SCRIPT, headers={"Accept-Encoding": encoding})
    assert first.headers["Cache-Control"] == "no-cache"
    tag = first.headers["ETag"]
    again = await client.get(SCRIPT, headers={"Accept-Encoding": encoding, "If-None-Match": f'"old", {tag}'})
    assert (again.status_code, again.body, again.headers["ETag"]) == (304, b"", tag)
    other = await client.get(SCRIPT, headers={"Accept-Encoding": encoding, "If-None-Match": '"old"'})
    assert other.status_code == 200 and other.body == first.body


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/static/js", "/static/__init__.py", "/static/../app.py", "/static/js/../../app.py",
        "/static/js/..%2f..%2fapp.py", "/static/%2e%2e/app.py", "/static/js%2fmain.js", "/static//etc/passwd",
        "/static/js/main.js%00.css", "/static/js\\main.js", "/static/js/main.js/", "/static/JS/MAIN.JS",
    ],
)  # fmt: skip
async def test_only_the_files_of_the_pages_can_be_had(client: TestClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not-found"


async def test_the_shell_may_run_the_scripts_of_the_product_and_no_others(client: TestClient) -> None:
    answer = await client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*src=)|style=| on[a-z]+=", answer.text)


def test_no_script_makes_markup_of_text() -> None:
    scripts = {path: file.plain.decode() for path, file in read_all().items() if path.endswith(".js")}
    dangerous = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    assert {path: found for path, text in scripts.items() if (found := dangerous.findall(text))} == {}


def test_all_files_of_the_pages_are_served() -> None:
    there = {
        str(path.relative_to(ROOT / "webui/static"))
        for path in (ROOT / "webui/static").rglob("*")
        if path.suffix in (".js", ".css", ".json", ".svg")
    }
    assert set(read_all()) == there


def test_the_browser_is_told_at_once_of_all_scripts_of_the_first_page() -> None:
    scripts = needed_first(read_all())
    assert {"js/main.js", "js/house.js", "js/feed.js", "js/pages/desk.js"} <= set(scripts) <= set(read_all())


def test_the_first_load_of_the_desk_is_small() -> None:
    files = read_all()
    texts = [f"texts/en/{area}.json" for area in ("common", "errors", "desk", "room")]
    needed = [files[path] for path in ["css/base.css", "css/desk.css", "icon.svg", *texts, *needed_first(files)]]
    plain = sum(len(file.plain) for file in needed)
    sent = sum(len(file.packed or file.plain) for file in needed)
    print(f"first load of the desk: {len(needed)} files, {plain} bytes, {sent} as they are sent")
    assert sent < MOST_BYTES
