"""Simulated pre-edges: pulls, coverage of the ensemble, and the number of peaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import Flag
from spectrafit.lines import ArctanStep, Model
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.preedge.areas import trapezoid_area
from spectrafit_xas.preedge.ensemble import preedge_ensemble
from spectrafit_xas.preedge.model import fitted_preedge, preedge_model
from spectrafit_xas.preedge.peak_count import counted_peaks
from spectrafit_xas.preedge.quantities import preedge_quantities
from spectrafit_xas.preedge.uncertainty import number_errors
from spectrafit_xas.settings import XanesSettings

WINDOW = (7106.0, 7118.0)
X = np.arange(WINDOW[0], WINDOW[1] + 0.05, 0.1)
SETTINGS = XanesSettings(window_eV=WINDOW, background="constant+arctan", peaks=2)
ONE = ((7112.3, 2.0, 0.0207),)
TWO = ((7111.0, 1.8, 0.0109), (7112.8, 1.8, 0.029))
THREE = ((7110.8, 0.9, 0.016), (7112.2, 0.9, 0.042), (7113.6, 0.9, 0.022))
REGIMES = [
    pytest.param(ONE, 4e-4, "constant+arctan", id="one peak, 4e-4"),
    pytest.param(TWO, 4e-4, "constant+exponential", id="two peaks, 4e-4"),
    pytest.param(THREE, 4e-4, "constant+arctan", id="three sharp peaks, 4e-4"),
    pytest.param(TWO, 1e-3, "constant+arctan", id="two peaks, 1e-3"),
    pytest.param(
        TWO,
        4e-4,
        "constant+arctan",
        id="two peaks, tail on its bound",
        marks=pytest.mark.xfail(
            reason="13 % of the fits end with the arctan on a bound, flagged, their errors with it held "
            "there: standard deviation of the pulls 1.11"
        ),
    ),
]
Peaks = tuple[tuple[float, float, float], ...]


def truth(
    settings: XanesSettings, peaks: Peaks, background: str
) -> tuple[Model, dict[str, float], dict[str, ParameterChange]]:
    """Return a model with values whose peaks have some heights."""
    model, changes = preedge_model(settings, len(peaks), background, WINDOW)
    values = {name: 0.0 for name in model.parameter_names}
    edge = {"edge.center": 7122.0, "edge.width": 2.0, "edge.fwhm": 7.0, "edge.top": 0.15}
    edge |= {"edge.amplitude": 0.15, "edge.rate": 0.45, "base.c0": 0.01}
    values |= {name: value for name, value in edge.items() if name in values}
    for i, (center, fwhm, height) in enumerate(peaks, start=1):
        name = f"peak{i}"
        own = {"center": center, "fwhm": fwhm, "height": height, "exponent": settings.exponent}
        own |= {"area": 1.32 * height * fwhm, "fraction": settings.fraction}
        values |= {f"{name}.{k}": v for k, v in own.items() if f"{name}.{k}" in values}
    return model, values, changes


def drawn(curve: FloatArray, noise: float, seed: int) -> Spectrum:
    y = curve + noise * np.random.default_rng(seed).standard_normal(X.size)
    return Spectrum(X, y, np.full(X.size, noise), "eV")


@pytest.mark.accept
@pytest.mark.parametrize(("peaks", "noise", "background"), REGIMES)
def test_pulls_of_five_hundred_spectra(peaks: Peaks, noise: float, background: str) -> None:
    settings = replace(SETTINGS, fwhm_eV=(0.4, 4.0))
    model, values, changes = truth(settings, peaks, background)
    given = {name: ParameterChange(start=value) for name, value in values.items()}
    for name, change in changes.items():
        given[name] = replace(change, start=None if change.equals else values[name])
    curve = model.evaluate(X, values)
    rng = np.random.default_rng(77)
    y = curve + noise * rng.standard_normal((500, X.size))
    problem = Problem(Spectrum(X, curve, np.full(X.size, noise), "eV"), model, parameters=given)
    found = fit_many(problem, y, sigma=np.full(X.size, noise), engine="batch")
    quantities = preedge_quantities(len(peaks), WINDOW, 7112.0)
    for key in ("area", "centroid", "peak1.energy"):
        quantity = quantities[key]
        true = quantity.of(problem, np.array([[values[name] for name in problem.names]]))[0]
        pulls = []
        for row in np.flatnonzero(found.converged):
            covariance = found.covariance[row]
            steps = 0.01 * np.sqrt(np.clip(np.diag(covariance), 0.0, None))
            slopes = quantity.slopes(problem, found.values[row], steps)
            sigma = np.sqrt(slopes @ covariance @ slopes)
            pulls.append((quantity.of(problem, found.values[row : row + 1])[0] - true) / sigma)
        print(f"{key}: {len(pulls)} of 500, pull {np.mean(pulls):+.3f}, sd {np.std(pulls):.3f}")
        inside = np.mean(np.abs(pulls) < 1.0)
        assert len(pulls) >= 490
        assert abs(np.mean(pulls)) < 0.15
        assert 0.90 < np.std(pulls) < 1.10
        assert 0.61 < inside < 0.75


@pytest.mark.accept
def test_fits_on_a_bound_of_the_rising_edge_are_flagged_and_the_others_scatter_as_they_say() -> (
    None
):
    """Two broad peaks on an arctan tail: some fits end at its least width, flagged (XAS-120).

    Their errors are those with it held and too small; no profile of chi2 mends that, since what was
    fitted lies at the edge of what is allowed. The fits that are not flagged are held to their pulls.
    """
    settings = replace(SETTINGS, fwhm_eV=(0.4, 4.0))
    model, values, changes = truth(settings, TWO, "constant+arctan")
    given = {name: ParameterChange(start=value) for name, value in values.items()}
    for name, change in changes.items():
        given[name] = replace(change, start=None if change.equals else values[name])
    curve = model.evaluate(X, values)
    y = curve + 4e-4 * np.random.default_rng(77).standard_normal((500, X.size))
    sigma = np.full(X.size, 4e-4)
    problem = Problem(Spectrum(X, curve, sigma, "eV"), model, parameters=given)
    found = fit_many(problem, y, sigma=sigma, engine="batch")
    quantity = preedge_quantities(2, WINDOW, 7112.0)["area"]
    true = quantity.of(problem, np.array([[values[name] for name in problem.names]]))[0]
    errors = []
    for row, covariance in enumerate(found.covariance):
        steps = 0.01 * np.sqrt(np.clip(np.diag(covariance), 0.0, None))
        slopes = quantity.slopes(problem, found.values[row], steps)
        errors.append(np.sqrt(slopes @ covariance @ slopes))
    pulls = (quantity.of(problem, found.values) - true) / np.array(errors)
    flagged = found.flag(Flag.AT_BOUND)
    inside = np.mean(np.abs(pulls) < 1.0)
    print(
        f"flagged {np.mean(flagged):.3f}; pulls of the others {np.mean(pulls[~flagged]):+.3f}, "
        f"sd {np.std(pulls[~flagged]):.3f}; of the flagged {np.mean(pulls[flagged]):+.3f}, "
        f"sd {np.std(pulls[flagged]):.3f}; of all {np.mean(pulls):+.3f}, sd {np.std(pulls):.3f}, "
        f"68 % {inside:.3f}, 95 % {np.mean(np.abs(pulls) < 1.96):.3f}"
    )
    # every fit whose error leaves a parameter out is flagged
    assert np.array_equal(flagged, found.without_error.any(axis=1))
    assert 0.0 < np.mean(flagged) < 0.2
    assert abs(np.mean(pulls)) < 0.15
    assert 0.61 < inside < 0.75
    # the fits with the lowest areas are those on the bound: the others scatter less, not more
    assert np.std(pulls[~flagged]) < 1.10


@pytest.mark.accept
def test_one_thousand_single_fits_of_the_true_model_cover_as_they_say() -> None:
    """Item 13: each from its own starts, with the errors that leave the program."""
    settings = replace(SETTINGS, background="constant+exponential")
    model, values, _ = truth(settings, TWO, settings.background)
    true = trapezoid_area(model, ("peak1", "peak2"), values, WINDOW)
    curve, inside = model.evaluate(X, values), 0
    for seed in range(1000):
        fit = fitted_preedge(
            drawn(curve, 4e-4, seed), settings, 2, settings.background, WINDOW,
            starts=[[7111.0, 7112.8]], edge_starts=1,
        )  # fmt: skip
        errors = number_errors(
            fit, WINDOW, 7112.0, step_share=None, calibration_sigma_eV=0.0, spread=None
        )
        inside += abs(errors.values[0] - true) < float(np.sqrt(errors.covariance[0, 0]))
    print(f"one fit of the true model, 68 %: {inside / 1000:.3f} of 1000")
    assert 0.61 <= inside / 1000 <= 0.75


def _ensemble_area(data: Spectrum, settings: XanesSettings) -> Any:
    counted = counted_peaks(data, settings, WINDOW)
    result = preedge_ensemble(data, counted, settings, WINDOW, 7112.0)
    assert result.found is not None
    return result.found.estimates["area"]


@pytest.mark.accept
def test_the_ensemble_covers_a_truth_whose_form_is_not_known() -> None:
    rng = np.random.default_rng(5)
    draws, inside68, inside95 = 80, 0, 0
    for seed in range(draws):
        shape = SETTINGS.shapes[rng.integers(3)]
        background = SETTINGS.backgrounds[rng.integers(5)]
        own = replace(SETTINGS, shape=shape)
        model, values, _ = truth(own, TWO, background)
        area = _ensemble_area(drawn(model.evaluate(X, values), 4e-4, seed), SETTINGS)
        true = trapezoid_area(model, ("peak1", "peak2"), values, WINDOW)
        low, high = area.interval(0.68)
        inside68 += low <= true <= high
        low, high = area.interval(0.95)
        inside95 += low <= true <= high
    print(f"68 %: {inside68 / draws:.3f}, 95 %: {inside95 / draws:.3f} of {draws}")
    assert 0.60 <= inside68 / draws <= 0.85
    assert inside95 / draws >= 0.93


@pytest.mark.accept
def test_a_background_outside_of_the_family_breaks_the_single_fit_only() -> None:
    """Two arctans and a white line: what no rising edge of the settings is."""
    peaks, values, _ = truth(SETTINGS, TWO, "constant+arctan")
    one = Model(tuple(c for c in peaks.components if c.name.startswith("peak")))
    edge = ArctanStep("edge")
    base = edge.evaluate(X, {"edge.center": 7121.6, "edge.width": 1.6, "edge.height": 0.8})
    base += edge.evaluate(X, {"edge.center": 7117.5, "edge.width": 2.4, "edge.height": 0.06})
    base += 0.35 * np.exp(-4 * np.log(2) * ((X - 7126.0) / 7.0) ** 2)
    curve = base + one.evaluate(X, values)
    true = trapezoid_area(one, ("peak1", "peak2"), values, WINDOW)
    draws, wide, single = 60, 0, 0
    for seed in range(draws):
        data = drawn(curve, 4e-4, seed)
        area = _ensemble_area(data, SETTINGS)
        low, high = area.interval(0.95)
        wide += low <= true <= high
        fit = fitted_preedge(data, SETTINGS, 2, "constant+exponential", WINDOW,
                             starts=[[7111.0, 7112.8]])  # fmt: skip
        alone = number_errors(
            fit, WINDOW, 7112.0, step_share=None, calibration_sigma_eV=0.0, spread=None
        )
        sigma = float(np.sqrt(alone.covariance[0, 0]))
        single += abs(alone.values[0] - true) < 1.96 * sigma
    print(f"ensemble 95 %: {wide / draws:.3f}, one fit 95 %: {single / draws:.3f} of {draws}")
    assert wide / draws >= 0.90
    assert single / draws < 0.90


SECOND = [
    # height of the first of two peaks; the noise, or the fall of chi2 by the second peak that it is
    # set to give: chi2 of data without noise goes by its inverse square
    pytest.param(0.0109, 4e-4, None, id="strong"),
    pytest.param(0.0040, 4e-4, None, id="weak, 4e-4"),
    pytest.param(0.0040, None, 60.0, id="60"),
    pytest.param(0.0040, None, 46.0, id="46"),
    pytest.param(0.0109, None, 60.0, id="60, stronger peak"),
    pytest.param(0.0109, None, 46.0, id="46, stronger peak"),
    pytest.param(0.0040, None, 25.0, id="25"),
    pytest.param(0.0040, 1.2e-3, None, id="hidden"),
    pytest.param(0.0109, 4e-3, None, id="noise 4e-3"),
]
UNIT = 1e-3


def _fall(curve: FloatArray, settings: XanesSettings) -> float:
    """Return what a second peak lowers chi2 by at a noise of 1e-3, under the best rising edge."""
    clean = Spectrum(X, curve, np.full(X.size, UNIT), "eV")
    return min(
        fitted_preedge(clean, settings, 1, background, WINDOW, starts=[[7112.6]]).result.chi2
        for background in settings.backgrounds
    )


@pytest.mark.accept
@pytest.mark.parametrize(("height", "noise", "wanted"), SECOND)
def test_the_number_of_peaks_or_that_it_cannot_be_decided(
    height: float, noise: float | None, wanted: float | None
) -> None:
    settings = replace(SETTINGS, peaks=None, max_peaks=3, fwhm_eV=(1.0, 3.0))
    peaks = ((TWO[0][0], TWO[0][1], height), TWO[1])
    model, values, _ = truth(settings, peaks, "constant+arctan")
    curve = model.evaluate(X, values)
    at_unit = _fall(curve, settings)
    if noise is None:
        noise = UNIT * float(np.sqrt(at_unit / (wanted or at_unit)))
    fall, draws = at_unit * (UNIT / noise) ** 2, 30
    right = undecided = wrong = 0
    for seed in range(draws):
        data = drawn(curve, noise, seed)
        counted = counted_peaks(data, settings, WINDOW)
        evidence = preedge_ensemble(data, counted, settings, WINDOW, 7112.0).evidence
        said = evidence is None or not evidence.decided
        good = evidence is not None and evidence.best == 2
        right += good
        undecided += said
        wrong += not good and not said
    print(
        f"noise {noise:.2e}, expected fall {fall:.0f}: right {right}, undecided {undecided}, "
        f"wrong and said to be decided {wrong} of {draws}"
    )
    if fall >= 45.0:
        assert right >= 0.9 * draws
    assert wrong <= 0.1 * draws
