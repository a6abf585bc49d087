"""Charts over the files of a measurement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from reporting.outcomes import synthetic_outcome

from spectrafit.figures.series import overview, trends, varied_condition
from spectrafit.panel import TraceKind

OUTCOME = synthetic_outcome()


def test_each_value_is_drawn_over_temperature_with_its_errors_and_the_truth():
    charts = {one.chart.name: one.chart for one in trends(OUTCOME)}
    assert list(charts) == [
        "herfd-fe.preedge.area",
        "herfd-fe.preedge.centroid",
        "herfd-fe.preedge.fwhm",
    ]
    area = charts["herfd-fe.preedge.area"]
    found, truth = area.panels[0].traces
    assert found.x.tolist() == [8.0, 100.0, 250.0]
    assert np.allclose(found.y, [5.1, 8.2, 8.8])
    assert np.allclose(found.sigma, 0.123)
    assert truth.kind is TraceKind.DATA
    assert truth.y.tolist() == [5.0, 8.27, 8.8]
    assert area.x_label == "temperature / K"
    assert area.simulated


def test_a_value_without_errors_has_no_bars():
    charts = {one.chart.name: one.chart for one in trends(OUTCOME)}
    assert charts["herfd-fe.preedge.fwhm"].panels[0].traces[0].sigma is None


def test_words_split_the_curves():
    branches = ("heating", "heating", "cooling")
    results = tuple(
        replace(result, conditions={**result.conditions, "branch": branch})
        for result, branch in zip(OUTCOME.results[:3], branches, strict=True)
    )
    chart = trends(replace(OUTCOME, results=results, truth=()))[0].chart
    assert [(trace.label, trace.x.size) for trace in chart.panels[0].traces] == [
        ("heating", 2),
        ("cooling", 1),
    ]


def test_merged_scans_are_a_curve_of_their_own():
    merged = tuple(
        replace(result, label=f"merged-{i}", scans=10)
        for i, result in enumerate(OUTCOME.results[:3])
    )
    chart = trends(replace(OUTCOME, results=(*OUTCOME.results, *merged), truth=()))[0].chart
    labels = [trace.label for trace in chart.panels[0].traces]
    assert labels == ["single scans", "merged scans"]


def test_two_files_make_no_trend():
    assert trends(replace(OUTCOME, results=OUTCOME.results[:2])) == ()


def same_temperature(started=("", "", "")):
    return tuple(
        replace(result, conditions={"T": 8.0}, started=time)
        for result, time in zip(OUTCOME.results[:3], started, strict=True)
    )


def test_where_no_condition_varies_files_stand_in_natural_order_with_gaps_for_the_refused():
    refused = OUTCOME.results[3]
    first, second, third = same_temperature()
    results = (first, refused, second, third)
    chart = trends(replace(OUTCOME, results=results, truth=()))[0].chart
    assert chart.x_label == "file, in natural order"
    assert chart.panels[0].traces[0].x.tolist() == [1.0, 3.0, 4.0]


def test_where_every_file_tells_its_start_the_time_is_drawn():
    times = ("2020-09-16T17:00:00", "2020-09-16T18:30:00", "2020-09-16T20:00:00")
    chart = trends(replace(OUTCOME, results=same_temperature(times), truth=()))[0].chart
    assert chart.x_label == "time since the first scan / h"
    assert chart.panels[0].traces[0].x.tolist() == [0.0, 1.5, 3.0]
    mixed = (times[0], "2020-09-16T18:30:00+02:00", times[2])
    chart = trends(replace(OUTCOME, results=same_temperature(mixed), truth=()))[0].chart
    assert chart.x_label == "file, in natural order"


def test_the_overview_has_a_panel_of_each_measurement_on_the_same_axis():
    others = tuple(
        replace(result, measurement="again", label=f"again-{i}")
        for i, result in enumerate(OUTCOME.results[:3])
    )
    both = replace(OUTCOME, results=(*OUTCOME.results, *others))
    area = "herfd.fe.preedge.area"
    chart = overview(both, trends(both), {"herfd": area, "again": area})
    assert len(chart.panels) == 2
    assert chart.x_label == "temperature / K"
    assert chart.simulated
    assert overview(both, (), {}) is None


def test_temperature_is_preferred_to_what_varies_more():
    results = [
        replace(result, conditions={"T": float(i % 3), "field": float(i)})
        for i, result in enumerate(OUTCOME.results)
    ]
    assert varied_condition(results) == "T"
    assert (
        varied_condition(
            [replace(r, conditions={"T": 1.0, "field": r.conditions["field"]}) for r in results]
        )
        == "field"
    )
