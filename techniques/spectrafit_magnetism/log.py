"""The columns of a magnetometer's file that count: temperature, field, moment and its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import ReadError, SettingsError, nearest
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_magnetism.readers.moment_columns import FIELDS, MOMENTS, TEMPERATURE, MomentColumn

__all__ = ["MOST_LEFT_OUT", "MomentLog", "moment_log"]

MOST_LEFT_OUT = 0.05
"""Share of rows without a temperature, field or moment above which a file is refused."""

_OTHER_CENTRE = {"free": "fixed", "fixed": "free"}


@dataclass(frozen=True, eq=False)
class MomentLog:
    """A run of a magnetometer in the order of time.

    Parameters
    ----------
    T : ndarray, shape (n,)
        Temperature, K.
    H : ndarray, shape (n,)
        Field, Oe.
    moment : ndarray, shape (n,)
        emu.
    error : ndarray or None, shape (n,)
        Standard error of the moment, emu; None where the file gives none.
    row : ndarray of int, shape (n,)
        Row of the file's table each point stands in, counted from 0.
    column : str
        The file's label of the moment.
    other : ndarray or None, shape (n,)
        Moment with the other centre (fixed beside free), emu.
    left_out : int
        Rows without a temperature, field or moment.
    name : str
        File name.
    """

    T: FloatArray
    H: FloatArray
    moment: FloatArray
    error: FloatArray | None
    row: NDArray[np.int64]
    column: str = ""
    other: FloatArray | None = None
    left_out: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        for key in ("T", "H", "moment", "error", "other"):
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, read_only(value))

    def __len__(self) -> int:
        return int(self.T.size)

    @property
    def why_no_error(self) -> str:
        """Why the moments have no error; empty where they have one."""
        return (
            ""
            if self.error is not None
            else "no error of the moment, or one that is zero or no number"
        )


def moment_log(
    recording: Recording, *, moment: str = "", most_left_out: float = MOST_LEFT_OUT
) -> MomentLog:
    """Return temperature, field and moment of a magnetometer's recording.

    Parameters
    ----------
    recording : Recording
        From the reader of Quantum Design files.
    moment : str, optional
        ``free``, ``fixed``, ``vsm``, ``acms``, ``long``; the first of these that the file has when empty.

    most_left_out : float, optional
        Largest share of rows that may lack a number, 0 to 1.

    Returns
    -------
    MomentLog

    Raises
    ------
    ReadError
        When a column is missing, no row is whole or too many are not, moments are not in emu, or a temperature lies below 0 K.
    SettingsError
        For an unknown moment.
    """
    where = recording.name
    units = recording.header.get("MOMENT_UNITS", "").strip()
    if units not in ("", "0"):
        raise ReadError(
            f"MOMENT_UNITS of the header is {units}, that of emu is 0, and the columns say emu",
            where=where,
            do="export the file again with moments in emu",
        )
    pair = _chosen(recording, moment)
    T = _values(recording, TEMPERATURE)
    field = next((name for name in FIELDS if name in recording.names), "")
    if T is None or not field:
        missing = TEMPERATURE if T is None else " or ".join(FIELDS)
        raise ReadError(
            f"no column {missing!r} with numbers",
            where=where,
            do="export it from the instrument, in this unit",
        )
    H, M = recording.column(field).values, recording.column(pair.moment).values
    whole = np.isfinite(T) & np.isfinite(H) & np.isfinite(M)
    if whole.any() and (~whole).mean() > most_left_out:
        raise ReadError(
            f"{int((~whole).sum())} of {whole.size} rows have no temperature, field or moment",
            where=where,
            do=f"choose another moment than {pair.key!r}, or, where these rows are of another kind of "
            "measurement, type: --set most_left_out=1",
        )
    if not whole.any():
        raise ReadError(
            "no row has a temperature, a field and a moment",
            where=where,
            do=f"choose another moment than {pair.moment!r}",
        )
    if (T[whole] < 0.0).any():
        row = int(np.flatnonzero(whole & (T < 0.0))[0])
        raise ReadError(
            f"temperature {T[row]:g} K in row {row + 1} of the data",
            where=where,
            do="temperatures must be in K: are they in degrees Celsius?",
        )
    other = next((one for one in MOMENTS if one.key == _OTHER_CENTRE.get(pair.key)), None)
    beside = _values(recording, other.moment) if other else None
    return MomentLog(
        T[whole],
        H[whole],
        M[whole],
        _errors(_values(recording, pair.error), whole),
        np.flatnonzero(whole).astype(np.int64),
        pair.moment,
        None if beside is None else beside[whole],
        int((~whole).sum()),
        where,
    )


def _chosen(recording: Recording, moment: str) -> MomentColumn:
    keys = [one.key for one in MOMENTS]
    if moment and moment not in keys:
        advice = nearest(moment, keys, noun="the moments")
        raise SettingsError(f"no moment {moment!r}", where=recording.name, do=advice)
    there = [one for one in MOMENTS if one.moment in recording.names]
    found = next((one for one in there if not moment or one.key == moment), None)
    if found is None:
        has = ", ".join(one.key for one in there) or "none"
        raise ReadError(
            f"no moment column{f' for {moment!r}' if moment else ''} with numbers",
            where=recording.name,
            do=f"the file has: {has}",
        )
    return found


def _values(recording: Recording, name: str) -> FloatArray | None:
    return recording.column(name).values if name in recording.names else None


def _errors(values: FloatArray | None, whole: NDArray[np.bool_]) -> FloatArray | None:
    """Return the errors where every one is a positive number, else None: zero is no error."""
    if values is None:
        return None
    chosen = values[whole]
    return chosen if np.isfinite(chosen).all() and (chosen > 0.0).all() else None
