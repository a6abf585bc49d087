"""How many peaks real spectra ask for, where other programs' answers are known."""

from __future__ import annotations

import pytest
from xas_data import recording

from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.technique import xanes

COUNTS = [
    ("soleil_lucia/Andradite_pt1_01.dat", "2"),
    ("soleil_lucia/GFL_PL_780_11_07_CORE_pt10_01.dat", "2"),
    # a low-energy shoulder near 7111.1 eV; the prototype gains 132 BIC units from it
    ("soleil_lucia/Staurolite_pt1_01.dat", "3"),
]


@pytest.mark.parametrize(("file", "count"), COUNTS)
def test_peaks_of_real_spectra(file: str, count: str) -> None:
    settings = XanesSettings(signal="fluorescence", method_spread=False)
    found = xanes.observe({"sample": recording(file)}, settings)["xanes.fe.preedge.count_best"]
    assert found.value == count
    assert found.shares["1"] < 1e-6
    assert f"{count}: " in found.verdict
    # a fourth peak at the window's upper end would mend the rising edge, and is not counted
    assert found.shares["4"] == 0.0
