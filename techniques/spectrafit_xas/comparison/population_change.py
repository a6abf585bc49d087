"""How much of the difference of two end members lies in the difference of two spectra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray
from spectrafit_xas.comparison.linear_combination import Combination, NoisyCurve, fitted_combination

__all__ = ["PopulationChange", "population_change"]

CHANGED_P = 0.01


@dataclass(frozen=True, eq=False)
class PopulationChange:
    """The change x of the high end member's share from spectrum b to spectrum a.

    Parameters
    ----------
    x : float
        Share of ``high`` in a less that in b, where ``low`` and ``high`` are shares 0 and 1.
    sigma : float
        Its standard uncertainty.
    combination : Combination
        Residual D - x dS with its covariance.
    """

    x: float
    sigma: float
    combination: Combination

    @property
    def residual_p(self) -> float:
        """Chance of so large a residual D - x dS where nothing else has changed."""
        return self.combination.p

    @property
    def else_changed(self) -> bool:
        """Whether something besides the population has changed."""
        return self.residual_p < CHANGED_P


def population_change(
    a: NoisyCurve, b: NoisyCurve, low: NoisyCurve, high: NoisyCurve
) -> PopulationChange:
    """Return x of D = y_a - y_b = x dS with dS = y_high - y_low.

    Parameters
    ----------
    a, b : NoisyCurve
        The two that are compared.
    low, high : NoisyCurve
        Pure states, or the extreme spectra of a series; either may be `a` or `b` itself, the same
        object, whose noise is then counted once.

    Returns
    -------
    PopulationChange

    Raises
    ------
    SpectrafitError
        Where the pair is the end members, for which x is 1 or -1 by definition, or they are one.
    FitError
        Where the end members do not differ beyond their noise.

    Notes
    -----
    Where dS is free of noise this is x = <dS, D>_W / <dS, dS>_W with W the inverse covariance of D;
    with noisy end members see `fitted_combination`.
    """
    if {id(a), id(b)} == {id(low), id(high)} or a is b or low is high:
        raise SpectrafitError(
            "the two spectra are the end members themselves",
            do="give other end members: between these the population changes by one by definition",
        )
    every: Sequence[NoisyCurve] = (a, b, low, high)
    curves = list({id(one): one for one in every}.values())
    place = {id(one): i for i, one in enumerate(curves)}
    fixed, free = np.zeros(len(curves)), np.zeros((len(curves), 1))
    for one, sign in ((a, 1.0), (b, -1.0)):
        fixed[place[id(one)]] += sign
    for one, sign in ((high, -1.0), (low, 1.0)):
        free[place[id(one)], 0] += sign
    start = np.array([_plain(a.y - b.y, high.y - low.y, a.covariance + b.covariance)])
    found = fitted_combination(curves, fixed, free, start)
    return PopulationChange(float(found.shares[0]), float(found.sigma[0]), found)


def _plain(difference: FloatArray, between: FloatArray, covariance: FloatArray) -> float:
    """Return <dS, D>_W / <dS, dS>_W, where the search begins."""
    weighted = np.linalg.solve(covariance, between)
    return float(weighted @ difference / (weighted @ between))
