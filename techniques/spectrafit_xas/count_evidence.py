"""How many peaks: what every window, rising edge and line shape says, and what all of them reject."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spectrafit.fit.compare import CountRow, count_best, effective_count
from spectrafit.history import frozen_mapping
from spectrafit_xas.peak_count import WEAK
from spectrafit_xas.preedge_forms import FormFit

__all__ = ["RMS_LIMIT", "CountEvidence", "best_by_window", "count_evidence", "effective_points"]

Window = tuple[float, float]
RMS_LIMIT = 1.3
DECIDED_SHARE = 0.95
REJECTED_P = 0.01


@dataclass(frozen=True, eq=False)
class CountEvidence:
    """What the members of an ensemble say about the number of peaks.

    Parameters
    ----------
    shares : mapping of int to float
        By number of peaks: weight exp(-BIC/2) among the numbers, averaged over all combinations of
        window, rising edge and shape that fit.
    by_shape : mapping of str to mapping of int to float
        The same for each line shape.
    votes : mapping of int to int
        How many combinations ask for a number: one more peak only where BIC falls by the margin
        and every peak counts.
    least : int
        The largest number that no combination does without; with bootstraps, the smallest that not
        every shape and rising edge rejects.
    p : mapping of str to float
        Of bootstraps of the likelihood ratio, by shape and rising edge: that one peak fewer than
        `least` gives as large a fall of chi2. Empty where none was made.
    """

    shares: Mapping[int, float]
    by_shape: Mapping[str, Mapping[int, float]]
    votes: Mapping[int, int]
    least: int
    p: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("shares", "by_shape", "votes", "p"):
            object.__setattr__(self, name, frozen_mapping(getattr(self, name)))

    @property
    def best(self) -> int:
        """The number that most combinations ask for; the smaller of two."""
        return min(self.votes, key=lambda count: (-self.votes[count], count))

    @property
    def decided(self) -> bool:
        """Whether the best number has 95 % of the shares."""
        return self.shares[self.best] >= DECIDED_SHARE

    @property
    def combinations(self) -> int:
        """How many windows, rising edges and shapes were asked."""
        return sum(self.votes.values())


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

    Notes
    -----
    BIC on effective points as `spectrafit.fit.compare.bic_of`.
    """
    best, points = best_by_window(fits), effective_points(fits)
    asked: dict[tuple[Window, str, str], list[FormFit]] = {}
    for one in fits:
        key = (one.window_eV, one.form.background, one.form.shape)
        asked.setdefault(key, []).append(one)
    votes: Counter[int] = Counter()
    shares: dict[str, list[dict[int, float]]] = {}
    for (window, _, shape), group in asked.items():
        clean = [one.rms for one in group if not one.faults]
        if not clean or min(clean) > RMS_LIMIT * best[window].rms:
            continue
        own = sorted(group, key=lambda one: one.form.count)
        rows = [_row(one, points[window], known) for one in own]
        taken = count_best(rows, margin=margin)
        if next(row for row in rows if row.count == taken).flagged:
            continue
        votes[taken] += 1
        shares.setdefault(shape, []).append(_shares(own, rows))
    if not votes:
        return None
    counts = sorted({one.form.count for one in fits})
    every = [one for each in shares.values() for one in each]
    return CountEvidence(
        _mean(every, counts),
        {shape: _mean(each, counts) for shape, each in shares.items()},
        dict(sorted(votes.items())),
        min(votes),
    )


def _row(one: FormFit, points: float, known: bool) -> CountRow:
    size = one.free * math.log(points)
    if known:
        bic = one.chi2 * points / one.points + size
    else:
        bic = points * math.log(max(one.chi2 / one.points, 1e-250)) + size
    return CountRow(one.form.count, one.free, one.chi2, bic, None, bool(one.faults))


def _shares(fits: Sequence[FormFit], rows: Sequence[CountRow]) -> dict[int, float]:
    """Return weights of the numbers; a peak that is only weak is judged by BIC, not left out."""
    allowed = {
        row.count: row.bic
        for one, row in zip(fits, rows, strict=True)
        if not one.faults or _only_weak(one.faults)
    }
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
