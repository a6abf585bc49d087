"""A comparison of two results as JSON, and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from spectrafit.errors import SettingsError
from spectrafit.files import write_whole
from spectrafit.observable import Observable
from spectrafit.reporting.comparison import ResultsComparison
from spectrafit.reporting.comparison_tables import comparison_tables, values_table, verdict
from spectrafit.reporting.document import Document, Paragraph, Section
from spectrafit.strict_json import plain

__all__ = ["FORMATS", "comparison_json", "write_comparison"]

SCHEMA = 1
FORMATS = (".csv", ".html", ".md")


def comparison_json(
    comparison: ResultsComparison, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a comparison as plain JSON values.

    Parameters
    ----------
    comparison : ResultsComparison
        What was compared.
    before, after : mapping
        What is said of both sides: path, time, study.

    Returns
    -------
    dict
        Every value is listed, also those that agree.
    """
    return {
        "schema": SCHEMA,
        "before": dict(before),
        "after": dict(after),
        "agree": comparison.agree,
        "tolerance_in_sigma": comparison.tolerance,
        "settings": [plain(one) for one in comparison.settings],
        "files": [plain(one) for one in comparison.files],
        "versions": [plain(one) for one in comparison.versions],
        "values": [
            {
                one.name: _side(value)
                if isinstance(value := getattr(change, one.name), Observable)
                else plain(value)
                for one in fields(change)
            }
            for change in comparison.values
        ],
        "flags": [plain(one) for one in comparison.flags],
    }


def write_comparison(comparison: ResultsComparison, title: str, file: Path) -> Path:
    """Write a comparison in the format that the file's name ends with.

    Parameters
    ----------
    comparison : ResultsComparison
        What was compared.
    title : str
        Which two results.
    file : Path
        Ends with ``.md`` or ``.html`` (everything) or ``.csv`` (every value).

    Returns
    -------
    Path

    Raises
    ------
    SettingsError
        For another ending.
    SpectrafitError
        When the file cannot be written.
    """
    if file.suffix not in FORMATS:
        raise SettingsError(
            f"no comparison is written as {file.suffix or 'a file without an ending'}",
            where=str(file),
            do=f"end the name with {', '.join(FORMATS)}",
        )
    if file.suffix == ".csv":
        from spectrafit.reporting.table_csv import csv_text

        return write_whole(file, csv_text(values_table(comparison.values)))
    sections = tuple(Section(table.title, (table,)) for table in comparison_tables(comparison))
    document = Document(title, (Paragraph(verdict(comparison)),), sections)
    if file.suffix == ".md":
        from spectrafit.reporting.markdown import markdown_text

        return write_whole(file, markdown_text(document))
    from spectrafit.reporting.html import html_text

    return write_whole(file, html_text(document))


def _side(observable: Observable) -> dict[str, Any]:
    names = ("kind", "unit", "value", "sigma", "sigma_reason", "low", "high", "level", "shares")
    return {name: plain(getattr(observable, name)) for name in names}
