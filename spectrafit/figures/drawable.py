"""What can be drawn, and the charts of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrafit.errors import SettingsError, nearest
from spectrafit.figures.fit import fit_charts
from spectrafit.figures.maps import maps
from spectrafit.figures.raw import raw_chart
from spectrafit.figures.series import trends
from spectrafit.figures.spectra import series_chart, spectra_chart
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FitResult
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import Spectrum
from spectrafit.study.outcome import FileResult, Outcome
from spectrafit.technique import Observables

__all__ = ["drawable_charts", "named_chart"]

DRAWABLE = (
    "a chart, a recording, a spectrum, a series, a list of recordings or of spectra, observables, "
    "a file's result, an outcome, or a fit with its problem"
)


def drawable_charts(shown: object, problem: Problem | None = None) -> tuple[Chart, ...]:
    """Return every chart of something that can be drawn.

    Parameters
    ----------
    shown : object
        See `spectrafit.figures.plot`.
    problem : Problem, optional
        Of a fit's result.

    Returns
    -------
    tuple of Chart
        At least one.

    Raises
    ------
    SettingsError
        For anything else, and for what holds no chart.
    """
    match shown:
        case Chart():
            return (shown,)
        case Recording():
            return (_raw([shown]),)
        case Spectrum():
            return (spectra_chart([shown]),)
        case SpectrumSeries():
            return (series_chart(shown),)
        case FitResult() if problem is not None:
            return fit_charts(problem, shown)
        case FitResult():
            raise SettingsError(
                "a fit's result holds no curve", do="plot(result, problem=problem) draws both"
            )
        case Observables():
            return _of_observables(shown)
        case FileResult(observables=None):
            why = f": {shown.why}" if shown.why else ""
            raise SettingsError(f"nothing was observed, {shown.status}{why}", where=shown.file)
        case FileResult(observables=Observables() as found):
            return tuple(_marked(one, shown.source.simulated) for one in _of_observables(found))
        case Outcome():
            return _of_outcome(shown)
        case list() | tuple() if shown:
            return (_of_several(shown),)
        case _:
            raise SettingsError(f"{_kind(shown)} cannot be drawn", do=f"what can is {DRAWABLE}")


def named_chart(charts: Sequence[Chart], name: str) -> Chart:
    """Return one chart by name, the first when the name is empty.

    Parameters
    ----------
    charts : sequence of Chart
        At least one.
    name : str
        Of a chart.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When there is none of this name.
    """
    for chart in charts:
        if name in ("", chart.name):
            return chart
    names = [chart.name for chart in charts]
    raise SettingsError(f"no chart {name!r}", do=nearest(name, names, noun="the charts"))


def _raw(recordings: Sequence[Recording]) -> Chart:
    how = "draw what recording.spectrum(x=..., y=...) returns"
    return raw_chart(recordings, do=how)


def _of_several(shown: Sequence[object]) -> Chart:
    recordings = [one for one in shown if isinstance(one, Recording)]
    spectra = [one for one in shown if isinstance(one, Spectrum)]
    if len(recordings) == len(shown):
        return _raw(recordings)
    if len(spectra) == len(shown):
        return spectra_chart(spectra)
    kinds = ", ".join(dict.fromkeys(_kind(one) for one in shown))
    raise SettingsError(
        f"a list of {kinds} cannot be drawn", do=f"what can is {DRAWABLE}; others one by one"
    )


def _of_observables(found: Observables) -> tuple[Chart, ...]:
    if not found.charts:
        raise SettingsError("there is no chart", where=found.technique)
    simulated = any(item.source.simulated for item in found.items)
    return tuple(_marked(chart, simulated) for chart in found.charts)


def _of_outcome(outcome: Outcome) -> tuple[Chart, ...]:
    found = (*(one.chart for one in trends(outcome)), *(one.chart for one in maps(outcome)))
    if not found:
        raise SettingsError(
            "an outcome is drawn as trends and maps, and no measurement has three fitted files",
            do="draw one of its results: plot(outcome.results[0])",
        )
    return found


def _marked(chart: Chart, simulated: bool) -> Chart:
    return replace(chart, simulated=True) if simulated else chart


def _kind(thing: object) -> str:
    return type(thing).__name__
