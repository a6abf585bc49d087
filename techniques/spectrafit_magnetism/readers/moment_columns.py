"""Which columns of a magnetometer's file are temperature, field, moment and its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.recording import Column

__all__ = ["FIELDS", "MOMENTS", "TEMPERATURE", "MomentColumn", "proposed_columns"]

TEMPERATURE = "Temperature (K)"
FIELDS = ("Magnetic Field (Oe)", "Field (Oe)")


@dataclass(frozen=True)
class MomentColumn:
    """A column of moments and the one of its errors.

    Parameters
    ----------
    key : str
        How a user names it: ``free``, ``fixed``, ``vsm``, ``acms`` or ``long``.
    moment, error : str
        Labels in the file.
    """

    key: str
    moment: str
    error: str


MOMENTS = (
    MomentColumn("free", "DC Moment Free Ctr (emu)", "DC Moment Err Free Ctr (emu)"),
    MomentColumn("fixed", "DC Moment Fixed Ctr (emu)", "DC Moment Err Fixed Ctr (emu)"),
    MomentColumn("vsm", "Moment (emu)", "M. Std. Err. (emu)"),
    MomentColumn("acms", "M-DC (emu)", "M-Std.Dev. (emu)"),
    MomentColumn("long", "Long Moment (emu)", "Long Scan Std Dev"),
)
"""Labels as MultiVu writes them, the preferred first. ``Moment (emu)`` is empty where an MPMS3
measured by DC scans, so a column without numbers is never taken."""

_STILL = 2.0
"""K; a file whose temperature changes by less while its field is swept is one of M(H)."""


def proposed_columns(
    columns: Sequence[Column], where: str
) -> tuple[Mapping[str, str], tuple[Alert, ...]]:
    """Return the proposed roles of a file's columns.

    Parameters
    ----------
    columns : sequence of Column
        Those that hold a number.
    where : str
        File name.

    Returns
    -------
    roles : mapping of str to str
        Empty where temperature or moment is missing; no sigma where all its errors are zero.
    notices : tuple of Alert
        Errors that are all zero, a moment or a field in Oe that is missing, and cells of temperature,
        field and moment without a number.
    """
    by_name = {column.name: column for column in columns}
    pair = next((one for one in MOMENTS if one.moment in by_name), None)
    if pair is None or TEMPERATURE not in by_name:
        missing = TEMPERATURE if pair else "a moment (emu)"
        return {}, (alert_spec("READ-003").alert(where=where, text=f"no column of {missing}"),)
    roles = {"x": _swept(by_name), "y": pair.moment}
    field = next((name for name in FIELDS if name in by_name), None)
    said = [
        alert_spec("READ-002").alert(where=where, text=text)
        for name in (TEMPERATURE, field, pair.moment)
        if name is not None and (text := _gaps(by_name[name]))
    ]
    if field is None:
        said.append(alert_spec("READ-003").alert(where=where, text="no column of a field in Oe"))
    errors = by_name.get(pair.error)
    if errors is None:
        return roles, tuple(said)
    if np.nansum(np.abs(errors.values)) == 0.0:
        text = f"{pair.error} is zero in every row: the moments have no error"
        return roles, (*said, alert_spec("READ-003").alert(where=where, text=text))
    return {**roles, "sigma": pair.error}, tuple(said)


def _gaps(column: Column) -> str:
    gaps = int((~np.isfinite(column.values)).sum())
    return f"{column.name} holds no number in {gaps} of {column.values.size} rows" if gaps else ""


def _swept(by_name: Mapping[str, Column]) -> str:
    field = next((name for name in FIELDS if name in by_name), None)
    if field is None:
        return TEMPERATURE
    spread = np.ptp(by_name[TEMPERATURE].values[np.isfinite(by_name[TEMPERATURE].values)])
    fields = by_name[field].values[np.isfinite(by_name[field].values)]
    turned = fields.size > 1 and np.ptp(fields) > 0.05 * np.abs(fields).max()
    return field if spread < _STILL and turned else TEMPERATURE
