"""The engines against lmfit's Model, in turns in one process: equal chi2, and half the promise."""

from __future__ import annotations

from statistics import median

import pytest
from benchmarks.single_thread import measured, needs_numba
from benchmarks.speed import WORKLOADS, Speed

pytestmark = pytest.mark.xdist_group("compiled")

CASES = ["pre-edge"]


@needs_numba()
@pytest.mark.parametrize("key", CASES)
def test_the_engines_are_as_many_times_faster_as_promised(key: str) -> None:
    found = Speed(**measured("speed", key, "3"))
    for engine, asked in WORKLOADS[key].asked.items():
        # other work on the machine may take half
        assert median(found.ratios(engine)) > 0.5 * asked
        assert found.ours_higher[engine] == 0
