"""Ticks of an axis: round numbers that have room beside each other, never an offset or a factor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from spectrafit.figures.wording import text_mm

if TYPE_CHECKING:
    from matplotlib.axis import Axis

__all__ = ["set_x_ticks", "set_y_ticks", "tick_texts"]

_GAP_MM = 3.5  # between two labels
_ROW_MM = 5.0  # a tick for each
_MOST = 8
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def set_x_ticks(axis: Axis, room_mm: float, *, whole: bool = False) -> None:
    """Set the ticks of a horizontal axis.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        Whose limits are known.
    room_mm : float
        Its length.
    whole : bool
        Whether only whole numbers have a tick.
    """
    for most in range(_MOST, 1, -1):
        _set(axis, most, whole=whole)
        texts = tick_texts(axis)
        if sum(map(text_mm, texts)) + _GAP_MM * len(texts) <= room_mm:
            break


def set_y_ticks(axis: Axis, room_mm: float) -> None:
    """Set the ticks of a vertical axis.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        Whose limits are known.
    room_mm : float
        Its length.
    """
    _set(axis, max(2, min(_MOST, int(room_mm / _ROW_MM))))


def tick_texts(axis: Axis) -> list[str]:
    """Return the labels of the ticks that are seen.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        With ticks set.

    Returns
    -------
    list of str
    """
    low, high = sorted(axis.get_view_interval())
    places = [float(place) for place in axis.get_majorticklocs()]
    texts = axis.get_major_formatter().format_ticks(places)
    return [text for place, text in zip(places, texts, strict=True) if low <= place <= high]


def _set(axis: Axis, most: int, *, whole: bool = False) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, ScalarFormatter

    axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10], integer=whole))
    largest = max(abs(limit) for limit in axis.get_view_interval())
    if 1e-3 <= largest < 1e6:
        formatter = ScalarFormatter(useOffset=False)
        formatter.set_scientific(False)
        axis.set_major_formatter(formatter)
        return
    places = axis.get_majorticklocs()
    step = float(places[1] - places[0]) if len(places) > 1 else largest
    finest = math.floor(math.log10(step / 4.0))  # a step of 2.5 has one digit more
    axis.set_major_formatter(FuncFormatter(lambda value, _: _with_power(value, finest)))


def _with_power(value: float, finest: int) -> str:
    """Return a number like 5.9×10⁶, to the decimal place that tells its neighbours apart."""
    if abs(value) < 10.0**finest:
        return "0"
    digits = max(0, math.floor(math.log10(abs(value))) - finest)
    head, _, power = f"{value:.{digits}e}".partition("e")
    head = head.rstrip("0").rstrip(".") if "." in head else head
    return f"{head}×10{str(int(power)).translate(_RAISED)}".replace("-", "\N{MINUS SIGN}")
