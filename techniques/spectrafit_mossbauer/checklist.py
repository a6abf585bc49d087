"""What a reader needs to use a Mössbauer result: each item as it is on record, or how to give it.

The items follow the recommendations for reporting of IUPAC, Pure Appl. Chem. 45, 211 (1976), and of
F. Grandjean and G. J. Long, Chem. Mater. 33, 3878 (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import spectrafit
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.reporting_items import (
    ChecklistRow,
    analysis_rows,
    counts_row,
    experiment_rows,
    temperature_row,
    velocity_rows,
)
from spectrafit_mossbauer.settings import MossbauerSettings

if TYPE_CHECKING:
    import pandas

__all__ = ["CITED", "Checklist", "ChecklistRow", "checklist"]

CITED = ("iupac1976", "grandjean2021")
"""Keys of the recommendations that the items follow."""


@dataclass(frozen=True)
class Checklist:
    """All items, in the order of an experimental section.

    Parameters
    ----------
    rows : tuple of ChecklistRow
        Each item once.
    simulated : bool
        Whether the data say that they are simulated.
    """

    rows: tuple[ChecklistRow, ...]
    simulated: bool = False

    @property
    def missing(self) -> tuple[ChecklistRow, ...]:
        """Items that are not given."""
        return tuple(row for row in self.rows if not row.is_given)

    @property
    def sentence(self) -> str:
        """What is not given, for an alert; empty where all is."""
        return "; ".join(f"{row.item}: {row.do}" for row in self.missing)

    @property
    def columns(self) -> dict[str, list[str]]:
        """The rows by column: item, statement and where it is from."""
        return {
            "item": [row.item for row in self.rows],
            "statement": [row.text for row in self.rows],
            "from": [row.origin or "not given" for row in self.rows],
        }

    @property
    def lines(self) -> tuple[str, ...]:
        """The rows as text, one each."""
        return tuple(f"{row.item}: {row.text}" for row in self.rows)

    def row(self, item: str) -> ChecklistRow:
        """Return a row by its item.

        Parameters
        ----------
        item : str
            As in `rows`.

        Returns
        -------
        ChecklistRow

        Raises
        ------
        KeyError
            When there is no such item.
        """
        for one in self.rows:
            if one.item == item:
                return one
        raise KeyError(item)

    def to_frame(self) -> pandas.DataFrame:
        """Return the rows as a table.

        Returns
        -------
        pandas.DataFrame
            Its columns are those of `columns`.
        """
        from spectrafit.notebook import data_frame

        return data_frame(self.columns, {}, title="reporting checklist", simulated=self.simulated)

    def _repr_html_(self) -> str:
        from spectrafit.notebook import html_lines, html_table

        columns = self.columns
        rows = list(zip(*columns.values(), strict=True))
        head = html_lines("Reporting checklist", simulated=self.simulated)
        return head + html_table(tuple(columns), rows, most=len(rows))


def checklist(
    fits: Sequence[FittedSites],
    settings: MossbauerSettings,
    calibration: Calibration | None = None,
) -> Checklist:
    """Return the reporting checklist of a spectrum or a series.

    Parameters
    ----------
    fits : sequence of FittedSites
        One or more spectra.
    settings : MossbauerSettings
        What was declared.
    calibration : Calibration, optional
        Of the velocities; that of the first spectrum when left out.

    Returns
    -------
    Checklist
    """
    scale = calibration if calibration is not None else (fits[0].axis.calibration if fits else None)
    rows = (
        *experiment_rows(settings),
        temperature_row(fits),
        *velocity_rows(fits, scale),
        *analysis_rows(fits, settings),
        counts_row(fits),
        ChecklistRow("software", f"spectrafit-suite {spectrafit.__version__}", "program"),
    )
    return Checklist(rows, any(one.axis.spectrum.source.simulated for one in fits))
