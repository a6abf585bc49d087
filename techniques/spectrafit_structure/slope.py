"""How lengths change with temperature: a weighted line, and the correction for libration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit_structure.uncertainty import Measured

__all__ = ["Slope", "length_slope", "libration_corrected"]


@dataclass(frozen=True)
class Slope:
    """The straight line of a length over temperature.

    Parameters
    ----------
    slope : Measured
        Å/K; its s.u. times sqrt(max(1, chi2_red)).
    at_middle : Measured
        Å, at the weighted middle of the temperatures, where it does not depend on the slope.
    middle : float
        K.
    chi2_red : float or None
        None for two points, which any line meets.
    z : float or None
        Slope over its s.u.
    """

    slope: Measured
    at_middle: Measured
    middle: float
    chi2_red: float | None
    z: float | None


def length_slope(temperatures: Sequence[float], lengths: Sequence[Measured]) -> Slope:
    """Return the weighted straight line through lengths, as above a transition.

    Parameters
    ----------
    temperatures : sequence of float
        K.
    lengths : sequence of Measured
        Å, one for each temperature. Without s.u. they weigh alike, and the result has none.

    Returns
    -------
    Slope

    Raises
    ------
    SettingsError
        When there are not two temperatures, or the counts differ.
    """
    T = np.asarray(temperatures, dtype=float)
    if len(T) != len(lengths):
        raise SettingsError(f"{len(T)} temperatures for {len(lengths)} lengths")
    if not np.isfinite(T).all() or len(np.unique(T)) < 2:
        raise SettingsError(
            "a slope needs lengths at two temperatures at least",
            do="give more structures above the transition",
        )
    values = np.array([each.value for each in lengths])
    bare = next((each for each in lengths if each.su is None), None)
    sigma = np.array([each.su if bare is None else 1.0 for each in lengths], dtype=float)
    weights = sigma**-2
    total = float(weights.sum())
    middle = float((weights * T).sum()) / total
    mean = float((weights * values).sum()) / total
    spread = float((weights * (T - middle) ** 2).sum())
    slope = float((weights * (T - middle) * values).sum()) / spread
    if bare is not None:
        unknown = bare.reason
        return Slope(
            Measured(slope, None, unknown), Measured(mean, None, unknown), middle, None, None
        )
    freedom = len(T) - 2
    residuals = values - mean - slope * (T - middle)
    chi2_red = float((weights * residuals**2).sum()) / freedom if freedom else None
    scale = math.sqrt(max(1.0, chi2_red or 0.0))
    su = scale / math.sqrt(spread)
    at_middle = Measured(mean, scale / math.sqrt(total))
    return Slope(Measured(slope, su), at_middle, middle, chi2_red, slope / su)


def libration_corrected(length: Measured, vector: ArrayLike, libration: ArrayLike) -> Measured:
    """Return a length corrected for the libration of the rigid group that holds the bond.

    Parameters
    ----------
    length : Measured
        Å, apparent.
    vector : array_like, shape (3,)
        Along the bond, Cartesian, of any length above 0.
    libration : array_like, shape (3, 3)
        rad2, the tensor L of a TLS analysis in the same axes.

    Returns
    -------
    Measured
        Å, d [1 + (tr L - n L n)/2] with n the unit vector along the bond: an arc is longer than
        its chord, second order in the angle (rigid-body analysis of V. Schomaker and K. N.
        Trueblood, Acta Cryst. B24, 63 (1968); International Tables for Crystallography B, 1.2.11).

    Raises
    ------
    SettingsError
        When L is not symmetric with mean squares that are not negative, or the vector is zero.
    """
    L, direction = np.asarray(libration, dtype=float), np.asarray(vector, dtype=float)
    norm = float(np.linalg.norm(direction)) if direction.shape == (3,) else math.nan
    if not (math.isfinite(norm) and norm > 0):
        raise SettingsError("the bond has no direction")
    if L.shape != (3, 3) or not np.isfinite(L).all() or not np.allclose(L, L.T):
        raise SettingsError("L is no symmetric tensor of 3 x 3 numbers", do="give it in rad2")
    largest = float(np.abs(L).max())
    if float(np.linalg.eigvalsh(L).min()) < -1e-9 * largest:
        raise SettingsError("L has a negative mean-square libration", do="check the TLS analysis")
    unit = direction / norm
    factor = 1.0 + 0.5 * float(np.trace(L) - unit @ L @ unit)
    su = None if length.su is None else length.su * factor
    return Measured(length.value * factor, su, length.reason)
