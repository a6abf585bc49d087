"""Columns of numbers become infrared spectra: which is the axis, and of what kind the others are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import ReadError
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit.table import Table
from spectrafit.units import unit
from spectrafit.written_temperature import temperature_of_name
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.spectral_file import Block, SpectralFile
from spectrafit_ir.readers.wavenumber_axis import (
    LARGEST_UNNAMED,
    axis_of_label,
    may_be_nanometres,
    stated_axis,
)
from spectrafit_ir.readers.y_kind import kind_of_unit

__all__ = ["kind_without_label", "spectra_of_columns", "stated_kind"]

_Y_UNIT = re.compile(
    r"Axis(?:Unit|Type)\[0\]|y[ _-]?(?:units?|axis|label|kind)|ordinate|spectrum type",
    re.IGNORECASE,
)


def kind_without_label(y: FloatArray) -> str:
    """Return ``"absorbance"`` where a column without a label can be nothing else, or ``"unknown"``.

    A transmittance as a fraction stays below 1.1 and its bands point down, so that most points lie
    in the upper half; per cent exceed 10.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Finite.

    Returns
    -------
    str
    """
    low, high = float(y.min()), float(y.max())
    if max(-low, high) > LARGEST_UNNAMED:
        return "unknown"
    points_down = float(np.median(y)) > 0.5 * (low + high)
    return "unknown" if points_down and low >= -0.05 and high <= 1.1 else "absorbance"


def _label(column: Column) -> str:
    return column.name if column.unit == "1" else f"{column.name} ({column.unit})"


def _axis_column(table: Table, file: SpectralFile, *, sure: bool) -> Column:
    """Return the axis; `sure` where the format itself says that it is the wavenumber."""
    where = f"{file.name}:{int(table.lines[0])}"
    ask = "name the axis 'wavenumber (cm-1)' in the line above the numbers, and give it in cm-1"
    labels = {column.name: axis_of_label(_label(column)) for column in table.columns}
    other = [name for name, kind in labels.items() if kind == "other"]
    if other:
        raise ReadError(f"the axis {other[0]!r} is not in wavenumbers", where=where, do=ask)
    named = [column for column in table.columns if labels[column.name] == "wavenumber"]
    if len(named) > 1:
        names = ", ".join(column.name for column in named)
        raise ReadError(
            f"several axes: {names}",
            where=where,
            do="read it with --reader columns and name the roles x and y, or write a file for each",
        )
    if named:
        return named[0]
    first = table.columns[0]
    if not sure and not stated_axis(table.header, file.name):
        finite = first.values[np.isfinite(first.values)]
        if finite.size > 1 and finite[0] != finite[-1] and may_be_nanometres(finite):
            ends = f"{finite.min():g} to {finite.max():g}"
            raise ReadError(f"x from {ends} without a unit may be in nm", where=where, do=ask)
    return first


def stated_kind(header: Mapping[str, str]) -> tuple[str, bool]:
    """Return the kind of y that a header states, and whether it is in percent.

    Parameters
    ----------
    header : mapping of str to str
        Like ``{"AxisUnit[0]": "Abs."}``.

    Returns
    -------
    kind : str
        ``"unknown"`` where it states none.
    percent : bool
    """
    for key, value in header.items():
        if _Y_UNIT.fullmatch(key.strip()):
            kind, percent = kind_of_unit(value)
            if kind != "unknown":
                return kind, percent
    return "unknown", False


def _block(column: Column, axis: Column, table: Table, *, only: bool) -> tuple[Block, str]:
    """Return a block, and how its kind was found where the file does not say."""
    kind, percent = kind_of_unit(column.name)
    if kind == "unknown":
        kind, percent = stated_kind(table.header)
    percent = percent or column.unit == "%"
    words = ""
    if kind == "unknown" and not table.labelled and not percent and only:
        finite = column.values[np.isfinite(column.values)]
        kind = kind_without_label(finite) if finite.size else kind
        words = "y has no label: taken as absorbance" if kind == "absorbance" else ""
    # a label "-20 °C" was taken for a quantity of the name "-20"
    is_T = unit(column.unit).quantity == "temperature"
    label = f"{column.name} {column.unit}" if is_T else column.name
    name = label if table.labelled else (kind if kind != "unknown" else "y")
    return Block(name, axis.values, column.values, kind, percent), words


def spectra_of_columns(
    table: Table, file: SpectralFile, *, sure: bool = False, scan: str = ""
) -> tuple[Recording, ...]:
    """Return the spectra in a table with one axis.

    Parameters
    ----------
    table : Table
        Columns of numbers.
    file : SpectralFile
        Names them.
    sure : bool, optional
        Whether the format itself says that the axis is in wavenumbers.
    scan : str, optional
        Name of the table where the file holds several.

    Returns
    -------
    tuple of Recording
        One with all ordinates as blocks; where every ordinate's label states a temperature, one
        for each.

    Raises
    ------
    ReadError
        With file and line, where the axis is no wavenumber, or there are several.
    """
    axis = _axis_column(table, file, sure=sure)
    others = [column for column in table.columns if column is not axis]
    if not others:
        raise ReadError("one column only", where=file.name, do="a spectrum has x and y")
    found = [_block(column, axis, table, only=len(others) == 1) for column in others]
    said: tuple[Alert, ...] = table.notices
    said += tuple(notice(file.name, words, "READ-002") for _, words in found if words)
    blocks = [block for block, _ in found]
    temperatures = [temperature_of_name(one.name) for one in blocks]
    if len(others) > 1 and all(len(T) == 1 and not why for T, why in temperatures):
        return tuple(
            file.recording(
                [one],
                table.header,
                scan=f"{scan} {one.name}".strip(),
                conditions={"T": next(iter(T))},
                notices=said if number == 0 else (),
            )
            for number, (one, (T, _)) in enumerate(zip(blocks, temperatures, strict=True))
        )
    return (file.recording(blocks, table.header, scan=scan, notices=said),)
