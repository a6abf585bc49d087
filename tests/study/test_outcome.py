"""What an outcome says of itself."""

from __future__ import annotations

from dataclasses import replace

from reporting.outcomes import hostile_outcome, synthetic_outcome

OUTCOME = synthetic_outcome()


def test_a_waiver_counts_for_its_measurement_or_for_all():
    assert OUTCOME.waiver_reason("XAS-100", "herfd") == "relative energies only"
    assert OUTCOME.waiver_reason("XAS-100", "xanes") == ""
    assert OUTCOME.waiver_reason("XAS-100") == ""
    everywhere = replace(OUTCOME, waived={"XAS-100": "why"})
    assert everywhere.waiver_reason("XAS-100", "xanes") == "why"


def test_a_notebook_shows_every_file_and_that_data_are_simulated():
    shown = OUTCOME._repr_html_()
    assert all(result.label in shown for result in OUTCOME.results)
    assert "left out: beam dump at 7130 eV" in shown
    assert "simulated data" in shown


def test_a_notebook_runs_no_hostile_name():
    assert "<script" not in hostile_outcome()._repr_html_()
    assert "<img" not in hostile_outcome()._repr_html_()
