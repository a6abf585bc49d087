"""The reader of elemental analyses: an element a line, or an element a column."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.encoding import decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit.table import says_simulated
from spectrafit_structure.composition.determinations import CALCULATED, SU
from spectrafit_structure.composition.readers.analysis_lines import (
    Labels,
    analysis_text,
    labels_of,
)
from spectrafit_structure.composition.readers.analysis_rows import Cells, found_cells, is_summary

__all__ = ["ElementalAnalysisReader", "elemental_analysis_reader"]


@dataclass(frozen=True)
class ElementalAnalysisReader:
    """The reader of a table of elements and found percentages."""

    name: str = "elemental-analysis"
    title: str = (
        "elemental analysis: element and found % in lines, or an element (C %, H %) a column"
    )
    extensions: tuple[str, ...] = (".csv", ".txt", ".tsv", ".dat")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.7 where labels name elements or an element column, 0.5 without labels, else 0.

        Parameters
        ----------
        path : Path
            Its name, for messages only.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        text = analysis_text(head_lines(head))
        labels = labels_of(text)
        if labels is None:
            return 0.0
        try:
            found = found_cells(text, labels, where=path.name)
        except ReadError:
            # what says that it is an analysis is one, also where a line of it is wrong
            return 0.7 if labels.sure else 0.0
        return 0.7 if labels.sure and found else 0.5 if found else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the analysis in a file.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            One: a column an element in the unit %, with ``C s.u.`` and ``C calculated`` where the
            file has them, a row a determination.

        Raises
        ------
        ReadError
            With file and line, where it is no analysis or a percentage cannot be.
        """
        return (self.recording(file_content(path), path),)

    def recording(self, content: bytes, path: Path) -> Recording:
        """Return the analysis in the bytes of a file.

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
            As `read`.
        """
        lines = decoded(content, path.name)
        text = analysis_text(lines.lines)
        labels = labels_of(text)
        found = {} if labels is None else found_cells(text, labels, where=path.name)
        if labels is None or not found:
            raise ReadError(
                "no table of elements and percentages",
                where=path.name,
                do="name the columns in a first line: element,found,su",
            )
        simulated = says_simulated(text.header)
        notices = lines.notices + _said(labels, path.name)
        if simulated:
            notices += (alert_spec("RUN-003").alert(where=path.name),)
        return Recording(
            path.name,
            _columns(found),
            text.header,
            source=file_source(path, content, simulated=simulated),
            notices=notices,
            reader=self.name,
        )


def _said(labels: Labels, name: str) -> tuple[Alert, ...]:
    """Return what of the table is left out."""
    words = []
    if labels.left_out:
        words.append(
            f"columns left out: {', '.join(each or '(no label)' for each in labels.left_out)}"
        )
    summaries = [str(row.number) for row in labels.rows if is_summary(row)]
    if summaries:
        words.append(f"lines left out, which sum others up: {', '.join(summaries)}")
    return tuple(alert_spec("READ-001").alert(where=name, text=each) for each in words)


def _columns(found: dict[str, Cells]) -> tuple[Column, ...]:
    count = max(len(cells.found) for cells in found.values())
    columns: list[Column] = []
    for element, cells in found.items():
        columns.append(Column(element, _padded([each.value for each in cells.found], count), "%"))
        su = [math.nan if each.su is None else each.su for each in cells.found]
        if not all(map(math.isnan, su)):
            columns.append(Column(element + SU, _padded(su, count), "%"))
        if cells.calculated:
            told = [cells.calculated[0]]
            columns.append(Column(element + CALCULATED, _padded(told, count), "%"))
    return tuple(columns)


def _padded(values: list[float], count: int) -> FloatArray:
    return np.array(values + [math.nan] * (count - len(values)))


elemental_analysis_reader = ElementalAnalysisReader()
