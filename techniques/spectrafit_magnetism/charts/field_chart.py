"""M(H) at one temperature with its straight line."""

from __future__ import annotations

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_magnetism.field_sweep import FieldLine
from spectrafit_magnetism.log import MomentLog

__all__ = ["field_chart"]


def field_chart(log: MomentLog, line: FieldLine, *, simulated: bool) -> Chart:
    """Return the moment against the field, the line, and what is left over.

    Parameters
    ----------
    log : MomentLog
        At one temperature.
    line : FieldLine
        Its line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
    """
    order = np.argsort(log.H, kind="stable")
    H, M = log.H[order] / 1e3, log.moment[order]
    ends = np.array([H[0], H[-1]])
    top = Panel(
        "moment / emu",
        (
            Trace("measured", H, M, TraceKind.DATA),
            Trace("straight line", ends, line.offset + 1e3 * line.slope * ends, TraceKind.TOTAL),
        ),
        height=3.0,
        zero_line=True,
    )
    rest = Panel(
        "residual / emu",
        (Trace("residual", H, line.residual[order], TraceKind.RESIDUAL),),
        zero_line=True,
    )
    T = float(np.median(log.T))
    caption = (
        f"Moment at {T:.1f} K, {log.column}. Slope {line.slope:.4g} emu/Oe through "
        f"{int(line.used.sum())} readings; {line.verdict}."
    )
    return Chart(
        "field", f"Moment against field at {T:.0f} K", "field / kOe", (top, rest), caption=caption,
        simulated=simulated,
    )  # fmt: skip
