"""The tables of a results folder: CSV and xlsx for a spreadsheet, LaTeX for a paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from spectrafit.files import safe_names, write_whole
from spectrafit.reporting.alerts import alert_counts, alerts_table
from spectrafit.reporting.compared_spectra import comparisons_table
from spectrafit.reporting.observed import fits_table, observables_table, truth_table
from spectrafit.reporting.state_tables import evidence_table, populations_table
from spectrafit.reporting.summary import summary_tables
from spectrafit.reporting.table_csv import csv_text
from spectrafit.reporting.table_latex import latex_table
from spectrafit.reporting.table_xlsx import MISSING_OPENPYXL, can_write_xlsx, write_xlsx
from spectrafit.reporting.tables import Table
from spectrafit.reporting.whole_series import series_table
from spectrafit.study.outcome import Outcome

__all__ = [
    "LATEX_FOLDER",
    "TABLE_FILES",
    "lacks_workbook",
    "missing_workbook",
    "written_tables",
]

LATEX_FOLDER = "tables"
WORKBOOK = "fits.xlsx"
TABLE_FILES = (
    *(
        f"{name}.csv"
        for name in (
            "observables",
            "populations",
            "evidence",
            "fits",
            "alerts",
            "truth",
            "series",
            "comparisons",
        )
    ),
    WORKBOOK,
)
"""Names that the tables of a study may have in its results folder."""


def written_tables(outcome: Outcome, folder: Path) -> list[Path]:
    """Write the tables of a study; one without rows is not written.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.
    folder : Path
        Results folder.

    Returns
    -------
    list of Path
        CSV files, the workbook ``fits.xlsx`` where openpyxl is installed, and the LaTeX tables in
        the folder ``tables``.

    Raises
    ------
    SpectrafitError
        When a file cannot be written.
    """
    fits, truth = fits_table(outcome), truth_table(outcome)
    every = (
        observables_table(outcome),
        populations_table(outcome),
        evidence_table(outcome),
        fits,
        alerts_table(outcome),
        truth,
        series_table(outcome),
        comparisons_table(outcome),
    )
    sheets = [table for table in every if table.rows]
    paths = [write_whole(folder / f"{table.name}.csv", csv_text(table)) for table in sheets]
    if fits.rows and can_write_xlsx():
        paths.append(write_xlsx([fits], folder / WORKBOOK, _about(outcome)))
    printed = [
        table for table in (*summary_tables(outcome), alert_counts(outcome), truth) if table.rows
    ]
    names = safe_names(table.name for table in printed)
    return paths + [
        write_whole(folder / LATEX_FOLDER / f"{name}.tex", latex_table(_marked(outcome, table)))
        for name, table in zip(names, printed, strict=True)
    ]


def missing_workbook(outcome: Outcome) -> str:
    """Return why the workbook of a study is not written, in one line with the line to type.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    str
        Empty where it is written or there is nothing to write.
    """
    return "" if can_write_xlsx() or not outcome.results else f"{WORKBOOK} {MISSING_OPENPYXL}"


def lacks_workbook(outcome: Outcome, folder: Path) -> bool:
    """Return whether a results folder has no workbook, and one can be written by now.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.
    folder : Path
        Results folder.

    Returns
    -------
    bool
    """
    return bool(outcome.results) and can_write_xlsx() and not (folder / WORKBOOK).is_file()


def _about(outcome: Outcome) -> dict[str, str]:
    head = outcome.study.study
    about = {"study": f"{head.name}: {head.title}" if head.title else head.name}
    about |= outcome.versions
    if outcome.simulated:
        about["simulated"] = "yes: at least one input file says that it is simulated"
    return about


def _marked(outcome: Outcome, table: Table) -> Table:
    if not outcome.simulated:
        return table
    return replace(table, note=f"Simulated data. {table.note}".rstrip())
