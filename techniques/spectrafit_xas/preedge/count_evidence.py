"""How many peaks: what every window, rising edge and line shape says, and what all of them reject."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spectrafit.fit.compare import CountRow, count_best, effective_count
from spectrafit.history import frozen_mapping
from spectrafit_xas.preedge.forms import FormFit
from spectrafit_xas.preedge.peak_count import WEAK

__all__ = [
    "RMS_LIMIT",
    "CountEvidence",
    "RelativeBic",
    "best_by_window",
    "count_evidence",
    "effective_points",
    "form_bic",
    "relative_bic",
]

Window = tuple[float, float]
RMS_LIMIT = 1.3
DECIDED_SHARE = 0.95


@dataclass(frozen=True, eq=False)
class CountEvidence:
    """What the members of an ensemble say about the number of peaks.

    Parameters
    ----------
    shares : mapping of int to float
        By number of peaks: weight exp(-BIC/2) of the best rising edge and shape of each number,
        averaged over the windows.
    by_shape : mapping of str to mapping of int to float
        The same for each line shape by itself.
    votes : mapping of int to int
        How many windows ask for a number: one more peak only where the best BIC over all rising
        edges and shapes falls by the margin and every peak counts. A peak that mends the wrong
        edge or the wrong tails is so held against the right ones.
    forms : mapping of int to int
        How many combinations of window, rising edge and shape ask for a number by themselves.
    least : int
        The smallest of these, which no combination does without; with bootstraps, the smallest
        number that not every shape and rising edge rejects.
    p : mapping of str to float
        Of bootstraps of the likelihood ratio, by shape and rising edge: that one peak fewer than
        `least` gives as large a fall of chi2. Empty where none was made.
    """

    shares: Mapping[int, float]
    by_shape: Mapping[str, Mapping[int, float]]
    votes: Mapping[int, int]
    forms: Mapping[int, int]
    least: int
    p: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("shares", "by_shape", "votes", "forms", "p"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))

    @property
    def best(self) -> int:
        """The number that most windows ask for; the smaller of two."""
        return min(self.votes, key=lambda count: (-self.votes[count], count))

    @property
    def decided(self) -> bool:
        """Whether the best number has 95 % of the shares."""
        return self.shares[self.best] >= DECIDED_SHARE

    @property
    def least_words(self) -> str:
        """The least number in a sentence, with what rejects fewer."""
        if self.least == 1:
            return "one peak is not rejected by every window, rising edge and shape"
        fewer = f"{self.least - 1} peak{'s' if self.least > 2 else ''}"
        text = (
            f"a minimum of {self.least} peaks: {fewer} rejected by each of {self.combinations} "
            "combinations of window, rising edge and shape"
        )
        if self.p:
            text += f"; p at most {max(self.p.values()):.3f} by bootstraps of {len(self.p)} forms"
        return text

    @property
    def combinations(self) -> int:
        """How many windows, rising edges and shapes were asked."""
        return sum(self.forms.values())


def effective_points(fits: Sequence[FormFit]) -> dict[Window, float]:
    """Return the effective number of points of each window, from its best fit without faults.

    One number serves all shapes, rising edges and counts of a window; a number per fit would
    reward the worse model with fewer points.

    Parameters
    ----------
    fits : sequence of FormFit
        All.

    Returns
    -------
    dict of (float, float) to float
    """
    return {window: effective_count(one.residual) for window, one in best_by_window(fits).items()}


def best_by_window(fits: Sequence[FormFit]) -> dict[Window, FormFit]:
    """Return the fit with the lowest chi2 of each window, of those without faults where there are.

    Parameters
    ----------
    fits : sequence of FormFit
        All.

    Returns
    -------
    dict of (float, float) to FormFit
    """
    best: dict[Window, FormFit] = {}
    for one in sorted(fits, key=lambda one: (bool(one.faults), one.chi2)):
        best.setdefault(one.window_eV, one)
    return best


def count_evidence(fits: Sequence[FormFit], *, known: bool, margin: float) -> CountEvidence | None:
    """Return what the fits of different numbers of peaks say.

    Parameters
    ----------
    fits : sequence of FormFit
        Of every combination and number.
    known : bool
        Whether the points have errors.
    margin : float
        BIC must fall by this for one more peak.

    Returns
    -------
    CountEvidence or None
        None where no combination has a fit whose peaks all count.

    """
    best, points = best_by_window(fits), effective_points(fits)
    votes: Counter[int] = Counter()
    forms: Counter[int] = Counter()
    shares: list[dict[int, float]] = []
    by_shape: dict[str, list[dict[int, float]]] = {}
    for window, leader in best.items():
        rows = {one: _row(one, points[window], known) for one in fits if one.window_eV == window}
        leading = _best_of_each(list(rows), rows)
        taken = _taken(leading, rows, margin)
        if taken is None:
            continue
        votes[taken] += 1
        shares.append(_shares(leading, rows))
        for shape in dict.fromkeys(one.form.shape for one in rows):
            own = _best_of_each([one for one in rows if one.form.shape == shape], rows)
            if any(not one.faults for one in own):
                by_shape.setdefault(shape, []).append(_shares(own, rows))
        for group in _combinations(rows):
            clean = [one.rms for one in group if not one.faults]
            if clean and min(clean) <= RMS_LIMIT * leader.rms:
                asked = _taken(group, rows, margin)
                forms.update([] if asked is None else [asked])
    if not votes or not forms:
        return None
    counts = sorted({one.form.count for one in fits})
    return CountEvidence(
        _mean(shares, counts),
        {shape: _mean(each, counts) for shape, each in by_shape.items()},
        dict(sorted(votes.items())),
        dict(sorted(forms.items())),
        min(forms),
    )


@dataclass(frozen=True)
class RelativeBic:
    """How far a line shape with a number of peaks lies above the best of its window.

    Parameters
    ----------
    window_eV : tuple of float
        Window.
    shape : str
        Line shape, over its best rising edge.
    count : int
        Number of peaks.
    above : float
        BIC less the lowest of all shapes, rising edges and numbers of this window whose peaks
        count; below zero only where peaks do not count.
    counts : bool
        Whether all peaks count.
    """

    window_eV: Window
    shape: str
    count: int
    above: float
    counts: bool


def relative_bic(fits: Sequence[FormFit], *, known: bool) -> tuple[RelativeBic, ...]:
    """Return BIC of each shape and number of peaks in each window, relative to the best there.

    Parameters
    ----------
    fits : sequence of FormFit
        Of every combination and number.
    known : bool
        Whether the points have errors.

    Returns
    -------
    tuple of RelativeBic
        By window, shape and number; windows in which no fit has peaks that all count are left
        out, as they say nothing about the number.
    """
    points = effective_points(fits)
    found: list[RelativeBic] = []
    for window in points:
        rows = {one: _row(one, points[window], known) for one in fits if one.window_eV == window}
        sound = [row.bic for one, row in rows.items() if not one.faults]
        if not sound:
            continue
        for shape in dict.fromkeys(one.form.shape for one in rows):
            own = _best_of_each([one for one in rows if one.form.shape == shape], rows)
            found += [
                RelativeBic(
                    window, shape, one.form.count, rows[one].bic - min(sound), not one.faults
                )
                for one in own
            ]
    return tuple(found)


def _combinations(fits: Iterable[FormFit]) -> list[list[FormFit]]:
    """Return the fits of one window by rising edge and shape, each by rising number of peaks."""
    groups: dict[tuple[str, str], list[FormFit]] = {}
    for one in sorted(fits, key=lambda one: one.form.count):
        groups.setdefault((one.form.background, one.form.shape), []).append(one)
    return list(groups.values())


def _best_of_each(fits: Sequence[FormFit], rows: Mapping[FormFit, CountRow]) -> list[FormFit]:
    """Return the fit with the lowest BIC of each number of peaks, of those that count if any does."""
    best: dict[int, FormFit] = {}
    for one in sorted(fits, key=lambda one: (_standing(one), rows[one].bic)):
        best.setdefault(one.form.count, one)
    return [best[count] for count in sorted(best)]


def _standing(one: FormFit) -> int:
    return 0 if not one.faults else 1 if _only_weak(one.faults) else 2


def _taken(fits: Sequence[FormFit], rows: Mapping[FormFit, CountRow], margin: float) -> int | None:
    """Return the number that fits of rising numbers ask for, None where its peaks do not count."""
    own = [rows[one] for one in fits]
    taken = count_best(own, margin=margin)
    return None if next(row for row in own if row.count == taken).flagged else taken


def form_bic(one: FormFit, points: float, *, known: bool) -> float:
    """Return Bayes' criterion of a fit on effective points, as `spectrafit.fit.compare.bic_of`.

    Parameters
    ----------
    one : FormFit
        A fit.
    points : float
        Effective number of points of its window.
    known : bool
        Whether the points have errors.

    Returns
    -------
    float
    """
    size = one.free * math.log(points)
    if known:
        return one.chi2 * points / one.points + size
    return points * math.log(max(one.chi2 / one.points, 1e-250)) + size


def _row(one: FormFit, points: float, known: bool) -> CountRow:
    bic = form_bic(one, points, known=known)
    return CountRow(one.form.count, one.free, one.chi2, bic, None, bool(one.faults))


def _shares(fits: Sequence[FormFit], rows: Mapping[FormFit, CountRow]) -> dict[int, float]:
    """Return weights of the numbers; a peak that is only weak is judged by BIC, not left out."""
    allowed = {one.form.count: rows[one].bic for one in fits if _standing(one) < 2}
    least = min(allowed.values())
    weights = {count: float(np.exp(-0.5 * (bic - least))) for count, bic in allowed.items()}
    total = sum(weights.values())
    return {count: weight / total for count, weight in weights.items()}


def _only_weak(faults: Sequence[str]) -> bool:
    weak = {fault.split()[0] for fault in faults if fault.endswith(WEAK)}
    small = {fault.split()[0] for fault in faults if fault.endswith("of the area")}
    return (
        len(weak) > 0
        and small <= weak
        and all(fault.endswith((WEAK, "of the area")) for fault in faults)
    )


def _mean(each: Sequence[Mapping[int, float]], counts: Sequence[int]) -> dict[int, float]:
    return {count: sum(one.get(count, 0.0) for one in each) / len(each) for count in counts}
