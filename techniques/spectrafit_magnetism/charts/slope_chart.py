"""d(chi T)/dT of each branch, with the transition temperatures."""

from __future__ import annotations

from spectrafit.heat_map import Mark
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_magnetism.charts.chi_chart import TEMPERATURE
from spectrafit_magnetism.curve import MeasuredCurve
from spectrafit_magnetism.transition_items import Transitions

__all__ = ["slope_chart"]


def slope_chart(curve: MeasuredCurve, transitions: Transitions) -> Chart | None:
    """Return the slope of chi T against temperature.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    transitions : Transitions
        Of each branch.

    Returns
    -------
    Chart or None
        None where there is no transition.
    """
    if not transitions.present:
        return None
    kinds = (TraceKind.CURVE, TraceKind.CURVE)
    traces = tuple(
        Trace(name, one.grid, one.derivative, kind)
        for (name, one), kind in zip(transitions.steepest.items(), kinds, strict=False)
    )
    marks = tuple(
        Mark(one.T, one.T, f"T½ {name} {one.T:.1f} K")
        for name, one in transitions.steepest.items()
        if not one.at_end
    )
    panel = Panel("d(χₘT)/dT / cm³ mol⁻¹", traces, zero_line=True, x_marks=marks)
    caption = (
        "Slope of the smoothing spline (generalised cross-validation) of each branch; T½ is its maximum, "
        "known no better than the distance of readings. A lag of the sample moves both maxima apart."
    )
    return Chart(
        "slope", "Slope of χₘT", TEMPERATURE, (panel,), caption=caption,
        simulated=curve.source.simulated,
    )  # fmt: skip
