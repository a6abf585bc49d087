"""The curve point by point with its budget, bins, and branches that stand in different files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from magnetism_case import (
    ONE,
    STILL,
    TOLD,
    codes,
    measured,
    observed,
    recorded,
    series_of,
    table_of,
)

from spectrafit_magnetism.curve_items import MOST_POINTS
from spectrafit_magnetism.simulate import MagnetismSimulation, expected_chiT
from spectrafit_magnetism.specs import SPECS


def test_curve_is_one_key_by_temperature_and_branch():
    found = series_of([recorded()])
    assert set(found.keys) == {"magnetism.chiT"}
    assert len(found.items) <= MOST_POINTS
    branches = {item.conditions["branch"] for item in found.items}
    assert branches == {"heating", "cooling"}
    assert found.items[0].unit == next(one for one in SPECS if one.key == "magnetism.chiT").unit


def test_points_scatter_about_the_truth_by_their_statistical_error():
    found = series_of([recorded(STILL)], replace(TOLD, settle_s=0.0))
    pulls = []
    for item in found.items:
        T, branch = item.conditions["T"], item.conditions["branch"]
        truth = expected_chiT(STILL, np.array([T]), branch)[0]
        pulls.append((item.value - truth) / item.budget["stat"])
    assert 0.8 < np.std(pulls) < 1.2
    assert abs(np.mean(pulls)) < 0.25


def test_sigma_is_the_sum_of_its_parts_and_the_common_ones_are_named():
    for item in series_of([recorded()]).items:
        assert item.sigma == pytest.approx(np.sqrt(sum(x**2 for x in item.budget.values())))
        assert item.budget["mass"] == pytest.approx(item.value * 0.02 / 9.84)
        assert item.budget["chi_dia"] == pytest.approx(0.2 * 6.3e-4 * item.conditions["T"])
        assert item.conventions["common"] == "mass, chi_dia"
        assert item.conventions["common_of_branch"] == "lag"


def test_part_of_the_lag_is_what_a_lag_does():
    late = {(i.conditions["branch"], round(i.conditions["T"])): i for i in _quiet(0.5).items}
    still = {(i.conditions["branch"], round(i.conditions["T"])): i for i in _quiet(0.0).items}
    for key in (("heating", 10), ("heating", 85), ("cooling", 150)):
        moved = abs(late[key].value - still[key].value)
        assert late[key].budget["lag"] == pytest.approx(moved, rel=0.25)


def _quiet(lag):
    quiet = MagnetismSimulation(lag_K=lag, noise_K=0.0, noise=1e-6, noise_emu=1e-12, step_K=2.5)
    return series_of([recorded(quiet)])


def test_long_run_is_averaged_in_bins():
    long = replace(ONE, step_K=0.25)
    found = series_of([recorded(long)])
    assert 100 <= len(found.items) <= MOST_POINTS
    step = found.items[0].history[-1].settings
    assert step["curve_step_K"] > 0.0
    wide = series_of([recorded(long)], replace(TOLD, curve_step_K=10.0))
    assert len(wide.items) == 2 * 30
    fine = min(found.items, key=lambda one: abs(one.conditions["T"] - 205.0))
    coarse = min(wide.items, key=lambda one: abs(one.conditions["T"] - 205.0))
    assert coarse.budget["stat"] < 0.7 * fine.budget["stat"]
    refused = series_of([recorded(long)], replace(TOLD, curve_step_K=0.3))
    assert not refused.items
    assert any("wider" in str(alert) for alert in refused.alerts)


def test_branches_of_two_files_make_one_loop():
    wide = MagnetismSimulation(step_K=1.0, range_K=(60.0, 130.0), G12=2500.0, rho=0.0)
    one, two = (
        recorded(replace(wide, branches=(branch,)), name=f"{branch}.dat")
        for branch in ("heating", "cooling")
    )
    assert "magnetism.hysteresis" not in observed(one).keys
    found = series_of([one, two])
    loop = next(item for item in found.items if item.key == "magnetism.hysteresis")
    assert loop.value == pytest.approx(12.0, abs=2.0)
    assert [chart.name for chart in found.charts] == ["chiT"]


def test_zero_field_cooled_and_field_cooled_differ_by_a_systematic():
    settings = replace(TOLD, chi_dia=0.0, header_convention="magnetopy", settle_s=None)
    found = series_of([measured("magnetopy_fc5.dat"), measured("magnetopy_zfc5.dat")], settings)
    assert {item.conditions["branch"] for item in found.items} == {"heating", "heating_2"}
    words = next(str(alert) for alert in found.alerts if alert.code == "MAG-111")
    percent = float(words.split("differ by ")[1].split(" %")[0])
    # +0.26 % in the mean; the alert has the median of its size
    assert percent == pytest.approx(0.3, abs=0.1)


def test_table_in_no_order_is_one_curve():
    rows = "".join(
        f"{T},{1.0 + 0.001 * T}\n" for T in (300, 10, 200, 50, 120, 20, 80, 250, 30, 160)
    )
    found = series_of([table_of(f"T (K),chiT (cm3 K mol-1)\n{rows}")], replace(TOLD, chi_dia=0.0))
    assert {item.conditions["branch"] for item in found.items} == {"points"}
    T = [item.conditions["T"] for item in found.items]
    assert sorted(T) == T


def test_field_sweep_has_no_curve_and_a_refused_file_is_named():
    assert not series_of([measured("magnetopy_Pd_std1.dat")]).items
    refused = series_of([measured("magnetopy_zfcfc1.dat")])
    assert not refused.items
    assert codes(refused) == {"MAG-117"}
