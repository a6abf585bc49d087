"""Field gradients of two states in fast exchange average as tensors."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.spectrum import FloatArray

__all__ = ["angle_between", "tensor_average"]

# of a squared cosine
_ROUNDING = 1e-12


def tensor_average(
    p2: ArrayLike, first: ArrayLike, second: ArrayLike, angle_deg: ArrayLike
) -> FloatArray:
    """Return the splitting of two axial field gradients in fast exchange.

    ``QS^2 = p1^2 Q1^2 + p2^2 Q2^2 + 2 p1 p2 Q1 Q2 P2(cos b)``: the square of the mean tensor, whose
    scalar product of two axial ones is P2 of the angle between their axes (Legendre). For any axes,
    signs and eta the triangle inequality holds, ``QS <= p1 |Q1| + p2 |Q2|``.

    Parameters
    ----------
    p2 : array_like
        Population of state 2.
    first, second : array_like
        Splittings with the signs of Vzz, mm/s.
    angle_deg : array_like
        b, between the axes, degrees.

    Returns
    -------
    ndarray
        mm/s, not negative.
    """
    share, one, other = (np.asarray(v, dtype=float) for v in (p2, first, second))
    legendre = 1.5 * np.cos(np.radians(np.asarray(angle_deg, dtype=float))) ** 2 - 0.5
    both = 2.0 * share * (1.0 - share) * one * other * legendre
    square = ((1.0 - share) * one) ** 2 + (share * other) ** 2 + both
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))


def angle_between(splitting: float, p2: float, first: float, second: float) -> float | None:
    """Return the angle between axial field gradients that a splitting and a population ask for.

    Parameters
    ----------
    splitting : float
        Observed, mm/s.
    p2 : float
        Population of state 2.
    first, second : float
        Splittings with the signs of Vzz, mm/s.

    Returns
    -------
    float or None
        0 to 90 degrees; None where no angle gives it.
    """
    p1 = 1.0 - p2
    cross = 2.0 * p1 * p2 * first * second
    if cross == 0.0:
        return None
    legendre = (splitting**2 - (p1 * first) ** 2 - (p2 * second) ** 2) / cross
    square = (legendre + 0.5) / 1.5
    if not -_ROUNDING <= square <= 1.0 + _ROUNDING:
        return None
    return float(np.degrees(np.arccos(np.sqrt(np.clip(square, 0.0, 1.0)))))
