"""Lines of water vapour or carbon dioxide: found in residuals, fitted by a given spectrum of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = [
    "NarrowLine",
    "NarrowLines",
    "VapourFactor",
    "narrow_lines",
    "vapour_factor",
    "without_vapour",
]

WIDEST = 3.0
"""FWHM in cm-1 below which no band of a solid lies, but every line of a gas at usual resolution."""
_SMOOTHED = 3.0  # widths of a line that the local quartic spans
_SHUFFLES = 199
_LEVEL = 0.01
_SEEN = 4.0  # standard deviations of a line in the common pattern
_FEWEST_LINES = 3
_SEED = 1
_NOISY = 0.1  # share of noise in the power of a vapour spectrum that lowers the factor noticeably


@dataclass(frozen=True)
class NarrowLine:
    """One narrow line that the residuals of several spectra share.

    Parameters
    ----------
    position, fwhm : float
        cm-1.
    significance : float
        Height in the common pattern over its noise.
    """

    position: float
    fwhm: float
    significance: float


@dataclass(frozen=True)
class NarrowLines:
    """Whether residuals hold narrow lines that go together.

    Parameters
    ----------
    found : bool
        Whether at least three lines narrower than 3 cm-1 are shared with p up to .01.
    p_value : float
        How often rows shifted against each other have a common pattern as strong; not a number
        where `reason` says why.
    lines : tuple of NarrowLine
        By position.
    factors : tuple of float
        Strength of the pattern in each row, the largest 1 in size; empty where none is found.
    reason : str
        Why nothing can be said; empty where something can.
    """

    found: bool
    p_value: float
    lines: tuple[NarrowLine, ...] = ()
    factors: tuple[float, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class VapourFactor:
    """How much of a vapour spectrum a spectrum holds.

    Parameters
    ----------
    factor, sigma : float
        Multiple of the vapour spectrum, and its standard uncertainty from white noise.
    reason : str
        Why the factor is to be doubted; empty where it is not.
    """

    factor: float
    sigma: float
    reason: str = ""


def _quartic_weights(x: FloatArray) -> FloatArray:
    """Return the weights of a local quartic's value, over three times the widest line."""
    step = float(np.median(np.diff(x)))
    half = max(3, round(0.5 * _SMOOTHED * WIDEST / step))
    u = np.arange(-half, half + 1) / half
    basis = np.linalg.qr(np.vander(u, 5))[0]
    return np.asarray(basis @ basis[half])


def _sharp(y: FloatArray, weights: FloatArray) -> FloatArray:
    """Return what a local quartic leaves, without the ends that it does not reach."""
    half = weights.size // 2
    return y[half : y.size - half] - np.convolve(y, weights, "valid")


def narrow_lines(x: ArrayLike, residuals: ArrayLike) -> NarrowLines:
    """Return the narrow lines that the residuals of several spectra share.

    Broad misfit is taken off by a local quartic. The leading common pattern of the rows is
    compared with that of 199 stacks whose rows are shifted against each other at random: these keep
    the noise of each row, correlated or not, and no common line.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, rising, even.
    residuals : array_like, shape (N, n)
        Measured minus fitted absorbance, a row a spectrum.

    Returns
    -------
    NarrowLines

    Raises
    ------
    SettingsError
        When the shapes do not fit.
    """
    x, R = np.asarray(x, dtype=float), np.atleast_2d(np.asarray(residuals, dtype=float))
    if x.ndim != 1 or R.ndim != 2 or R.shape[1] != x.size:
        raise SettingsError(f"x has shape {x.shape}, the residuals {R.shape}", where="vapour")
    if len(R) < 3:
        return NarrowLines(False, math.nan, reason=f"{len(R)} spectra: three or more are compared")
    step = float(np.median(np.diff(x))) if x.size > 1 else math.inf
    if 2.0 * step > WIDEST:
        reason = f"points {step:.2g} cm-1 apart do not show lines of {WIDEST:g} cm-1"
        return NarrowLines(False, math.nan, reason=reason)
    weights = _quartic_weights(x)
    if x.size < 4 * weights.size:
        return NarrowLines(False, math.nan, reason=f"{x.size} points are too few")
    sharp = np.stack([_sharp(row, weights) for row in R])
    sizes = np.sqrt(np.mean(sharp**2, axis=1, keepdims=True))
    if not (sizes > 0).all():
        return NarrowLines(False, math.nan, reason="a residual is zero everywhere")
    rows = sharp / sizes
    value, pattern = _leading(rows)
    p_value = _p_value(rows, value)
    axis = x[weights.size // 2 :][: rows.shape[1]]
    # the projection of rows of unit noise on a unit vector has unit noise
    common = pattern @ rows
    lines = _lines(axis, common)
    found = p_value <= _LEVEL and len(lines) >= _FEWEST_LINES
    strength = pattern * sizes[:, 0]
    strength = strength / strength[np.argmax(np.abs(strength))]
    return NarrowLines(
        found, p_value, lines if found else (), tuple(strength.tolist()) if found else ()
    )


def _leading(rows: FloatArray) -> tuple[float, FloatArray]:
    """Return the largest eigenvalue of the rows' products, and its vector."""
    values, vectors = np.linalg.eigh(rows @ rows.T)
    return float(values[-1]), np.asarray(vectors[:, -1])


def _p_value(rows: FloatArray, value: float) -> float:
    random = np.random.default_rng(_SEED)
    reached = 0
    for _ in range(_SHUFFLES):
        shifts = random.integers(0, rows.shape[1], len(rows))
        moved = np.stack([np.roll(row, by) for row, by in zip(rows, shifts, strict=True)])
        reached += _leading(moved)[0] >= value
    return (1 + reached) / (1 + _SHUFFLES)


def _lines(x: FloatArray, common: FloatArray) -> tuple[NarrowLine, ...]:
    size = np.abs(common)
    # of most points, since the lines themselves are few
    noise = 1.4826 * float(np.median(size))
    inner = size[1:-1]
    tops = 1 + np.flatnonzero((inner > size[:-2]) & (inner >= size[2:]) & (inner > _SEEN * noise))
    lines = []
    for top in tops.tolist():
        signed = common * np.sign(common[top])
        width = _width(x, signed, top)
        if width < WIDEST:
            lines.append(NarrowLine(float(x[top]), width, float(size[top] / noise)))
    return tuple(lines)


def _width(x: FloatArray, y: FloatArray, top: int) -> float:
    """Return the full width at half of a maximum, by straight lines between points."""
    half = 0.5 * y[top]
    ends = []
    for direction in (-1, 1):
        at = top
        while 0 <= at + direction < y.size and y[at] > half:
            at += direction
        inside = at - direction
        share = (y[inside] - half) / (y[inside] - y[at]) if y[at] <= half else 1.0
        ends.append(abs(x[inside] + share * (x[at] - x[inside]) - x[top]))
    return float(sum(ends))


def vapour_factor(
    x: ArrayLike, y: ArrayLike, vapour: ArrayLike, sigma: float, *, vapour_sigma: float = 0.0
) -> VapourFactor:
    """Return the multiple of a vapour spectrum that explains the narrow lines of a spectrum.

    Least squares of what a local quartic leaves of both, so that bands and baselines, which are
    broader, do not count. Nothing is subtracted.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, rising, even: the range with lines of the gas.
    y : array_like, shape (n,)
        Absorbance of the sample, or the residual of a fit.
    vapour : array_like, shape (n,)
        Absorbance of the gas on the same axis, at the same resolution.
    sigma : float
        White-noise standard deviation of y.
    vapour_sigma : float, optional
        That of the vapour spectrum, which lowers the factor.

    Returns
    -------
    VapourFactor

    Raises
    ------
    SettingsError
        When the arrays are not equally long, too short, or the vapour spectrum has no narrow lines.
    """
    x, y, vapour = (np.asarray(one, dtype=float) for one in (x, y, vapour))
    if not x.shape == y.shape == vapour.shape or x.ndim != 1:
        raise SettingsError(
            f"{x.size} wavenumbers, {y.size} values, {vapour.size} of the vapour",
            where="vapour",
            do="measure the vapour with the resolution and zero filling of the sample",
        )
    weights = _quartic_weights(x)
    if x.size < 2 * weights.size:
        raise SettingsError(f"{x.size} points are too few", where="vapour", do="widen the range")
    lines = _sharp(vapour, weights)
    power = float(lines @ lines)
    if not power > 0:
        raise SettingsError("the vapour spectrum has no narrow lines", where="vapour")
    # factor = w y with w = H'H v / (v'H'H v), H what the local quartic leaves
    filtered = _back(lines, weights) / power
    noise = vapour_sigma**2 * lines.size * (1.0 - float(weights[weights.size // 2]))
    reason = ""
    if noise > _NOISY * power:
        reason = f"{100.0 * noise / power:.0f} % of the vapour spectrum's fine structure is noise"
    factor = float(filtered @ y)
    return VapourFactor(factor, sigma * float(np.sqrt(filtered @ filtered)), reason)


def _back(lines: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the transpose of `_sharp` applied to its values."""
    half = weights.size // 2
    full = -np.convolve(lines, weights[::-1], "full")
    full[half : half + lines.size] += lines
    return full


def without_vapour(y: ArrayLike, vapour: ArrayLike, factor: VapourFactor) -> NDArray[np.float64]:
    """Return a spectrum less its share of a vapour spectrum.

    Parameters
    ----------
    y : array_like, shape (n,)
        Absorbance.
    vapour : array_like, shape (n,)
        Of the gas, on the same axis.
    factor : VapourFactor
        From `vapour_factor`.

    Returns
    -------
    ndarray, shape (n,)
    """
    return np.asarray(y, dtype=float) - factor.factor * np.asarray(vapour, dtype=float)
