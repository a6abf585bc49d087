"""The ensemble of a pre-edge: means, errors by choice, screen, number of peaks, peak ratio."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.fit.problem import ParameterChange
from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit.spectrum import Spectrum
from spectrafit_xas.preedge.count_bootstrap import bootstrapped_least
from spectrafit_xas.preedge.ensemble import PreedgeEnsemble, preedge_ensemble, usual_windows
from spectrafit_xas.preedge.forms import Form, form_fits
from spectrafit_xas.preedge.model import fitted_preedge, preedge_model
from spectrafit_xas.preedge.peak_count import counted_peaks
from spectrafit_xas.preedge.peak_ratio import peak_ratio
from spectrafit_xas.preedge.rising_edge import STEPS, scaled_above, scaled_at
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.technique import herfd, xanes

WINDOW = (7106.0, 7118.0)
X = np.arange(WINDOW[0], WINDOW[1] + 0.05, 0.1)
SMALL = XanesSettings(
    window_eV=WINDOW,
    background="constant+arctan",
    backgrounds=("constant+arctan", "line+lorentzian"),
    shapes=("pearson7", "pseudo-voigt by area"),
    windows_eV=(WINDOW, (7106.0, 7117.0)),
    max_peaks=3,
)
TWO = ((7111.4, 1.6, 0.020), (7113.1, 1.6, 0.045))


def spectrum(peaks: tuple[tuple[float, float, float], ...] = TWO, noise: float = 4e-4) -> Spectrum:
    """Return peaks before an arctan edge; simulated."""
    model, _ = preedge_model(SMALL, len(peaks), "constant+arctan", WINDOW)
    values = {name: 0.0 for name in model.parameter_names}
    values |= {"edge.center": 7122.0, "edge.width": 2.0, "edge.top": 0.15, "base.c0": 0.01}
    for i, (center, fwhm, height) in enumerate(peaks, start=1):
        values |= {f"peak{i}.center": center, f"peak{i}.fwhm": fwhm, f"peak{i}.height": height}
        values[f"peak{i}.exponent"] = 1.91
    y = model.evaluate(X, values) + np.random.default_rng(5).normal(0.0, noise, X.size)
    return Spectrum(X, y, np.full(X.size, noise), "eV")


def ensemble_of(data: Spectrum, parameters: Any = None, **changes: Any) -> PreedgeEnsemble:
    settings = replace(SMALL, **changes)
    counted = counted_peaks(data, settings, WINDOW, parameters)
    return preedge_ensemble(data, counted, settings, WINDOW, 7112.0, parameters)


@lru_cache(maxsize=1)
def usual() -> PreedgeEnsemble:
    return ensemble_of(spectrum())


def test_mean_and_error_are_those_of_the_members_that_pass() -> None:
    found = usual().found
    assert found is not None
    area = found.estimates["area_analytic"]
    values = np.array([one.values[found.quantities.index("area_analytic")] for one in found.kept])
    assert area.value == pytest.approx(values.mean())
    between = sum(v for source, v in area.variances.items() if source != "statistics")
    assert between == pytest.approx(values.var())
    assert area.sigma**2 == pytest.approx(sum(s**2 for s in area.budget.values()))
    # a Pearson VII with m = 1.91: 1.23 times height times FWHM
    truth = 100 * 1.233 * 1.6 * (0.020 + 0.045)
    assert abs(area.value - truth) < 2 * area.sigma
    assert area.sigma < 0.2 * truth
    assert usual().dominant in ("window", "background", "shape")


def test_every_combination_is_kept_or_says_why_not() -> None:
    result = usual()
    assert result.found is not None
    near = [one for one in result.fits if abs(one.form.count - result.count) <= 1]
    assert len(result.found.members) == len(near)
    assert result.kept + len(result.found.not_kept) == len(near)
    assert all(result.found.not_kept.values())
    # one peak is far from the data, and three are not asked for
    assert result.labels("peaks") == ("2",)
    assert {one.form.count for one in result.fits} == {1, 2, 3}


def test_a_batch_over_windows_finds_the_minima_of_single_fits() -> None:
    data, windows = spectrum(), [WINDOW, (7106.6, 7116.9)]
    for background in ("line+lorentzian", "constant+arctan", "line+exponential"):
        form = Form("pseudo-voigt by height", background, 2)
        for one in form_fits(data, SMALL, form, windows, [[7111.3, 7113.2]]):
            own = replace(SMALL, shape="pseudo-voigt by height")
            region = data.window(*one.window_eV)
            single = fitted_preedge(
                region, own, 2, background, one.window_eV, starts=[[7111.3, 7113.2]]
            )
            assert one.chi2 == pytest.approx(single.result.chi2, rel=1e-5)
            curve = one.started.model.evaluate(region.x, one.started.guess)
            weighted = (region.y - curve) / region.sigma
            assert weighted == pytest.approx(one.residual)


@pytest.mark.parametrize("form", ["lorentzian", "arctan", "erf"])
def test_an_edge_that_counts_from_the_end_of_its_window(form: str) -> None:
    line, p = scaled_above(STEPS[form]), [4.0, 3.0, 0.07, 7118.0]
    value, *slopes = line.function(X, *p)
    fixed = scaled_at(STEPS[form], 7118.0).function(X, 7122.0, 3.0, 0.07)[0]
    assert value == pytest.approx(fixed)
    for i, slope in enumerate(slopes):
        step = 1e-4
        ends = [
            line.function(X, *(q + s * step * (j == i) for j, q in enumerate(p)))[0]
            for s in (1.0, -1.0)
        ]
        assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-4, abs=1e-8)


def test_what_the_user_holds_is_held_in_every_member() -> None:
    held = {"peak1.center": ParameterChange(start=7111.3, fixed=True)}
    found = ensemble_of(spectrum(), held, peaks=2).found
    assert found is not None
    assert all(one.best.value("peak1.center")[0] == 7111.3 for one in found.kept if one.best)


def test_resamples_carry_the_residual_and_agree_with_the_covariance() -> None:
    plain = ensemble_of(spectrum(), peaks=2).found
    drawn = ensemble_of(spectrum(), peaks=2, resamples=40).found
    assert plain is not None
    assert drawn is not None
    one, other = (found.estimates["area"].budget["statistics"] for found in (plain, drawn))
    # 8 members of 40 draws know a standard deviation to a twentieth; blocks lose some of it
    assert other == pytest.approx(one, rel=0.4)


def test_the_number_of_peaks_and_what_rejects_fewer() -> None:
    evidence = usual().evidence
    assert evidence is not None
    assert (evidence.best, evidence.least) == (2, 2)
    assert evidence.decided
    assert sum(evidence.shares.values()) == pytest.approx(1.0)
    assert evidence.least_words.startswith("a minimum of 2 peaks: 1 peak rejected by each of")
    with pytest.raises(SettingsError, match="at least 100"):
        bootstrapped_least(evidence, spectrum(), usual().fits, 20)


@pytest.mark.accept
def test_bootstraps_confirm_the_least_number() -> None:
    evidence = usual().evidence
    assert evidence is not None
    fits = [one for one in usual().fits if one.window_eV == WINDOW and one.form.shape == "pearson7"]
    proved = bootstrapped_least(evidence, spectrum().window(*WINDOW), fits, 200)
    assert proved.least == 2
    print(dict(proved.p))
    assert max(proved.p.values()) < 0.01
    assert "p at most" in proved.least_words


def test_where_noise_hides_a_peak_the_number_is_not_decided() -> None:
    # the second peak lowers chi2 by about 8: as much as its two parameters cost
    hidden = ((7111.6, 1.6, 0.0045), (7113.1, 1.6, 0.045))
    evidence = ensemble_of(spectrum(hidden, noise=3.6e-3)).evidence
    assert evidence is not None
    assert evidence.best == 1
    assert evidence.least == 1
    assert not evidence.decided


def test_few_members_are_said_and_none_leaves_the_single_fit() -> None:
    quick = XanesSettings(window_eV=(7107.0, 7118.0), peaks=2)
    one = replace(
        quick,
        backgrounds=("constant+arctan",),
        shapes=("pearson7",),
        windows_eV=((7107.0, 7118.0),),
    )
    found = xanes.observe(xanes.example(), one)
    assert any(alert.code == "XAS-111" for alert in found.alerts)
    never = replace(one, fwhm_eV=(2.9, 3.0))
    alone = xanes.observe(xanes.example(), never)
    assert any(alert.code == "XAS-111" and "0 of 1" in alert.text for alert in alone.alerts)
    area = alone["xanes.fe.preedge.area"]
    assert "ensemble" not in area.conventions


def test_every_area_says_its_choices() -> None:
    settings = replace(
        herfd.settings(), window_eV=(7107.0, 7118.0), peaks=3, backgrounds=SMALL.backgrounds
    )
    found = herfd.observe(herfd.example(), settings)
    for item in found.items:
        if ".area" in item.key and item.sigma is not None:
            told = item.conventions
            assert told["ensemble"]["kept"] <= told["ensemble"]["tried"]
            assert told["ensemble"]["dominant"] in item.budget
            assert set(told["background"]) <= set(settings.backgrounds)
            assert len(told["shape"]) <= len(settings.shapes)
            assert told["window_eV"] == (7107.0, 7118.0)
    (alert,) = (one for one in found.alerts if one.code == "XAS-110")
    assert "moves the area most" in alert.text


def test_usual_windows_are_five_inside_the_first() -> None:
    windows = usual_windows((7106.0, 7118.0))
    assert len(set(windows)) == 5
    assert all(low >= 7106.0 and high <= 7118.0 for low, high in windows)


def test_a_ratio_has_an_error_in_its_logarithm() -> None:
    ratio = peak_ratio(1.35, 0.27)
    assert ratio is not None
    assert math.sqrt(ratio.low * ratio.high) == pytest.approx(1.35)
    assert ratio.distance() == pytest.approx(math.log(0.9) / 0.2)
    assert "is not told from 3:2" in ratio.verdict
    far = peak_ratio(0.4, 0.02)
    assert far is not None
    assert "differs from 3:2" in far.verdict
    assert peak_ratio(1.0, 0.0) is None


def test_the_chart_shows_every_combination_that_counts_and_their_mean() -> None:
    raw = root() / "feco" / "raw"
    inputs = {
        "sample": read(raw / "xanes_fe_250K.dat"),
        "calibration": read(raw / "foil_fe_before.dat"),
    }
    settings = XanesSettings(foil_eV=7111.2, signal="fluorescence", window_eV=(7107.0, 7118.0))
    found = xanes.observe(inputs, settings)
    chart = next(one for one in found.charts if one.name == "ensemble")
    mean, *members = chart.panels[0].traces
    area = found["xanes.fe.preedge.area"]
    assert mean.y[0] == pytest.approx(area.value)
    places = np.sort(np.concatenate([one.x for one in members]))
    assert np.array_equal(places, np.arange(1, places.size + 1))
    assert f"{places.size} of " in chart.caption
    assert chart.simulated
