"""The table of all measurements as Markdown: ``python -m benchmarks.table``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from benchmarks.single_thread import measured
from benchmarks.speed import WORKLOADS, Speed

_ROUNDS = 7


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def spread(values: Sequence[float]) -> str:
    """Return the median and the ends."""
    return f"{median(values):,.0f} ({min(values):,.0f}-{max(values):,.0f})"


def speeds() -> str:
    """Return fits a second and ratios."""
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
                _wanted(ratio, workload.asked.get(engine)),
                _wanted(ratio, workload.goal.get(engine)),
                f"{found.calls:.0f} / {found.evaluations[engine]:.1f}",
                f"{found.lmfit_higher} / {found.ours_higher[engine]} of {found.compared}",
            ))  # fmt: skip
    return table(
        ("case", "points, parameters", "lmfit fits/s", "engine", "fits/s", "ratio", "asked", "goal",
         "calls lmfit / ours", "higher chi2 lmfit / ours"),
        rows,
    )  # fmt: skip


def _wanted(ratio: float, wanted: float | None) -> str:
    if wanted is None:
        return "-"
    return f"{wanted:,.0f} {'reached' if ratio >= wanted else 'not reached'}"


if __name__ == "__main__":
    print(speeds())
