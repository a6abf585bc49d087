"""Comparisons of a study: what they may name, what comes of them, and where it is told."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from spectrafit.alert import Level
from spectrafit.errors import StudyError
from spectrafit.reporting.alerts import raised_alerts
from spectrafit.reporting.results import results_schema
from spectrafit.reporting.write import write_report
from spectrafit.study.load import study_of_text
from spectrafit.study.outcome import ComparisonResult, Outcome
from spectrafit.study.run import run_study
from spectrafit_xas.simulate import HerfdSimulation, XanesSimulation, simulated_scan

HEAD = """
[study]
name = "compared"
[[measurement]]
name = "foil"
technique = "xanes"
role = "calibration"
files = ["foil.dat"]
"""
MEASUREMENT = """
[[measurement]]
name = "{technique}"
technique = "{technique}"
files = ["{technique}_*.dat"]
uses = {{ calibration = "foil" }}
[measurement.conditions]
T = {{ pattern = "_{{}}K", unit = "K" }}
[measurement.settings]
foil_eV = 7111.2
window_eV = [7107.0, 7118.0]
peaks = {peaks}
method_spread = false
"""
COMPARISONS = """
[[comparison]]
name = "HT"
measurement = "xanes"
a = { T = 135 }
b = { T = [240, 260] }
ends = [{ T = 8 }, { T = [240, 260] }]

[[comparison]]
name = "series"
measurement = "xanes"
along = "T"
b = { T = 8 }
ends = [{ T = 8 }, { T = 250 }]
settings = { margin_area = 1.0 }

[[comparison]]
name = "two kinds"
measurement = "xanes"
a = { T = 250 }
b = { measurement = "herfd", T = 250 }

[[comparison]]
name = "not there"
measurement = "xanes"
a = { T = 131 }
b = { file = "xanes_250K*" }
"""
TEXT = (
    HEAD
    + MEASUREMENT.format(technique="herfd", peaks=1)
    + MEASUREMENT.format(technique="xanes", peaks=1)
    + '[report]\nformats = ["svg"]\n'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold simulated scans: 8 K, 135 K, two repeats at 250 K, one of HERFD."""
    found = tmp_path_factory.mktemp("compared")
    foil = simulated_scan(XanesSimulation(scan="foil"), 1, herfd=False)
    (found / "foil.dat").write_text(foil, encoding="utf-8")
    peak, fine = ((7112.3, 2.0, 5.0),), {"counts": 2e6, "i0_counts": 1e8}
    scans = {"008K": 0.0, "135K": 1.0, "250K_1": 1.0, "250K_2": 1.0}
    for seed, (name, share) in enumerate(scans.items()):
        high = ((7112.8, 2.0, 8.8),)
        settings = XanesSimulation(low_peaks=peak, high_peaks=high, share_high=share, **fine)
        text = simulated_scan(settings, seed, herfd=False)
        (found / f"xanes_{name}.dat").write_text(text, encoding="utf-8")
    sharp = HerfdSimulation(low_peaks=peak, emission_eV=6404.8)
    text = simulated_scan(sharp, 9, herfd=True)
    (found / "herfd_250K.dat").write_text(text, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def outcome(folder: Path) -> Outcome:
    return run_study(study_of_text(TEXT + COMPARISONS, folder=folder))


def named(outcome: Outcome, name: str) -> ComparisonResult:
    return next(one for one in outcome.comparisons if one.name == name)


@pytest.mark.xdist_group("compared")
def test_repeats_are_one_side_and_an_end_member_may_be_of_the_pair(outcome: Outcome) -> None:
    one = named(outcome, "HT")
    assert one.status == "done"
    assert one.a == ("xanes, T = 135 K",)
    assert one.b == "xanes, T = 250 K, 2 scans"
    assert one.observables is not None
    change = one.observables["xanes.fe.difference.135K.250K"]
    assert isinstance(change.value, float)
    assert change.sigma is not None
    assert abs(change.value) < 3 * change.sigma
    assert change.conditions["T"] == 135.0
    assert change.source.simulated


@pytest.mark.xdist_group("compared")
def test_a_series_is_compared_in_the_order_of_its_condition(outcome: Outcome) -> None:
    one = named(outcome, "series")
    assert one.a == ("xanes, T = 135 K", "xanes, T = 250 K, 2 scans")
    assert one.observables is not None
    area = one.observables["xanes.fe.difference.250K.8K.area"]
    assert area.conventions["margin"] == 1.0
    share = one.observables["xanes.fe.spectra.share.135K"]
    assert share.value == pytest.approx(1.0, abs=0.05)
    components = one.observables["xanes.fe.spectra.components"]
    assert str(components.value).startswith("1 above noise")


@pytest.mark.xdist_group("compared")
def test_a_refusal_says_why_and_stops_no_other(outcome: Outcome) -> None:
    refused = named(outcome, "two kinds")
    assert refused.status == "refused"
    (alert,) = refused.alerts
    assert (alert.code, alert.level) == ("XAS-113", Level.A)
    missing = named(outcome, "not there")
    (alert,) = missing.alerts
    assert alert.code == "RUN-013"
    assert "no scan with T = 131 K" in missing.why
    assert "T = 135 K" in missing.why
    raised = {(one.alert.code, one.label) for one in raised_alerts(outcome)}
    assert ("XAS-113", "two kinds") in raised


@pytest.mark.xdist_group("compared")
def test_report_table_and_results_hold_every_verdict(outcome: Outcome, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    write_report(outcome, tmp_path)
    with (tmp_path / "comparisons.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["comparison"] for row in rows} == {"HT", "series", "two kinds", "not there"}
    area = next(row for row in rows if row["key"] == "xanes.fe.difference.135K.250K.area")
    assert float(area["margin"]) == 0.5
    assert float(area["smallest_detectable"]) > 0
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(results, results_schema())
    assert [one["status"] for one in results["comparisons"]] == ["done", "done", *["refused"] * 2]
    for name in ("report.md", "report.html"):
        page = (tmp_path / name).read_text(encoding="utf-8")
        assert "smallest detectable" in page
        assert "Not compared" in page
        assert "no significant difference" not in page.lower()
    assert list((tmp_path / "figures").glob("HT-difference-135K-250K*.svg"))


WRONG = {
    'a = { T = 1 }\nb = { measurement = "herf", T = 2 }': ("b.measurement", "did you mean herfd"),
    "a = { T = 1 }\nb = { T = 2 }\nalong = 'T'": ("comparison[0]", "exclude each other"),
    "b = { T = 2 }": ("comparison[0]", "a or along"),
    "a = { T = 1 }": ("comparison[0]", "b"),
    "a = { T = 1 }\nb = { T = 2 }\nends = [{ T = 3 }]": ("ends", "two are meant"),
    "a = { T = 1 }\nb = { T = 2 }\nsettings = { margin_are = 1.0 }": ("settings", "margin_area"),
    "a = { T = true }\nb = { T = 2 }": ("a", "true"),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_comparison_is_refused_with_its_place(text: str, tmp_path: Path) -> None:
    table = f'[[comparison]]\nname = "c"\nmeasurement = "herfd"\n{text}\n'
    with pytest.raises(StudyError) as caught:
        study_of_text(TEXT + table, folder=tmp_path)
    for words in WRONG[text]:
        assert words in str(caught.value)


def test_a_comparison_of_a_foil_or_of_two_names_is_refused(tmp_path: Path) -> None:
    table = '[[comparison]]\nname = "c"\nmeasurement = "foil"\na = { T = 1 }\nb = { T = 2 }\n'
    with pytest.raises(StudyError, match="no sample measurement") as caught:
        study_of_text(TEXT + table + table, folder=tmp_path)
    assert "second comparison" in str(caught.value)
