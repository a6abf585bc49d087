"""What to look at of one spectrum: the fit folded for display, and both branches before folding."""

from __future__ import annotations

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.rounding import value_text
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.absorption.folded import summed
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.calibration_chart import calibration_chart
from spectrafit_mossbauer.displayed import (
    DISPLAY_ONLY,
    displayed,
    folded_level,
    point_errors,
    site_curve,
)

__all__ = [
    "branches_chart",
    "calibration_chart",
    "spectrum_chart",
    "temperature_words",
    "velocity_label",
]


def velocity_label(axis: Unfolded) -> str:
    """Return the label of the velocity axis, with what it is measured against.

    Parameters
    ----------
    axis : Unfolded
        A spectrum.

    Returns
    -------
    str
    """
    against = f"against α-Fe, convention {axis.convention}" if axis.convention else "as in the file"
    sign = ", sign not determined" if axis.orientation is None else ""
    return f"velocity / mm s⁻¹ ({against}{sign})"


def temperature_words(axis: Unfolded) -> str:
    """Return the temperature of a spectrum as its title says it, else its file.

    Parameters
    ----------
    axis : Unfolded
        A spectrum.

    Returns
    -------
    str
    """
    T = axis.spectrum.conditions.get("T")
    return f"{T:g} K" if isinstance(T, int | float) else axis.source_name


def spectrum_chart(fitted: FittedSites, *, title: str = "", simulated: bool | None = None) -> Chart:
    """Return counts, fit and every site, folded for display, and the residuals of the unfolded fit.

    Parameters
    ----------
    fitted : FittedSites
        A fit.
    title : str, optional
        Instead of the temperature.
    simulated : bool, optional
        Whether the data say that they are simulated; as their source says when left out.

    Returns
    -------
    Chart
    """
    axis = fitted.axis
    onto = displayed(axis)
    level = folded_level(fitted, onto)
    x = onto.velocity
    traces = [
        Trace("counts", x, onto.per_channel, TraceKind.DATA, sigma=point_errors(axis, onto)),
        Trace("baseline", x, level, TraceKind.BACKGROUND),
    ]
    for site in fitted.sites:
        curve = level + site_curve(fitted, site.label, onto)
        label = _site_words(fitted, site.label)
        traces.append(Trace(label, x, curve, TraceKind.COMPONENT, base=level))
    total = summed(fitted.expected, onto) / onto.channels
    traces.append(Trace("fit", x, total, TraceKind.TOTAL))
    # each unfolded residual has a variance of one, so a sum of n has n
    rest = summed(fitted.residuals, onto) / np.sqrt(onto.channels)
    two = axis.calibration is not None
    panels = (
        Panel("counts per channel", tuple(traces), 1.6),
        Panel("residual / σ", (Trace("counts − fit", x, rest, TraceKind.RESIDUAL),), 0.5, True),
    )
    head = title or f"⁵⁷Fe, {temperature_words(axis)}"
    caption = (
        f"{axis.source_name}: {' + '.join(site.kind for site in fitted.sites)}; reduced χ² "
        f"{fitted.result.chi2 / max(1, fitted.result.nfree):.3f} of "
        f"{'both branches, unfolded' if two else 'the points of the file'}."
        + (" Points are sums of whole channels; the curves are summed alike." if two else "")
        + (f" No counts: {axis.not_counts}." if axis.not_counts else "")
    )
    return Chart(
        "spectrum",
        f"{head} ({DISPLAY_ONLY})" if two else head,
        velocity_label(axis),
        panels,
        caption,
        _is_simulated(axis, simulated),
    )


def branches_chart(
    fitted: FittedSites, *, title: str = "", simulated: bool | None = None
) -> Chart | None:
    """Return both branches over each other as they were counted, and where they differ.

    Parameters
    ----------
    fitted : FittedSites
        A fit.
    title : str, optional
        Instead of the temperature.
    simulated : bool, optional
        As for `spectrum_chart`.

    Returns
    -------
    Chart or None
        None where the file has one branch.
    """
    axis = fitted.axis
    if axis.calibration is None or not (axis.branch < 0.0).any():
        return None
    traces = [
        Trace(name, axis.velocity[own], axis.counts[own], TraceKind.DATA)
        for name, own in (
            ("first branch", axis.branch < 0.0),
            ("second branch", axis.branch > 0.0),
        )
    ]
    x, mirror = _mirror_residual(fitted)
    panels = (
        Panel("counts per channel", tuple(traces), 1.6),
        Panel("mirror residual / σ", (Trace("second − first", x, mirror, TraceKind.RESIDUAL),), 0.5, True),
    )  # fmt: skip
    scatter = float(np.mean(mirror**2)) if mirror.size else float("nan")
    caption = (
        f"{axis.source_name}: all channels in use, not folded. Below, the residual of the fit in the "
        "second branch less that in the first, at equal velocity, over its standard deviation; mean "
        f"square {scatter:.3f}, 1 by chance. Level and geometry of the branches are part of the fit."
    )
    head = title or f"⁵⁷Fe, {temperature_words(axis)}"
    return Chart(
        "branches",
        f"{head}: both branches, not folded",
        velocity_label(axis),
        panels,
        caption,
        _is_simulated(axis, simulated),
    )


def _mirror_residual(fitted: FittedSites) -> tuple[FloatArray, FloatArray]:
    """Return velocity and difference of the residuals where each branch has one channel."""
    axis = fitted.axis
    residuals, velocity = fitted.residuals, axis.velocity
    first, second = axis.branch < 0.0, axis.branch > 0.0
    step = float(np.median(np.diff(velocity[second])))
    nearest = np.searchsorted(velocity[first], velocity[second])
    nearest = np.clip(nearest, 1, int(first.sum()) - 1)
    low, high = velocity[first][nearest - 1], velocity[first][nearest]
    place = np.where(velocity[second] - low < high - velocity[second], nearest - 1, nearest)
    close = np.abs(velocity[first][place] - velocity[second]) <= step
    difference = (residuals[second] - residuals[first][place])[close] / np.sqrt(2.0)
    return velocity[second][close], np.asarray(difference)


def _site_words(fitted: FittedSites, label: str) -> str:
    """Return what the legend says of a site: its label and where it is."""
    parts = [label]
    for name, unit in (("IS", "mm/s"), ("QS", "mm/s"), ("B", "T")):
        full = f"{label}.{name}"
        if full in fitted.names:
            # one unit for both: a longer label would be cut
            parts[-1] = parts[-1].removesuffix(f" {unit}")
            parts.append(f"{name} {value_text(fitted.value(full), fitted.sigma(full))} {unit}")
    return ", ".join(parts)


def _is_simulated(axis: Unfolded, given: bool | None) -> bool:
    return axis.spectrum.source.simulated if given is None else given
