"""What the members of an ensemble weigh beside each other, and how often each is resampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from spectrafit.fit.compare import effective_count
from spectrafit.fit.member import Member, model_curve
from spectrafit.spectrum import FloatArray

__all__ = [
    "NEGLIGIBLE",
    "WEIGHINGS",
    "Weighing",
    "criteria",
    "places_by_data",
    "resample_counts",
    "weighted",
]

Weighing = Literal["bic", "equal"]
WEIGHINGS: tuple[Weighing, ...] = ("bic", "equal")

# share of its data's weight below which a member is not resampled
NEGLIGIBLE = 1e-4
# a member is resampled in proportion to its weight, but not less than this: its error is then known
# to a seventh, of which its weight takes a small part
_FEWEST = 25


def places_by_data(members: Sequence[Member]) -> dict[str, list[int]]:
    """Return the places of the members that are kept, by the data they are fitted to.

    Parameters
    ----------
    members : sequence of Member
        All.

    Returns
    -------
    dict of str to list of int
    """
    groups: dict[str, list[int]] = {}
    for i, one in enumerate(members):
        if one.status == "kept" and one.best is not None:
            groups.setdefault(one.best.problem.data_digest, []).append(i)
    return groups


def resample_counts(members: Sequence[Member], most: int) -> list[int]:
    """Return how many resamples each member gets: the heaviest of each data all of them.

    Parameters
    ----------
    members : sequence of Member
        With weights.
    most : int
        For the heaviest.

    Returns
    -------
    list of int
    """
    heaviest: dict[str, float] = {}
    for one in members:
        if one.best is not None:
            data = one.best.problem.data_digest
            heaviest[data] = max(heaviest.get(data, 0.0), one.weight)
    counts = []
    for one in members:
        top = 0.0 if one.best is None else heaviest[one.best.problem.data_digest]
        share = one.weight / top if top > 0.0 else 0.0
        counts.append(min(most, max(_FEWEST, round(share * most))))
    return counts


def weighted(members: Sequence[Member], weighing: Weighing = "bic") -> list[Member]:
    """Return the members with weights; by BIC, those that weigh next to nothing are pruned.

    Parameters
    ----------
    members : sequence of Member
        All.
    weighing : str, optional
        ``"bic"`` within the same data, or ``"equal"``.

    Returns
    -------
    list of Member
    """
    groups = places_by_data(members)
    new = [replace(one, weight=0.0) for one in members]
    for places in groups.values():
        bic = criteria([members[i] for i in places])
        weights = np.exp(-0.5 * (bic - bic.min()))
        weights = weights / weights.sum()
        kept = weights >= NEGLIGIBLE
        share = weights / weights[kept].sum() / len(groups)
        if weighing == "equal":
            kept = np.ones(len(places), dtype=bool)
            share = np.full(len(places), 1.0 / sum(map(len, groups.values())))
        for i, value, weight, whole, counted in zip(places, bic, share, weights, kept, strict=True):
            one = replace(members[i], bic=float(value), weight=float(weight) if counted else 0.0)
            if not counted:
                why = f"weighs {whole:.1g} beside the best on the same data"
                one = replace(one, status="pruned", reasons=(*one.reasons, why))
            new[i] = one
    return new


def criteria(members: Sequence[Member], share: float = 1.0) -> FloatArray:
    """Return BIC of members on the same data, with one number of effective points.

    Parameters
    ----------
    members : sequence of Member
        On the same data, with fits.
    share : float, optional
        Of chi2 that is counted.

    Returns
    -------
    ndarray
    """
    fits = [one.best for one in members if one.best is not None]
    best = min(fits, key=lambda one: float(one.chi2[0]))
    spectrum = best.problem.data[0]
    residual = np.asarray(spectrum.y) - model_curve(best)
    sigma = best.y_sigma
    if sigma is not None:
        residual = residual / (sigma if np.ndim(sigma) == 1 else sigma[0])
    n = best.ndata
    points = effective_count(residual)
    chi2 = share * np.array([float(one.chi2[0]) for one in fits])
    size = np.array([one.nvary for one in fits]) * np.log(points)
    if best.noise == "known":
        return np.asarray(chi2 * points / n + size)
    return np.asarray(points * np.log(np.maximum(chi2 / n, 1e-250)) + size)
