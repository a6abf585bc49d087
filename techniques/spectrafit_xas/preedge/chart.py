"""The area of the pre-edge as each combination of choices gives it."""

from __future__ import annotations

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_xas.preedge.ensemble import PreedgeEnsemble

__all__ = ["ensemble_chart"]

FEWEST = 2
CHOICE = "background"


def ensemble_chart(
    spread: PreedgeEnsemble, *, title: str, window_eV: tuple[float, float], simulated: bool
) -> Chart | None:
    """Return the area of every combination that counts, sorted, by the form of the rising edge.

    Parameters
    ----------
    spread : PreedgeEnsemble
        The fits of one scan under every choice.
    title : str
        One line.
    window_eV : tuple of float
        The widest window.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart or None
        None where fewer than two combinations count.
    """
    if spread.found is None or spread.kept < FEWEST:
        return None
    area = spread.found.estimates["area"]
    order = np.argsort(area.values, kind="stable")
    place = np.empty(order.size)
    place[order] = np.arange(1, order.size + 1)
    labels = np.array(area.labels[CHOICE], dtype=str)
    traces = [
        Trace(name, place[own], area.values[own], TraceKind.DATA, sigma=area.sigmas[own])
        for name in dict.fromkeys(labels.tolist())
        if (own := np.flatnonzero(labels == name)).size
    ]
    ends = np.array([0.5, order.size + 0.5])
    mean = Trace(
        "weighted mean, total error", ends, np.full(2, area.value), TraceKind.TOTAL,
        sigma=np.full(2, area.sigma),
    )  # fmt: skip
    dominant = f" The {area.dominant} moves the area most." if area.dominant else ""
    caption = (
        f"{spread.kept} of {spread.tried} combinations of window, rising edge, line shape and number "
        f"of peaks count; windows within {window_eV[0]:g} to {window_eV[1]:g} eV. Error bars are "
        f"statistical, the band is the total error of the ensemble.{dominant}"
    )
    panel = Panel("pre-edge area × 100", (mean, *traces))
    return Chart("ensemble", title, "combination, sorted by its area", (panel,), caption, simulated)
