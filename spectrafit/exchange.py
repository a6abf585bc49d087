"""The line of an oscillator or nucleus whose surroundings jump among any number of states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["jumping_line"]

SUM_TOLERANCE = 1e-3  # that of a declared truth: tables print four digits


def jumping_line(
    x: ArrayLike,
    positions: Sequence[float],
    populations: Sequence[float],
    rate: float,
    width: float,
) -> FloatArray:
    """Return one line of unit area under random jumps among any number of states.

    The absorber leaves its state at random times and finds itself in state j with probability
    p_j, so the one-way rate from i to j is ``rate p_j``. With ``a_j = i(x - x_j) + width/2`` and
    the sum of p one::

        I(x) = (1/pi) Re{ sum_j p_j/(a_j + rate)  /  sum_j p_j a_j/(a_j + rate) }

    which for two states is the two-site line of H. M. McConnell, J. Chem. Phys. 28, 430 (1958),
    and for one state a Lorentzian. The random-jump (strong-collision) form is that of
    M. J. Clauser and M. Blume, Phys. Rev. B 3, 583 (1971), for lines that do not mix; every state
    absorbs equally strongly. Written with ``sum_j p_j a_j/(a_j + rate)`` instead of
    ``1 - rate sum_j p_j/(a_j + rate)`` it loses no digits in the fast limit.

    Parameters
    ----------
    x : array_like, shape (n,)
        Where the line is asked for, in any unit that is proportional to frequency.
    positions : sequence of float, length m
        The line in each state, in the unit of x.
    populations : sequence of float, length m
        Shares, which sum to 1 within 0.001; they are divided by their sum.
    rate : float
        Rate of jumps, for two states the sum of both one-way rates, in the unit of x: the rate in
        1/s over 2 pi times the frequency in Hz of one unit of x.
    width : float
        Full width at half maximum without exchange, in the unit of x.

    Returns
    -------
    ndarray, shape (n,)
        Per unit of x; its integral is 1 and its centroid the mean position.

    Raises
    ------
    SettingsError
        For shares that are none of one whole, a position without share, or a rate or width that
        is not positive and finite.
    """
    place, share = np.asarray(positions, dtype=float), np.asarray(populations, dtype=float)
    if place.ndim != 1 or place.shape != share.shape or place.size == 0:
        raise SettingsError(
            f"{share.size} populations for {place.size} positions",
            where="exchange line",
            do="give one for each state",
        )
    if not np.isfinite(place).all() or not (share >= 0).all():
        raise SettingsError(
            "positions must be finite and populations not negative", where="exchange line"
        )
    total = float(share.sum())
    if not abs(total - 1.0) <= SUM_TOLERANCE:
        raise SettingsError(
            f"the populations sum to {total:.4f}",
            where="exchange line",
            do="give shares of one whole",
        )
    if not (0 < rate < np.inf and 0 < width < np.inf):
        raise SettingsError(
            "the rate and the width must be positive and finite numbers", where="exchange line"
        )
    at = np.asarray(x, dtype=float)
    apart = 1j * (at[..., None] - place) + 0.5 * width
    weighted = (share / total) / (apart + rate)
    line = weighted.sum(axis=-1) / (weighted * apart).sum(axis=-1)
    return np.asarray(line.real / np.pi, dtype=np.float64)
