"""The reader of electrometer logs: labelled columns of time, temperature and current."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.encoding import file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.size_limits import require_lines
from spectrafit.spectrum import FloatArray
from spectrafit.table import Table, text_table
from spectrafit.units import converted
from spectrafit_pyro.log import CurrentLog
from spectrafit_pyro.readers.log_labels import ROLES, Label, label_of, splits
from spectrafit_pyro.readers.reading_cells import Readings, bare_readings

__all__ = ["CurrentLogReader", "current_log_reader", "log_of"]

_BASE: Mapping[str, str] = {"time": "s", "temperature": "K", "current": "ampere"}
_ASK: Mapping[str, str] = {
    "time": "Time (s)",
    "temperature": "Temperature (K)",
    "current": "Current (A)",
}
_UNREAD = re.compile(r"not read as units?: (.*)")
_LETTER = re.compile(r"[^\W\d_]")
_MOST_MISSING = 0.05  # share of rows; more is a fault of the file, not of single readings
_LARGEST_CURRENT = 0.1  # A; no electrometer reads more, so pA were taken for A
_SMALLEST_CURRENT = 1e-17  # A; no electrometer resolves less, so A were taken for pA


@dataclass(frozen=True)
class CurrentLogReader:
    """The reader of tables with labelled time, temperature and current."""

    name: str = "pyro-log"
    title: str = "pyroelectric log: labelled columns of time, temperature and current with units"
    extensions: tuple[str, ...] = (".csv", ".dat", ".txt", ".tsv")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.7 where a line labels time, temperature and current, else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        lines = head_lines(head)
        # magnetometers label the same columns, in a file of sections
        if any(line.lstrip().startswith(("[Header]", "[Data]")) for line in lines):
            return 0.0
        labels = (line for line in lines if _LETTER.search(line))
        roles = ({label_of(cell).role for cell in splits(line)} for line in labels)
        return 0.7 if any(found >= set(ROLES) for found in roles) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one log of a file.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            Columns ``time`` (s), ``temperature`` (K) and ``current`` (ampere) first.

        Raises
        ------
        ReadError
            With file, line and column, where a column or its unit is not told, numbers of more
            than one row in twenty are missing, a temperature is not in K, or the time does not
            rise.
        """
        return self.recordings(file_content(path), path)

    def recordings(self, content: bytes, path: Path) -> tuple[Recording, ...]:
        """Return the one log in the bytes of a file.

        Parameters
        ----------
        content : bytes
            The whole file.
        path : Path
            Names it; need not be there.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            As `read`.
        """
        require_lines(content, where=path.name)
        readings = bare_readings(content)
        table = text_table(readings.content, path.name)
        chosen = _chosen(table, readings, path.name)
        said = _said(table, chosen)
        table, chosen, dropped = _complete(table, chosen, readings, path.name)
        said += dropped
        columns = []
        for role in ROLES:
            column, label = chosen[role]
            values = converted(column.values, label.unit, _BASE[role])
            _check(role, values, label, table, path.name)
            if label.unit != _BASE[role]:
                text = f"{column.name}: {label.unit} made {_BASE[role]}"
                said.append(_notice(path.name, text))
            made_from = "" if label.unit == _BASE[role] else f"{column.name} in {label.unit}"
            columns.append(Column(role, values, _BASE[role], made_from))
        taken = {column.name for column, _ in chosen.values()} | set(ROLES)
        others = [column for column in table.columns if column.name not in taken]
        recording = Recording(
            path.name,
            (*columns, *others),
            table.header,
            {"x": "time", "y": "current"},
            source=file_source(path, content, simulated=table.simulated),
            notices=tuple(said),
            reader=self.name,
        )
        return (recording,)


def log_of(recording: Recording) -> CurrentLog:
    """Return the log in a recording of this reader.

    Parameters
    ----------
    recording : Recording
        With columns ``time`` (s), ``temperature`` (K) and ``current`` (ampere).

    Returns
    -------
    CurrentLog

    Raises
    ------
    SettingsError
        When a column is missing.
    """
    columns = (recording.column(role) for role in ROLES)
    time, temperature, current = (
        converted(column.values, column.unit, _BASE[role])
        for role, column in zip(ROLES, columns, strict=True)
    )
    return CurrentLog(time, temperature, current, recording.name)


def _notice(where: str, text: str) -> Alert:
    return alert_spec("READ-001").alert(where=where, text=text)


def _said(table: Table, chosen: Mapping[str, tuple[Column, Label]]) -> list[Alert]:
    """Return the notices of the table, without units that the labels of a log do tell."""
    understood = {column.name for column, _ in chosen.values()}
    words = {"A", "C", "sec", "secs"}
    doubts = [_UNREAD.fullmatch(notice.text) for notice in table.notices]
    known = understood == set(table.names)
    return [
        notice
        for notice, doubt in zip(table.notices, doubts, strict=True)
        if not (known and doubt and set(doubt[1].split(", ")) <= words)
    ]


def _complete(
    table: Table, chosen: dict[str, tuple[Column, Label]], readings: Readings, where: str
) -> tuple[Table, dict[str, tuple[Column, Label]], list[Alert]]:
    """Return a table without the rows that lack a number, and how many these are."""
    missing = {role: ~np.isfinite(column.values) for role, (column, _) in chosen.items()}
    bad = np.logical_or.reduce(list(missing.values()))
    if not bad.any():
        return table, chosen, []
    counts = ", ".join(
        f"{int(rows.sum())} without {role}" for role, rows in missing.items() if rows.any()
    )
    status = ", ".join(f"{n} of status {letter}" for letter, n in sorted(readings.abnormal.items()))
    words = f"{counts} ({status})" if status else counts
    first = int(np.flatnonzero(bad)[0])
    if bad.mean() > _MOST_MISSING:
        raise ReadError(
            f"{int(bad.sum())} of {bad.size} rows lack a number: {words}",
            where=f"{where}:{int(table.lines[first])}",
            do="mend the file, or export it again",
        )
    keep = ~bad
    kept = {column.name: replace(column, values=column.values[keep]) for column in table.columns}
    rest = replace(table, columns=tuple(kept.values()), lines=table.lines[keep])
    note = _notice(
        f"{where}:{int(table.lines[first])}",
        f"{int(bad.sum())} of {bad.size} rows left out: {words}",
    )
    return (
        rest,
        {role: (kept[column.name], label) for role, (column, label) in chosen.items()},
        [note],
    )


def _chosen(table: Table, readings: Readings, where: str) -> dict[str, tuple[Column, Label]]:
    """Return the column of each role with its label, refusing what is not told."""
    place = f"{where}:{int(table.lines[0])}"
    if not table.labelled or table.misfit:
        raise ReadError(
            "no line names the columns, so neither current nor unit is told",
            where=place,
            do=f"write {', '.join(_ASK.values())} above the numbers",
        )
    labels = [(column, label_of(column.name, column.unit)) for column in table.columns]
    chosen = {}
    for role in ROLES:
        found = [(column, label) for column, label in labels if label.role == role]
        if len(found) > 1:
            found = [one for one in found if "sample" in one[0].name.lower()] or found
        if len(found) != 1:
            what = ", ".join(column.name for column, _ in found) or ", ".join(table.names)
            raise ReadError(
                f"{'which column is' if found else 'no column of'} {role}: {what}",
                where=place,
                do=f"label one column {_ASK[role]}",
            )
        column, label = found[0]
        if role in readings.told:
            if label.unit not in ("", _BASE[role]):
                raise ReadError(
                    f"the label of {column.name!r} says {label.unit}, its cells say {_BASE[role]}",
                    where=place,
                    do="mend the label",
                )
            label = replace(label, unit=_BASE[role])
        if not label.unit:
            raise ReadError(
                f"the unit of {column.name!r} is not told",
                where=place,
                do=f"write it into the label, as in {_ASK[role]}",
            )
        chosen[role] = column, label
    return chosen


def _check(role: str, values: FloatArray, label: Label, table: Table, where: str) -> None:
    """Refuse numbers that cannot be, with the line of the first."""
    if role == "temperature":
        bad, what = values <= 0.0, f"a temperature below 0 K (unit {label.unit})"
        do = "label the column with the unit it is in, K or degC"
    elif role == "time":
        bad, what = np.concatenate([[False], np.diff(values) <= 0.0]), "the time does not rise"
        do = "give each run a file of its own, in the order of measurement"
    else:
        bad = np.abs(values) > _LARGEST_CURRENT
        what, do = f"a current above {_LARGEST_CURRENT:g} A", "check the unit in the label"
    rows = np.flatnonzero(bad)
    if (
        role == "current"
        and values.size
        and not rows.size
        and np.abs(values).max() < _SMALLEST_CURRENT
    ):
        raise ReadError(
            f"no current above {_SMALLEST_CURRENT:g} A (unit {label.unit})",
            where=f"{where}:{int(table.lines[0])}",
            do="check the unit in the label: no electrometer resolves so little",
        )
    if rows.size:
        more = f" ({rows.size} rows)" if rows.size > 1 else ""
        raise ReadError(f"{what}{more}", where=f"{where}:{int(table.lines[rows[0]])}", do=do)


current_log_reader = CurrentLogReader()
