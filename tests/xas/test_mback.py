"""MBACK: refused in one line without xraylarch; with it, larch's own numbers."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from xas_data import recording

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.table import ColumnsReader
from spectrafit_xas.normalisation.mback import mback_normalization
from spectrafit_xas.normalisation.normalize import normalized
from spectrafit_xas.optional_larch import larch_module
from spectrafit_xas.preparation import prepared_scan
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import XanesSimulation, simulated_scan


def scan() -> Recording:
    raw = simulated_scan(XanesSimulation(), 1, herfd=False).encode()
    return ColumnsReader().recording(raw, Path("scan.dat"))


def test_without_larch_one_line_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "larch", None)
    monkeypatch.setitem(sys.modules, "larch.xafs", None)
    settings = XanesSettings(window_eV=(7107.0, 7118.0), normalisation="mback")
    with pytest.raises(SettingsError, match="MBACK needs xraylarch") as caught:
        prepared_scan(scan(), (), settings)
    assert 'pip install "spectrafit-suite[xas]"' in caught.value.do
    assert "\n" not in str(caught.value)


def test_a_package_that_larch_misses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'silx'", name="silx")

    monkeypatch.setattr("spectrafit_xas.optional_larch.import_module", missing)
    with pytest.raises(SettingsError, match="silx is not installed"):
        larch_module("larch.io", "an Athena project")


def test_larchs_own_normalisation_is_reproduced() -> None:
    pytest.importorskip("larch", reason="xraylarch is not installed")
    import larch
    from larch.xafs import mback

    spectrum, _, _ = absorption_spectrum(
        recording("xdi/Fe2O3_rt_01.xdi"), XanesSettings(signal="transmission")
    )
    found = mback_normalization(
        spectrum, "Fe", 7123.0, pre_eV=(-120.0, -40.0), post_eV=(50.0, 700.0)
    )
    group = larch.Group(energy=np.array(spectrum.x), mu=np.array(spectrum.y))
    mback(
        group.energy, group.mu, group=group, z=26, edge="K", e0=7123.0,
        pre1=-120.0, pre2=-40.0, norm1=50.0, norm2=700.0, order=3,
    )  # fmt: skip
    assert normalized(spectrum, found).y == pytest.approx(group.norm, abs=1e-9)
    assert found.method == "MBACK"
    assert found.step_sigma is not None
    assert 0.0 < found.step_sigma < 0.1 * found.step


def test_a_study_can_ask_for_it() -> None:
    pytest.importorskip("larch", reason="xraylarch is not installed")
    settings = XanesSettings(window_eV=(7107.0, 7118.0))
    lines = prepared_scan(scan(), (), settings).lines
    matched = prepared_scan(scan(), (), dataclasses.replace(settings, normalisation="mback"))
    assert matched.lines.method == "MBACK"
    assert matched.lines.step == pytest.approx(lines.step, rel=0.05)
    entry = next(entry for entry in matched.normalised.history if entry.step == "normalise")
    assert entry.settings["method"] == "MBACK"
