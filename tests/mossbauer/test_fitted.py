"""Fits of sites: recovery with pulls, one covariance, asymmetry, refusal beyond first order, engines."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from mossbauer_axes import (
    expected_doublet,
    lorentzian,
    measured_axis,
    simulated_axis,
    simulated_scale,
    velocities,
)

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.result import Flag
from spectrafit.lines.sextet import sextet
from spectrafit_mossbauer.absorption.fitted import fit_sites, fit_spectra, with_asymmetry
from spectrafit_mossbauer.absorption.sites import Site, doublets

pytestmark = pytest.mark.xdist_group("compiled")

SCALE = simulated_scale()
V = velocities(SCALE)
TRUTH = {"site1.IS": 0.42, "site1.QS": 1.64, "site1.width_low": 0.28}
AREA = 2 * np.pi / 2 * 0.05 * 0.28
SHARED = [
    "grigg/2L_Fh/95.0K_0.0h30.0m.dat",
    "grigg/2L_Fh/105.0K_0.0h30.0m.dat",
    "grigg/2L_Fh/105.0K_0.0h31.0m.dat",
    "grigg/2L_Fh/115.0K_0.0h30.0m.dat",
    "grigg/2L_Fh/125.0K_0.0h30.0m.dat",
    "grigg/2L_Fh/135.0K_0.0h30.0m.dat",
    "grigg/2L_Fh/profile_100.0K.dat",
    "grigg/2L_Fh/profile_110.0K.dat",
    "grigg/2L_Fh/profile_120.0K.dat",
    "grigg/2L_Fh/profile_130.0K.dat",
    "grigg/2L_Fh/77.0K_2.0h0.0m.dat",
    "fitbauer/synthetic/pirita_FeS2.adt",
    "fitbauer/synthetic/ferridrita_2lineas.adt",
    "fitbauer/synthetic/lepidocrocita_FeOOH.adt",
    "fitbauer/synthetic/siderita_FeCO3.adt",
]
ENGINES = ("scipy", "batch", *(("compiled",) if find_spec("numba") else ()))


def test_a_doublet_is_recovered_with_pulls_of_one() -> None:
    expected = expected_doublet(V, 1e5, 0.42, 1.64, 0.28, 0.05)
    fits = fit_spectra([simulated_axis(expected, SCALE, seed) for seed in range(40)])
    for name, truth in {**TRUTH, "site1.area": AREA, "b0": 1e5}.items():
        pulls = np.array([(one.value(name) - truth) / (one.sigma(name) or np.nan) for one in fits])
        assert abs(pulls.mean()) < 3.5 / np.sqrt(40)
        assert 0.7 < pulls.std() < 1.35
    assert np.mean([one.deviance / one.result.nfree for one in fits]) == pytest.approx(
        1.0, abs=0.03
    )


def test_a_weak_line_has_an_error_for_its_area_and_no_sharp_splitting() -> None:
    fitted = fit_sites(simulated_axis(expected_doublet(V, 1e4, 0.4, 1.6, 0.3, 0.002), SCALE, 4))
    area, sigma = fitted.total_area
    assert sigma is None or abs(area) < 4.0 * sigma


def test_one_covariance_holds_all_values() -> None:
    fitted = fit_sites(simulated_axis(expected_doublet(V, 1e5, 0.42, 1.0, 0.4, 0.05), SCALE, 2))
    errors = np.sqrt(np.diag(fitted.covariance))
    assert errors == pytest.approx([fitted.sigma(name) for name in fitted.names])
    correlation = fitted.covariance / np.outer(errors, errors)
    assert np.abs(correlation).max() <= 1.0 + 1e-12
    assert np.linalg.eigvalsh(correlation).min() > -1e-9
    assert fitted.correlation("site1.area", "site1.width_low") > 0.5
    assert fitted.correlation("site1.width_low", "site1.width_high") == pytest.approx(1.0)


def test_areas_are_relative_to_the_level_with_its_error() -> None:
    fitted = fit_sites(simulated_axis(expected_doublet(V, 1e5, 0.42, 1.64, 0.28, 0.05), SCALE, 3))
    value, sigma, _ = fitted.result.propagate(lambda p: -p["site1.area"] / p["b0.scale"])
    assert fitted.value("site1.area") == pytest.approx(value, rel=1e-12)
    assert fitted.sigma("site1.area") == pytest.approx(sigma, rel=1e-5)


def test_fractions_add_up_and_share_one_error() -> None:
    expected = expected_doublet(V, 1e5, 0.4, 0.9, 0.3, 0.05) - (
        1e5 - expected_doublet(V, 1e5, 1.2, 2.4, 0.3, 0.03)
    )
    fitted = fit_sites(simulated_axis(expected, SCALE, 5), doublets(2))
    shares = [fitted.value(f"site{i}.fraction") for i in (1, 2)]
    assert sum(shares) == pytest.approx(1.0)
    assert sorted(shares) == pytest.approx([0.375, 0.625], abs=0.03)
    assert fitted.sigma("site1.fraction") == pytest.approx(fitted.sigma("site2.fraction"))
    assert fitted.correlation("site1.fraction", "site2.fraction") == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("asymmetry", "low", "high", "name", "truth"),
    [
        ("texture", (0.06, 0.28), (0.03, 0.28), "site1.r", 0.5),
        ("relaxation", (0.05, 0.25), (0.05 * 0.25 / 0.35, 0.35), "site1.width_high", 0.35),
    ],
)
def test_an_asymmetry_is_found_beside_the_constrained_fit(
    asymmetry: str, low: tuple[float, float], high: tuple[float, float], name: str, truth: float
) -> None:
    dips = low[0] * lorentzian(V, -0.4, low[1]) + high[0] * lorentzian(V, 1.24, high[1])
    constrained = fit_sites(simulated_axis(1e6 * (1.0 - dips), SCALE, 6))
    free = with_asymmetry(constrained, asymmetry)  # type: ignore[arg-type]
    assert constrained.p_value < 1e-3 < free.p_value
    sigma = free.sigma(name)
    assert sigma is not None
    assert abs(free.value(name) - truth) < 3.0 * sigma < 0.1 * truth


def test_a_spread_of_shifts_is_a_voigt_line() -> None:
    rng = np.random.default_rng(8)
    shifts = 0.42 + 0.15 / np.sqrt(8 * np.log(2)) * rng.standard_normal(4000)
    expected = np.mean([expected_doublet(V, 1e6, s, 1.64, 0.25, 0.05) for s in shifts], axis=0)
    axis = simulated_axis(expected, SCALE, 7)
    voigt = fit_sites(axis, [Site(shape="voigt")])
    assert voigt.result.chi2 < fit_sites(axis).result.chi2 - 20.0
    sigma = voigt.sigma("site1.width_gauss")
    assert sigma is not None
    assert abs(voigt.value("site1.width_gauss") - 0.15) < 3.0 * sigma + 0.005
    held = fit_sites(axis, [Site(shape="voigt", lorentz=0.25)])
    assert held.reason("site1.width_lorentz") == "fixed"


def test_a_sextet_is_recovered_and_refused_beyond_first_order() -> None:
    scale = simulated_scale(fastest=9.0)
    v = velocities(scale)

    def spectrum(q: float) -> np.ndarray:
        lines = sextet(v, 0.4, 2 * 5.3123 * 40 / 33.04, q, 0.4, 0.35, 0.3, 0.5, 0.210483, 2.0)[0]
        return np.asarray(1e6 * (1.0 - lines))

    fitted = fit_sites(simulated_axis(spectrum(-0.2), scale, 1), [Site("sextet")])
    for name, truth in {
        "site1.IS": 0.4,
        "site1.B": 40.0,
        "site1.q": -0.2,
        "site1.area": 0.5,
    }.items():
        sigma = fitted.sigma(name)
        assert sigma is not None
        assert abs(fitted.value(name) - truth) < 3.5 * sigma
    with pytest.raises(FitError, match="full Hamiltonian needed"):
        fit_sites(simulated_axis(spectrum(1.0), scale, 2), [Site("sextet")])


@pytest.mark.parametrize("name", SHARED)
def test_the_engines_agree_on_every_shared_spectrum(name: str) -> None:
    axis = measured_axis(name)
    fits = [fit_sites(axis, engine=engine) for engine in ENGINES]
    first = fits[0]
    assert first.result.converged
    for other in fits[1:]:
        assert other.result.converged
        assert other.result.chi2 == pytest.approx(first.result.chi2, rel=1e-7)
        for value in first.names:
            sigma, theirs = first.sigma(value), other.sigma(value)
            assert sigma is not None
            assert theirs == pytest.approx(sigma, rel=1e-3)
            assert abs(other.value(value) - first.value(value)) < 2e-3 * sigma


def test_spectra_of_one_axis_are_fitted_as_alone() -> None:
    names = ("95.0K_0.0h30.0m", "profile_100.0K", "profile_110.0K")
    axes = [measured_axis(f"grigg/2L_Fh/{name}.dat") for name in names]
    for one, alone in zip(fit_spectra(axes), map(fit_sites, axes), strict=True):
        assert one.axis is alone.axis
        assert one.value("site1.QS") == pytest.approx(alone.value("site1.QS"), rel=1e-7)


def test_a_value_that_is_not_there_is_named() -> None:
    fitted = fit_sites(simulated_axis(expected_doublet(V, 1e5, 0.4, 1.6, 0.3, 0.05), SCALE, 1))
    assert Flag.CONVERGED in fitted.result.flags
    with pytest.raises(SettingsError, match=r"no value 'site1\.r'"):
        fitted.value("site1.r")
