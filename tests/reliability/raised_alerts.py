"""Which alerts the product raises in a test, and the tests that are named for each code.

`registered_alerts.txt` names for every code its level and a test in which it is raised. That test
fails where the product has not raised the code by its end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from spectrafit.alert import Alert, AlertSpec

REGISTER = Path(__file__).with_suffix("").with_name("registered_alerts.txt")

_raised: set[str] = set()
_plain = AlertSpec.alert


@dataclass(frozen=True)
class Registered:
    """One line of the register.

    Parameters
    ----------
    code, level : str
        Of the alert.
    test : str
        Node of the test in which it is raised.
    """

    code: str
    level: str
    test: str


def _recorded(spec: AlertSpec, *, where: str = "", **fields: object) -> Alert:
    # an alert that a test makes by itself is no evidence
    caller = str(sys._getframe(1).f_globals.get("__name__", ""))
    if caller.startswith("spectrafit"):
        _raised.add(spec.code)
    return _plain(spec, where=where, **fields)


AlertSpec.alert = _recorded  # type: ignore[method-assign]


@lru_cache(maxsize=1)
def register() -> tuple[Registered, ...]:
    """Return the lines of the register."""
    lines = REGISTER.read_text(encoding="utf-8").splitlines()
    return tuple(Registered(*line.split(maxsplit=2)) for line in lines if line)


@lru_cache(maxsize=1)
def _codes_of_tests() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for each in register():
        found.setdefault(each.test, set()).add(each.code)
    return {test: frozenset(codes) for test, codes in found.items()}


def not_raised(node: str) -> frozenset[str]:
    """Return the codes that a test is named for and that were not raised in this process so far.

    What several tests share is made once, and raises its alerts before the first of them.
    """
    # xdist adds the group of a test to its name
    return _codes_of_tests().get(node.partition("@")[0], frozenset()) - _raised


def raised_so_far() -> frozenset[str]:
    """Return the codes that the product has raised in this process."""
    return frozenset(_raised)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    """Fail a test that a code is named for where the product has not raised it."""
    result = yield
    missing = sorted(not_raised(item.nodeid))
    if missing:
        raise AssertionError(
            f"{REGISTER.name} names this test for {', '.join(missing)}, which the product did not raise"
        )
    return result
