"""Charts of raw columns, as a reader found them."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.recording import Recording
from spectrafit.units import printed_unit

__all__ = ["raw_chart"]

MOST_PANELS = 8
NAMES = "name the columns of x and y"


def raw_chart(
    recordings: Sequence[Recording], x_name: str = "", y_name: str = "", *, do: str = NAMES
) -> Chart:
    """Return the raw columns of recordings as curves over each other, a panel for each column.

    Parameters
    ----------
    recordings : sequence of Recording
        What was read.
    x_name, y_name : str
        Columns; those that the reader proposes when empty, else the first against all others.
    do : str
        What a message tells to do where columns must be named.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When a column is not there, the files have no column in common, or they are too many.
    """
    traces: dict[tuple[str, str], dict[str, list[Trace]]] = {}
    for one in recordings:
        if not one.columns:
            raise SettingsError("there is no column to draw", where=one.name)
        proposed = one.roles if {"x", "y"} <= set(one.roles) else {}
        x = one.column(x_name or proposed.get("x", one.names[0]))
        wanted = [y_name or proposed.get("y", "")]
        names = wanted if wanted != [""] else [name for name in one.names if name != x.name]
        own = traces.setdefault((x.name, x.unit), {})
        for name in names:
            column = one.column(name)
            trace = Trace(one.name, x.values, column.values, TraceKind.CURVE)
            own.setdefault(_axis(column.name, column.unit), []).append(trace)
    if len(traces) > 1:
        axes = "; ".join(_axis(*axis) for axis in traces)
        raise SettingsError(f"the files do not share an x axis: {axes}", do=do)
    ((x_label, unit), panels), *_ = traces.items()
    if len(panels) > MOST_PANELS:
        columns = ", ".join(recordings[0].names)
        raise SettingsError(
            f"{len(panels)} columns are too many for one figure",
            do=f"{do}; the columns are: {columns}",
        )
    return Chart(
        "raw",
        "raw data" if len(recordings) > 1 else recordings[0].name,
        _axis(x_label, unit),
        tuple(Panel(label, tuple(curves)) for label, curves in panels.items()),
        simulated=any(one.source.simulated for one in recordings),
        reverse_x=unit == "cm-1",
    )


def _axis(name: str, unit: str) -> str:
    return f"{name} / {printed_unit(unit)}" if printed_unit(unit) else name
