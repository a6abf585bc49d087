"""A reference crystal: which share of p is its lattice part, and what is left as primary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.coefficient import Coefficient

__all__ = [
    "TRANSFER",
    "EinsteinSecondary",
    "Primary",
    "ReferenceShare",
    "einstein_heat_capacity",
    "primary",
    "reference_share",
]

TRANSFER = (
    "p of the reference stands for the lattice part only if expansion and piezoelectric tensors "
    "of both crystals agree and the reference moves no charge"
)
NOT_TESTABLE = "not testable: p of the sample vanishes within its error"
_ONE_SIDED_95 = 1.645  # standard deviations of a normal variable
_LEAST_SIGNAL = 3.0  # standard errors of p
_LARGEST_ARGUMENT = 700.0  # of exp


@dataclass(frozen=True, eq=False)
class ReferenceShare:
    """p of a reference over p of the sample.

    Parameters
    ----------
    temperature : ndarray, shape (n,)
        K.
    ratio : ndarray, shape (n,)
        Not a number where it is not testable.
    sigma : ndarray, shape (n,)
        Standard error: noise of both, and both areas.
    testable : ndarray of bool, shape (n,)
        Where p of the sample is three standard errors above zero, and above the least signal.
    upper : float or None
        The largest of the 95 % upper limits of |ratio|, one-sided, over the testable points.
    upper_at : float or None
        Where it is, K.
    reason : str
        Where it is not testable, and why; what the ratio rests on.
    """

    temperature: FloatArray
    ratio: FloatArray
    sigma: FloatArray
    testable: NDArray[np.bool_]
    upper: float | None
    upper_at: float | None
    reason: str


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


def reference_share(
    sample: Coefficient, reference: Coefficient, *, least_signal: float = 0.0
) -> ReferenceShare:
    """Return p of the reference over p of the sample with its upper limit.

    Parameters
    ----------
    sample : Coefficient
        On a rising grid.
    reference : Coefficient
        On its own grid, area and polarity; taken at the sample's temperatures in the common range.
    least_signal : float, optional
        Where |p| of the sample is smaller, the share is not testable, nC cm-2 K-1.

    Returns
    -------
    ReferenceShare

    Raises
    ------
    SettingsError
        When the two have no temperature in common.
    """
    T, p, other, noise, other_noise = _common(sample, reference)
    testable = np.abs(p) > np.maximum(_LEAST_SIGNAL * noise, least_signal)
    ratio, sigma = np.full(T.size, np.nan), np.full(T.size, np.nan)
    scale = np.hypot(sample.area.relative or 0.0, reference.area.relative or 0.0)
    at = testable
    ratio[at] = other[at] / p[at]
    sigma[at] = np.sqrt(
        (other_noise[at] / p[at]) ** 2
        + (ratio[at] * noise[at] / p[at]) ** 2
        + (ratio[at] * scale) ** 2
    )
    words = [TRANSFER]
    if not (sample.signed and reference.signed):
        words.append("without both polarities the share is that of magnitudes")
    if sample.area.sigma is None or reference.area.sigma is None:
        words.append("an area has no standard error, so the limit holds for exact areas")
    if not at.all():
        floor = f" or is below {least_signal:g} nC cm-2 K-1" if least_signal else ""
        words.insert(0, f"{NOT_TESTABLE}{floor}, at {_ranges(T, ~at)}")
    limits = np.where(at, np.abs(ratio) + _ONE_SIDED_95 * sigma, -np.inf)
    worst = int(np.argmax(limits))
    return ReferenceShare(
        T,
        ratio,
        sigma,
        testable,
        float(limits[worst]) if at.any() else None,
        float(T[worst]) if at.any() else None,
        "; ".join(words),
    )


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
        T, p, other, noise, other_noise = _common(sample, secondary)
    ends = np.stack([p - lowest * other, p - highest * other])
    return Primary(
        T,
        p - scale * other,
        np.hypot(noise, scale * other_noise),
        ends.min(axis=0),
        ends.max(axis=0),
    )


def _common(sample: Coefficient, reference: Coefficient) -> tuple[FloatArray, ...]:
    """Return T, p of both and their errors at the sample's temperatures in the common range."""
    there = reference.temperature
    if not (np.diff(there) > 0.0).all() or not (np.diff(sample.temperature) > 0.0).all():
        raise SettingsError("the share needs rising grids of temperature", where="reference")
    rows = (sample.temperature >= there[0]) & (sample.temperature <= there[-1])
    if not rows.any():
        raise SettingsError(
            f"the reference covers {there[0]:g}-{there[-1]:g} K, the sample "
            f"{sample.temperature[0]:g}-{sample.temperature[-1]:g} K",
            where="reference",
            do="measure both over one range",
        )
    T = sample.temperature[rows]
    other = np.interp(T, there, reference.p)
    return T, sample.p[rows], other, sample.sigma[rows], np.interp(T, there, reference.sigma)


def _ranges(T: FloatArray, rows: NDArray[np.bool_]) -> str:
    """Return the stretches of a mask in words, at most three."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(int), [0]])))
    stretches = [f"{T[a]:g}-{T[b - 1]:g} K" for a, b in zip(edges[::2], edges[1::2], strict=True)]
    more = f" and {len(stretches) - 3} more" if len(stretches) > 3 else ""
    return ", ".join(stretches[:3]) + more
