"""Area and centroid of the pre-edge as each combination of choices gives them."""

from __future__ import annotations

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_xas.preedge.areas import CONVENTIONS
from spectrafit_xas.preedge.ensemble import PreedgeEnsemble

__all__ = ["corner_chart", "ensemble_chart"]

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


def corner_chart(
    spread: PreedgeEnsemble, *, title: str, axis: str, simulated: bool
) -> Chart | None:
    """Return centroid against area of every combination that counts, by the form of the rising edge.

    Parameters
    ----------
    spread : PreedgeEnsemble
        The fits of one scan under every choice.
    title : str
        One line.
    axis : str
        Label of the energy axis with its convention.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart or None
        None where fewer than two combinations count.
    """
    if spread.found is None or spread.kept < FEWEST:
        return None
    area, centroid = (spread.found.estimates[name] for name in ("area", "centroid"))
    labels = np.array(area.labels[CHOICE], dtype=str)
    members = [
        Trace(
            name, centroid.values[own], area.values[own], TraceKind.DATA,
            sigma=area.sigmas[own], x_sigma=centroid.sigmas[own],
        )
        for name in dict.fromkeys(labels.tolist())
        if (own := np.flatnonzero(labels == name)).size
    ]  # fmt: skip
    # a cross, as one point among fifty would be lost
    arms = ((centroid.sigma, 0.0), (0.0, area.sigma))
    mean = [
        Trace(
            "weighted mean, total error",
            centroid.value + across * np.array([-1.0, 1.0]),
            area.value + up * np.array([-1.0, 1.0]),
            TraceKind.TOTAL,
        )
        for across, up in arms
    ]
    correlation = _correlation(centroid.values, area.values, centroid.weights)
    together = "" if correlation is None else f" Their correlation is {correlation:+.2f}."
    caption = (
        f"{spread.kept} of {spread.tried} combinations of window, rising edge, line shape and number "
        "of peaks count. Error bars of a combination are statistical; the cross is the mean with the "
        f"total errors of the ensemble.{together} Area: {CONVENTIONS['area']}."
    )
    panel = Panel("pre-edge area × 100", (*members, *mean))
    return Chart("corner", title, f"centroid, {axis}", (panel,), caption, simulated)


def _correlation(x: FloatArray, y: FloatArray, weights: FloatArray) -> float | None:
    """Return the weighted correlation of two lists, None where one of them does not vary."""
    covariance = np.cov(x, y, aweights=weights)
    scale = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return float(covariance[0, 1]) / scale if scale > 0 else None
