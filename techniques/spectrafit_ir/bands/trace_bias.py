"""What part of the change of a fixed-wavenumber trace is shift and broadening of its bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.lines.pseudo_voigt import PseudoVoigtByHeight, pseudo_voigt_by_height
from spectrafit.spectrum import FloatArray

__all__ = ["TraceBias", "trace_bias"]

# a trace is a population where shift and width explain less than this of its change
_CLEARED = 0.5


@dataclass(frozen=True, eq=False)
class TraceBias:
    """How far a trace may be read as the area of its band.

    Parameters
    ----------
    verdict : str
        ``"trace_ok"`` or ``"trace_moved"``.
    share : float
        Root mean square of the change that shift and width alone make, over that of the trace;
        above 1 where they hide a change of area. Infinite where the trace does not change beyond
        its noise.
    bias_percent : ndarray, shape (N,)
        Trace at each row over the trace that the row's areas would give at the reference row's
        positions and widths, less 1. Not a number where no band has a fitted position.
    bias_percent_sigma : ndarray, shape (N,)
        From the errors of positions and widths; 0 where none are given.
    explained : ndarray, shape (N,)
        Change of absorbance against the reference row if no area had changed.
    change : ndarray, shape (N,)
        Change of the trace against the reference row, absorbance.
    reference : int
        The reference row.
    why : str
        The verdict in words.
    """

    verdict: Literal["trace_ok", "trace_moved"]
    share: float
    bias_percent: FloatArray
    bias_percent_sigma: FloatArray
    explained: FloatArray
    change: FloatArray
    reference: int
    why: str


def trace_bias(
    T: FloatArray,
    trace: FloatArray,
    trace_sigma: FloatArray | float,
    wavenumber: float,
    positions: FloatArray,
    widths: FloatArray,
    heights: FloatArray,
    *,
    mixing: ArrayLike = 0.5,
    position_sigma: ArrayLike = 0.0,
    width_sigma: ArrayLike = 0.0,
    reference: int | None = None,
) -> TraceBias:
    """Return what the fitted positions and widths alone do to a trace.

    The bands are pseudo-Voigts. With the areas of the reference row and the positions and widths
    of every row they predict how the trace would change if no population did. That prediction
    against the change of the trace decides the verdict, noise taken off both.

    Parameters
    ----------
    T : ndarray, shape (N,)
        K.
    trace : ndarray, shape (N,)
        Absorbance at one wavenumber, above the baseline.
    trace_sigma : float or ndarray, shape (N,)
        Its noise error.
    wavenumber : float
        Where the trace was read, cm-1.
    positions, widths, heights : ndarray, shape (N,) or (N, B)
        Fitted bands that reach the wavenumber: centre and FWHM in cm-1, height in absorbance. Not
        a number where a band is absent.
    mixing : array_like, optional
        Lorentzian share of the height: one, or one a band, or one a row and band.
    position_sigma, width_sigma : array_like, optional
        Errors of positions and widths, of their shape.
    reference : int, optional
        Row; the coldest one with all bands fitted where left out.

    Returns
    -------
    TraceBias

    Raises
    ------
    SettingsError
        When the arrays do not fit together, or no row has all bands.
    """
    T, trace = np.asarray(T, dtype=float), np.asarray(trace, dtype=float)
    centre, width, height = (_columns(one, T.size) for one in (positions, widths, heights))
    share = np.array(np.broadcast_to(mixing, centre.shape), dtype=float)
    if trace.shape != T.shape or not centre.shape == width.shape == height.shape:
        raise SettingsError(
            "trace, positions, widths and heights differ in number of rows or bands"
        )
    whole = np.isfinite(centre + width + height).all(axis=1)
    row = _reference(T, np.asarray(whole), reference)
    area_unit = np.asarray(PseudoVoigtByHeight.area(0.0, width, 1.0, share))  # type: ignore[misc]
    areas = height * area_unit
    slope_c, slope_w, level = _level(wavenumber, centre, width, share, area_unit)
    absent = ~np.isfinite(level)
    explained = np.nansum(np.where(absent, 0.0, areas[row] * (level - level[row])), axis=1)
    sigma_c = _columns_of(position_sigma, centre.shape)
    sigma_w = _columns_of(width_sigma, centre.shape)
    spread = np.where(absent, 0.0, (slope_c * sigma_c) ** 2 + (slope_w * sigma_w) ** 2)
    explained_variance = (areas[row] ** 2 * (spread + spread[row])).sum(axis=1)
    explained_variance[row] = 0.0
    bias, bias_sigma = _bias(areas, level, spread, row)
    change = trace - trace[row]
    noise = np.array(np.broadcast_to(trace_sigma, trace.shape), dtype=float)
    change_variance = noise**2 + noise[row] ** 2
    change_variance[row] = 0.0
    moved = bool((np.abs(explained) > _level_of_any(T.size) * np.sqrt(explained_variance)).any())
    power_e = max(0.0, float((explained**2 - explained_variance).sum()))
    power_c = max(0.0, float((change**2 - change_variance).sum()))
    ratio = float(np.sqrt(power_e / power_c)) if power_c > 0 else (np.inf if power_e > 0 else 0.0)
    ok = ratio < _CLEARED or not moved
    why = f"shift and width explain {100 * ratio:.0f} % of the trace's change" + (
        " (within the errors of positions and widths)" if not moved else ""
    )
    if not np.isfinite(ratio):
        why = "the trace does not change beyond its noise although its band moves"
    verdict: Literal["trace_ok", "trace_moved"] = "trace_ok" if ok else "trace_moved"
    return TraceBias(verdict, ratio, 100 * bias, 100 * bias_sigma, explained, change, row, why)


def _columns(values: FloatArray, rows: int) -> FloatArray:
    array = np.asarray(values, dtype=float)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or len(array) != rows:
        raise SettingsError(f"{len(array)} rows of bands for {rows} temperatures")
    return array


def _columns_of(values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    array = np.asarray(values, dtype=float)
    array = array[:, None] if array.ndim == 1 else array
    return np.array(np.nan_to_num(np.broadcast_to(array, shape)))


def _reference(T: FloatArray, whole: NDArray[np.bool_], row: int | None) -> int:
    if row is None:
        usable = np.flatnonzero(whole)
        if not usable.size:
            raise SettingsError("no spectrum has every band fitted", do="give fewer bands")
        return int(usable[np.argmin(T[usable])])
    if not 0 <= row < T.size or not whole[row]:
        raise SettingsError(f"row {row} has not every band fitted", do="name another reference")
    return row


def _level(
    wavenumber: float, centre: FloatArray, width: FloatArray, share: FloatArray, unit: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a band of area 1 at the wavenumber, and its derivatives by centre and width."""
    value, by_centre, by_width, *_ = pseudo_voigt_by_height(wavenumber, centre, width, 1.0, share)
    # the height of a band of constant area goes as 1/width
    return by_centre / unit, (by_width - value / width) / unit, value / unit


def _bias(
    areas: FloatArray, level: FloatArray, spread: FloatArray, row: int
) -> tuple[FloatArray, FloatArray]:
    weight = np.where(np.isfinite(areas) & np.isfinite(level), np.maximum(areas, 0.0), 0.0)
    # without any absorbance the bias is still that of the shape
    present = np.where(np.isfinite(level), areas[row], 0.0)
    weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, present)
    still = (weight * level[row]).sum(axis=1)
    here = (weight * np.nan_to_num(level)).sum(axis=1)
    known = still > 0
    none = np.full(still.shape, np.nan)
    bias = np.divide(here, still, out=none.copy(), where=known) - 1.0
    both = np.sqrt((weight**2 * spread).sum(axis=1))
    return bias, np.divide(both, still, out=none.copy(), where=known)


def _level_of_any(rows: int) -> float:
    """Return how many errors one of many rows may be off in 95 % of cases (Sidak)."""
    from scipy.special import ndtri

    return float(ndtri(0.5 * (1.0 + 0.95 ** (1.0 / max(1, rows)))))
