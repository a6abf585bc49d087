"""An ensemble: one spectrum fitted under every combination of choices, and what they spread.

A number that depends on the window, the background or the number of peaks is worth no more than its
spread over them. Use `fit_many` for many spectra under one model instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from spectrafit.errors import FitError, SettingsError, SpectrafitError, nearest
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import engine_of
from spectrafit.fit.member import (
    Candidate,
    FitSettings,
    Member,
    base_fit,
    read_member,
    resampled_member,
)
from spectrafit.fit.member_weight import (
    NEGLIGIBLE,
    WEIGHINGS,
    Weighing,
    criteria,
    places_by_data,
    resample_counts,
    weighted,
)
from spectrafit.fit.problem import Problem
from spectrafit.fit.quantity import Quantity
from spectrafit.fit.resample import Resampling, member_generator
from spectrafit.fit.result import Flag
from spectrafit.fit.spread import Estimate

__all__ = ["Ensemble", "ensemble", "ensemble_of"]

# evaluations after which it is looked whether half of chi2 would be enough for a member to count
_LOOK = 25
_HOPE = 0.5
# reduced chi2 beyond which a fit is tried from other starts
_MISFIT = 1.5


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
    quantities : tuple of str
        Names of the members' values, in order.
    """

    members: tuple[Member, ...]
    estimates: Mapping[str, Estimate]
    engine: str
    seed: int
    resamples: int
    fits: int
    quantities: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[Member, ...]:
        """Members that count."""
        return tuple(one for one in self.members if one.status == "kept")

    @property
    def not_kept(self) -> Mapping[str, str]:
        """Why each other member does not count, by its name."""
        return {one.name: "; ".join(one.reasons) for one in self.members if one.status != "kept"}


# numbers whose squares no double holds end in reasons, not in warnings
@np.errstate(all="ignore")
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
    weighing: Weighing = "bic",
    screen: Callable[[Member], Sequence[str]] | None = None,
) -> Ensemble:
    """Return the fits of one spectrum under every combination of choices, and their spread.

    Each combination is fitted from its own starts; one that after 25 evaluations would not count
    with half of its chi2 either is pruned, not finished; what ends on a bound that a quantity feels, or
    at no minimum, is left out with the reason. Combinations on the same data (one window) are
    weighted by BIC on their effective points, exp(-BIC/2) (Kass, Raftery, J. Am. Stat. Assoc. 90,
    773 (1995)); BIC says nothing between different data, so each window has the same weight.
    Members below 1e-4 of their window's weight are pruned: not resampled and not counted. The
    others are resampled in proportion to their weight, which gives a weighted variance its least
    error for a number of fits (Neyman, J. R. Stat. Soc. 97, 558 (1934), for equal spreads).

    Parameters
    ----------
    make : callable
        ``make(**chosen) -> Problem or Candidate``: chosen is one value of each choice.
    choices : mapping of str to mapping of str to object
        Values by label, by name of the choice: ``{"window": {"wide": (7108.0, 7118.0)}}``.
    quantities : mapping of str to Quantity
        What is read off each fit.
    resamples : int, optional
        New data sets of the heaviest member of each window, at least 25 of each other; a member's
        own errors come from the covariance where this is 0.
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
    weighing : str, optional
        ``"bic"``, as said above; ``"equal"``: all members that are not left out count alike, and
        none is pruned.
    screen : callable, optional
        ``screen(member) -> reasons``: why a member that was fitted does not count by the caller's
        own rules; nothing where it does.

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
    if weighing not in WEIGHINGS:
        raise SettingsError(
            f"no weighing {weighing!r}", do=nearest(weighing, WEIGHINGS, noun="the ways")
        )
    if resamples < 0 or seed < 0:
        raise SettingsError(f"resamples is {resamples}, seed {seed}", do="give 0 or more")
    made = [_made(make, dict(zip(choices, labels, strict=True)), choices)
            for labels in product(*choices.values())]  # fmt: skip
    total = len(made) * (1 + resamples)
    problems = [one.problem for _, one in made if one is not None]
    name = engine_of(problems[0], total, engine) if problems else engine
    settings = FitSettings(name, counts, threads)
    return ensemble_of(
        _base_fits(made, settings, weighing), quantities, settings, resamples=resamples,
        seed=seed, resampling=resampling, weighing=weighing, screen=screen,
    )  # fmt: skip


# numbers whose squares no double holds end in reasons, not in warnings
@np.errstate(all="ignore")
def ensemble_of(
    fitted: Sequence[Member],
    quantities: Mapping[str, Quantity],
    settings: FitSettings,
    *,
    resamples: int = 0,
    seed: int = 0,
    resampling: Resampling = "noise",
    weighing: Weighing = "bic",
    screen: Callable[[Member], Sequence[str]] | None = None,
    inflation: Callable[[Member], float] | None = None,
) -> Ensemble:
    """Return what members that are fitted already spread; `ensemble` fits them too.

    Parameters
    ----------
    fitted : sequence of Member
        With their best fits; those left out stay so.
    quantities : mapping of str to Quantity
        What is read off each fit.
    settings : FitSettings
        Of the fits of resamples.
    resamples, seed, resampling, weighing, screen : optional
        As in `ensemble`.
    inflation : callable, optional
        ``inflation(member) -> factor`` of the variances that come from the fit, where its residual
        is larger or smoother than noise; resamples know it by themselves.

    Returns
    -------
    Ensemble

    Raises
    ------
    FitError
        When no member is left; the message holds the reasons.
    """
    members = weighted(
        [
            _screened(read_member(one, quantities), screen) if one.status == "kept" else one
            for one in fitted
        ],
        weighing,
    )
    if inflation is not None:
        members = [
            replace(one, covariance=inflation(one) * one.covariance)
            if one.status == "kept"
            else one
            for one in members
        ]
    counted = resample_counts(members, resamples)
    members = [
        resampled_member(
            one, quantities, count, member_generator(seed, one.labels), resampling, settings
        )
        if one.status == "kept"
        else one
        for one, count in zip(members, counted, strict=True)
    ]
    members = weighted(members, weighing)
    if not any(one.status == "kept" for one in members):
        reasons = "; ".join(f"{one.name}: {', '.join(one.reasons)}" for one in members[:5])
        raise FitError("no member of the ensemble is left", do=f"change the choices ({reasons})")
    estimates = {
        key: _estimate(key, one.unit, k, members)
        for k, (key, one) in enumerate(quantities.items())
        if any(m.status == "kept" and np.isfinite(m.values[k]) for m in members)
    }
    return Ensemble(
        tuple(members), estimates, settings.engine, seed, resamples,
        sum(one.fits for one in members), tuple(quantities),
    )  # fmt: skip


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


def _base_fits(
    made: Sequence[tuple[Member, Candidate | None]], settings: FitSettings, weighing: Weighing
) -> list[Member]:
    """Return the members with their best fits; what is hopeless after a few steps is not finished."""
    looks = [
        member if one is None
        else base_fit(member, one, ({}, *one.starts), settings, evaluations=_LOOK, restarts=0)
        for member, one in made
    ]  # fmt: skip
    found = list(looks)
    for places in places_by_data(looks).values():
        own = [looks[i] for i in places]
        least = criteria(own).min()
        for i, hoped in zip(places, criteria(own, share=_HOPE), strict=True):
            member, candidate = found[i], made[i][1]
            if weighing == "bic" and hoped - least > -2.0 * math.log(NEGLIGIBLE):
                found[i] = replace(member, status="pruned", reasons=(_hopeless(member, own),))
            elif candidate is not None and member.best is not None and not _is_settled(member.best):
                reached = dict(zip(member.best.free_names, member.best.free_values[0], strict=True))
                found[i] = base_fit(member, candidate, (reached,), settings)
    return found


def _screened(member: Member, screen: Callable[[Member], Sequence[str]] | None) -> Member:
    if screen is None or member.status != "kept":
        return member
    reasons = screen(member)
    return member.left_out(*reasons) if reasons else member


def _is_settled(best: FitStack) -> bool:
    """Return whether a fit needs no other start."""
    good = best.noise == "known" and best.redchi[0] <= _MISFIT
    return bool(good and best.converged[0] and not best.flag(Flag.AT_BOUND)[0])


def _hopeless(member: Member, beside: Sequence[Member]) -> str:
    chi2 = [float(one.best.chi2[0]) for one in beside if one.best is not None]
    own = float(member.best.chi2[0]) if member.best is not None else math.nan
    return f"chi2 {own:.3g} after {_LOOK} evaluations, beside {min(chi2):.3g} on the same data"


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
