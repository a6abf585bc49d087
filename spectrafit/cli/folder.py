"""The study that `spectrafit run FOLDER` runs: the folder's own, an earlier draft, or a new one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from spectrafit.cli.console import typed, writable_folder
from spectrafit.cli.init import draft_code, draft_lines, drafted
from spectrafit.text import printable

__all__ = ["FolderStudy", "folder_study"]

STUDY = "study.toml"


@dataclass(frozen=True)
class FolderStudy:
    """A study of a folder, and where its results go.

    Parameters
    ----------
    file : Path
        The study.
    out : Path or None
        Results folder; None for that of the study's name.
    code : int
        1 where files that may be scans were left out of a draft.
    """

    file: Path
    out: Path | None
    code: int = 0


def folder_study(folder: Path, out: Path | None, jobs: int) -> FolderStudy:
    """Return the study of a folder; a new draft is written into the results folder.

    A draft that is there is used as long as the files below the folder are the same; one that the
    user has changed is always used. A draft that another takes the place of moves to ``history``.

    Parameters
    ----------
    folder : Path
        A folder of files; one that holds a ``study.toml`` runs that.
    out : Path or None
        Results folder; ``./NAME-results`` when None.
    jobs : int
        Processes that read.

    Returns
    -------
    FolderStudy

    Raises
    ------
    SpectrafitError
        When no technique wants any file, or nothing can be written.
    """
    from spectrafit.files import write_whole
    from spectrafit.reporting.earlier import keep_earlier
    from spectrafit.study.draft_text import study_name

    own = folder / STUDY
    if own.is_file():
        click.echo(printable(f"{folder} holds a study, which is run: {own}"))
        return FolderStudy(own, out)
    line = ["spectrafit", "run", str(folder)]
    results = writable_folder(out or Path(f"{study_name(folder)}-results"), line)
    file = results / STUDY
    if file.is_file() and (earlier := _still_good(folder, file, results)):
        return earlier
    run_line = typed([*line, "--out", str(out)] if out else line)
    made = drafted(folder, file, jobs, run_line, besides=results)
    kept = keep_earlier(file)
    write_whole(file, made.text)
    for text in draft_lines(made):
        click.echo(printable(text))
    click.echo(printable(f"its study, to change: {file}"))
    if kept is not None:
        click.echo(printable(f"the files have changed; the earlier study is in {kept}"))
    click.echo("")
    return FolderStudy(file, results, draft_code(made))


def _still_good(folder: Path, file: Path, results: Path) -> FolderStudy | None:
    """Return the study that is there, or None where a new draft is to take its place."""
    from spectrafit.study.listing import fingerprint, listing
    from spectrafit.study.stamp import stamp_of
    from spectrafit.study.toml_text import text_of

    text, _ = text_of(file)
    stamp = stamp_of(text)
    if stamp is None:
        click.echo(printable(f"the study in the results is run: {file}"))
        return FolderStudy(file, results)
    same = stamp.files == fingerprint(listing(folder, besides=results))
    if stamp.edited:
        click.echo(printable(f"your study is run: {file}"))
        if not same:
            line = typed(["spectrafit", "init", folder, "--out", "NEW.toml"])
            click.echo(
                printable(
                    f"files below {folder} have changed since it was drafted: those that its "
                    f"globs do not match are not fitted; a new draft to compare: {line}"
                )
            )
        return FolderStudy(file, results)
    if not same:
        return None
    lost = f"; scans left out: {stamp.lost}, with why at its end" if stamp.lost else ""
    click.echo(printable(f"the files are the same, the earlier draft is run: {file}{lost}"))
    return FolderStudy(file, results, 1 if stamp.lost else 0)
