"""Error bars hold the truth as often as they say, and results say where they do not: the small run."""

from __future__ import annotations

import numpy as np
import pytest
from reliability.coverage import false_promise, files_promise, short_promise, told_promise
from reliability.covered import LEVEL, Covered, coverage_table, linear
from reliability.covered_lines import (
    IR,
    MOSSBAUER,
    XANES,
    infrared_rows,
    mossbauer_rows,
    xanes_rows,
)
from reliability.covered_numbers import bond_rows, curie_rows, pyro_rows
from reliability.covered_weak import by_tests, peak_stack, profiled, told_of_stack

COUNT = 1_000
# of a coverage of 68 % at 1,000
BAND = 0.045


def regime(every, name):
    return next(one for one in every if one.name == name)


@pytest.fixture(scope="module")
def rows() -> list[Covered]:
    return [
        *xanes_rows(regime(XANES, "strong"), 1e5, COUNT),
        *xanes_rows(regime(XANES, "overlapping"), 1e6, COUNT // 2),
        *infrared_rows(regime(IR, "strong"), 1e3, COUNT),
        *infrared_rows(regime(IR, "weak"), 30.0, COUNT // 2),
        *mossbauer_rows(MOSSBAUER[1], COUNT // 4),
        *curie_rows(0.05, COUNT // 5),
        *pyro_rows(0.01, COUNT // 2),
        *bond_rows(0.003, COUNT),
    ]


def test_statistical_intervals_without_an_alert_hold_68_percent(rows: list[Covered]) -> None:
    for one in rows:
        if not one.told >= 0.05 and one.technique != "structure":
            assert one.inside68 == pytest.approx(LEVEL, abs=max(BAND, 3.0 * one.error)), one.name
            assert one.inside95 == pytest.approx(0.95, abs=max(0.021, 0.32 * one.band)), one.name
    assert short_promise(rows).kept


def test_weighted_means_are_never_too_short(rows: list[Covered]) -> None:
    bonds = [one for one in rows if one.technique == "structure"]
    assert len(bonds) == 2
    assert not any(one.is_short for one in bonds)


def test_where_linear_intervals_fail_the_result_says_so(rows: list[Covered]) -> None:
    assert any(one.is_short for one in rows)
    assert told_promise(rows).kept
    assert false_promise(rows).kept


def test_a_share_with_an_absent_site_is_told_whichever_name_the_absent_one_has() -> None:
    (share,) = mossbauer_rows(MOSSBAUER[-1], 40)
    assert share.quantity == "area share"
    assert share.is_short
    assert share.told >= 0.95


def test_whole_results_of_weak_and_strong_files() -> None:
    assert files_promise(1).kept


def test_of_a_peak_as_high_as_the_noise_tests_hold_where_profiles_do_not() -> None:
    count = 16
    stack = peak_stack(1.0, 200)
    sigma, off = stack.sigma("peak.center"), np.abs(stack.value("peak.center") - 0.3)
    assert (off < sigma).mean() < 0.55
    assert told_of_stack(stack, "peak.height") == 1.0
    some = stack.rows(slice(0, count))
    where = ("Gaussian", "weak", "1", "center")
    by_profile = profiled(where, some, "peak.center", 0.3)
    by_test = by_tests(where, some, "peak.center", 0.3, "batch")
    assert by_test.inside68 > LEVEL - 3.0 * by_test.error
    assert by_test.inside68 > by_profile.inside68


def test_a_wrong_error_is_found() -> None:
    """Errors half as large as they should be do not pass, nor do silent ones."""
    rng = np.random.default_rng(20_541)
    value, half = rng.standard_normal(COUNT), np.full(COUNT, 0.5)
    where = ("made up", "strong", "none", "value")
    assert linear(where, value, np.ones(COUNT), 0.0, 0.0).holds
    short = linear(where, value, half, 0.0, 0.0)
    assert short.is_short
    assert not short_promise([short]).kept
    untold = linear(where, value, half, 0.0, 0.5)
    assert not told_promise([untold]).kept
    assert not false_promise([untold]).kept
    assert "made up" in coverage_table([short])
    assert linear(where, value, np.full(COUNT, np.nan), 0.0).given == 0
