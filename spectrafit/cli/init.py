"""`spectrafit init`: a folder of files becomes a commented study."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spectrafit.cli.console import processors, typed, writable_folder
from spectrafit.cli.run import progress_bar
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.text import one_line, printable

if TYPE_CHECKING:
    from spectrafit.study.draft import DraftedMeasurement
    from spectrafit.study.draft_text import Draft

__all__ = ["draft_code", "draft_lines", "drafted", "init"]

MOST_REASONS = 8
MOST_NAMES = 4
WIDEST = 160


@click.command(
    short_help="Write a first study from a folder of files.",
    epilog="Example: spectrafit init scans",
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Study file [FOLDER/study.toml].")
@click.option("--jobs", type=click.IntRange(1), help="Processes [all processors].")
def init(folder: Path, out: Path | None, jobs: int | None) -> int:
    """Write a commented study from the files below FOLDER.

    Files are sorted by technique, element, role and folder; what must be given stands in lines
    "# missing:", what is left out at the end, with the reason. Nothing is overwritten.
    """
    from spectrafit.files import write_whole

    file = _study_file(folder, out)
    if file.exists():
        others = typed(["spectrafit", "init", folder, "--out", "OTHER.toml"])
        raise SettingsError(
            "there is a study already, it is not overwritten",
            where=str(file),
            do=f"type: {typed(['spectrafit', 'run', file])}; for another draft: {others}",
        )
    made = drafted(folder, file, jobs or processors(), typed(["spectrafit", "run", file]))
    write_whole(file, made.text)
    for line in draft_lines(made):
        click.echo(printable(line))
    click.echo(f"next: {typed(['spectrafit', 'run', file])}")
    click.echo(str(file))
    return draft_code(made)


def _study_file(folder: Path, out: Path | None) -> Path:
    """Return where the study goes: into the folder, or beside where it cannot be written."""
    from spectrafit.study.draft_text import study_name

    if out is not None:
        file = out / "study.toml" if out.is_dir() else out
        writable_folder(file.parent)
        return file
    if not folder.is_dir():
        _refuse(folder)
    try:
        writable_folder(folder)
        return folder / "study.toml"
    except SpectrafitError as error:
        file = Path(f"{study_name(folder)}-study.toml")
        click.echo(printable(f"{folder}: {error.what}; the study goes to {file}"), err=True)
        return file


def _refuse(folder: Path) -> None:
    if folder.exists():
        line = typed(["spectrafit", "fit", "TECHNIQUE", folder])
        raise SettingsError("this is a file", where=str(folder), do=f"type: {line}")
    raise SettingsError("there is no such folder", where=str(folder), do="check the path")


def drafted(
    folder: Path, file: Path, jobs: int, run_line: str, *, besides: Path | None = None
) -> Draft:
    """Return a first study of a folder, with a progress bar; nothing is written.

    Parameters
    ----------
    folder : Path
        Where the files are.
    file : Path
        Where the study is meant to be.
    jobs : int
        Processes.
    run_line : str
        What to type to run it.
    besides : Path, optional
        Folder of results, which is passed over.

    Returns
    -------
    Draft

    Raises
    ------
    SettingsError
        When there is no such folder, or no technique wants any file.
    """
    from spectrafit.study.draft_text import study_draft
    from spectrafit.study.survey import survey

    if not folder.is_dir():
        _refuse(folder)
    # what a plugin prints must not come between the words of an answer
    with progress_bar("reading") as show, redirect_stdout(sys.stderr):
        found = survey(folder, besides=besides, jobs=jobs, progress=show)
        return study_draft(found, file, run_line)


def draft_code(made: Draft) -> int:
    """Return 1 where files that may be scans are left out, else 0.

    Parameters
    ----------
    made : Draft
        A first study.

    Returns
    -------
    int
    """
    from spectrafit.study.draft_text import lost_scans

    return 1 if lost_scans(made.survey, made.measurements) else 0


def draft_lines(made: Draft) -> Iterator[str]:
    """Give what is printed of a first study: measurements, what is missing, what is left out.

    Parameters
    ----------
    made : Draft
        A first study.

    Yields
    ------
    str
    """
    from spectrafit.study.draft import by_reason, short_names

    found = made.survey
    yield f"{len(found.listed.files)} files below {found.folder}"
    longest = max(len(each.name) for each in made.measurements)
    widest = max(len(str(len(each.group.files))) for each in made.measurements)
    for each in made.measurements:
        count = len(each.group.files)
        noun = "file" if count == 1 else "files"
        words = f"{count:{widest}} {noun:5}  {_words(each)}"
        yield f"  {one_line(each.name):{longest}}  {words}".rstrip()
    reasons = by_reason(found.left_out)
    for why, part in list(reasons.items())[:MOST_REASONS]:
        names = short_names([one.file for one in part], MOST_NAMES)
        yield f"  {one_line(f'left out: {names}: {why}', WIDEST)}"
    if len(reasons) > MOST_REASONS:
        yield f"  left out for {len(reasons) - MOST_REASONS} more reasons: see the end of the study"
    for copies in found.copies[:MOST_REASONS]:
        yield f"same content: {one_line(', '.join(copies), WIDEST)}"
    for name, fault in found.faults.items():
        yield f"fault of {name}, for its authors: {one_line(fault)}"
    yield from _missing_lines(made)


def _words(each: DraftedMeasurement) -> str:
    if each.temperature is None:
        return each.group.role
    if not each.temperature.values:
        return "T is missing"
    low, high = min(each.temperature.values), max(each.temperature.values)
    span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"T {span} K, {each.temperature.words}"


def _missing_lines(made: Draft) -> Iterator[str]:
    asked: dict[str, list[str]] = {}
    for each in made.measurements:
        for name in each.asks:
            asked.setdefault(name, []).append(each.name)
        for role, names in each.doubtful.items():
            asked.setdefault(f"which {role} ({', '.join(names)})", []).append(each.name)
    for name, owners in asked.items():
        rest = len(owners) - MOST_NAMES
        more = f" and {rest} more" if rest > 0 else ""
        yield f"missing: {name} of {', '.join(owners[:MOST_NAMES])}{more}"
    inputs = [name for each in made.measurements for name in each.lacking_inputs]
    if inputs:
        yield 'files are refused until their input is given: see the lines "# missing:" in the study'
    elif asked:
        yield 'the study runs, and refuses files that cannot do without; lines "# missing:" in it say what to give'
