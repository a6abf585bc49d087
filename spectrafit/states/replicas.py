"""How often a story gives a chi2 as large as the observed one: parametric bootstrap of its fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.joint import JointFit
from spectrafit.states.model import Requirement
from spectrafit.states.near_minimum import least_near
from spectrafit.states.objective import Objective

__all__ = ["LEAST_TAIL", "Replicas", "replicas_of"]

LEAST_TAIL = 1e-12
"""Smallest p that is told of a tail: a few tens of replicas say no more."""

_LEAST = 10  # replicas before it may end
_ENOUGH = 10  # as large: the rest would not change what is said
_LOOK = 39  # of which none is as large: look at how far off the observed chi2 is
_FAR = 6.0  # standard deviations of the replicas
_VERY_FAR = 20.0  # of which the first few replicas are enough to speak
_MOST_CALLS = 25
_ENOUGH_FALL = 1e-2  # of chi2: far less than replicas differ by
_EQUAL = 1e-6
_FAILED = 0.1  # share of replicas without a minimum that is too many


@dataclass(frozen=True)
class Replicas:
    """chi2 of data that a story itself made, each fitted by the story.

    Parameters
    ----------
    observed : float
        chi2 of the measured data.
    chi2 : tuple of float
        Of each replica, in the order of their numbers.
    p : float or None
        Probability of a chi2 at least as large as the observed one where the story is true; None
        without replicas, or where too many have no minimum.
    note : str
        How it was found, in words.
    """

    observed: float
    chi2: tuple[float, ...]
    p: float | None
    note: str


def replicas_of(fit: JointFit, *, most: int = 99, seed: int = 0) -> Replicas:
    """Return the parametric bootstrap of the chi2 of a fitted story.

    Data are drawn from the story at its minimum: each with its own error or with the covariance of
    its group, each shared error once for all data it moves, and the centre of each prior, which is
    a datum as well. Each replica is fitted from that minimum, so that one with a deeper minimum
    elsewhere counts with a chi2 that is too large, which favours the story. A limit or claim that
    the minimum keeps stays where it is. A limit that it breaks is drawn about what the story gives
    there and a claim is moved to it: broken as much in each replica, it could never speak against
    the story.

    It ends when 10 replicas are as large, after at least 19. Where none of the first 39, or of
    all where they are fewer, is as large and the observed chi2 lies more than six of their standard deviations above their mean, p
    is the tail of the gamma distribution of their mean and variance. Each replica has a seed of
    its own and does not depend on how many there are.

    Parameters
    ----------
    fit : JointFit
        The minimum.
    most : int, optional
        Replicas at most. None are made for 0: p is then that of the chi-square distribution, which
        takes every number as linear and every limit as a datum that is met.
    seed : int, optional
        Of the replicas.

    Returns
    -------
    Replicas
        ``p = (1 + number as large)/(1 + replicas)`` (A. C. Davison, D. V. Hinkley, Bootstrap
        Methods and their Application (1997), equation 4.11).
    """
    if most <= 0:
        return _by_distribution(fit)
    truth = _Truth(fit)
    found: list[float] = []
    large = tried = 0
    look = max(_LEAST, min(_LOOK, most))
    limit = fit.chi2 * (1.0 - _EQUAL)
    for number in range(most):
        tried += 1
        chi2 = truth.chi2_of(np.random.default_rng((seed, number)))
        if chi2 is None:
            continue
        found.append(chi2)
        large += chi2 >= limit
        if large >= _ENOUGH and len(found) >= _LEAST:
            break
        looked = {_LEAST: _VERY_FAR, look: _FAR}.get(len(found))
        if not large and looked is not None and _is_far(fit.chi2, found, looked):
            return _by_tail(fit.chi2, found)
    failed = tried - len(found)
    if failed > _FAILED * tried:
        why = f"{failed} of {tried} replicas have no minimum"
        return Replicas(fit.chi2, tuple(found), None, why)
    note = f"{large} of {len(found)} replicas as large"
    note += f", {failed} more without a minimum" if failed else ""
    return Replicas(fit.chi2, tuple(found), (1 + large) / (1 + len(found)), note)


def _by_distribution(fit: JointFit) -> Replicas:
    from scipy.special import gammaincc

    limits = sum(one.value is None for one in fit.objective.data.data)
    counts = fit.objective.counts
    freedom = counts.data - limits + counts.priors - counts.free
    if freedom < 1:
        return Replicas(fit.chi2, (), None, "no replicas, and no more data than free numbers")
    note = f"no replicas; of the chi-square distribution of {freedom} degrees of freedom"
    return Replicas(fit.chi2, (), float(gammaincc(0.5 * freedom, 0.5 * fit.chi2)), note)


def _is_far(observed: float, found: Sequence[float], times: float) -> bool:
    return bool(observed > np.mean(found) + times * np.std(found, ddof=1))


def _by_tail(observed: float, found: Sequence[float]) -> Replicas:
    """Return p by the gamma distribution of the mean and variance of the replicas."""
    from scipy.special import gammaincc

    mean, variance = float(np.mean(found)), float(np.var(found, ddof=1))
    scale = max(variance, np.finfo(float).tiny) / mean
    p = float(gammaincc(mean / scale, observed / scale))
    words = f"p {number_text(p, 1)}" if p >= LEAST_TAIL else f"p below {LEAST_TAIL:g}"
    note = f"0 of {len(found)} replicas as large; by their mean and spread {words}"
    return Replicas(observed, tuple(found), max(p, LEAST_TAIL), note)


class _Truth:
    """A story at its minimum, from which data are drawn."""

    def __init__(self, fit: JointFit) -> None:
        self._fit = fit
        whole = fit.objective
        kept, moved = _claims_as_kept(whole, fit.theta)
        self._base = replace(whole, story=replace(whole.story, require=kept)) if moved else whole
        data = whole.data.data
        model = whole.model_values(fit.theta)
        low = [-math.inf if one.low is None else one.low for one in data]
        high = [math.inf if one.high is None else one.high for one in data]
        self._value = np.array([one.value if one.value is not None else math.nan for one in data])
        beyond = np.where(model < low, low, np.where(model > high, high, math.nan))
        # what the drawn number stands against: the value, the broken limit, or nothing
        self._against = np.where(np.isnan(self._value), beyond, self._value)
        self._sigma = np.array([one.sigma for one in data])
        self._groups = _roots(whole)
        kinds = [whole.numbers.every[place].kind for place in whole.numbers.free]
        self._shared = np.array([kind == "systematic" for kind in kinds])

    def chi2_of(self, rng: np.random.Generator) -> float | None:
        """Return chi2 of one replica; None where the fit has no minimum."""
        fit, base = self._fit, self._base
        theta = fit.theta.copy()
        theta[self._shared] = rng.normal(size=int(self._shared.sum()))
        noise = self._sigma * rng.normal(size=self._sigma.size)
        for places, root in self._groups:
            noise[places] = root @ rng.normal(size=places.size)
        drawn = base.model_values(theta) + noise
        shifts = np.where(np.isnan(self._against), 0.0, drawn - self._against)
        columns, centres, sigmas = _priors(base)
        away = np.where(
            self._shared[columns],
            0.0,
            (fit.theta[columns] - centres) / sigmas + rng.normal(size=columns.size),
        )
        drawn_one = _Drawn(base.with_shifts(shifts), len(base.data.data), away)
        try:
            chi2, _ = least_near(drawn_one, theta, enough=_ENOUGH_FALL, most=_MOST_CALLS)
        except SpectrafitError:
            return None
        return chi2 if math.isfinite(chi2) else None


@dataclass(frozen=True, eq=False)
class _Drawn:
    """An objective of moved data whose priors have other centres.

    Parameters
    ----------
    objective : Objective
        Of moved data.
    first : int
        Place of the first prior among the residuals.
    away : ndarray, shape (priors,)
        By how many of its sigma each centre is moved.
    """

    objective: Objective
    first: int
    away: FloatArray

    @property
    def low(self) -> FloatArray:
        """Lower bounds."""
        return self.objective.low

    @property
    def high(self) -> FloatArray:
        """Upper bounds."""
        return self.objective.high

    def residuals_and_jacobian(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return residuals of the moved data and priors, and their derivatives."""
        residuals, jacobian = self.objective.residuals_and_jacobian(theta)
        residuals[self.first : self.first + self.away.size] -= self.away
        return residuals, jacobian


def _priors(objective: Objective) -> tuple[np.ndarray, FloatArray, FloatArray]:
    rows = objective.numbers.priors()
    return (
        np.array([row[0] for row in rows], dtype=int),
        np.array([row[1] for row in rows]),
        np.array([row[2] for row in rows]),
    )


def _roots(objective: Objective) -> list[tuple[np.ndarray, FloatArray]]:
    """Return the places of each group's data, and a root of its covariance."""
    data = objective.data
    return [
        (
            np.array([place for place, one in enumerate(data.data) if one.group == group]),
            np.asarray(np.linalg.cholesky(covariance)),
        )
        for group, covariance in data.covariances.items()
    ]


def _claims_as_kept(
    objective: Objective, theta: FloatArray
) -> tuple[tuple[Requirement, ...], bool]:
    """Return the claims, those that are broken moved to what the story gives."""
    claims = objective.story.require
    if not claims:
        return (), False
    x = objective.populations(theta, np.array([claim.T for claim in claims])).x
    kept = []
    for row, claim in enumerate(claims):
        share = float(x[objective.model.names.index(claim.state), row])
        if claim.at_least is not None and share < claim.at_least:
            claim = replace(claim, at_least=share)
        if claim.at_most is not None and share > claim.at_most:
            claim = replace(claim, at_most=share)
        kept.append(claim)
    return tuple(kept), tuple(kept) != claims
