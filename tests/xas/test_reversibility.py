"""A heating and cooling cycle: branches, what cancels, and a verdict that counts its power."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.observable import Observable
from spectrafit.technique import Observables
from spectrafit_xas.comparison.equivalence import DIFFERENT, EQUAL, UNDECIDED
from spectrafit_xas.comparison.reversibility import (
    CyclePoint,
    branch_labels,
    cycle_points,
    reversals,
)

KEY = "xanes.fe.preedge.area"
CYCLE = (10.0, 100.0, 200.0, 250.0, 201.0, 100.5, 10.0)


def found(value: float, T: float | None, budget: dict[str, float], **more: str) -> Observables:
    conditions: dict[str, float | str] = {**more}
    if T is not None:
        conditions["T"] = T
    item = Observable(
        KEY,
        "1",
        value=value,
        sigma=math.hypot(*budget.values()),
        budget=budget,
        conditions=conditions,
    )
    return Observables("xanes", (item,), None, (), None, (), ())


BUDGET = {"statistics": 0.03, "edge step": 0.04, "background and window": 0.5}


def cycle(values: tuple[float, ...], budget: dict[str, float] = BUDGET) -> list[Observables]:
    return [found(value, T, budget) for value, T in zip(values, CYCLE, strict=True)]


def test_branches_follow_the_order_of_measurement() -> None:
    assert branch_labels(CYCLE) == ("heating",) * 4 + ("cooling",) * 3
    assert branch_labels((300.0, 299.0, 100.0, 10.0, 120.0)) == ("cooling",) * 4 + ("heating",)
    with pytest.raises(SettingsError, match="more than one cycle"):
        branch_labels((10.0, 250.0, 10.0, 250.0))
    with pytest.raises(SettingsError, match="does not change"):
        branch_labels((10.0, 10.5, 10.1))


def test_what_all_scans_share_cancels_in_the_difference() -> None:
    points = cycle_points(cycle((5.0, 5.5, 7.0, 8.8, 7.0, 5.5, 5.0)), KEY)
    assert points[0].sigma == pytest.approx(math.hypot(0.03, 0.04))
    full = cycle_points(cycle((5.0,) * 7), KEY, shared=())
    assert full[0].sigma == pytest.approx(math.hypot(0.03, 0.04, 0.5))


def test_a_cycle_that_comes_back_is_equal_and_one_that_does_not_is_different() -> None:
    back = reversals(cycle_points(cycle((5.0, 5.5, 7.0, 8.8, 7.02, 5.47, 5.03)), KEY), 0.5)
    assert [one.T_K for one in back] == [10.0, 100.25, 200.5]
    assert {one.difference.verdict for one in back} == {EQUAL}
    hysteresis = reversals(cycle_points(cycle((5.0, 5.5, 7.0, 8.8, 8.6, 5.5, 5.0)), KEY), 0.5)
    assert hysteresis[-1].difference.verdict == DIFFERENT
    assert hysteresis[-1].difference.value == pytest.approx(1.6)
    assert "200.5 K: cooling - heating = +1.6" in str(hysteresis[-1])


def test_noisy_scans_do_not_prove_that_it_comes_back() -> None:
    noisy = {"statistics": 0.4}
    (one, *_) = reversals(cycle_points(cycle((5.0,) * 7, noisy), KEY), 0.5)
    assert one.difference.verdict == UNDECIDED
    assert one.difference.smallest_detectable > 0.5


def test_false_differences_are_as_rare_as_the_level_says() -> None:
    rng = np.random.default_rng(4)
    told = 0
    for _ in range(1000):
        up, down = 5.0 + 0.1 * rng.standard_normal(2)
        points = (
            CyclePoint(100.0, "heating", up, 0.1, "up"),
            CyclePoint(100.0, "cooling", down, 0.1, "down"),
        )
        (one,) = reversals(points, 0.01)
        told += one.difference.verdict == DIFFERENT
    # one in ten; three standard deviations of 1000 draws are 0.028
    assert told / 1000 == pytest.approx(0.10, abs=0.028)


def test_stated_branches_go_before_the_order() -> None:
    scans = [
        found(5.0, 100.0, BUDGET, branch="cooling"),
        found(5.1, 100.0, BUDGET, branch="heating"),
    ]
    points = cycle_points(scans, KEY)
    assert [point.branch for point in points] == ["cooling", "heating"]
    (one,) = reversals(points, 0.5)
    assert one.difference.value == pytest.approx(-0.1)


def test_what_allows_no_comparison_is_refused() -> None:
    with pytest.raises(SpectrafitError, match="no temperature"):
        cycle_points([found(5.0, None, BUDGET), found(5.0, 10.0, BUDGET)], KEY)
    without = Observable(KEY, "1", value=5.0, sigma_reason="at bound", conditions={"T": 10.0})
    scans = [Observables("xanes", (without,), None, (), None, (), ()), found(5.0, 100.0, BUDGET)]
    with pytest.raises(SpectrafitError, match="has no error: at bound"):
        cycle_points(scans, KEY)
    one_way = cycle_points([found(5.0, 10.0, BUDGET), found(6.0, 100.0, BUDGET)], KEY)
    with pytest.raises(SettingsError, match="both branches"):
        reversals(one_way, 0.5)
