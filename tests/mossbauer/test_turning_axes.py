"""Hopping with turning axes: the whole relaxation matrix, its limits, derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.hopping import HoppingDoublet
from spectrafit_mossbauer.tensor import tensor_average
from spectrafit_mossbauer.turning_axes import TurningDoublet, axial_overlap, tensor_overlap

X = np.linspace(-3.0, 5.0, 161)
Tensor = NDArray[np.float64]


def spin() -> list[NDArray[np.complex128]]:
    m = np.array([1.5, 0.5, -0.5, -1.5])
    up = np.diag(np.sqrt(15.0 / 4.0 - m[1:] * (m[1:] + 1.0)), 1).astype(complex)
    return [0.5 * (up + up.T), -0.5j * (up - up.T), np.diag(m).astype(complex)]


def gradient(eta: float, angle: float) -> Tensor:
    """Return a field gradient of Vzz 1 turned about y."""
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    return np.asarray(turn @ np.diag([-0.5 * (1 - eta), -0.5 * (1 + eta), 1.0]) @ turn.T)


def whole_matrix(
    states: list[tuple[float, float, Tensor]], p2: float, k: float, width: float
) -> NDArray[np.float64]:
    """Return the line from the 8 x 8 matrix of the excited level in both states."""
    parts = []
    for shift, splitting, tensor in states:
        i = spin()
        h = sum(tensor[a, b] * i[a] @ i[b] for a in range(3) for b in range(3))
        levels = np.linalg.eigvalsh(h)
        parts.append((shift, h * splitting / (levels[-1] - levels[0])))
    jumps = np.kron(k / KAPPA * np.array([[-p2, p2], [1 - p2, -(1 - p2)]]), np.eye(4))
    start = np.kron([1 - p2, p2], np.eye(4))
    found = []
    for v in X:
        rows = np.zeros((8, 8), dtype=complex)
        for j, (shift, h) in enumerate(parts):
            part = slice(4 * j, 4 * j + 4)
            rows[part, part] = (0.5 * width + 1j * (v - shift)) * np.eye(4) - 1j * h
        ones = np.vstack([np.eye(4), np.eye(4)])
        found.append(np.trace(start @ np.linalg.solve(rows - jumps, ones)).real / (4 * np.pi))
    return np.array(found)


@pytest.mark.parametrize("log_k", [6.0, 8.0, 9.0, 11.0])
@pytest.mark.parametrize(("eta", "angle"), [(0.0, 90.0), (0.0, 30.0), (0.6, 50.0)])
def test_the_closed_form_is_the_whole_matrix(log_k: float, eta: float, angle: float) -> None:
    first, second = gradient(0.0, 0.0), gradient(eta, np.radians(angle))
    states = [(0.5, 1.0, first), (1.1, 2.5, second)]
    overlap = tensor_overlap(first, second)
    if eta == 0.0:
        assert overlap == pytest.approx(axial_overlap(angle))
    p = (0.5, 1.0, 1.1, 2.5, 0.4, log_k, 0.25, 1.0, overlap)
    other = whole_matrix(states, 0.4, 10.0**log_k, 0.25)
    assert np.abs(TurningDoublet.function(X, *p)[0] - other).max() < 1e-9


def test_common_axes_are_the_plain_hopping_doublet_and_opposite_ones_its_pairing() -> None:
    for log_k in (7.0, 8.5, 10.0):
        p = (0.4, log_k, 0.25, 1.0)
        same = TurningDoublet.function(X, 0.5, 1.0, 1.1, 2.5, *p, 1.0)
        plain = HoppingDoublet.function(X, 0.5, 1.0, 1.1, 2.5, *p)
        for one, other in zip(same, plain, strict=False):
            assert np.allclose(one, other, rtol=1e-9, atol=1e-10)
        opposite = TurningDoublet.function(X, 0.5, 1.0, 1.1, 2.5, *p, -1.0)[0]
        paired = HoppingDoublet.function(X, 0.5, 1.0, 1.1, -2.5, *p)[0]
        assert np.allclose(opposite, paired, rtol=1e-9, atol=1e-10)


def test_the_fast_limit_is_a_doublet_of_the_mean_tensor() -> None:
    for angle in (0.0, 30.0, 54.7356, 90.0):
        splitting = float(tensor_average(0.5, 1.0, 2.5, angle))
        p = (0.5, 1.0, 1.1, 2.5, 0.5, 14.0, 0.25, 1.0, axial_overlap(angle))
        mean = HoppingDoublet.function(X, 0.8, splitting, 0.8, splitting, 0.5, 14.0, 0.25, 1.0)[0]
        assert np.abs(TurningDoublet.function(X, *p)[0] - mean).max() < 1e-5 * mean.max()


def test_the_slow_limit_is_both_doublets() -> None:
    p = (0.5, 1.0, 1.1, 2.5, 0.3, 2.0, 0.25, 1.0)
    turned, plain = TurningDoublet.function(X, *p, -0.5)[0], HoppingDoublet.function(X, *p)[0]
    assert np.abs(turned - plain).max() < 1e-5 * plain.max()


def test_derivatives_agree_with_central_differences() -> None:
    assert TurningDoublet.draw is not None
    rng = np.random.default_rng(5)
    for _ in range(20):
        p = TurningDoublet.draw(rng)
        _, *slopes = TurningDoublet.function(X, *p)
        for j, slope in enumerate(slopes):
            step = 1e-5 * max(1.0, abs(p[j]))
            up = TurningDoublet.function(X, *p[:j], p[j] + step, *p[j + 1 :])[0]
            down = TurningDoublet.function(X, *p[:j], p[j] - step, *p[j + 1 :])[0]
            difference = (up - down) / (2 * step)
            assert np.abs(slope - difference).max() <= 1e-6 * max(1.0, np.abs(difference).max())


def test_known_answers() -> None:
    for known in TurningDoublet.known:
        found = TurningDoublet.function(np.array([known.x]), *known.parameters)[0][0]
        assert found == pytest.approx(known.value, rel=1e-9)


def test_what_is_no_field_gradient_is_refused() -> None:
    good = gradient(0.2, 0.3)
    for bad in (np.eye(3), np.zeros((3, 3)), good + np.triu(np.ones((3, 3)), 1), np.ones(3)):
        with pytest.raises(SettingsError, match="traceless"):
            tensor_overlap(good, bad)
