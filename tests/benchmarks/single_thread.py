"""Measurements run in a process of their own, in which every library has one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
_ONE = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


def measured(module: str, *arguments: str) -> Any:
    """Return what a module of this folder prints as JSON."""
    path = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH", "")]))
    found = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, **_ONE, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
    )
    if found.returncode:
        raise AssertionError(f"{module} {' '.join(arguments)} failed:\n{found.stderr}")
    return json.loads(found.stdout)


def needs_numba() -> pytest.MarkDecorator:
    """Return the mark that skips a test of the compiled engine where numba is missing."""
    from spectrafit.fit.compiled.engine import is_installed

    return pytest.mark.skipif(not is_installed(), reason="numba is not installed (extra fast)")
