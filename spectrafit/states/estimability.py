"""Whether the data of a fit determine a quantity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.information import information_of
from spectrafit.states.joint import JointFit

__all__ = ["POPULATION_SIGMA", "Estimability", "estimable"]

POPULATION_SIGMA = 0.29
"""Standard uncertainty of a population of which nothing is known: that of a uniform distribution
from 0 to 1, 1/sqrt 12."""


@dataclass(frozen=True)
class Estimability:
    """Whether data determine a quantity.

    Parameters
    ----------
    share_in_null : float
        Which share of its gradient lies where the data see nothing.
    sigma : float or None
        Standard uncertainty of the linear theory; None with `reason`.
    verdict : str
        ``determined`` or ``not determined``.
    reason : str
        In words; empty where it is determined by a number that moves.
    """

    share_in_null: float
    sigma: float | None
    verdict: str
    reason: str = ""


def estimable(fit: JointFit, slope: FloatArray, sigma_limit: float | None = None) -> Estimability:
    """Return whether the data of a fit determine a quantity.

    It is so when less than 1e-4 of its gradient by scaled numbers lies where the residuals see
    nothing. Priors and requirements are residuals.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    slope : ndarray, shape (P,)
        Derivatives of the quantity by the free numbers.
    sigma_limit : float, optional
        A standard uncertainty above which nothing is said: `POPULATION_SIGMA` of a population.

    Returns
    -------
    Estimability
    """
    held = np.isin(fit.names, fit.bounds_hit)
    if not np.any(slope[~held]):
        bounds = [name for name, on, by in zip(fit.names, held, slope, strict=True) if on and by]
        if bounds:
            reason = f"it rests on what a bound holds: {', '.join(bounds)}"
            return Estimability(0.0, None, "not determined", reason)
        return Estimability(0.0, 0.0, "determined", "no free number moves it")
    told = information_of(fit.jacobian, held)
    share = told.null_share(slope)
    if not told.sees(slope):
        reason = f"the data do not see {number_text(100 * share, 2)} % of what moves it"
        return Estimability(share, None, "not determined", reason)
    sigma = told.sigma(slope)
    if sigma_limit is not None and sigma > sigma_limit:
        reason = (
            f"its standard uncertainty would be {number_text(sigma, 2)}, and that of a mere guess "
            f"is {number_text(sigma_limit, 2)}"
        )
        return Estimability(share, None, "not determined", reason)
    return Estimability(share, sigma, "determined")
