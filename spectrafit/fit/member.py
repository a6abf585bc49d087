"""One member of an ensemble: a problem, its best fit from several starts, what is read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import Problem
from spectrafit.fit.quantity import Quantity
from spectrafit.fit.resample import Resampling, resampled
from spectrafit.fit.result import FitResult, Flag
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray

__all__ = [
    "Candidate",
    "FitSettings",
    "Member",
    "Status",
    "base_fit",
    "read_member",
    "resampled_member",
]

Status = Literal["kept", "pruned", "left out"]
Starts = Mapping[str, float]

_FAULTS = (
    Flag.CALL_LIMIT,
    Flag.NOT_AT_MINIMUM,
    Flag.NOT_POSITIVE_DEFINITE,
    Flag.OUTSIDE_BOUNDS,
    Flag.NO_FREEDOM,
)
# share of resamples without a minimum beyond which their spread is no error
_MOST_LOST = 0.1
# of the range between two bounds: where a start that lies on one is put
_INSIDE = 0.01
# relative fall of chi2 that makes a fit from another start a better one
_BETTER = 1e-9


@dataclass(frozen=True, eq=False)
class Candidate:
    """A problem and where to start its fit.

    Parameters
    ----------
    problem : Problem
        Of one spectrum; its own start is the first.
    starts : sequence of mapping of str to float
        Further starts by full name; names left out start as in the problem.
    """

    problem: Problem
    starts: Sequence[Starts] = ()


@dataclass(frozen=True)
class FitSettings:
    """How the members of an ensemble are fitted.

    Parameters
    ----------
    engine : str
        Of `fit_many`, not ``"auto"``.
    counts : bool
        Whether y are counts.
    threads : int
        Of the compiled engine.
    """

    engine: str
    counts: bool
    threads: int


@dataclass(frozen=True, eq=False)
class Member:
    """One combination of choices.

    Parameters
    ----------
    labels : mapping of str to str
        What is chosen, by name of the choice.
    status : str
        ``"kept"``; ``"pruned"``: fits, but weighs next to nothing beside the best on the same
        data; ``"left out"``: does not count.
    reasons : tuple of str
        Why it is not kept.
    best : FitStack or None
        The best fit, one row; None where the problem could not be made or fitted.
    weight : float
        Share in the ensemble, 0 unless kept.
    bic : float
        Criterion on the effective points, not a number where it was not computed. To be compared
        on the same data only.
    values : ndarray, shape (K,)
        Quantities at the best fit; not a number where the member does not have one.
    covariance : ndarray, shape (K, K)
        Their statistical covariance, from the resamples, or from the fit where there are none.
    samples : ndarray, shape (B, K)
        Quantities of the resamples that reached a minimum.
    fits : int
        How many fits were made for it.
    lost : int
        Resamples that reached no minimum.
    """

    labels: Mapping[str, str]
    status: Status = "kept"
    reasons: tuple[str, ...] = ()
    best: FitStack | None = None
    weight: float = 0.0
    bic: float = float("nan")
    values: FloatArray = field(default_factory=lambda: np.empty(0))
    covariance: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    samples: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    fits: int = 0
    lost: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", frozen_mapping(self.labels))

    @property
    def name(self) -> str:
        """The labels in words, ``"window: whole, count: 2"``."""
        return ", ".join(f"{choice}: {label}" for choice, label in self.labels.items())

    @cached_property
    def result(self) -> FitResult | None:
        """The best fit with the full verdict of the single fit; None where there is no fit."""
        return None if self.best is None else self.best.result(0)

    def left_out(self, *reasons: str) -> Member:
        """Return the member as one that does not count.

        Parameters
        ----------
        *reasons : str
            Why.

        Returns
        -------
        Member
        """
        return replace(self, status="left out", reasons=(*self.reasons, *reasons), weight=0.0)


# numbers whose squares no double holds end in reasons, not in warnings
@np.errstate(all="ignore")
def base_fit(
    member: Member,
    candidate: Candidate,
    starts: Sequence[Starts],
    settings: FitSettings,
    *,
    evaluations: int = 2000,
    restarts: int = 4,
) -> Member:
    """Return a member with the best of its fits from some starts and of the one it has.

    Parameters
    ----------
    member : Member
        Before.
    candidate : Candidate
        Its problem.
    starts : sequence of mapping of str to float
        By full name; names that the problem does not have are passed over.
    settings : FitSettings
        Engine, counts.
    evaluations, restarts : int, optional
        As `max_evaluations` and `restarts` of `fit_many`.

    Returns
    -------
    Member
        Left out, with the reason, where no fit could be made.
    """
    problem = candidate.problem
    y = np.tile(problem.data[0].y, (len(starts), 1))
    sigma = None if settings.counts else problem.data[0].sigma
    try:
        found = fit_many(
            problem, y, sigma=sigma, start=_start_columns(problem, starts),
            # a batch of a few is slower than single fits
            engine="auto" if settings.engine == "batch" else settings.engine, counts=settings.counts, threads=settings.threads,
            max_evaluations=evaluations, restarts=restarts,
        )  # fmt: skip
    except FitError as error:
        return member if member.best is not None else member.left_out(str(error))
    rank = np.where(found.converged, found.chi2, np.inf)
    row = int(np.argmin(rank)) if np.isfinite(rank).any() else int(np.argmin(found.chi2))
    own = replace(member, fits=member.fits + len(starts))
    before = member.best
    worse = (
        before is not None
        and bool(before.converged[0] >= found.converged[row])
        and found.chi2[row] >= (1.0 - _BETTER) * before.chi2[0]
    )
    return own if worse else replace(own, best=found.rows([row]))


def _start_columns(problem: Problem, starts: Sequence[Starts]) -> dict[str, FloatArray]:
    """Return the starts of the free parameters, one element a fit, inside their bounds."""
    rows = zip(
        problem.free_names, problem.free_start, problem.free_min, problem.free_max, strict=True
    )
    columns = {}
    for name, usual, low, high in rows:
        asked = np.array([float(start.get(name, usual)) for start in starts])
        aside = _INSIDE * (high - low) if np.isfinite(high - low) else 0.0
        moved = np.clip(asked, low + aside, high - aside)
        # the problem's own start is the caller's wish, a bound included
        columns[name] = np.where(asked == usual, usual, moved)
    return columns


def read_member(member: Member, quantities: Mapping[str, Quantity]) -> Member:
    """Return a member with its quantities, left out where the fit does not determine them.

    Parameters
    ----------
    member : Member
        With a best fit.
    quantities : mapping of str to Quantity
        What is read off.

    Returns
    -------
    Member
    """
    best = member.best
    if best is None:
        return member
    problem = best.problem
    faults = [flag.value for flag in _FAULTS if best.flag(flag)[0]]
    if faults or not best.converged[0]:
        return member.left_out(*(faults or [Flag.NOT_AT_MINIMUM.value]))
    covariance = best.covariance[0]
    steps = _steps(best, covariance)
    values = np.array([one.of(problem, best.values)[0] for one in quantities.values()])
    slopes = np.zeros((len(values), len(steps)))
    for k, one in enumerate(quantities.values()):
        if np.isfinite(values[k]):
            slopes[k] = one.slopes(problem, best.values[0], steps)
    lacking = best.without_error[0]
    touched = (problem.tie_matrix[:, lacking] != 0.0).any(axis=1)
    felt = np.flatnonzero(touched & (slopes != 0.0).any(axis=0))
    unclear = [
        names for names, row in zip(quantities, slopes, strict=True) if not np.isfinite(row).all()
    ]
    reasons = [f"{best.names[i]}: {best.reason(best.names[i], 0)}" for i in felt]
    reasons += [f"{name}: no derivative" for name in unclear]
    slopes[~np.isfinite(slopes)] = 0.0
    own = replace(member, values=values, covariance=slopes @ covariance @ slopes.T)
    return own.left_out(*reasons) if reasons else own


def _steps(best: FitStack, covariance: FloatArray) -> FloatArray:
    """Return steps of derivatives: a hundredth of the error; a millionth of the value without one."""
    size = 1e-6 * np.abs(best.values[0])
    error = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    steps = np.where(
        error > 0.0, np.maximum(0.01 * error, 1e-3 * size), np.where(size > 0, size, 1e-6)
    )
    return np.where(best.problem.tie_matrix.any(axis=1), steps, 0.0)


def model_curve(best: FitStack) -> FloatArray:
    """Return the fitted curve of a best fit.

    Parameters
    ----------
    best : FitStack
        One row.

    Returns
    -------
    ndarray, shape (n,)
    """
    values = dict(zip(best.names, map(float, best.values[0]), strict=True))
    return best.problem.model[0].evaluate(best.problem.data[0].x, values)


def resampled_member(
    member: Member,
    quantities: Mapping[str, Quantity],
    count: int,
    rng: np.random.Generator,
    resampling: Resampling,
    settings: FitSettings,
) -> Member:
    """Return a member with its quantities on resampled data; each fit starts at the best fit.

    Parameters
    ----------
    member : Member
        With a best fit.
    quantities : mapping of str to Quantity
        What is read off.
    count : int
        How many resamples.
    rng : numpy.random.Generator
        Random numbers.
    resampling : str
        As `resampled`.
    settings : FitSettings
        Engine, counts.

    Returns
    -------
    Member
        Left out where more than a tenth of the resamples reach no minimum.
    """
    best = member.best
    if best is None or count == 0:
        return member
    problem = best.problem
    y = resampled(
        problem, model_curve(best), count, rng, resampling=resampling, counts=settings.counts
    )
    start = dict(zip(best.free_names, best.free_values[0], strict=True))
    sigma = None if settings.counts else problem.data[0].sigma
    found = fit_many(
        problem, y, sigma=sigma, start=start, engine=settings.engine, counts=settings.counts,
        threads=settings.threads, warm=True, restarts=0,
    )  # fmt: skip
    samples = np.stack([one.of(problem, found.values) for one in quantities.values()], axis=1)
    good = found.converged
    own = replace(member, samples=samples[good], fits=member.fits + count, lost=int((~good).sum()))
    if good.sum() < 2 or own.lost > _MOST_LOST * count:
        return own.left_out(f"{own.lost} of {count} resamples reached no minimum")
    covariance = np.atleast_2d(np.cov(samples[good], rowvar=False))
    # a quantity that the member does not have stays without a number
    return replace(own, covariance=np.nan_to_num(covariance))
