"""Start-up: what is not needed is not imported."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from spectrafit.reference import root

HEAVY = ("lmfit", "pandas", "larch", "numba", "matplotlib", "rich", "jinja2", "pybaselines")
IMPORTED = """
import json, sys
from spectrafit.cli import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit as end:
    print(json.dumps({"code": end.code, "modules": sorted(sys.modules)}), file=sys.stderr)
"""
SCAN = str(root() / "feco" / "raw" / "xanes_fe_008K.dat")
FIT = ["fit", "xanes", SCAN, "--set", "peaks=1", "--set", "method_spread=false", "--json"]


def imported(words):
    """Return the top-level modules that a fresh process has imported after a command."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, json.dumps(words)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stderr.splitlines()[-1])
    assert found["code"] in (0, 2)
    return {name.split(".")[0] for name in found["modules"]}


@pytest.mark.parametrize("words", [["--help"], ["fit", "--help"], ["rnu"], ["run"]])
def test_help_and_usage_import_no_numerical_library(words):
    assert not imported(words) & {*HEAVY, "numpy", "scipy", "cattrs", "xraydb"}


def test_lists_import_numpy_at_most():
    assert not imported(["readers"]) & {*HEAVY, "scipy", "cattrs"}


def test_a_cold_fit_imports_neither_lmfit_nor_pandas_nor_larch():
    modules = imported(FIT)
    assert "spectrafit_xas" in modules
    assert not modules & set(HEAVY)


def test_a_refused_study_imports_no_figures(tmp_path):
    study = tmp_path / "study.toml"
    study.write_text("[study]\n", encoding="utf-8")
    assert not imported(["run", str(study)]) & {*HEAVY, "scipy"}


def spent(words):
    """Return the least time in s that a process took, of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def test_help_is_as_quick_as_importing_numpy():
    # promised is a ratio of 2; what it is on a quiet machine is about 0.6
    assert spent(["-m", "spectrafit.cli", "--help"]) < 2.0 * spent(["-c", "import numpy"])
