"""`spectrafit run`: a study becomes a report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from spectrafit.study.outcome import Outcome
    from spectrafit.study.run import Progress

__all__ = ["exit_code", "progress_bar", "run", "summary_lines"]


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results [NAME-results].")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
def run(study: Path, out: Path | None, jobs: int) -> int:
    """Fit every file of STUDY.toml and write the report."""
    from spectrafit.reporting.write import write_report
    from spectrafit.study.load import load_study
    from spectrafit.study.run import run_study

    loaded = load_study(study)
    for notice in loaded.notices:
        click.echo(str(notice), err=True)
    with progress_bar("fitting") as progress:
        outcome = run_study(loaded, jobs=jobs, progress=progress)
    folder = out or Path(f"{loaded.study.study.name}-results")
    written = write_report(outcome, folder)
    for line in summary_lines(outcome):
        click.echo(line)
    click.echo(f"{len(written)} files written; open report.html in a browser")
    click.echo(str(folder))
    return exit_code(outcome)


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Give a progress callback that draws a bar on a terminal and nothing elsewhere.

    Parameters
    ----------
    title : str
        Word before the bar.

    Yields
    ------
    callable
        ``progress(done, total, text)``.
    """
    import sys

    if not sys.stderr.isatty():
        yield lambda done, total, text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[file]}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, file="")

        def show(done: int, total: int, text: str) -> None:
            bar.update(task, completed=done, total=total, file=text)

        yield show


def summary_lines(outcome: Outcome) -> list[str]:
    """Return what is printed of an outcome: tables of values, refused files, counts of alerts.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    list of str
    """
    from spectrafit.reporting.alerts import counts_text
    from spectrafit.reporting.observed import summary_tables
    from spectrafit.reporting.tables import plain_table

    lines = ["simulated data: nothing here is a measurement"] if outcome.simulated else []
    for table in summary_tables(outcome):
        lines += [plain_table(table), ""]
    lines += [
        f"{result.status}: {result.file}: {result.why}"
        for result in outcome.results
        if result.status != "done"
    ]
    lines.append(counts_text(outcome))
    return lines


def exit_code(outcome: Outcome) -> int:
    """Return 0, 1 (level-A alerts stand or files were refused) or 2 (every file refused).

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    int
    """
    from spectrafit.reporting.alerts import raised_alerts

    refused = [result for result in outcome.results if result.status == "refused"]
    fitted = [result for result in outcome.results if result.observables is not None]
    if refused and not fitted:
        return 2
    stands = any(
        raised.alert.level.value == "A" and not raised.waived for raised in raised_alerts(outcome)
    )
    return 1 if refused or stands else 0
