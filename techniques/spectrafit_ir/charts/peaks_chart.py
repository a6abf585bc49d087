"""A spectrum with the bands of its peak list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.peaks import Peak
from spectrafit_ir.charts.series_axes import WAVENUMBER

__all__ = ["peaks_chart"]


def peaks_chart(
    x: FloatArray, y: FloatArray, peaks: Sequence[Peak], *, title: str = "", simulated: bool
) -> Chart:
    """Return a spectrum with a mark at each band of its peak list.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    y : ndarray, shape (n,)
        Absorbance.
    peaks : sequence of Peak
        Above the limit of detection.
    title : str, optional
        Of the spectrum.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
    """
    at = np.array([peak.position for peak in peaks])
    traces = [Trace("spectrum", x, y, TraceKind.CURVE)]
    if at.size:
        traces.append(Trace("bands", at, np.interp(at, x, y), TraceKind.DATA))
    caption = f"{at.size} bands above the limit of detection." if at.size else "No band is seen."
    return Chart(
        "peaks", f"Bands of {title}" if title else "Bands", WAVENUMBER,
        (Panel("absorbance", tuple(traces)),), caption, simulated, reverse_x=True,
    )  # fmt: skip
