"""Where the variance of an ensemble comes from: noise, each choice, and their interaction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from spectrafit.errors import FitError, SettingsError
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["INTERACTION", "STATISTICS", "Estimate", "choice_variances"]

STATISTICS = "statistics"
INTERACTION = "interaction"
# of the variance between members: what is smaller is rounding
_ROUNDING = 1e-12


def choice_variances(
    values: FloatArray, weights: FloatArray, labels: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Return how much of the variance between members each choice explains by itself.

    Parameters
    ----------
    values, weights : ndarray, shape (M,)
        Of the members; the weights add up to 1.
    labels : mapping of str to sequence of str
        By name of the choice, what each member has there.

    Returns
    -------
    dict of str to float
        Variance by choice; ``"interaction"`` is what no sum of main effects explains. They add up
        to the weighted variance and none is negative.

    Notes
    -----
    Main effects of an additive model, fitted by weighted least squares. In a complete design with
    product weights they are those of the classical analysis of variance. Where members are
    missing, what a choice adds depends on which others are in the model already: it is averaged
    over all orders (Lindeman, Merenda, Gold, *Introduction to Bivariate and Multivariate
    Analysis* (1980), p. 119; Grömping, Am. Stat. 61, 139 (2007)).
    """
    names = list(labels)
    centred = values - weights @ values
    total = float(weights @ centred**2)
    effects = {name: _indicators(labels[name]) for name in names}
    explained = {
        frozenset(some): _explained(centred, weights, [effects[name] for name in some], total)
        for size in range(len(names) + 1)
        for some in combinations(names, size)
    }
    found = {}
    for name in names:
        others = [other for other in names if other != name]
        found[name] = 0.0
        for size in range(len(others) + 1):
            share = 1.0 / (len(names) * math.comb(len(others), size))
            for some in combinations(others, size):
                gain = explained[frozenset((*some, name))] - explained[frozenset(some)]
                found[name] += share * max(0.0, gain)
        if found[name] <= _ROUNDING * total:
            found[name] = 0.0
    rest = total - sum(found.values())
    found[INTERACTION] = rest if rest > _ROUNDING * total else 0.0
    return found


def _indicators(labels: Sequence[str]) -> FloatArray:
    """Return a column for each level of a choice."""
    _, place = np.unique(np.array(labels, dtype=str), return_inverse=True)
    return np.eye(int(place.max()) + 1)[place.ravel()]


def _explained(
    centred: FloatArray, weights: FloatArray, effects: Sequence[FloatArray], total: float
) -> float:
    columns = [column for column in effects if column.shape[1] > 1]
    if not columns or total == 0.0:
        return 0.0
    root = np.sqrt(weights)
    matrix = np.concatenate([np.ones((len(root), 1)), *columns], axis=1) * root[:, None]
    fitted = matrix @ np.linalg.lstsq(matrix, centred * root, rcond=1e-12)[0]
    return min(total, float(fitted @ fitted))


@dataclass(frozen=True, eq=False)
class Estimate:
    """A number over all members that have it.

    The total variance is the weighted mean of the members' own variances and the weighted variance
    of their values (law of total variance).

    Parameters
    ----------
    name, unit : str
        Of the quantity.
    values, sigmas, weights : array_like, shape (M,)
        Value and statistical error of each member; the weights add up to 1.
    labels : mapping of str to sequence of str
        By name of the choice, what each member has there.
    samples : tuple of ndarray
        What the resamples of each member gave; empty arrays where there are none.
    """

    name: str
    unit: str
    values: FloatArray
    sigmas: FloatArray
    weights: FloatArray
    labels: Mapping[str, Sequence[str]]
    samples: tuple[FloatArray, ...]

    def __post_init__(self) -> None:
        for name in ("values", "sigmas", "weights"):
            object.__setattr__(self, name, read_only(getattr(self, name)))
        object.__setattr__(self, "samples", tuple(read_only(one) for one in self.samples))
        object.__setattr__(self, "labels", frozen_mapping(self.labels))
        if not self.values.size or not math.isclose(float(self.weights.sum()), 1.0):
            raise FitError(f"{self.name} has no members, or their weights do not add up to 1")

    def __reduce__(self) -> tuple[object, ...]:
        parts = (self.values, self.sigmas, self.weights, dict(self.labels), self.samples)
        return (Estimate, (self.name, self.unit, *parts))

    @property
    def value(self) -> float:
        """Weighted mean."""
        return float(self.weights @ self.values)

    @property
    def variances(self) -> dict[str, float]:
        """Variance by source: ``"statistics"``, each choice, ``"interaction"``."""
        between = choice_variances(self.values, self.weights, self.labels)
        return {STATISTICS: float(self.weights @ self.sigmas**2), **between}

    @property
    def sigma(self) -> float:
        """Total standard deviation."""
        centred = self.values - self.value
        return math.sqrt(float(self.weights @ (self.sigmas**2 + centred**2)))

    @property
    def budget(self) -> dict[str, float]:
        """Standard deviation by source; their squares add up to that of `sigma`."""
        return {source: math.sqrt(variance) for source, variance in self.variances.items()}

    @property
    def shares(self) -> dict[str, float]:
        """Share of the total variance by source; zeros where there is none."""
        total = self.sigma**2
        return {name: v / total if total else 0.0 for name, v in self.variances.items()}

    @property
    def dominant(self) -> str:
        """The choice that moves the number most; empty where none does."""
        own = {name: self.variances[name] for name in self.labels}
        best = max(own, key=lambda name: own[name], default="")
        return best if own.get(best, 0.0) > 0.0 else ""

    @property
    def range(self) -> tuple[float, float]:
        """Smallest and largest value of a member."""
        return float(self.values.min()), float(self.values.max())

    def interval(self, level: float = 0.68) -> tuple[float, float]:
        """Return the percentiles that enclose a share of the resamples of all members.

        Where nothing was resampled, each member is a normal distribution of its own error.

        Parameters
        ----------
        level : float, optional
            Between 0 and 1.

        Returns
        -------
        low, high : float

        Raises
        ------
        SettingsError
            When the level is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise SettingsError(f"a level of {level}", do="give one between 0 and 1, like 0.68")
        ends = (0.5 - 0.5 * level, 0.5 + 0.5 * level)
        if all(one.size for one in self.samples):
            return self._of_samples(ends[0]), self._of_samples(ends[1])
        return self._of_normals(ends[0]), self._of_normals(ends[1])

    def _of_samples(self, end: float) -> float:
        pooled = np.concatenate(self.samples)
        each = zip(self.samples, self.weights, strict=True)
        weights = np.concatenate([np.full(one.size, w / one.size) for one, w in each])
        order = np.argsort(pooled, kind="stable")
        below = np.cumsum(weights[order]) - 0.5 * weights[order]
        return float(np.interp(end, below, pooled[order]))

    def _of_normals(self, end: float) -> float:
        from scipy.optimize import brentq
        from scipy.special import ndtr, ndtri

        sharp = self.sigmas <= 0.0
        places = self.values + np.where(sharp, 0.0, self.sigmas) * ndtri(end)
        if places.min() == places.max():
            return float(places[0])
        width = np.where(sharp, 1e-9 * np.ptp(places), self.sigmas)

        def excess(x: float) -> float:
            return float(self.weights @ ndtr((x - self.values) / width)) - end

        pad = float(width.max())
        return float(brentq(excess, places.min() - pad, places.max() + pad, xtol=1e-9 * pad))
