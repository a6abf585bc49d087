"""A spectrum: read-only arrays with their units, conditions, source and history."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry, Source, frozen_mapping
from spectrafit.units import checked_unit

if TYPE_CHECKING:
    import pandas

__all__ = ["FloatArray", "Spectrum", "finite_conditions", "is_finite_number", "read_only"]

FloatArray = NDArray[np.float64]


def read_only(values: ArrayLike) -> FloatArray:
    """Return a read-only float64 copy.

    Parameters
    ----------
    values : array_like
        Real numbers, any shape; what a mask hides becomes not a number.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    SpectrafitError
        For anything else: text, complex numbers, rows of different lengths.
    """
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(np.float64), np.nan)
    try:
        given = np.asarray(values)
    except ValueError:
        raise SpectrafitError("an array needs rows of equal length") from None
    if given.dtype.kind not in "buif":
        raise SpectrafitError(f"an array needs real numbers, not {given.dtype}")
    array = np.array(given, dtype=np.float64)
    array.setflags(write=False)
    return array


def is_finite_number(value: object) -> bool:
    """Return whether a value is a finite real number, and not a truth value.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
    """
    real = isinstance(value, int | float | np.integer | np.floating)
    return real and not isinstance(value, bool) and math.isfinite(value)  # type: ignore[arg-type]


def finite_conditions(
    conditions: Mapping[str, float | str], *, where: str
) -> Mapping[str, float | str]:
    """Return a read-only copy of conditions, each a finite number or text.

    Parameters
    ----------
    conditions : mapping
        Like ``{"T": 8.0}``, numbers in base units.
    where : str
        What they belong to, for messages.

    Returns
    -------
    mapping

    Raises
    ------
    SpectrafitError
        For a number that is not finite, or a value that is neither number nor text.
    """
    for name, value in conditions.items():
        if not (isinstance(value, str) or is_finite_number(value)):
            raise SpectrafitError(
                f"condition {name} is {value!r}", where=where, do="give a finite number or text"
            )
    return frozen_mapping(conditions)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One measured curve.

    Parameters
    ----------
    x : array_like, shape (n,)
        Strictly increasing, finite, in `x_unit`.
    y : array_like, shape (n,)
        Finite, in `y_unit`.
    sigma : array_like, shape (n,), or None
        Standard uncertainty of each y, positive; None where it is not known.
    x_unit, y_unit : str
        Units of the table in `spectrafit.units`.
    sigma_origin : str
        Where sigma comes from ("counts", "scans", "one scan"), or why there is none.
    conditions : mapping
        Values by name in base units, like ``{"T": 8.0}`` in K; text where it is text.
    source : Source
        File and checksum.
    history : tuple of HistoryEntry
        Every step since.

    Raises
    ------
    SpectrafitError
        When the arrays do not fit together, are not finite, or x does not increase.
    """

    x: FloatArray
    y: FloatArray
    sigma: FloatArray | None = None
    x_unit: str = "1"
    y_unit: str = "1"
    sigma_origin: str = ""
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    source: Source = Source("in memory")
    history: tuple[HistoryEntry, ...] = ()

    def __post_init__(self) -> None:
        place = self.source.name
        put = object.__setattr__
        put(self, "x", read_only(self.x))
        put(self, "y", read_only(self.y))
        put(self, "x_unit", checked_unit(self.x_unit))
        put(self, "y_unit", checked_unit(self.y_unit))
        put(self, "conditions", finite_conditions(self.conditions, where=place))
        if self.x.ndim != 1 or self.x.shape != self.y.shape:
            raise SpectrafitError(
                f"x has shape {self.x.shape} and y {self.y.shape}",
                where=place,
                do="give two one-dimensional arrays of equal length",
            )
        if not (np.isfinite(self.x).all() and np.isfinite(self.y).all()):
            row = int(np.flatnonzero(~(np.isfinite(self.x) & np.isfinite(self.y)))[0])
            raise SpectrafitError(
                f"point {row} is not a finite number",
                where=place,
                do="leave such points out before making a spectrum",
            )
        if self.x.size > 1 and not (np.diff(self.x) > 0).all():
            row = int(np.flatnonzero(np.diff(self.x) <= 0)[0]) + 1
            raise SpectrafitError(
                f"x does not increase at point {row}",
                where=place,
                do="sort the points and average those of equal x",
            )
        if self.sigma is not None:
            sigma = read_only(self.sigma)
            if sigma.shape != self.y.shape or not (np.isfinite(sigma) & (sigma > 0)).all():
                raise SpectrafitError(
                    "sigma must be positive, finite and as long as y",
                    where=place,
                    do="give None where the uncertainty is not known",
                )
            put(self, "sigma", sigma)

    def __len__(self) -> int:
        return int(self.x.size)

    def __reduce__(self) -> tuple[object, ...]:
        fields = (
            np.array(self.x),
            np.array(self.y),
            None if self.sigma is None else np.array(self.sigma),
            self.x_unit,
            self.y_unit,
            self.sigma_origin,
            dict(self.conditions),
            self.source,
            self.history,
        )
        return (Spectrum, fields)

    def window(self, low: float, high: float) -> Spectrum:
        """Return the points with low <= x <= high, the window written into the history.

        Parameters
        ----------
        low, high : float
            In `x_unit`, both ends included.

        Returns
        -------
        Spectrum

        Raises
        ------
        SpectrafitError
            When no point lies inside.
        """
        keep = (self.x >= low) & (self.x <= high)
        if not keep.any():
            raise (
                SpectrafitError(
                    f"no point between {low:g} and {high:g} {self.x_unit}",
                    where=self.source.name,
                    do=f"the data run from {self.x[0]:g} to {self.x[-1]:g}",
                )
                if len(self)
                else SpectrafitError("the spectrum is empty", where=self.source.name)
            )
        return self.after(
            HistoryEntry("window", {"low": low, "high": high, "points": int(keep.sum())}),
            x=self.x[keep],
            y=self.y[keep],
            sigma=None if self.sigma is None else self.sigma[keep],
        )

    def after(self, entry: HistoryEntry, **changes: Any) -> Spectrum:
        """Return a changed spectrum with the step that changed it in its history.

        Parameters
        ----------
        entry : HistoryEntry
            The step.
        **changes
            Fields of the spectrum.

        Returns
        -------
        Spectrum
        """
        return replace(self, history=(*self.history, entry), **changes)

    def to_frame(self) -> pandas.DataFrame:
        """Return a table, one row a point: x, y, and sigma where it is known.

        Returns
        -------
        pandas.DataFrame
            Units, source, conditions and steps are in ``frame.attrs``.
        """
        from spectrafit.notebook import SIGMA_NOTE, data_frame

        columns = {"x": self.x, "y": self.y}
        units = {"x": self.x_unit, "y": self.y_unit}
        if self.sigma is not None:
            columns, units = {**columns, "sigma": self.sigma}, {**units, "sigma": self.y_unit}
        return data_frame(
            columns,
            units,
            source=self.source.name,
            sha256=self.source.sha256,
            simulated=self.source.simulated,
            conditions=dict(self.conditions),
            steps=[entry.step for entry in self.history],
            sigma_origin=self.sigma_origin,
            note=SIGMA_NOTE if self.sigma is not None else "",
        )

    def _repr_html_(self) -> str:
        from spectrafit.conditions import conditions_text
        from spectrafit.notebook import SIGMA_NOTE, html_lines

        origin = f" ({self.sigma_origin})" if self.sigma_origin else ""
        lines = (
            f"{len(self)} points" if len(self) else "empty",
            f"x: {_span(self.x, self.x_unit)}",
            f"y: {_span(self.y, self.y_unit)}",
            f"σ of each point known{origin}; {SIGMA_NOTE}"
            if self.sigma is not None
            else f"σ not known{origin}",
            conditions_text(self.conditions),
            " → ".join(entry.step for entry in self.history) or "as read",
        )
        return html_lines(self.source.name, lines, simulated=self.source.simulated)


def _span(values: FloatArray, unit: str) -> str:
    from spectrafit.notebook import unit_text
    from spectrafit.rounding import number_text

    if not values.size:
        return ""
    low, high = float(values.min()), float(values.max())
    return f"{number_text(low)} to {number_text(high)} {unit_text(unit)}".rstrip()
