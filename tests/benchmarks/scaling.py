"""How time and memory grow with the number of spectra, their values on disk.

``python -m benchmarks.scaling ENGINE FOLDER N ...`` prints the measurements as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from benchmarks.cases import Case, pre_edge

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.spectrum import FloatArray

_STATE = 20_501
# different spectra; more are these again, so that every size is the same work
_DIFFERENT = 2_000
_NOISE = 4e-4
_LEAST_SECONDS = 0.2


@dataclass(frozen=True)
class Size:
    """Fits of one number of spectra.

    Parameters
    ----------
    count : int
        N.
    microseconds : float
        CPU time per spectrum.
    bytes : float
        Highest memory in use during the call, per spectrum, above what was there before; values
        are on disk and starts are counted as there before.
    """

    count: int
    microseconds: float
    bytes: float


def sizes(engine: str, folder: Path, counts: Sequence[int]) -> list[Size]:
    """Return time and memory of fits of pre-edges."""
    case = pre_edge(_DIFFERENT, _STATE)
    case.rows(slice(0, 64)).fitted(engine)
    return [_size(engine, case, folder, count) for count in counts]


def _size(engine: str, case: Case, folder: Path, count: int) -> Size:
    path = folder / f"spectra_{count}.npy"
    y = np.lib.format.open_memmap(path, mode="w+", dtype=np.float64, shape=(count, case.x.size))
    for begin in range(0, count, _DIFFERENT):
        part = y[begin : begin + _DIFFERENT]
        part[:] = case.y[: len(part)]
    y.flush()
    del y
    values = np.load(path, mmap_mode="r")
    start = {name: np.resize(case.start[name], count) for name in case.problem.free_names}
    repeats, used = 0, 0.0
    while used < _LEAST_SECONDS:
        begin_time = time.thread_time()
        _fitted(engine, case, values, start)
        used += time.thread_time() - begin_time
        repeats += 1
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    found = _fitted(engine, case, values, start)
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if not found.converged.all():
        raise AssertionError(f"{(~found.converged).sum()} of {count} fits did not converge")
    del values
    return Size(count, 1e6 * used / (repeats * count), (highest - before) / count)


def _fitted(engine: str, case: Case, values: FloatArray, start: dict[str, FloatArray]) -> FitStack:
    sigma = np.full(case.x.size, _NOISE)
    return fit_many(case.problem, values, sigma=sigma, start=start, engine=engine)


if __name__ == "__main__":
    wanted = [int(text) for text in sys.argv[3:]]
    print(json.dumps([asdict(one) for one in sizes(sys.argv[1], Path(sys.argv[2]), wanted)]))
