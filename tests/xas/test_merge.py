"""Merged scans: known means and errors, deviating scans, grids, and what must not be merged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.history import Source
from spectrafit.recording import Column, Recording, joint_origin
from spectrafit.spectrum import Spectrum
from spectrafit.table import ColumnsReader
from spectrafit_xas.scans.merge import interpolation_length, merged_spectrum
from spectrafit_xas.scans.odd_scans import deviating_scans, without_copies
from spectrafit_xas.scans.repeated_scans import combined_scan
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import HerfdSimulation, XanesSimulation, simulated_scan
from spectrafit_xas.technique import herfd, xanes

X = np.linspace(7100.0, 7130.0, 301)
CURVE = 0.1 + 0.9 / (1.0 + np.exp(-(X - 7120.0) / 2.0))
QUICK = XanesSettings(window_eV=(7107.0, 7118.0), peaks=1, method_spread=False)


def noisy(seed: int, sigma: float = 0.01, *, known: bool = True, x: Any = X) -> Spectrum:
    rng = np.random.default_rng(seed)
    y = np.interp(x, X, CURVE) + rng.normal(0.0, sigma, x.size)
    errors = np.full(x.size, sigma) if known else None
    return Spectrum(x, y, errors, "eV", "1", "counts", source=Source(f"scan_{seed}.dat"))


def scan(seed: int, *, sharp: bool = False, **changes: Any) -> Recording:
    kind = HerfdSimulation if sharp else XanesSimulation
    raw = simulated_scan(kind(**changes), seed, herfd=sharp).encode()
    return ColumnsReader().recording(raw, Path(f"scan_{seed}.dat"))


@pytest.mark.parametrize("known", [True, False])
def test_the_mean_of_n_scans_has_the_error_of_one_over_root_n(known: bool) -> None:
    spectra = [noisy(seed, known=known) for seed in range(16)]
    merged = merged_spectrum(spectra).spectrum
    assert merged.sigma is not None
    assert np.mean(merged.sigma) == pytest.approx(0.01 / 4.0, rel=0.08)
    pulls = (merged.y - CURVE) / merged.sigma
    assert 0.85 < np.sqrt(np.mean(pulls**2)) < 1.15
    words = "counts of 16 scans" if known else "scatter of 16 scans"
    assert merged.sigma_origin == words


def test_better_scans_weigh_more() -> None:
    good, poor = noisy(1, 0.001), noisy(2, 0.1)
    merged = merged_spectrum([good, poor]).spectrum
    assert np.abs(merged.y - good.y).max() < 0.01 * np.abs(merged.y - poor.y).max()


def test_counts_that_dip_do_not_weigh_more() -> None:
    # the sigma of counts falls with a chance dip: weights by point would pull the mean down
    rng = np.random.default_rng(3)
    spectra = []
    for _ in range(100):
        counts = rng.poisson(25.0, X.size)
        spectra.append(Spectrum(X, counts, np.sqrt(np.maximum(counts, 1.0)), "eV"))
    merged = merged_spectrum(spectra).spectrum
    assert np.mean(merged.y) == pytest.approx(25.0, abs=0.1)


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(6)))
def test_the_order_of_scans_does_not_matter(order: list[int]) -> None:
    spectra = [noisy(seed) for seed in range(6)]
    one = merged_spectrum(spectra).spectrum
    other = merged_spectrum([spectra[i] for i in order]).spectrum
    np.testing.assert_allclose(other.y, one.y, rtol=1e-13)
    assert one.sigma is not None
    assert other.sigma is not None
    np.testing.assert_allclose(other.sigma, one.sigma, rtol=1e-12)


def test_scatter_beyond_the_counts_widens_the_errors() -> None:
    rng = np.random.default_rng(4)
    shifted = [replace(one, y=one.y + rng.normal(0.0, 0.03)) for one in map(noisy, range(12))]
    found = merged_spectrum(shifted)
    assert found.scatter_factor > 2.0
    assert "widened by their scatter" in found.spectrum.sigma_origin
    pulls = (found.spectrum.y - CURVE) / found.spectrum.sigma
    assert np.sqrt(np.mean(pulls**2)) < 2.0


def test_a_deviating_scan_is_named_and_left_out_only_if_asked() -> None:
    spectra = [noisy(seed) for seed in range(8)]
    spectra[5] = replace(spectra[5], y=spectra[5].y + 0.05)
    kept = merged_spectrum(spectra)
    assert [name for name, _ in kept.deviating] == ["scan_5.dat"]
    assert kept.left_out == ()
    without = merged_spectrum(spectra, leave_out=True)
    assert without.left_out == ("scan_5.dat",)
    alone = merged_spectrum([*spectra[:5], *spectra[6:]]).spectrum
    np.testing.assert_array_equal(without.spectrum.y, alone.y)
    entry = without.spectrum.history[-1].settings
    assert entry["left_out"] == ["scan_5.dat"]
    assert len(entry["scans"]) == 8


def test_equal_scans_do_not_deviate_and_two_cannot_be_judged() -> None:
    false = 0
    for seed in range(40):
        rows = np.array([noisy(100 * seed + i).y for i in range(5)])
        false += len(deviating_scans(rows, np.full(rows.shape, 0.01)))
    assert false == 0
    rows = np.array([noisy(1).y, noisy(2).y + 1.0])
    assert deviating_scans(rows, np.full(rows.shape, 0.01)) == {}


def test_other_grids_are_interpolated_and_told() -> None:
    shifted = X[:-1] + 0.03
    spectra = [noisy(1), noisy(2, x=shifted), noisy(3)]
    found = merged_spectrum(spectra)
    assert found.interpolated
    low, high = found.spectrum.x[0], found.spectrum.x[-1]
    assert X[0] <= low < high <= shifted[-1] + 1e-9
    pulls = (found.spectrum.y - np.interp(found.spectrum.x, X, CURVE)) / found.spectrum.sigma
    # averaging neighbours narrows single points, it adds no information: sigma is that of a point
    assert np.sqrt(np.mean(pulls**2)) < 1.1
    equal = merged_spectrum([noisy(1), noisy(2), noisy(3)])
    assert equal.interpolated == ()


def test_copies_are_no_repeats() -> None:
    with pytest.raises(SpectrafitError, match=r"scan_1\.dat and other\.dat hold the same numbers"):
        merged_spectrum([noisy(1), noisy(2), replace(noisy(1), source=Source("other.dat"))])


def test_copies_are_told_from_repeats() -> None:
    spectra = [noisy(1), noisy(2), replace(noisy(1), source=Source("other.dat"))]
    assert without_copies(spectra) == ((0, 1), (("scan_1.dat", "other.dat"),))
    raw = [scan(1), replace(scan(1), name="again.dat", source=Source("again.dat")), scan(2)]
    found = combined_scan(raw, (), QUICK)
    (alert,) = [one for one in found.alerts if one.code == "XAS-115"]
    assert alert.level == "A"
    assert "again.dat" in alert.text
    merge = {one.step: one.settings for one in found.spectrum.history}["merge"]
    assert merge["scans"] == ["scan_1.dat", "scan_2.dat"]


def test_few_scans_of_independent_noise_need_no_student_displaced_ones_do() -> None:
    white = [
        np.median(
            merged_spectrum([noisy(10 * t + k, known=False) for k in range(3)]).spectrum.sigma
        )
        for t in range(30)
    ]
    assert np.mean(white) == pytest.approx(0.01 / np.sqrt(3.0), rel=0.05)
    rng = np.random.default_rng(7)
    inside = trials = 0
    for _ in range(300):
        offsets = rng.normal(0.0, 0.05, 3)
        rows = [
            Spectrum(X[:60], offset + rng.normal(0.0, 1e-3, 60), x_unit="eV", source=Source(f"{k}"))
            for k, offset in enumerate(offsets)
        ]
        found = merged_spectrum(rows).spectrum
        assert found.sigma is not None
        inside += abs(found.y[30]) <= found.sigma[30]
        trials += 1
    # 300 trials fix the share to 2.7 %; without Student's factor it would be 58 %
    assert inside / trials == pytest.approx(0.683, abs=0.08)


def test_a_scan_is_left_out_of_six_or_more_only() -> None:
    for count, out in ((5, ()), (7, ("scan_3.dat",))):
        spectra = [noisy(seed) for seed in range(count)]
        spectra[3] = replace(spectra[3], y=spectra[3].y + 0.05)
        found = merged_spectrum(spectra, leave_out=True)
        assert [name for name, _ in found.deviating] == ["scan_3.dat"]
        assert found.left_out == out


def test_interpolation_tells_its_correlation_length() -> None:
    grid = X[1:-1]
    assert interpolation_length(X, grid) == 1.0
    half = grid + 0.05
    # halfway, every point shares one of two equal weights with the next: rho is 1/2
    assert interpolation_length(X, half) == pytest.approx(2.0)
    values = np.random.default_rng(1).normal(size=(4000, X.size))
    left = 0.5 * (values[:, 1:-1] + values[:, 2:])
    seen = np.mean(left[:, 1:] * left[:, :-1]) / np.mean(left**2)
    assert 1.0 + 2.0 * seen == pytest.approx(interpolation_length(X, half), abs=0.02)
    assert merged_spectrum([noisy(1), noisy(2, x=X[:-1] + 0.05)]).correlation_points > 1.0


def test_scans_of_no_common_range_are_refused() -> None:
    with pytest.raises(SpectrafitError, match="no common range"):
        merged_spectrum([noisy(1), noisy(2, x=X + 100.0)])


def test_merged_scans_are_one_spectrum_with_its_source_and_history() -> None:
    scans = [replace(scan(seed), conditions={"T": 8.0, "turn": seed}) for seed in range(4)]
    found = xanes.observe({"sample": scans}, QUICK)
    single = xanes.observe({"sample": scans[0]}, QUICK)
    source, conditions = joint_origin(scans)
    area = found["xanes.fe.preedge.area"]
    assert conditions == {"T": 8.0}
    assert source.name == "4 scans, T = 8 K"
    assert area.source == source
    assert area.conditions["T"] == 8.0
    assert "turn" not in area.conditions
    steps = {entry.step: entry.settings for entry in area.history}
    assert steps["merge"]["scans"] == [f"scan_{seed}.dat" for seed in range(4)]
    assert steps["merge"]["sha256"] == [one.source.sha256 for one in scans]
    alone = single["xanes.fe.preedge.area"]
    assert area.budget["statistics"] / alone.budget["statistics"] == pytest.approx(0.5, rel=0.25)
    assert [alert.code for alert in found.alerts].count("RUN-003") == 1


def test_the_deviating_scan_is_an_alert_of_the_merged_fit() -> None:
    scans = [scan(seed) for seed in range(7)]
    column = scans[3].column("IF")
    odd = Column("IF", np.round(column.values * 1.2), column.unit)
    scans[3] = scans[3].with_columns(odd)
    for asked, words in ((False, "it is in the mean"), (True, "it was left out")):
        alerts = combined_scan(scans, (), replace(QUICK, drop_deviating=asked)).alerts
        (alert,) = [one for one in alerts if one.code == "XAS-127"]
        assert "scan_3.dat" in alert.text
        assert words in alert.text


def test_scans_recorded_otherwise_are_not_merged() -> None:
    transmission = scan(2, scan="foil")
    with pytest.raises(SettingsError, match="different columns"):
        combined_scan([scan(1), transmission], (), XanesSettings())
    emissions = [scan(1, sharp=True), scan(2, sharp=True, emission_eV=6404.4)]
    with pytest.raises(SpectrafitError, match=r"emission energies 6404\.4 and 6404\.8"):
        herfd.observe({"sample": emissions})
