"""Which further measurement would decide between the stories, and which would sharpen one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray
from spectrafit.states.assignment import CandidateRow
from spectrafit.states.datum import Quantity

__all__ = ["Candidate", "Prediction", "gain", "ranked", "separation"]

Prediction = tuple[float, float]
"""What a story predicts and its standard uncertainty, in the unit of the candidate."""


@dataclass(frozen=True)
class Candidate:
    """A measurement that could be made, or that exists and is not used.

    Parameters
    ----------
    name : str
        What to measure.
    key : str
        Name of the observable.
    T : float
        K; the upper end of a range.
    sigma : float
        Planned standard uncertainty.
    unit : str
        Of sigma and of the predictions.
    from_T : float or None
        Lower end of a range, K.
    quantity : Quantity
        The value at T, or what of the curve from `from_T` to `T`.
    rests_on : str
        The assumption it relies on.
    cost : str
        In words.
    exists : bool
        Whether the datum is measured already.

    Raises
    ------
    SpectrafitError
        For a sigma that is not above 0, or a range that is none.
    """

    name: str
    key: str
    T: float
    sigma: float
    unit: str = "1"
    from_T: float | None = None
    quantity: Quantity = Quantity.VALUE
    rests_on: str = ""
    cost: str = ""
    exists: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.sigma) and self.sigma > 0):
            raise SpectrafitError(
                "a planned uncertainty that is not above 0", where=self.name, do="give its sigma"
            )
        whole = self.quantity is Quantity.VALUE
        if whole is not (self.from_T is None) or (
            self.from_T is not None and self.from_T >= self.T
        ):
            raise SpectrafitError(
                "a value belongs to one temperature"
                if whole
                else f"the {self.quantity} needs a range of temperatures",
                where=self.name,
                do="leave from_T out" if whole else "give from_T below T",
            )


def separation(first: Prediction, second: Prediction, sigma: float) -> float:
    """Return by how many standard uncertainties a datum would tell two stories apart.

    Parameters
    ----------
    first, second : tuple of (float, float)
        What each predicts, and its standard uncertainty.
    sigma : float
        Of the datum, above 0.

    Returns
    -------
    float
        ``|m1 - m2| / sqrt(sigma^2 + s1^2 + s2^2)``.
    """
    return abs(first[0] - second[0]) / math.hypot(sigma, first[1], second[1])


def gain(
    covariance: FloatArray, datum_slope: FloatArray, population_slope: FloatArray, sigma: float
) -> float:
    """Return the share by which one more datum lowers the standard uncertainty of a population.

    Adding a datum of slope g to a fit of covariance C takes ``(h C g)^2 / (sigma^2 + g C g)`` from
    the variance ``h C h`` of a quantity of slope h (Sherman and Morrison's formula for the inverse
    after a rank-one change, Ann. Math. Stat. 21, 124 (1950)).

    Parameters
    ----------
    covariance : ndarray, shape (P, P)
        Of the parameters of the fit.
    datum_slope : ndarray, shape (P,)
        Derivatives of the datum by the parameters, in its unit.
    population_slope : ndarray, shape (P,)
        Derivatives of the population.
    sigma : float
        Standard uncertainty of the datum, in its unit, above 0.

    Returns
    -------
    float
        0 for a datum that says nothing of it, up to 1 for one that leaves no uncertainty.

    Raises
    ------
    SpectrafitError
        For shapes that do not match, numbers that are not finite, or a sigma that is not above 0.
    """
    C, g, h = (np.asarray(a, dtype=float) for a in (covariance, datum_slope, population_slope))
    if g.ndim != 1 or h.shape != g.shape or C.shape != (g.size, g.size):
        raise SpectrafitError(
            f"a covariance of shape {C.shape}, slopes of {g.shape} and {h.shape}",
            do="give all by the same parameters",
        )
    if not (np.isfinite(C).all() and np.isfinite(g).all() and np.isfinite(h).all()):
        raise SpectrafitError("a covariance or slope that is not finite")
    if not (math.isfinite(sigma) and sigma > 0):
        raise SpectrafitError("a datum without a standard uncertainty above 0")
    before = float(h @ C @ h)
    if before <= 0.0:
        return 0.0
    taken = float(h @ C @ g) ** 2 / (sigma**2 + max(0.0, float(g @ C @ g)))
    return 1.0 - math.sqrt(max(0.0, 1.0 - taken / before))


def ranked(
    candidates: Sequence[Candidate],
    predictions: Mapping[str, Mapping[str, Prediction]],
    weights: Mapping[str, float],
    gains: Mapping[str, float] | None = None,
) -> tuple[CandidateRow, ...]:
    """Return the candidates, the one that decides most first.

    They are in the order of the least separation of two accepted stories, then of the sum of
    squared separations weighted by both stories. Where at most one story is accepted there is
    nothing to tell apart, and the order is that of `gains`. A candidate that an accepted story does
    not predict comes last.

    Parameters
    ----------
    candidates : sequence of Candidate
        Each with a name of its own.
    predictions : mapping of str to mapping of str to (float, float)
        By accepted story, then by name of the candidate: what it predicts with its nuisances
        fitted, and the standard uncertainty.
    weights : mapping of str to float
        Weight of each accepted story, not below 0; its stories are the accepted ones.
    gains : mapping of str to float, optional
        By name of the candidate, see `gain`.

    Returns
    -------
    tuple of CandidateRow

    Raises
    ------
    SpectrafitError
        For two candidates of one name, or a weight below 0.
    """
    names = [one.name for one in candidates]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SpectrafitError("two candidates of this name", where=twice, do="rename one")
    if any(not weight >= 0 for weight in weights.values()):
        raise SpectrafitError("a story with a weight below 0")
    rows = [_row(one, predictions, weights, (gains or {}).get(one.name)) for one in candidates]
    return tuple(sorted(rows, key=_order))


def _row(
    candidate: Candidate,
    predictions: Mapping[str, Mapping[str, Prediction]],
    weights: Mapping[str, float],
    own_gain: float | None,
) -> CandidateRow:
    told = {
        story: predictions[story][candidate.name]
        for story in weights
        if candidate.name in predictions.get(story, {})
    }
    apart = {
        pair: separation(told[pair[0]], told[pair[1]], candidate.sigma)
        for pair in combinations(told, 2)
    }
    complete = len(told) == len(weights) and bool(apart)
    return CandidateRow(
        candidate.name,
        candidate.key,
        candidate.T,
        candidate.sigma,
        candidate.unit,
        tuple((story, *prediction) for story, prediction in told.items()),
        min(apart.values()) if complete else None,
        _weighted(apart, weights) if complete else None,
        own_gain,
        candidate.rests_on,
        candidate.exists,
    )


def _weighted(apart: Mapping[tuple[str, str], float], weights: Mapping[str, float]) -> float:
    return sum(weights[a] * weights[b] * d**2 for (a, b), d in apart.items())


def _order(row: CandidateRow) -> tuple[float, float, float]:
    """Return what is smallest for the candidate that decides most."""
    separated, total, own = (
        1.0 if one is None else -one for one in (row.separation, row.total, row.gain)
    )
    return separated, total, own
