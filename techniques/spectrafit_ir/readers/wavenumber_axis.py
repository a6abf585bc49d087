"""Whether an axis is in wavenumbers: by its label, by the header, or by its values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from spectrafit.recording import Column
from spectrafit.spectrum import FloatArray
from spectrafit.table import Table
from spectrafit_ir.readers.y_kind import require_wavenumber

__all__ = [
    "LARGEST_UNNAMED",
    "axis_of_label",
    "has_laser_spacing",
    "may_be_nanometres",
    "stated_axis",
    "unlabelled_pairs",
]

_WAVENUMBER = re.compile(
    r".*\bwave ?numbers?\b.*|.*\bwellenzahl\b.*|.*(?:cm ?\^?[-−]1|cm⁻¹|1/cm).*", re.IGNORECASE
)
_OTHER_AXIS = re.compile(
    r".*\bwave ?lengths?\b.*|.*\braman\b.*|.*\bshift\b.*|.*[(\[ /](?:nm|um|µm|μm|microns?)[)\]]?\s*"
    r"|nm|um|µm|μm|microns?",
    re.IGNORECASE,
)
_X_UNIT = re.compile(r"AxisUnit\[1\]|x[ _-]?(?:units?|axis|label)", re.IGNORECASE)
# an interferogram is sampled at the fringes of a HeNe laser, and its transform has 2**k points
_LASER = 15_798.3  # cm-1, 632.8 nm in air
_LASER_SLACK = 3e-4
_LONGEST_NM = 2_600.0  # spectrometers for the visible and near infrared end here
_LONGEST_VISIBLE_NM = 1_200.0
LARGEST_UNNAMED = 10.0
"""Absorbance above which a column without a label may be anything."""


def axis_of_label(label: str) -> str:
    """Return ``"wavenumber"``, ``"other"`` for an axis of another unit, or nothing.

    Parameters
    ----------
    label : str
        Of a column, with its unit.

    Returns
    -------
    str
    """
    if _OTHER_AXIS.fullmatch(label.strip()):
        return "other"
    return "wavenumber" if _WAVENUMBER.fullmatch(label.strip()) else ""


def stated_axis(header: Mapping[str, str], where: str) -> bool:
    """Return whether a header says that the axis is in wavenumbers.

    Parameters
    ----------
    header : mapping of str to str
        Like ``{"AxisUnit[1]": "1/cm"}`` of LabSpec.
    where : str
        File name, for messages.

    Returns
    -------
    bool

    Raises
    ------
    ReadError
        When it states another unit.
    """
    units = [value for key, value in header.items() if _X_UNIT.fullmatch(key.strip())]
    for written in units:
        require_wavenumber(written, where)
    return bool(units)


def may_be_nanometres(x: FloatArray) -> bool:
    """Return whether an axis without a label may be a wavelength in nm.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Finite, one way.

    Returns
    -------
    bool
        False for the spacing that the laser of an interferometer gives; True for an axis below
        1200, and for one of whole numbers below 2600.
    """
    if has_laser_spacing(x):
        return False
    highest = float(x.max())
    whole = bool((x == np.round(x)).all())
    return highest <= _LONGEST_VISIBLE_NM or (whole and highest <= _LONGEST_NM)


def has_laser_spacing(x: FloatArray) -> bool:
    """Return whether the points of an axis are as far apart as a HeNe laser's interferometer gives.

    Interferograms are sampled at the fringes of the laser at 15,798 cm-1 and transformed with a
    number of points that is a power of two, so that the spacing is 15,798 over one.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Finite, even.

    Returns
    -------
    bool
    """
    fringes = float(np.log2(_LASER * (x.size - 1) / abs(x[-1] - x[0])))
    return abs(fringes - round(fringes)) * float(np.log(2.0)) < _LASER_SLACK


def unlabelled_pairs(table: Table) -> Sequence[Column]:
    """Return x and y of a table of two columns without labels whose values can be a spectrum.

    Parameters
    ----------
    table : Table
        Of the head of a file.

    Returns
    -------
    sequence of Column
        Two, or none.
    """
    if table.labelled or table.misfit or not len(table.columns) == table.width == 2:
        return ()
    x, y = (column.values for column in table.columns)
    if x.size < 8 or not (np.isfinite(x).all() and np.isfinite(y).all()):
        return ()
    if not (x.min() >= 10.0 and x.max() <= 16_000.0 and np.abs(y).max() < LARGEST_UNNAMED):
        return ()
    steps = np.diff(x)
    step = float(np.median(steps))
    # text has the axis to some digits, so that steps differ by one of the last
    digits = np.unique(np.round(np.abs(np.diff(np.unique(np.round(steps, 9)))), 9))
    slack = max(0.01 * abs(step), float(digits.min()) if digits.size else 0.0)
    even = step != 0 and bool((np.abs(steps - step) <= min(slack, 0.1 * abs(step))).all())
    return table.columns if even else ()
