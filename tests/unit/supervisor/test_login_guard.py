"""How often passwords may be tried, and how many at once."""

from __future__ import annotations

import asyncio
import threading

import pytest

from firmware.supervisor.login_guard import ATTACK, FORGET_S, WAITS_S, Hashing, LoginGuard, network


def test_each_wrong_try_after_the_first_few_makes_the_next_wait_longer_up_to_minutes() -> None:
    guard, now, waits = LoginGuard(), 0.0, []
    for _ in range(12):
        guard.count(["anna"], now)
        waits.append(guard.wait_s(["anna"], now))
        now += waits[-1]
        assert guard.wait_s(["anna"], now) == 0, "then one more may be made"
    assert waits == [*WAITS_S, 300, 300, 300]


def test_tries_that_are_refused_do_not_prolong_the_wait() -> None:
    guard = LoginGuard()
    for _ in range(9):
        guard.count(["anna"], 0.0)
    assert [guard.wait_s(["anna"], now) for now in (0.0, 100.0, 299.0, 300.0)] == [300, 200, 1, 0]


def test_many_at_once_are_as_many_as_one_after_the_other() -> None:
    guard = LoginGuard()
    begun = 0
    for _ in range(100):
        if not guard.wait_s(["anna"], 0.0):
            guard.count(["anna"], 0.0)
            begun += 1
    assert begun == 5


def test_the_longest_wait_of_name_and_address_counts() -> None:
    guard = LoginGuard()
    for name in "abcde":
        guard.count([name, "10.0.0.7"], 0.0)
    assert guard.wait_s(["f", "10.0.0.7"], 0.0) == 2
    assert guard.wait_s(["a", "10.0.0.8"], 0.0) == 0


def test_a_right_one_forgives_and_so_does_an_hour() -> None:
    guard = LoginGuard()
    for _ in range(9):
        guard.count(["anna", "ben"], 0.0)
    guard.forgive(["anna"])
    assert (guard.wait_s(["anna"], 0.0), guard.wait_s(["ben"], 0.0)) == (0, 300)
    guard.count(["ben"], FORGET_S + 1)
    assert guard.wait_s(["ben"], FORGET_S + 1) == 0


def test_so_many_within_an_hour_are_an_attack_and_then_it_counts_anew() -> None:
    guard = LoginGuard()
    assert [guard.is_attack(10.0) for _ in range(2 * ATTACK)].count(True) == 2
    guard = LoginGuard()
    assert not any(guard.is_attack(number * FORGET_S / (ATTACK - 2)) for number in range(10 * ATTACK))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.7", "10.0.0.8", False),
        ("::ffff:10.0.0.7", "10.0.0.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "", True),
    ],
)
def test_one_network_of_ipv6_is_one_party(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


async def test_two_passwords_at_once_are_looked_at_and_beyond_a_few_that_wait_it_is_full() -> None:
    hashing, goes_on = Hashing(), threading.Event()
    together, most, lock = 0, 0, threading.Lock()

    def work(password: str) -> str:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        assert goes_on.wait(10)
        with lock:
            together -= 1
        return password

    running = [asyncio.create_task(hashing(work, f"p{number}")) for number in range(10)]
    await asyncio.sleep(0)
    assert hashing.is_full
    goes_on.set()
    assert await asyncio.gather(*running) == [f"p{number}" for number in range(10)]
    assert most <= 2
    assert not hashing.is_full
