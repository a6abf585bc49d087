"""What the first use costs: imports, compiling, loading compiled code.

``python -m benchmarks.cold_start`` prints the CPU time that the first compiled fits of a process take
longer than the next ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spectrafit.reference import root

HEAVY = ("numba", "llvmlite", "lmfit", "pandas", "matplotlib", "scipy", "larch", "dask")


@dataclass(frozen=True)
class Started:
    """A statement in a process of its own.

    Parameters
    ----------
    modules : tuple of str
        Those of `HEAVY` that it imported.
    seconds : float
        CPU time from the start of the process.
    """

    modules: tuple[str, ...]
    seconds: float


def started(statement: str, **environment: str) -> Started:
    """Return what a statement costs; what it prints is dropped."""
    code = (
        "import contextlib, io, json, sys, time\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    {statement}\n"
        f"modules = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "print(json.dumps([modules, time.process_time()]))\n"
    )
    modules, seconds = _printed(["-c", code], environment)
    return Started(tuple(modules), seconds)


def cold_fit(folder: Path) -> Started:
    """Return what ``spectrafit fit`` of one spectrum costs in a process of its own.

    The folder gets the results, and in ``cache`` the compiled code, if there were any.
    """
    scan = root() / "feco" / "raw" / "xanes_fe_008K.dat"
    words = ["fit", "xanes", str(scan), "--set", "peaks=1", "--set", "method_spread=false"]
    words += ["--out", str(folder / "one")]
    ending = f"with contextlib.suppress(SystemExit): main({words!r})"
    cache = str(folder / "cache")
    return started(
        f"from spectrafit.cli import main\n    {ending}", XDG_CACHE_HOME=cache, LOCALAPPDATA=cache
    )


def first_compiled_fit(folder: Path) -> float:
    """Return the CPU seconds from import to the end of the first compiled fits of a process.

    `folder` holds the compiled code: empty at first, loaded from after.
    """
    found = _printed(
        ["-m", "benchmarks.cold_start"],
        {"XDG_CACHE_HOME": str(folder), "LOCALAPPDATA": str(folder)},
    )
    return float(found)


def _printed(arguments: list[str], environment: dict[str, str]) -> Any:
    tests = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, [tests, os.environ.get("PYTHONPATH", "")]))
    found = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **environment},
    )
    if found.returncode:
        raise AssertionError(found.stderr)
    return json.loads(found.stdout)


def _first() -> float:
    from benchmarks.cases import pre_edge

    case = pre_edge(64, 20_601)
    begin = time.process_time()
    case.fitted("compiled")
    cold = time.process_time() - begin
    begin = time.process_time()
    case.fitted("compiled")
    return cold - (time.process_time() - begin)


if __name__ == "__main__":
    print(json.dumps(_first()))
