"""An outcome as the files of its results folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from spectrafit.errors import SpectrafitError
from spectrafit.files import safe_names, write_whole
from spectrafit.reporting.content import figure_files, report_document
from spectrafit.reporting.earlier import keep_earlier, put_back
from spectrafit.reporting.figures import figure_stems, write_figures
from spectrafit.reporting.html import html_text
from spectrafit.reporting.leftovers import ASIDE, remove_leftovers
from spectrafit.reporting.markdown import markdown_text
from spectrafit.reporting.methods import methods_of
from spectrafit.reporting.pages import fit_pages
from spectrafit.reporting.results import results_dict
from spectrafit.reporting.turn import turn
from spectrafit.reporting.written_methods import METHODS_FILES, written_methods
from spectrafit.reporting.written_tables import LATEX_FOLDER, TABLE_FILES, written_tables
from spectrafit.strict_json import lined_json_text
from spectrafit.study.outcome import Outcome

__all__ = ["FOLDERS", "NAMES", "write_report"]

RESULTS = "results.json"
NAMES = (RESULTS, "report.html", "report.md", *TABLE_FILES, *METHODS_FILES)
"""Files that a report may have in its folder."""
FOLDERS = ("figures", "fits", LATEX_FOLDER)
"""Folders that it may have there."""


def write_report(
    outcome: Outcome,
    folder: Path,
    *,
    written: str = "",
    jobs: int = 1,
    replacing: Collection[Path] = (),
    placed: Callable[[list[Path]], None] | None = None,
) -> list[Path]:
    """Write everything that came of a study into a folder.

    All files are written aside and moved into place once they are complete, ``results.json`` last:
    where it is there, the rest is. No reader ever meets a partial file, and where this fails or is
    stopped before, the earlier results are as they were. They move to the folder ``history``:
    nothing that was quoted is overwritten. Tables of parts that the study does not use are not
    written. Of two runs that write into one folder at once, one moves all its files before the other
    one does.

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
    replacing : collection of Path, optional
        What this returned for an earlier state of the same results, as of a study that is watched:
        these files are replaced, or removed where there is none of their name now, and nothing
        moves to ``history``.
    placed : callable, optional
        Called with the files once they are in their places, before another run may move them.

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
    results = results_dict(
        outcome, written or datetime.now(UTC).isoformat(timespec="seconds"), folder
    )
    with _aside(folder) as aside:
        files = _write_files(outcome, aside, lined_json_text(results) + "\n", jobs)
        with turn(folder):
            places = {file: folder / file.relative_to(aside) for file in files}
            with _earlier_kept(folder, places.values(), replacing):
                _move(places, folder, replacing)
            if placed is not None:
                placed(list(places.values()))
            remove_leftovers(folder)
    return list(places.values())


def _write_files(outcome: Outcome, folder: Path, results: str, jobs: int) -> list[Path]:
    """Write every file of an outcome into an empty folder, ``results.json`` with a text."""
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
    numbers = write_whole(folder / RESULTS, results)
    return [page, text, numbers, *tables, *methods, *figures, *fits, *pages]


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Hold an empty folder on the drive of a results folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = tempfile.TemporaryDirectory(dir=folder, prefix=ASIDE, ignore_cleanup_errors=True)
    except OSError as error:
        raise _not_written(error, folder) from error
    with aside as name:
        try:
            yield Path(name)
        except SpectrafitError as error:
            if not error.where.startswith(name):
                raise
            # the file that a user knows, not the one aside, which is gone when this is read
            where = str(folder / Path(error.where).relative_to(name))
            raise SpectrafitError(error.what, where=where, do=error.do, code=error.code) from error


@contextmanager
def _earlier_kept(
    folder: Path, new: Collection[Path], replacing: Collection[Path]
) -> Iterator[None]:
    """Move earlier results to history before a block, and back where it does not come to its end."""
    if replacing:
        yield
        return
    places = [folder / name for name in (*NAMES, *FOLDERS)]
    kept = keep_earlier(*places)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for path in new:
                path.unlink(missing_ok=True)
        for name in FOLDERS:
            with suppress(OSError):
                (folder / name).rmdir()
        if kept is not None:
            put_back(kept, places)
        raise


def _move(places: Mapping[Path, Path], folder: Path, replacing: Collection[Path]) -> None:
    try:
        for file in sorted(places, key=lambda file: file.name == RESULTS):
            places[file].parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, places[file])
        for old in set(replacing) - set(places.values()):
            old.unlink(missing_ok=True)
    except OSError as error:
        raise _not_written(error, folder) from error


def _not_written(error: OSError, folder: Path) -> SpectrafitError:
    return SpectrafitError(
        f"cannot be written: {error.strerror or error}",
        where=str(error.filename2 or folder),
        do="close it in other programs, free space, or choose another folder with --out",
        code="RUN-010",
    )


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
