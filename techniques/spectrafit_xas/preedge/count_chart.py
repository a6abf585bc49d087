"""How many peaks: BIC above the best of the window, by number of peaks and line shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_xas.preedge.count_evidence import CountEvidence, RelativeBic, relative_bic
from spectrafit_xas.preedge.ensemble import PreedgeEnsemble

__all__ = ["count_chart"]

NEAR_MARGINS = 5.0  # what lies below so many margins is what a decision is about
FAR_MARGINS = 20.0  # beside what lies above so many, a margin cannot be seen
APART = 0.08  # of the points of neighbouring shapes


def count_chart(
    spread: PreedgeEnsemble, *, known: bool, margin: float, title: str, simulated: bool
) -> Chart | None:
    """Return BIC relative to the best of its window over the number of peaks, a line a shape.

    Parameters
    ----------
    spread : PreedgeEnsemble
        The fits of one scan under every choice.
    known : bool
        Whether the points have errors.
    margin : float
        BIC must fall by this for one more peak.
    title : str
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart or None
        None where the number was set, or only one was tried. The lines are means over the windows,
        the points are the windows; where some lie far above the margin, a second panel shows
        what lies near it.
    """
    evidence = spread.evidence
    rows = relative_bic(spread.fits, known=known)
    if evidence is None or len({row.count for row in rows}) < 2:
        return None
    near = NEAR_MARGINS * margin
    panels = [Panel("BIC − best of the window", _traces(rows, evidence, margin, np.inf))]
    close = {row.count for row in rows if row.above <= near}
    if any(row.above > FAR_MARGINS * margin for row in rows) and len(close) > 1:
        panels.append(Panel("the same near the margin", _traces(rows, evidence, margin, near)))
    caption = _caption(rows, evidence, margin)
    return Chart("count", title, "number of peaks", tuple(panels), caption, simulated, whole_x=True)


def _traces(
    rows: Sequence[RelativeBic], evidence: CountEvidence, margin: float, most: float
) -> tuple[Trace, ...]:
    """Return points and lines up to a height, the margin, and the numbers that were taken."""
    shapes = list(dict.fromkeys(row.shape for row in rows))
    places = {shape: APART * (i - 0.5 * (len(shapes) - 1)) for i, shape in enumerate(shapes)}
    seen = [row for row in rows if row.above <= most]
    traces = [_points(_short(shape), seen, places, shape) for shape in shapes]
    traces += [_mean(shape, rows, most) for shape in shapes]
    weak = [row for row in seen if not row.counts]
    traces += [_points("a peak does not count", weak, places)] if weak else []
    counts = sorted({row.count for row in rows})
    ends = np.array([counts[0] - 0.3, counts[-1] + 0.3])
    traces.append(Trace(f"margin {margin:g}", ends, np.full(2, margin), TraceKind.REFERENCE))
    heights = np.array([0.0, max(margin, *(row.above for row in seen))])
    traces += [
        Trace(label, np.full(2, float(count)), heights, TraceKind.REFERENCE)
        for label, count in _marks(evidence)
    ]
    return tuple(traces)


def _points(
    label: str, rows: Sequence[RelativeBic], places: Mapping[str, float], shape: str = ""
) -> Trace:
    own = [row for row in rows if shape in ("", row.shape)]
    x = np.array([row.count + places[row.shape] for row in own])
    return Trace(label, x, np.array([row.above for row in own]), TraceKind.DATA)


def _short(shape: str) -> str:
    return shape.replace("pseudo-voigt", "pV").replace("pearson7", "Pearson VII")


def _mean(shape: str, rows: Sequence[RelativeBic], most: float) -> Trace:
    """Return the mean over the windows for each number, where it is not above a height."""
    above: dict[int, list[float]] = {}
    for row in rows:
        if row.shape == shape:
            above.setdefault(row.count, []).append(row.above)
    means = {count: float(np.mean(above[count])) for count in sorted(above)}
    kept = [count for count in means if means[count] <= most]
    y = np.array([means[count] for count in kept])
    return Trace(f"{_short(shape)}, mean", np.array(kept, dtype=np.float64), y, TraceKind.CURVE)


def _marks(evidence: CountEvidence) -> list[tuple[str, int]]:
    if evidence.best == evidence.least:
        return [(f"count_best, count_min: {evidence.best}", evidence.best)]
    return [
        (f"count_best: {evidence.best}", evidence.best),
        (f"count_min: {evidence.least}", evidence.least),
    ]


def _caption(rows: Sequence[RelativeBic], evidence: CountEvidence, margin: float) -> str:
    windows = len({row.window_eV for row in rows})
    votes = ", ".join(f"{count}: {votes}" for count, votes in evidence.votes.items())
    return (
        f"Each line shape (pV: pseudo-Voigt) over its best rising edge, in {windows} windows (points) and on the mean "
        "of them (lines), above the lowest BIC of the window whose peaks all count; a point below "
        "zero has a peak that does not count, and is not taken. One more peak is taken where the "
        f"best BIC falls by {margin:g}. Windows that ask for a number: {votes}. count_min: "
        f"{evidence.least_words}."
    )
