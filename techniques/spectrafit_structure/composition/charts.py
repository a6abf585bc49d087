"""Figures of `composition`: deviations of the elements, and isotope patterns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.panel import Chart, Mark, Panel, Trace, TraceKind
from spectrafit.recording import Recording
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit_structure.composition.found import AnalysisLine
from spectrafit_structure.composition.ion_items import IonMasses
from spectrafit_structure.composition.isotopes import IsotopePattern
from spectrafit_structure.composition.settings import CompositionSettings

__all__ = ["deviation_chart", "pattern_chart"]

_HALF_BAR = 0.3  # of the distance of two nominal masses


def _bars(places: FloatArray, heights: FloatArray, half: float) -> tuple[FloatArray, FloatArray]:
    """Return the outline of bars, with a gap between any two."""
    corners = np.array([-half, -half, half, half, half])
    x = (places[:, None] + corners).ravel()
    up = np.stack(
        [np.zeros_like(heights), heights, heights, np.zeros_like(heights), np.full_like(heights, np.nan)],
        axis=1,
    )  # fmt: skip
    return x, up.ravel()


def deviation_chart(
    lines: Sequence[AnalysisLine],
    errors: Sequence[float | None],
    formula: str,
    settings: CompositionSettings,
    recording: Recording,
) -> Chart:
    """Return found minus expected of each element against the limit.

    Parameters
    ----------
    lines : sequence of AnalysisLine
        At least one.
    errors : sequence of float or None
        Standard uncertainties, percent; error bars where all have one.
    formula : str
        For the caption.
    settings : CompositionSettings
        The limit.
    recording : Recording
        Where it comes from.

    Returns
    -------
    Chart
        An element a whole number of x, named above.
    """
    x = np.arange(1.0, len(lines) + 1.0)
    y = np.array([line.deviation for line in lines])
    known = [each for each in errors if each is not None]
    sigma = np.array(known) if len(known) == len(lines) else None
    limit, ends = settings.limit_percent, np.array([0.5, len(lines) + 0.5])
    traces = (
        Trace("found − formula", x, y, TraceKind.DATA, sigma),
        Trace("limit", ends, np.full(2, limit), TraceKind.BACKGROUND),
        Trace("limit", ends, np.full(2, -limit), TraceKind.BACKGROUND),
    )
    marks = tuple(
        Mark(float(place), float(place), line.element) for place, line in zip(x, lines, strict=True)
    )
    bars = " Bars are one standard uncertainty." if sigma is not None else ""
    return Chart(
        "deviations",
        f"Elemental analysis against {formula}",
        "element, in the order of the file",
        (Panel("found − formula (% absolute)", traces, zero_line=True, x_marks=marks),),
        f"Found minus calculated share of the mass for {formula}, standard atomic weights; limit "
        f"{number_text(limit)} % absolute, a custom.{bars}",
        simulated=recording.source.simulated,
        whole_x=True,
    )


def pattern_chart(masses: IonMasses, settings: CompositionSettings, recording: Recording) -> Chart:
    """Return the calculated isotope pattern with what was seen, and the other ions below.

    Parameters
    ----------
    masses : IonMasses
        The ion.
    settings : CompositionSettings
        Smallest peak that is drawn, printed m/z.
    recording : Recording
        The spectrum, where it is one.

    Returns
    -------
    Chart
    """
    spectrum = None
    pattern, half = masses.pattern, _HALF_BAR / abs(masses.pattern.charge)
    traces = [_pattern_trace("calculated", pattern, settings, half)]
    seen = masses.seen
    if seen is not None and seen.unit > 0:
        if seen.profile:
            spectrum = recording.spectrum()
            near = [each.peak.mz for each in seen.peaks]
            part = (spectrum.x > min(near) - 2 * half) & (spectrum.x < max(near) + 2 * half)
            y = spectrum.y[part] - np.median(spectrum.y[part])
            scale = 100.0 / y.max() if y.max() > 0 else 1.0
            traces.append(Trace("observed profile", spectrum.x[part], y * scale, TraceKind.CURVE))
        x = np.array([each.peak.mz if each.mz is None else each.mz for each in seen.peaks])
        heights = np.array([each.of_base for each in seen.peaks])
        label = "observed areas" if seen.profile else "observed"
        traces.append(Trace(label, x, heights, TraceKind.DATA))
    marks = [Mark(pattern.average, pattern.average, "average")]
    if settings.printed_mz:
        marks.append(Mark(settings.printed_mz, settings.printed_mz, "printed"))
    panels = [
        Panel(
            "of highest peak (%)",
            tuple(traces),
            2.0,
            x_marks=tuple(sorted(marks, key=lambda m: m.low)),
        )
    ]
    if masses.others:
        others = tuple(
            _pattern_trace(name, other, settings, half / abs(pattern.charge))
            for name, other in masses.others.items()
        )
        panels.append(Panel("other ions (%)", others))
    agrees = (
        ""
        if seen is None or not seen.peaks
        else (
            f" Observed heights are scaled to the pattern as a whole; rms difference "
            f"{number_text(seen.rms, 3)} % of the highest peak."
        )
    )
    return Chart(
        "isotope-pattern",
        f"Isotope pattern of {masses.ion.name}",
        "m/z",
        tuple(panels),
        f"Calculated pattern of {masses.ion.name}, peaks of one nominal mass taken together, above "
        f"{number_text(settings.smallest_percent)} %; most abundant {number_text(pattern.base.mz, 7)}, "
        f"average {number_text(pattern.average, 7)}. The width of the bars means nothing.{agrees}",
        simulated=recording.source.simulated,
    )


def _pattern_trace(
    label: str, pattern: IsotopePattern, settings: CompositionSettings, half: float
) -> Trace:
    peaks = [each for each in pattern.peaks if each.of_base >= settings.smallest_percent]
    x, y = _bars(
        np.array([each.mz for each in peaks]), np.array([each.of_base for each in peaks]), half
    )
    return Trace(label, x, y, TraceKind.COMPONENT, base=0.0 * y)
