"""Glitches: which points are taken, which must not be, and what is told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xas_data import recording

from spectrafit.recording import Column, Recording
from spectrafit.spectrum import Spectrum
from spectrafit.table import ColumnsReader
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.scans.deglitch import crystal_glitches, deglitched, glitches, neighbour_z
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import XanesSimulation, simulated_scan
from spectrafit_xas.technique import xanes

EDGE = 7112.0
X = np.arange(7000.0, 7400.0, 1.0)
CURVE = 0.2 + 0.8 / (1.0 + np.exp(-(X - 7122.0) / 2.0)) + 0.05 * np.sin(X / 15.0)
NOISE = 1e-3


def noisy(seed: int = 0) -> Spectrum:
    rng = np.random.default_rng(seed)
    return Spectrum(X, CURVE + rng.normal(0.0, NOISE, X.size), x_unit="eV")


def spiked(place: float, size: float, *, points: int = 1, seed: int = 0) -> Spectrum:
    one = noisy(seed)
    y = one.y.copy()
    start = int(np.searchsorted(X, place))
    y[start : start + points] += size
    return Spectrum(X, y, x_unit="eV")


@given(st.sampled_from([7020.0, 7055.0, 7090.0, 7200.0, 7305.0]), st.sampled_from([-1.0, 1.0]))
def test_a_spike_in_a_flat_region_is_found_and_nothing_else(place: float, sign: float) -> None:
    found = glitches(spiked(place, sign * 40 * NOISE), EDGE)
    assert [one.energy_eV for one in found] == [place]
    assert np.sign(found[0].z) == sign
    assert found[0].seen_in == "mu"


def test_clean_scans_lose_no_point() -> None:
    lost = sum(len(glitches(noisy(seed), EDGE)) for seed in range(200))
    assert lost == 0


def test_a_run_of_more_than_five_points_is_no_glitch() -> None:
    assert len(glitches(spiked(7300.0, 60 * NOISE, points=2), EDGE)) == 2
    assert glitches(spiked(7300.0, 60 * NOISE, points=7), EDGE) == ()


def test_within_the_edge_another_channel_must_show_it() -> None:
    one = spiked(7135.0, 60 * NOISE)
    assert glitches(one, EDGE) == ()
    rng = np.random.default_rng(5)
    i0 = 1e6 + rng.normal(0.0, 100.0, X.size)
    assert glitches(one, EDGE, channels={"I0": i0}) == ()
    i0[np.searchsorted(X, 7135.0)] -= 5000.0
    (found,) = glitches(one, EDGE, channels={"I0": i0})
    assert (found.energy_eV, found.seen_in) == (7135.0, "I0")


def test_points_are_taken_out_not_replaced_and_recorded() -> None:
    one = spiked(7200.0, 50 * NOISE)
    clean = deglitched(one, glitches(one, EDGE))
    assert len(clean) == len(one) - 1
    assert 7200.0 not in clean.x
    assert set(clean.y) <= set(one.y)
    entry = clean.history[-1]
    assert entry.step == "deglitch"
    assert entry.settings["energies_eV"] == [7200.0]
    assert deglitched(one, ()) is one


def test_a_glitch_of_the_crystal_is_taken_from_all_scans_another_from_its_own() -> None:
    most = [spiked(7250.0, 50 * NOISE, seed=seed) for seed in range(3)]
    single = spiked(7180.0, 50 * NOISE, seed=3)
    spectra = [*most, single]
    found = crystal_glitches(spectra, [glitches(one, EDGE) for one in spectra])
    assert [[g.energy_eV for g in one] for one in found] == [
        [7250.0],
        [7250.0],
        [7250.0],
        [7180.0, 7250.0],
    ]
    assert found[3][1].seen_in == "most scans"


@pytest.mark.parametrize(("points", "expected"), [(3, 0.0), (14, 0.0)])
def test_too_few_points_are_not_judged(points: int, expected: float) -> None:
    x = np.arange(float(points))
    assert (np.abs(neighbour_z(x, np.random.default_rng(0).normal(size=points))) == expected).all()


def scan_with_spike(energy: float, factor: float) -> Recording:
    raw = simulated_scan(XanesSimulation(), 1, herfd=False).encode()
    scan = ColumnsReader().recording(raw, Path("scan.dat"))
    place = int(np.argmin(np.abs(scan.column("energy").values - energy)))
    changed = []
    for name in ("I0", "IF"):
        column = scan.column(name)
        values = column.values.copy()
        values[place] *= factor if name == "I0" else factor**2
        changed.append(Column(name, np.round(values), column.unit))
    return scan.with_columns(*changed)


def test_a_glitch_in_the_pre_edge_window_is_an_alert_elsewhere_a_note() -> None:
    quick: dict[str, Any] = {"window_eV": (7107.0, 7118.0), "peaks": 1, "method_spread": False}
    inside = xanes.observe({"sample": scan_with_spike(7110.0, 1.5)}, XanesSettings(**quick))
    assert "XAS-106" in [alert.code for alert in inside.alerts]
    steps = [entry.step for entry in inside["xanes.fe.preedge.area"].history]
    assert steps.index("roles") < steps.index("deglitch") < steps.index("normalise")
    outside = xanes.observe({"sample": scan_with_spike(7200.0, 1.5)}, XanesSettings(**quick))
    codes = [alert.code for alert in outside.alerts]
    assert "XAS-163" in codes
    assert "XAS-106" not in codes
    kept = xanes.observe(
        {"sample": scan_with_spike(7200.0, 1.5)}, XanesSettings(**quick, deglitch=False)
    )
    assert "XAS-163" not in [alert.code for alert in kept.alerts]


def test_every_point_that_a_real_scan_loses_is_a_glitch_of_the_beam_too() -> None:
    """The file's four large glitches and five smaller points, each beside a jump of the raw counts."""
    scan = recording("araucaria/dnd_glitchfile.dat")
    energy = scan.column("col0").values
    found = glitches(Spectrum(energy, scan.column("col17").values, x_unit="eV"), EDGE)
    assert [round(one.energy_eV) for one in found] == [
        7175, 7176, 7266, 7387, 7391, 7394, 7544, 7548, 7552,
    ]  # fmt: skip
    monitor = np.abs(neighbour_z(energy, scan.column("col6").values))
    for one in found:
        place = int(np.searchsorted(energy, one.energy_eV))
        assert monitor[place - 1 : place + 2].max() > 10.0


REAL = (
    "xdi/Fe2O3_rt_01.xdi",
    "xdi/Fe3O4_rt_01.xdi",
    "xdi/FeO_rt_01.xdi",
    "xdi/co_metal_rt.xdi",
    "xdi/Fe_metal_rt_01.xdi",
)


@pytest.mark.parametrize("file", REAL)
def test_good_real_scans_lose_no_point(file: str) -> None:
    spectrum, _, _ = absorption_spectrum(recording(file), XanesSettings(signal="transmission"))
    edge = 7709.0 if "co_" in file else EDGE
    assert glitches(spectrum, edge) == ()
