"""Points where every spectrum of a series crosses, and whether they do so within the errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit_ir.species.crossings import (
    crossings,
    drawn_scatter,
    line_weights,
    scatter_of,
    through_zero,
)
from spectrafit_ir.species.rank import EDGE_FACTOR, noise_edge
from spectrafit_ir.species.stack import checked_noise, checked_rows

__all__ = ["IsosbesticPoint", "IsosbesticTest", "isosbestic_test"]

_WHERE = "isosbestic test"
_ABSORBS = 10.0  # standard deviations over the baseline: elsewhere every spectrum is alike


@dataclass(frozen=True)
class IsosbesticPoint:
    """One crossing.

    Parameters
    ----------
    position : float
        cm-1, where the rows scatter least.
    absorbance : float
        Mean of the rows there.
    spread : float
        Highest minus lowest row there, over the mean: what the eye sees.
    chi2_red : float
        Of the rows about their mean, the error of the baseline in it.
    p : float
        Share of simulated series that truly cross and scatter as much or more, their least scatter
        looked for in the same way.
    statistical : bool
        Whether p is above the level asked for.
    visual : bool
        Whether the spread is below the tolerance asked for.
    """

    position: float
    absorbance: float
    spread: float
    chi2_red: float
    p: float
    statistical: bool
    visual: bool

    @property
    def sentence(self) -> str:
        """Both verdicts in one line."""
        words = {
            (True, True): "isosbestic by eye and within the errors",
            (True, False): "isosbestic within the errors, which are too large for the eye",
            (False, True): "isosbestic by eye, but not within the errors",
            (False, False): "not isosbestic",
        }[self.statistical, self.visual]
        return (
            f"{self.position:.1f} cm-1: {words} (spread {100 * self.spread:.1f} %, "
            f"reduced chi2 {self.chi2_red:.2f}, p {self.p:.3f})"
        )


@dataclass(frozen=True)
class IsosbesticTest:
    """Every crossing of a series.

    Parameters
    ----------
    points : tuple of IsosbesticPoint
        By rising wavenumber.
    reason : str
        Why there is none; empty where there is.
    level : float
        Least p.
    tolerance : float
        Largest spread for the eye.
    """

    points: tuple[IsosbesticPoint, ...]
    reason: str
    level: float
    tolerance: float

    @property
    def all_hold(self) -> bool:
        """Whether there are crossings and none of them fails, the number of them allowed for."""
        return bool(self.points) and all(
            one.p > self.level / len(self.points) for one in self.points
        )


def isosbestic_test(
    x: ArrayLike,
    Y: ArrayLike,
    sigma: ArrayLike,
    *,
    baseline_sigma: ArrayLike = 0.0,
    lag1: float = 0.0,
    level: float = 0.01,
    tolerance: float = 0.02,
    draws: int = 999,
    seed: int = 1,
) -> IsosbesticTest:
    """Return where the spectra cross and whether they do so in one point.

    The main change is the first singular vector of the rows about their mean. A candidate lies
    between two stretches where it is beyond four standard deviations, of opposite sign, at
    absorbance above ten standard deviations over the baseline. Where the change is flat in between
    (a static band, say) the spectra do not cross but are alike, and there is no candidate. Rows
    are read off straight lines between points. The p-value is that of series of the same noise in
    which all rows cross in one point, the place of least scatter looked for anew in each.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, ascending.
    Y : array_like, shape (N, n)
        Absorbance, the baseline taken off, of three rows or more.
    sigma : array_like, shape (N,)
        White-noise standard deviation of each row, absorbance.
    baseline_sigma : array_like, shape (N,) or (), optional
        Error of the baseline of each row, absorbance; the same over a crossing.
    lag1 : float, optional
        Correlation of the noise of neighbouring points; what is below 0 counts as 0.
    level : float, optional
        Least p of a statistical crossing.
    tolerance : float, optional
        Largest spread of a visual one, of the mean.
    draws : int, optional
        Simulated series for each p-value.
    seed : int, optional
        Of the draws.

    Returns
    -------
    IsosbesticTest
        Crossings with both verdicts, or why there is none.

    Raises
    ------
    SettingsError
        For rows that do not fit each other, fewer than three, or an impossible level, tolerance or
        error.
    """
    axis, rows = checked_rows(x, Y, _WHERE)
    count = rows.shape[0]
    noise = checked_noise(sigma, count, _WHERE)
    offset = np.broadcast_to(np.asarray(baseline_sigma, dtype=float), (count,))
    if count < 3:
        raise SettingsError(
            f"{count} rows", where=_WHERE, do="give three or more: two always cross"
        )
    if not ((offset >= 0) & np.isfinite(offset)).all():
        raise SettingsError("an error of the baseline below 0", where=_WHERE)
    if not (0 < level < 1 and tolerance > 0 and draws * level >= 1):
        raise SettingsError(
            f"level {level:g}, tolerance {tolerance:g}, {draws} draws", where=_WHERE,
            do="level between 0 and 1, and at least one draw below it",
        )  # fmt: skip
    weights = 1.0 / noise**2
    centred = (rows - weights @ rows / weights.sum()) / noise[:, None]
    left, values, right = np.linalg.svd(centred, full_matrices=False)
    if values[0] <= EDGE_FACTOR * noise_edge(count, axis.size, lag1):
        return IsosbesticTest((), "the spectra do not differ above noise", level, tolerance)
    change = values[0] * right[0]
    # in units of absorbance, how much of the change a row has
    follows = left[:, 0] * noise
    least = _ABSORBS * math.sqrt(float(np.mean(noise**2)))
    random = np.random.default_rng(seed)
    points = []
    for first, last in crossings(change):
        part = slice(first, last + 1)
        at = line_weights(last + 1 - first)
        at = at[:, (rows[:, part] @ at).mean(axis=0) > least]
        if at.shape[1] == 0:
            continue
        seen = rows[:, part] @ at
        # a place between two points reads both, whose noise is shared by so much
        read = (at**2).sum(axis=0) + 2.0 * max(lag1, 0.0) * (at[:-1] * at[1:]).sum(axis=0)
        errors = np.sqrt(noise[:, None] ** 2 * read + offset[:, None] ** 2)
        scatter = scatter_of(seen, errors)
        best = int(scatter.argmin())
        drawn = drawn_scatter(
            np.outer(follows, through_zero(change[part])), noise, offset, at, errors,
            lag1=lag1, draws=draws, random=random,
        )  # fmt: skip
        p = (1 + int((drawn >= scatter[best]).sum())) / (draws + 1)
        mean = float(seen[:, best].mean())
        spread = float(np.ptp(seen[:, best])) / mean
        points.append(
            IsosbesticPoint(
                float(axis[part] @ at[:, best]), mean, spread,
                float(scatter[best]) / (count - 1), p, p > level, spread < tolerance,
            )
        )  # fmt: skip
    why = "" if points else "the spectra do not cross where they absorb"
    return IsosbesticTest(tuple(points), why, level, tolerance)
