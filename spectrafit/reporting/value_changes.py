"""The values of two results side by side, each with its difference in standard uncertainties.

Two values from the same data (equal checksums) are fits of one measurement, not two measurements. Their
difference is given in units of the larger standard uncertainty, which says whether it matters, not
whether it is significant. Where the data differ they are taken as independent, and the difference is
divided by the root of the sum of the squared uncertainties (GUM, JCGM 100:2008, 5.1.2).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from spectrafit.observable import Kind, Observable
from spectrafit.reporting.paired_results import Pair
from spectrafit.reporting.verify import RELATIVE, SHARE

__all__ = ["ValueChange", "value_changes"]

Basis = Literal["same data", "independent data", ""]


@dataclass(frozen=True)
class ValueChange:
    """One observable on both sides.

    Parameters
    ----------
    measurement, file, key : str
        What it is.
    before, after : Observable or None
        Both sides; None where it is not there.
    difference : float or None
        After less before, in their unit; None where they are no two numbers of one unit.
    in_sigma : float or None
        The same in standard uncertainties.
    basis : str
        ``same data``: of the larger one; ``independent data``: of the root of the sum of squares.
    reason : str
        Why there is no difference, or none in standard uncertainties.
    differs : bool
        Whether it is beyond the tolerance.
    """

    measurement: str
    file: str
    key: str
    before: Observable | None
    after: Observable | None
    difference: float | None
    in_sigma: float | None
    basis: Basis
    reason: str
    differs: bool


def value_changes(pair: Pair, tolerance: float) -> Iterator[ValueChange]:
    """Yield every observable of a pair of results.

    Parameters
    ----------
    pair : Pair
        One of a single side yields nothing.
    tolerance : float
        In standard uncertainties.

    Yields
    ------
    ValueChange
    """
    if pair.before is None or pair.after is None:
        return
    sums = [side["source"]["sha256"] for side in (pair.before, pair.after)]
    independent = all(sums) and sums[0] != sums[1]
    basis: Basis = "independent data" if independent else "same data"
    old, new = (
        {row["key"]: _observable(row) for row in side["observables"]}
        for side in (pair.before, pair.after)
    )
    for key in dict.fromkeys((*old, *new)):
        yield _value_change(pair, key, old.get(key), new.get(key), basis, tolerance)


def _value_change(
    pair: Pair,
    key: str,
    old: Observable | None,
    new: Observable | None,
    basis: Basis,
    tolerance: float,
) -> ValueChange:
    difference, in_sigma, reason = None, None, ""
    differs = True
    if old is None or new is None:
        reason = f"only {'after' if old is None else 'before'}"
    elif (old.kind, old.unit) != (new.kind, new.unit):
        reason = f"{old.kind} in {old.unit} against {new.kind} in {new.unit}"
    elif isinstance(old.value, int | float) and isinstance(new.value, int | float):
        difference = float(new.value) - float(old.value)
        in_sigma, reason = _in_sigma(difference, old, new, basis)
        differs = _numbers_differ(old, new, in_sigma, tolerance)
    else:
        reason = f"{old.kind.value.replace('_', ' ')}: no number with a standard uncertainty"
        differs = _words_differ(old, new, tolerance)
    stated: Basis = basis if in_sigma is not None else ""
    return ValueChange(
        pair.measurement, pair.file, key, old, new, difference, in_sigma, stated, reason, differs
    )


def _in_sigma(
    difference: float, old: Observable, new: Observable, basis: Basis
) -> tuple[float | None, str]:
    if old.sigma is None or new.sigma is None:
        reasons = [
            f"{side}: {one.sigma_reason or 'not given'}"
            for side, one in (("before", old), ("after", new))
            if one.sigma is None
        ]
        if old.sigma is None and new.sigma is None and old.sigma_reason == new.sigma_reason:
            reasons = [old.sigma_reason or "not given"]
        return None, f"no standard uncertainty; {'; '.join(reasons)}"
    independent = basis == "independent data"
    unit = math.hypot(old.sigma, new.sigma) if independent else max(old.sigma, new.sigma)
    return difference / unit, ""


def _numbers_differ(
    old: Observable, new: Observable, in_sigma: float | None, tolerance: float
) -> bool:
    if in_sigma is None or old.sigma is None or new.sigma is None:
        return (old.sigma is None) != (new.sigma is None) or not _close(old.value, new.value)
    wider = abs(new.sigma - old.sigma) / max(old.sigma, new.sigma)
    return abs(in_sigma) > tolerance or wider > tolerance


def _words_differ(old: Observable, new: Observable, tolerance: float) -> bool:
    """Return whether two intervals, limits or categories differ."""
    if old.value != new.value:
        return True
    shares = old.shares.keys() | new.shares.keys()
    if any(abs(new.shares.get(one, 0.0) - old.shares.get(one, 0.0)) > SHARE for one in shares):
        return True
    widths = [
        one.high - one.low
        for one in (old, new)
        if one.kind is Kind.INTERVAL and one.low is not None and one.high is not None
    ]
    room = tolerance * max(widths, default=0.0) / 2.0
    ends = ((old.low, new.low), (old.high, new.high))
    return any(not _close(one, other, room) for one, other in ends)


def _close(one: Any, other: Any, room: float = 0.0) -> bool:
    if one is None or other is None:
        return one is other
    return bool(abs(other - one) <= max(room, RELATIVE * max(abs(one), abs(other))))


def _observable(row: Mapping[str, Any]) -> Observable:
    names = ("value", "sigma", "sigma_reason", "low", "high", "level", "shares", "verdict")
    return Observable(row["key"], row["unit"], Kind(row["kind"]), **{n: row[n] for n in names})
