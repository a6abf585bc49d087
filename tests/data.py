"""Where real measured files of others are, if they are here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_data(*parts: str) -> Path:
    """Return a folder or file of the real data; skip the test with a reason where absent."""
    root = os.environ.get("SPECTRAFIT_TEST_DATA")
    base = Path(root) if root else Path(__file__).resolve().parents[2] / "shared" / "data"
    path = base.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data not here: {'/'.join(parts)} (set SPECTRAFIT_TEST_DATA)")
    return path
