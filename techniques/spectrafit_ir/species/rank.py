"""How many independent spectra a series holds, and whether the second is a species or a shift."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.species.explained import best_explained
from spectrafit_ir.species.moved_curves import Moved, moved_curves
from spectrafit_ir.species.shift_test import EXPLAINED
from spectrafit_ir.species.stack import checked_noise, checked_rows

__all__ = ["EDGE_FACTOR", "SpeciesRank", "VectorTest", "noise_edge", "species_rank"]

EDGE_FACTOR = 1.05
"""What the noise edge is multiplied by: the largest singular value of noise scatters about it."""

_WHERE = "rank"
_TESTABLE = 0.5  # of a vector that is signal: below, noise outweighs what is to be explained


@dataclass(frozen=True)
class VectorTest:
    """What a singular vector above the edge looks like.

    Parameters
    ----------
    number : int
        2 for the second.
    share : float or None
        Of its signal that derivatives of the mean spectrum explain; None where it is not testable.
    verdict : str
        ``shift``, ``species``, ``undecided``, or ``not_testable`` at the noise edge.
    """

    number: int
    share: float | None
    verdict: str


@dataclass(frozen=True, eq=False)
class SpeciesRank:
    """Singular values of a series and what they say.

    Parameters
    ----------
    rank : int
        Singular values above the edge: an upper bound on the number of species, as bands that
        move or broaden raise it.
    verdict : str
        ``nothing`` or ``one`` for rank 0 or 1; else ``shift`` or ``species`` by the second vector,
        ``shift_and_more`` where the second is shift and a later one is not, or ``undecided``.
    singular_values : ndarray, shape (min(N, n),)
        In units of the noise of a point.
    edge : float
        The same, the factor of 1.05 in it.
    left : ndarray, shape (N, r), right : ndarray, shape (r, n)
        Vectors above the edge and the next one; the rows were divided by their noise.
    vectors : tuple of VectorTest
        From the second to the last above the edge.
    mean : ndarray, shape (n,)
        Mean spectrum.
    curves : Moved
        Its derivatives, which the vectors are held against.
    """

    rank: int
    verdict: str
    singular_values: FloatArray
    edge: float
    left: FloatArray
    right: FloatArray
    vectors: tuple[VectorTest, ...]
    mean: FloatArray
    curves: Moved

    @property
    def sentence(self) -> str:
        """Rank and verdict in one line."""
        shown = [
            f"vector {one.number}: {one.verdict}"
            + ("" if one.share is None else f" ({100 * one.share:.0f} % by derivatives)")
            for one in self.vectors
        ]
        return f"rank {self.rank}, {self.verdict}" + (f"; {', '.join(shown)}" if shown else "")


def noise_edge(rows: int, points: int, lag1: float = 0.0) -> float:
    """Return the largest singular value of noise of standard deviation 1.

    White noise has it at ``sqrt(n) + sqrt(N)`` (S. Geman, Ann. Probab. 8, 252 (1980)). Where
    neighbouring points are correlated, as in smoothed spectra, it is the edge of J. W. Silverstein
    and S. I. Choi, J. Multivar. Anal. 54, 295 (1995), for noise whose correlation falls by ``lag1``
    from point to point.

    Parameters
    ----------
    rows, points : int
        N and n.
    lag1 : float, optional
        Correlation of neighbouring points; what is below 0 counts as 0.

    Returns
    -------
    float
        In units of the noise.

    Raises
    ------
    SettingsError
        For a correlation of 1 or more.
    """
    if not lag1 < 1.0:
        raise SettingsError(f"neighbours correlated by {lag1:g}", where=_WHERE)
    if lag1 <= 0.0:
        return math.sqrt(points) + math.sqrt(rows)
    from scipy.optimize import minimize_scalar

    # eigenvalues of the correlation matrix of a first-order autoregression, by its power spectrum
    angle = (np.arange(4096) + 0.5) * math.pi / 4096
    power = (1.0 - lag1**2) / (1.0 - 2.0 * lag1 * np.cos(angle) + lag1**2)
    ratio = points / rows

    def place(depth: float) -> float:
        m = depth / power.max()
        return float(1.0 / m + ratio * np.mean(power / (1.0 - power * m)))

    # the edge is the least value of that map between its poles at 0 and 1/max
    found = minimize_scalar(place, bounds=(1e-6, 1.0 - 1e-9), method="bounded")
    return math.sqrt(float(found.fun) * rows)


def species_rank(
    x: ArrayLike,
    Y: ArrayLike,
    sigma: ArrayLike,
    *,
    lag1: float = 0.0,
    windows: Sequence[tuple[float, float]] = (),
) -> SpeciesRank:
    """Return how many singular values stand above noise, and what the vectors are.

    A vector from the second on is regressed on the first and on what the mean spectrum changes by
    where bands move or broaden; where the second is a species, later ones are regressed on both
    and on what either changes by, as both may move. The share of signal in it is that of F. Benaych-Georges and R. R. Nadakuditi,
    J. Multivar. Anal. 111, 120 (2012): noise in a vector is no sign of a species.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, evenly spaced.
    Y : array_like, shape (N, n)
        Absorbance, the baseline taken off: one that drifts counts as species.
    sigma : array_like, shape (N,)
        White-noise standard deviation of each row, absorbance.
    lag1 : float, optional
        Correlation of the noise of neighbouring points.
    windows : sequence of tuple of float, optional
        cm-1; in each of them bands move by their own amount.

    Returns
    -------
    SpeciesRank
        Rank and verdicts.

    Raises
    ------
    SettingsError
        For rows that do not fit each other or an axis that is not evenly spaced.
    """
    axis, rows = checked_rows(x, Y, _WHERE)
    noise = checked_noise(sigma, rows.shape[0], _WHERE)
    count, points = rows.shape
    left, values, right = np.linalg.svd(rows / noise[:, None], full_matrices=False)
    edge = EDGE_FACTOR * noise_edge(count, points, lag1)
    rank = int((values > edge).sum())
    mean = rows.mean(axis=0)
    curves = moved_curves(axis, mean, math.sqrt(float(np.mean(noise**2)) / count))

    vectors: list[VectorTest] = []
    moving: tuple[Moved, ...] = (curves,)
    whole = right[:1]
    for k in range(2, rank + 1):
        signal = _signal_share(float(values[k - 1]), count, points)
        own_noise = math.sqrt((1.0 - signal) / points)
        found = best_explained(axis, right[k - 1], moving, own_noise, windows, whole)
        if signal < _TESTABLE or found is None:
            vectors.append(VectorTest(k, None, "not_testable"))
            continue
        _, share, error, _ = found
        vectors.append(VectorTest(k, share, _vector_verdict(share, error)))
        if k == 2 and vectors[0].verdict == "species":
            moving = (*moving, moved_curves(axis, right[1], own_noise))
            whole = right[:2]
    kept = min(rank + 1, values.size)
    return SpeciesRank(
        rank, _verdict(rank, vectors), values, edge, left[:, :kept], right[:kept], tuple(vectors),
        mean, curves,
    )  # fmt: skip


def _signal_share(value: float, rows: int, points: int) -> float:
    """Return the squared cosine between a right vector and the noise-free one."""
    y2, c = value**2 / points, rows / points
    half = y2 - 1.0 - c
    if half**2 <= 4.0 * c:
        return 0.0
    strength = 0.5 * (half + math.sqrt(half**2 - 4.0 * c))
    return 1.0 - (c + strength) / (strength * (strength + 1.0))


def _vector_verdict(share: float, error: float) -> str:
    if abs(share - EXPLAINED) < 2.0 * error:
        return "undecided"
    return "shift" if share > EXPLAINED else "species"


def _verdict(rank: int, vectors: Sequence[VectorTest]) -> str:
    if rank < 2:
        return ("nothing", "one")[rank]
    second = vectors[0].verdict
    if second == "shift" and any(one.verdict == "species" for one in vectors[1:]):
        return "shift_and_more"
    return second if second in ("shift", "species") else "undecided"
