"""Simulated pre-edges: pulls, coverage of the ensemble, and the number of peaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import ParameterChange, Problem
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
            reason="15 % of the fits end with the arctan on a bound, their errors with it held "
            "there: standard deviation of the pulls 1.11; the ensemble's error holds it"
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
    assert inside68 / draws >= 0.60
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
    # height of the first of two peaks, noise: the expected fall of chi2 by two peaks is printed
    pytest.param(0.0109, 4e-4, id="strong"),
    pytest.param(0.0040, 4e-4, id="45 or more"),
    pytest.param(0.0040, 1.2e-3, id="hidden"),
    pytest.param(0.0109, 4e-3, id="noise 4e-3"),
]


@pytest.mark.accept
@pytest.mark.parametrize(("height", "noise"), SECOND)
def test_the_number_of_peaks_or_that_it_cannot_be_decided(height: float, noise: float) -> None:
    settings = replace(SETTINGS, peaks=None, max_peaks=3, fwhm_eV=(1.0, 3.0))
    peaks = ((TWO[0][0], TWO[0][1], height), TWO[1])
    model, values, _ = truth(settings, peaks, "constant+arctan")
    curve = model.evaluate(X, values)
    clean = Spectrum(X, curve, np.full(X.size, noise), "eV")
    best = [
        fitted_preedge(clean, settings, 1, background, WINDOW, starts=[[7112.6]]).result.chi2
        for background in settings.backgrounds
    ]
    fall, draws = min(best), 30
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
        f"expected fall {fall:.0f}: right {right}, undecided {undecided}, wrong {wrong} of {draws}"
    )
    if fall >= 45.0:
        assert right >= 0.9 * draws
    assert wrong <= 0.1 * draws
