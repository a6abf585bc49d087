"""The pre-edge model and its fit: shapes, bounds, order, ties, and known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.fit.problem import ParameterChange
from spectrafit.lines import Model
from spectrafit.spectrum import Spectrum
from spectrafit_xas.preedge.areas import data_area, peak_areas, preedge_numbers, trapezoid_area
from spectrafit_xas.preedge.model import PreedgeFit, fitted_preedge, preedge_model
from spectrafit_xas.preedge.peak_count import counted_peaks, peak_faults
from spectrafit_xas.preedge.rising_edge import rising_edge
from spectrafit_xas.settings import XanesSettings

WINDOW = (7106.0, 7118.0)
X = np.arange(WINDOW[0], WINDOW[1] + 0.05, 0.1)
NOISE = 4e-4
SETTINGS = XanesSettings(window_eV=WINDOW)
PEAKS = ((7111.4, 1.6, 0.020), (7113.1, 1.6, 0.045))


def truth(
    peaks: tuple[tuple[float, float, float], ...] = PEAKS, background: str = "constant+arctan"
) -> tuple[Model, dict[str, float]]:
    model, changes = preedge_model(SETTINGS, len(peaks), background, WINDOW)
    values = {name: 0.0 for name in model.parameter_names}
    for i, (center, fwhm, height) in enumerate(peaks, start=1):
        values |= {
            f"peak{i}.center": center,
            f"peak{i}.fwhm": fwhm,
            f"peak{i}.height": height,
            f"peak{i}.exponent": 1.91,
        }
    edges = {"edge.center": 7122.0, "edge.width": 2.0, "edge.fwhm": 6.0, "edge.top": 0.15}
    values |= {name: value for name, value in edges.items() if name in values}
    values["base.c0"] = 0.01
    assert set(changes) <= set(model.parameter_names)
    return model, values


def spectrum(seed: int, *, sigma: bool = True, **options: object) -> Spectrum:
    model, values = truth(**options)  # type: ignore[arg-type]
    rng = np.random.default_rng(seed)
    y = model.evaluate(X, values) + rng.normal(0.0, NOISE, X.size)
    return Spectrum(X, y, np.full(X.size, NOISE) if sigma else None, "eV")


def fitted(data: Spectrum, count: int = 2, **options: object) -> PreedgeFit:
    given = {"starts": [[7111.0, 7113.5][:count]], **options}
    return fitted_preedge(data, SETTINGS, count, "constant+arctan", WINDOW, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["lorentzian", "arctan", "erf", "exponential"])
def test_every_rising_edge_has_exact_derivatives_and_its_top_at_the_window_end(form: str) -> None:
    component = rising_edge(form, WINDOW[1])
    p = {"exponential": (0.07, 0.4)}.get(form, (7121.0, 3.0, 0.07))
    value, *slopes = component.line.function(X, *p)
    assert value[-1] == pytest.approx(0.07, rel=1e-6)
    for i, slope in enumerate(slopes):
        step = 1e-5 * max(abs(p[i]), 1.0) if abs(p[i]) < 100 else 1e-3
        ends = [
            component.line.function(X, *(q + s * step * (j == i) for j, q in enumerate(p)))[0]
            for s in (1.0, -1.0)
        ]
        assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=2e-5, abs=1e-8)


def test_truth_is_found_from_rough_starts() -> None:
    found = fitted(spectrum(1))
    model, values = truth()
    expected = preedge_numbers(model, ("peak1", "peak2"), values, WINDOW, 7112.0)
    numbers = preedge_numbers(found.model, found.peaks, found.values, WINDOW, 7112.0)
    assert found.result.converged
    assert numbers["area"] == pytest.approx(expected["area"], rel=0.06)
    assert numbers["peak1.energy"] == pytest.approx(7111.4, abs=0.06)
    assert numbers["peak2.energy"] == pytest.approx(7113.1, abs=0.03)
    assert numbers["ratio"] == pytest.approx(20 / 45, rel=0.15)


def test_the_single_fit_of_the_true_model_covers_as_it_says() -> None:
    pulls = []
    _, values = truth()
    for seed in range(40):
        found = fitted(spectrum(100 + seed), starts=[[7111.4, 7113.1]], edge_starts=1)
        sigma = found.result.sigma("peak2.center")
        assert sigma is not None
        pulls.append((found.values["peak2.center"] - values["peak2.center"]) / sigma)
    # 40 draws: the mean of a unit normal is known to 0.16, its spread to 0.11; three errors
    assert abs(np.mean(pulls)) < 0.48
    assert np.std(pulls) == pytest.approx(1.0, abs=0.34)


def test_peaks_are_named_by_rising_centre_whatever_the_starts() -> None:
    one = fitted(spectrum(2), starts=[[7111.2, 7113.2]])
    two = fitted(spectrum(2), starts=[[7113.4, 7112.6]])
    assert one.values["peak1.center"] < one.values["peak2.center"]
    assert two.values["peak1.center"] < two.values["peak2.center"]


def test_widths_are_shared_or_free() -> None:
    shared = fitted(spectrum(3))
    assert shared.values["peak1.fwhm"] == shared.values["peak2.fwhm"]
    free = fitted_preedge(
        spectrum(3),
        replace(SETTINGS, shared_width=False),
        2,
        "constant+arctan",
        WINDOW,
        starts=[[7111.0, 7113.5]],
    )
    assert free.values["peak1.fwhm"] != free.values["peak2.fwhm"]
    assert free.result.nvary == shared.result.nvary + 1


def test_a_user_starts_bounds_fixes_and_ties_parameters() -> None:
    changes = {
        "peak1.center": ParameterChange(start=7111.3, fixed=True),
        "peak2.height": ParameterChange(equals="2*peak1.height"),
        "edge.width": ParameterChange(min=1.9, max=2.1),
    }
    found = fitted(spectrum(4), parameters=changes)
    assert found.values["peak1.center"] == 7111.3
    assert found.values["peak2.height"] == pytest.approx(2 * found.values["peak1.height"])
    assert 1.9 <= found.values["edge.width"] <= 2.1
    assert found.result.sigma_reason("peak1.center") == "fixed"
    with pytest.raises(SettingsError, match="center"):
        fitted(spectrum(4), parameters={"peak1.centre": ParameterChange(start=7111.0)})


def test_a_users_start_is_never_moved_and_a_contradiction_is_refused() -> None:
    far = {"peak1.center": ParameterChange(start=7114.9, fixed=True)}
    assert fitted(spectrum(4), parameters=far).values["peak1.center"] == 7114.9
    outside = {"peak1.center": ParameterChange(start=7111.0, min=7112.0, max=7113.0)}
    with pytest.raises(SettingsError, match=r"peak1\.center"):
        fitted(spectrum(4), parameters=outside)
    narrow = {"peak1.center": ParameterChange(min=7112.2, max=7112.3)}
    assert 7112.2 <= fitted(spectrum(4), parameters=narrow).values["peak1.center"] <= 7112.3


def test_areas_of_one_peak_in_three_conventions() -> None:
    model, values = truth(((7112.0, 1.5, 0.04),))
    numbers = preedge_numbers(model, ("peak1",), values, WINDOW, 7112.0)
    # area / (height x FWHM) of a Pearson VII with m = 1.91 is 1.23; see the formula in lines
    assert numbers["area_hxf"] == pytest.approx(100 * 0.04 * 1.5)
    assert numbers["area_analytic"] / numbers["area_hxf"] == pytest.approx(1.23, abs=0.005)
    assert numbers["area"] < numbers["area_analytic"]
    assert numbers["area"] == pytest.approx(numbers["area_analytic"], rel=0.01)
    assert numbers["centroid"] == pytest.approx(7112.0)
    assert numbers["moment"] == pytest.approx(0.0, abs=1e-9)
    wide = trapezoid_area(model, ("peak1",), values, (6800.0, 7400.0))
    assert wide == pytest.approx(numbers["area_analytic"], rel=1e-4)


def test_the_model_free_area_agrees_where_the_model_fits() -> None:
    found = fitted(spectrum(5))
    numbers = preedge_numbers(found.model, found.peaks, found.values, WINDOW, 7112.0)
    assert data_area(found) == pytest.approx(numbers["area"], rel=0.05)
    assert 100 * sum(peak_areas(found).values()) == pytest.approx(numbers["area_analytic"])


@pytest.mark.parametrize("sigma", [True, False])
@pytest.mark.parametrize(
    ("peaks", "count"),
    [(((7112.4, 1.8, 0.05),), 1), (PEAKS, 2), ((*PEAKS, (7109.2, 1.5, 0.03)), 3)],
)
def test_the_number_of_peaks_is_found(
    peaks: tuple[tuple[float, float, float], ...], count: int, sigma: bool
) -> None:
    settings = replace(SETTINGS, background="constant+arctan", max_peaks=4)
    found = counted_peaks(spectrum(6, peaks=peaks, sigma=sigma), settings, WINDOW)
    assert found.best == count
    assert found.chosen_by == "BIC"
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert not found.faults[count]


def test_peaks_that_do_not_stand_are_named() -> None:
    found = fitted(spectrum(7, peaks=((7112.4, 1.8, 0.05),)), 2, starts=[[7112.3, 7114.0]])
    assert peak_faults(found)


def test_a_set_number_is_kept_and_too_few_points_are_refused() -> None:
    settings = replace(SETTINGS, peaks=1, background="constant+arctan")
    found = counted_peaks(spectrum(8), settings, WINDOW)
    assert (found.best, found.chosen_by) == (1, "set")
    short = spectrum(8).window(7110.0, 7110.65)
    with pytest.raises(Exception, match="at least"):
        counted_peaks(short, settings, (7110.0, 7110.65))
