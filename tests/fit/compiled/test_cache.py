"""Compiled code never outlives the text it was made from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import spectrafit
from spectrafit.fit.compiled import cache

pytestmark = pytest.mark.xdist_group("compiled")


def copied(folder: Path) -> Path:
    """Return a copy of what the engine is made of."""
    source = Path(spectrafit.__file__).parent
    shutil.copytree(
        source, folder / "spectrafit", ignore=shutil.ignore_patterns("__pycache__", "cli", "study")
    )
    return folder


def folder_name(package: Path, tmp_path: Path) -> str:
    code = "from spectrafit.fit.compiled.cache import cache_folder; print(cache_folder().name)"
    environment = {**os.environ, "PYTHONPATH": str(package), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True,
        encoding="utf-8", check=True, cwd=package,
    )  # fmt: skip
    return done.stdout.strip()


def test_an_edited_line_or_engine_has_another_folder(tmp_path: Path) -> None:
    package = copied(tmp_path / "package")
    first = folder_name(package, tmp_path / "cache")
    assert folder_name(package, tmp_path / "cache") == first
    names = {first}
    for part in ("lines/gaussian.py", "lines/elementary.py", "fit/compiled/minimum.py"):
        path = package / "spectrafit" / part
        path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
        names.add(folder_name(package, tmp_path / "cache"))
    assert len(names) == 4


def test_a_folder_that_cannot_be_written_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    folder = cache.cache_folder()
    assert folder.is_dir()
    assert (tmp_path / "temporary") in folder.parents


def test_nothing_is_compiled_twice_for_read_only_values() -> None:
    pytest.importorskip("numba", reason="the extra fast is not installed")
    import numpy as np
    from engine_cases import edge_case

    from spectrafit.fit.compiled.engine import _code
    from spectrafit.fit.many import fit_many

    case = edge_case(5)
    fit_many(case.problem, case.y, sigma=case.sigma, engine="compiled")
    minima = _code()[1].minima
    before = len(minima.signatures)
    frozen = case.y.copy()
    frozen.setflags(write=False)
    fit_many(case.problem, frozen, sigma=case.sigma[0], engine="compiled")
    fit_many(case.problem, np.asfortranarray(frozen), engine="compiled", threads=2)
    assert len(minima.signatures) == before == 1
