"""How a scenario is tried again that failed while the machine itself stood still."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.harness import ROOT

CONFTEST = """
from tests.scenario import conftest as scenarios
from tests.scenario.conftest import pytest_configure, pytest_runtest_makereport, pytest_runtest_protocol

class Host:
    stood_still = False

    def __enter__(self):
        Host.stood_still, self.begin = False, 0.0
        return self

    def __exit__(self, *_):
        self.longest_ms = 100.0 * (Host.stood_still or self.begin < 0)

scenarios.HostStalls, scenarios.await_calm = Host, lambda config: None
"""
BEGINNING = """
import pytest
from conftest import Host
from tests.scenario.conftest import HEARD_SINCE

products, tries, fails_to_begin, fails_to_end = [], [], [], []

@pytest.fixture(scope="module")
def product():
    products.append({})
    if fails_to_begin:
        Host.stood_still = True
        assert not fails_to_begin.pop(), "it does not begin"
    yield products[-1]
    assert not (fails_to_end and fails_to_end.pop()), "it does not end"

def sound_is_lost():
    tries.append(len(products))
    Host.stood_still = True
    raise AssertionError("nothing is heard")

def test_before(product):
    pass
"""
END = """
def test_after(product):
    pass
"""


PASSES = {
    "in the same product": """
def test_it(product):
    if not tries:
        sound_is_lost()
    assert products == [{}]
""",
    "in a new one when the first try has left something behind": """
def test_it(product):
    if not tries:
        product["taken"] = True
        sound_is_lost()
    tries.append(len(products))
    if "taken" in product:
        raise KeyError("taken")
    assert tries == [1, 1, 2]
""",
    "in a new one when what is shared did not begin": """
@pytest.fixture(scope="module")
def night(product):
    if len(products) == 1:
        sound_is_lost()

def test_it(night):
    assert tries == [1] and len(products) == 2
""",
    "in a new one when it judges what was heard while the machine stood still": """
@pytest.fixture(scope="module")
def morning(product):
    return len(products)

def test_it(morning, request):
    request.node.stash[HEARD_SINCE] = -1.0
    assert morning == 2
""",
    "although it could not clear up": """
@pytest.fixture
def guest(product):
    yield
    if product.pop("rings", False):
        raise OSError("the guest cannot leave while the telephone rings")

def test_it(guest, product):
    if not tries:
        product["rings"] = True
        sound_is_lost()
    assert len(products) == 1
""",
    "in the same one when the test clears up": """
@pytest.mark.same_product
def test_it(product):
    if len(tries) < 4:
        sound_is_lost()
    assert products == [{}]
""",
    "when a product did not begin": """
fails_to_begin += [True]

def test_it(product):
    assert len(products) == 2
""",
}
FAILS = {
    "though the machine has let everybody run": """
def test_it(product):
    assert tries, "once"
""",
    "in a new product where the machine has let everybody run": """
def test_it(product):
    if len(products) == 1:
        sound_is_lost()
    assert False, "twice"
""",
    "by what is no sound": """
def test_it(product):
    Host.stood_still = True
    tries.append(0)
    raise KeyError("once") if len(tries) == 1 else None
""",
    "without telephones": """
def test_it():
    if not tries:
        sound_is_lost()
""",
    "at the end of the product": """
def test_it(product):
    fails_to_end.append(1)
    if len(products) < 2:
        sound_is_lost()
""",
}


def module(name: str) -> str:
    return f"test_{name.replace(' ', '_')}.py"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The end of what pytest says of all of them, each in a module of its own between two that are well."""
    directory = tmp_path_factory.mktemp("scenarios")
    (directory / "conftest.py").write_text(CONFTEST)
    for name, tests in {**PASSES, **FAILS}.items():
        (directory / module(name)).write_text(BEGINNING + tests + END)
    options = ["-q", "-rA", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={directory}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(directory)],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return done.stdout.rpartition("short test summary info")[2]


def outcomes(said: str, name: str) -> list[str]:
    return [line.split()[0] for line in said.splitlines() if f"/{module(name)}::" in line]


@pytest.mark.parametrize("name", PASSES)
def test_it_passes(said: str, name: str) -> None:
    assert outcomes(said, name) == ["PASSED"] * 3, said


@pytest.mark.parametrize("name", FAILS)
def test_it_fails(said: str, name: str) -> None:
    assert len(outcomes(said, name)) > outcomes(said, name).count("PASSED") == 2, said
