"""Small synthetic outcomes, built without a fit engine, for every test that needs one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spectrafit.alert import Alert, Level
from spectrafit.fit.result import FitResult, Flag
from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.study.outcome import FileResult, Outcome, TruthRow
from spectrafit.study.schema import (
    ExpectedValue,
    Measurement,
    ReportOptions,
    Sample,
    StateDeclaration,
    Study,
    StudyHead,
    Waiver,
)
from spectrafit.technique import Observables

PREFACE = (
    "The raw files are simulated from one declared set of populations (truth P). That the fit "
    "finds them again tests the program; it says nothing about the crystal."
)
STUDY_TEXT = """[study]
name = "feco"
title = "[FeCo] dinuclear complex"

[[measurement]]
name = "herfd"
technique = "herfd"
files = ["raw/*.dat"]
"""

# Areas x 100 of one low and one high peak, by temperature in K.
AREAS = {8.0: (1.1, 4.0), 100.0: (2.2, 6.0), 250.0: (2.6, 6.2)}


def gaussian(x, centre, fwhm, height):
    return height * np.exp(-4.0 * np.log(2.0) * ((x - centre) / fwhm) ** 2)


def preedge_chart(temperature: float = 8.0, *, simulated: bool = True) -> Chart:
    """Return a chart laid out like Fig. 5 of the paper: data, residual, second derivative."""
    low, high = AREAS.get(temperature, AREAS[8.0])
    x = np.linspace(7106.0, 7118.0, 121)
    noise = np.random.default_rng(int(temperature)).standard_normal(x.size)
    sigma = np.full_like(x, 6e-4)
    edge = 0.004 + 0.07 / (1.0 + np.exp(-(x - 7119.0) / 0.9))
    first = gaussian(x, 7112.3, 1.5, low / 160.0)
    second = gaussian(x, 7113.9, 1.5, high / 160.0)
    total = edge + first + second
    y = total + sigma * noise

    def curvature(values):
        smooth = np.convolve(values, np.ones(7) / 7.0, mode="same")
        return np.gradient(np.gradient(smooth, x), x)

    inner = slice(8, -8)
    return Chart(
        name="preedge",
        title=f"Fe K pre-edge, HERFD, {temperature:g} K",
        x_label="energy / eV (Fe foil 7111.2 eV)",
        panels=(
            Panel(
                "normalised intensity",
                (
                    Trace("data", x, y, TraceKind.DATA, sigma=sigma),
                    Trace("rising edge", x, edge, TraceKind.BACKGROUND),
                    Trace("peak 1", x, edge + first, TraceKind.COMPONENT, base=edge),
                    Trace("peak 2", x, edge + second, TraceKind.COMPONENT, base=edge),
                    Trace("total", x, total, TraceKind.TOTAL),
                ),
                height=2.2,
            ),
            Panel(
                "residual / σ",
                (Trace("residual", x, noise, TraceKind.RESIDUAL),),
                height=0.8,
                zero_line=True,
            ),
            Panel(
                "second derivative / eV⁻²",
                (
                    Trace("data", x[inner], curvature(y)[inner], TraceKind.DATA),
                    Trace(
                        "total",
                        x[inner],
                        curvature(total)[inner],
                        TraceKind.TOTAL,
                        sigma=np.full(x.size, 2e-3)[inner],
                    ),
                ),
                zero_line=True,
            ),
        ),
        caption="Two Pearson VII peaks on an error-function edge; window 7106 to 7118 eV; "
        "area x 100 of the normalised spectrum.",
        simulated=simulated,
    )


def fit_result(temperature: float = 8.0) -> FitResult:
    """Return a fit with a free, a fixed, a tied and a bounded parameter."""
    low, high = AREAS.get(temperature, AREAS[8.0])
    covariance = np.diag([4e-4, 1.6e-7, 0.0, 0.0, 9e-4])
    covariance[0, 1] = covariance[1, 0] = 2e-6
    return FitResult(
        names=("peak1.center", "peak1.height", "peak1.exponent", "peak2.fwhm", "peak1.fwhm"),
        values=np.array([7112.3046, low / 160.0, 2.0, 1.5, 1.5]),
        free=(True, True, False, True, False),
        covariance=covariance,
        reasons=("", "", "fixed", "at bound", ""),
        at_bound=("peak2.fwhm",),
        flags=(Flag.CONVERGED, Flag.AT_BOUND),
        chi2=128.25 + high,
        ndata=121,
        nvary=3,
        noise="known",
        engine="least_squares",
        evaluations=17,
        digest="d" * 64,
        data_digest="e" * 64,
        units=("eV", "1", "1", "eV", "eV"),
        starts=np.array([7112.0, 0.01, 2.0, 1.2, 1.2]),
    )


def history(temperature: float) -> tuple[HistoryEntry, ...]:
    return (
        HistoryEntry("read", {"file": f"{temperature:03.0f}K.dat"}),
        HistoryEntry("normalise", {"edge_step": 1.0}),
    )


def observables(temperature: float, source: Source) -> Observables:
    low, high = AREAS[temperature]
    steps = history(temperature)
    shared = {
        "window_eV": [7106.0, 7118.0],
        "shape": "Pearson VII, exponent 2",
        "calibration": "Fe foil, first inflection 7111.2 eV",
    }
    common = {
        "conditions": {"T": temperature},
        "source": source,
        "history": steps,
    }
    items = (
        Observable(
            "herfd.fe.preedge.area",
            "1",
            value=low + high,
            sigma=0.123,
            budget={"noise": 0.08, "window": 0.071, "background": 0.06},
            conventions={**shared, "area_convention": "x 100, edge step 1"},
            **common,
        ),
        Observable(
            "herfd.fe.preedge.centroid",
            "eV",
            value=7113.5012,
            sigma=0.034,
            budget={"noise": 0.02, "energy": 0.0275},
            conventions=shared,
            **common,
        ),
        Observable(
            "herfd.fe.preedge.fwhm",
            "eV",
            value=1.5,
            sigma_reason="at bound",
            conventions=shared,
            **common,
        ),
        Observable(
            "herfd.fe.preedge.ratio",
            "1",
            Kind.INTERVAL,
            low=0.2,
            high=0.5,
            level=0.95,
            conventions=shared,
            **common,
        ),
        Observable(
            "herfd.fe.preedge.count_best",
            "1",
            Kind.CATEGORY,
            value="2",
            shares={"2": 0.85, "3": 0.15},
            verdict="two peaks; three are not excluded",
            conventions=shared,
            **common,
        ),
        Observable(
            "herfd.fe.preedge.shift",
            "eV",
            Kind.UPPER_LIMIT,
            high=0.05,
            level=0.95,
            conventions=shared,
            **common,
        ),
    )
    chart = preedge_chart(temperature)
    return Observables(
        "herfd",
        items,
        covariance=np.array([[0.015129, 1e-4], [1e-4, 0.001156]]),
        covariance_keys=("herfd.fe.preedge.area", "herfd.fe.preedge.centroid"),
        fit=fit_result(temperature),
        charts=(chart if temperature == 8.0 else replace(chart, panels=chart.panels[:1]),),
        alerts=(
            Alert(
                "FIT-001",
                Level.C,
                "peak2.fwhm ended on its bound 1.5",
                "its error is not given; widen the bound or fix the parameter",
                f"{temperature:03.0f}K.dat",
            ),
        ),
    )


def synthetic_outcome(*, formats: tuple[str, ...] = ("svg", "pdf")) -> Outcome:
    """Return an outcome with every part: done, refused and left out files, alerts, truth."""
    results = []
    for number, temperature in enumerate(AREAS):
        name = f"{temperature:03.0f}K"
        source = Source(f"{name}.dat", f"{number:x}" * 64, simulated=True)
        results.append(
            FileResult(
                "herfd",
                "herfd",
                f"raw/{name}.dat",
                f"herfd-{name}",
                "done",
                source=source,
                conditions={"T": temperature},
                observables=observables(temperature, source),
                alerts=(
                    Alert("RUN-003", Level.G, "simulated data", where=f"{name}.dat"),
                    Alert("XAS-100", Level.B, "no reference foil", "relative energies only", name),
                ),
            )
        )
    results += [
        FileResult(
            "herfd",
            "herfd",
            "raw/300K.dat",
            "herfd-300K",
            "refused",
            why="300K.dat:12: 3 columns where 4 are named; repair the line",
            source=Source("300K.dat", "a" * 64),
            alerts=(
                Alert("RUN-002", Level.C, "refused: 3 columns where 4 are named", "mend the file"),
            ),
        ),
        FileResult(
            "herfd",
            "herfd",
            "raw/120K.dat",
            "herfd-120K",
            "left out",
            why="beam dump at 7130 eV",
            source=Source("120K.dat", "b" * 64),
            conditions={"T": 120.0},
        ),
    ]
    area = "herfd.fe.preedge.area"
    truth = tuple(
        TruthRow(
            result.label,
            result.observables[area],
            value,
            (result.observables[area].value - value) / 0.123,
            paper,
        )
        for result, value, paper in zip(
            results[:3], (5.0, 8.27, 8.8), (5.1, None, 8.8), strict=True
        )
    )
    study = Study(
        StudyHead("feco", "[FeCo] dinuclear complex: three states", preface=PREFACE),
        (Measurement("herfd", "herfd", ("raw/*.dat",), sample="FeCo"),),
        sample={"FeCo": Sample(formula="C38H74N8O4F18P3FeCo", label="[FeCo]")},
        waive=(Waiver("XAS-100", "relative energies only", "herfd"),),
        state={
            "HT": StateDeclaration(
                "Fe3+(HS)-dhbq3-",
                {area: ExpectedValue("assumed: as printed", value=8.8, sigma=0.4)},
            )
        },
        report=ReportOptions(formats=formats),
    )
    return Outcome(
        study,
        tuple(results),
        truth=truth,
        alerts=(
            Alert("STA-001", Level.A, "x3(300 K) is not determined", "measure 1556 cm-1", "x3"),
        ),
        waived={"XAS-100 herfd": "relative energies only"},
        checks_not_performed=("coverage of the window ensemble: no second window was given",),
        silent_keys=("herfd.fe.preedge.fwhm", "herfd.fe.preedge.shift"),
        assumed=("HT herfd.fe.preedge.area = 8.8: as printed",),
        simulated=True,
        versions={"spectrafit-suite": "0.1.0", "numpy": "2.x"},
        settings_toml=STUDY_TEXT,
    )


HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    "\"onload=\"document.title='owned'",
    "<img src=x onerror=\"document.title='owned'\">",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "+1+1",
    "-2+3",
    "../../etc/passwd",
    "C:\\Windows\\system32:stream",
    "nul",
    "a\x00b\x1b[31m\u202egnp.exe",
    "half a pair \udcff",
    "$\\frac{",
    "_hidden",
    "| pipe | `code` *star* [link](javascript:alert(1))",
    "]]>&lt;!--",
    "line\nbreak\r\n\ttab",
    "µ-Å-χ-鉄",
    "x" * 300,
    "",
)

HOSTILE_CHARTS = 6  # drawing is slow; the first chart holds every text as a label


def hostile_outcome(texts: tuple[str, ...] = HOSTILE) -> Outcome:
    """Return an outcome in which every text that comes from outside is hostile."""
    base = synthetic_outcome(formats=("svg",))
    done = base.results[0]
    x = np.linspace(0.0, 1.0, 5)
    results = []
    for text in texts:
        source = Source(text or "unnamed", "c" * 64)
        item = Observable(
            "herfd.fe.preedge.area",
            "1",
            value=1.0,
            sigma=0.1,
            verdict=text,
            conventions={text or "empty": text},
            budget={text or "empty": 0.1},
            conditions={"T": 8.0, "branch": text},
            source=source,
        )
        curves = texts if not results else (text,)
        traces = tuple(Trace(label, x, x**2) for label in curves)
        chart = Chart(text or "empty", text, text, (Panel(text, traces),), caption=text)
        results.append(
            replace(
                done,
                file=f"raw/{text}",
                label=text,
                source=source,
                conditions={"T": 8.0, "branch": text},
                observables=Observables(
                    "herfd", (item,), charts=(chart,) if len(results) < HOSTILE_CHARTS else ()
                ),
                alerts=(Alert("READ-001", Level.G, text, text, text),),
            )
        )
    every = tuple(texts)
    study = replace(
        base.study, study=StudyHead("hostile", " ".join(texts), preface=" ".join(texts))
    )
    return replace(
        base,
        study=study,
        results=tuple(results),
        truth=tuple(TruthRow(text, base.truth[0].observable, 5.0, 0.1) for text in texts),
        alerts=tuple(Alert("RUN-009", Level.A, text, text, text) for text in texts),
        waived={"READ-001": " ".join(texts)},
        checks_not_performed=every,
        silent_keys=every,
        assumed=every,
        versions={text: text for text in texts},
        settings_toml="\n".join(texts),
    )
