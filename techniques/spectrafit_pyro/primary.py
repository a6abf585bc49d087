"""The primary part of p: what is left without the lattice part of a reference or a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.reference import common_values

__all__ = ["EinsteinSecondary", "Primary", "einstein_heat_capacity", "primary"]

_LARGEST_ARGUMENT = 700.0  # of exp


@dataclass(frozen=True, eq=False)
class Primary:
    """The part of p that the reference does not have.

    Parameters
    ----------
    temperature : ndarray, shape (n,)
        K.
    p : ndarray, shape (n,)
        p of the sample less scale times p of the reference, nC cm-2 K-1.
    sigma : ndarray, shape (n,)
        Standard error from noise, nC cm-2 K-1.
    low, high : ndarray, shape (n,)
        With the ends of the range of the scale, nC cm-2 K-1: a systematic error.
    """

    temperature: FloatArray
    p: FloatArray
    sigma: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class EinsteinSecondary:
    """A secondary part that follows the heat capacity of one Einstein oscillator.

    Parameters
    ----------
    at_300 : float
        nC cm-2 K-1 at 300 K.
    theta : float, optional
        Einstein temperature, K; 150 K is an assumption, not a measurement.
    """

    at_300: float
    theta: float = 150.0

    def p(self, T: ArrayLike) -> FloatArray:
        """Return the secondary part at temperatures.

        Parameters
        ----------
        T : array_like
            K.

        Returns
        -------
        ndarray
            nC cm-2 K-1.
        """
        shape = einstein_heat_capacity(T, self.theta) / einstein_heat_capacity(300.0, self.theta)
        return np.asarray(self.at_300 * shape)


def einstein_heat_capacity(T: ArrayLike, theta: float) -> FloatArray:
    """Return the heat capacity of an Einstein oscillator, in units of k.

    ``x^2 e^x / (e^x - 1)^2`` with x = theta/T: A. Einstein, Ann. Phys. 327, 180 (1907).

    Parameters
    ----------
    T : array_like
        K, above 0.
    theta : float
        K, above 0.

    Returns
    -------
    ndarray
        1 far above theta, 0 at 0 K.

    Raises
    ------
    SettingsError
        For a temperature or theta that is not above 0 K.
    """
    temperature = np.asarray(T, dtype=np.float64)
    if not (temperature > 0.0).all() or not theta > 0.0:
        raise SettingsError("temperatures and theta must be above 0 K", where="heat capacity")
    half = 0.5 * np.minimum(theta / temperature, _LARGEST_ARGUMENT)
    return np.asarray((half / np.sinh(half)) ** 2)


def primary(
    sample: Coefficient,
    secondary: Coefficient | EinsteinSecondary,
    *,
    scale: float = 1.0,
    scale_range: tuple[float, float] = (0.0, 1.5),
) -> Primary:
    """Return ``p - scale p_ref``, with the range of the scale as a systematic error.

    Parameters
    ----------
    sample : Coefficient
        With polarity.
    secondary : Coefficient or EinsteinSecondary
        Of a reference crystal, or a model where there is none.
    scale : float, optional
        Share of the reference that is taken off.
    scale_range : (float, float), optional
        What it may be.

    Returns
    -------
    Primary

    Raises
    ------
    SettingsError
        When a sign is not known, the scale is outside its range, or no temperature is common.
    """
    lowest, highest = scale_range
    if not 0.0 <= lowest <= scale <= highest < np.inf:
        raise SettingsError(
            f"a scale of {scale:g} outside {lowest:g} to {highest:g}",
            where="primary",
            do="give one within its range, from 0 on",
        )
    signed = sample.signed and (isinstance(secondary, EinsteinSecondary) or secondary.signed)
    if not signed:
        raise SettingsError(
            "magnitudes cannot be subtracted", where="primary", do="give the polarity of both runs"
        )
    if isinstance(secondary, EinsteinSecondary):
        T, p, noise = sample.temperature, sample.p, sample.sigma
        other, other_noise = secondary.p(T), np.zeros(T.size)
    else:
        T, p, other, noise, other_noise = common_values(sample, secondary)
    ends = np.stack([p - lowest * other, p - highest * other])
    return Primary(
        T,
        p - scale * other,
        np.hypot(noise, scale * other_noise),
        ends.min(axis=0),
        ends.max(axis=0),
    )
