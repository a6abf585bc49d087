"""What a number owes to the choice of the baseline: its spread over several methods."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.errors import FitError, SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.baseline.methods import baselines_of

__all__ = ["SPREAD_METHODS", "BaselineSpread", "area_spread", "baseline_spread"]

SPREAD_METHODS = ("linear", "rubberband", "arpls")
# of the median: a baseline further off follows the band instead of the ground
_OUTLIER = 0.2


@dataclass(frozen=True, eq=False)
class BaselineSpread:
    """A number of each spectrum under several baselines.

    Parameters
    ----------
    methods : tuple of str
        In the order asked for.
    values : ndarray, shape (M, N)
        One row a method; not a number where a method gave none.
    median : ndarray, shape (N,)
        Over the methods that count.
    half_range : ndarray, shape (N,)
        Half the distance of the lowest and the highest that count; not a number with `reason`.
    excluded : tuple of (str, str)
        Methods that do not count, and why.
    reason : str
        Why there is no spread, empty where there is one.
    """

    methods: tuple[str, ...]
    values: FloatArray
    median: FloatArray
    half_range: FloatArray
    excluded: tuple[tuple[str, str], ...]
    reason: str

    @property
    def sigma(self) -> FloatArray:
        """Standard uncertainty, ``half_range/sqrt(3)``: all between is equally likely.

        JCGM 100:2008, 4.3.7.
        """
        return self.half_range / math.sqrt(3.0)


def baseline_spread(
    x: FloatArray,
    Y: FloatArray,
    measure: Callable[[FloatArray, FloatArray], FloatArray],
    methods: Sequence[str] = SPREAD_METHODS,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> BaselineSpread:
    """Return a number of every spectrum under several baselines.

    A method whose values lie more than a fifth of the median off (in the median over the series;
    measured against the largest median of the series, so that a band that vanishes excludes
    nothing) does not count and is named.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending; the window.
    Y : ndarray, shape (N, n)
        Absorbance.
    measure : callable
        ``measure(x, corrected) -> ndarray, shape (N,)``: an area, a trace.
    methods : sequence of str, optional
        Of `spectrafit_ir.baseline.methods.METHODS`.
    options : mapping of str to mapping, optional
        Options by method.

    Returns
    -------
    BaselineSpread

    Raises
    ------
    SettingsError
        When no method is named, or for an unknown method or option.
    """
    if not methods:
        raise SettingsError("no baseline for the spread", do="name two methods or more")
    Y = np.atleast_2d(np.asarray(Y, dtype=float))
    values = np.full((len(methods), len(Y)), np.nan)
    excluded: dict[str, str] = {}
    for i, method in enumerate(methods):
        try:
            under = baselines_of(x, Y, method, **dict((options or {}).get(method, {})))
        except FitError as error:
            excluded[method] = error.what
            continue
        values[i] = measure(x, Y - under)
    given = np.array([method not in excluded for method in methods], dtype=bool)
    if given.any():
        middle = np.median(values[given], axis=0)
        scale = float(np.abs(middle).max(initial=0.0))
        for i in np.flatnonzero(given).tolist():
            off = float(np.median(values[i] - middle))
            if abs(off) > _OUTLIER * scale:
                excluded[methods[i]] = f"{off:+.3g} off the median of {_range_text(middle)}"
    counted = np.array([method not in excluded for method in methods], dtype=bool)
    none = np.full(len(Y), np.nan)
    median = np.median(values[counted], axis=0) if counted.any() else none
    enough = int(counted.sum()) >= 2
    reason = "" if enough else f"{int(counted.sum())} of {len(methods)} baselines can be compared"
    return BaselineSpread(
        methods=tuple(methods),
        values=values,
        median=median,
        half_range=0.5 * np.ptp(values[counted], axis=0) if enough else none,
        excluded=tuple(excluded.items()),
        reason=reason,
    )


def area_spread(
    x: FloatArray,
    Y: FloatArray,
    methods: Sequence[str] = SPREAD_METHODS,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> BaselineSpread:
    """Return the trapezoid areas over the whole window under several baselines.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending; the window.
    Y : ndarray, shape (N, n)
        Absorbance.
    methods : sequence of str, optional
        Of `spectrafit_ir.baseline.methods.METHODS`.
    options : mapping of str to mapping, optional
        Options by method.

    Returns
    -------
    BaselineSpread
        Absorbance cm-1.

    Raises
    ------
    SettingsError
        As of `baseline_spread`.
    """
    return baseline_spread(x, Y, _area, methods, options)


def _area(x: FloatArray, corrected: FloatArray) -> FloatArray:
    return np.asarray(np.trapezoid(corrected, x, axis=1))


def _range_text(values: FloatArray) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
