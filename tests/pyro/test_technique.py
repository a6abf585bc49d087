"""From a log to p, peak, plateau, offset, lag and dP through the technique, and what is said of them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from pyro_technique_case import (
    CASE,
    COARSE,
    TOLD,
    codes,
    curve,
    observed,
    recorded,
    reference,
    scan,
    text_of,
    value,
)

from spectrafit.errors import SettingsError
from spectrafit.observable import Kind
from spectrafit.technique import Observables
from spectrafit_pyro.alerts import PYRO_ALERTS
from spectrafit_pyro.materials import KnownMaterial
from spectrafit_pyro.settings import PyroSettings
from spectrafit_pyro.simulation import crystal_p
from spectrafit_pyro.technique import pyro

WIDE = replace(TOLD, plateau_K=(120.0, 298.0))
TABLE = {
    "clean": ({}, 3.602, 3.601, 3.602, 30.9, 0.0),
    "offset 0.1 pA": ({"offset_pA": 0.1}, 3.998, 3.208, 3.603, 30.9, 0.1),
    "offset 0.9 pA": ({"offset_pA": 0.9}, 7.159, 0.048, 3.603, 30.9, 0.9),
    "leakage": ({"leakage_pA": 0.5}, 4.017, 3.186, 3.601, 31.0, None),
    "lag, not aligned": ({"lag_s": 24.0}, 3.610, 3.595, 3.602, 25.6, 0.0),
    "wobble": ({"wobble_K": 0.2}, 3.603, 3.603, 3.603, 30.9, 0.0),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_declared_cases_come_back(case: str) -> None:
    faults, heating, cooling, both, peak, offset = TABLE[case]
    chosen = replace(WIDE, align=False) if "lag" in case else WIDE
    truth = replace(CASE, **faults)
    up = recorded(replace(truth, branches="heating"), 2, "up.csv")
    down = recorded(replace(truth, branches="cooling"), 3, "down.csv")
    found = pyro.observe_series([scan(up, chosen), scan(down, chosen)])
    assert value(found, "heating.plateau_mean") == pytest.approx(heating, abs=0.02)
    assert value(found, "cooling.plateau_mean") == pytest.approx(cooling, abs=0.02)
    assert value(found, "plateau_mean") == pytest.approx(both, abs=0.02)
    assert value(found, "peak_height") == pytest.approx(peak, abs=0.5)
    if offset is not None:
        assert value(found, "I0") == pytest.approx(offset, abs=0.005)
    points = curve(found, "pyro.dP")
    assert points[298.0].value == pytest.approx(1.109, abs=0.004)


def test_alignment_brings_the_peak_back_and_tells_the_lag() -> None:
    found = observed(replace(CASE, lag_s=24.0))
    assert value(found, "peak_height") > 30.0
    assert value(found, "peak_separation") / 2.0 == pytest.approx(2.0, abs=0.1)
    assert found["pyro.lag"].verdict.startswith("lag or hysteresis")


def test_unequal_rates_offset_and_lag_give_plateau_area_and_peak() -> None:
    truth = replace(CASE, heating_rate=5.0, cooling_rate=2.0, offset_pA=0.9, lag_s=24.0)
    found = observed(truth)
    T = np.arange(120.0, 290.5, 0.5)
    assert value(found, "plateau_mean") == pytest.approx(crystal_p(truth, T).mean(), rel=0.01)
    T = np.arange(70.0, 110.05, 0.05)
    area = 1e-3 * np.trapezoid(crystal_p(truth, T), T)
    assert value(found, "peak_area_fixed") == pytest.approx(area, rel=0.01)
    assert value(found, "peak_height") > 30.5
    assert value(found, "I0") == pytest.approx(0.9, abs=0.005)
    assert value(found, "lag") == pytest.approx(24.0, abs=0.5)
    assert {"PYRO-107", "PYRO-108"} <= codes(found)
    assert f"{value(found, 'lag'):.1f} s of lag" in text_of(found, "PYRO-108")


def test_the_sign_of_everything_turns_with_the_polarity() -> None:
    run = recorded(COARSE)
    one = pyro.observe({"sample": run}, TOLD)
    other = pyro.observe({"sample": run}, replace(TOLD, polarity=-1))
    turned = (
        "peak_height", "peak_area", "peak_area_fixed", "peak_area_above_line", "plateau_mean",
        "plateau_per_100K", "dP_total", "I0_as_p", "heating.charge", "misclosure",
    )  # fmt: skip
    for quantity in turned:
        assert value(other, quantity) == pytest.approx(-value(one, quantity), rel=1e-12)
    for quantity in ("peak_T", "peak_fwhm", "I0", "lag"):
        assert value(other, quantity) == pytest.approx(value(one, quantity), rel=1e-12)
    points = [
        [item.value for item in pyro.observe_series([scan(run, chosen)]).items]
        for chosen in (TOLD, replace(TOLD, polarity=-1))
    ]
    np.testing.assert_array_equal(np.array(points[1]), -np.array(points[0]))


def test_without_a_polarity_there_are_magnitudes_and_no_sign() -> None:
    chosen = replace(TOLD, polarity=0)
    run = replace(COARSE, polarity=-1)
    found = observed(run, chosen)
    assert "PYRO-104" in codes(found)
    assert next(one for one in found.alerts if one.code == "PYRO-104").level == "A"
    assert value(found, "abs_plateau_mean") == pytest.approx(3.75, abs=0.02)
    assert not {"pyro.plateau_mean", "pyro.dP_total", "pyro.peak_height"} & set(found.keys)
    series = pyro.observe_series([scan(recorded(run), chosen)])
    assert {item.key for item in series.items} == {"pyro.abs_p"}
    assert all(item.conventions["polarity"] == "not told" for item in found.items)


def test_one_branch_says_that_the_offset_is_not_testable() -> None:
    found = observed(replace(COARSE, branches="heating", offset_pA=0.1))
    offset = found["pyro.offset_for_plateau"]
    expected = value(found, "plateau_mean") * 0.3036e-2 * 5.0 / 60.0 * 1e3
    assert offset.value == pytest.approx(expected, rel=1e-3)
    assert offset.verdict == "offset not testable"
    plateau = found["pyro.plateau_mean"]
    assert plateau.verdict == "offset not testable"
    assert plateau.sigma is None
    assert "offset not testable" in plateau.sigma_reason
    assert f"an offset of {offset.value:.3g} pA would explain the plateau" in text_of(
        found, "PYRO-106"
    )
    assert "pyro.I0" not in found.keys
    told = observed(replace(COARSE, branches="heating"), replace(TOLD, offset_error_pA=0.01))
    assert told["pyro.plateau_mean"].budget["offset"] == pytest.approx(
        0.01e-12 / (0.3036e-2 * 5.0 / 60.0) * 1e9, rel=1e-3
    )
    assert told["pyro.plateau_mean"].sigma is not None


def test_budgets_hold_the_declared_parts_and_add_up() -> None:
    chosen = replace(TOLD, area_error_mm2=0.05 * 0.3036, rate_error=0.005, offset_error_pA=0.01)
    found = observed(CASE, chosen)
    total = found["pyro.dP_total"]
    assert set(total.budget) == {"noise", "area", "rate", "offset"}
    size = total.value
    assert total.budget["area"] == pytest.approx(0.05 * size)
    assert total.budget["rate"] == pytest.approx(0.005 * size)
    # 10 fA over 280 K of one branch at 5 K/min are 0.011; of two half of it
    span = float(total.conventions["to_K"]) - 20.0
    assert total.budget["offset"] == pytest.approx(0.5 * 0.011 * span / 280.0, rel=0.02)
    assert total.sigma == pytest.approx(np.hypot.reduce(list(total.budget.values())))
    for item in pyro.observe_series([scan(recorded(CASE), chosen)]).items[::40]:
        assert item.sigma == pytest.approx(np.hypot.reduce(list(item.budget.values())))
        assert item.conventions["common"] == "area, rate, offset"


def test_without_an_error_of_the_area_values_say_why_they_have_none() -> None:
    found = observed(COARSE, replace(TOLD, area_error_mm2=0.0))
    assert "PYRO-105" in codes(found)
    for quantity in ("plateau_mean", "peak_height", "dP_total", "I0_as_p"):
        item = found[f"pyro.{quantity}"]
        assert item.sigma is None
        assert "area_error_mm2" in item.sigma_reason
        assert item.budget["noise"] > 0.0
    for quantity in ("peak_T", "peak_fwhm", "plateau_flatness", "I0", "lag"):
        assert found[f"pyro.{quantity}"].sigma is not None


def test_pulls_of_what_is_read_first_are_those_of_normal_noise() -> None:
    truth = replace(COARSE, offset_pA=0.2, lag_s=12.0)
    T = np.arange(120.0, 291.0)
    inside = np.arange(70.0, 110.05, 0.05)
    expected = {
        "plateau_mean": crystal_p(truth, T).mean(),
        "peak_area_fixed": 1e-3 * np.trapezoid(crystal_p(truth, inside), inside),
        "I0": 0.2,
        "lag": 12.0,
    }
    found = [observed(truth, seed=seed) for seed in range(100, 112)]
    for quantity, true in expected.items():
        items = [one[f"pyro.{quantity}"] for one in found]
        pulls = np.array([(item.value - true) / item.budget["noise"] for item in items])
        assert 0.4 < pulls.std() < 1.8, quantity
        # what bins and windows add stays below a third of a percent of the value
        off = np.mean([item.value for item in items]) - true
        assert abs(off) < 0.0035 * true + 3.0 * items[0].budget["noise"] / 3.0, quantity


def test_area_and_polarity_of_the_header_are_used_and_named() -> None:
    stated = replace(COARSE, header_states=True)
    found = observed(stated, PyroSettings())
    assert value(found, "plateau_mean") == pytest.approx(3.75, abs=0.02)
    texts = [one.text for one in found.alerts if one.code == "PYRO-101"]
    assert any("area 0.3036 mm2 from the field 'Electrode area (mm2)'" in text for text in texts)
    assert any("polarity +1 from the field 'Polarity'" in text for text in texts)
    other = observed(stated, replace(TOLD, area_mm2=0.5))
    assert "area_mm2 is 0.5" in text_of(other, "PYRO-102")
    assert "says 0.3036" in text_of(other, "PYRO-102")


def test_a_tilt_divides_by_its_cosine() -> None:
    straight, tilted = observed(COARSE), observed(COARSE, replace(TOLD, tilt_deg=30.0))
    ratio = value(tilted, "plateau_mean") / value(straight, "plateau_mean")
    assert ratio == pytest.approx(1.0 / np.cos(np.radians(30.0)))
    assert "PYRO-113" in codes(tilted)
    with pytest.raises(SettingsError, match="next to nothing"):
        observed(COARSE, replace(TOLD, tilt_deg=89.0))


def test_leakage_that_goes_with_temperature_is_told_from_an_offset() -> None:
    assert "PYRO-117" in codes(observed(replace(COARSE, leakage_pA=0.5)))
    assert "PYRO-117" not in codes(observed(replace(COARSE, offset_pA=0.5)))


def test_a_given_lag_is_used_as_it_is() -> None:
    found = observed(replace(COARSE, lag_s=24.0), replace(TOLD, lag_s=24.0))
    assert "PYRO-108" not in codes(found)
    assert value(found, "peak_height") == pytest.approx(29.9, abs=0.3)
    step = next(iter(found["pyro.peak_height"].history))
    assert step.settings["lag_from"] == "given"


def test_without_a_peak_the_branches_are_left_as_they_are_and_it_is_said() -> None:
    found = observed(replace(COARSE, reference_crystal=True))
    assert "the branches were not aligned" in text_of(found, "PYRO-109")
    assert "PYRO-110" in codes(found)
    kept = observed(replace(COARSE, lag_s=24.0), replace(TOLD, align=False))
    assert "align = false" in text_of(kept, "PYRO-109")


def test_a_plateau_that_the_data_do_not_cover_is_cut_and_said() -> None:
    found = observed(replace(COARSE, high_K=200.0))
    assert "PYRO-111" in codes(found)
    low, high = found["pyro.plateau_mean"].conventions["plateau_K"]
    assert low == 120.0
    assert 190.0 < high < 200.0
    none = observed(replace(COARSE, high_K=118.0))
    assert "the plateau" in " ".join(one.text for one in none.alerts if one.code == "PYRO-110")
    assert "pyro.peak_height" not in none.keys or "pyro.plateau_mean" not in none.keys


def test_a_T0_outside_the_data_withholds_the_change_alone() -> None:
    found = observed(COARSE, replace(TOLD, T0_K=5.0))
    assert "pyro.dP_total" not in found.keys
    assert "pyro.plateau_mean" in found.keys
    assert "T0_K = 5" in " ".join(one.text for one in found.alerts if one.code == "PYRO-110")


@cache
def with_reference(**settings: object) -> Observables:
    chosen = replace(
        TOLD, reference_area_mm2=0.5, reference_area_error_mm2=0.01, reference_polarity=1
    )
    chosen = replace(chosen, **settings)  # type: ignore[arg-type]
    return pyro.observe({"sample": recorded(COARSE), "reference": reference()}, chosen)


def test_the_share_of_a_reference_is_an_upper_limit_above_the_truth() -> None:
    found = with_reference()
    item = found["pyro.ref_ratio"]
    assert item.kind is Kind.UPPER_LIMIT
    T = np.arange(120.0, 291.0)
    largest = (crystal_p(replace(COARSE, reference_crystal=True), T) / crystal_p(COARSE, T)).max()
    assert largest < float(item.high or 0.0) < 1.5 * largest
    assert "p of the reference stands for the lattice part only if" in text_of(found, "PYRO-114")
    primary = found["pyro.plateau_primary"]
    declared = crystal_p(COARSE, T) - crystal_p(replace(COARSE, reference_crystal=True), T)
    assert primary.value == pytest.approx(declared.mean(), abs=0.02)
    assert primary.low < primary.value < primary.high
    assert value(found, "plateau_secondary") == pytest.approx(0.243, abs=0.005)


def test_a_share_is_not_testable_where_the_signal_is_too_small() -> None:
    found = with_reference(least_signal=100.0)
    item = found["pyro.ref_ratio"]
    assert (item.kind, item.value) == (Kind.CATEGORY, "not testable")
    assert "not testable" in text_of(found, "PYRO-114")


def test_a_reference_without_an_area_asks_for_it() -> None:
    with pytest.raises(SettingsError, match="area") as refusal:
        pyro.observe({"sample": recorded(COARSE), "reference": reference()}, TOLD)
    assert "--set reference_area_mm2=" in str(refusal.value)


def test_a_modelled_secondary_part_says_that_it_is_assumed() -> None:
    found = observed(COARSE, replace(TOLD, secondary_300=0.25))
    assert "PYRO-116" in codes(found)
    assert found["pyro.plateau_primary"].value == pytest.approx(3.505, abs=0.02)
    assert found["pyro.plateau_secondary"].sigma_reason.startswith("a model")


def test_known_materials_are_compared_in_magnitude_with_their_source() -> None:
    film = KnownMaterial(
        "test film", 20.0, 40.0, "uC m-2 K-1", 295.0, "poled", "A. Author, J. 1 (2000)"
    )
    found = observed(COARSE, replace(TOLD, known=(film,)))
    item = found["pyro.test_film.compared"]
    assert item.value == "comparable"
    for part in ("A. Author", "poled", "2-4 nC", "in magnitude"):
        assert part in item.verdict


def test_two_cycles_of_two_rates_give_the_hysteresis_at_zero_rate() -> None:
    slow = replace(COARSE, lag_s=12.0, low_K=50.0, high_K=150.0, header_states=False)
    runs = [
        recorded(slow, 3, "fast.csv"),
        recorded(replace(slow, heating_rate=2.0, cooling_rate=2.0), 4, "slow.csv"),
    ]
    chosen = replace(TOLD, plateau_K=(120.0, 140.0), T0_K=55.0, longest_lag_s=60.0)
    found = pyro.observe({"sample": runs}, chosen)
    assert "2 pairs of branches" in text_of(found, "PYRO-112")
    hysteresis = found["pyro.hysteresis"]
    assert hysteresis.value == pytest.approx(0.0, abs=4.0 * hysteresis.sigma + 0.02)
    assert found["pyro.lag_of_rates"].value == pytest.approx(12.0, abs=0.5)
    series = pyro.observe_series([scan(one, chosen) for one in runs])
    assert series["pyro.hysteresis"].value == pytest.approx(hysteresis.value, abs=1e-6)
    labels = {item.conditions.get("run") for item in series.items if item.key == "pyro.p"}
    assert labels == {"fast.csv", "slow.csv"}


def test_branches_in_files_of_their_own_are_joined() -> None:
    up = recorded(replace(COARSE, branches="heating", offset_pA=0.3, lag_s=12.0), 5, "up.csv")
    down = recorded(replace(COARSE, branches="cooling", offset_pA=0.3, lag_s=12.0), 6, "down.csv")
    series = pyro.observe_series([scan(up), scan(down)])
    assert value(series, "I0") == pytest.approx(0.3, abs=0.005)
    assert value(series, "plateau_mean") == pytest.approx(3.75, abs=0.02)
    points = [item for item in series.items if item.key == "pyro.p"]
    assert {item.conditions["branch"] for item in points} == {"both"}
    assert {chart.name for chart in series.charts} >= {"p", "dP"}
    with pytest.raises(SettingsError, match="different settings"):
        pyro.observe_series([scan(up), scan(down, replace(TOLD, T0_K=30.0))])


def test_a_curve_of_many_points_is_thinned_and_said() -> None:
    chosen = replace(TOLD, grid_K=0.5)
    series = pyro.observe_series([scan(recorded(replace(COARSE, interval_s=1.0)), chosen)])
    assert "PYRO-115" in codes(series)
    points = curve(series, "pyro.p")
    assert 200 < len(points) <= 300
    assert points[200.0].conditions == {"T": 200.0, "branch": "both"}
    assert points[200.0].value == pytest.approx(3.83, abs=0.05)


def test_an_area_without_unit_in_the_header_is_named_and_not_used() -> None:
    run = recorded(COARSE)
    odd = replace(run, header={**run.header, "Electrode area": "0.3", "Polarity": "normal"})
    found = pyro.observe({"sample": odd}, replace(TOLD, polarity=0))
    texts = " ".join(one.text for one in found.alerts if one.code == "PYRO-103")
    assert "'Polarity'" in texts
    with pytest.raises(SettingsError, match="area of the electrode is not told"):
        pyro.observe({"sample": odd})


def test_a_run_without_an_area_says_what_to_type() -> None:
    with pytest.raises(SettingsError) as refusal:
        pyro.observe({"sample": recorded(COARSE)})
    for part in ("--set area_mm2=", "--set area_error_mm2=", "--set polarity=1"):
        assert part in str(refusal.value)


@pytest.mark.parametrize(
    "change",
    [
        {"plateau_K": (290.0, 120.0)}, {"grid_K": 0.0}, {"rate_error": -1.0}, {"peak_share": 1.0},
        {"area_mm2": -1.0}, {"area_error_mm2": -0.1}, {"polarity": 2}, {"offset_error_pA": float("nan")},
        {"lag_s": float("inf")}, {"rate_window_s": 10.0}, {"least_span_K": 0.0},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        observed(COARSE, replace(TOLD, **change))  # type: ignore[arg-type]


def test_more_charge_than_a_crystal_holds_and_an_odd_electrode_are_told() -> None:
    sample = recorded(COARSE)
    current = sample.column("current")
    thousand = replace(current, values=1e3 * current.values)
    found = pyro.observe({"sample": sample.with_columns(thousand)}, TOLD)
    assert "no crystal is polarised by more than 300" in text_of(found, "PYRO-118")
    assert "PYRO-118" not in codes(observed(COARSE))
    small = observed(COARSE, replace(TOLD, area_mm2=0.003036, area_error_mm2=1e-4))
    assert "a square of 0.0551 mm" in text_of(small, "PYRO-119")
    assert not {"PYRO-119", "PYRO-120"} & codes(observed(COARSE))
    time = sample.column("time")
    minutes = replace(time, values=time.values / 60.0)
    found = pyro.observe({"sample": sample.with_columns(minutes)}, TOLD)
    assert "the temperature runs at 300 K/min" in text_of(found, "PYRO-120")


def test_every_code_is_raised_by_a_test() -> None:
    from pathlib import Path

    text = Path(__file__).read_text(encoding="utf-8")
    named = set(re.findall(r"PYRO-\d{3}", text))
    assert named >= {spec.code for spec in PYRO_ALERTS}


def test_an_untold_offset_is_in_every_budget_with_its_own_weight() -> None:
    """10 fA on one branch: X/(A r) in p, times the span in an area, and less in a ratio."""
    one = replace(COARSE, branches="heating")
    found = observed(one, replace(TOLD, offset_error_pA=0.01))
    in_p = 0.01e-12 / (0.3036e-2 * 5.0 / 60.0) * 1e9
    assert found["pyro.plateau_mean"].budget["offset"] == pytest.approx(in_p, rel=0.01)
    assert found["pyro.peak_height"].budget["offset"] == pytest.approx(in_p, rel=0.01)
    area = found["pyro.peak_area_fixed"]
    low, high = area.conventions["fixed_K"]
    assert area.budget["offset"] == pytest.approx(in_p * (high - low) * 1e-3, rel=0.01)
    least, ratio = value(found, "plateau_min"), value(found, "plateau_flatness")
    expected = in_p * abs(1.0 - ratio) / least
    assert found["pyro.plateau_flatness"].budget["offset"] == pytest.approx(expected, rel=0.01)


def test_the_peak_holds_what_its_bins_and_the_lag_leave_unknown() -> None:
    found = observed(replace(COARSE, lag_s=24.0))
    height = found["pyro.peak_height"]
    # a mean over 1 K falls short of a parabola's top by a 24th of its curvature
    top = np.array([89.0, 90.0, 91.0])
    low, middle, high = (
        crystal_p(COARSE, T + np.linspace(-0.5, 0.5, 101)).mean() for T in top[:, None]
    )
    expected = abs(low - 2.0 * middle + high) / 24.0
    assert height.budget["bins"] == pytest.approx(expected, rel=0.2)
    place, lag = found["pyro.peak_T"], found["pyro.lag"]
    assert lag.sigma is not None
    assert place.budget["lag"] == pytest.approx(lag.budget["noise"] * 5.0 / 60.0, rel=0.01)
