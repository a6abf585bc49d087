"""A technique that was left out, in words: what was tested, how far it is off, what was fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from spectrafit.rounding import number_text, value_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.datum import Datum, Quantity
from spectrafit.states.joint import JointFit
from spectrafit.states.populations import branch_of
from spectrafit.states.predict import total_sigmas
from spectrafit.states.projected import Projected
from spectrafit.states.slope_curve import slope_curve
from spectrafit.units import printed_unit

__all__ = ["left_out_text"]

_COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_FAR = 1.5  # standard errors from its prior, of a number that is named
_PER_DATUM = 2.0  # chi2 of a residual above which the rest itself is not fitted
_MOST_NAMED = 6
_WIDE = 0.25  # rms on a plateau, in the unit of the key, that is called wide
_NAMED_STATES = 3


def left_out_text(
    found: Projected,
    rest: JointFit,
    verdict: str,
    lost: Sequence[tuple[str, float, float | None, str]],
) -> str:
    """Return what becomes of a technique that is left out.

    Parameters
    ----------
    found : Projected
        Its data on the populations by the rest.
    rest : JointFit
        The fit of the rest.
    verdict : str
        ``predicted``, ``shape predicted``, ``not predicted`` or ``cannot tell``.
    lost : sequence of (str, float, float or None, str)
        Populations that the rest does not determine: state, T, nothing, and why.

    Returns
    -------
    str
        Parts of one sentence.
    """
    parts = [_head(found, verdict, lost)]
    if verdict != "cannot tell":
        parts += [*_sizes(found), *_slopes(found), *_fitted(found), *_unseen(found)]
    parts += _of_rest(rest)
    return "; ".join(part for part in parts if part) + "."


def _head(
    found: Projected, verdict: str, lost: Sequence[tuple[str, float, float | None, str]]
) -> str:
    count = len(found.objective.data.data)
    if verdict == "cannot tell":
        if lost:
            states = ", ".join(
                f"{state} at {number_text(T, 4)} K" for state, T, *_ in lost[:_NAMED_STATES]
            )
            more = f" and {len(lost) - _NAMED_STATES} more" if len(lost) > _NAMED_STATES else ""
            return f"Without it the population of {states}{more} is not determined ({lost[0][3]})"
        if found.tested > 0:
            return "What the rest does not see moves all of its data"
        return f"Its own numbers take up all of its {count} data, so that nothing is left to test"
    chi2 = f"chi2 {number_text(found.chi2, 3)} for {count} data"
    free = _names(found, found.free)
    if not free and verdict == "shape predicted":
        far = ", ".join(
            f"{name} {_sigmas(pull)} its prior"
            for name, pull in _far(found.pulls) or found.pulls.items()
        )
        return f"Shape predicted, {chi2}, but not the level: {far}"
    if not free:
        how = "are fixed or have priors" if found.own.any() else "are fixed, or those of the rest"
        word = "Not predicted" if verdict == "not predicted" else "Predicted"
        return f"{word}, {chi2}: its pure-state values {how}, so that the level is tested too"
    scales = [name for name in free if _is_member(found, name)]
    others = [name for name in free if name not in scales]
    words = (
        [f"{_counted(len(scales))} {'scale' if len(scales) == 1 else 'scales'}"] if scales else []
    )
    words += others
    are = "is" if len(scales) + len(others) == 1 else "are"
    told = f"only the shape was tested: {' and '.join(words)} {are} fitted"
    return f"{'Not predicted' if verdict == 'not predicted' else 'Shape predicted'}, {chi2}: {told}"


def _sizes(found: Projected) -> Iterator[str]:
    """Yield the rms distance of each key, beside the standard uncertainty of its data."""
    data = found.objective.data
    totals = total_sigmas(data)
    for key in data.keys:
        rows = [
            place for place, datum in enumerate(data.data)
            if datum.key == key and _is_value(datum) and found.spread[place] is not None
        ]  # fmt: skip
        if rows:
            away = _measured(found)[rows] - found.values[rows]
            rms = number_text(float(np.sqrt(np.mean(away**2))), 2)
            unit = printed_unit(data.specs[key].unit)
            own = number_text(float(np.median(totals[rows])), 2)
            yield f"{key}: rms {rms} {unit}".rstrip() + f" (its error {own})"


def _slopes(found: Projected) -> Iterator[str]:
    """Yield peak and plateau of each curve of a key of slopes, measured and predicted."""
    data = found.objective.data
    for key in data.keys:
        if not data.specs[key].of_slopes:
            continue
        unit = printed_unit(data.specs[key].unit)
        branches: dict[str, list[int]] = {}
        for place, datum in enumerate(data.data):
            if datum.key == key and _is_value(datum) and found.spread[place] is not None:
                branches.setdefault(branch_of(datum.branch).value, []).append(place)
        for branch, rows in branches.items():
            T = np.array([data.data[row].T for row in rows])
            told = slope_curve(T, _measured(found)[rows], found.values[rows])
            head = f"{key}, {branch}" if len(branches) > 1 else key
            if told.peak is not None:
                (T_measured, high), (T_told, high_told) = told.peak
                yield (
                    f"{head}: peak {number_text(high, 3)} {unit} at {number_text(T_measured, 4)} K "
                    f"measured, {number_text(high_told, 3)} at {number_text(T_told, 4)} K predicted"
                )
            if told.plateau is not None:
                low, high = told.plateau
                wide = f", above {number_text(_WIDE, 2)}" if told.rms > _WIDE else ""
                yield (
                    f"{head}: plateau from {number_text(low, 3)} to {number_text(high, 3)} K: rms "
                    f"{number_text(told.rms, 2)} {unit}{wide}, largest over smallest "
                    f"{number_text(told.ratio[0], 3)} measured, {number_text(told.ratio[1], 3)} predicted"
                )


def _fitted(found: Projected) -> Iterator[str]:
    """Yield the own numbers that were fitted, beside their priors."""
    priors = {column: (value, sigma) for column, value, sigma in found.objective.numbers.priors()}
    every = found.objective.numbers
    texts = []
    for column in np.flatnonzero(found.own).tolist():
        number = every.every[every.free[column]]
        if number.kind == "systematic":
            continue
        sigma = float(found.sigmas[column])
        text = (
            f"{number.name} {value_text(float(found.theta[column]), sigma)}"
            if np.isfinite(sigma)
            else f"{number.name} not seen by its data"
        )
        if column in priors:
            text += f", prior {value_text(*priors[column])}"
        texts.append(text)
    if texts:
        more = f"; {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
        yield f"fitted: {'; '.join(texts[:_MOST_NAMED])}{more}"


def _unseen(found: Projected) -> Iterator[str]:
    """Yield how many data the rest says nothing of."""
    lost = sum(one is None for one in found.spread)
    if lost:
        count = len(found.spread)
        yield f"of {lost} of {count} data the rest says nothing: what it does not see moves them"


def _of_rest(rest: JointFit) -> Iterator[str]:
    """Yield that the rest is not fitted itself, and numbers far from their priors in it."""
    counts = rest.objective.counts
    felt = int(rest.jacobian.any(axis=0).sum())
    degrees = counts.data + counts.priors + counts.requirements - felt
    if degrees > 0 and rest.chi2 > _PER_DATUM * degrees:
        yield (
            f"the rest is not fitted itself: chi2 {number_text(rest.chi2, 3)} for {counts.data} data "
            f"and {_counted(counts.priors)} priors by {felt} numbers"
        )
    pulls = {
        rest.names[column]: (float(rest.theta[column]) - value) / sigma
        for column, value, sigma in rest.objective.numbers.priors()
    }
    far = _far(pulls)[:_NAMED_STATES]
    if far:
        names = ", ".join(f"{name} {_sigmas(pull)}" for name, pull in far)
        yield f"in tension with priors of the rest: {names}"


def _far(pulls: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return what is far from its prior, the farthest first."""
    far = [(name, pull) for name, pull in pulls.items() if abs(pull) > _FAR]
    return sorted(far, key=lambda one: -abs(one[1]))


def _sigmas(pull: float) -> str:
    return f"{number_text(abs(pull), 2)} sigma {'above' if pull > 0 else 'below'}"


def _is_value(datum: Datum) -> bool:
    return datum.value is not None and datum.quantity is Quantity.VALUE


def _measured(found: Projected) -> FloatArray:
    data = found.objective.data.data
    shifts = found.objective.shifts
    values = np.array([np.nan if datum.value is None else datum.value for datum in data])
    return values if shifts is None else values + shifts


def _names(found: Projected, which: NDArray[np.bool_]) -> list[str]:
    return [name for name, named in zip(found.objective.names, which, strict=True) if named]


def _is_member(found: Projected, name: str) -> bool:
    return any(one.name == name and one.kind == "member" for one in found.objective.numbers.every)


def _counted(count: int) -> str:
    return _COUNTED[count] if count < len(_COUNTED) else str(count)
