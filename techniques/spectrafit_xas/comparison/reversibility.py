"""Whether a heating and cooling cycle comes back: the same temperature on both branches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.technique import Observables
from spectrafit_xas.comparison.equivalence import Equivalence, equivalence

__all__ = [
    "BRANCH_CONDITION",
    "CyclePoint",
    "Reversal",
    "branch_labels",
    "cycle_points",
    "reversals",
]

BRANCH_CONDITION = "branch"
HEATING, COOLING = "heating", "cooling"
SAME_T_K = 2.0
SHARED_SOURCES = ("calibration", "background and window", "kernel", "over-absorption")


@dataclass(frozen=True)
class CyclePoint:
    """A descriptor at one temperature of a cycle.

    Parameters
    ----------
    T_K : float
        Temperature.
    branch : str
        ``heating`` or ``cooling``.
    value : float
        In the unit of the descriptor.
    sigma : float
        Standard uncertainty without what all points of the cycle share; positive.
    name : str
        Of the scan.
    """

    T_K: float
    branch: str
    value: float
    sigma: float
    name: str


@dataclass(frozen=True)
class Reversal:
    """One temperature on the way up and on the way down.

    Parameters
    ----------
    T_K : float
        Mean of the two.
    heating, cooling : CyclePoint
        The two.
    difference : Equivalence
        Cooling minus heating, against zero and the margin.
    """

    T_K: float
    heating: CyclePoint
    cooling: CyclePoint
    difference: Equivalence

    def __str__(self) -> str:
        found = self.difference
        return (
            f"{self.T_K:g} K: cooling - heating = {found.value:+.3g} ± {found.sigma or 0.0:.2g}, "
            f"margin {found.margin:g}: {found.verdict}; smallest difference that would show "
            f"{found.smallest_detectable:.2g}"
        )


def branch_labels(temperatures_K: Sequence[float]) -> tuple[str, ...]:
    """Return the branch of each scan of one cycle, in the order of measurement.

    Parameters
    ----------
    temperatures_K : sequence of float
        In the order of measurement; up and down again, or down and up again.

    Returns
    -------
    tuple of str
        The turning point belongs to the branch that led to it.

    Raises
    ------
    SettingsError
        When the temperatures turn more than once, beyond 2 K: give the branches by hand.
    """
    if len(temperatures_K) < 2:
        raise SettingsError("a cycle needs at least two scans")
    labels, first_leg = [""] * len(temperatures_K), ""
    extreme, turns = temperatures_K[0], 0
    current = ""
    for i, T in enumerate(temperatures_K):
        if i == 0:
            continue
        moved = T - extreme
        if not current:
            if abs(moved) > SAME_T_K:
                current = HEATING if moved > 0 else COOLING
                first_leg, extreme = current, T
        elif (moved > 0) == (current == HEATING):
            extreme = T
        elif abs(moved) > SAME_T_K:
            turns, extreme = turns + 1, T
            current = COOLING if current == HEATING else HEATING
        labels[i] = current
    if turns > 1:
        raise SettingsError(
            f"the temperature turns {turns} times: more than one cycle",
            do=f'give each scan its branch, as the condition "{BRANCH_CONDITION}"',
        )
    if not first_leg:
        raise SettingsError("the temperature does not change by more than 2 K")
    return tuple(label or first_leg for label in labels)


def cycle_points(
    found: Sequence[Observables], key: str, *, shared: Sequence[str] = SHARED_SOURCES
) -> tuple[CyclePoint, ...]:
    """Return a descriptor along one cycle.

    Parameters
    ----------
    found : sequence of Observables
        Of the scans in the order of measurement, each with the condition ``T``; the condition
        ``branch`` goes before the order.
    key : str
        Like ``"xanes.fe.preedge.area"``.
    shared : sequence of str
        Sources of error that all scans share: they cancel in a difference.

    Returns
    -------
    tuple of CyclePoint

    Raises
    ------
    SpectrafitError
        For a scan without temperature, or a descriptor without a number and its error.
    """
    rows = [one[key] for one in found]
    temperatures = []
    for row in rows:
        T = row.conditions.get("T")
        if not isinstance(T, float | int):
            raise SpectrafitError(
                "no temperature", where=row.source.name, do="give the condition T"
            )
        temperatures.append(float(T))
    stated = [row.conditions.get(BRANCH_CONDITION) for row in rows]
    known = all(one in (HEATING, COOLING) for one in stated)
    labels = tuple(str(one) for one in stated) if known else branch_labels(temperatures)
    points = []
    for row, T, branch in zip(rows, temperatures, labels, strict=True):
        if not isinstance(row.value, float) or row.sigma is None:
            raise SpectrafitError(
                f"{key} has no error: {row.sigma_reason or 'not a number'}",
                where=row.source.name,
                do="compare a descriptor that has one",
            )
        own = [sigma for source, sigma in row.budget.items() if source not in shared]
        points.append(
            CyclePoint(
                T, branch, row.value, math.hypot(*own) if own else row.sigma, row.source.name
            )
        )
    return tuple(points)


def reversals(
    points: Sequence[CyclePoint], margin: float, *, same_T_K: float = SAME_T_K
) -> tuple[Reversal, ...]:
    """Return every temperature that both branches have, with the verdict.

    Parameters
    ----------
    points : sequence of CyclePoint
        One descriptor along one cycle.
    margin : float
        Largest difference that does not matter, set before looking; in the descriptor's unit.
    same_T_K : float
        Temperatures this near count as the same.

    Returns
    -------
    tuple of Reversal
        By rising temperature; each point of the way up with the nearest of the way down.

    Raises
    ------
    SettingsError
        When the branches have no temperature in common.
    """
    up = [point for point in points if point.branch == HEATING]
    down = [point for point in points if point.branch == COOLING]
    found = []
    for point in sorted(up, key=lambda one: one.T_K):
        near = min(down, key=lambda one: abs(one.T_K - point.T_K), default=None)
        if near is None or abs(near.T_K - point.T_K) > same_T_K:
            continue
        difference = equivalence(
            near.value - point.value, math.hypot(near.sigma, point.sigma), margin
        )
        found.append(Reversal((near.T_K + point.T_K) / 2.0, point, near, difference))
    if not found:
        raise SettingsError(
            f"no temperature was measured on both branches within {same_T_K:g} K",
            do="measure one again on the way back",
        )
    return tuple(found)
