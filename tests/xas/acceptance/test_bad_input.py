"""Bad input of a scan: each gets its answer, never a wrong number in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from xas_data import recording as measured

from spectrafit.alert import Level
from spectrafit.errors import SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit.table import ColumnsReader
from spectrafit_xas.scans.absorption import absorber, absorption_spectrum
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import XanesSimulation, simulated_scan
from spectrafit_xas.technique import xanes

WINDOW = (7107.0, 7118.0)
SETTINGS = XanesSettings(window_eV=WINDOW, method_spread=False)


def scan(**changes: object) -> Recording:
    text = simulated_scan(XanesSimulation(share_high=1.0, **changes), 4, herfd=False)  # type: ignore[arg-type]
    return ColumnsReader().recording(text.encode(), Path("bad.dat"))


def with_values(one: Recording, name: str, change: Callable[[FloatArray], FloatArray]) -> Recording:
    columns = tuple(
        replace(c, values=change(np.array(c.values, dtype=float))) if c.name == name else c
        for c in one.columns
    )
    return replace(one, columns=columns)


def put(row: int, value: float) -> Callable[[FloatArray], FloatArray]:
    def change(values: FloatArray) -> FloatArray:
        values[row] = value
        return values

    return change


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_i0_that_is_not_positive_names_its_row_and_column(value: float) -> None:
    with pytest.raises(SpectrafitError, match=rf"I0 is {value:g} in row 12"):
        absorption_spectrum(with_values(scan(), "I0", put(11, value)), SETTINGS)


def test_a_missing_number_is_left_out_and_counted() -> None:
    one = scan()
    spectrum, _, alerts = absorption_spectrum(
        with_values(one, "IF", put(11, float("nan"))), SETTINGS
    )
    told = [alert for alert in alerts if alert.code == "XAS-105"]
    assert len(spectrum) == len(one.columns[0].values) - 1
    assert np.isfinite(spectrum.y).all()
    assert "1 rows" in told[0].text


def test_a_descending_axis_is_sorted() -> None:
    one = scan()
    turned = replace(
        one, columns=tuple(replace(c, values=np.array(c.values[::-1])) for c in one.columns)
    )
    plain, _, _ = absorption_spectrum(one, SETTINGS)
    found, _, _ = absorption_spectrum(turned, SETTINGS)
    np.testing.assert_array_equal(found.x, plain.x)
    np.testing.assert_array_equal(found.y, plain.y)


def test_an_axis_in_keV_is_converted_and_said() -> None:
    one = scan()
    name = one.columns[0].name
    thousandth = with_values(one, name, lambda values: values / 1000.0)
    columns = tuple(replace(c, unit="1") if c.name == name else c for c in thousandth.columns)
    found, _, alerts = absorption_spectrum(replace(thousandth, columns=columns), SETTINGS)
    plain, _, _ = absorption_spectrum(one, SETTINGS)
    np.testing.assert_allclose(found.x, plain.x, rtol=1e-12)
    assert "XAS-141" in [alert.code for alert in alerts]


def test_two_edges_in_range_need_the_element() -> None:
    one = replace(scan(), header={}, conditions={})
    with pytest.raises(SpectrafitError, match="Fe, Co") as caught:
        absorber(one, np.array([7000.0, 7800.0]), XanesSettings())
    assert "element" in caught.value.do


def test_energies_without_a_foil_are_relative() -> None:
    found = xanes.observe({"sample": scan()}, SETTINGS)
    (alert,) = (one for one in found.alerts if one.code == "XAS-100")
    assert alert.level is Level.B


def test_a_foil_on_a_coarse_grid_is_told() -> None:
    foil = scan(scan="foil")
    energy = foil.columns[0].values
    near = np.abs(energy - 7111.0) < 12.0
    keep = ~near | (np.cumsum(near) % 8 == 1)
    coarse = replace(
        foil, columns=tuple(replace(c, values=np.array(c.values[keep])) for c in foil.columns)
    )
    settings = replace(SETTINGS, foil_eV=7111.2)
    codes = {}
    for name, one in (("fine", foil), ("coarse", coarse)):
        found = xanes.observe({"sample": scan(), "calibration": one}, settings)
        codes[name] = {alert.code: alert.level for alert in found.alerts}
    assert codes["coarse"]["XAS-101"] is Level.C
    assert "XAS-101" not in codes["fine"]


def test_high_dead_time_is_told() -> None:
    one = measured("soleil_lucia/Hematite_pt1_01.dat")
    _, _, alerts = absorption_spectrum(one, XanesSettings(signal="fluorescence"))
    (alert,) = (found for found in alerts if found.code == "XAS-117")
    assert alert.level is Level.B
    assert "92 %" in alert.text


def test_a_number_of_peaks_that_is_not_decided_is_given_as_shares() -> None:
    """Item 14: "cannot tell" at a noise of 4e-3; shares beside the number, not the number alone."""
    settings = replace(SETTINGS, method_spread=None)
    found = xanes.observe({"sample": scan(counts=6e3)}, settings)
    (alert,) = (one for one in found.alerts if one.code == "XAS-112")
    assert alert.level is Level.B
    assert alert.text.count("%") >= 2
    assert "not decided: weights" in alert.do


def test_a_rising_edge_on_its_bound_is_told_with_what_it_does_to_the_errors() -> None:
    settings = replace(SETTINGS, background="constant+arctan")
    codes = {}
    for name, least in (("free", 0.1), ("held", 6.0)):
        wide = {"edge.width": ParameterChange(min=least)}
        found = xanes.observe({"sample": scan(counts=6e6, i0_counts=5e7)}, settings, wide)
        codes[name] = {alert.code: alert for alert in found.alerts}
    told = codes["held"]["XAS-120"]
    assert "edge.width" in told.text
    assert "half of what they should be" in told.do
    assert "XAS-120" not in codes["free"]
