"""A reference crystal: which share of p is its lattice part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.coefficient import Coefficient

__all__ = [
    "NOT_TESTABLE",
    "TRANSFER",
    "ReferenceShare",
    "common_values",
    "reference_share",
]

TRANSFER = (
    "p of the reference stands for the lattice part only if expansion and piezoelectric tensors "
    "of both crystals agree and the reference moves no charge"
)
NOT_TESTABLE = "not testable: p of the sample vanishes within its error"
_ONE_SIDED_95 = 1.645  # standard deviations of a normal variable
_LEAST_SIGNAL = 3.0  # standard errors of p


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
        The largest of the 95 % upper limits of ``|ratio|``, one-sided, over the testable points.
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
        Where ``|p|`` of the sample is smaller, the share is not testable, nC cm-2 K-1.

    Returns
    -------
    ReferenceShare

    Raises
    ------
    SettingsError
        When the two have no temperature in common.
    """
    T, p, other, noise, other_noise = common_values(sample, reference)
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


def common_values(sample: Coefficient, reference: Coefficient) -> tuple[FloatArray, ...]:
    """Return both coefficients at the sample's temperatures in the common range.

    Parameters
    ----------
    sample, reference : Coefficient
        On rising grids.

    Returns
    -------
    tuple of ndarray
        T (K), p of sample and reference, and their errors from noise (nC cm-2 K-1).

    Raises
    ------
    SettingsError
        When the two have no temperature in common.
    """
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
    stretches = [
        f"{T[a]:g} K" if b - a == 1 else f"{T[a]:g}-{T[b - 1]:g} K"
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    more = f" and {len(stretches) - 3} more" if len(stretches) > 3 else ""
    return ", ".join(stretches[:3]) + more
