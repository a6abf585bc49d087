"""The curve of chi T as observables: one for each temperature of each branch, with its budget."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.observable import Observable
from spectrafit_magnetism.curve import COMMON_PARTS, BranchCurve, MeasuredCurve, error_parts
from spectrafit_magnetism.items import curve_item, sigma_fields
from spectrafit_magnetism.reading_groups import group_starts
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.transition_items import lag_of_branch

__all__ = ["MOST_POINTS", "curve_items"]

MOST_POINTS = 300
"""Points of a curve that are handed on, over all branches."""

_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 50.0)

Rows = NDArray[np.int64]


def curve_items(
    curves: Sequence[MeasuredCurve], settings: MagnetismSettings
) -> tuple[Observable, ...]:
    """Return every point of curves.

    Parameters
    ----------
    curves : sequence of MeasuredCurve
        Of one measurement.
    settings : MagnetismSettings
        Width of the bins, and the lag.

    Returns
    -------
    tuple of Observable
        Of the key ``magnetism.chiT``, with conditions T (K) and branch. Readings within a bin are
        averaged, T too: nothing is interpolated. The parts ``mass`` and ``chi_dia`` of the budget are
        common to all points of a file; ``lag`` is to those of a branch, of opposite sign on the other.

    Raises
    ------
    SettingsError
        When the bins leave more than 300 points.
    """
    all_branches = [branch for curve in curves for branch in curve.branches]
    step = _step(all_branches, settings.curve_step_K)
    made: list[Observable] = []
    counts: dict[str, int] = {}
    for curve in curves:
        for branch in curve.branches:
            counts[branch.direction] = counts.get(branch.direction, 0) + 1
            count = counts[branch.direction]
            name = branch.direction if count == 1 else f"{branch.direction}_{count}"
            lag = lag_of_branch(branch, settings)
            made += [_point(curve, branch, rows, name, step, lag) for rows in _bins(branch.T, step)]
    return tuple(made)


def _step(branches: Sequence[BranchCurve], asked: float) -> float:
    """Return the width of bins, K; 0 where readings stay single."""

    def count(step: float) -> int:
        return sum(len(_bins(one.T, step)) for one in branches)

    if asked:
        if not 0.0 < asked < np.inf:
            raise SettingsError(
                f"bins of {asked:g} K", where="curve_step_K", do="give a width above 0"
            )
        if count(asked) > MOST_POINTS:
            raise SettingsError(
                f"bins of {asked:g} K leave {count(asked)} points",
                where="curve_step_K",
                do=f"choose wider ones: at most {MOST_POINTS} points are handed on",
            )
        return asked
    return next((one for one in (0.0, *_STEPS) if count(one) <= MOST_POINTS), _STEPS[-1])


def _bins(T: np.ndarray, step: float) -> list[Rows]:
    """Return the rows of each bin by rising temperature; readings within 0.05 K are always one."""
    order = np.argsort(T, kind="stable")
    if step:
        cuts = np.flatnonzero(np.diff(np.floor(T[order] / step)) > 0.0) + 1
    else:
        cuts = group_starts(T[order])[1:]
    return [np.asarray(rows, dtype=np.int64) for rows in np.split(order, cuts)]


def _behind(branch: BranchCurve, T: float, chiT: float, lag: float | None) -> dict[str, object]:
    """Return what a lag of the sample means for a point, for those who fit it.

    The sample is colder than its thermometer on heating, warmer on cooling; besides, its
    susceptibility is multiplied by the temperature of the thermometer.
    """
    kelvin = -(lag or 0.0) if branch.direction == "heating" else (lag or 0.0)
    return {"sample_T_off": {"part": "lag", "K": kelvin, "beside": -chiT * kelvin / T}}


def _point(
    curve: MeasuredCurve, branch: BranchCurve, rows: Rows, name: str, step: float, lag: float | None
) -> Observable:
    T, chiT = float(branch.T[rows].mean()), float(branch.chiT[rows].mean())
    stat = None
    if branch.stat is not None:
        stat = float(np.sqrt((branch.stat[rows] ** 2).sum())) / rows.size
    sigma, reason, budget = error_parts(
        curve, T, chiT, stat=stat, why_no_stat=branch.why_no_stat,
        centre=0.0 if branch.centre is None else float(branch.centre[rows].mean()),
        slope=branch.slope_at(T), lag=lag, bend=branch.bend_at(T), spread=float(branch.T[rows].std()),
    )  # fmt: skip
    behind = _behind(branch, T, chiT, lag) if "lag" in budget else {}
    common = [part for part in COMMON_PARTS if part in budget]
    return curve_item(
        curve, "chiT", "cm3 K mol-1", step="curve",
        step_settings={"branch": name, "curve_step_K": step, "readings": int(rows.size)},
        conventions={
            "common": ", ".join(common) or "none",
            **({"common_of_branch": "lag"} if "lag" in budget else {}),
            **behind,
        },
        conditions={"T": T, "branch": name}, value=chiT, budget=budget,
        **sigma_fields(sigma, reason),
    )  # fmt: skip
