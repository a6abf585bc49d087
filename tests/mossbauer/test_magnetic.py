"""Six lines fitted as doublets are recognised, and doublets that are rejected are not made magnetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mossbauer_axes import (
    expected_doublet,
    measured_axis,
    simulated_axis,
    simulated_scale,
    velocities,
)
from mossbauer_technique_case import IRON, iron, recorded

from spectrafit_mossbauer.absorption.fitted import REJECTED, fit_sites
from spectrafit_mossbauer.absorption.sites import doublets
from spectrafit_mossbauer.magnetic import magnetic_instead
from spectrafit_mossbauer.preparation import prepared_spectrum
from spectrafit_mossbauer.settings import MossbauerSettings


@pytest.mark.parametrize(("name", "field"), [("5.0K_0.0h30.0m", 48.59), ("25.0K_0.0h30.0m", 45.73)])
def test_cold_ferrihydrite_is_magnetic(name: str, field: float) -> None:
    """Its lines are so strong that one doublet settles on two of the six, with a small error."""
    fitted = fit_sites(measured_axis(f"grigg/2L_Fh/{name}.dat"))
    assert fitted.result.redchi > 50.0
    assert f"one sextet of {field:.2f} T" in magnetic_instead(fitted)


@pytest.mark.parametrize("name", ["95.0K_0.0h30.0m", "125.0K_0.0h30.0m", "135.0K_0.0h30.0m"])
def test_warm_ferrihydrite_is_rejected_and_not_magnetic(name: str) -> None:
    """A sextet of 4 T with unresolved lines has a lower chi2 there: a form of a broad doublet."""
    fitted = fit_sites(measured_axis(f"grigg/2L_Fh/{name}.dat"))
    assert fitted.p_value < REJECTED
    assert magnetic_instead(fitted) == ""


@pytest.mark.parametrize("second", [(1.2, 2.8), (0.9, 0.5), (0.3, 2.4)])
def test_two_doublets_fitted_as_one_are_not_magnetic(second: tuple[float, float]) -> None:
    scale = simulated_scale()
    v = velocities(scale)
    one = expected_doublet(v, 1e5, 0.4, 0.9, 0.3, 0.05)
    both = one + expected_doublet(v, 1e5, *second, 0.3, 0.04) - 1e5
    fitted = fit_sites(simulated_axis(both, scale, 3))
    assert fitted.p_value < REJECTED
    assert magnetic_instead(fitted) == ""
    assert magnetic_instead(fit_sites(simulated_axis(one, scale, 4))) == ""


@pytest.mark.parametrize("count", [1, 2])
def test_iron_is_magnetic_however_many_doublets_are_fitted(count: int) -> None:
    sample = recorded(replace(IRON, label="magnet"), "magnet.ws5", 5)
    axis = prepared_spectrum([sample], [iron()], MossbauerSettings(orientation=1)).axis
    found = magnetic_instead(fit_sites(axis, doublets(count)))
    field = float(found.split(" T")[0].split()[-1])
    assert np.isclose(field, 33.04, atol=0.05)
