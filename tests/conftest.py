"""Settings and fixtures of all tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from data import shared_data

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def real_data() -> Callable[..., Path]:
    """Return the function that finds real measured files, or skips."""
    return shared_data
