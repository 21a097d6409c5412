"""Both stores keep the second factor, the language and the audit's filter alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.audit import AuditFilter
from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.model import AuditEntry, Page, User

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANNA = User(name="anna", password="hash", role="manager", created=NOON)
BEN = replace(ANNA, name="ben")


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    for user in (ANNA, BEN):
        repositories.access.add_user(user)
    yield repositories
    repositories.close()


class TestSecondFactor:
    def test_who_has_one_is_told_from_who_has_none(self, kept: Repositories) -> None:
        assert kept.access.factor_secret("anna") is None
        kept.access.put_factor("anna", "SECRET", 7, [b"1", b"2"])
        assert kept.access.factor_secret("anna") == "SECRET"
        assert [user.second_factor for user in kept.access.users()] == [True, False]
        assert kept.access.user("anna") == replace(ANNA, second_factor=True)

    def test_a_step_is_used_once_and_with_it_all_before(self, kept: Repositories) -> None:
        kept.access.put_factor("anna", "SECRET", 7, [])
        assert not kept.access.use_step("anna", 7)
        assert kept.access.use_step("anna", 9)
        assert [kept.access.use_step("anna", step) for step in (8, 9, 10)] == [False, False, True]
        assert not kept.access.use_step("ben", 100)

    def test_a_recovery_code_is_used_once_and_by_its_owner(self, kept: Repositories) -> None:
        kept.access.put_factor("anna", "SECRET", 0, [b"1", b"2"])
        assert not kept.access.use_recovery("ben", b"1")
        assert kept.access.use_recovery("anna", b"1") and not kept.access.use_recovery("anna", b"1")
        assert (kept.access.recovery_left("anna"), kept.access.recovery_left("ben")) == (1, 0)

    def test_another_factor_ends_the_codes_of_the_one_before(self, kept: Repositories) -> None:
        kept.access.put_factor("anna", "OLD", 9, [b"1"])
        kept.access.put_factor("anna", "NEW", 0, [b"2"])
        assert kept.access.factor_secret("anna") == "NEW"
        assert not kept.access.use_recovery("anna", b"1") and kept.access.use_step("anna", 1)

    def test_it_goes_with_its_user(self, kept: Repositories) -> None:
        kept.access.put_factor("anna", "SECRET", 0, [b"1"])
        assert kept.access.remove_factor("anna") and not kept.access.remove_factor("anna")
        kept.access.put_factor("anna", "SECRET", 0, [b"1"])
        kept.access.remove_user("anna")
        kept.access.add_user(ANNA)
        assert kept.access.factor_secret("anna") is None and kept.access.recovery_left("anna") == 0

    def test_another_password_leaves_it(self, kept: Repositories) -> None:
        kept.access.put_factor("anna", "SECRET", 0, [b"1"])
        kept.access.change_user(replace(ANNA, password="other"))
        assert kept.access.factor_secret("anna") == "SECRET" and kept.access.recovery_left("anna") == 1


def test_a_language_is_the_user_s_own(kept: Repositories) -> None:
    assert kept.access.set_language("anna", "vi") and not kept.access.set_language("nobody", "vi")
    assert [user.language for user in kept.access.users()] == ["vi", None]
    kept.access.change_user(replace(ANNA, password="other"))
    assert kept.access.user("anna") == replace(ANNA, password="other", language="vi")


def test_the_audit_is_found_by_who_and_by_what(kept: Repositories) -> None:
    for who, action in (("anna", "logged-in"), ("ben", "logged-in"), ("anna", "calls-read")):
        kept.audit.add(AuditEntry(at=NOON, who=who, through="desk", action=action, subject=who))

    def found(**wanted: str) -> list[tuple[str, str]]:
        return [(entry.who, entry.action) for entry in kept.audit.entries(AuditFilter(**wanted), Page())]

    assert found(who="anna") == [("anna", "calls-read"), ("anna", "logged-in")]
    assert found(action="logged-in") == [("ben", "logged-in"), ("anna", "logged-in")]
    assert found(who="ben", action="calls-read") == []
