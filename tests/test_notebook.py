"""What a notebook shows: small, escaped, with units, and rounded as everywhere."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from reporting.outcomes import (
    AREAS,
    HOSTILE,
    fit_result,
    hostile_outcome,
    observables,
    preedge_chart,
    synthetic_outcome,
)

from spectrafit.alert import Alert, Level
from spectrafit.history import HistoryEntry, Source
from spectrafit.notebook import html_table
from spectrafit.observable import Observable
from spectrafit.panel import Chart, Panel, Trace
from spectrafit.recording import Column, Recording
from spectrafit.rounding import UNCERTAINTY_NOTE
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import Spectrum
from spectrafit.study.schema import Measurement, Study, StudyHead
from spectrafit.technique import Observables

X = [7110.0, 7111.0, 7112.0]


def spectrum(text: str = "scan.dat", temperature: float = 8.0) -> Spectrum:
    return Spectrum(
        X,
        [0.1, 0.25, 1.0],
        [0.01, 0.01, 0.02],
        "eV",
        "counts",
        "counts",
        {"T": temperature},
        Source(text, "a" * 64, simulated=True),
        (HistoryEntry(text),),
    )


def recording(text: str = "scan.dat") -> Recording:
    return Recording(
        text,
        (Column("energy", X, "eV"), Column(text or "IF", [1.0, np.nan, 3.0], "counts")),
        roles={"x": "energy"},
        conditions={"T": 8.0, "branch": text},
        source=Source(text, simulated=True),
        notices=(Alert("READ-001", Level.G, text),),
        reader="columns",
    )


def every(text: str) -> dict[str, object]:
    """Return one value of each type, with a text from outside in every place that takes one."""
    own = observables(8.0, Source(text, simulated=True))
    item = replace(own.items[0], key=text or "key", verdict=text, budget={text or "noise": 0.1})
    panel = Panel(text, (Trace(text, X, X),))
    return {
        "recording": recording(text),
        "spectrum": spectrum(text),
        "series": SpectrumSeries((spectrum(text), spectrum(text, 100.0))),
        "fit": replace(fit_result(), names=(text or "name", *fit_result().names[1:])),
        "observable": item,
        "observables": replace(own, items=(item,), technique=text),
        "chart": Chart("c", text, text, (panel,), text, simulated=True),
        "study": Study(StudyHead("s", text), (Measurement("m", text or "t", (text or "f",)),)),
    }


@pytest.mark.parametrize("name", list(every("x")))
def test_no_name_from_outside_becomes_markup(name):
    tags = set(re.findall(r"<(\w+)", every("x")[name]._repr_html_()))
    for text in HOSTILE:
        shown = every(text)[name]._repr_html_()
        assert set(re.findall(r"<(\w+)", shown)) == tags
        assert not set(shown) & set("\x00\x1b\u202e\udcff")
        assert len(shown) < 6000
    assert "script" not in tags


def test_a_hostile_outcome_is_words_only():
    shown = hostile_outcome()._repr_html_()
    assert not {"script", "img"} & set(re.findall(r"<(\w+)", shown))


@pytest.mark.parametrize("name", ["recording", "spectrum", "series", "observables", "chart"])
def test_simulated_data_say_so(name):
    assert "(simulated data)" in every("x")[name]._repr_html_()


def test_values_are_rounded_as_everywhere_and_say_what_the_brackets_mean():
    own = observables(8.0, Source("008K.dat"))
    for shown in (own._repr_html_(), own["herfd.fe.preedge.area"]._repr_html_()):
        assert "5.10(12)" in shown
        assert UNCERTAINTY_NOTE in shown
    assert "1.5 (no uncertainty: at bound)" in own._repr_html_()
    assert "<td>7113.501(34)</td><td>eV</td>" in own._repr_html_()
    fit = fit_result()._repr_html_()
    assert "<td>peak1.center</td><td>7112.305(20)</td><td>eV</td>" in fit
    assert "(no uncertainty: fixed)" in fit
    assert UNCERTAINTY_NOTE in fit
    assert "converged, at bound" in fit


def test_an_observable_shows_where_its_error_comes_from():
    shown = observables(8.0, Source("008K.dat"))["herfd.fe.preedge.centroid"]._repr_html_()
    assert "standard uncertainty / eV" in shown
    assert "<td>noise</td><td>0.02</td>" in shown
    assert "T = 8 K" in shown


def test_a_recording_shows_columns_with_units_roles_and_gaps():
    shown = recording()._repr_html_()
    assert "3 rows, 2 columns, reader columns" in shown
    assert "<td>energy</td><td>eV</td><td>7110 to 7112</td><td>x</td>" in shown
    assert "1 to 3, 1 gaps" in shown
    assert "READ-001" in shown


def test_a_spectrum_says_whether_its_noise_is_known():
    shown = spectrum()._repr_html_()
    assert "x: 7110 to 7112 eV" in shown
    assert "σ of each point known (counts)" in shown
    assert "one standard uncertainty" in shown
    assert "σ not known" in Spectrum([1, 2], [1, 2])._repr_html_()


def test_a_series_shows_the_condition_of_each_spectrum():
    shown = SpectrumSeries((spectrum(), spectrum("b.dat", 100.0)))._repr_html_()
    assert "2 spectra in the order of T" in shown
    assert "<td>T = 8 K</td><td>scan.dat</td><td>3</td>" in shown
    assert "given" in SpectrumSeries((spectrum(),), condition="")._repr_html_()


def test_a_chart_says_how_it_is_drawn_and_what_its_bars_mean():
    shown = preedge_chart()._repr_html_()
    assert "spectrafit.figures.plot" in shown
    assert "<td>normalised intensity</td><td>data (data)</td><td>121</td>" in shown
    assert "one standard uncertainty" in shown


def test_a_study_shows_its_measurements():
    shown = synthetic_outcome().study._repr_html_()
    assert "<td>herfd</td><td>herfd</td><td>sample</td><td>FeCo</td><td>raw/*.dat</td>" in shown
    assert "states: HT" in shown


def test_an_outcome_shows_files_values_and_grave_alerts():
    shown = synthetic_outcome()._repr_html_()
    assert "3 done, 1 refused, 1 left out" in shown
    assert "alerts: 1 A (do not quote)" in shown
    for area in AREAS.values():
        assert f"{sum(area):.2f}(12)" in shown
    assert "left out: beam dump at 7130 eV" in shown
    assert "herfd.fe.preedge.centroid / eV" in shown
    assert "other files" not in shown


def test_files_without_values_stand_together_at_the_end():
    outcome = synthetic_outcome()
    foil = replace(outcome.results[0], measurement="foil", label="foil", observables=None)
    shown = replace(outcome, results=(foil, *outcome.results))._repr_html_()
    assert "<td>foil</td><td>foil</td><td>done</td>" in shown[shown.index("other files") :]


def test_of_a_long_table_the_first_and_last_rows_are_shown():
    shown = html_table(("n",), [(str(i),) for i in range(300)], note="ab.")
    assert shown.count("<tr>") == 1 + 20 + 1
    assert "<td>0</td>" in shown
    assert "<td>299</td>" in shown
    assert "20 of 300 rows. ab." in shown
    assert html_table(("n",), []) == ""


def test_what_is_empty_is_shown_too():
    assert "empty" in Spectrum([], [])._repr_html_()
    assert "<strong>t</strong>" in Observables("t", ())._repr_html_()
    assert "0 rows" in Recording("r", ())._repr_html_()
    assert "x: x" in Chart("c", "", "x", ())._repr_html_()
    assert "k" in Observable("k", "1", value=1.0, sigma_reason="none")._repr_html_()
