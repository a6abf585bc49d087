"""An outcome as the files of its results folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from spectrafit.files import safe_names, write_whole
from spectrafit.reporting.content import figure_files, report_document
from spectrafit.reporting.earlier import keep_earlier
from spectrafit.reporting.figures import figure_stems, write_figures
from spectrafit.reporting.html import html_text
from spectrafit.reporting.markdown import markdown_text
from spectrafit.reporting.methods import methods_of
from spectrafit.reporting.pages import fit_pages
from spectrafit.reporting.results import results_dict
from spectrafit.reporting.written_methods import METHODS_FILES, written_methods
from spectrafit.reporting.written_tables import LATEX_FOLDER, TABLE_FILES, written_tables
from spectrafit.strict_json import lined_json_text
from spectrafit.study.outcome import Outcome

__all__ = ["write_report"]

FOLDERS = ("figures", "fits", LATEX_FOLDER)


def write_report(outcome: Outcome, folder: Path, *, written: str = "", jobs: int = 1) -> list[Path]:
    """Write everything that came of a study into a folder.

    Earlier results move to its folder ``history`` first: nothing that was quoted is overwritten.
    Figures and fits come first and ``results.json`` last: where it is there, the rest is. Every
    file is written aside and renamed, so none is ever partial. Tables of parts that the study
    does not use are not written.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.
    folder : Path
        Results folder; made where it is not there.
    written : str
        Time of writing in ISO 8601; now when empty.
    jobs : int
        Number of processes that draw figures; the files do not depend on it.

    Returns
    -------
    list of Path
        The files written, ``report.html`` first.

    Raises
    ------
    SpectrafitError
        When a file cannot be written.
    SettingsError
        For a figure format that does not exist.
    """
    names = ("results.json", "report.html", "report.md", *TABLE_FILES, *METHODS_FILES)
    keep_earlier(*(folder / name for name in (*names, *FOLDERS)))
    written = written or datetime.now(UTC).isoformat(timespec="seconds")
    stems = figure_stems(outcome)
    figures = write_figures(
        outcome, folder / "figures", outcome.study.report.formats, stems=stems, jobs=jobs
    )
    fits = _write_fits(outcome, folder / "fits")
    tables = written_tables(outcome, folder)
    found = methods_of(outcome)
    methods = written_methods(found, folder)
    document = report_document(outcome, stems, found)
    drawings = {
        path.stem: path.read_text(encoding="utf-8") for path in figures if path.suffix == ".svg"
    }
    pages = [
        write_whole(folder / one.file, html_text(one.document))
        for one in fit_pages(outcome, stems, figure_files(outcome, stems))
    ]
    page = write_whole(folder / "report.html", html_text(document, drawings))
    text = write_whole(folder / "report.md", markdown_text(document))
    results = write_whole(
        folder / "results.json", lined_json_text(results_dict(outcome, written, folder)) + "\n"
    )
    return [page, text, results, *tables, *methods, *figures, *fits, *pages]


def _write_fits(outcome: Outcome, folder: Path) -> list[Path]:
    fits = [
        (result.label, result.observables.fit)
        for result in outcome.done
        if result.observables is not None and result.observables.fit is not None
    ]
    names = safe_names(label for label, _ in fits)
    return [
        write_whole(folder / f"{name}.json", fit.to_json() + "\n")
        for name, (_, fit) in zip(names, fits, strict=True)
    ]
