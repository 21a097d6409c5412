"""Starting, stopping, and starting again: what somebody at the command line sees."""

from __future__ import annotations

import json
import time

from tests.harness import Product, nightporter, wait_for
from tests.scenario.talking import call, hang_up, lift


def test_the_first_start_says_where_to_go_and_what_to_try() -> None:
    with Product() as product:
        said = wait_for(lambda: "Three things to try" in product.log_end(400) and product.log_end(400), 10, "greeting")
        assert f"http://127.0.0.1:{product.bench_port}" in str(said)
        lift(product.bench, 1)
        assert product.stop() == 0


def test_a_second_product_on_the_same_data_is_refused_and_named() -> None:
    with Product() as product:
        second = nightporter("run", "--config", str(product.config), "--data", str(product.data))
        assert second.returncode == 3
        assert str(product.pid("launcher")) in second.stderr
        assert product.ready()


def test_two_products_run_side_by_side() -> None:
    with Product() as one, Product() as other:
        call(one.bench, 1, "102", 2)
        assert not other.bench.phone(2)["ringing"]
        call(other.bench, 1, "102", 2)


def test_ctrl_c_ends_everything_and_the_next_start_is_warm() -> None:
    with Product() as product:
        assert product.stop() == 0
        begun = time.monotonic()
        product.start()
        product.bench.off_hook(1)
        product.bench.wait_signal(1, "dial", deadline_s=15)
        assert time.monotonic() - begun < 40


def test_status_tells_whether_it_is_ready() -> None:
    with Product() as product:
        # The figures behind it are written down twice a second.
        wait_for(lambda: nightporter("status", "--data", str(product.data)).returncode == 0, 5, "status says ready")
        assert str(product.pid("voice")) in nightporter("status", "--data", str(product.data)).stdout
        product.stop()
        assert nightporter("status", "--data", str(product.data)).returncode == 1


def test_records_survive_a_restart() -> None:
    with Product() as product:
        call(product.bench, 1, "102", 2)
        hang_up(product.bench, 1)
        hang_up(product.bench, 2)
        before = wait_for(product.api.records, 10, "the call is recorded")
        product.stop()
        product.start()
        assert [item["id"] for item in product.api.records()] == [item["id"] for item in before]


def test_the_api_wants_a_token_and_describes_itself() -> None:
    with Product() as product:
        api = product.api
        document = api.get("/openapi.json")
        assert document["openapi"].startswith("3.1")
        assert {"/lines", "/calls", "/call-records", "/health", "/alarms", "/events"} <= {
            path.removeprefix("/api/v1") for path in document["paths"]
        }
        stranger = type(api)("127.0.0.1", product.web_port, "nonsense")
        answer = stranger.raw("GET", "/api/v1/lines")
        assert answer.status == 401
        assert json.loads(answer.body)["error"]["code"]
