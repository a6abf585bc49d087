"""The figures of an outcome as files, each with its data beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from spectrafit.figures.chart import chart_figure
from spectrafit.figures.maps import maps
from spectrafit.figures.series import overlays, overview, trends
from spectrafit.files import safe_names, write_whole
from spectrafit.panel import Chart
from spectrafit.processes import workers
from spectrafit.reporting.fit_order import asked_labels, drawn_labels, paged_fits
from spectrafit.reporting.main_keys import main_keys_by_family, results_by_measurement
from spectrafit.reporting.state_charts import state_charts
from spectrafit.reporting.table_csv import csv_text
from spectrafit.reporting.tables import Column, Table
from spectrafit.study.outcome import Outcome
from spectrafit.style import figure_bytes
from spectrafit.technique import Observables

__all__ = ["FigureStem", "chart_csv", "drawn_stems", "figure_stems", "write_figures"]

WORTH_A_PROCESS = 6  # charts a process, or starting it costs more than it saves


@dataclass(frozen=True, eq=False)
class FigureStem:
    """A chart of an outcome with the stem of its files.

    Parameters
    ----------
    label : str
        Label of the file's result; empty for a chart over several files.
    chart : Chart
        What is drawn.
    stem : str
        ``LABEL-CHART``, safe as a file name and unique.
    measurement, key : str
        Of a chart over several files; empty otherwise.
    comparison : str
        Name of the comparison that it shows; empty otherwise.
    mapped : tuple of str
        Keys that are drawn against each other; empty otherwise.
    series : str
        Name of the measurement that it shows as a whole; empty otherwise.
    states : bool
        Whether it shows what the states of the study come to.
    """

    label: str
    chart: Chart
    stem: str
    measurement: str = ""
    key: str = ""
    comparison: str = ""
    mapped: tuple[str, ...] = ()
    series: str = ""
    states: bool = False


def figure_stems(outcome: Outcome) -> tuple[FigureStem, ...]:
    """Return every chart of an outcome with the stem of its files.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of FigureStem
        The overview of the study, the charts of its states, spectra over each other, trends and
        maps over the files of a measurement, the charts of series and comparisons, then those of each file; all say that they
        are simulated where their file does.
    """
    series = trends(outcome)
    main = {name: keys[0] for name, (keys, *_) in main_keys_by_family(outcome).items() if keys}
    whole = overview(outcome, series, main)
    found = [FigureStem("", whole, whole.name)] if whole is not None else []
    found += [FigureStem("", one, one.name, states=True) for one in state_charts(outcome)]
    found += [
        FigureStem("", one.chart, one.chart.name, one.measurement, one.key)
        for one in (*overlays(outcome), *series)
    ]
    found += [
        FigureStem("", one.chart, one.chart.name, one.measurement, mapped=one.keys)
        for one in maps(outcome)
    ]
    found += [FigureStem("", one, stem, series=name) for name, one, stem in _together(outcome)]
    found += [FigureStem("", one, stem, "", "", name) for name, one, stem in _compared(outcome)]
    for result in outcome.done:
        for chart in result.observables.charts if result.observables is not None else ():
            simulated = chart.simulated or result.source.simulated
            stem = f"{result.label}-{chart.name}"
            found.append(FigureStem(result.label, replace(chart, simulated=simulated), stem))
    names = safe_names(one.stem for one in found)
    return tuple(replace(one, stem=name) for one, name in zip(found, names, strict=True))


def _together(outcome: Outcome) -> list[tuple[str, Chart, str]]:
    """Return the charts of every series: its measurement, the chart, and the stem of its files."""
    return [
        found
        for one in outcome.series
        for found in _named(one.measurement, one.observables, outcome.simulated)
    ]


def _compared(outcome: Outcome) -> list[tuple[str, Chart, str]]:
    """Return the charts of every comparison: its name, the chart, and the stem of its files."""
    return [
        found
        for one in outcome.comparisons
        for found in _named(one.name, one.observables, outcome.simulated)
    ]


def _named(
    name: str, observables: Observables | None, simulated: bool
) -> list[tuple[str, Chart, str]]:
    charts = observables.charts if observables is not None else ()
    return [
        (name, replace(chart, simulated=chart.simulated or simulated), f"{name}-{chart.name}")
        for chart in charts
    ]


def drawn_stems(outcome: Outcome, stems: Sequence[FigureStem]) -> frozenset[str]:
    """Return the stems of the charts that have files: those that somebody looks at.

    That is the overview, the states, the trends of main observables, maps, series, comparisons,
    and the charts of the fits that the report shows (of many files the first chart of each) or that the study asks for,
    and all of a file that is the only one of its measurement. The others are on a page only; their
    numbers are in the tables.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    stems : sequence of FigureStem
        Its charts.

    Returns
    -------
    frozenset of str
    """
    if outcome.study.report.figures == "none":
        return frozenset()
    labels = drawn_labels(outcome)
    main = {
        name: {key for keys in families for key in keys}
        for name, families in main_keys_by_family(outcome).items()
    }
    first = {one.label: one.stem for one in reversed(stems)}
    # of a long series the first chart, that of the fit, is enough of each that nobody asked for
    asked = asked_labels(outcome) | _alone(outcome) if paged_fits(outcome) else labels
    return frozenset(
        one.stem
        for one in stems
        if (
            one.label in labels and (one.label in asked or one.stem == first[one.label])
            if one.label
            else not one.key or one.key in main[one.measurement]
        )
    )


def chart_csv(chart: Chart) -> str:
    """Return the numbers of a chart as CSV, a row a point, with every digit.

    Parameters
    ----------
    chart : Chart
        What is drawn.

    Returns
    -------
    str
        The chart's columns; the head of x is its own label.
    """
    columns = chart.columns
    heads = tuple(Column(chart.x_label if name == "x" else name) for name in columns)
    return csv_text(Table(chart.name, heads, tuple(zip(*columns.values(), strict=True))))


def write_figures(
    outcome: Outcome,
    folder: Path,
    formats: Sequence[str] = ("svg", "pdf"),
    *,
    stems: Sequence[FigureStem] | None = None,
    jobs: int = 1,
) -> tuple[Path, ...]:
    """Write every drawn chart as ``LABEL-CHART.svg`` and so on, its numbers as CSV beside it.

    The study says how wide: the files of a second width end in ``-183mm.svg`` and so on.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    folder : Path
        Where to; made where it is not there.
    formats : sequence of str
        Of ``svg``, ``pdf``, ``png``.
    stems : sequence of FigureStem, optional
        Its charts, where they are known already.
    jobs : int
        Number of processes that draw; the files do not depend on it.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    SettingsError
        For another format.
    SpectrafitError
        When a file cannot be written.
    """
    every = figure_stems(outcome) if stems is None else stems
    drawn = drawn_stems(outcome, every)
    wanted = [one for one in every if one.stem in drawn]
    charts = [one.chart for one in wanted]
    widths = tuple(dict.fromkeys(outcome.study.report.width_mm))
    draw = partial(_drawn, formats=tuple(formats), widths=widths)
    written = []
    drawings: Iterable[dict[tuple[int, str], bytes]]
    with ExitStack() as stack:
        if jobs > 1 and len(charts) > WORTH_A_PROCESS * jobs:
            pool = stack.enter_context(workers(jobs))
            drawings = pool.map(draw, charts, chunksize=2)
        else:
            drawings = map(draw, charts)
        taken = {one.stem.lower() for one in every}
        for one, contents in zip(wanted, drawings, strict=True):
            for (width, suffix), content in contents.items():
                name = one.stem if width == widths[0] else _wide_name(one.stem, width, taken)
                written.append(write_whole(folder / f"{name}.{suffix}", content))
    return tuple(written)


def _wide_name(stem: str, width: int, taken: AbstractSet[str]) -> str:
    name = f"{stem}-{width}mm"
    while name.lower() in taken:
        name += "_"
    return name


def _drawn(
    chart: Chart, formats: tuple[str, ...], widths: tuple[int, ...]
) -> dict[tuple[int, str], bytes]:
    contents = {}
    for width in widths:
        drawing = chart_figure(chart, width)
        for file_format in formats:
            contents[width, file_format] = figure_bytes(drawing, file_format)
    return {**contents, (widths[0], "csv"): chart_csv(chart).encode("utf-8")}


def _alone(outcome: Outcome) -> frozenset[str]:
    """Return the labels of files that are the only ones of their measurement."""
    measurements = results_by_measurement(outcome.results).values()
    return frozenset(each[0].label for each in measurements if len(each) == 1)
