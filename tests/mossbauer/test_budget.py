"""What stands behind a value: the calibration's share, the one that was used, theta, declared parameters."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from mossbauer_technique_case import IRON, ORIENTED, SAMPLE, iron, recorded

from spectrafit.fit.parameters import ParameterChange
from spectrafit.laws import recoil_free_fraction, second_order_doppler
from spectrafit.technique import SeriesScan
from spectrafit_mossbauer.absorption.fitted import fit_sites
from spectrafit_mossbauer.absorption.unfolded import unfolded
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.channels import channels_of
from spectrafit_mossbauer.observables import SPECS, total_covariance
from spectrafit_mossbauer.technique import mossbauer


def test_the_calibrations_share_is_what_another_scale_does_to_each_value() -> None:
    scale = calibrated(channels_of(iron()), orientation=1)
    sample = channels_of(recorded(replace(SAMPLE, area_mm_s=0.2), "s_120K.ws5"))
    fitted = fit_sites(unfolded(sample, scale))
    rows = []
    for place in range(len(scale.names)):
        # a step that moves no value by more than its error
        step = 5.0 * math.sqrt(scale.covariance[place, place])
        ends = []
        for sign in (1, -1):
            values = np.array(scale.values)
            values[place] += sign * step
            moved = fit_sites(unfolded(sample, replace(scale, values=values)))
            ends.append([moved.value(name) for name in fitted.names])
        rows.append((np.array(ends[0]) - ends[1]) / (2.0 * step))
    by_drive = np.transpose(rows)
    expected = np.sqrt(np.diag(by_drive @ scale.covariance @ by_drive.T))
    found = np.sqrt(np.diag(total_covariance(fitted)[1]))
    for name in ("site1.IS", "site1.QS", "site1.area"):
        place = fitted.names.index(name)
        assert found[place] == pytest.approx(expected[place], rel=0.15), name


def test_of_several_calibrations_the_nearest_in_time_is_used() -> None:
    early = recorded(replace(IRON, date="2024-01-01T09:00:00"), "early.ws5", 91)
    late = recorded(replace(IRON, date="2024-03-03T09:00:00"), "late.ws5", 92)
    sample = recorded(replace(SAMPLE, date="2024-03-02T09:00:00"), "s_120K.ws5")
    for irons in ((early, late), (late, early)):
        found = mossbauer.observe({"sample": sample, "calibration": irons}, ORIENTED)
        steps = {entry.step: entry.settings for entry in found["mossbauer.IS"].history}
        assert steps["velocity"]["file"] == "late.ws5"


def test_a_range_of_theta_is_an_even_distribution_in_the_budget() -> None:
    given = {"sample": recorded(SAMPLE, "s_120K.ws5"), "calibration": iron()}
    found = mossbauer.observe(given, replace(ORIENTED, theta_K=(150.0, 210.0), T_ref_K=300.0))
    ends = [
        float(second_order_doppler(120.0, theta).value - second_order_doppler(300.0, theta).value)
        for theta in (150.0, 210.0)
    ]
    budget = found["mossbauer.IS_ref"].budget
    assert budget["theta"] == pytest.approx(abs(ends[1] - ends[0]) / math.sqrt(12.0))


def test_states_mix_with_the_doppler_shift_and_the_recoil_free_fraction() -> None:
    mix = {spec.key: spec.mix for spec in SPECS}
    x, members, nuisances = {"a": 0.25, "b": 0.75}, {"a": 0.4, "b": 0.8}, {"theta_D_K": 180.0}
    doppler = float(second_order_doppler(200.0, 180.0).value)
    fraction = float(recoil_free_fraction(200.0, 180.0).value)
    assert mix["mossbauer.IS"](x, members, nuisances, 200.0) == pytest.approx(0.7 + doppler)
    assert mix["mossbauer.area"](x, members, nuisances, 200.0) == pytest.approx(0.7 * fraction)
    assert mix["mossbauer.QS"](x, members, nuisances, 200.0) == pytest.approx(0.7)


def test_bounds_away_from_the_start_are_kept() -> None:
    given = {"sample": recorded(SAMPLE, "s_120K.ws5"), "calibration": iron()}
    away = {"site1.splitting": ParameterChange(min=2.2, max=2.6)}
    found = mossbauer.observe(given, ORIENTED, away)
    assert found.fit is not None
    assert 2.2 <= found.fit.value("site1.splitting") <= 2.6


def test_a_series_keeps_the_parameters_of_its_scans() -> None:
    held = {"site1.splitting": ParameterChange(start=1.75, fixed=True)}
    scans = []
    for T in (120.0, 200.0):
        sample = recorded(replace(SAMPLE, T_K=T), f"s_{T:g}K.ws5", int(T))
        given = {"sample": sample, "calibration": iron()}
        one = mossbauer.observe(given, ORIENTED, held)
        scans.append(SeriesScan(sample.name, given, ORIENTED, held, one))
    trends = next(c for c in mossbauer.observe_series(scans).charts if c.name == "trends")
    (panel,) = [panel for panel in trends.panels if panel.y_label.startswith("QS")]
    assert all((trace.y == 1.75).all() for trace in panel.traces)
