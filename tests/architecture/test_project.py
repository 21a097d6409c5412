"""The project's own files: pins, links, and what must not stand in them."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from boardsupport.port import FaultKind
from firmware import config
from tests.architecture.source import ROOT


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {_name(entry) for entry in project["dependencies"]}
    for extra in ("bench", "dev"):
        wanted |= {_name(entry) for entry in project["optional-dependencies"][extra]}
    pinned = {_name(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")}
    assert wanted <= pinned, wanted - pinned


def test_pins_are_exact_and_name_no_place() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*", line), line


def test_the_list_of_debian_packages_is_well_formed() -> None:
    for line in (ROOT / "tools" / "debian-packages.txt").read_text().splitlines():
        assert line.startswith("#") or re.match(r"(run|dev) +[a-z0-9.+-]+ +\S", line), line


def _documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "firmware" / "GLOSSARY.md"]


@pytest.mark.parametrize("path", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_inside_the_repository_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    lost = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert not lost, lost


def test_every_fault_of_a_port_is_explained_to_the_technician() -> None:
    explained = (ROOT / "docs" / "technician.md").read_text(encoding="utf-8")
    assert not [kind for kind in get_args(FaultKind) if f"`{kind}`" not in explained]


def test_the_example_is_the_demonstration_hotel() -> None:
    hotel = config.load(ROOT / "examples" / "hotel.toml")
    assert [entry.number for entry in hotel.extensions if entry.operator] == ["100"]


def test_every_script_is_good_shell() -> None:
    for script in ("tools/setup.sh", ".ci/run"):
        first = (ROOT / script).read_text(encoding="utf-8").splitlines()[0]
        subprocess.run([first.split("/")[-1].split()[-1], "-n", str(ROOT / script)], check=True)


def test_every_command_of_the_makefile_is_explained() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    explained = set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))
    assert set(phony.split()) == explained
