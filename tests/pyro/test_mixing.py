"""How populations make p and dP: the derivative and the integral of one polarisation."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.laws import ThreeStateLaw, three_state
from spectrafit.observable import spec_of
from spectrafit_pyro.mixing import mixed_change, mixed_coefficient
from spectrafit_pyro.simulation import PyroSimulation, crystal_p
from spectrafit_pyro.specs import SPECS

LAW = ThreeStateLaw(93.6, 90.53, 835.0, 28371.0, 97.18, -14577.0, 0.0488)
MEMBERS = {"1": 0.0, "2": 0.438, "3": 0.438 + 1.277}
LATTICE = {"psec_300": 0.25, "theta_E_K": 150.0}


def states(T: float) -> tuple[dict[str, float], dict[str, float]]:
    found = three_state(T, LAW)
    x = dict(zip("123", map(float, (found.x1, found.x2, found.x3)), strict=True))
    slopes = dict(zip("123", map(float, (found.dx1, found.dx2, found.dx3)), strict=True))
    return x, slopes


@pytest.mark.parametrize("T", [60.0, 90.0, 125.0, 250.0])
def test_slopes_of_populations_make_the_coefficient_of_the_crystal(T: float) -> None:
    _, slopes = states(T)
    found = mixed_coefficient(slopes, MEMBERS, LATTICE, T)
    assert found == pytest.approx(float(crystal_p(PyroSimulation(), np.array([T]))[0]), rel=1e-9)


def test_the_change_is_the_integral_of_the_coefficient() -> None:
    x, _ = states(20.0)
    at_T0 = sum(x[state] * MEMBERS[state] for state in x)
    for end in (75.0, 125.0, 295.0):
        T = np.linspace(20.0, end, 20001)
        expected = 1e-3 * np.trapezoid(crystal_p(PyroSimulation(), T), T)
        nuisances = {**LATTICE, "P_T0": at_T0, "T0_K": 20.0}
        found = mixed_change(states(end)[0], MEMBERS, nuisances, end)
        assert found == pytest.approx(expected, rel=1e-5)


def test_without_a_secondary_part_only_the_states_count() -> None:
    assert mixed_coefficient({"1": -0.01, "2": 0.01}, {"1": 0.0, "2": 0.4}, {}, 90.0) == (
        pytest.approx(4.0)
    )
    assert mixed_change({"1": 0.5, "2": 0.5}, {"1": 0.0, "2": 0.4}, {"P_T0": 0.1}, 90.0) == (
        pytest.approx(0.1)
    )


def test_what_the_change_needs_is_asked_for() -> None:
    with pytest.raises(SpectrafitError, match="P_T0"):
        mixed_change({"1": 1.0}, {"1": 0.0}, {}, 90.0)
    with pytest.raises(SpectrafitError, match="T0_K"):
        mixed_change({"1": 1.0}, {"1": 0.0}, {"P_T0": 0.0, "psec_300": 0.2}, 90.0)


def test_the_coefficient_is_declared_as_one_of_slopes_and_the_change_is_not() -> None:
    p, dP = spec_of("pyro.p", SPECS), spec_of("pyro.dP", SPECS)
    assert p is not None
    assert dP is not None
    assert (p.of_slopes, dP.of_slopes) == (True, False)
    assert (p.additive, dP.additive) == (True, True)
