"""The files of a results folder."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reporting.outcomes import synthetic_outcome

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.fit.result import FitResult
from spectrafit.panel import Chart, Panel, Trace
from spectrafit.reporting import figures
from spectrafit.reporting.figures import chart_csv, figure_stems, write_figures
from spectrafit.reporting.table_xlsx import can_write_xlsx
from spectrafit.reporting.write import write_report
from spectrafit.strict_json import json_value
from spectrafit.study.schema import ReportOptions

WRITTEN = "2025-01-01T00:00:00+00:00"


def without_charts(outcome):
    """The outcome with nothing to draw, so that a test of files is quick."""
    results = tuple(
        result
        if result.observables is None
        else replace(result, observables=replace(result.observables, charts=()))
        for result in outcome.results
    )
    study = replace(outcome.study, report=ReportOptions(figures="none"))
    return replace(outcome, results=results, study=study)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_there_and_nothing_else(report):
    # the trend of the width, a lesser observable, is on the page only
    drawn = {
        f"figures/{stem}.{suffix}"
        for stem in (
            "overview",
            "herfd-centroid-area",
            "herfd-fe.preedge.area",
            "herfd-fe.preedge.centroid",
            "herfd-008K-preedge",
            "herfd-100K-preedge",
            "herfd-250K-preedge",
        )
        for suffix in ("svg", "csv")
    }
    assert names(report) == drawn | {
        "report.html",
        "report.md",
        "results.json",
        "observables.csv",
        "fits.csv",
        "alerts.csv",
        "truth.csv",
        "methods.md",
        "methods.tex",
        "references.bib",
        "tables/summary-herfd.tex",
        "tables/alerts.tex",
        "tables/truth.tex",
        *(["fits.xlsx"] if can_write_xlsx() else []),
        "fits/herfd-008K.json",
        "fits/herfd-100K.json",
        "fits/herfd-250K.json",
    }


def test_tables_of_parts_not_used_are_not_written(tmp_path):
    outcome = replace(without_charts(synthetic_outcome()), truth=(), alerts=(), results=())
    paths = write_report(outcome, tmp_path)
    assert names(tmp_path) == {"report.html", "report.md", "results.json"}
    assert [path.name for path in paths] == ["report.html", "report.md", "results.json"]


def test_a_fit_reads_back(report):
    text = (report / "fits" / "herfd-008K.json").read_text(encoding="utf-8")
    assert FitResult.from_json(text).sigma("peak1.center") == pytest.approx(0.02)


def test_results_are_strict_and_carry_the_time(report):
    found = json_value((report / "results.json").read_text(encoding="utf-8"))
    assert found["written"] == WRITTEN
    assert found["study"]["study"]["name"] == "feco"


def test_the_same_outcome_gives_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        write_report(without_charts(synthetic_outcome()), tmp_path / folder, written=WRITTEN)
    assert names(tmp_path / "a") == names(tmp_path / "b")
    for name in names(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_csv_files_read_as_tables(report):
    for name in ("observables.csv", "fits.csv", "alerts.csv", "truth.csv"):
        with (report / name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > 1


def test_the_data_of_a_figure_lie_beside_it_with_every_digit(report):
    path = report / "figures" / "herfd-008K-preedge.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    chart = synthetic_outcome().results[0].observables.charts[0]
    data = [row for row in rows if row["panel"] == "1" and row["curve"] == "data"]
    x = "energy / eV (Fe foil 7111.2 eV)"
    assert [float(row[x]) for row in data] == chart.panels[0].traces[0].x.tolist()
    assert [float(row["y"]) for row in data] == chart.panels[0].traces[0].y.tolist()
    assert data[0]["y_standard_uncertainty"] == "0.0006"
    assert {row["quantity"] for row in rows} >= {"normalised intensity", "residual / σ"}


def test_a_gap_is_an_empty_cell():
    chart = Chart("c", "t", "x", (Panel("y", (Trace("d", [1.0, 2.0], [np.nan, 2.0]),)),))
    assert chart_csv(chart).splitlines()[1] == "1,y,d,data,1.0,,,"


def test_names_of_files_are_safe_and_stay_in_the_folder(hostile):
    for path in hostile.rglob("*"):
        assert not set(path.name) & set(':\\<>"|?*')
        assert path.resolve().is_relative_to(hostile.resolve())
    assert {path.parent.name for path in hostile.rglob("*.svg")} == {"figures"}


def test_a_chart_of_a_simulated_file_says_so_whatever_the_technique_said():
    outcome = synthetic_outcome()
    first = outcome.results[0]
    chart = replace(first.observables.charts[0], simulated=False)
    results = (replace(first, observables=replace(first.observables, charts=(chart,))),)
    (stem,) = figure_stems(replace(outcome, results=results))
    assert stem.chart.simulated


def test_a_failed_write_says_where_and_leaves_the_earlier_results(tmp_path, monkeypatch):
    outcome = without_charts(synthetic_outcome())
    write_report(outcome, tmp_path, written="old")
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SpectrafitError, match="No space left"):
        write_report(outcome, tmp_path, written="new")
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before
    assert not list(tmp_path.rglob(".*"))


def test_a_file_that_cannot_be_put_in_its_place_is_told(tmp_path):
    (tmp_path / "fits").write_text("mine", encoding="utf-8")
    with pytest.raises(SpectrafitError, match="cannot be written") as told:
        write_report(
            without_charts(synthetic_outcome()), tmp_path, replacing=[tmp_path / "results.json"]
        )
    assert "choose another folder with --out" in told.value.do
    assert not (tmp_path / "results.json").exists()
    assert not list(tmp_path.rglob(".*"))


def test_earlier_files_of_the_same_results_are_replaced_and_others_stay(tmp_path):
    outcome = without_charts(synthetic_outcome())
    first = write_report(outcome, tmp_path, written="old")
    mine = tmp_path / "fits" / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    fewer = replace(outcome, results=outcome.results[1:])
    second = write_report(fewer, tmp_path, written="new", replacing=first)
    assert {first_file.name for first_file in set(first) - set(second)} == {"herfd-008K.json"}
    assert names(tmp_path) == {path.relative_to(tmp_path).as_posix() for path in (*second, mine)}
    found = json_value((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert (found["written"], len(found["results"])) == ("new", len(fewer.results))


def test_a_format_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="eps"):
        write_figures(synthetic_outcome(), tmp_path, ("eps",))


def one_chart(*charts: Chart, width_mm: tuple[int, ...]):
    outcome = synthetic_outcome()
    first = outcome.results[0]
    results = (replace(first, observables=replace(first.observables, charts=charts)),)
    study = replace(outcome.study, report=ReportOptions(width_mm=width_mm))
    return replace(outcome, results=results, study=study)


def print_width(path: Path) -> float:
    found = re.search(r'<svg[^>]* width="([\d.]+)pt"', path.read_text(encoding="utf-8"))
    assert found is not None
    return float(found.group(1)) / 72.0 * 25.4


def test_a_second_width_has_files_of_its_own_and_one_table(tmp_path):
    panel = Panel("y", (Trace("d", np.arange(3.0), np.arange(3.0)),))
    charts = (Chart("c", "t", "x", (panel,)), Chart("c-183mm", "t", "x", (panel,)))
    write_figures(one_chart(*charts, width_mm=(89, 183)), tmp_path, ("svg",))
    stems = {"herfd-008K-c": 89, "herfd-008K-c-183mm": 89, "herfd-008K-c-183mm-183mm": 183}
    for stem, width in {**stems, "herfd-008K-c-183mm_": 183}.items():
        assert print_width(tmp_path / f"{stem}.svg") == pytest.approx(width, abs=0.1)
    assert len(names(tmp_path)) == 6
    write_figures(one_chart(charts[0], width_mm=(183,)), tmp_path / "wide", ("svg",))
    assert print_width(tmp_path / "wide" / "herfd-008K-c.svg") == pytest.approx(183.0, abs=0.1)


def test_the_table_of_an_axis_that_runs_downwards_does_too():
    panel = Panel("y", (Trace("d", [1.0, 2.0], [3.0, 4.0], sigma=[0.1, 0.2]),))
    chart = Chart("c", "t", "x", (panel,), reverse_x=True)
    assert [row.split(",")[4:7] for row in chart_csv(chart).splitlines()[1:]] == [
        ["2.0", "4.0", "0.2"],
        ["1.0", "3.0", "0.1"],
    ]


def test_figures_do_not_depend_on_the_number_of_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "WORTH_A_PROCESS", 0)
    panel = Panel("y", (Trace("d", np.arange(3.0), np.arange(3.0)),))
    charts = tuple(Chart(f"c{i}", "t", "x", (panel,)) for i in range(3))
    outcome = synthetic_outcome()
    first = outcome.results[0]
    results = (replace(first, observables=replace(first.observables, charts=charts)),)
    for jobs in (1, 2):
        write_figures(replace(outcome, results=results), tmp_path / str(jobs), ("svg",), jobs=jobs)
    assert len(names(tmp_path / "1")) == 6
    for name in names(tmp_path / "1"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
