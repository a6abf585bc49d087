"""Errors are those of the scatter about the truth, on every path."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.pulls import Pulls, baseline_pulls, pre_edge_pulls
from benchmarks.single_thread import needs_numba

pytestmark = pytest.mark.xdist_group("compiled")

LONG = 10_000
PATHS = ["batch", pytest.param("compiled", marks=needs_numba()), "scipy"]
# single fits of a quick run are few: hundreds take as long as ten thousand of a batch
QUICK = {"scipy": 60, "batch": 2_000, "compiled": 2_000}
COUNTS = ["quick", pytest.param("long", marks=pytest.mark.accept)]


def size(engine: str, count: str) -> int:
    return LONG if count == "long" else QUICK[engine]


def assert_as_promised(found: Pulls) -> None:
    """Bands are 0.05 and 0.03, or three Monte Carlo errors where those are wider."""
    assert found.without <= 0.02 * found.count * len(found.mean)
    assert found.worst_mean <= max(0.05, 3.0 / np.sqrt(found.count))
    assert abs(found.worst_deviation - 1.0) <= max(0.03, 3.0 / np.sqrt(2.0 * found.count))


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("noise", ["known", "estimated"])
@pytest.mark.parametrize("engine", PATHS)
def test_of_pre_edges(engine: str, noise: str, count: str) -> None:
    assert_as_promised(pre_edge_pulls(engine, size(engine, count), noise))


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("engine", PATHS)
def test_of_counts_weighted_by_the_model(engine: str, count: str) -> None:
    assert_as_promised(baseline_pulls(engine, size(engine, count), from_model=True))


def test_weights_of_the_counts_themselves_are_seen_as_a_bias() -> None:
    found = baseline_pulls("batch", QUICK["batch"], from_model=False)
    # 1/sqrt(counts) at a thousand counts a channel: -0.45 standard errors
    assert found.mean["line.c0"] < -0.3
