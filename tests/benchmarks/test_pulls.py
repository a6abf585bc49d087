"""Errors are those of the scatter about the truth, on every path."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.pulls import (
    EXACT_STATE,
    Pulls,
    counts_pulls,
    few_counts,
    of_exact_noise,
    pre_edge_pulls,
    pulls,
)
from benchmarks.single_thread import needs_numba

pytestmark = pytest.mark.xdist_group("compiled")

LONG = pytest.mark.accept
NUMBA = [needs_numba()]
QUICK = [("batch", 1_500), pytest.param("compiled", 1_500, marks=NUMBA)]
FULL = [
    pytest.param("scipy", 10_000, marks=LONG),
    pytest.param("batch", 10_000, marks=LONG),
    pytest.param("compiled", 10_000, marks=[LONG, *NUMBA]),
]


def assert_as_promised(found: Pulls) -> None:
    """Bands are 0.05 and 0.03, or three Monte Carlo errors where those are wider."""
    assert found.without <= 0.02 * found.count * len(found.mean)
    assert found.worst_mean <= max(0.05, 3.0 / np.sqrt(found.count))
    assert abs(found.worst_deviation - 1.0) <= max(0.03, 3.0 / np.sqrt(2.0 * found.count))


@pytest.mark.parametrize("noise", ["known", "estimated"])
@pytest.mark.parametrize(("engine", "count"), [*QUICK, *FULL])
def test_of_pre_edges(engine: str, count: int, noise: str) -> None:
    assert_as_promised(pre_edge_pulls(engine, count, noise))


def test_of_a_few_pre_edges_one_by_one() -> None:
    assert_as_promised(pre_edge_pulls("scipy", 100, "known"))


@pytest.mark.parametrize(("engine", "count"), [*QUICK, *FULL])
def test_of_many_counts(engine: str, count: int) -> None:
    assert_as_promised(counts_pulls(engine, count, 1e6))


@pytest.fixture(scope="module")
def exact() -> Pulls:
    case = of_exact_noise(few_counts(6_000), EXACT_STATE)
    return pulls(case, case.fitted("batch"))


@pytest.mark.parametrize(("engine", "count"), [*QUICK, *FULL])
def test_of_few_counts(engine: str, count: int, exact: Pulls) -> None:
    found = counts_pulls(engine, count, 1e3)
    assert abs(found.worst_deviation - 1.0) <= max(0.03, 3.0 / np.sqrt(2.0 * found.count))
    band = max(0.05, 3.0 / np.sqrt(found.count))
    curved = ("site1.fwhm", "site1.height")
    for name in found.mean.keys() - set(curved):
        assert abs(found.mean[name]) <= band
    # a width known to 5 % is as skew with noise that is known exactly: the model is curved there
    for name in curved:
        apart = 3.0 * np.sqrt(1.0 / found.count + 1.0 / exact.count)
        assert abs(found.mean[name] - exact.mean[name]) <= max(0.05, apart)
        assert abs(exact.mean[name]) > 0.05


def test_weights_of_the_counts_themselves_are_seen_as_a_bias() -> None:
    case = few_counts(2_000)
    found = pulls(case, case.fitted("batch"))
    # 1/sqrt(counts) at a thousand counts a channel: -0.45 standard errors
    assert found.mean["line.c0"] < -0.3
