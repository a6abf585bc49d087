"""An ensemble: one spectrum fitted under every combination of choices, and what they spread.

A number that depends on the window, the background or the number of peaks is worth no more than its
spread over them. Use `fit_many` for many spectra under one model instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from spectrafit.errors import FitError, SettingsError, SpectrafitError
from spectrafit.fit.compare import effective_count
from spectrafit.fit.many import engine_of
from spectrafit.fit.member import (
    Candidate,
    FitSettings,
    Member,
    base_fit,
    model_curve,
    read_member,
    resampled_member,
)
from spectrafit.fit.problem import Problem
from spectrafit.fit.quantity import Quantity
from spectrafit.fit.resample import Resampling, member_generator
from spectrafit.fit.spread import Estimate

__all__ = ["Ensemble", "ensemble"]

# share of its data's weight below which a member is not resampled
_NEGLIGIBLE = 1e-4


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What came of all combinations of choices.

    Parameters
    ----------
    members : tuple of Member
        In the order of the choices; also those pruned and left out, with the reasons.
    estimates : mapping of str to Estimate
        By name of the quantity: mean, total error, share of each source.
    engine : str
        What fitted.
    seed, resamples : int
        Of the resampling.
    fits : int
        How many fits were made.
    """

    members: tuple[Member, ...]
    estimates: Mapping[str, Estimate]
    engine: str
    seed: int
    resamples: int
    fits: int

    @property
    def kept(self) -> tuple[Member, ...]:
        """Members that count."""
        return tuple(one for one in self.members if one.status == "kept")

    @property
    def not_kept(self) -> Mapping[str, str]:
        """Why each other member does not count, by its name."""
        return {one.name: "; ".join(one.reasons) for one in self.members if one.status != "kept"}


def ensemble(
    make: Callable[..., Problem | Candidate],
    choices: Mapping[str, Mapping[str, Any]],
    quantities: Mapping[str, Quantity],
    *,
    resamples: int = 200,
    seed: int = 0,
    resampling: Resampling = "noise",
    engine: str = "auto",
    counts: bool = False,
    threads: int = 1,
) -> Ensemble:
    """Return the fits of one spectrum under every combination of choices, and their spread.

    Each combination is fitted from its own starts; what ends on a bound that a quantity feels, or
    at no minimum, is left out with the reason. Combinations on the same data (one window) are
    weighted by BIC on their effective points, exp(-BIC/2) (Kass, Raftery, J. Am. Stat. Assoc. 90,
    773 (1995)); BIC says nothing between different data, so each window has the same weight.
    Members below 1e-4 of their window's weight are pruned: not resampled and not counted.

    Parameters
    ----------
    make : callable
        ``make(**chosen) -> Problem or Candidate``: chosen is one value of each choice.
    choices : mapping of str to mapping of str to object
        Values by label, by name of the choice: ``{"window": {"wide": (7108.0, 7118.0)}}``.
    quantities : mapping of str to Quantity
        What is read off each fit.
    resamples : int, optional
        New data sets a member; its own errors come from the covariance where there are none.
    seed : int, optional
        Of the resampling; a member's draws depend on the seed and its labels alone.
    resampling : str, optional
        ``"noise"`` or ``"residuals"``.
    engine : str, optional
        Of `fit_many`; ``"auto"`` counts the fits of the whole ensemble.
    counts : bool, optional
        Whether y are counts.
    threads : int, optional
        Of the compiled engine.

    Returns
    -------
    Ensemble

    Raises
    ------
    SettingsError
        When there is nothing to choose or to read off, or a number is negative.
    FitError
        When no member is left; the message holds the reasons.
    """
    if not choices or not all(choices.values()) or not quantities:
        raise SettingsError(
            "an ensemble without choices or quantities", do="give at least one of each"
        )
    if resamples < 0 or seed < 0:
        raise SettingsError(f"resamples is {resamples}, seed {seed}", do="give 0 or more")
    made = [_made(make, dict(zip(choices, labels, strict=True)), choices)
            for labels in product(*choices.values())]  # fmt: skip
    total = len(made) * (1 + resamples)
    members: list[Member] = []
    name = engine
    for member, candidate in made:
        if candidate is None:
            members.append(member)
            continue
        name = engine_of(candidate.problem, total, engine)
        settings = FitSettings(name, counts, threads)
        starts = ({}, *candidate.starts)
        members.append(read_member(base_fit(member, candidate, starts, settings), quantities))
    members = _weighted(members)
    settings = FitSettings(name, counts, threads)
    members = [
        resampled_member(
            one, quantities, resamples, member_generator(seed, one.labels), resampling, settings
        )
        if one.status == "kept"
        else one
        for one in members
    ]
    members = _weighted(members)
    if not any(one.status == "kept" for one in members):
        reasons = "; ".join(f"{one.name}: {', '.join(one.reasons)}" for one in members[:5])
        raise FitError("no member of the ensemble is left", do=f"change the choices ({reasons})")
    estimates = {
        key: _estimate(key, one.unit, k, members) for k, (key, one) in enumerate(quantities.items())
    }
    return Ensemble(
        tuple(members), estimates, name, seed, resamples, sum(one.fits for one in members)
    )


def _made(
    make: Callable[..., Problem | Candidate],
    labels: Mapping[str, str],
    choices: Mapping[str, Mapping[str, Any]],
) -> tuple[Member, Candidate | None]:
    member = Member(labels)
    try:
        made = make(**{name: choices[name][label] for name, label in labels.items()})
    except SpectrafitError as error:
        return member.left_out(str(error)), None
    return member, made if isinstance(made, Candidate) else Candidate(made)


def _weighted(members: Sequence[Member]) -> list[Member]:
    """Return the members with weights; those that weigh next to nothing pruned."""
    groups: dict[str, list[int]] = {}
    for i, one in enumerate(members):
        if one.status == "kept" and one.best is not None:
            groups.setdefault(one.best.problem.data_digest, []).append(i)
    new = [replace(one, weight=0.0) for one in members]
    for places in groups.values():
        bic = _criteria([members[i] for i in places])
        weights = np.exp(-0.5 * (bic - bic.min()))
        weights = weights / weights.sum()
        kept = weights >= _NEGLIGIBLE
        share = weights / weights[kept].sum() / len(groups)
        for i, value, weight, whole, counted in zip(places, bic, share, weights, kept, strict=True):
            one = replace(members[i], bic=float(value), weight=float(weight) if counted else 0.0)
            if not counted:
                why = f"weighs {whole:.1g} beside the best on the same data"
                one = replace(one, status="pruned", reasons=(*one.reasons, why))
            new[i] = one
    return new


def _criteria(members: Sequence[Member]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return BIC of members on the same data, with one number of effective points."""
    fits = [one.best for one in members if one.best is not None]
    best = min(fits, key=lambda one: float(one.chi2[0]))
    spectrum = best.problem.data[0]
    residual = np.asarray(spectrum.y) - model_curve(best)
    sigma = best.y_sigma
    if sigma is not None:
        residual = residual / (sigma if np.ndim(sigma) == 1 else sigma[0])
    n = best.ndata
    points = effective_count(residual)
    size = np.log(points)
    if best.noise == "known":
        return np.array([float(one.chi2[0]) * points / n + one.nvary * size for one in fits])
    mean = [max(float(one.chi2[0]) / n, 1e-250) for one in fits]
    return np.array(
        [points * np.log(m) + one.nvary * size for m, one in zip(mean, fits, strict=True)]
    )


def _estimate(name: str, unit: str, k: int, members: Sequence[Member]) -> Estimate:
    """Return one quantity over the members that have it."""
    own = [one for one in members if one.status == "kept" and np.isfinite(one.values[k])]
    total = sum(one.weight for one in own)
    labels = {choice: [one.labels[choice] for one in own] for choice in members[0].labels}
    return Estimate(
        name, unit,
        np.array([one.values[k] for one in own]),
        np.sqrt(np.array([max(float(one.covariance[k, k]), 0.0) for one in own])),
        np.array([one.weight / total for one in own]),
        labels,
        tuple(one.samples[:, k] if one.samples.size else np.empty(0) for one in own),
    )  # fmt: skip
