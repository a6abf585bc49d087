"""What a number of independent spins would give: chi T and the effective moment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.constants import CURIE_UNIT

__all__ = ["checked_spin", "effective_moment", "spin_only_chiT"]


def checked_spin(spin: float, where: str = "spin") -> float:
    """Return a spin that is a half of a whole number, 0 or above.

    Parameters
    ----------
    spin : float
        Like 2.5.
    where : str, optional
        For the message.

    Returns
    -------
    float

    Raises
    ------
    SettingsError
        Otherwise.
    """
    twice = 2.0 * spin
    if not (math.isfinite(twice) and twice >= 0.0 and twice == round(twice)):
        raise SettingsError(f"a spin of {spin:g}", where=where, do="give 0, 0.5, 1, 1.5, ...")
    return float(spin)


def spin_only_chiT(*spins: float, g: float = 2.0) -> float:
    """Return chi T of independent spins, ``(N muB^2/3k) g^2 sum S(S+1)``.

    Parameters
    ----------
    *spins : float
        One or several, all in one formula unit.
    g : float, optional
        Common g value.

    Returns
    -------
    float
        cm3 K/mol.

    Raises
    ------
    SettingsError
        For a spin that is no half of a whole number, or a g that is not positive.
    """
    if not 0.0 < g < math.inf:
        raise SettingsError(f"a g value of {g:g}", where="spin only", do="give a number above 0")
    return CURIE_UNIT * g * g * sum(s * (s + 1.0) for s in map(checked_spin, spins))


def effective_moment(chiT: ArrayLike) -> FloatArray:
    """Return the effective moment in Bohr magnetons, ``sqrt(3k chi T/(N muB^2))``.

    Parameters
    ----------
    chiT : array_like
        cm3 K/mol; not a number where it is below 0.

    Returns
    -------
    ndarray
    """
    values = np.asarray(chiT, dtype=float)
    return np.sqrt(np.where(values >= 0.0, values, np.nan) / CURIE_UNIT)
