"""`plot` draws nearly anything, and says what it cannot."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from reporting.outcomes import fit_result, observables, preedge_chart, synthetic_outcome

from spectrafit.errors import SettingsError
from spectrafit.figures import charts_of, plot
from spectrafit.figures.spectra import axis_label
from spectrafit.fit import Problem, fit
from spectrafit.history import Source
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.observable import Observable
from spectrafit.panel import TraceKind
from spectrafit.recording import Column, Recording
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import Spectrum
from spectrafit.technique import Observables

X = np.linspace(7108.0, 7118.0, 60)
MODEL = Gaussian("line") + Polynomial(0, name="base")
VALUES = {"line.center": 7113.0, "line.fwhm": 2.0, "line.height": 1.0, "base.c0": 0.2}
OUTCOME = synthetic_outcome()


def spectrum(temperature: float = 8.0, *, sigma=True, unit="eV", simulated=False) -> Spectrum:
    noise = 0.01 * np.random.default_rng(int(temperature)).standard_normal(X.size)
    return Spectrum(
        X,
        MODEL.evaluate(X, VALUES) + noise,
        np.full(X.size, 0.01) if sigma else None,
        unit,
        conditions={"T": temperature},
        source=Source(f"{temperature:03.0f}K.dat", simulated=simulated),
    )


def recording(name: str = "a.dat") -> Recording:
    return Recording(name, (Column("energy", X, "eV"), Column("I0", X, "counts")))


def texts_of(drawing: Figure) -> set[str]:
    svg = drawing._repr_svg_()
    return {text.strip() for text in re.findall(r"<text[^>]*>([^<]*)", svg)}


DRAWABLE = {
    "chart": preedge_chart(),
    "recording": recording(),
    "spectrum": spectrum(),
    "series": SpectrumSeries((spectrum(8.0), spectrum(100.0))),
    "recordings": [recording("a.dat"), recording("b.dat")],
    "spectra": (spectrum(8.0), spectrum(100.0)),
    "observables": observables(8.0, Source("008K.dat")),
    "result": OUTCOME.results[0],
    "outcome": OUTCOME,
}


@pytest.mark.parametrize("name", list(DRAWABLE))
def test_everything_that_is_named_can_be_drawn(name):
    drawing = plot(DRAWABLE[name])
    assert isinstance(drawing, Figure)
    assert drawing.get_figwidth() * 25.4 == pytest.approx(89.0)
    assert drawing.axes


def test_a_notebook_sees_the_figure_as_text_that_is_text():
    drawing = plot(spectrum(), 183)
    assert drawing.get_figwidth() * 25.4 == pytest.approx(183.0)
    assert {"photon energy / eV", "signal", "008K.dat"} <= texts_of(drawing)


@pytest.mark.parametrize("name", ["spectrum", "recording", "spectra", "observables", "result"])
def test_simulated_data_say_so_in_the_figure(name):
    source = Source("a.dat", simulated=True)
    own = replace(observables(8.0, source), charts=(preedge_chart(simulated=False),))
    simulated = {
        "spectrum": spectrum(simulated=True),
        "recording": replace(recording(), source=source),
        "spectra": [spectrum(8.0), spectrum(9.0, simulated=True)],
        "observables": own,
        "result": replace(OUTCOME.results[0], observables=own, source=source),
    }
    assert charts_of(simulated[name])[0].simulated
    if name == "spectrum":
        assert "simulated data" in texts_of(plot(simulated[name]))


def test_of_several_charts_the_first_is_drawn_or_the_one_that_is_named():
    names = [chart.name for chart in charts_of(OUTCOME)]
    assert names[:2] == ["herfd-fe.preedge.area", "herfd-fe.preedge.centroid"]
    assert "herfd.fe.preedge.area" in texts_of(plot(OUTCOME))
    centroid = texts_of(plot(OUTCOME, name=names[1]))
    assert "herfd.fe.preedge.centroid / eV" in centroid
    with pytest.raises(SettingsError, match="no chart 'centroid'") as caught:
        plot(OUTCOME, name="centroid")
    assert "herfd-fe.preedge.centroid" in caught.value.do


def test_a_spectrum_shows_its_noise_as_a_band_and_many_do_not():
    (chart,) = charts_of(spectrum())
    (band,) = plot(chart).axes[0].collections
    at_start = band.get_paths()[0].vertices
    at_start = at_start[np.isclose(at_start[:, 0], X[0]), 1]
    assert np.ptp(at_start) == pytest.approx(0.02)
    many = charts_of(SpectrumSeries(tuple(spectrum(float(t)) for t in range(3))))[0]
    assert [trace.label for trace in many.panels[0].traces] == ["T = 0 K", "T = 1 K", "T = 2 K"]
    assert all(trace.sigma is None for trace in many.panels[0].traces)
    in_order = charts_of(SpectrumSeries((spectrum(),), condition=""))[0]
    assert in_order.panels[0].traces[0].label == "008K.dat"


def test_wavenumbers_run_from_high_to_low():
    left, right = plot(spectrum(unit="cm-1")).axes[0].get_xlim()
    assert left > X[-1] > X[0] > right


def test_a_fit_is_drawn_with_its_problem():
    problem = Problem(spectrum(), MODEL, start={**VALUES, "line.height": 0.8})
    result = fit(problem)
    (chart,) = charts_of(result, problem=problem)
    top, below = chart.panels
    assert [(trace.label, trace.kind) for trace in top.traces] == [
        ("data", TraceKind.DATA),
        ("base", TraceKind.BACKGROUND),
        ("line", TraceKind.COMPONENT),
        ("fit", TraceKind.TOTAL),
    ]
    assert below.y_label == "residual / σ"
    assert np.sum(below.traces[0].y ** 2) == pytest.approx(result.chi2)
    assert np.allclose(top.traces[2].y, top.traces[3].y)
    assert plot(result, problem=problem).axes


def test_a_fit_of_several_spectra_has_a_chart_each():
    data = (spectrum(8.0, sigma=False), spectrum(100.0, sigma=False))
    start = {name: value for name, value in VALUES.items() if name.startswith("line.")}
    problem = Problem(data, Gaussian("line"), start=start)
    charts = charts_of(fit(problem), problem=problem)
    assert [chart.name for chart in charts] == ["fit-1", "fit-2"]
    assert [trace.label for trace in charts[1].panels[0].traces] == ["data", "fit"]
    assert charts[1].panels[1].y_label == "residual"


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        (3.0, "float cannot be drawn"),
        ([], "list cannot be drawn"),
        ([recording(), spectrum()], "a list of Recording, Spectrum cannot be drawn"),
        (OUTCOME.results[3], "nothing was observed, refused: 300K.dat:12"),
        (Observables("t", (Observable("t.a", "1", value=1.0, sigma=1.0),)), "there is no chart"),
        (replace(OUTCOME, results=OUTCOME.results[:1]), "no measurement has three fitted files"),
        (fit_result(), "a fit's result holds no curve"),
        ([spectrum(), spectrum(unit="keV")], "units are keV and 1, but eV and 1 in 008K.dat"),
    ],
)
def test_what_cannot_be_drawn_is_answered(shown, answer):
    with pytest.raises(SettingsError, match=re.escape(answer)) as caught:
        plot(shown)
    if "cannot be drawn" in answer:
        assert "a spectrum, a series" in caught.value.do


def test_a_result_of_another_problem_is_refused():
    problem = Problem(spectrum(), MODEL, start=VALUES)
    with pytest.raises(SettingsError, match="not of this problem"):
        charts_of(fit_result(), problem=problem)


@pytest.mark.parametrize(
    ("unit", "label"),
    [
        ("eV", "photon energy / eV"),
        ("cm-1", "wavenumber / cm⁻¹"),
        ("counts", "counts"),
        ("A", "length / Å"),
        ("1", "signal"),
        ("cm3 K mol-1", "chi T / cm³ K mol⁻¹"),
        ("uC m-2 K-1", "pyroelectric coefficient / µC m⁻² K⁻¹"),
    ],
)
def test_an_axis_says_what_its_unit_measures(unit, label):
    assert axis_label(unit, "signal") == label
