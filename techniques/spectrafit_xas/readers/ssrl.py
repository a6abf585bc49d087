"""The reader of the ascii files of SSRL's XAS Data Collector.

Layout: banner, date, ``PTS: n COLS: m``, comments, ``Weights:``, ``Offsets:``, ``Data:``, a label
a line, rows. Offsets are counts a second: in a file of 2006 whose counters are whole numbers,
value + offset x clock is whole in every row, so this program had subtracted them already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.cell import is_number
from spectrafit.encoding import Text, decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.labels import unique_names
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit_xas.readers.detector_elements import with_element_sums
from spectrafit_xas.readers.scan_file import ScanFile, notice, plain_number

__all__ = ["SsrlReader", "ssrl_reader"]

_BANNER = re.compile(r"\s*SSRL\s+[- ]?\s*(?:Micro)?EXAFS Data Collector\b.*", re.IGNORECASE)
_BANNER_BYTES = re.compile(rb"\s*SSRL\s+[- ]?\s*(?:Micro)?EXAFS Data Collector", re.IGNORECASE)
_SIZE = re.compile(r"PTS:\s*(?P<rows>\d+)\s+COLS:\s*(?P<columns>\d+)")
_CLOCK = re.compile(r"real\s*time\s*clock", re.IGNORECASE)
_AXES = (re.compile(r"achieved\s*energy", re.I), re.compile(r"requested\s*energy", re.I))
_WHOLE = 0.02
_MOST = 0.9


@dataclass(frozen=True)
class _Parts:
    header: dict[str, str]
    weights: tuple[float, ...]
    offsets: tuple[float, ...]
    labels: tuple[str, ...]
    rows: FloatArray
    notices: tuple[Alert, ...]


def _parts(text: Text, where: str) -> _Parts:
    lines = [line.strip() for line in text.lines]
    size = next((m for line in lines[:6] if (m := _SIZE.search(line))), None)
    if size is None:
        raise ReadError("no line 'PTS: n COLS: m'", where=where, do="the file is damaged")
    count = int(size["columns"])
    if "Data:" not in lines:
        raise ReadError("no line 'Data:'", where=where, do="the file is damaged or cut off")
    data = lines.index("Data:")
    labels = tuple(lines[data + 1 : data + 1 + count])
    if len(labels) < count or not all(labels) or any(is_number(one.split()[0]) for one in labels):
        raise ReadError(
            f"not {count} labels below 'Data:'", where=f"{where}:{data + 1}", do="mend the header"
        )
    rows, notices = _rows(lines, data + 1 + count, count, where)
    expected = int(size["rows"])
    if len(rows) < expected:
        word = f"the header says {expected} points, {len(rows)} full rows are there: aborted sweep"
        notices += (notice(where, word, "READ-002"),)
    if len(rows) > expected:
        word = f"the header says {expected} points, {len(rows)} rows are there"
        notices += (notice(where, word, "READ-002"),)
    header = {"program": lines[0], "date": lines[1], "size": size[0]}
    before = lines[3 : next((i for i, w in enumerate(lines) if w == "Weights:"), data)]
    header["comments"] = "\n".join(line for line in before if line)
    detectors = sum(not _is_axis(label) for label in labels)
    weights = _numbers(lines, "Weights:", count, detectors, where)
    offsets = _numbers(lines, "Offsets:", count, detectors, where)
    for key, values in (("weights", weights), ("offsets", offsets)):
        header[key] = " ".join(f"{value:g}" for value in values)
    return _Parts(header, weights, offsets, labels, rows, notices)


def _is_axis(label: str) -> bool:
    return any(pattern.fullmatch(label) for pattern in (_CLOCK, *_AXES))


def _numbers(
    lines: Sequence[str], key: str, count: int, detectors: int, where: str
) -> tuple[float, ...]:
    """Return the numbers below a heading, one a column, or one a column behind clock and energy."""
    if key not in lines:
        raise ReadError(f"no line {key!r}", where=where, do="the file is damaged or cut off")
    words: list[str] = []
    for line in lines[lines.index(key) + 1 :]:
        if not line or not all(is_number(word, ".") for word in line.split()):
            break
        words += line.split()
    if len(words) == detectors:
        words = ["0"] * (count - detectors) + words
    if len(words) != count:
        raise ReadError(
            f"{len(words)} numbers below {key!r} for {count} columns",
            where=f"{where}:{lines.index(key) + 1}",
            do="mend the header",
        )
    values = tuple(plain_number(word) for word in words)
    if not all(np.isfinite(values)):
        raise ReadError(f"a number below {key!r} is too large", where=where, do="mend the header")
    return values


def _rows(
    lines: Sequence[str], start: int, count: int, where: str
) -> tuple[FloatArray, tuple[Alert, ...]]:
    """Return the full rows; a short last one is what an aborted sweep leaves."""
    found: list[list[float]] = []
    notices: tuple[Alert, ...] = ()
    filled = [(n, line) for n, line in enumerate(lines[start:], start + 1) if line]
    for place, (number, line) in enumerate(filled):
        words = line.split()
        plain = all(is_number(word, ".") for word in words)
        if len(words) < count and place == len(filled) - 1:
            text = f"the last row has {len(words)} of {count} numbers and is left out"
            notices = (notice(f"{where}:{number}", text, "READ-002"),)
            break
        if len(words) != count or not plain:
            raise ReadError(
                f"{len(words)} words where {count} numbers are expected",
                where=f"{where}:{number}",
                do="mend the row; a second sweep belongs into a file of its own",
            )
        found.append([plain_number(word) for word in words])
    if len(found) < 2:
        raise ReadError(f"full rows: {len(found)}", where=where, do="leave the file out")
    rows = np.array(found)
    if not np.isfinite(rows).all():
        raise ReadError("a number is too large", where=where, do="mend the row")
    return rows, notices


def _is_whole(values: FloatArray, slack: FloatArray) -> bool:
    near = np.abs(values - np.round(values)) <= slack
    return bool(near.mean() >= _MOST)


def _corrected(
    column: Column, offset: float, weight: float, clock: FloatArray | None, where: str
) -> tuple[Column, tuple[Alert, ...]]:
    """Return a column with its offset subtracted and its weight applied, unless that was done.

    A counter counts in whole numbers: what was done to it since, its decimals tell.
    """
    notices: tuple[Alert, ...] = ()
    values, steps = column.values, []
    if offset and clock is None:
        text = f"{column.name}: offset {offset:g} not subtracted, as no clock column is there"
        return column, (notice(where, text, "READ-002"),)
    if offset and clock is not None:
        # the clock is written to 0.001 s, the counters to single precision
        slack = _WHOLE + 6e-4 * abs(offset) + 1.2e-7 * np.abs(values)
        raw, undone = _is_whole(values, slack), _is_whole(values + offset * clock, slack)
        if undone and not raw:
            notices += (
                notice(where, f"{column.name}: its offset {offset:g} was subtracted before"),
            )
        elif raw and not undone:
            values = values - offset * clock
            steps.append(f"{column.name} - {offset:g} x clock")
        else:
            text = (
                f"{column.name}: whether its offset {offset:g} a second was subtracted before "
                "cannot be told: used as in the file"
            )
            notices += (notice(where, text, "READ-002"),)
    if weight not in (0.0, 1.0):
        slack = _WHOLE + 1.2e-7 * np.abs(values)
        if _is_whole(values / weight, slack / abs(weight)) and not _is_whole(values, slack):
            notices += (notice(where, f"{column.name}: its weight {weight:g} was applied before"),)
            weight = 1.0
    if weight != 1.0:
        values = weight * values
        steps.append(f"{weight:g} x ({steps[0] if steps else column.name})")
    if not steps:
        return column, notices
    made = steps[-1]
    return Column(column.name, values, column.unit, made), (
        *notices,
        notice(where, f"{column.name} = {made}"),
    )


def _columns(parts: _Parts, where: str) -> tuple[tuple[Column, ...], str, tuple[Alert, ...]]:
    names, double = unique_names(list(parts.labels), range(len(parts.labels)))
    notices: tuple[Alert, ...] = parts.notices
    if double:
        text = f"several columns are labelled {', '.join(double)}: renamed"
        notices += (notice(where, text, "READ-002"),)
    clock = next((j for j, name in enumerate(names) if _CLOCK.fullmatch(name)), None)
    times = None if clock is None else parts.rows[:, clock]
    axes = [
        next((j for j, name in enumerate(names) if pattern.fullmatch(name)), None)
        for pattern in _AXES
    ]
    columns = []
    for j, name in enumerate(names):
        column = Column(name, parts.rows[:, j], "eV" if j in axes else "s" if j == clock else "1")
        if j not in axes and j != clock:
            column, said = _corrected(column, parts.offsets[j], parts.weights[j], times, where)
            notices += said
        columns.append(column)
    known = [j for j in axes if j is not None and np.ptp(parts.rows[:, j]) > 0]
    x = names[known[0]] if known else ""
    if len(known) == 2:
        apart = float(np.abs(parts.rows[:, known[0]] - parts.rows[:, known[1]]).max())
        text = f"x is {x}; {names[known[1]]} differs by up to {apart:.3g} eV"
        notices += (notice(where, text),)
    if not known:
        notices += (notice(where, "no column is called an energy", "READ-003"),)
    return tuple(columns), x, notices


@dataclass(frozen=True)
class SsrlReader:
    """The reader of the ascii files of SSRL's XAS Data Collector."""

    name: str = "ssrl"
    title: str = "SSRL EXAFS Data Collector, ascii"
    extensions: tuple[str, ...] = (".dat", ".001")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1 where the file begins with the collector's banner, else 0.

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
        if lines:
            return 1.0 if _BANNER.match(lines[0]) else 0.0
        return 1.0 if _BANNER_BYTES.match(head) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one sweep of a file.

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
            When the file is binary, damaged, or of another format.
        """
        content = file_content(path)
        if not _BANNER_BYTES.match(content):
            raise ReadError(
                "no banner of the SSRL EXAFS Data Collector",
                where=path.name,
                do="read it with --reader columns",
            )
        if b"\0" in content:
            raise ReadError(
                "this is the binary form of an SSRL file",
                where=path.name,
                do="write it as ascii with XAS Collect or SIXPACK (or Athena's plugin SSRLB)",
            )
        text = decoded(content, path.name)
        parts = _parts(text, path.name)
        columns, x, notices = _columns(parts, path.name)
        columns, summed = with_element_sums(columns, path.name)
        file = ScanFile(path, content, self.name, text.notices)
        return (
            file.recording(
                columns,
                parts.header,
                roles={"x": x} if x else {},
                notices=(*notices, *summed),
            ),
        )


ssrl_reader = SsrlReader()
