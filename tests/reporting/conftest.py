"""Reports written once for the tests that look at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from reporting.outcomes import hostile_outcome, synthetic_outcome

from spectrafit.reporting.write import write_report

WRITTEN = "2025-01-01T00:00:00+00:00"


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a written report."""
    folder = tmp_path_factory.mktemp("report")
    write_report(synthetic_outcome(formats=("svg",)), folder, written=WRITTEN)
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a report whose every outside text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    write_report(hostile_outcome(), folder, written=WRITTEN)
    return folder
