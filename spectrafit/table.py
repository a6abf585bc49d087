"""Delimited text, read once for all techniques: header, labels, units and numbers of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spectrafit.alert import Alert, alert_spec
from spectrafit.cell import is_row
from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source, frozen_mapping
from spectrafit.labels import block_labels, header_entry
from spectrafit.layout import is_comment, text_layout
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray

__all__ = [
    "ColumnsReader",
    "Table",
    "axis_notices",
    "header_mapping",
    "reader",
    "says_simulated",
    "text_table",
]

_SIMULATED = re.compile(r"(?<!\bnot )(?<!\bno )\bsimulated data\b", re.IGNORECASE)
_JCAMP = re.compile(r"\s*##\s*(?:TITLE|JCAMP)", re.IGNORECASE)
_DENIED = frozenset({"no", "false", "0", "none", "not"})
_ONE_WAY = 0.9


@dataclass(frozen=True, eq=False)
class Table:
    """What a text file with columns of numbers holds.

    Parameters
    ----------
    columns : tuple of Column
        Named, with units, in the file's order; not a number where a cell holds none.
    header : mapping of str to str
        ``key: value`` and ``key = value`` lines word for word; all other lines of words are
        under ``"comments"``. Values of a key that comes again stand on lines of their own.
    lines : ndarray of int, shape (n,)
        The line of the file that each row stands in, counted from 1.
    width : int
        Number of columns in the file, those of text included.
    labelled : bool
        Whether the file names its columns.
    misfit : bool
        Whether a line seems to name them and does not fit.
    simulated : bool
        Whether the file says that it is simulated.
    notices : tuple of Alert
        Everything that was not plain.
    """

    columns: tuple[Column, ...]
    header: Mapping[str, str]
    lines: NDArray[np.int64]
    width: int
    labelled: bool
    misfit: bool
    simulated: bool
    notices: tuple[Alert, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the file's order."""
        return tuple(column.name for column in self.columns)

    @property
    def values(self) -> FloatArray:
        """The numbers, shape (n, k)."""
        return np.stack([column.values for column in self.columns], axis=1)


def text_table(content: bytes, where: str) -> Table:
    """Return the table in the bytes of a text file.

    Read are UTF-8, UTF-16 and cp1252; tab, semicolon, comma or blanks between the columns;
    decimal points and commas; labels in the last line above the rows, marked as a comment or not.
    Text that could give two different tables is refused.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.

    Returns
    -------
    Table

    Raises
    ------
    ReadError
        When there is no table, more than one, or one that cannot be read without doubt.
    """
    text = decoded(content, where)
    if _JCAMP.match(text.lines[0]):
        raise ReadError(
            "this is JCAMP-DX, whose rows are not columns",
            where=where,
            do="read it with a reader of JCAMP-DX, or export it as columns",
        )
    layout = text_layout(text, where)
    labels = block_labels(layout.above, layout.block, where)
    values = layout.block.values
    if not labels.positions or values.size == 1:
        raise ReadError(
            "no table of numbers", where=where, do="name the reader that knows the format"
        )
    header = header_mapping(
        line.text for line in layout.others if line.line not in labels.lines and not line.is_rule
    )
    simulated = says_simulated(header)
    notices = layout.notices + labels.notices
    if simulated:
        notices += (alert_spec("RUN-003").alert(where=where),)
    columns = tuple(
        Column(name, values[:, j], unit)
        for name, unit, j in zip(labels.names, labels.units, labels.positions, strict=True)
    )
    width = values.shape[1] - len(layout.block.empty)
    return Table(
        columns,
        header,
        layout.block.lines,
        width,
        bool(labels.lines),
        labels.misfit,
        simulated,
        notices,
    )


def header_mapping(lines: Iterable[str]) -> Mapping[str, str]:
    """Return header lines as a mapping, word for word.

    Parameters
    ----------
    lines : iterable of str
        Without comment marks.

    Returns
    -------
    mapping of str to str
        Lines that are no ``key: value`` are under ``"comments"``.
    """
    entries: dict[str, list[str]] = {}
    for text in lines:
        key, value = header_entry(text) or ("comments", text.strip())
        entries.setdefault(key, []).append(value)
    return frozen_mapping({key: "\n".join(values) for key, values in entries.items()})


def says_simulated(header: Mapping[str, str]) -> bool:
    """Return whether a header says that the data are simulated.

    Parameters
    ----------
    header : mapping of str to str
        By key.

    Returns
    -------
    bool
        True for a key that ends with "simulated" (unless its value denies it), or the words
        "simulated data" anywhere.
    """
    for key, value in header.items():
        if re.fullmatch(r"(?:.*\W)?simulated", key, re.IGNORECASE):
            return value.strip().lower() not in _DENIED
        if _SIMULATED.search(f"{key}: {value}"):
            return True
    return False


def axis_notices(column: Column, where: str) -> tuple[Alert, ...]:
    """Return notices of an axis that falls, runs back, stands still or has gaps.

    Parameters
    ----------
    column : Column
        The proposed x.
    where : str
        File name.

    Returns
    -------
    tuple of Alert
        The recording keeps the file's order; its spectrum is sorted, equal x averaged.
    """
    values = column.values[np.isfinite(column.values)]
    steps = np.diff(values)
    back, still = int((steps < 0).sum()), int(values.size - np.unique(values).size)
    words = []
    if steps.size and back == steps.size:
        words.append("falls from row to row")
    elif back:
        words.append(f"runs back at {back} of {steps.size} rows")
    if still:
        words.append(f"repeats {still} earlier value{'' if still == 1 else 's'}")
    if not words:
        return ()
    text = f"{column.name} {' and '.join(words)}; its spectrum is sorted, equal x averaged"
    return (alert_spec("READ-001").alert(where=where, text=text),)


def proposed_roles(table: Table) -> Mapping[str, str]:
    """Return x and y of a file of two columns: x is called so, or comes first and runs one way.

    Parameters
    ----------
    table : Table
        Any table.

    Returns
    -------
    mapping of str to str
        Column names by role; empty where the choice is the technique's or the user's.
    """
    if table.misfit or not len(table.columns) == table.width == 2:
        return {}
    if table.names[1].lower() == "x":
        return {"x": table.names[1], "y": table.names[0]}
    steps = np.diff(table.columns[0].values)
    steps = steps[np.isfinite(steps) & (steps != 0)]
    if steps.size == 0 or max((steps > 0).mean(), (steps < 0).mean()) < _ONE_WAY:
        return {}
    return {"x": table.names[0], "y": table.names[1]}


@dataclass(frozen=True)
class ColumnsReader:
    """The reader of any text with columns of numbers."""

    name: str = "columns"
    title: str = "text with columns of numbers: blanks, tabs, semicolons or commas between them"
    extensions: tuple[str, ...] = (".dat", ".txt", ".csv", ".tsv", ".xy", ".mu", ".xmu", ".asc")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.3 where the head shows rows of numbers, 0.2 for comments only, else 0.

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
        lines = [line for line in head_lines(head) if line.strip()]
        if not lines or lines[0].lstrip().startswith(("##", "{", "<")):
            return 0.0
        if any(is_row(line) for line in lines if not is_comment(line)):
            return 0.3
        return 0.2 if all(map(is_comment, lines)) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one recording of a file.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            When the file is refused.
        """
        return (self.recording(file_content(path), path),)

    def recording(self, content: bytes, path: Path) -> Recording:
        """Return the recording in the bytes of a file.

        Parameters
        ----------
        content : bytes
            The whole file.
        path : Path
            Names it; need not be there.

        Returns
        -------
        Recording

        Raises
        ------
        ReadError
            When the file is refused.
        """
        table = text_table(content, path.name)
        roles = proposed_roles(table)
        return Recording(
            path.name,
            table.columns,
            table.header,
            roles,
            source=file_source(path, content, simulated=table.simulated),
            notices=table.notices + (axis_notices(table.columns[0], path.name) if roles else ()),
            reader=self.name,
        )


reader = ColumnsReader()
