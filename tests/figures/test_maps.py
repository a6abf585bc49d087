"""Two observables against each other: points, error bars, labels, conventions, what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reporting.outcomes import synthetic_outcome

from spectrafit.figures.chart import chart_figure
from spectrafit.figures.maps import maps, measurement_maps
from spectrafit.reporting.curves import curves_data
from spectrafit.reporting.figures import drawn_stems, figure_stems
from spectrafit.study.outcome import FileResult
from spectrafit.technique import ObservableMap

OUTCOME = synthetic_outcome()
DONE = OUTCOME.results[:3]
DECLARED = ObservableMap(
    "centroid-area",
    "area against centroid",
    "herfd.{element}.preedge.centroid",
    "herfd.{element}.preedge.area",
    "centroid / eV",
    "area × 100",
    x_convention="energy_axis",
)


def with_axis(result: FileResult, axis: str, element: str = "fe") -> FileResult:
    """Return a result whose observables name their energy axis, of another element if need be."""
    assert result.observables is not None
    items = tuple(
        replace(
            item,
            key=item.key.replace(".fe.", f".{element}."),
            conventions={**item.conventions, "energy_axis": axis},
        )
        for item in result.observables.items
    )
    found = replace(result.observables, items=items, covariance=None, covariance_keys=())
    return replace(result, observables=found)


def test_each_sample_is_a_point_with_both_error_bars_and_the_convention_on_the_axis():
    results = [with_axis(one, "Fe foil 7111.2 eV") for one in DONE]
    (chart,) = measurement_maps("herfd", results, DECLARED)
    (panel,) = chart.panels
    assert chart.name == "herfd-centroid-area"
    assert chart.x_label == "centroid / eV (Fe foil 7111.2 eV)"
    assert panel.y_label == "area × 100"
    assert [trace.label for trace in panel.traces] == ["T = 8 K", "T = 100 K", "T = 250 K"]
    for trace, result in zip(panel.traces, results, strict=True):
        area = result.observables["herfd.fe.preedge.area"]
        centroid = result.observables["herfd.fe.preedge.centroid"]
        assert (trace.x.tolist(), trace.y.tolist()) == ([centroid.value], [area.value])
        assert trace.x_sigma.tolist() == [centroid.sigma]
        assert trace.sigma.tolist() == [area.sigma]
    assert chart.simulated
    assert "energy axis Fe foil 7111.2 eV" in chart.caption
    assert "one standard uncertainty" in chart.caption


def test_energies_of_different_conventions_are_drawn_apart_and_a_lone_one_not_at_all():
    one, two, three = DONE
    results = [with_axis(one, "A"), with_axis(two, "B"), with_axis(three, "A")]
    (chart,) = measurement_maps("m", results, DECLARED)
    assert chart.x_label.endswith("(A)")
    assert len(chart.panels[0].traces) == 2
    apart = measurement_maps("m", [*results, replace(with_axis(one, "B"), label="x")], DECLARED)
    assert [one.name for one in apart] == ["m-centroid-area", "m-centroid-area-2"]
    assert measurement_maps("m", results[:2], DECLARED) == ()


def test_subjects_are_paired_with_themselves_and_named():
    one, two, _ = DONE
    (chart,) = measurement_maps("m", [with_axis(one, "A"), with_axis(two, "A", "co")], DECLARED)
    assert [trace.label for trace in chart.panels[0].traces] == ["T = 8 K, fe", "T = 100 K, co"]


def test_equal_conditions_are_told_apart_by_their_files():
    results = [replace(one, conditions={"T": 8.0}) for one in DONE]
    (chart,) = measurement_maps("m", results, DECLARED)
    labels = [trace.label for trace in chart.panels[0].traces]
    assert labels == [f"T = 8 K ({one.label})" for one in DONE]


def test_the_report_draws_the_map_that_the_technique_declares():
    (found,) = maps(OUTCOME)
    assert found.keys == ("herfd.{element}.preedge.centroid", "herfd.{element}.preedge.area")
    stems = figure_stems(OUTCOME)
    (stem,) = [one for one in stems if one.mapped]
    assert stem.chart.name == found.chart.name
    assert stem.stem in drawn_stems(OUTCOME, stems)
    unknown = tuple(replace(one, technique="other") for one in OUTCOME.results)
    assert maps(replace(OUTCOME, results=unknown)) == ()


def test_horizontal_bars_are_drawn_in_print_on_the_page_and_in_the_table():
    (chart,) = measurement_maps("m", [with_axis(one, "A") for one in DONE], DECLARED)
    first = chart.panels[0].traces[0]
    axes = chart_figure(chart).axes[0]
    lines = [line.get_xydata() for line in axes.lines if line.get_marker() == "None"]
    across = [(line[0], line[1]) for line in lines if line[0][1] == line[1][1]]
    assert len(across) == 3
    half = float(first.x_sigma[0])
    assert across[0][1][0] - across[0][0][0] == pytest.approx(2 * half)
    drawn = curves_data(chart)["panels"][0]["traces"][0]
    assert drawn["across"] == pytest.approx([half], rel=1e-3)
    assert chart.columns["x_standard_uncertainty"][0] == half
    assert next(iter(chart.to_frame()["x_standard_uncertainty"])) == half
    plain = replace(
        chart, panels=(replace(chart.panels[0], traces=(replace(first, x_sigma=None),)),)
    )
    assert "x_standard_uncertainty" not in plain.columns


def test_ticks_of_a_count_are_whole_numbers():
    (chart,) = measurement_maps("m", [with_axis(one, "A") for one in DONE], DECLARED)
    traces = tuple(
        replace(trace, x=[float(i)], x_sigma=None)
        for i, trace in enumerate(chart.panels[0].traces, 1)
    )
    counted = replace(chart, panels=(replace(chart.panels[0], traces=traces),), whole_x=True)
    places = chart_figure(counted).axes[0].get_xticks()
    assert all(float(place).is_integer() for place in places)
    assert curves_data(counted)["whole"] is True
