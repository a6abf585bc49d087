"""Time grows as the number of spectra does, and memory by less than 6 kB a spectrum."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.scaling import Size
from benchmarks.single_thread import measured, needs_numba

pytestmark = pytest.mark.xdist_group("compiled")

MOST_BYTES = 6_000
LONG = pytest.mark.accept


@pytest.mark.parametrize(
    ("engine", "counts"),
    [
        pytest.param("compiled", (1_000, 10_000), marks=needs_numba()),
        pytest.param("compiled", (100, 1_000, 10_000, 100_000), marks=[LONG, needs_numba()]),
        pytest.param("batch", (100, 1_000, 10_000, 100_000), marks=LONG),
    ],
)
def test_time_is_proportional_and_memory_is_bounded(
    engine: str, counts: tuple[int, ...], tmp_path: Path
) -> None:
    printed = measured("scaling", engine, str(tmp_path), *map(str, counts))
    found = {one.count: one for one in (Size(**each) for each in printed)}
    for count in counts:
        # a block of spectra is in work at a time: it weighs on small numbers only
        if count >= 10_000:
            assert found[count].bytes < MOST_BYTES
    # other work on the machine may take half
    assert found[counts[-1]].microseconds < 2.0 * found[1_000].microseconds
