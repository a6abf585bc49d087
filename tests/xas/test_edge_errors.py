"""Energies read off an edge: known answers, bootstrap against repeats, the integral."""

from __future__ import annotations

from math import erf

import numpy as np
import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.normalisation.edge import half_height_energy, integral_energy, steepest_energy
from spectrafit_xas.normalisation.edge_errors import half_height, integral_edge, steepest_point

X = np.arange(7080.0, 7180.0, 0.4)
CENTER = 7121.37
WINDOW_END = 7112.0
NOISE = 2e-3


def step(center: float = CENTER, width: float = 2.0) -> np.ndarray:
    return np.array([0.5 * (1.0 + erf((x - center) / width)) for x in X])


def edge(y: np.ndarray, noise: float | None = NOISE) -> Spectrum:
    return Spectrum(X, y, None if noise is None else np.full(X.size, noise), "eV")


def with_white_line() -> np.ndarray:
    return step() + 0.4 * np.exp(-(((X - CENTER - 4.0) / 3.0) ** 2))


def test_of_a_symmetric_step_all_three_are_its_centre() -> None:
    y = step() + 1e-4 * (X > CENTER + 8.0)  # reaches one, as a white line makes it
    spectrum = edge(y)
    assert half_height(spectrum, WINDOW_END, 0.0).energy_eV == pytest.approx(CENTER, abs=0.02)
    assert steepest_point(spectrum, WINDOW_END, 1.5).energy_eV == pytest.approx(CENTER, abs=0.02)
    assert integral_energy(spectrum, WINDOW_END) == pytest.approx(CENTER, abs=0.02)


def test_the_integral_sees_a_shoulder_that_the_half_height_does_not() -> None:
    with_shoulder = step() + 0.2 * np.exp(-(((X - CENTER + 5.0) / 1.5) ** 2))
    y = with_shoulder + 0.3 * np.exp(-(((X - CENTER - 4.0) / 3.0) ** 2))
    plain = step() + 0.3 * np.exp(-(((X - CENTER - 4.0) / 3.0) ** 2))
    area = 0.2 * 1.5 * np.sqrt(np.pi)
    moved = integral_energy(edge(plain), WINDOW_END) - integral_energy(edge(y), WINDOW_END)
    assert moved == pytest.approx(area, rel=0.03)
    assert half_height_energy(edge(y), WINDOW_END) == pytest.approx(
        half_height_energy(edge(plain), WINDOW_END), abs=0.03
    )


def test_the_errors_are_the_scatter_of_repeats() -> None:
    rng = np.random.default_rng(5)
    true = with_white_line()
    repeats = [edge(true + NOISE * rng.standard_normal(X.size)) for _ in range(150)]
    found = {
        "half": [half_height_energy(one, WINDOW_END) for one in repeats],
        "steepest": [steepest_energy(one, WINDOW_END, 1.5) for one in repeats],
        "integral": [integral_energy(one, WINDOW_END) for one in repeats],
    }
    first = repeats[0]
    claimed = {
        "half": half_height(first, WINDOW_END, 0.0).sigma_eV,
        "steepest": steepest_point(first, WINDOW_END, 1.5).sigma_eV,
        "integral": integral_edge(first, WINDOW_END, 0.0).sigma_eV,
    }
    for name, energies in found.items():
        # 150 repeats and 100 draws fix the ratio to 9 %; three of those
        assert claimed[name] == pytest.approx(np.std(energies, ddof=1), rel=0.28)


def test_the_error_of_the_step_moves_what_depends_on_it() -> None:
    spectrum = edge(with_white_line())
    share = 0.01
    scaled = edge(with_white_line() * (1.0 - share))
    half = half_height(spectrum, WINDOW_END, share)
    moved = half_height_energy(scaled, WINDOW_END) - half.energy_eV
    assert half.step_eV == pytest.approx(moved, rel=0.05)
    integral = integral_edge(spectrum, WINDOW_END, share)
    moved = integral_energy(scaled, WINDOW_END) - integral.energy_eV
    assert integral.step_eV == pytest.approx(moved, rel=0.05)
    assert steepest_point(spectrum, WINDOW_END, 1.5).step_eV == 0.0


def test_the_kernel_is_a_part_of_the_steepest_point_only() -> None:
    y = step(width=1.0) + 0.5 * step(CENTER + 3.0, 1.0)
    found = steepest_point(edge(y), WINDOW_END, 1.5)
    assert found.kernel_eV > 0.01
    assert half_height(edge(y / 1.5), WINDOW_END, 0.0).kernel_eV == 0.0


def test_without_point_errors_there_is_no_statistical_error() -> None:
    spectrum = edge(with_white_line(), None)
    assert half_height(spectrum, WINDOW_END, 0.01).sigma_eV is None
    assert steepest_point(spectrum, WINDOW_END, 1.5).sigma_eV is None
    assert integral_edge(spectrum, WINDOW_END, 0.01).sigma_eV is None


def test_an_edge_inside_the_window_gives_no_steepest_point_and_no_half_height() -> None:
    y = step()
    with pytest.raises(SpectrafitError, match="inside the pre-edge window"):
        steepest_point(edge(y), CENTER + 0.5, 1.5)
    with pytest.raises(SpectrafitError, match="half height"):
        half_height(edge(y), CENTER + 2.0, 0.0)


def test_an_edge_that_never_levels_has_no_integral() -> None:
    with pytest.raises(SpectrafitError, match="full height"):
        integral_energy(edge(0.9 * step()), WINDOW_END)
