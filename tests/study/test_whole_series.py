"""What the scans of a measurement show together: when it is asked for, where it is told, when again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from line_study import STUDY, installed, line_text, write_study

from spectrafit.fit.journal import Journal
from spectrafit.reporting.results import results_schema
from spectrafit.reporting.write import write_report
from spectrafit.study.load import study_of_text
from spectrafit.study.outcome import Outcome
from spectrafit.study.run import run_study

ALONE = "    def suits("
TOGETHER = '''    def observe_series(self, scans: Any) -> Observables:
        """Return the mean area of all scans."""
        import numpy as np

        from spectrafit.errors import SpectrafitError
        from spectrafit.observable import Observable

        areas = [float(scan.observables["epr.area"].value) for scan in scans]
        temperatures = [scan.inputs["sample"].conditions["T"] for scan in scans]
        if 99.0 in temperatures:
            raise SpectrafitError("a scan at 99 K", do="leave it out")
        mean = Observable("epr.area", "mT", value=float(np.mean(areas)), sigma=0.1)
        at = Observable("epr.area", "mT", value=areas[0], sigma=0.1, conditions={"T": temperatures[0]})
        return Observables("epr", (mean, at))

    def suits('''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("whole_series")
    (home / "plugin").mkdir()
    with installed(home / "plugin", {ALONE: TOGETHER}):
        yield home


def write_lines(folder: Path, temperatures: tuple[int, ...], height: float = 2.5) -> None:
    write_study(folder, {f"line_{T}K.dat": line_text(height, T) for T in temperatures})


def outcome_of(
    folder: Path, temperatures: tuple[int, ...], journal: Journal | None = None
) -> Outcome:
    write_lines(folder, temperatures)
    return run_study(study_of_text(STUDY, folder=folder), journal=journal)


def test_scans_are_taken_together_and_told_in_every_place(folder: Path) -> None:
    home = folder / "told"
    outcome = outcome_of(home, (8, 20, 50))
    (one,) = outcome.series
    assert one.status == "done"
    assert len(one.scans) == 3
    areas = [result.observables["epr.area"].value for result in outcome.done]
    assert one.observables["epr.area"].value == pytest.approx(sum(areas) / 3)
    write_report(outcome, home / "results")
    table = (home / "results/series.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert [row["key"] for row in rows] == ["epr.area", "epr.area"]
    assert "8" in rows[1]["conditions"]
    page = (home / "results/report.md").read_text(encoding="utf-8")
    assert "## Series" in page
    results = json.loads((home / "results/results.json").read_text(encoding="utf-8"))
    assert results["series"][0]["scans"] == list(one.scans)
    assert "series" in results_schema()["properties"]


def test_one_scan_is_asked_about_too(folder: Path) -> None:
    """A technique may have something to say of one scan, and says nothing otherwise."""
    (one,) = outcome_of(folder / "single", (8,)).series
    assert len(one.scans) == 1


def test_a_refusal_stops_nothing_and_says_why(folder: Path) -> None:
    outcome = outcome_of(folder / "refused", (8, 99))
    (one,) = outcome.series
    assert (one.status, one.why) == ("refused", "a scan at 99 K; leave it out")
    assert [alert.code for alert in one.alerts] == ["RUN-014"]
    assert len(outcome.done) == 2
    assert any(alert.code == "RUN-014" for alert in outcome.all_alerts)


def test_it_is_kept_in_the_journal_until_a_scan_changes(folder: Path, tmp_path: Path) -> None:
    home = folder / "kept"
    first = outcome_of(home, (8, 20), Journal(tmp_path))
    told: list[str] = []
    loaded = study_of_text(STUDY, folder=home)
    again = run_study(
        loaded, journal=Journal(tmp_path), progress=lambda done, total, text: told.append(text)
    )
    assert not any(text.startswith("series") for text in told)
    assert (
        again.series[0].observables["epr.area"].value
        == first.series[0].observables["epr.area"].value
    )
    write_lines(home, (8, 20), height=2.0)
    changed = run_study(
        loaded, journal=Journal(tmp_path), progress=lambda done, total, text: told.append(text)
    )
    assert any(text.startswith("series") for text in told)
    assert (
        changed.series[0].observables["epr.area"].value
        != first.series[0].observables["epr.area"].value
    )
