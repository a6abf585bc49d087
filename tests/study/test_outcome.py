"""What an outcome says of itself."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from reporting.outcomes import hostile_outcome, synthetic_outcome

from spectrafit.reporting.results import result_dict

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


def test_a_result_goes_to_another_process_and_back_whole():
    result = OUTCOME.results[0]
    back = pickle.loads(pickle.dumps(result))
    assert result_dict(back) == result_dict(result)
    assert back.observables.charts[0].panels[0].traces[0].y.size == 121


def test_the_conditions_of_a_result_cannot_be_changed():
    with pytest.raises(TypeError):
        OUTCOME.results[0].conditions["T"] = 9.0
