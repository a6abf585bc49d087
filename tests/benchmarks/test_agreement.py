"""The three engines give the same fits: chi2 to 1e-6, values to 0.01 standard errors."""

from __future__ import annotations

import pytest
from benchmarks.agreement import (
    BACKGROUNDS,
    SEVERAL_MINIMA,
    SIMULATED,
    Agreement,
    of_case,
    of_real_spectra,
)
from benchmarks.single_thread import needs_numba

pytestmark = pytest.mark.xdist_group("compiled")

# of the real models these lines are a technique's own
OWN_LINES = tuple(name for name in BACKGROUNDS if name != "exponential")
LONG = pytest.mark.accept


def assert_equal(one: Agreement) -> None:
    assert one.same.all()
    assert one.farthest <= 0.01
    assert not one.apart.any()


@pytest.mark.parametrize("count", [5, pytest.param(500, marks=LONG)])
@pytest.mark.parametrize("key", SIMULATED)
def test_engines_agree_on_simulated_spectra(key: str, count: int) -> None:
    found = of_case(key, count)
    assert "batch" in found
    for from_starts, from_minima in found.values():
        assert from_minima.same.size == count
        assert_equal(from_minima)
        if key not in SEVERAL_MINIMA:
            assert_equal(from_starts)


@pytest.mark.parametrize("most", [5, pytest.param(None, marks=LONG)])
@pytest.mark.parametrize(
    "background",
    ["erf", *(pytest.param(one, marks=LONG) for one in BACKGROUNDS if one != "erf")],
)
@pytest.mark.parametrize("peaks", [2, pytest.param(1, marks=LONG), pytest.param(3, marks=LONG)])
def test_the_batch_stays_at_the_minimum_of_every_real_spectrum(
    peaks: int, background: str, most: int | None
) -> None:
    found = of_real_spectra("batch", peaks, background, most)
    assert not found.refused
    assert len(found.minima) == len(found.spectra) >= 5
    for one in found.minima:
        assert_equal(one)


@needs_numba()
@pytest.mark.parametrize("most", [5, pytest.param(None, marks=LONG)])
@pytest.mark.parametrize("peaks", [2, pytest.param(1, marks=LONG), pytest.param(3, marks=LONG)])
def test_so_does_the_compiled_engine(peaks: int, most: int | None) -> None:
    found = of_real_spectra("compiled", peaks, "exponential", most)
    assert not found.refused
    assert len(found.minima) == len(found.spectra) >= 5
    for one in found.minima:
        assert_equal(one)


@pytest.mark.parametrize(
    "background",
    ["erf", *(pytest.param(one, marks=LONG) for one in OWN_LINES if one != "erf")],
)
def test_the_compiled_engine_refuses_the_techniques_own_lines_by_name(background: str) -> None:
    found = of_real_spectra("compiled", 1, background, 1)
    assert background in found.refused
    assert "scaled at its value" in found.refused
    assert not found.minima
