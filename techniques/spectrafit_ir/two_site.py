"""The line of an oscillator that exchanges between two states, and the rates that go with it."""

from __future__ import annotations

import math
from typing import Final

from numpy.typing import ArrayLike

from spectrafit.constants import LIGHT_SPEED
from spectrafit.errors import SettingsError
from spectrafit.exchange import jumping_line
from spectrafit.spectrum import FloatArray

__all__ = ["RATE_OF_WIDTH", "coalescence_rate", "rate_of_width", "two_site_line"]

_WHERE = "exchange line"

RATE_OF_WIDTH: Final = math.pi * 100.0 * LIGHT_SPEED
"""1/s per cm-1, 9.4183e10: pi c, the out-rate that widens a band by 1 cm-1 (full width)."""


def rate_of_width(width: float) -> float:
    """Return the out-rate that widens a band by so much in slow exchange, ``k = pi c w``.

    Parameters
    ----------
    width : float
        Growth of the full width at half maximum, cm-1.

    Returns
    -------
    float
        1/s.
    """
    return RATE_OF_WIDTH * width


def coalescence_rate(separation: float) -> float:
    """Return the out-rate at which two bands of equal populations become one.

    ``k_A = pi c dnu/sqrt 2``: H. S. Gutowsky and C. H. Holm, J. Chem. Phys. 25, 1228 (1956), for
    bands much narrower than their distance.

    Parameters
    ----------
    separation : float
        cm-1.

    Returns
    -------
    float
        1/s.
    """
    return RATE_OF_WIDTH * separation / math.sqrt(2.0)


def two_site_line(
    x: ArrayLike, positions: tuple[float, float], k_a: float, k_b: float, width: float
) -> FloatArray:
    """Return the line of unit area of an oscillator that exchanges between two states.

    Populations follow from detailed balance, ``p_A k_A = p_B k_B``.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1.
    positions : tuple of float
        Of bands A and B, cm-1.
    k_a, k_b : float
        Rates out of A and out of B, 1/s.
    width : float
        Full width at half maximum without exchange, cm-1.

    Returns
    -------
    ndarray, shape (n,)
        Per cm-1.

    Raises
    ------
    SettingsError
        For a rate or width that is not positive and finite.
    """
    if not (0 < k_a < math.inf and 0 < k_b < math.inf):
        raise SettingsError("both rates must be positive and finite", where=_WHERE)
    both = k_a + k_b
    rate = both / (2.0 * RATE_OF_WIDTH)
    return jumping_line(x, positions, (k_b / both, k_a / both), rate, width)
