"""Curves and maps to look at, as data: drawn by matplotlib and by the report's page, kept as CSV."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from spectrafit.chart_columns import chart_columns
from spectrafit.errors import SpectrafitError
from spectrafit.heat_map import HeatMap, Mark
from spectrafit.spectrum import FloatArray, read_only

if TYPE_CHECKING:
    import pandas

__all__ = ["Chart", "HeatMap", "Mark", "Panel", "Trace", "TraceKind"]


class TraceKind(StrEnum):
    """What a curve is; it decides how it is drawn.

    Data are points, a curve is data drawn as a line, as of spectra over each other.
    """

    DATA = "data"
    CURVE = "curve"
    TOTAL = "total"
    BACKGROUND = "background"
    COMPONENT = "component"
    RESIDUAL = "residual"
    REFERENCE = "reference"


@dataclass(frozen=True, eq=False)
class Trace:
    """One curve.

    Parameters
    ----------
    label : str
        As in the legend.
    x, y : array_like, shape (n,)
        In the units of its panel.
    kind : TraceKind
        What it is.
    sigma : array_like, shape (n,), or None
        Half width of a band, or of error bars, one standard uncertainty.
    base : array_like, shape (n,), or None
        Lower edge to fill from, for a component that sits on a background.
    x_sigma : array_like, shape (n,), or None
        Half width of horizontal error bars, one standard uncertainty.
    low95, high95 : array_like, shape (n,), or None
        Ends of the 95 % interval of each point, a band; both or none.

    Raises
    ------
    SpectrafitError
        When the arrays are not equally long, or one end of an interval has no other.
    """

    label: str
    x: FloatArray
    y: FloatArray
    kind: TraceKind = TraceKind.DATA
    sigma: FloatArray | None = None
    base: FloatArray | None = None
    x_sigma: FloatArray | None = None
    low95: FloatArray | None = None
    high95: FloatArray | None = None

    def __post_init__(self) -> None:
        if (self.low95 is None) is not (self.high95 is None):
            raise SpectrafitError("an interval with one end", where=self.label)
        for name in ("x", "y", "sigma", "base", "x_sigma", "low95", "high95"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, read_only(value))
                if getattr(self, name).shape != (self.x.size,):
                    raise SpectrafitError(
                        f"{name} of a curve is not as long as its x", where=self.label
                    )

    def __reduce__(self) -> tuple[object, ...]:
        return (
            Trace,
            (
                self.label, self.x, self.y, self.kind, self.sigma, self.base, self.x_sigma,
                self.low95, self.high95,
            ),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Panel:
    """Curves over one pair of axes, or over a heat map.

    Parameters
    ----------
    y_label : str
        With unit.
    traces : tuple of Trace
        Drawn in order.
    height : float
        Relative to the other panels of the chart.
    zero_line : bool
        Whether y = 0 is marked.
    heat_map : HeatMap or None
        Drawn below the curves; y is then the condition of its rows.
    x_marks : tuple of Mark
        Places and intervals of x: lines and shades, with their labels above the panel. A mark that
        a panel above has too is labelled there only.
    y_marks : tuple of Mark
        Places and intervals of y: brackets at the right, with their labels beside them. A curve
        of the same label is named by it and not by the legend.
    """

    y_label: str
    traces: tuple[Trace, ...]
    height: float = 1.0
    zero_line: bool = False
    heat_map: HeatMap | None = None
    x_marks: tuple[Mark, ...] = ()
    y_marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, eq=False)
class Chart:
    """Panels above each other that share x.

    Parameters
    ----------
    name : str
        File-name-safe name, unique within one set of observables.
    title : str
        One line.
    x_label : str
        With unit and, for energies, the convention.
    panels : tuple of Panel
        From top to bottom.
    caption : str
        What is seen, with model, window and conventions.
    simulated : bool
        True prints "simulated data" into the figure.
    reverse_x : bool
        Whether x runs from high to low, as wavenumbers do.
    whole_x : bool
        Whether x counts, so that its ticks are whole numbers.
    """

    name: str
    title: str
    x_label: str
    panels: tuple[Panel, ...]
    caption: str = ""
    simulated: bool = False
    reverse_x: bool = False
    whole_x: bool = False

    def to_frame(self) -> pandas.DataFrame:
        """Return a table, one row a point of a curve, a cell of a map or an end of a mark.

        Returns
        -------
        pandas.DataFrame
            The columns of `columns`; what x is, with its unit, is in ``frame.attrs``, that of y
            in the column quantity.
        """
        from spectrafit.notebook import data_frame

        columns = self.columns
        for name in set(columns) - {"panel", "quantity", "curve", "kind"}:
            columns[name] = [math.nan if value is None else value for value in columns[name]]
        return data_frame(
            columns,
            {"x": self.x_label},
            title=self.title,
            caption=self.caption,
            simulated=self.simulated,
            note="y_standard_uncertainty is one standard uncertainty (k = 1).",
        )

    def _repr_html_(self) -> str:
        from spectrafit.notebook import html_lines, html_table

        rows = []
        for panel in self.panels:
            if panel.heat_map is not None:
                m, n = panel.heat_map.values.shape
                rows.append((panel.y_label, f"{panel.heat_map.z_label} (map)", f"{m} × {n}"))
            rows += [
                (panel.y_label, f"{trace.label} ({trace.kind.value})", str(trace.x.size))
                for trace in panel.traces
            ]
        bars = any(trace.sigma is not None for panel in self.panels for trace in panel.traces)
        note = "Bars and bands are one standard uncertainty (k = 1)." if bars else ""
        if any(trace.low95 is not None for panel in self.panels for trace in panel.traces):
            note = f"{note} Bands from low95 to high95 are 95 % intervals.".strip()
        title = self.title or self.name
        lines = (f"x: {self.x_label}", self.caption, "spectrafit.figures.plot(…) draws it")
        return html_lines(title, lines, simulated=self.simulated) + html_table(
            ("panel", "curve", "points"), rows, note=note
        )

    @property
    def columns(self) -> dict[str, list[Any]]:
        """Every point by column, in the order of panels and curves; x from left to right.

        The columns are panel, quantity, curve, kind, x, y, y_standard_uncertainty and base,
        x_standard_uncertainty, y_low95 and y_high95 where a curve has them, and z where a panel has
        a map, whose cells
        come before the panel's curves, a row of the map after the other; what a row does not have
        is None. Marked places come last, as kind "mark".
        """
        return chart_columns(self.panels, reverse_x=self.reverse_x)
