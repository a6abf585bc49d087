"""What the figures hold: axes with units, both branches, corrections, spin-only lines, residuals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from magnetism_case import ONE, TOLD, measured, observed, published, recorded

from spectrafit.figures import plot
from spectrafit_magnetism.spin_only import spin_only_chiT

SPINS = {"high_spins": (2.0,), "g_high": 2.024}


def charts(found):
    return {chart.name: chart for chart in found.charts}


def test_chi_T_is_drawn_raw_beside_corrected():
    found = observed(recorded(), replace(TOLD, **SPINS))
    chart = charts(found)["chiT"]
    assert chart.simulated
    (panel,) = chart.panels
    assert (chart.x_label, panel.y_label) == ("temperature / K", "χₘT / cm³ K mol⁻¹")
    labels = [trace.label for trace in panel.traces]
    assert labels == ["without corrections", "cooling", "heating"]
    shade = panel.traces[0]
    assert (shade.base - shade.y) == pytest.approx(6.3e-4 * shade.x, rel=1e-6)
    (mark,) = panel.y_marks
    assert mark.low == pytest.approx(spin_only_chiT(2.0, g=2.024))
    assert "S = 2" in mark.label
    assert "5000 Oe" in chart.caption
    assert "-0.00063 emu/(mol Oe)" in chart.caption


def test_uncorrected_run_has_no_shade():
    chart = charts(observed(recorded(), replace(TOLD, chi_dia=0.0)))["chiT"]
    assert [trace.label for trace in chart.panels[0].traces] == ["cooling", "heating"]
    assert "Diamagnetism: not corrected" in chart.caption


def test_slope_is_drawn_where_there_is_a_transition_only():
    chart = charts(observed(recorded()))["slope"]
    places = [mark.low for mark in chart.panels[0].x_marks]
    assert places == pytest.approx([90.5, 89.5], abs=1.0)
    assert chart.panels[0].y_label == "d(χₘT)/dT / cm³ mol⁻¹"
    assert "slope" not in charts(observed(recorded(), replace(TOLD, transition="no")))


def test_pair_is_drawn_with_both_models_and_residuals():
    found = observed(published("spinner_3d-nit2.exp"), replace(TOLD, chi_dia=0.0, S1=0.5, S2=0.5))
    chart = charts(found)["pair"]
    top, rest = chart.panels
    assert [trace.label for trace in top.traces] == [
        "measured", "without mean field", "with mean field",
    ]  # fmt: skip
    rms = float(np.sqrt(np.mean(rest.traces[0].y ** 2)))
    assert rms == pytest.approx(found["magnetism.pair.rms"].value, rel=1e-6)
    assert "H = -2J S1.S2" in chart.caption
    assert not chart.simulated
    wrong = observed(published("spinner_manganese.exp"), replace(TOLD, chi_dia=0.0, S1=2.5, S2=0.5))
    assert "Rejected" in charts(wrong)["pair"].caption
    assert "g =" not in charts(wrong)["pair"].caption


def test_field_sweep_is_drawn_with_its_line():
    chart = charts(observed(measured("magnetopy_Pd_std1.dat"), replace(TOLD, chi_dia=0.0)))["field"]
    assert chart.x_label == "field / kOe"
    line = chart.panels[0].traces[1]
    slope = (line.y[1] - line.y[0]) / (line.x[1] - line.x[0]) / 1e3
    assert slope / 0.2604 == pytest.approx(5.269e-6, rel=1e-3)


def test_every_chart_can_be_drawn():
    found = observed(recorded(replace(ONE, step_K=10.0)), replace(TOLD, S1=2.5, S2=0.5, **SPINS))
    for name in charts(found):
        assert plot(found, name=name) is not None
