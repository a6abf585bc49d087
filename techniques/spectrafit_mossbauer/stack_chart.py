"""All spectra of a temperature series over each other, with their fits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.absorption.folded import summed
from spectrafit_mossbauer.charts import velocity_label
from spectrafit_mossbauer.displayed import DISPLAY_ONLY, displayed, folded_level, point_errors

__all__ = ["stacked_chart"]

_MOST_IN_A_PANEL = 5
# of the deepest absorption in the panel: the distance of two spectra
_APART = 1.15


def stacked_chart(
    fits: Sequence[FittedSites],
    temperatures: Sequence[float],
    *,
    title: str = "",
    simulated: bool | None = None,
) -> Chart:
    """Return all spectra over each other with their fits, the coldest at the bottom.

    Parameters
    ----------
    fits : sequence of FittedSites
        One or more.
    temperatures : sequence of float
        Of each, in K.
    title : str, optional
        Instead of the range of temperatures.
    simulated : bool, optional
        Whether the data say that they are simulated; as their sources say when left out.

    Returns
    -------
    Chart
        Of more than five spectra, several panels.

    Raises
    ------
    SettingsError
        When there is no spectrum, or not one temperature each.
    """
    if not fits or len(fits) != len(temperatures):
        raise SettingsError(
            f"{len(fits)} spectra and {len(temperatures)} temperatures", do="give one each"
        )
    order = sorted(range(len(fits)), key=lambda i: temperatures[i])
    count = math.ceil(len(order) / _MOST_IN_A_PANEL)
    groups = [[int(i) for i in part] for part in np.array_split(order, count)]
    panels = tuple(
        _stack_panel([fits[i] for i in group], [temperatures[i] for i in group])
        for group in reversed(groups)
    )
    low, high = temperatures[order[0]], temperatures[order[-1]]
    span = f"{low:g} K" if low == high else f"{low:g} to {high:g} K"
    two = any(one.axis.calibration is not None for one in fits)
    head = title or f"⁵⁷Fe, {span}"
    return Chart(
        "stack",
        f"{head} ({DISPLAY_ONLY})" if two else head,
        velocity_label(fits[0].axis),
        panels,
        "Counts over the fitted baseline, each spectrum raised above the colder one; the lowest of a "
        "panel is not raised. Points with one standard error, lines the fits"
        + (", both as sums of whole channels." if two else "."),
        any(one.axis.spectrum.source.simulated for one in fits) if simulated is None else simulated,
    )


def _stack_panel(fits: Sequence[FittedSites], temperatures: Sequence[float]) -> Panel:
    depth = max(_depth(one) for one in fits)
    step = _APART * depth
    traces: list[Trace] = []
    for i, (fitted, T) in reversed(list(enumerate(zip(fits, temperatures, strict=True)))):
        axis = fitted.axis
        onto = displayed(axis)
        level = folded_level(fitted, onto)
        errors = point_errors(axis, onto)
        traces.append(
            Trace(
                f"{T:g} K",
                onto.velocity,
                100.0 * (onto.per_channel / level + i * step),
                TraceKind.DATA,
                sigma=None if errors is None else 100.0 * errors / level,
            )
        )
        total = summed(fitted.expected, onto) / onto.channels
        traces.append(
            Trace("fit", onto.velocity, 100.0 * (total / level + i * step), TraceKind.TOTAL)
        )
    named = ", ".join(f"{T:g}" for T in temperatures)
    shift = f" + {100.0 * step:.2g} each; upwards {named}\u00a0K" if len(fits) > 1 else ""
    return Panel(f"transmission / %{shift}", tuple(traces))


def _depth(fitted: FittedSites) -> float:
    """Return the largest share of the level that a fit takes out, or the noise where it is larger."""
    onto = displayed(fitted.axis)
    level = folded_level(fitted, onto)
    share = summed(fitted.expected, onto) / onto.channels / level
    noise = 4.0 * float(np.std(onto.per_channel / level - share))
    return max(float(np.ptp(share)), noise)
