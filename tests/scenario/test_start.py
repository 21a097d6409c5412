"""Starting, stopping, and starting again: what somebody at the command line sees."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from firmware.processes import RunDirectory
from tests.clients import Api, Bench
from tests.harness import Product, nightporter, wait_for
from tests.scenario.talking import call, hang_up, lift_and_dial, line_with

PRIVATE = ("unshare", "--mount", "--map-root-user")
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" "$0" && exec "$@"'


def test_the_start_says_where_to_go_and_what_to_try(product: Product) -> None:
    said = wait_for(lambda: "Things to try" in product.log_end(400) and product.log_end(400), 10, "greeting")
    assert f"http://127.0.0.1:{product.bench_port}" in str(said)


def test_a_second_product_on_the_same_data_is_refused_and_named(product: Product) -> None:
    second = nightporter("run", "--config", str(product.config), "--data", str(product.data))
    assert second.returncode == 3
    assert str(product.pid("launcher")) in second.stderr
    assert product.ready()


def test_status_tells_what_runs_and_whether_it_is_ready(product: Product) -> None:
    # The figures behind it are written down twice a second.
    wait_for(lambda: nightporter("status", "--data", str(product.data)).returncode == 0, 20, "status says ready")
    assert str(product.pid("voice")) in nightporter("status", "--data", str(product.data)).stdout


def test_the_api_wants_a_token_and_describes_itself(product: Product, api: Api) -> None:
    document = api.get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert {"/lines", "/calls", "/call-records", "/health", "/alarms", "/events"} <= {
        path.removeprefix("/api/v1") for path in document["paths"]
    }
    stranger = Api("127.0.0.1", product.web_port, "nonsense")
    answer = stranger.raw("GET", "/api/v1/lines")
    assert answer.status == 401
    assert json.loads(answer.body)["error"]["code"]


def test_two_products_run_side_by_side(bench: Bench) -> None:
    with Product() as other:
        call(bench, 1, "102", 2)
        assert not other.bench.phone(2)["ringing"]
        call(other.bench, 1, "102", 2)


def test_ctrl_c_ends_everything_and_the_next_start_has_it_all_again(product: Product, bench: Bench, api: Api) -> None:
    call(bench, 1, "102", 2)
    (standing,) = api.calls()
    hang_up(bench, 1, 2)
    wait_for(lambda: standing["id"] in {item["call"] for item in api.records()}, 10, "the call is recorded")
    records = api.records()
    assert product.stop() == 0
    assert nightporter("status", "--data", str(product.data)).returncode == 1
    begun = time.monotonic()
    product.start()
    bench.off_hook(1)
    bench.wait_signal(1, "dial", deadline_s=15)
    assert time.monotonic() - begun < 40
    assert api.records() == records


@pytest.fixture
def box() -> Iterator[Product]:
    """Another one, which has never been started."""
    with Product(start=False) as product:
        yield product


def test_on_a_disk_that_can_only_be_read_people_telephone_and_the_processes_find_each_other(box: Product) -> None:
    box.token("manager")  # makes the data directory
    view = (*PRIVATE, "sh", "-c", READ_ONLY, str(box.data))
    if subprocess.run([*view, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let us mount")
    box.start(under=view)
    memory = RunDirectory(box.data).place_of("voice")
    assert not memory.is_relative_to(box.data)
    try:
        assert "can only be read" in box.log_end(400)
        wait_for(lambda: nightporter("status", "--data", str(box.data)).returncode == 0, 20, "status says ready")
        second = nightporter("run", "--config", str(box.config), "--data", str(box.data))
        assert second.returncode == 3
        box.kill("supervisor")
        call(box.bench, 1, "102", 2)
        hang_up(box.bench, 1, 2)
        lift_and_dial(box.bench, 3, "112")
        line_with(box.bench, "112")
        box.wait_ready()
        assert box.api.standing_alarms("storage")
    finally:
        box.stop()
        shutil.rmtree(memory)
