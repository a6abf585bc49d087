"""What came of stories as rows of the result: counts, criteria, tensions and every number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from spectrafit.rounding import number_text
from spectrafit.states.assignment import ParameterValue, StoryRow
from spectrafit.states.identify import estimable
from spectrafit.states.joint import JointFit
from spectrafit.states.numbers import Number
from spectrafit.states.stories import StoryFit, accepted
from spectrafit.states.tensions import tensions_of

__all__ = ["aicc_of", "best_story", "story_rows"]

_STEP_UNITS: Mapping[str, str] = {
    "H": "J mol-1", "S": "J mol-1 K-1", "T": "K", "G": "J mol-1", "rho": "1", "x": "1",
}  # fmt: skip


_ALIKE = 0.01  # of AICc, by which two stories are not told apart


def story_rows(
    fits: Sequence[StoryFit],
    units: Mapping[str, str] | None = None,
    dipoles: Callable[[JointFit], tuple[str, ...]] | None = None,
) -> tuple[StoryRow, ...]:
    """Return one row for each story.

    Parameters
    ----------
    fits : sequence of StoryFit
        Judged.
    units : mapping of str to str, optional
        Unit of a number by its name, where neither its step nor the key of a pure-state value tells
        it: pure-state values of a key of slopes, and nuisances.
    dipoles : callable, optional
        ``dipoles(fit)``, what a story says of the dipoles of its steps, in words.

    Returns
    -------
    tuple of StoryRow
    """
    return tuple(_row(one, units or {}, dipoles) for one in fits)


def _row(
    one: StoryFit,
    units: Mapping[str, str],
    dipoles: Callable[[JointFit], tuple[str, ...]] | None,
) -> StoryRow:
    row = StoryRow(one.story.name, one.story.meaning, verdict=one.verdict, why=one.why)
    fit = one.fit
    if fit is None:
        return row
    counts = fit.objective.counts
    return replace(
        row,
        chi2=fit.chi2,
        data=counts.data,
        priors=counts.priors,
        free=counts.free,
        aicc=aicc_of(fit),
        second_chi2=fit.second_chi2,
        p_value=None if one.replicas is None else one.replicas.p,
        p_note="" if one.replicas is None else one.replicas.note,
        bounds=tuple(_bounds(one, fit)),
        tensions=tensions_of(fit),
        parameters=tuple(_parameters(one, fit, units)),
        dipoles=() if dipoles is None else dipoles(fit),
    )


def aicc_of(fit: JointFit) -> float | None:
    """Return Akaike's criterion with the correction for small samples.

    Data and priors count as data (C. M. Hurvich, C.-L. Tsai, Biometrika 76, 297 (1989)).

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.

    Returns
    -------
    float or None
        None where the numbers are too many for it.
    """
    counts = fit.objective.counts
    k, rest = counts.free, counts.data + counts.priors - counts.free - 1
    return fit.chi2 + 2.0 * k + 2.0 * k * (k + 1) / rest if rest > 0 else None


def best_story(fits: Sequence[StoryFit]) -> StoryFit | None:
    """Return the accepted story of the least AICc; of the least chi2 where one has no AICc.

    Of those that lie within 0.01 of it the one that makes the fewest claims.

    Parameters
    ----------
    fits : sequence of StoryFit
        Judged.

    Returns
    -------
    StoryFit or None
        None where no story is accepted.
    """
    known = [(one, one.fit, aicc_of(one.fit)) for one in accepted(fits) if one.fit is not None]
    whole = all(criterion is not None for _, _, criterion in known)
    if not known:
        return None
    rated = [((row[2] or 0.0) if whole else row[1].chi2, row[0]) for row in known]
    least = min(value for value, _ in rated)
    alike = [one for value, one in rated if value <= least + _ALIKE]
    return min(alike, key=lambda one: len(one.story.require))


def _bounds(one: StoryFit, fit: JointFit) -> Iterator[str]:
    """Yield the numbers that a bound holds, in words."""
    values = dict(zip(fit.names, fit.theta, strict=True))
    for name in fit.bounds_hit:
        number = number_text(float(values[name]))
        if name in one.set_by_bound:
            yield f"{name} set by bound: {number}, the bound already moved away once"
        else:
            yield f"{name} at its bound {number}"
    for name in one.widened:
        if name not in fit.bounds_hit:
            yield f"{name} fitted beyond its first bound: {number_text(float(values[name]))}"


def _parameters(one: StoryFit, fit: JointFit, units: Mapping[str, str]) -> Iterator[ParameterValue]:
    numbers = fit.objective.numbers
    values = fit.values()
    for number, owner in zip(numbers.every, numbers.owner, strict=True):
        known = number.known
        row = ParameterValue(
            number.name, _unit(number, fit, units), values[number.name],
            status=_status(number, owner, one, fit),
            prior=known.value if known.sigma is not None else None, prior_sigma=known.sigma,
            source=known.source,
        )  # fmt: skip
        if owner < 0:
            yield replace(row, reason="fixed")
            continue
        told = estimable(fit, np.eye(fit.theta.size)[owner])
        reason = told.reason
        if row.status in ("at bound", "set by bound"):
            reason = row.status
        yield replace(row, sigma=told.sigma, reason=reason if told.sigma is None else "")


def _status(number: Number, owner: int, one: StoryFit, fit: JointFit) -> str:
    if owner < 0:
        return "fixed"
    holder = fit.names[owner]
    if holder in one.set_by_bound:
        return "set by bound"
    if holder in fit.bounds_hit:
        return "at bound"
    if number.known.equals:
        return "tied"
    return "prior" if number.known.sigma is not None else "free"


def _unit(number: Number, fit: JointFit, units: Mapping[str, str]) -> str:
    if number.name in units:
        return units[number.name]
    head, _, _ = number.name.partition(".")
    if number.kind == "step":
        return _STEP_UNITS[head]
    if number.kind == "member":
        spec = fit.objective.data.specs[number.name.rpartition(".")[0]]
        return "" if spec.of_slopes else spec.unit
    return "1" if number.kind == "systematic" else ""
