"""Thick absorbers: known widths, the thin limit, degeneracy, warnings."""

from __future__ import annotations

import numpy as np
import pytest
from mossbauer_axes import (
    expected_doublet,
    measured_axis,
    simulated_axis,
    simulated_scale,
    velocities,
)

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.absorption.fitted import fit_sites
from spectrafit_mossbauer.absorption.sites import doublets
from spectrafit_mossbauer.absorption.thickness import (
    ThickDoublet,
    fit_thick,
    thick_absorption,
    thickness_warnings,
)
from spectrafit_mossbauer.constants import NATURAL_FWHM

SCALE = simulated_scale()
V = velocities(SCALE)


@pytest.mark.parametrize(
    ("thickness", "width"), [(1, 2.263), (2, 2.541), (4, 3.085), (5, 3.340), (8, 4.018)]
)
def test_width_of_a_thick_single_line_in_natural_widths(thickness: float, width: float) -> None:
    v = np.linspace(0.0, 1.0, 4001)
    y = thick_absorption(v, thickness)
    assert 2 * np.interp(-y[0] / 2, -y, v) / NATURAL_FWHM == pytest.approx(width, abs=1.5e-3)


def test_the_maximum_of_a_single_line_is_that_of_margulies_and_ehrman() -> None:
    from scipy.special import ive

    for thickness in (0.5, 2.0, 8.0):
        # 1 - exp(-t/2) I0(t/2)
        top = thick_absorption(np.zeros(1), thickness)[0]
        assert top == pytest.approx(1.0 - ive(0, thickness / 2), rel=1e-6)


def test_a_thin_absorber_is_a_lorentzian_of_twice_the_natural_width() -> None:
    v = np.linspace(-2.0, 2.0, 201)
    thin = 1e-4 * 0.5 / (1.0 + (v / NATURAL_FWHM) ** 2)
    assert thick_absorption(v, 1e-4) == pytest.approx(thin, rel=2e-4)


def test_derivatives_agree_with_central_differences() -> None:
    x = np.linspace(-3.0, 4.0, 50)
    line = ThickDoublet(x)
    p = np.array([0.4, 1.6, 0.2, 3.0, -2.0])
    _, *slopes = line(x, *p)
    for j, slope in enumerate(slopes):
        step = 1e-5
        aside = step * np.eye(p.size)[j]
        up, down = line(x, *(p + aside))[0], line(x, *(p - aside))[0]
        assert np.abs(slope - (up - down) / (2 * step)).max() < 1e-6


def test_a_thick_absorber_is_recovered_where_the_share_is_known() -> None:
    absorbed = thick_absorption(V - 0.4, 4.0, 0.12, 1.6)
    fitted = fit_sites(simulated_axis(1e7 * (1.0 - 0.6 * absorbed), SCALE, 1))
    assert fitted.p_value < 1e-3
    result = fit_thick(fitted, 0.4)
    assert result.redchi < 1.2
    for name, truth in {"center": 0.4, "splitting": 1.6, "fwhm": 0.12, "thickness": 4.0}.items():
        sigma = result.sigma(f"site1.{name}")
        assert sigma is not None
        assert abs(result.value(f"site1.{name}") - truth) < 3.5 * sigma


def test_without_the_share_thickness_is_degenerate_and_refused() -> None:
    absorbed = thick_absorption(V - 0.4, 1.0, 0.2, 1.6)
    fitted = fit_sites(simulated_axis(1e5 * (1.0 - 0.6 * absorbed), SCALE, 2))
    with pytest.raises(SettingsError, match="degenerate"):
        fit_thick(fitted, None)
    little, much = fit_thick(fitted, 0.0), fit_thick(fitted, 0.7)
    # three times the thickness, and chi2 does not tell
    assert much.value("site1.thickness") > 3.0 * little.value("site1.thickness")
    assert abs(much.chi2 - little.chi2) < 4.0


def test_the_thick_model_moves_the_splitting_of_ferrihydrite_with_the_share() -> None:
    fitted = fit_sites(measured_axis("grigg/2L_Fh/95.0K_0.0h30.0m.dat"))
    found = [fit_thick(fitted, share) for share in (0.0, 0.6)]
    sigma = fitted.sigma("site1.QS")
    assert sigma is not None
    moved = [abs(one.value("site1.splitting") - fitted.value("site1.QS")) for one in found]
    assert moved[0] > 5.0 * sigma
    assert moved[1] > 20.0 * sigma
    assert found[0].redchi > 1.2


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    fitted = fit_sites(simulated_axis(expected_doublet(V, 1e5, 0.4, 1.6, 0.3, 0.05), SCALE, 1))
    with pytest.raises(SettingsError, match="non-resonant"):
        fit_thick(fitted, share)


def test_warnings_name_what_speaks_against_the_thin_model() -> None:
    thin = fit_sites(simulated_axis(expected_doublet(V, 1e5, 0.4, 1.6, 0.28, 0.05), SCALE, 1))
    assert thickness_warnings(thin) == ()
    assert "declared thickness is 2" in thickness_warnings(thin, 2.0)[0]
    deep = fit_sites(simulated_axis(expected_doublet(V, 1e5, 0.4, 1.6, 0.5, 0.15), SCALE, 1))
    words = " ".join(thickness_warnings(deep))
    assert "deepest absorption" in words
    assert "width_low" in words


def test_the_transmission_integral_is_of_one_doublet() -> None:
    axis = simulated_axis(expected_doublet(V, 1e5, 0.4, 1.6, 0.3, 0.05), SCALE, 1)
    with pytest.raises(SettingsError, match="one doublet"):
        fit_thick(fit_sites(axis, doublets(2)), 0.3)
