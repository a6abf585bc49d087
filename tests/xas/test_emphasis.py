"""Emphasis on the second derivative: the ordinary fit at 0, honest errors, edges that matter less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectrafit.cli.main import main
from spectrafit.errors import SettingsError
from spectrafit.fit import fit
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum
from spectrafit_xas.preedge.emphasis import emphasised_fit
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import XanesSimulation, simulated_scan
from spectrafit_xas.technique import xanes

X = np.arange(-5.0, 5.05, 0.1)
MODEL = Gaussian("peak1") + Polynomial(1, "base")
TRUTH = {"peak1.center": 0.2, "peak1.fwhm": 1.6, "peak1.height": 0.05}
TRUTH |= {"base.c0": 0.02, "base.c1": 0.003}
NOISE = 4e-4


def problem(seed: int, bend: float = 0.0, *, sigma: bool = True) -> Problem:
    curve = MODEL.evaluate(X, TRUTH) + bend * X**2
    y = curve + NOISE * np.random.default_rng(seed).standard_normal(X.size)
    data = Spectrum(X, y, np.full(X.size, NOISE) if sigma else None, "eV")
    changes = {name: ParameterChange(start=value) for name, value in TRUTH.items()}
    return Problem(data, MODEL, parameters=changes)


@pytest.mark.parametrize("sigma", [True, False])
def test_without_emphasis_it_is_the_ordinary_fit(sigma: bool) -> None:
    found, plain = emphasised_fit(problem(1, sigma=sigma), 0.0, 1.0), fit(problem(1, sigma=sigma))
    assert list(found.values.values()) == pytest.approx(list(plain.values), rel=1e-6)
    assert np.diag(found.covariance) == pytest.approx(np.diag(plain.covariance), rel=1e-4)


def test_errors_are_those_of_the_scatter() -> None:
    centers, errors = [], []
    for seed in range(120):
        found = emphasised_fit(problem(seed), 0.7, 1.0)
        centers.append(found.values["peak1.center"])
        i = found.names.index("peak1.center")
        errors.append(np.sqrt(found.covariance[i, i]))
    pulls = (np.array(centers) - TRUTH["peak1.center"]) / np.array(errors)
    # 120 draws know a standard deviation to 0.065; three errors
    assert np.std(pulls) == pytest.approx(1.0, abs=0.2)
    assert abs(np.mean(pulls)) < 0.3


def test_a_bent_background_moves_the_area_less() -> None:
    def area(emphasis: float) -> float:
        values = emphasised_fit(problem(3, bend=4e-4), emphasis, 1.0).values
        return values["peak1.height"] * values["peak1.fwhm"]

    true = TRUTH["peak1.height"] * TRUTH["peak1.fwhm"]
    # a parabola has a second derivative too, but a small one
    assert abs(area(0.95) - true) < 0.9 * abs(area(0.0) - true)


def test_an_emphasis_beyond_one_is_refused() -> None:
    with pytest.raises(SettingsError, match="0 to 1"):
        emphasised_fit(problem(1), 1.2, 1.0)


def fitted_scan(folder: Path, name: str, *settings: str) -> tuple[dict[str, Any], str]:
    """Return the area of a simulated scan by the command line, and the methods text."""
    scan, out = folder / "scan.dat", folder / name
    scan.write_text(simulated_scan(XanesSimulation(), 1, herfd=False), encoding="utf-8")
    words = ["fit", "xanes", str(scan), "--out", str(out), "--jobs", "1"]
    for one in ("method_spread=false", "window_eV=[7107, 7118]", "peaks=1", *settings):
        words += ["--set", one]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code in (0, None)
    (found,) = json.loads((out / "results.json").read_text(encoding="utf-8"))["results"]
    (area,) = (o for o in found["observables"] if o["key"] == "xanes.fe.preedge.area")
    return area, (out / "methods.md").read_text(encoding="utf-8")


def test_the_setting_reaches_values_errors_conventions_and_methods(tmp_path: Path) -> None:
    plain, without = fitted_scan(tmp_path, "plain")
    bent, with_it = fitted_scan(tmp_path, "bent", "emphasis=0.8")
    assert "emphasis" not in plain["conventions"]
    assert bent["conventions"]["emphasis"]["weight"] == 0.8
    assert bent["conventions"]["emphasis"]["half_width_eV"] == pytest.approx(1.2, abs=0.3)
    assert bent["value"] != pytest.approx(plain["value"], rel=1e-4)
    # a re-weighted fit of the same data knows less
    assert bent["budget"]["statistics"] > plain["budget"]["statistics"]
    assert abs(bent["value"] - plain["value"]) < 4 * bent["sigma"]
    assert "sandwich covariance" in with_it
    assert "sandwich" not in without


def test_the_ensemble_is_emphasised_too_and_background_matters_less() -> None:
    scan = xanes.example()["sample"]
    common: dict[str, Any] = {"window_eV": (7107.0, 7118.0), "peaks": 1}
    common |= {"windows_eV": ((7107.0, 7118.0), (7107.0, 7117.5)), "shapes": ("pearson7",)}
    plain, bent = (
        xanes.observe({"sample": scan}, XanesSettings(**common, emphasis=weight))
        for weight in (0.0, 0.8)
    )
    key = "xanes.fe.preedge.area"
    assert bent[key].conventions["emphasis"]["weight"] == 0.8
    assert bent[key].budget["background"] < plain[key].budget["background"]


def test_resamples_are_refused_with_emphasis() -> None:
    scan = xanes.example()["sample"]
    settings = XanesSettings(peaks=1, emphasis=0.5, resamples=20)
    with pytest.raises(SettingsError, match="resamples"):
        xanes.observe({"sample": scan}, settings)


def test_a_parameter_on_a_bound_is_held_there_and_has_no_error() -> None:
    changes = {name: ParameterChange(start=value) for name, value in TRUTH.items()}
    changes["peak1.fwhm"] = ParameterChange(start=1.4, max=1.4)
    data = problem(1).data[0]
    found = emphasised_fit(Problem(data, MODEL, parameters=changes), 0.7, 1.0)
    assert found.values["peak1.fwhm"] == 1.4
    assert found.reasons == {"peak1.fwhm": "at bound"}
    i = found.names.index("peak1.fwhm")
    assert not found.covariance[i].any()


def test_the_second_derivative_alone_does_not_know_a_line() -> None:
    found = emphasised_fit(problem(1), 1.0, 1.0)
    assert set(found.reasons) == {"base.c0", "base.c1"}
    assert found.values["peak1.center"] == pytest.approx(TRUTH["peak1.center"], abs=0.1)
