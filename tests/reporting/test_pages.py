"""Many fits: the worst in the report, each other one on a page of its own."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from reporting.outcomes import synthetic_outcome

from spectrafit.alert import Alert, Level
from spectrafit.reporting.content import report_document
from spectrafit.reporting.figures import drawn_stems, figure_stems
from spectrafit.reporting.fit_order import (
    SHOWN_FITS,
    drawn_labels,
    fits_worst_first,
    paged_fits,
    shown_fits,
)
from spectrafit.reporting.html import html_text
from spectrafit.reporting.write import write_report
from spectrafit.study.schema import ReportOptions

WORST, FORBIDDEN = 7, 11


def many(count: int, report: ReportOptions | None = None):
    """An outcome of many files; one fits badly, one bears an alert of level A."""
    base = synthetic_outcome()
    first = base.results[0]
    results = []
    for i in range(count):
        found = first.observables
        if i == WORST:
            found = replace(found, fit=replace(found.fit, chi2=20 * found.fit.chi2))
        alerts = (Alert("XAS-104", Level.A, "no", ""),) if i == FORBIDDEN else ()
        results.append(
            replace(
                first,
                label=f"scan_{i}",
                file=f"raw/scan_{i}.dat",
                conditions={"T": 8.0 + i},
                observables=found,
                alerts=alerts,
            )
        )
    options = report or ReportOptions(formats=("svg",))
    return replace(
        base, results=tuple(results), truth=(), study=replace(base.study, report=options)
    )


def test_forbidden_ones_come_first_then_the_worst_fit_then_the_order_of_the_study():
    labels = [one.label for one in fits_worst_first(many(30))]
    assert labels[:3] == [f"scan_{FORBIDDEN}", f"scan_{WORST}", "scan_0"]
    assert len(labels) == 30


def test_a_fit_is_bad_by_the_measure_of_its_own_measurement():
    outcome = many(30)
    # a second measurement in other units of y: each of its chi2 is larger than the worst above
    others = []
    for i, one in enumerate(many(5).results):
        scale = 1e4 * (3 if i == 2 else 1)
        fit = replace(one.observables.fit, chi2=scale * one.observables.fit.chi2)
        found = replace(one.observables, fit=fit)
        others.append(replace(one, measurement="other", label=f"other_{i}", observables=found))
    both = replace(outcome, results=(*outcome.results, *others))
    labels = [one.label for one in fits_worst_first(both)]
    assert labels[:3] == [f"scan_{FORBIDDEN}", f"scan_{WORST}", "other_2"]
    assert labels[3] == "scan_0"


def test_a_waived_alert_makes_no_fit_the_worst():
    waived = replace(many(30), waived={"XAS-104 herfd": "seen"})
    assert fits_worst_first(waived)[0].label == f"scan_{WORST}"


def test_few_fits_are_all_in_the_report_in_the_order_of_the_study():
    outcome = many(SHOWN_FITS)
    assert [one.label for one in shown_fits(outcome)] == [f"scan_{i}" for i in range(SHOWN_FITS)]
    assert paged_fits(outcome) == ()


def test_every_fit_is_in_the_report_or_has_a_page():
    outcome = many(30)
    shown = {one.label for one in shown_fits(outcome)}
    paged = {one.label for one in paged_fits(outcome)}
    assert len(shown) == SHOWN_FITS
    assert not shown & paged
    assert shown | paged == {one.label for one in outcome.results}


def test_only_what_is_looked_at_becomes_a_file():
    outcome = many(30)
    stems = figure_stems(outcome)
    drawn = drawn_stems(outcome, stems)
    charts = {one.stem for one in stems if one.label in drawn_labels(outcome)}
    assert len(charts) == SHOWN_FITS
    assert charts < drawn
    assert "overview" in drawn
    assert "herfd-fe.preedge.fwhm" not in drawn


def test_of_a_long_series_the_first_chart_of_a_fit_is_enough_unless_asked():
    def charts_drawn(count, options):
        outcome = many(count, options)
        results = []
        for one in outcome.results:
            chart = one.observables.charts[0]
            pair = (chart, replace(chart, name="normalisation"))
            results.append(replace(one, observables=replace(one.observables, charts=pair)))
        outcome = replace(outcome, results=tuple(results))
        stems = figure_stems(outcome)
        drawn = drawn_stems(outcome, stems)
        return [one.stem for one in stems if one.label and one.stem in drawn]

    few = charts_drawn(3, ReportOptions())
    assert len(few) == 6
    long = charts_drawn(30, ReportOptions(draw=("scan_29",)))
    assert len(long) == SHOWN_FITS + 2
    assert {stem for stem in long if stem.endswith("normalisation")} == {"scan_29-normalisation"}


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (ReportOptions(figures="all"), 30),
        (ReportOptions(figures="none"), 0),
        (ReportOptions(draw=("scan_2*",)), SHOWN_FITS + 10),
    ],
)
def test_the_study_says_which_figures_become_files(options, count):
    assert len(drawn_labels(many(30, options))) == count


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    options = ReportOptions(figures="none")
    write_report(many(15, options), place, written="2025-01-01T00:00:00+00:00")
    return place


def test_pages_and_report_lead_to_each_other(folder):
    pages = sorted(folder.glob("fits/*.html"))
    assert len(pages) == 15 - SHOWN_FITS
    report = (folder / "report.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="(fits/[^"]+)"', report))
    assert linked == {f"fits/{page.name}" for page in pages}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert 'href="../report.html"' in text
        for other in re.findall(r'href="([^"./]+\.html)"', text):
            assert (folder / "fits" / other).is_file()


def test_a_page_holds_curves_residual_points_and_parameters(folder):
    page = next(iter(folder.glob("fits/*.html"))).read_text(encoding="utf-8")
    assert '"residual' in page
    assert "121 points, 3 free parameters" in page
    assert "peak1.center" in page
    assert "Simulated data" in page


def test_the_report_says_how_the_worst_are_chosen(folder):
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "12 worst of 15 fits" in text


def test_a_page_of_many_files_stays_small():
    document = report_document(many(120, ReportOptions(figures="none")))
    assert len(html_text(document)) < 1_500_000
