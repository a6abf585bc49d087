"""The Boltzmann factor against a printed energy, and at the ends of its range."""

from __future__ import annotations

import math

import pytest

from spectrafit.errors import SettingsError
from spectrafit.states.boltzmann import boltzmann_factor


def test_the_gap_of_the_paper_at_70_K() -> None:
    """1.91 kcal/mol: 1.1e-6 at 70 K."""
    assert boltzmann_factor(7990.0, 70.0) == pytest.approx(1.1e-6, rel=0.03)


def test_ends() -> None:
    assert boltzmann_factor(0.0, 300.0) == 1.0
    assert boltzmann_factor(1e9, 1.0) == 0.0
    assert boltzmann_factor(-1e9, 1.0) == math.inf
    for temperature in (0.0, -1.0, math.nan):
        with pytest.raises(SettingsError):
            boltzmann_factor(1.0, temperature)
