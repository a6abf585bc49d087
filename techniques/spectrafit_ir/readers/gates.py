"""The gates of every infrared reader: an axis or an ordinate that cannot be right is an error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.alert import Alert
from spectrafit.errors import ReadError
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.y_kind import Y_KINDS, kind_of_unit, require_wavenumber

__all__ = [
    "FEWEST_POINTS",
    "Y_KINDS",
    "checked_axis",
    "checked_ordinate",
    "kind_of_unit",
    "ordinate_notices",
    "require_wavenumber",
]

FEWEST_POINTS = 8
_WAVENUMBERS = (10.0, 16_000.0)  # cm-1: far infrared to the end of the near infrared
_LARGEST_ABSORBANCE = 1e3
_NEAR_ONE = (0.9, 1.1)  # a transmittance or ratio of empty beams that is called absorbance
_CONTRADICTION = 1.5  # a transmittance that is no fraction
_OVER_ONE = 1.05
_SHARE_OF_Y = 0.01
_COPY = "the file is damaged or cut off: copy it again from the instrument"


def checked_axis(
    values: ArrayLike,
    where: str,
    *,
    unit: str = "cm-1",
    count: int | None = None,
    first: float | None = None,
    last: float | None = None,
) -> FloatArray:
    """Return an axis that can be one: finite, strictly one way, in range, as its header says.

    Parameters
    ----------
    values : array_like, shape (n,)
        In the file's order.
    where : str
        File name, with the block where there are several; for messages.
    unit : str, optional
        ``"cm-1"`` holds it between 10 and 16,000.
    count : int, optional
        Number of points by the header.
    first, last : float, optional
        Ends by the header, which must agree to half a step.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ReadError
        At the first gate that it does not pass.
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or x.size < FEWEST_POINTS:
        text = f"{x.size} points are no spectrum"
        raise ReadError(text, where=where, do=f"it has at least {FEWEST_POINTS}: {_COPY}")
    if count is not None and count != x.size:
        text = f"{x.size} points where the header says {count}"
        raise ReadError(text, where=where, do=_COPY)
    bad = np.flatnonzero(~np.isfinite(x))
    if bad.size:
        raise ReadError(f"point {int(bad[0])} of the axis is no number", where=where, do=_COPY)
    with np.errstate(over="ignore"):  # of a damaged axis
        steps = np.diff(x)
        wrong = np.flatnonzero(np.sign(steps) * np.sign(x[-1] - x[0]) <= 0)
    if wrong.size:
        at = int(wrong[0]) + 1
        text = f"the axis turns back or stands still at point {at} ({number_text(float(x[at]))})"
        raise ReadError(
            text, where=where, do="one spectrum runs one way: split the file, or copy it again"
        )
    low, high = float(x.min()), float(x.max())
    if unit == "cm-1" and not _WAVENUMBERS[0] <= low <= high <= _WAVENUMBERS[1]:
        text = f"x from {number_text(low)} to {number_text(high)} is outside 10 to 16000 cm-1"
        raise ReadError(text, where=where, do="if x is in um or nm, export it in cm-1")
    half = 0.5 * float(np.median(np.abs(steps)))
    for name, wanted, found in (("first", first, x[0]), ("last", last, x[-1])):
        if wanted is not None and not abs(wanted - found) <= half:
            text = (
                f"the {name} x is {number_text(float(found))}, by the header {number_text(wanted)}"
            )
            raise ReadError(text, where=where, do=_COPY)
    return x


def checked_ordinate(
    values: ArrayLike,
    where: str,
    *,
    kind: str,
    points: int,
    percent: bool = False,
    lowest: float | None = None,
    highest: float | None = None,
    slack: float = 0.0,
) -> FloatArray:
    """Return an ordinate that can be one: finite, as long as its axis, and of its kind.

    Parameters
    ----------
    values : array_like, shape (n,)
        In the file's order.
    where : str
        File name, with the block where there are several; for messages.
    kind : str
        One of `Y_KINDS`.
    points : int
        Length of its axis.
    percent : bool, optional
        Whether 100 stands for 1.
    lowest, highest : float, optional
        Extremes by the header, which must agree to 1 % of the larger.
    slack : float, optional
        Half of the last digit that the header writes, in the unit of y.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ReadError
        At the first gate that it does not pass.
    """
    if kind not in Y_KINDS:
        raise ValueError(f"no y kind {kind!r}")
    y = np.asarray(values, dtype=float)
    if y.ndim != 1 or y.size != points:
        raise ReadError(f"{y.size} values on an axis of {points} points", where=where, do=_COPY)
    bad = np.flatnonzero(~np.isfinite(y))
    if bad.size:
        raise ReadError(f"value {int(bad[0])} is no number", where=where, do=_COPY)
    low, high = float(y.min()), float(y.max())
    spread = f"{number_text(low)} to {number_text(high)}"
    if kind == "absorbance":
        if max(-low, high) > _LARGEST_ABSORBANCE:
            text = f"values from {spread} are no absorbance"
            raise ReadError(text, where=where, do=_COPY)
        if _NEAR_ONE[0] <= low <= high <= _NEAR_ONE[1]:
            text = f"values from {spread} everywhere are called absorbance"
            raise ReadError(
                text,
                where=where,
                do="is it a transmittance? state the kind of y, or export it again",
            )
    if kind == "transmittance":
        _require_transmittance(high * (0.01 if percent else 1.0), spread, where, percent)
    scale = slack + _SHARE_OF_Y * max(abs(low), abs(high))
    for name, wanted, found in (("smallest", lowest, low), ("largest", highest, high)):
        if wanted is not None and not abs(wanted - found) <= scale:
            text = f"the {name} y is {number_text(found)}, by the header {number_text(wanted)}"
            raise ReadError(text, where=where, do=_COPY)
    return y


def _require_transmittance(share: float, spread: str, where: str, percent: bool) -> None:
    if share > _CONTRADICTION:
        other = "an intensity" if percent else "a percentage"
        text = f"values from {spread} are no transmittance"
        raise ReadError(text, where=where, do=f"they may be {other}: export it with its unit")
    if share > _OVER_ONE:
        text = f"the transmittance reaches {number_text(100 * share)} %, more than 5 % above 100 %"
        raise ReadError(text, where=where, do="measure the background again")


def ordinate_notices(
    y: FloatArray, where: str, *, kind: str, percent: bool = False
) -> tuple[Alert, ...]:
    """Return what is to be said of an ordinate that passed the gates.

    Parameters
    ----------
    y : ndarray, shape (n,)
        From `checked_ordinate`.
    where : str
        File name.
    kind : str
        One of `Y_KINDS`.
    percent : bool, optional
        Whether 100 stands for 1.

    Returns
    -------
    tuple of Alert
        A transmittance between 100 and 105 %, or a percentage that looks like a fraction.
    """
    if kind != "transmittance":
        return ()
    high = float(y.max())
    share = high * (0.01 if percent else 1.0)
    if share > 1.0:
        text = (
            f"the transmittance reaches {number_text(100 * share)} %: the background does not fit"
        )
        return (notice(where, text, "READ-002"),)
    if percent and high <= _CONTRADICTION:
        text = f"no transmittance is above {number_text(high)} %: is it a fraction, not per cent?"
        return (notice(where, text, "READ-002"),)
    return ()
