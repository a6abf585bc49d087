"""The line of a nucleus whose surroundings jump among any number of states, without derivatives."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from spectrafit.exchange import jumping_line
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.constants import KAPPA

__all__ = ["exchange_line"]


def exchange_line(
    velocity: ArrayLike,
    positions: Sequence[float],
    populations: Sequence[float],
    k_ex: float,
    width: float,
) -> FloatArray:
    """Return one line of unit area under random jumps among any number of states.

    It is `spectrafit.exchange.jumping_line` with the rate ``k_ex/KAPPA``, in mm/s.

    Parameters
    ----------
    velocity : array_like, shape (n,)
        mm/s.
    positions : sequence of float, length m
        The line in each state, mm/s.
    populations : sequence of float, length m
        Shares, which sum to 1 within 0.001; they are divided by their sum.
    k_ex : float
        Rate of jumps, 1/s; for two states k12 + k21.
    width : float
        Full width at half maximum without exchange, mm/s.

    Returns
    -------
    ndarray, shape (n,)
        Per mm/s; its integral is 1 and its centroid the mean position.

    Raises
    ------
    SettingsError
        For shares that are none of one whole, a position without share, or a rate or width that
        is not positive and finite.
    """
    return jumping_line(velocity, positions, populations, k_ex / KAPPA, width)
