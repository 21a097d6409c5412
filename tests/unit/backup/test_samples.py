"""Backups that older versions have made are accepted."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from firmware.backup import keys, restoring
from firmware.store import open_repositories
from tests.unit.backup import samples

SAMPLES = sorted(samples.PLACE.glob("schema-*.age"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(sample: Path, tmp_path: Path) -> None:
    key = keys.identity(samples.KEY.read_text())
    by = restoring.By(who="boss", through="desk", at=samples.MADE)
    manifest = restoring.stage(sample, key, tmp_path, by, samples.CONFIG)
    assert restoring.finish(tmp_path)
    assert (manifest.hotel, manifest.made) == ("Bellevue", samples.MADE)
    assert manifest.schemas["nightporter"] == int(sample.stem.removeprefix("schema-"))
    with closing(open_repositories(tmp_path)) as kept:
        assert [user.name for user in kept.access.users()] == ["anna"]
        assert kept.settings.get("night-service") == {"mode": "on"}
        house = kept.rooms.house(["101"])
        assert [guest.name for guest in house.rooms["101"].guests] == ["Holm"]
        assert [(order.id, order.room) for order in house.wakeups.values()] == [("w1", "101")]
    assert (tmp_path / "menus" / "own-number.menu").read_bytes() == b"menu own-number\n"


def test_a_charge_that_may_have_been_posted_since_is_for_a_person(tmp_path: Path) -> None:
    """A charge is never posted twice."""
    by = restoring.By(who="boss", through="desk", at=samples.MADE)
    restoring.stage(SAMPLES[0], keys.identity(samples.KEY.read_text()), tmp_path, by, samples.CONFIG)
    restoring.finish(tmp_path)
    with closing(open_repositories(tmp_path)) as kept:
        assert kept.charges.count_pending() == 0
        assert [(charge.state, charge.amount) for charge in kept.charges.unsettled("g1")] == [("doubtful", 250)]
