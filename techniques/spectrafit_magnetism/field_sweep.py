"""M(H) at one temperature: its slope, whether it is a straight line, and the two ways of the field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.log import MomentLog

__all__ = ["FieldLine", "field_line"]

_FEWEST = 5
MOST_CURVED = 0.01
"""Largest difference of the slopes of the inner and of the outer half of fields, relative, at which a
line is taken for straight."""


@dataclass(frozen=True, eq=False)
class FieldLine:
    """A straight line through M(H).

    Parameters
    ----------
    slope, offset : float
        emu/Oe and emu.
    sigma : float
        Standard error of the slope from the scatter about the line, emu/Oe.
    used : ndarray of bool, shape (n,)
        Rows that the line goes through.
    residual : ndarray, shape (n,)
        Moment less line, emu.
    curvature : float
        Slope of the inner half of fields over that of the outer half, less 1.
    remanence : float
        Moment at H = 0 with the field falling less that with it rising, emu; 0 where one way is not
        there.
    verdict : str
        ``"linear"``, or ``"not linear: ..."``.
    """

    slope: float
    offset: float
    sigma: float
    used: NDArray[np.bool_]
    residual: FloatArray
    curvature: float
    remanence: float
    verdict: str


def field_line(log: MomentLog, window: tuple[float, float] | None = None) -> FieldLine:
    """Return the straight line through M(H).

    Parameters
    ----------
    log : MomentLog
        At one temperature.
    window : (float, float), optional
        Fields by their size, Oe.

    Returns
    -------
    FieldLine

    Raises
    ------
    SettingsError
        For fewer than five different fields, or a window that does not rise.
    """
    size = np.abs(log.H)
    used = np.ones(size.size, dtype=bool)
    if window is not None:
        if not 0.0 <= window[0] < window[1]:
            raise SettingsError(f"fields from {window[0]:g} to {window[1]:g} Oe", where=log.name)
        used = (size >= window[0]) & (size <= window[1])
    if np.unique(np.round(log.H[used])).size < _FEWEST:
        raise SettingsError(
            f"fewer than {_FEWEST} fields", where=log.name, do="widen field_window_Oe"
        )
    slope, offset, sigma = _line(log.H[used], log.moment[used])
    residual = log.moment - slope * log.H - offset
    half = 0.5 * float(size[used].max())
    inner, outer = used & (size <= half), used & (size > half)
    curvature = 0.0
    if all(np.unique(np.round(log.H[part])).size >= 3 for part in (inner, outer)):
        first, second = (_line(log.H[part], log.moment[part])[0] for part in (inner, outer))
        curvature = first / second - 1.0 if second else np.inf
    remanence = _remanence(log)
    return FieldLine(
        slope, offset, sigma, used, residual, float(curvature), remanence,
        _verdict(curvature, remanence, slope, float(size.max()), residual[used]),
    )  # fmt: skip


def _line(H: FloatArray, M: FloatArray) -> tuple[float, float, float]:
    centre = H.mean()
    spread = float(((H - centre) ** 2).sum())
    slope = float(((H - centre) @ M) / spread)
    offset = float(M.mean() - slope * centre)
    rest = M - slope * H - offset
    return slope, offset, float(np.sqrt(rest @ rest / max(H.size - 2, 1) / spread))


def _remanence(log: MomentLog) -> float:
    """Return M(0) with falling less with rising field, by lines between the readings beside 0."""
    step = np.diff(log.H)
    ends = []
    for sign in (-1.0, 1.0):
        cross = np.flatnonzero(
            (step * sign > 0.0) & (log.H[:-1] * sign <= 0.0) & (log.H[1:] * sign >= 0.0)
        )
        if not cross.size:
            return 0.0
        i = int(cross[0])
        share = -log.H[i] / step[i]
        ends.append(float(log.moment[i] + share * (log.moment[i + 1] - log.moment[i])))
    return ends[0] - ends[1]


def _verdict(
    curvature: float, remanence: float, slope: float, highest: float, rest: FloatArray
) -> str:
    reasons = []
    if abs(curvature) > MOST_CURVED:
        reasons.append(
            f"the slope in low field is {100.0 * curvature:+.1f} % off that in high field"
        )
    scatter = float(np.sqrt(np.mean(rest**2)))
    if abs(remanence) > max(5.0 * scatter, MOST_CURVED * abs(slope) * highest):
        reasons.append(f"a remanence of {remanence:.3g} emu")
    return f"not linear: {' and '.join(reasons)}" if reasons else "linear"
