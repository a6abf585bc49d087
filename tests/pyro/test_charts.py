"""Figures of a run as data: what is drawn, with which words, and that simulated data say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pyro_technique_case import COARSE, TOLD, observed, recorded, reference, value

from spectrafit.panel import Chart
from spectrafit.technique import Observables
from spectrafit_pyro.technique import pyro


def chart(found: Observables, name: str) -> Chart:
    return next(one for one in found.charts if one.name == name)


FOUND = observed(replace(COARSE, offset_pA=0.1, lag_s=12.0))


def test_every_figure_says_that_the_data_are_simulated() -> None:
    assert [one.name for one in FOUND.charts] == ["p", "dP", "log"]
    assert all(one.simulated for one in FOUND.charts)


def test_p_shows_both_branches_their_plateau_and_the_even_current() -> None:
    p = chart(FOUND, "p")
    whole, near, even = p.panels
    assert [trace.label for trace in whole.traces] == ["both", "heating", "cooling"]
    assert {mark.label for mark in whole.x_marks} == {"peak", "plateau"}
    shown = near.traces[0].y[np.isfinite(near.traces[0].y)]
    assert 3.0 < shown.max() <= 6.0
    assert near.y_label == "p, 0 to 6"
    inside = (even.traces[0].x >= 120.0) & (even.traces[0].x <= 290.0)
    assert even.traces[0].y[inside].mean() == pytest.approx(0.1, abs=0.003)
    for words in (
        "polarity +1",
        f"lag of {value(FOUND, 'lag'):.1f} s",
        "+5.00 K/min and -5.00 K/min",
        "0.3036 mm²",
    ):
        assert words in p.caption


def test_dP_is_zero_at_T0_and_ends_at_the_total() -> None:
    dP = chart(FOUND, "dP")
    (panel,) = dP.panels
    (trace,) = panel.traces
    assert np.interp(20.0, trace.x, trace.y) == pytest.approx(0.0, abs=1e-12)
    assert trace.y[-1] == pytest.approx(value(FOUND, "dP_total"))
    assert trace.sigma is not None
    assert trace.sigma[-1] == pytest.approx(FOUND["pyro.dP_total"].sigma)
    assert (panel.x_marks[0].low, panel.x_marks[0].label) == (20.0, "T₀")


def test_without_a_polarity_the_figure_shows_magnitudes_and_no_dP() -> None:
    found = observed(COARSE, replace(TOLD, polarity=0))
    assert [one.name for one in found.charts] == ["p", "log"]
    assert chart(found, "p").panels[0].y_label.startswith("|p|")
    assert "magnitudes only" in chart(found, "p").caption


def test_one_branch_says_so_in_its_legend() -> None:
    found = observed(replace(COARSE, branches="cooling"))
    p = chart(found, "p")
    assert [trace.label for trace in p.panels[0].traces] == ["cooling only: offset not testable"]
    assert len(p.panels) == 2


def test_the_ratio_of_the_reference_is_drawn_where_it_is_testable() -> None:
    chosen = replace(
        TOLD, reference_area_mm2=0.5, reference_area_error_mm2=0.01, reference_polarity=1
    )
    found = pyro.observe({"sample": recorded(COARSE), "reference": reference()}, chosen)
    share = chart(found, "reference")
    ratio = share.panels[1].traces[0]
    assert np.isfinite(ratio.y).all()
    at = np.argmin(np.abs(ratio.x - 200.0))
    assert ratio.y[at] == pytest.approx(0.063, abs=0.02)
    assert "expansion and piezoelectric tensors" in share.caption


def test_the_log_is_drawn_as_recorded() -> None:
    current, temperature = chart(FOUND, "log").panels
    assert current.traces[0].y.size == temperature.traces[0].y.size
    assert temperature.traces[0].y.max() == pytest.approx(300.0, abs=0.2)
    assert current.y_label == "I / pA"


def test_every_figure_can_be_drawn() -> None:
    from spectrafit.figures import plot

    for one in FOUND.charts:
        assert plot(FOUND, name=one.name) is not None
