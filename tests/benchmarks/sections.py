"""Every measurement as a table in Markdown; each is made anew by its function."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import numpy as np
from benchmarks.agreement import BACKGROUNDS, SIMULATED, Agreement, of_case, of_real_spectra
from benchmarks.cold_start import cold_fit, first_compiled_fit
from benchmarks.ensemble_speed import EnsembleSpeed
from benchmarks.pulls import Pulls, counts_pulls, pre_edge_pulls
from benchmarks.robustness import PEAKS, STATES, robustness
from benchmarks.scaling import Size
from benchmarks.single_thread import measured
from benchmarks.speed import WORKLOADS, Speed, engines
from benchmarks.table import spread, table

_ROUNDS = 7
_ENSEMBLE_ROUNDS = 3
_GOAL_SECONDS = {"compiled": 0.3}
_COUNTS = (100, 1_000, 10_000, 100_000)


def speeds() -> str:
    """Return fits a second beside lmfit's."""
    rows = []
    for key, workload in WORKLOADS.items():
        found = Speed(**measured("speed", key, str(_ROUNDS)))
        for engine in found.ours:
            ratio = median(found.ratios(engine))
            rows.append((
                workload.title,
                f"{found.points}, {found.parameters}",
                f"{median(found.lmfit):.1f}",
                engine,
                f"{median(found.ours[engine]):,.0f}",
                spread(found.ratios(engine)),
                _reached(workload.asked.get(engine), ratio),
                _reached(workload.goal.get(engine), ratio),
                f"{found.calls:.0f} / {found.evaluations[engine]:.1f}",
                f"{found.lmfit_higher} / {found.ours_higher[engine]} of {found.compared}",
            ))  # fmt: skip
    return table(
        ("case", "points, parameters", "lmfit fits/s", "engine", "fits/s", "ratio", "asked", "goal",
         "calls lmfit / ours", "higher chi2 lmfit / ours"),
        rows,
    )  # fmt: skip


def _reached(wanted: float | None, ratio: float) -> str:
    if wanted is None:
        return "-"
    return f"{wanted:,.0f} {'reached' if ratio >= wanted else 'not reached'}"


def ensembles() -> str:
    """Return the seconds of one spectrum's ensemble."""
    found = EnsembleSpeed(**measured("ensemble_speed", str(_ENSEMBLE_ROUNDS)))
    rows = []
    for engine in found.ours:
        goal = _GOAL_SECONDS.get(engine)
        taken = median(found.ours[engine])
        wanted = (
            "-" if goal is None else f"{goal} s {'reached' if taken <= goal else 'not reached'}"
        )
        rows.append((
            "W2: every combination and its resamples", f"{found.fits:,}", spread(found.lmfit),
            engine, spread(found.ours[engine], 2), _times(found.lmfit, found.ours[engine]), wanted,
        ))  # fmt: skip
    for engine, seconds in found.ensemble.items():
        rows.append((
            "`ensemble`: resamples only what counts", f"{found.kept:,}", spread(found.lmfit_kept),
            engine, spread(seconds, 2), _times(found.lmfit_kept, seconds), "-",
        ))  # fmt: skip
    head = ("what", "fits", "lmfit s, by arithmetic", "engine", "s", "ratio", "goal")
    usual = found.lmfit_median_seconds * found.fits
    beside = ", ".join(
        f"{usual / median(seconds):,.0f} times the {engine} engine's"
        for engine, seconds in found.ours.items()
    )
    words = (
        f"lmfit made {found.sampled} of the fits. Half of them took at most "
        f"{found.lmfit_median_calls:.0f} calls of the model, on average "
        f"{found.lmfit_mean_calls:,.0f}: one peak too many leaves a valley in which finite "
        f"differences creep. At the median's pace all {found.fits:,} would take lmfit "
        f"{usual:,.0f} s, {beside}."
    )
    return f"{table(head, rows)}\n{words}\n"


def _times(theirs: list[float], ours: list[float]) -> str:
    return spread([a / b for a, b in zip(theirs, ours, strict=True)])


def robustnesses() -> str:
    """Return how often far starts reach the best minimum known."""
    rows = []
    for engine in engines():
        for peaks in PEAKS:
            for away in (1.0, 2.0):
                found = [robustness(peaks, state, 2_000, engine, away) for state in STATES]
                rows.append((
                    engine, f"{peaks}", f"{away:g}", f"{sum(one.count for one in found):,}",
                    *(
                        f"{100 * np.mean([getattr(one, share) for one in found]):.2f} %"
                        for share in ("first", "again", "restarted")
                    ),
                ))  # fmt: skip
    head = ("engine", "peaks", "starts away", "fits", "best at once", "started again", "best after")
    return table(head, rows)


def agreements() -> str:
    """Return how the engines differ from single fits of simulated spectra."""
    rows = []
    for key in SIMULATED:
        for engine, (starts, minima) in of_case(key, 200).items():
            size = starts.same.size
            rows.append((
                WORKLOADS[key].title, engine, f"{int(starts.same.sum())} of {size}",
                _chi2(starts), f"{starts.farthest:.1g}",
                f"{int(minima.same.sum())} of {size}", _chi2(minima), f"{minima.farthest:.1g}",
            ))  # fmt: skip
    head = (
        "case", "engine", "same minimum from the starts", "chi2 differs by", "values by (errors)",
        "stays at the single fit's", "chi2", "values",
    )  # fmt: skip
    return table(head, rows)


def _chi2(one: Agreement) -> str:
    there = np.abs(one.chi2[one.same])
    return f"{there.max():.0e}" if there.size else "-"


def real() -> str:
    """Return how the engines differ from single fits of real spectra."""
    rows = []
    for engine in engines():
        for background in BACKGROUNDS:
            for peaks in (1, 2, 3):
                found = of_real_spectra(engine, peaks, background)
                if found.refused:
                    rows.append(
                        (engine, background, f"{peaks}", *(["refused by name"] + ["-"] * 6))
                    )
                    continue
                beside = found.beside
                lower = sum(int((one.chi2 < 0).sum()) for one in beside if not one.same.all())
                apart = sum(int(one.apart.sum()) for one in beside)
                same = sum(int(one.same.sum()) for one in beside)
                stays = [one for one in found.minima if one.same.all() and not one.apart.any()]
                rows.append((
                    engine, background, f"{peaks}", f"{len(found.spectra)}", f"{len(stays)}",
                    f"{max((one.farthest for one in stays), default=0.0):.1g}",
                    f"{same - apart}", f"{apart}", f"{lower}", f"{len(beside) - same - lower}",
                ))  # fmt: skip
    head = (
        "engine", "rising edge", "peaks", "spectra", "stays at the single fit's minimum",
        "values by (errors)", "from beside: the same", "same chi2, other values", "lower", "higher",
    )  # fmt: skip
    return table(head, rows)


def pulls() -> str:
    """Return mean and standard deviation of (value - truth)/error on every path."""
    kinds: Mapping[str, Callable[[str, int], Pulls]] = {
        "pre-edge, known noise": lambda engine, n: pre_edge_pulls(engine, n, "known"),
        "pre-edge, estimated noise": lambda engine, n: pre_edge_pulls(engine, n, "estimated"),
        "doublet, 1e6 counts": lambda engine, n: counts_pulls(engine, n, 1e6),
        "doublet, 1e3 counts": lambda engine, n: counts_pulls(engine, n, 1e3),
    }
    rows = []
    for title, of in kinds.items():
        for engine in ("scipy", *engines()):
            found = of(engine, 10_000)
            worst = max(found.mean, key=lambda name, means=found.mean: abs(means[name]))  # type: ignore[misc]
            rows.append((
                title, engine, f"{found.count:,}", f"{found.mean[worst]:+.3f} ({worst})",
                f"{min(found.deviation.values()):.3f} to {max(found.deviation.values()):.3f}",
                f"{found.without}",
            ))  # fmt: skip
    head = ("case", "engine", "spectra", "farthest mean", "standard deviations", "without error")
    return table(head, rows)


def scaling() -> str:
    """Return time and memory by the number of spectra."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for engine in engines():
            for each in measured("scaling", engine, folder, *map(str, _COUNTS)):
                one = Size(**each)
                rows.append((
                    engine, f"{one.count:,}", f"{one.microseconds:.1f}", f"{one.bytes / 1e3:.2f}",
                    f"{one.bytes * one.count / 1e6:.1f}",
                ))  # fmt: skip
    head = ("engine", "spectra", "µs each", "kB each above the data", "MB in all")
    return table(head, rows)


def cold_start() -> str:
    """Return what the first use costs."""
    with tempfile.TemporaryDirectory() as folder:
        one = cold_fit(Path(folder))
        rows = [(
            "`spectrafit fit` of one spectrum, from nothing",
            f"{one.seconds:.1f}", ", ".join(one.modules),
        )]  # fmt: skip
        if "compiled" in engines():
            path = Path(folder) / "cache"
            rows += [
                ("first compiled fit: compiling", f"{first_compiled_fit(path):.1f}", "numba"),
                ("next process: loading", f"{first_compiled_fit(path):.2f}", "numba"),
            ]
    return table(("what", "CPU s", "imports of those that are slow"), rows)


SECTIONS: Mapping[str, Callable[[], str]] = {
    "speed": speeds,
    "ensemble": ensembles,
    "robustness": robustnesses,
    "agreement": agreements,
    "real": real,
    "pulls": pulls,
    "scaling": scaling,
    "cold": cold_start,
}
