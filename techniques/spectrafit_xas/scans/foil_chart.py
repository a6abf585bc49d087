"""The first derivative of the foil: every inflection that could be taken, and the one that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.rounding import value_text
from spectrafit_xas.scans.calibrate import (
    LOWEST_SHARE,
    MEAN_RULE,
    SEARCH_EV,
    TIME_RULE,
    Calibration,
    Inflection,
)

__all__ = ["foil_chart"]

BESIDE_EV = 8.0  # drawn beside the range that is searched
MOST_NAMED = 3
WORDS = {MEAN_RULE: "mean", TIME_RULE: "interpolated"}


def foil_chart(
    calibration: Calibration, tabulated_eV: float, *, title: str, simulated: bool
) -> Chart | None:
    """Return the slope of the foil scans with the inflections that were found in them.

    Parameters
    ----------
    calibration : Calibration
        The record of the foil scans.
    tabulated_eV : float
        Tabulated edge.
    title : str
        One line.
    simulated : bool
        Whether the sample's data say that they are simulated; a simulated foil is marked anyway.

    Returns
    -------
    Chart or None
        None where the record holds no derivative.
    """
    scans = [one for one in calibration.measured if one.slope is not None]
    if not scans:
        return None
    low, high = (tabulated_eV + end for end in SEARCH_EV)
    ends = low - BESIDE_EV, high + BESIDE_EV
    slopes = [_slope(one, ends) for one in scans]
    least = Trace(
        f"least slope: {LOWEST_SHARE:g} of the steepest",
        np.array([low, high]),
        np.full(2, LOWEST_SHARE),
        TraceKind.REFERENCE,
    )
    others = _others(scans)
    assigned = np.full(2, calibration.assigned_eV)
    traces = (
        *slopes,
        least,
        Trace(
            f"assigned: {calibration.assigned_eV:.1f} eV",
            assigned,
            np.array([0.0, 1.0]),
            TraceKind.REFERENCE,
        ),
        *((others,) if others is not None else ()),
        _taken(scans, calibration),
    )
    panel = Panel("slope of μ / its maximum", traces, zero_line=True)
    axis = "energy / eV (as recorded)"
    simulated = simulated or any(one.simulated for one in scans)
    return Chart("foil", title, axis, (panel,), _caption(scans, calibration), simulated)


def _slope(one: Inflection, ends: tuple[float, float]) -> Trace:
    assert one.slope is not None
    energy = one.slope.energy_eV
    seen = (energy >= ends[0]) & (energy <= ends[1])
    share = one.slope.first / one.slope.first.max()
    return Trace(one.source, energy[seen], share[seen], TraceKind.CURVE)


def _others(scans: Sequence[Inflection]) -> Trace | None:
    points = [
        point for one in scans for point in one.candidates if point[0] != one.energy_eV
    ]  # fmt: skip
    if not points:
        return None
    energies, shares = np.array(points).T
    return Trace("other inflections", energies, shares, TraceKind.DATA)


def _taken(scans: Sequence[Inflection], calibration: Calibration) -> Trace:
    measured = calibration.assigned_eV - calibration.shift_eV
    return Trace(
        f"taken{', ' + WORDS[calibration.rule] if len(scans) > 1 else ''}: {measured:.2f} eV",
        np.array([one.energy_eV for one in scans]),
        np.array([one.slope_share for one in scans]),
        TraceKind.DATA,
        x_sigma=np.array([one.total_sigma_eV for one in scans]),
    )


def _caption(scans: Sequence[Inflection], calibration: Calibration) -> str:
    """Return the files, what was found in each, and the shift that follows."""
    named = [
        f"{one.source} ({one.channel or 'absorption'}): "
        f"{value_text(one.energy_eV, one.total_sigma_eV or None)} eV"
        for one in scans[:MOST_NAMED]
    ]
    more = len(scans) - len(named)
    first = scans[0]
    turned = "" if calibration.d_spacing_A is None else ", applied as one of the Bragg angle"
    return (
        f"First inflection of the {calibration.element} foil, the lowest one of at least "
        f"{LOWEST_SHARE:g} of the steepest slope. {'; '.join(named)}"
        + (f"; and {more} more scans" if more else "")
        + f". Local cubic, tricube, half-width {first.half_width_eV:g} eV; assigned "
        f"{calibration.assigned_eV:g} eV; shift "
        f"{value_text(calibration.shift_eV, calibration.sigma_eV or None)} eV ({calibration.rule}"
        f"{turned}). Errors join statistics and kernel."
    )
