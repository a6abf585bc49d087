"""Bands against temperature: trace and area, position and width, both branches, regimes marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.heat_map import Mark
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_ir.charts.series_axes import TEMPERATURE, StepMark, step_marks

__all__ = ["Followed", "positions_chart", "traces_chart"]


@dataclass(frozen=True, eq=False)
class Followed:
    """A quantity of one band along one branch.

    Parameters
    ----------
    band : str
        Name of the band.
    T : array_like, shape (N,)
        K.
    value : array_like, shape (N,)
        In the unit of its axis; not a number where the band is not seen.
    sigma : array_like, shape (N,), or None
        One standard uncertainty; not a number where there is none.
    branch : str
        "heating" or "cooling"; empty for one branch without a name.

    Raises
    ------
    SettingsError
        When the arrays are not equally long.
    """

    band: str
    T: FloatArray
    value: FloatArray
    sigma: FloatArray | None = None
    branch: str = ""

    def __post_init__(self) -> None:
        for name in ("T", "value", "sigma"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, read_only(given))
        sizes = {one.shape for one in (self.T, self.value, self.sigma) if one is not None}
        if len(sizes) != 1 or len(next(iter(sizes))) != 1:
            raise SettingsError(
                f"temperatures, values and errors of shapes {sizes} do not belong together",
                where=self.band,
            )

    def __reduce__(self) -> tuple[object, ...]:
        return Followed, (self.band, self.T, self.value, self.sigma, self.branch)


def traces_chart(
    traces: Sequence[Followed],
    areas: Sequence[Followed] = (),
    *,
    steps: Sequence[StepMark] = (),
    regimes: Sequence[Mark] = (),
    errors: str = "",
    title: str = "Bands against temperature",
    simulated: bool,
) -> Chart:
    """Return the trace at a fixed wavenumber and the area of each band against temperature.

    Parameters
    ----------
    traces : sequence of Followed
        Absorbance at a fixed wavenumber.
    areas : sequence of Followed, optional
        Areas, cm-1.
    steps : sequence of StepMark, optional
        Brackets to shade.
    regimes : sequence of Mark, optional
        Intervals of temperature to shade, K.
    errors : str, optional
        What the error bars hold; a sentence without its point.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
        All bands of a quantity in one panel where there is one branch; a panel a band where there
        are two, so that they can be held against each other.

    Raises
    ------
    SettingsError
        When nothing was followed.
    """
    panels = _panels(("absorbance", traces), ("area / cm⁻¹", areas))
    caption = (
        "The absorbance at a fixed wavenumber changes also where a band only moves or broadens; "
        "the area of a fitted band does not."
        if areas
        else "The absorbance at a fixed wavenumber changes also where a band only moves or broadens."
    )
    return _chart(
        "traces", title, panels, (steps, regimes), f"{caption} {_bars(errors)}", simulated
    )


def positions_chart(
    positions: Sequence[Followed],
    widths: Sequence[Followed] = (),
    *,
    steps: Sequence[StepMark] = (),
    regimes: Sequence[Mark] = (),
    errors: str = "",
    title: str = "Position and width against temperature",
    simulated: bool,
) -> Chart:
    """Return the shift and the width of each band against temperature.

    Parameters
    ----------
    positions : sequence of Followed
        Fitted centres, cm-1; each is drawn less its own value at the lowest temperature at which
        the band is seen, or shifts of a wavenumber could not be seen on an axis of hundreds.
    widths : sequence of Followed, optional
        Full widths at half maximum, cm-1.
    steps, regimes, errors, title, simulated
        As of `traces_chart`.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When nothing was followed.
    """
    starts = _starts(positions)
    shifts = [
        Followed(one.band, one.T, one.value - starts[one.band][1], one.sigma, one.branch)
        for one in positions
        if one.band in starts
    ]
    said = "; ".join(f"{band} {at:.2f} cm⁻¹ at {T:g} K" for band, (T, at) in starts.items())
    panels = _panels(("position − first / cm⁻¹", shifts), ("FWHM / cm⁻¹", widths))
    caption = f"Positions less the first: {said}. {_bars(errors)}"
    return _chart("positions", title, panels, (steps, regimes), caption, simulated)


def _starts(positions: Sequence[Followed]) -> dict[str, tuple[float, float]]:
    """Return temperature and position of each band where it is first seen, over its branches."""
    found: dict[str, tuple[float, float]] = {}
    for one in positions:
        for T, value in zip(one.T.tolist(), one.value.tolist(), strict=True):
            if np.isfinite(value) and (one.band not in found or found[one.band][0] > T):
                found[one.band] = (T, value)
    return found


def _panels(*quantities: tuple[str, Sequence[Followed]]) -> tuple[Panel, ...]:
    every = [one for _, followed in quantities for one in followed]
    if len({one.branch for one in every}) > 1:
        bands = dict.fromkeys(one.band for one in every)
        parts = [
            (f"{band}: {quantity}", [one for one in followed if one.band == band], True)
            for band in bands
            for quantity, followed in quantities
        ]
    else:
        parts = [(quantity, list(followed), False) for quantity, followed in quantities]
    panels = [
        Panel(
            label,
            tuple(
                trace
                for one in followed
                for trace in _traces(one, one.branch or "no branch named" if apart else one.band)
            ),
        )
        for label, followed, apart in parts
    ]
    return tuple(panel for panel in panels if panel.traces)


def _traces(one: Followed, label: str) -> list[Trace]:
    """Return the points of a band by rising temperature, those without an error apart."""
    order = np.argsort(one.T, kind="stable")
    order = order[np.isfinite(one.value[order])]
    T, value = one.T[order], one.value[order]
    sigma = np.full(T.size, np.nan) if one.sigma is None else one.sigma[order]
    known = np.isfinite(sigma)
    parts = ((known, label), (~known, f"{label} (no error)"))
    return [
        Trace(words, T[part], value[part], TraceKind.DATA, sigma[part] if part is known else None)
        for part, words in parts
        if part.any()
    ]


def _bars(errors: str) -> str:
    held = f": {errors}" if errors else ""
    return f"Bars are one standard uncertainty (k = 1){held}."


def _chart(
    name: str,
    title: str,
    panels: Sequence[Panel],
    marked: tuple[Sequence[StepMark], Sequence[Mark]],
    caption: str,
    simulated: bool,
) -> Chart:
    if not panels:
        raise SettingsError("no band was followed: nothing to draw against temperature")
    steps, regimes = marked
    marks = (*step_marks(steps), *regimes)
    shown = tuple(
        Panel(one.y_label, one.traces, one.height, one.zero_line, x_marks=marks) for one in panels
    )
    shades = " Shaded: brackets of steps, and regimes." if marks else ""
    return Chart(name, title, TEMPERATURE, shown, caption + shades, simulated)
