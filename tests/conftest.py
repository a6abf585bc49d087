"""Settings and fixtures of all tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from spectrafit.study.outcome import Outcome

sys.path.insert(0, str(Path(__file__).parent))

from data import shared_data

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def feco_outcome() -> Outcome:
    """Return the outcome of the shipped study; mark its tests ``xdist_group("feco")``."""
    from spectrafit.reference import root
    from spectrafit.study.load import load_study
    from spectrafit.study.run import run_study

    return run_study(load_study(root() / "feco" / "study.toml"))


@pytest.fixture(scope="session")
def real_data() -> Callable[..., Path]:
    """Return the function that finds real measured files, or skips."""
    return shared_data
