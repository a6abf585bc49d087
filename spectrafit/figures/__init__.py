"""Charts as matplotlib figures for print and for notebooks: ``plot`` draws whatever is drawable."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from spectrafit.fit.problem import Problem
    from spectrafit.panel import Chart

__all__ = ["charts_of", "plot"]


def plot(
    shown: object, width_mm: float = 89.0, *, name: str = "", problem: Problem | None = None
) -> Figure:
    """Return a figure of nearly anything: one figure, the first where there are several.

    Parameters
    ----------
    shown : object
        A `Chart`; a `Recording` (its raw columns); a `Spectrum` (with the band of one standard
        uncertainty, where it is known); a `SpectrumSeries`, or a list of recordings or of spectra
        (over each other); `Observables` or a `FileResult` (what its technique draws); an
        `Outcome` (its trends and maps); a `FitResult` with its problem.
    width_mm : float
        Width in print: 89 mm for a column, 183 mm for a page. Letters have 7 or 8 points in both.
    name : str
        Which of several charts; `charts_of` gives them all.
    problem : Problem, optional
        Of a `FitResult`, which by itself holds no data.

    Returns
    -------
    matplotlib.figure.Figure
        It shows itself in a notebook, ``savefig`` writes it, and
        `spectrafit.style.figure_bytes` gives the bytes that the suite itself writes.

    Raises
    ------
    SettingsError
        When it cannot be drawn, or no chart has this name; the message names what can.
    """
    from spectrafit.figures.chart import chart_figure
    from spectrafit.figures.drawable import named_chart

    return chart_figure(named_chart(charts_of(shown, problem=problem), name), width_mm)


def charts_of(shown: object, *, problem: Problem | None = None) -> tuple[Chart, ...]:
    """Return every chart of what `plot` takes.

    Parameters
    ----------
    shown : object
        As for `plot`.
    problem : Problem, optional
        Of a `FitResult`.

    Returns
    -------
    tuple of Chart
        At least one; ``chart.name`` is what `plot` takes as name.

    Raises
    ------
    SettingsError
        When it cannot be drawn.
    """
    from spectrafit.figures.drawable import drawable_charts

    return drawable_charts(shown, problem)
