"""How many fits a second: lmfit's Model and our engines take turns in one process, on one thread.

``python -m benchmarks.speed CASE ROUNDS`` prints one measurement as JSON. CPU time of the thread;
the covariance is computed on every side; compiling and loading compiled code is left out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from benchmarks.cases import Case, infrared, moessbauer, pre_edge
from benchmarks.lean import LeanModel

from spectrafit.fit.compiled.engine import is_installed
from spectrafit.lines import ArctanStep, PseudoVoigtByHeight

# relative difference of chi2 within which two minima are equal
SAME = 1e-6


@dataclass(frozen=True)
class Workload:
    """A case, how much of it each side fits in a round, and what is asked of the ratio.

    Parameters
    ----------
    title : str
        In the table.
    case : callable
        Returns the case of a number of spectra.
    lmfit, batch, compiled : int
        Fits a round.
    asked, goal : mapping of str to float
        Ratio to lmfit's Model by engine.
    """

    title: str
    case: Callable[[int], Case]
    lmfit: int
    batch: int
    compiled: int
    asked: Mapping[str, float]
    goal: Mapping[str, float]


WORKLOADS: Mapping[str, Workload] = {
    "pre-edge": Workload(
        "W1: 3 Pearson VII + erf step + line", lambda n: pre_edge(n, 101),
        12, 512, 4096, {"compiled": 500, "batch": 90}, {"compiled": 1000},
    ),
    "pre-edge-pv": Workload(
        "W1: 3 pseudo-Voigt + erf step + line",
        lambda n: pre_edge(n, 102, line=PseudoVoigtByHeight),
        12, 512, 4096, {}, {"compiled": 1000},
    ),
    "pre-edge-pv-arctan": Workload(
        "W1: 3 pseudo-Voigt + arctangent step + line",
        lambda n: pre_edge(n, 103, line=PseudoVoigtByHeight, edge=ArctanStep),
        12, 512, 4096, {}, {"compiled": 1000},
    ),
    "doublets-1": Workload(
        "W4: 1 doublet + line", lambda n: moessbauer(n, 104, doublets=1, points=256),
        24, 512, 4096, {}, {"compiled": 600},
    ),
    "doublets-2": Workload(
        "W4: 2 doublets + line", lambda n: moessbauer(n, 105),
        16, 256, 2048, {"compiled": 400}, {"compiled": 600},
    ),
    "doublets-3": Workload(
        "W4: 3 doublets + line", lambda n: moessbauer(n, 106, doublets=3),
        10, 256, 2048, {}, {"compiled": 600},
    ),
    "infrared": Workload(
        "W5: 5 pseudo-Voigt + line", lambda n: infrared(n, 107),
        8, 128, 1024, {"compiled": 300}, {"compiled": 500},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Speed:
    """Rates of one workload, round by round.

    Parameters
    ----------
    points, parameters : int
        Of one spectrum.
    lmfit : list of float
        Fits a second.
    ours : dict of str to list of float
        Fits a second by engine.
    calls : float
        Mean calls of the model of one lmfit fit.
    evaluations : dict of str to float
        Mean evaluations, each with all derivatives, of one fit by engine.
    compared : int
        Fits made by all.
    lmfit_higher, ours_higher : int, dict of str to int
        Of them, those whose chi2 is above the lowest by more than `SAME`.
    """

    points: int
    parameters: int
    lmfit: list[float]
    ours: dict[str, list[float]]
    calls: float
    evaluations: dict[str, float]
    compared: int
    lmfit_higher: int
    ours_higher: dict[str, int]

    def ratios(self, engine: str) -> list[float]:
        """Return how many times an engine is faster than lmfit's Model, round by round."""
        return [ours / theirs for ours, theirs in zip(self.ours[engine], self.lmfit, strict=True)]


def engines() -> tuple[str, ...]:
    """Return the batch engines that are installed."""
    return ("batch", "compiled") if is_installed() else ("batch",)


def speed(workload: Workload, rounds: int) -> Speed:
    """Return the rates of a workload."""
    sizes = {"batch": workload.batch, "compiled": workload.compiled}
    case = workload.case(max(max(sizes.values()), rounds * workload.lmfit))
    lean = LeanModel(case)
    lean.fit(0)
    parts = {engine: case.rows(slice(0, sizes[engine])) for engine in engines()}
    for engine, part in parts.items():
        part.rows(slice(0, 64)).fitted(engine)
    lmfit: list[float] = []
    ours: dict[str, list[float]] = {engine: [] for engine in parts}
    theirs: list[Any] = []
    found = {}
    for k in range(rounds):
        begin = time.thread_time()
        rows = range(k * workload.lmfit, (k + 1) * workload.lmfit)
        theirs += [_kept(lean.fit(row)) for row in rows]
        lmfit.append(workload.lmfit / (time.thread_time() - begin))
        for engine, part in parts.items():
            begin = time.thread_time()
            found[engine] = part.fitted(engine)
            ours[engine].append(len(part) / (time.thread_time() - begin))
    count = len(theirs)
    compared = case.rows(slice(0, count))
    chi2 = {engine: compared.fitted(engine).chi2 for engine in parts}
    their_chi2 = np.array([one[0] for one in theirs])
    lowest = np.min([their_chi2, *chi2.values()], axis=0) * (1.0 + SAME)
    return Speed(
        points=case.x.size,
        parameters=len(case.problem.free_names),
        lmfit=lmfit,
        ours=ours,
        calls=float(np.mean([one[1] for one in theirs])),
        evaluations={engine: float(f.evaluations.mean()) for engine, f in found.items()},
        compared=count,
        lmfit_higher=int((their_chi2 > lowest).sum()),
        ours_higher={engine: int((value > lowest).sum()) for engine, value in chi2.items()},
    )


def _kept(result: Any) -> tuple[float, int]:
    if result.covar is None:
        raise AssertionError("lmfit gave no covariance: the two sides do not do the same work")
    return float(result.chisqr), int(result.nfev)


if __name__ == "__main__":
    print(json.dumps(asdict(speed(WORKLOADS[sys.argv[1]], int(sys.argv[2])))))
