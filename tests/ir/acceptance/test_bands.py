"""Bands of simulated series of known truth: pulls, the bias of a fixed trace, starts, speed."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from spectrafit.fit.series import fit_series
from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_area
from spectrafit_ir.bands.linked import fit_linked
from spectrafit_ir.bands.profile import BandSpec, fit_bands

pytestmark = pytest.mark.accept

DRAWS = 500
NOISE = 5e-4
GAS = 8.314462618


def lines(x, positions, widths, areas, share):
    """Return the sum of bands; positions, widths and areas by row and band."""
    parts = [
        pseudo_voigt_by_area(x, positions[:, [k]], widths[:, [k]], areas[:, [k]], share)[0]
        for k in range(areas.shape[1])
    ]
    return np.sum(parts, axis=0)


def test_lorentzians_started_in_the_middle_of_their_bounds():
    rng = np.random.default_rng(11)
    x = np.arange(1440.0, 1560.0)
    frozen = unflagged = 0
    for _ in range(200):
        truth, width = 1500.0 + rng.uniform(-15.0, 15.0), rng.uniform(6.0, 30.0)
        clean = pseudo_voigt_by_area(x, truth, width, rng.uniform(0.5, 4.0), 1.0)[0]
        y = clean + rng.normal(0.0, NOISE, x.size)
        found = fit_bands(
            x, y[None], NOISE, [BandSpec("a", 1480.0, 1520.0)], "lorentzian",
            start={"a": (1500.0, 15.0)},
        )  # fmt: skip
        frozen += found.position.values[0, 0] == 1500.0
        right = abs(found.position.values[0, 0] - truth) < 5.0 * found.position.sigma[0, 0]
        unflagged += not right and not found.flags(0, "a")
    assert frozen == 0
    assert unflagged == 0


def test_a_tracked_area_is_unbiased_where_the_fixed_trace_is_not():
    x, T = np.arange(1440.0, 1530.0), np.arange(10.0, 301.0, 10.0)
    warm = ((T - 10.0) / 290.0)[:, None]
    ones = np.ones((T.size, 1))
    clean = lines(x, 1485.0 + 3.0 * warm, 15.0 * (1.0 + 0.2 * warm), 2.0 * ones, 1.0)
    rng = np.random.default_rng(12)
    pulls, traces = [], []
    for _ in range(DRAWS):
        y = clean + 0.05 + 2e-4 * (x - x[0]) + rng.normal(0.0, NOISE, clean.shape)
        # with a free mixing the truth is on its bound, and the mean pull of the areas -0.15
        found = fit_linked(
            x, y, NOISE, T, [BandSpec("1485", 1475.0, 1497.0)], "lorentzian",
            start={"1485": (1487.0, 14.0)},
        )  # fmt: skip
        pulls.append((found.area.values[:, 0] - 2.0) / found.area.sigma[:, 0])
        fixed = y[:, x == 1485.0][:, 0] - 0.05 - 2e-4 * 45.0
        traces.append(fixed[-1] / fixed[0] - 1.0)
    assert abs(np.mean(pulls)) < 0.1
    assert 0.9 < np.std(pulls) < 1.1
    # height falls by 1/1.2, and the trace stands 3 cm-1 beside a line of FWHM 18
    stated = 1.0 / (1.2 * (1.0 + (2.0 * 3.0 / 18.0) ** 2)) - 1.0
    assert np.mean(traces) == pytest.approx(stated, abs=0.005)
    assert stated < -0.2


def series_s():
    """Return wavenumbers, temperatures, bands, noise-free absorbance and areas of series S1."""
    x, T = np.arange(1200.0, 1601.0), np.tile(np.arange(10.0, 301.0, 10.0), 2)
    above = (T > 88.0) * 1.0
    share = above / (1.0 + np.exp(4000.0 / GAS * (1.0 / T - 1.0 / 250.0)))
    heights = {
        1260: 0.15 + 0 * T, 1296: 0.08 * above, 1329: 0.10 * (1 - above), 1380: 0.15 + 0 * T,
        1440: 0.15 + 0 * T, 1485: 0.30 * (1 - share), 1514: 0.06 * above, 1556: 0.25 * share,
    }  # fmt: skip
    widths = np.array([12.0, 14.0, 12.0, 14.0, 13.0, 15.0, 13.0, 16.0])
    moves = np.array([name in (1260, 1380, 1440) for name in heights])
    lorentz, gauss = np.pi / 2.0, np.sqrt(np.pi / np.log(2.0)) / 2.0
    areas = np.array(list(heights.values())).T * widths * 0.5 * (lorentz + gauss)
    positions = np.array(list(heights)) - 0.01 * moves * (T[:, None] - 10.0)
    # half by height is 0.596 by area
    clean = lines(x, positions, np.tile(widths, (T.size, 1)), areas, lorentz / (lorentz + gauss))
    bands = [BandSpec(str(name), name - 8.0, name + 8.0) for name in heights]
    return x, T, bands, clean + 0.05 + 0.02 * (x - 1200.0) / 400.0, areas


def test_areas_of_series_s_are_unbiased():
    x, T, bands, clean, areas = series_s()
    start = {band.name: (float(band.name) + 1.0, 13.0) for band in bands}
    rng = np.random.default_rng(13)
    pulls = {"1485": [], "1556": []}
    for _ in range(DRAWS):
        y = clean + rng.normal(0.0, NOISE, clean.shape)
        found = fit_linked(x, y, NOISE, T, bands, start=start)
        for band, own in pulls.items():
            k = found.place(band)
            own.append((found.area.values[:, k] - areas[:, k]) / found.area.sigma[:, k])
    for own in pulls.values():
        assert abs(np.mean(own)) < 0.1
        assert 0.9 < np.std(own) < 1.1


def test_the_search_for_starts_finds_the_minimum_that_known_starts_find():
    x, T, bands, clean, _ = series_s()
    start = {band.name: (float(band.name) + 1.0, 13.0) for band in bands}
    y = clean + np.random.default_rng(14).normal(0.0, NOISE, clean.shape)
    known = fit_linked(x, y, NOISE, T, bands, start=start)
    searched = fit_linked(x, y, NOISE, T, bands)
    assert searched.redchi == pytest.approx(known.redchi, rel=1e-5)


def five_bands(count, points, seed):
    x, along = np.linspace(1200.0, 1600.0, points), np.linspace(0.0, 1.0, count)[:, None]
    positions = np.array([1260.0, 1329.0, 1400.0, 1485.0, 1556.0])
    areas = 1.0 + 0.6 * np.sin(3.0 * along + np.arange(5))
    y = np.random.default_rng(seed).normal(0.0, NOISE, (count, points))
    for begin in range(0, count, 500):
        rows = slice(begin, begin + 500)
        widths = np.repeat(13.0 + 2.0 * along[rows], 5, axis=1)
        y[rows] += lines(x, positions + 2.0 * along[rows], widths, areas[rows], 0.5)
    y += 0.05 + 0.02 * np.linspace(0.0, 1.0, points)
    return x, y, [BandSpec(f"{p:g}", p - 10.0, p + 10.0) for p in positions], areas


def test_a_linked_fit_of_five_bands_is_quick():
    x, y, bands, _ = five_bands(30, 400, 15)
    T = np.linspace(10.0, 300.0, 30)
    fit_linked(x, y, NOISE, T, bands)
    times = []
    for _ in range(3):
        begin = time.process_time()
        fit_linked(x, y, NOISE, T, bands)
        times.append(time.process_time() - begin)
    print(f"linked, 30 x 400, five bands: {min(times):.2f} s of processor time")
    assert min(times) < 2.0


def peak_memory(work):
    """Return the most bytes in use at a time."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def engine_problem(found):
    first = dict(zip(found.parameter_names, map(float, found.parameters[0]), strict=True))
    return found.model.problem(first)


def test_ten_thousand_spectra_at_the_speed_of_the_engine():
    x, y, bands, areas = five_bands(10_000, 800, 16)
    begin = time.process_time()
    found = fit_bands(x, y, NOISE, bands, mixing=0.5)
    ours = time.process_time() - begin
    pulls = (found.area.values - areas) / found.area.sigma
    assert np.abs(pulls.mean(axis=0)).max() < 0.05
    assert np.abs(pulls.std(axis=0) - 1.0).max() < 0.03
    begin = time.process_time()
    fit_series(engine_problem(found), y, sigma=np.full(800, NOISE))
    engine = time.process_time() - begin
    print(f"10,000 x 5 x 800: {ours:.1f} s of processor time, engine alone {engine:.1f} s")
    assert ours < 1.7 * engine


def test_memory_grows_as_that_of_the_engine():
    x, y, bands, _ = five_bands(10_000, 120, 17)
    problem = engine_problem(fit_bands(x, y[:10], NOISE, bands, mixing=0.5))
    halves = (5_000, 10_000)
    ours = [peak_memory(lambda n=n: fit_bands(x, y[:n], NOISE, bands, mixing=0.5)) for n in halves]
    sigma = np.full(x.size, NOISE)
    engine = [peak_memory(lambda n=n: fit_series(problem, y[:n], sigma=sigma)) for n in halves]
    print(f"bytes a spectrum: {(ours[1] - ours[0]) / 5e3:.0f}, {(engine[1] - engine[0]) / 5e3:.0f}")
    assert ours[1] - ours[0] < 1.3 * (engine[1] - engine[0])
