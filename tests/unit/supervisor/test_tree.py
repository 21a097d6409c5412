"""The supervision tree: restarts, budgets, orderly stop."""

from __future__ import annotations

import asyncio

import pytest

from firmware.supervisor import tree as module
from firmware.supervisor.tree import BudgetError, ChildSpec, ServiceView, Tree


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESTART_PAUSE_S", 0.0)


async def for_ever() -> None:
    await asyncio.Event().wait()


def failing(times: int) -> tuple[list[int], object]:
    starts: list[int] = []

    async def run() -> None:
        starts.append(len(starts))
        if len(starts) <= times:
            raise ValueError("broken")
        await for_ever()

    return starts, run


async def until(condition: object) -> None:
    async with asyncio.timeout(20):
        while not condition():  # type: ignore[operator]  # noqa: ASYNC110 - what is awaited is no event
            await asyncio.sleep(0)


async def test_a_permanent_service_is_started_again() -> None:
    starts, run = failing(3)
    tree = Tree([ChildSpec("a", run)])  # type: ignore[arg-type]
    running = asyncio.create_task(tree.run())
    await until(lambda: len(starts) == 4)
    assert tree.views() == [ServiceView("a", "running", 3)]
    tree.stop()
    await running
    assert tree.views()[0].state == "stopped"


async def test_a_temporary_service_ends_for_good_and_a_transient_one_only_when_it_succeeds() -> None:
    runs: list[str] = []

    async def once(name: str, fails: bool) -> None:
        runs.append(name)
        if fails and runs.count(name) == 1:
            raise ValueError("broken")

    tree = Tree(
        [
            ChildSpec("temporary", lambda: once("temporary", True), "temporary"),
            ChildSpec("transient", lambda: once("transient", True), "transient"),
        ]
    )
    running = asyncio.create_task(tree.run())
    await until(lambda: [view.state for view in tree.views()] == ["ended", "ended"])
    assert sorted(runs) == ["temporary", "transient", "transient"]
    tree.stop()
    await running


async def test_a_service_beyond_its_budget_ends_the_tree() -> None:
    _, run = failing(100)
    tree = Tree([ChildSpec("steady", for_ever), ChildSpec("a", run, budget=(3, 60.0))])  # type: ignore[arg-type]
    with pytest.raises(BudgetError, match="a: more than 3 restarts"):
        await tree.run()
    assert [view.state for view in tree.views()] == ["stopped", "ended"]


async def test_a_service_that_is_not_vital_waits_when_its_budget_is_spent() -> None:
    starts, run = failing(100)
    tree = Tree([ChildSpec("steady", for_ever), ChildSpec("a", run, budget=(3, 60.0), vital=False)])  # type: ignore[arg-type]
    running = asyncio.create_task(tree.run())
    await until(lambda: tree.views()[1] == ServiceView("a", "waiting", 4))
    assert (len(starts), tree.views()[0].state) == (4, "running")
    tree.stop()
    await running


async def test_services_stop_in_the_reverse_order_of_their_start() -> None:
    ended: list[str] = []

    def service(name: str) -> ChildSpec:
        async def run() -> None:
            try:
                await for_ever()
            finally:
                ended.append(name)

        return ChildSpec(name, run)

    tree = Tree([service("a"), service("b"), service("c")])
    running = asyncio.create_task(tree.run())
    await asyncio.sleep(0)
    tree.stop()
    await running
    assert ended == ["c", "b", "a"]


async def test_a_service_without_progress_is_named() -> None:
    tree = Tree([ChildSpec("a", for_ever, progress_s=0.0), ChildSpec("b", for_ever)])
    running = asyncio.create_task(tree.run())
    await until(lambda: tree.stuck() == "a")
    tree.stop()
    await running


async def test_a_service_begins_anew_when_somebody_wants_it() -> None:
    starts, run = failing(0)
    tree = Tree([ChildSpec("a", run, budget=(0, 60.0))])  # type: ignore[arg-type]
    running = asyncio.create_task(tree.run())
    await until(lambda: len(starts) == 1)
    tree.restart("a")
    await until(lambda: len(starts) == 2)
    assert tree.views() == [ServiceView("a", "running", 1)]
    with pytest.raises(KeyError):
        tree.restart("b")
    tree.stop()
    await running
    assert tree.views()[0].state == "stopped"


async def test_what_has_ended_by_itself_can_be_begun_again() -> None:
    starts: list[int] = []

    async def once() -> None:
        starts.append(1)

    tree = Tree([ChildSpec("a", once, restart="temporary")])
    running = asyncio.create_task(tree.run())
    await until(lambda: tree.views()[0].state == "ended")
    tree.restart("a")
    await until(lambda: len(starts) == 2)
    tree.stop()
    await running
