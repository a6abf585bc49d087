"""Radiation damage: trends found and not made up, what could have been seen, what is kept."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.history import Source
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import Spectrum
from spectrafit.table import ColumnsReader
from spectrafit_xas.scans.damage import DriftSeries, damage_verdict, leading_scans
from spectrafit_xas.scans.damage_series import drift_series, without_unsettled
from spectrafit_xas.scans.repeated_scans import combined_scan
from spectrafit_xas.scans.spot import spots
from spectrafit_xas.scans.zero_dose import at_zero_dose
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import XanesSimulation, simulated_scan
from spectrafit_xas.technique import xanes
from spectrafit_xas.trend import holm, rank_slope_seen, rank_trend, weighted_trend

EDGE = 7112.0
X = np.concatenate(
    [
        np.arange(7000.0, 7100.0, 5.0),
        np.arange(7100.0, 7140.0, 0.25),
        np.arange(7140.0, 7300.0, 2.0),
    ]
)


def peak(center: float, width: float) -> np.ndarray:
    return np.exp(-4.0 * np.log(2.0) * ((X - center) / width) ** 2)


def spectrum(
    damage: float, seed: int, *, noise: float = 1e-3, known: bool = True, scale: float = 1.0
) -> Spectrum:
    rng = np.random.default_rng(seed)
    y = 0.1 + 0.5 / (1.0 + np.exp(-(X - 7122.0) / 1.5)) + 0.2 * (1.0 - damage) * peak(7128.0, 6.0)
    y = scale * (y + 0.03 * (1.0 + damage) * peak(7113.5, 2.0)) + rng.normal(0.0, noise, X.size)
    sigma = np.full(X.size, noise) if known else None
    return Spectrum(X, y, sigma, "eV", source=Source(f"scan_{seed}.dat"))


def bands(slope: float, seed: int, *, scans: int = 10, noise: float = 0.0075) -> list[DriftSeries]:
    rng = np.random.default_rng(seed)
    rise = 1.0 + slope * np.arange(scans)
    return [
        DriftSeries(f"band {k}", (rise if k == 0 else 1.0) * (1.0 + rng.normal(0, noise, scans)))
        for k in range(5)
    ]


def test_exact_probabilities_are_those_of_all_orders() -> None:
    axis = np.arange(8.0)
    values = np.array([0.0, 1.0, 2.0, 4.0, 3.0, 5.0, 7.0, 6.0])
    score = abs(int(np.sign(values[None, :] - values[:, None])[np.triu_indices(8, 1)].sum()))
    orders = np.array(list(permutations(range(8))))
    first, second = np.triu_indices(8, 1)
    scores = np.sign(orders[:, second] - orders[:, first]).sum(axis=1)
    assert rank_trend(axis, values).p == pytest.approx(np.mean(np.abs(scores) >= score), rel=1e-12)


def test_agrees_with_scipy() -> None:
    from scipy.stats import kendalltau, theilslopes

    rng = np.random.default_rng(3)
    for count in (8, 12, 20):
        axis, values = np.arange(count, dtype=float), rng.normal(size=count)
        found = rank_trend(axis, values)
        assert found.p == pytest.approx(kendalltau(axis, values, method="exact").pvalue, rel=1e-9)
        assert found.slope == pytest.approx(theilslopes(values, axis).slope, rel=1e-12)


def test_the_interval_of_the_slope_covers_and_few_values_are_refused() -> None:
    rng = np.random.default_rng(2)
    axis = np.arange(10.0)
    inside = 0
    for _ in range(400):
        found = rank_trend(axis, 0.3 * axis + rng.normal(size=10))
        inside += found.low <= 0.3 <= found.high
    # at least 95 % for the steps of the exact distribution; 400 draws fix it to 1.1 %
    assert inside / 400 > 0.92
    with pytest.raises(SpectrafitError, match="needs 8 values"):
        rank_trend(np.arange(5.0), np.arange(5.0))


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=8))
def test_holm_never_lowers_a_probability_and_keeps_their_order(p: list[float]) -> None:
    given_p = np.array(p)
    found = holm(given_p)
    assert (found >= given_p - 1e-15).all()
    assert (np.diff(found[np.argsort(given_p)]) >= 0).all()
    assert found.min() == pytest.approx(min(1.0, len(p) * min(p)))


def test_a_weighted_slope_is_widened_by_scatter_beyond_its_sigma() -> None:
    axis = np.arange(5.0)
    quiet = weighted_trend(axis, 0.1 * axis, np.full(5, 0.1))
    assert quiet.slope_sigma == pytest.approx(0.1 / np.sqrt(10.0))
    loud = weighted_trend(axis, 0.1 * axis + np.array([1, -1, 1, -1, 1.0]), np.full(5, 0.1))
    assert loud.slope_sigma > 5 * quiet.slope_sigma


def test_damage_of_one_percent_per_scan_is_found_and_none_is_made_up() -> None:
    found = sum(damage_verdict(bands(0.01, seed), 10).verdict == "drift" for seed in range(100))
    made_up = sum(damage_verdict(bands(0.0, seed), 10).verdict == "drift" for seed in range(500))
    assert found >= 95
    assert made_up <= 10


def test_what_is_called_detectable_is_detected_in_four_of_five() -> None:
    clean = [damage_verdict(bands(0.0, seed), 10) for seed in range(200)]
    slope = float(np.mean([one.tests[0].detectable for one in clean]))
    seen = sum(damage_verdict(bands(slope, 1000 + k), 10).verdict == "drift" for k in range(300))
    # 300 draws fix the share to 2.3 %; the mean of detectable slopes is not a slope of its own
    assert 0.70 < seen / 300 < 0.92
    assert rank_slope_seen(10, 0.002) < rank_slope_seen(8, 0.002)
    assert rank_slope_seen(3, 0.01) == float("inf")


def test_verdicts_of_few_scans() -> None:
    assert damage_verdict((), 2).verdict == "too few scans"
    assert "too few scans: 2" in damage_verdict((), 2).words
    three = [DriftSeries("band", np.array([1.0, 1.1, 1.2]))]
    assert damage_verdict(three, 3).verdict == "cannot judge"
    known = [DriftSeries("band", np.array([1.0, 1.1, 1.2]), np.full(3, 0.005))]
    assert damage_verdict(known, 3).verdict == "drift"
    small = [DriftSeries("band", np.array([1.0, 1.001, 1.002]), np.full(3, 0.005))]
    quiet = damage_verdict(small, 3)
    assert quiet.verdict == "no drift seen"
    assert "smallest detectable" in quiet.words
    with pytest.raises(SpectrafitError, match="does not increase"):
        damage_verdict(known, 3, np.array([0.0, 2.0, 1.0]))


def test_whole_scans_drift_or_not_whatever_their_scale() -> None:
    rng = np.random.default_rng(1)
    for known in (True, False):
        clean = false = found = 0
        for trial in range(40):
            seeds = range(100 * trial, 100 * trial + 8)
            factors = rng.normal(1.0, 0.02, 8)
            still = [
                spectrum(0.0, seed, known=known, scale=factor)
                for seed, factor in zip(seeds, factors, strict=True)
            ]
            moving = [
                spectrum(0.02 * k, seed, known=known, scale=factor)
                for k, (seed, factor) in enumerate(zip(seeds, factors, strict=True))
            ]
            clean += damage_verdict(drift_series(still, EDGE), 8).verdict == "no drift seen"
            false += damage_verdict(drift_series(still, EDGE), 8).verdict == "drift"
            found += damage_verdict(drift_series(moving, EDGE), 8).verdict == "drift"
        assert clean >= 38
        assert false <= 2
        assert found >= 38


def test_four_scans_with_known_errors_are_judged() -> None:
    still = [
        damage_verdict(drift_series([spectrum(0.0, 10 * t + k) for k in range(4)], EDGE), 4)
        for t in range(100)
    ]
    moving = [
        damage_verdict(drift_series([spectrum(0.05 * k, 10 * t + k) for k in range(4)], EDGE), 4)
        for t in range(40)
    ]
    assert sum(one.verdict == "drift" for one in still) <= 2
    assert sum(one.verdict == "drift" for one in moving) >= 38


def test_leading_scans_balance_bias_and_noise() -> None:
    axis = np.arange(10.0)
    assert leading_scans(1.0, 0.01, axis) == 1
    assert leading_scans(1e-6, 1.0, axis) == 10
    assert 1 < leading_scans(0.01, 0.03, axis) < 10


def test_a_first_point_that_had_not_settled_is_set_aside() -> None:
    spectra = [spectrum(0.0, seed) for seed in range(6)]
    y = spectra[2].y.copy()
    y[0] *= 1.2
    spectra[2] = Spectrum(X, y, spectra[2].sigma, "eV", source=spectra[2].source)
    kept, aside = without_unsettled(spectra)
    assert [(one.scan, one.energy_eV) for one in aside] == [("scan_2.dat", 7000.0)]
    assert [len(one) for one in kept] == [X.size - (k == 2) for k in range(6)]
    assert without_unsettled(spectra[:2]) == (tuple(spectra[:2]), ())


def test_zero_dose_is_the_spectrum_before_the_first_scan() -> None:
    spectra = [spectrum(0.05 * (k + 0.5), k) for k in range(8)]
    found = at_zero_dose(spectra)
    undamaged = spectrum(0.0, 99, noise=1e-12).y
    pulls = (found.y - undamaged) / found.sigma
    assert np.std(pulls) == pytest.approx(1.0, abs=0.2)
    assert found.history[-1].step == "zero dose"
    guessed = at_zero_dose([spectrum(0.05 * (k + 0.5), k, known=False) for k in range(8)])
    assert np.median(guessed.sigma) == pytest.approx(np.median(found.sigma), rel=0.2)
    with pytest.raises(SettingsError, match="no extrapolation"):
        at_zero_dose(spectra[:3])


def scan(seed: int, growth: float = 0.0, **conditions: float | str) -> Recording:
    raw = simulated_scan(XanesSimulation(), seed, herfd=False).encode()
    found = ColumnsReader().recording(raw, Path(f"scan_{seed}.dat"))
    column = found.column("IF")
    energy = found.column("energy").values
    rise = 1.0 + growth * np.exp(-(((energy - 7113.0) / 2.0) ** 2))
    changed = found.with_columns(Column("IF", np.round(column.values * rise), column.unit))
    return Recording(
        changed.name, changed.columns, changed.header, changed.roles, conditions, changed.source
    )


def test_drifting_scans_are_told_and_the_leading_ones_kept() -> None:
    settings = XanesSettings(window_eV=(7107.0, 7118.0), peaks=1, method_spread=False)
    scans = [scan(seed, 0.2 * seed) for seed in range(9)]
    found = combined_scan(scans, (), settings)
    assert found.damage is not None
    assert found.damage.verdict == "drift"
    (alert,) = [one for one in found.alerts if one.code == "XAS-164"]
    assert "kept" in alert.text
    entry = {one.step: one.settings for one in found.spectrum.history}["damage test"]
    assert len(entry["kept"]) == found.damage.keep < 9
    everything = combined_scan(scans, (), XanesSettings(on_drift="keep all"))
    merge = {one.step: one.settings for one in everything.spectrum.history}["merge"]
    assert len(merge["scans"]) == 9
    before = combined_scan(scans, (), XanesSettings(on_drift="zero dose"))
    assert before.spectrum.history[-1].step == "zero dose"
    window = (before.spectrum.x > 7112.0) & (before.spectrum.x < 7114.0)
    clean = combined_scan([scan(0)], (), settings).spectrum
    assert before.spectrum.y[window].mean() < everything.spectrum.y[window].mean()
    rest = np.interp(before.spectrum.x[window], clean.x, clean.y)
    assert before.spectrum.y[window].mean() == pytest.approx(rest.mean(), rel=0.15)


def test_scans_of_several_spots_are_tested_spot_by_spot() -> None:
    scans = [scan(seed, spot=str(seed % 2)) for seed in range(6)]
    assert spots(scans) == ((0, 2, 4), (1, 3, 5))
    found = combined_scan(scans, (), XanesSettings())
    verdicts = [one for one in found.alerts if one.code == "XAS-165"]
    assert len(verdicts) == 2
    assert found.damage is not None
    assert found.damage.scans == 3


def test_a_clean_run_says_what_it_could_have_seen() -> None:
    scans = [scan(seed) for seed in range(8)]
    found = xanes.observe(
        {"sample": scans}, XanesSettings(window_eV=(7107.0, 7118.0), peaks=1, method_spread=False)
    )
    (alert,) = [one for one in found.alerts if one.code == "XAS-165"]
    assert "no drift seen, smallest detectable" in alert.text


def test_the_verdict_is_an_observable_of_merged_scans_only() -> None:
    settings = XanesSettings(window_eV=(7107.0, 7118.0), peaks=1, method_spread=False)
    merged = xanes.observe({"sample": [scan(seed) for seed in range(4)]}, settings)
    found = merged["xanes.fe.damage"]
    assert found.value == "no drift seen"
    assert found.verdict.startswith("no drift seen, smallest detectable = ")
    assert "per scan, p " in found.verdict
    alone = xanes.observe({"sample": scan(0)}, settings)
    assert "xanes.fe.damage" not in [item.key for item in alone.items]
