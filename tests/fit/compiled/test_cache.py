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
    for part in (
        "lines/gaussian.py",
        "lines/elementary.py",
        "fit/compiled/minimum.py",
        "fit/bins.py",
    ):
        path = package / "spectrafit" / part
        path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
        names.add(folder_name(package, tmp_path / "cache"))
    assert len(names) == 5


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


@pytest.mark.skipif(sys.platform == "win32", reason="the system closes a user's folders there")
def test_a_folder_that_others_can_write_or_that_is_a_link_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another user has put there would be run."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    ours = cache.cache_folder()
    assert ours.parents[1] == tmp_path / "user"
    for folder in (ours, ours.parent):
        assert folder.stat().st_mode & 0o077 == 0
        folder.chmod(0o777)
        assert cache.cache_folder().parents[1] == tmp_path / "temporary"
        folder.chmod(0o700)
    assert cache.cache_folder() == ours
    ours.rename(tmp_path / "planted")
    ours.symlink_to(tmp_path / "planted")
    assert cache.cache_folder().parents[1] == tmp_path / "temporary"


def test_no_cache_is_taken_from_the_folder_of_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", ".")
    assert cache.cache_folder().is_absolute()
    assert not (tmp_path / "spectrafit").exists()


def test_settings_of_numba_beside_the_data_are_refused(tmp_path: Path) -> None:
    """They can name a module to import."""
    pytest.importorskip("numba", reason="the extra fast is not installed")
    (tmp_path / ".numba_config.yaml").write_text(
        "cache_locator_classes: planted.Class\n", encoding="utf-8"
    )
    (tmp_path / "planted.py").write_text("open('ran', 'w').close()\n", encoding="utf-8")
    code = (
        "from spectrafit.errors import SettingsError\n"
        "from spectrafit.fit.compiled.engine import _code\n"
        "try:\n    _code()\nexcept SettingsError as error:\n    print(error.what)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=tmp_path,
    )
    assert "changes how code is compiled" in done.stdout
    assert not (tmp_path / "ran").exists()


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
