"""The chart of a fit: data, components and total, with the residual below."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.figures.spectra import axis_label
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FitResult
from spectrafit.panel import Chart, Panel, Trace, TraceKind

__all__ = ["fit_charts"]

FINE = 401  # points of a smooth curve


def fit_charts(problem: Problem, result: FitResult) -> tuple[Chart, ...]:
    """Return a chart for each spectrum of a fit.

    Components of a finite area stand on the sum of the others, which is drawn as background.

    Parameters
    ----------
    problem : Problem
        What was fitted.
    result : FitResult
        What was found.

    Returns
    -------
    tuple of Chart
        Named ``fit``, or ``fit-1`` and so on where there are several spectra.

    Raises
    ------
    SettingsError
        When the result is not of this problem.
    """
    if result.data_digest != problem.data_digest or result.names != problem.names:
        raise SettingsError(
            "this result is not of this problem", do="give the problem that was fitted"
        )
    several = len(problem.data) > 1
    return tuple(
        _chart(problem, result, place, f"fit-{place + 1}" if several else "fit")
        for place in range(len(problem.data))
    )


def _chart(problem: Problem, result: FitResult, place: int, name: str) -> Chart:
    spectrum, model, values = problem.data[place], problem.model[place], result.by_name
    fine = np.linspace(spectrum.x[0], spectrum.x[-1], max(FINE, len(spectrum)))
    base = np.zeros_like(fine)
    peaks, others = [], []
    for component in model.components:
        if component.line.area is None:
            base += component.evaluate(fine, values)
            others.append(component.name)
        else:
            peaks.append(component)
    traces = [Trace("data", spectrum.x, spectrum.y, sigma=spectrum.sigma)]
    if others and peaks:
        traces.append(Trace(" + ".join(others), fine, base, TraceKind.BACKGROUND))
    if len(peaks) > 1 or others:
        traces += [
            Trace(one.name, fine, base + one.evaluate(fine, values), TraceKind.COMPONENT, base=base)
            for one in peaks
        ]
    traces.append(Trace("fit", fine, model.evaluate(fine, values), TraceKind.TOTAL))
    difference = spectrum.y - model.evaluate(spectrum.x, values)
    y_label = axis_label(spectrum.y_unit, "signal")
    residual, label = (
        (difference, y_label.replace("signal", "residual"))
        if spectrum.sigma is None
        else (difference / spectrum.sigma, "residual / σ")
    )
    below = Trace("data − fit", spectrum.x, residual, TraceKind.RESIDUAL)
    return Chart(
        name,
        spectrum.source.name,
        axis_label(spectrum.x_unit, "x"),
        (Panel(y_label, tuple(traces), 1.6), Panel(label, (below,), 0.5, zero_line=True)),
        simulated=spectrum.source.simulated,
        reverse_x=spectrum.x_unit == "cm-1",
    )
