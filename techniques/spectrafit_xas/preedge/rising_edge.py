"""Forms of the rising edge under a pre-edge, scaled by their value at the window's upper end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spectrafit.lines import ArctanStep, Component, ErfStep, Exponential, Line, Lorentzian
from spectrafit.lines.line import LineParameter

__all__ = ["EDGE_BOUNDS", "EDGE_STARTS", "STEPS", "rising_edge", "scaled_above", "scaled_at"]

REACH_EV = 25.0
EDGE_STARTS: Mapping[str, tuple[Mapping[str, float], ...]] = {
    "lorentzian": (
        {"center": 3.0, "fwhm": 6.0},
        {"center": 8.0, "fwhm": 10.0},
        {"center": 15.0, "fwhm": 20.0},
    ),
    "arctan": (
        {"center": 2.0, "width": 0.7},
        {"center": 5.0, "width": 2.0},
        {"center": 10.0, "width": 4.0},
    ),
    "erf": (
        {"center": 2.0, "width": 1.5},
        {"center": 5.0, "width": 4.0},
        {"center": 10.0, "width": 7.0},
    ),
    "exponential": ({"rate": 0.2}, {"rate": 0.5}, {"rate": 1.0}),
}
EDGE_BOUNDS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "lorentzian": {"center": (0.0, REACH_EV), "fwhm": (0.6, 40.0)},
    "arctan": {"center": (0.0, REACH_EV), "width": (0.1, 20.0)},
    "erf": {"center": (0.0, REACH_EV), "width": (0.3, 20.0)},
    "exponential": {"rate": (0.0, 5.0)},
}
_TOP = LineParameter(
    "top", "y", 1.0, 0.0, meaning="value at the upper end of the window", linear=True
)
STEPS: Mapping[str, Line] = {"lorentzian": Lorentzian, "arctan": ArctanStep, "erf": ErfStep}


def scaled_at(line: Line, origin: float) -> Line:
    """Return a line whose amplitude is its value at one point.

    Far from a line only the product of its height and a power of its width is seen, so that the
    two form a long curved valley of equal chi2. Scaled by a value that the data show, the height
    drops out of that valley and a fit needs tens of steps instead of thousands.

    Parameters
    ----------
    line : Line
        Its last parameter scales it, the two before are a centre and a width.
    origin : float
        The point, in units of x; the line must not vanish there.

    Returns
    -------
    Line
        With the parameter ``top`` in place of the height: f(x) = top S(x)/S(origin).
    """

    def scaled(x: Any, center: Any, width: Any, top: Any) -> tuple[Any, ...]:
        shape, by_center, by_width, _ = line.function(x, center, width, 1.0)
        there, there_by_center, there_by_width, _ = line.function(origin, center, width, 1.0)
        ratio = shape / there
        return (
            top * ratio,
            top * (by_center - ratio * there_by_center) / there,
            top * (by_width - ratio * there_by_width) / there,
            ratio,
        )

    return replace(
        line,
        name=f"{line.name} scaled at its value at {origin:g}",
        function=scaled,
        parameters=(*line.parameters[:2], _TOP),
        area=None,
        fwhm=None,
        known=(),
        draw=None,
        constants=(*line.constants, ("origin", origin)),
    )


def scaled_above(line: Line) -> Line:
    """Return `scaled_at` for windows of different upper ends: the end is a parameter, held fixed.

    Parameters
    ----------
    line : Line
        Its last parameter scales it, the two before are a centre and a width; it depends on
        x - centre.

    Returns
    -------
    Line
        With the parameters ``offset`` (centre above the end), the width, ``top`` and ``end``.
    """

    def scaled(x: Any, offset: Any, width: Any, top: Any, end: Any) -> tuple[Any, ...]:
        shape, by_center, by_width, _ = line.function(x, end + offset, width, 1.0)
        there, there_by_center, there_by_width, _ = line.function(end, end + offset, width, 1.0)
        ratio = shape / there
        return (
            top * ratio,
            top * (by_center - ratio * there_by_center) / there,
            top * (by_width - ratio * there_by_width) / there,
            ratio,
            # where the line stands when the end moves, its value there does not change
            top * by_center / there,
        )

    rows = (
        LineParameter("offset", "x", 3.0, meaning="centre above the upper end of the window"),
        line.parameters[1],
        _TOP,
        LineParameter("end", "x", 0.0, fixed=True, meaning="upper end of the window"),
    )
    return replace(
        line,
        name=f"{line.name} scaled at the end of its window",
        function=scaled,
        parameters=rows,
        area=None,
        fwhm=None,
        known=(),
        draw=None,
    )


def rising_edge(form: str, high_eV: float) -> Component:
    """Return the component ``edge`` of a form.

    Parameters
    ----------
    form : str
        ``lorentzian``, ``arctan``, ``erf`` or ``exponential``.
    high_eV : float
        Upper end of the window.

    Returns
    -------
    Component
        Its amplitude is its value at the upper end of the window.
    """
    if form == "exponential":
        return Exponential("edge", origin=high_eV)
    return scaled_at(STEPS[form], high_eV)("edge")
