"""chi T of both branches, raw beside corrected, with the values of free spins."""

from __future__ import annotations

import numpy as np

from spectrafit.heat_map import Mark
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.rounding import number_text
from spectrafit_magnetism.curve import BranchCurve, MeasuredCurve
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.spin_only import spin_only_chiT

__all__ = ["CHI_T_LABEL", "TEMPERATURE", "chi_chart", "spin_only_marks"]

TEMPERATURE = "temperature / K"
_MOST_MARKERS = 60
CHI_T_LABEL = "χₘT / cm³ K mol⁻¹"


def chi_chart(curve: MeasuredCurve, settings: MagnetismSettings) -> Chart:
    """Return chi T against temperature.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    settings : MagnetismSettings
        With the spins whose values are marked.

    Returns
    -------
    Chart
        Corrected points of each branch; the shade reaches to chi T without any correction.
    """
    traces: list[Trace] = []
    shaded = curve.main
    if shaded.raw is not None and np.abs(shaded.chiT - shaded.raw).max() > 0.0:
        order = np.argsort(shaded.T, kind="stable")
        raw, corrected = shaded.raw[order], shaded.chiT[order]
        traces.append(
            Trace("without corrections", shaded.T[order], raw, TraceKind.COMPONENT, base=corrected)
        )
    traces += [_points(branch) for branch in curve.branches]
    panel = Panel(CHI_T_LABEL, tuple(traces), y_marks=spin_only_marks(settings))
    return Chart(
        "chiT", "χₘT against temperature", TEMPERATURE, (panel,), caption=_caption(curve, settings),
        simulated=curve.source.simulated,
    )  # fmt: skip


def _points(branch: BranchCurve) -> Trace:
    order = np.argsort(branch.T, kind="stable")
    sigma = None if branch.stat is None else branch.stat[order]
    kind = TraceKind.DATA if order.size <= _MOST_MARKERS else TraceKind.CURVE
    name = branch.name.replace("_", " ")
    return Trace(name, branch.T[order], branch.chiT[order], kind, sigma=sigma)


def spin_only_marks(settings: MagnetismSettings) -> tuple[Mark, ...]:
    """Return the chi T of the declared spins as places on an axis of chi T.

    Parameters
    ----------
    settings : MagnetismSettings
        With spins and g values.

    Returns
    -------
    tuple of Mark
    """
    made = []
    for spins, g in (
        (settings.high_spins, settings.g_high),
        (settings.low_spins, settings.g_low),
    ):
        if spins:
            place = spin_only_chiT(*spins, g=g)
            named = " + ".join(_fraction(spin) for spin in spins)
            made.append(Mark(place, place, f"S = {named}, g = {g:g}"))
    return tuple(made)


def _fraction(spin: float) -> str:
    return f"{spin:g}" if spin == int(spin) else f"{int(2 * spin)}/2"


def _caption(curve: MeasuredCurve, settings: MagnetismSettings) -> str:
    words = []
    if curve.field is not None:
        words.append(f"χₘT = MT/(Hn) in {number_text(abs(curve.field), 4)} Oe.")
        words.append(f"Diamagnetism: {curve.conventions['diamagnetism']}.")
        words.append(f"Matrix: {curve.conventions['matrix']}.")
        if curve.correction_slope:
            words.append(
                f"The shade is what the corrections add, {number_text(curve.correction_slope, 3)} cm³ mol⁻¹ times T."
            )
    else:
        words.append("χₘT as in the table; which corrections it holds is not known.")
    if any(one.stat is not None for one in curve.branches):
        words.append(
            "Bars and bands are one standard uncertainty from point to point, without mass and diamagnetism."
        )
    if settings.high_spins or settings.low_spins:
        words.append("Marked are the values of free declared spins.")
    return " ".join(words)
