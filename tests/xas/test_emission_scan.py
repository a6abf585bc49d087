"""The maximum of a K-alpha line: finer than the grid, with an error that repeats confirm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.emission.emission_scan import emission_maximum

X = np.arange(6380.0, 6415.0, 0.3)
LOW_SPIN, HIGH_SPIN = 6404.52, 6404.80
COUNTS = 4e4


def lines(center: float, x: np.ndarray = X) -> np.ndarray:
    """Return K-alpha1 and K-alpha2 of the same width, and a background, in counts."""

    def lorentzian(at: float, height: float) -> np.ndarray:
        return height / (1.0 + ((x - at) / 1.3) ** 2)

    return COUNTS * (lorentzian(center, 1.0) + lorentzian(center - 13.0, 0.5) + 0.01)


def counted(center: float, rng: np.random.Generator, *, errors: bool = True) -> Spectrum:
    y = rng.poisson(lines(center)).astype(float)
    return Spectrum(X, y, np.sqrt(np.maximum(y, 1.0)) if errors else None, "eV")


def top(center: float) -> float:
    """Return the true maximum: the tail of K-alpha2 pulls it a little."""
    fine = np.arange(center - 0.5, center + 0.5, 1e-4)
    return float(fine[np.argmax(lines(center, fine))])


@settings(max_examples=15)
@given(center=st.floats(6403.5, 6405.5))
def test_without_noise_the_maximum_is_exact_to_a_tenth_of_the_step(center: float) -> None:
    found = emission_maximum(Spectrum(X, lines(center), np.full(X.size, 10.0), "eV"))
    assert found.energy_eV == pytest.approx(top(center), abs=0.03)


@pytest.mark.parametrize("errors", [True, False])
def test_the_error_is_the_scatter_of_repeats(errors: bool) -> None:
    rng = np.random.default_rng(11)
    found = [emission_maximum(counted(HIGH_SPIN, rng, errors=errors)) for _ in range(40)]
    scatter = np.std([one.energy_eV for one in found], ddof=1)
    # 40 repeats fix a standard deviation to 11 %, 100 draws a claimed one to 7 %, of which the mean
    # of 40 is taken; scatter of a curved line counts as noise where there are no point errors
    low, high = (0.66, 1.34) if errors else (0.66, 3.0)
    assert low < np.mean([one.sigma_eV for one in found]) / scatter < high


def test_the_two_spin_states_of_the_paper_are_told_apart() -> None:
    rng = np.random.default_rng(2)
    low, high = (emission_maximum(counted(c, rng)) for c in (LOW_SPIN, HIGH_SPIN))
    assert high.energy_eV - low.energy_eV == pytest.approx(0.28, abs=0.03)
    assert high.energy_eV - low.energy_eV > 5 * np.hypot(low.sigma_eV, high.sigma_eV)
    assert low.noise == "counts"


def test_what_is_no_line_is_refused() -> None:
    with pytest.raises(SpectrafitError, match="an end of the scan"):
        emission_maximum(Spectrum(X, np.exp((X - X[0]) / 10.0), x_unit="eV"))
    noise = np.random.default_rng(0).standard_normal(X.size)
    with pytest.raises(SpectrafitError, match=r"no line|an end"):
        emission_maximum(Spectrum(X, 100.0 + noise, np.ones(X.size), "eV"))
    with pytest.raises(SpectrafitError, match="scan finer"):
        emission_maximum(Spectrum(X[::8], lines(HIGH_SPIN, X[::8]), x_unit="eV"))
