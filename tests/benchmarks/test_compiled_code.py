"""Compiled code is that of the text as it stands, is made once, and is kept where it can be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from benchmarks.cases import pre_edge
from benchmarks.single_thread import needs_numba

import spectrafit

pytestmark = [needs_numba(), pytest.mark.xdist_group("compiled")]

# compiled fits of a Gaussian, and how often code was loaded and made; numba counts both
FITTED = """
import json
import numpy as np
import spectrafit
from spectrafit.fit.compiled import engine
from spectrafit.fit.compiled.cache import cache_folder
from spectrafit.fit.many import fit_many
from spectrafit.lines import Gaussian
x = np.linspace(-3.0, 3.0, 61)
y = np.exp(-np.log(2.0) * (2.0 * x / 1.5) ** 2)[None]
start = {"g.center": 0.1, "g.fwhm": 1.2, "g.height": 0.8}
found = fit_many(x, y, Gaussian("g"), start=start, sigma=np.full(x.size, 0.01), engine="compiled")
stats = engine._code()[1].minima.stats
print(json.dumps({
    "package": spectrafit.__file__,
    "folder": str(cache_folder()),
    "height": float(found.value("g.height")[0]),
    "chi2": float(found.chi2[0]),
    "loaded": sum(stats.cache_hits.values()),
    "made": sum(stats.cache_misses.values()),
}))
"""


def compiled_fit(package: Path, **environment: str) -> dict[str, object]:
    """Return what compiled fits by a copy of the package give in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", FITTED],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert not done.returncode, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    assert str(package) in str(found["package"])
    return found


def copied(folder: Path) -> Path:
    source = Path(spectrafit.__file__).parent
    shutil.copytree(source, folder / "spectrafit", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.accept
def test_an_edited_line_is_what_the_next_fit_uses(tmp_path: Path) -> None:
    package = copied(tmp_path / "package")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "LOCALAPPDATA": str(tmp_path / "cache")}
    first = compiled_fit(package, **cache)
    assert first["height"] == pytest.approx(1.0, rel=1e-9)
    assert (first["loaded"], first["made"]) == (0, 1)
    again = compiled_fit(package, **cache)
    assert (again["loaded"], again["made"]) == (1, 0)
    assert (again["height"], again["folder"]) == (first["height"], first["folder"])

    line = package / "spectrafit" / "lines" / "gaussian.py"
    text = line.read_text(encoding="utf-8")
    # the same line with its height counted in halves
    edited = text.replace(
        "return height * shape, by_center, by_center * t, shape",
        "return 0.5 * height * shape, 0.5 * by_center, 0.5 * by_center * t, 0.5 * shape",
    )
    assert edited != text
    line.write_text(edited, encoding="utf-8")
    after = compiled_fit(package, **cache)
    assert after["height"] == pytest.approx(2.0, rel=1e-6)
    assert after["chi2"] == pytest.approx(0.0, abs=1e-9)
    assert after["made"] == 1
    assert after["folder"] != first["folder"]


@pytest.mark.accept
def test_code_is_kept_in_another_folder_where_the_users_cannot_be_written(tmp_path: Path) -> None:
    package = copied(tmp_path / "package")
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    where = {"XDG_CACHE_HOME": str(blocked), "LOCALAPPDATA": str(blocked)}
    where |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path / "temporary"))
    first = compiled_fit(package, **where)
    assert (tmp_path / "temporary") in Path(str(first["folder"])).parents
    assert (first["made"], list(Path(str(first["folder"])).rglob("*.nbc")) != []) == (1, True)
    again = compiled_fit(package, **where)
    assert (again["loaded"], again["made"]) == (1, 0)


def test_no_kind_of_array_is_compiled_for_anew(tmp_path: Path) -> None:
    from spectrafit.fit.compiled.engine import _code
    from spectrafit.fit.many import fit_many

    case = pre_edge(6, 20_611)
    sigma = case.sigma[0]
    start = {name: case.start[name] for name in case.problem.free_names}

    def fitted(y: np.ndarray, sigma: np.ndarray) -> np.ndarray:
        return fit_many(case.problem, y, sigma=sigma, start=start, engine="compiled").values

    first = fitted(case.y, sigma)
    minimum = _code()[1]
    functions = (minimum.minima, minimum.inverses)
    before = [len(function.signatures) for function in functions]
    frozen = case.y.copy()
    frozen.setflags(write=False)
    still = sigma.copy()
    still.setflags(write=False)
    np.save(tmp_path / "y.npy", case.y)
    mapped = np.load(tmp_path / "y.npy", mmap_mode="r")
    for y in (
        frozen,
        mapped,
        mapped[::1],
        np.asfortranarray(case.y),
        np.repeat(case.y, 2, 1)[:, ::2],
    ):
        for errors in (sigma, still, np.broadcast_to(still, case.y.shape)):
            assert np.array_equal(fitted(y, errors), first)
    assert [len(function.signatures) for function in functions] == before == [1, 1]
