"""The two ways to the same packages, ./run and environment.yml, install one lock; the locks name no
host.
"""

from __future__ import annotations

import re
from importlib import metadata
from typing import Any

import pytest
import yaml
from tiny import ROOT

LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions that a lock file pins; more than one where they differ between
    Pythons.
    """
    found: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)",
        (ROOT / name).read_text(encoding="utf-8"),
        re.MULTILINE,
    ):
        found.setdefault(package, set()).add(version)
    return found


def wanted(name: str) -> set[str]:
    """Return the packages that a .in file asks for."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {
        re.split(r"[=<>\[ ]", line)[0] for line in lines if line and not line.startswith(("#", "-"))
    }


def environment() -> tuple[str, list[Any]]:
    """Return the text and the dependencies of environment.yml."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    return text, yaml.safe_load(text)["dependencies"]


def test_conda_gives_python_and_pip_the_lock() -> None:
    _, (python, pip, locks) = environment()
    assert (python, pip) == ("python >=3.11,<3.14", "pip")
    assert locks == {"pip": ["--require-hashes", "-r requirements.lock"]}


def test_a_reader_finds_the_packages_in_the_environment() -> None:
    text, _ = environment()
    named = text.partition("Named there")[2].partition("name:")[0]
    assert {name for name in wanted("requirements.in") if name in named} == wanted(
        "requirements.in"
    )


def test_run_and_conda_take_the_same_pythons() -> None:
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in (ROOT / "run").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_everything_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert all(
        "==" in entry and "--hash=sha256:" in entry
        for entry in requirements
        if not entry.startswith("#")
    )


def test_every_package_asked_for_is_locked_and_here() -> None:
    for source, lock in (
        ("requirements.in", "requirements.lock"),
        ("requirements-test.in", "requirements-test.lock"),
    ):
        pins = locked(lock)
        for package in wanted(source):
            assert metadata.version(package) in pins[package]


def test_the_test_tools_do_not_change_the_packages_of_the_analysis() -> None:
    run, test = locked("requirements.lock"), locked("requirements-test.lock")
    assert {name: test[name] for name in run.keys() & test.keys()} == {
        name: run[name] for name in run.keys() & test.keys()
    }
