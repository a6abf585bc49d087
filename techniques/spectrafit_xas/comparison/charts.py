"""What to look at in a comparison: the spectra, their difference with its band, the projection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_xas.comparison.difference import Difference
from spectrafit_xas.comparison.settings import XasComparisonSettings
from spectrafit_xas.comparison.sides import ComparedSide

__all__ = ["difference_chart", "series_chart"]

SCALE = 1e3
NORMALISED = "normalised absorption"


def difference_chart(
    a: ComparedSide,
    b: ComparedSide,
    found: Difference,
    projection: FloatArray | None,
    words: str,
    settings: XasComparisonSettings,
) -> Chart:
    """Return two spectra and, below, their difference with band, margin and projection.

    Parameters
    ----------
    a, b : ComparedSide
        The two.
    found : Difference
        Of them.
    projection : ndarray, shape (n,), or None
        x dS on the same energies.
    words : str
        The verdicts, for the caption.
    settings : XasComparisonSettings
        Margins.

    Returns
    -------
    Chart
    """
    margin = np.full(found.x.size, SCALE * settings.margin_rms)
    traces = [
        Trace("margin of the rms", found.x, margin, TraceKind.REFERENCE),
        Trace("− margin of the rms", found.x, -margin, TraceKind.REFERENCE),
        Trace(
            "difference", found.x, SCALE * found.y, TraceKind.RESIDUAL, sigma=SCALE * found.sigma
        ),
    ]
    if projection is not None:
        traces.append(Trace("x ΔS", found.x, SCALE * projection, TraceKind.TOTAL))
    return Chart(
        f"difference-{a.scans.name}-{b.scans.name}",
        f"{b.scan.element} K edge: {a.scans.label} less {b.scans.label}",
        b.scan.axis,
        (
            Panel(NORMALISED, (_curve(a, found), _curve(b, found))),
            Panel("difference × 10³", tuple(traces), zero_line=True),
        ),
        caption=(
            f"{words}. Step ratio {found.scale:.4f} and shift {found.shift_eV:+.3f} eV, within what "
            "is known of edge steps and axes, are taken out; the bars are one standard "
            "uncertainty of the points."
        ),
        simulated=_simulated(a, b),
    )


def series_chart(
    b: ComparedSide, differences: Sequence[tuple[ComparedSide, Difference]], words: str
) -> Chart:
    """Return the spectra of a series and their differences to the reference.

    Parameters
    ----------
    b : ComparedSide
        The reference.
    differences : sequence of (ComparedSide, Difference)
        In the order of the condition.
    words : str
        What changes along it, for the caption.

    Returns
    -------
    Chart
    """
    spectra = [_curve(side, found) for side, found in differences]
    return Chart(
        f"series-{b.scans.name}",
        f"{b.scan.element} K edge: differences to {b.scans.label}",
        b.scan.axis,
        (
            Panel(NORMALISED, (*spectra, _curve(b, differences[0][1]))),
            Panel(
                "difference × 10³",
                tuple(
                    Trace(side.scans.label, found.x, SCALE * found.y, TraceKind.CURVE)
                    for side, found in differences
                ),
                zero_line=True,
            ),
        ),
        caption=words,
        simulated=_simulated(b, *(side for side, _ in differences)),
    )


def _curve(side: ComparedSide, found: Difference) -> Trace:
    spectrum = side.scan.normalised
    inside = (spectrum.x >= found.x[0]) & (spectrum.x <= found.x[-1])
    return Trace(side.scans.label, spectrum.x[inside], spectrum.y[inside], TraceKind.CURVE)


def _simulated(*sides: ComparedSide) -> bool:
    return any(side.scan.raw.source.simulated for side in sides)
