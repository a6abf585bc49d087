"""What a first fit costs: one spectrum needs no compiled code, and many need it once."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.cold_start import cold_fit, first_compiled_fit
from benchmarks.single_thread import needs_numba


def test_a_cold_fit_of_one_spectrum_compiles_nothing(tmp_path: Path) -> None:
    found = cold_fit(tmp_path)
    assert (tmp_path / "one").is_dir()
    assert not {"numba", "llvmlite", "larch", "dask"} & set(found.modules)
    assert "scipy" in found.modules
    assert not list((tmp_path / "cache").rglob("*.nb*"))


@needs_numba()
@pytest.mark.accept
@pytest.mark.xdist_group("compiled")
def test_what_was_compiled_once_is_loaded(tmp_path: Path) -> None:
    compiled = first_compiled_fit(tmp_path)
    assert list(tmp_path.rglob("*.nbc"))
    loaded = first_compiled_fit(tmp_path)
    # some ten seconds against less than one on a quiet machine
    assert loaded < 0.2 * compiled
