"""A coupled pair without and with a mean field between pairs, and which of the two is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from spectrafit.fit.compare import akaike_weights, ratio_test
from spectrafit_magnetism.dimer_fit import DimerFit, fitted_dimer

__all__ = ["LEAST_WEIGHT", "DimerComparison", "compared_dimers"]

LEAST_WEIGHT = 0.95
"""Akaike weight that the model with theta needs to be preferred."""


@dataclass(frozen=True, eq=False)
class DimerComparison:
    """A pair without and with a mean field between pairs.

    Parameters
    ----------
    without, with_theta : DimerFit
        The two fits, of the same data.
    weight : float
        Akaike weight of the one with theta.
    p : float
        Of the ratio test: probability of this gain where theta is 0.
    preferred : str
        ``"with theta"``, ``"without theta"`` or ``"undecided"``.
    """

    without: DimerFit
    with_theta: DimerFit
    weight: float
    p: float
    preferred: str


def compared_dimers(
    T: ArrayLike,
    chiT: ArrayLike,
    S1: float,
    S2: float,
    *,
    sigma: ArrayLike | None = None,
    free: Sequence[str] = (),
    impurity: float = 0.5,
) -> DimerComparison:
    """Return a coupled pair fitted without and with a mean field, and which the data prefer.

    Parameters
    ----------
    T, chiT : array_like, shape (n,)
        K and cm3 K/mol.
    S1, S2 : float
        The two spins.
    sigma : array_like, optional
        Standard errors of chi T, cm3 K/mol.
    free : sequence of str, optional
        Which of ``rho`` and ``tip`` are fitted in both.
    impurity : float, optional
        Spin of the impurity.

    Returns
    -------
    DimerComparison
        With theta is preferred by an Akaike weight of 0.95 and more. Without theta is preferred
        where its own weight is larger than that of the other: it is the simpler.

    Raises
    ------
    SettingsError
        As `fitted_dimer`.
    """
    plain = fitted_dimer(T, chiT, S1, S2, sigma=sigma, free=free, impurity=impurity)
    rich = fitted_dimer(T, chiT, S1, S2, sigma=sigma, free=(*free, "theta"), impurity=impurity)
    weight = float(akaike_weights({"without": plain.result, "with": rich.result})["with"])
    p = ratio_test(plain.result, rich.result).p
    if weight >= LEAST_WEIGHT:
        preferred = "with theta"
    else:
        preferred = "without theta" if weight < 0.5 else "undecided"
    return DimerComparison(plain, rich, weight, p, preferred)
