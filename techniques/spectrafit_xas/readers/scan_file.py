"""What the readers of beamline files share: columns become a recording, and say what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.table import axis_notices, says_simulated

__all__ = ["EDGES_EV", "ScanFile", "energy_name", "notice", "plain_number", "range_words"]

EDGES_EV = (50.0, 150_000.0)
"""All absorption edges that are measured lie between these."""

_ENERGY = re.compile(r"(?:mono\d*[ _.]?|enc[ _.]?)?energy(?:[ _.].*)?|e|absev", re.IGNORECASE)
_ENERGY_UNITS = frozenset({"1", "eV", "keV"})
_SHOWN = 8


def notice(where: str, text: str, code: str = "READ-001") -> Alert:
    """Return a notice of a reader.

    Parameters
    ----------
    where : str
        File, with a line where there is one.
    text : str
        What was noticed.
    code : str
        ``READ-001`` to note, ``READ-002`` to look at, ``READ-003`` for a missing role or unit.

    Returns
    -------
    Alert
    """
    return alert_spec(code).alert(where=where, text=text)


def plain_number(word: str) -> float:
    """Return the number that a word with a decimal point is, Fortran's exponents included.

    Parameters
    ----------
    word : str
        Without blanks around it, a number by `spectrafit.cell.is_number`.

    Returns
    -------
    float
        Infinite where it is too large.
    """
    return float(word.replace("D", "E").replace("d", "e"))


def energy_name(columns: Sequence[Column]) -> str:
    """Return the one column that is called an energy, or empty where none or several are.

    Parameters
    ----------
    columns : sequence of Column
        Of a scan.

    Returns
    -------
    str
        A column named plainly ``energy`` goes before ``energy_readback`` and the like.
    """
    plain = [column.name for column in columns if column.name.lower() == "energy"]
    named = [
        column.name
        for column in columns
        if _ENERGY.fullmatch(column.name) and column.unit in _ENERGY_UNITS
    ]
    for names in (plain, named):
        if len(names) == 1:
            return names[0]
    return ""


def range_words(axis: Column) -> str:
    """Return what speaks against the values of an energy axis, empty for nothing.

    Parameters
    ----------
    axis : Column
        Its values are in eV, or in a unit that the file does not name.

    Returns
    -------
    str
    """
    finite = axis.values[np.isfinite(axis.values)]
    if not finite.size or axis.unit not in ("eV", "1"):
        return ""
    low, high = float(finite.min()), float(finite.max())
    if high >= EDGES_EV[0] and low <= EDGES_EV[1]:
        return ""
    unit = "eV" if axis.unit == "eV" else "(no unit)"
    return f"{axis.name} runs from {low:g} to {high:g} {unit}, where no X-ray edge lies"


@dataclass(frozen=True)
class ScanFile:
    """A file whose scans become recordings.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        Its bytes, for the checksum.
    reader : str
        Name of the reader.
    notices : tuple of Alert
        Notices of the whole file.
    """

    path: Path
    content: bytes
    reader: str
    notices: tuple[Alert, ...] = ()

    @property
    def name(self) -> str:
        """File name, for messages."""
        return self.path.name

    def recording(
        self,
        columns: Sequence[Column],
        header: Mapping[str, str],
        *,
        scan: str = "",
        roles: Mapping[str, str] | None = None,
        conditions: Mapping[str, float | str] | None = None,
        notices: Sequence[Alert] = (),
    ) -> Recording:
        """Return one scan; gaps are told, its x is looked at, and a simulated one is marked.

        Parameters
        ----------
        columns : sequence of Column
            All of them.
        header : mapping of str to str
            Word for word.
        scan : str, optional
            Number or label where the file holds several.
        roles : mapping of str to str, optional
            Proposals.
        conditions : mapping, optional
            What the file states without doubt.
        notices : sequence of Alert, optional
            Of this scan.

        Returns
        -------
        Recording

        Raises
        ------
        ReadError
            When columns are not equally long or not named apart.
        """
        chosen = dict(roles or {})
        found = (*self.notices, *notices)
        if "x" in chosen:
            axis = next(column for column in columns if column.name == chosen["x"])
            found += axis_notices(axis, self.name)
            against = range_words(axis)
            found += (notice(self.name, against, "READ-003"),) if against else ()
        found += _gap_notices(columns, self.name)
        simulated = says_simulated(header)
        if simulated:
            found += (alert_spec("RUN-003").alert(where=self.name),)
        return Recording(
            f"{self.name}#{scan}" if scan else self.name,
            tuple(columns),
            header,
            chosen,
            dict(conditions or {}),
            file_source(self.path, self.content, simulated=simulated),
            found,
            self.reader,
        )


def _gap_notices(columns: Sequence[Column], where: str) -> tuple[Alert, ...]:
    counts = {one.name: int((~np.isfinite(one.values)).sum()) for one in columns}
    gaps = [f"{name} in {count}" for name, count in counts.items() if count]
    if not gaps:
        return ()
    rows = columns[0].values.size
    listed = ", ".join(gaps[:_SHOWN]) + (", ..." if len(gaps) > _SHOWN else "")
    return (notice(where, f"of {rows} rows no number stands for {listed}", "READ-002"),)
