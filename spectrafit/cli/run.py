"""`spectrafit run`: a study becomes a report."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spectrafit.cli.console import Interrupted, processors, same_line, typed, writable_folder
from spectrafit.errors import SettingsError
from spectrafit.text import one_line, printable

if TYPE_CHECKING:
    from spectrafit.executor import Executor
    from spectrafit.fit.journal import Journal
    from spectrafit.study.load import LoadedStudy
    from spectrafit.study.outcome import ComparisonResult, FileResult, Outcome
    from spectrafit.study.run import Progress

__all__ = [
    "Written",
    "computed",
    "exit_code",
    "progress_bar",
    "run",
    "run_journal",
    "summary_lines",
    "written",
]


ROWS_AT_AN_END = 10  # of a long table on a console
WATCH_SECONDS = 5.0  # between two looks at the files


class _Seconds(click.FloatRange):
    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no time of {self.min:g} s or more; put --watch last", param)


@dataclass(frozen=True)
class Written:
    """What was written of an outcome.

    Parameters
    ----------
    text : str
        What was done, in lines.
    files : tuple of Path
        The files of the report; none where the results are as they were.
    """

    text: str
    files: tuple[Path, ...] = ()


@click.command(
    short_help="Fit the files of a study, write the report.",
    epilog="Example: spectrafit run study.toml --out results",
)
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the results [NAME-results]."
)
@click.option("--jobs", type=click.IntRange(1), help="Processes [all processors].")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Fit on the workers of a running dask scheduler, tcp://host:port.",
)
@click.option("--fresh", is_flag=True, help="Compute everything anew.")
@click.option(
    "--watch",
    type=_Seconds(0.1),
    is_flag=False,
    flag_value=WATCH_SECONDS,
    metavar="[SECONDS]",
    help=f"Go on as files arrive or change, looking every SECONDS [{WATCH_SECONDS:g}]; Ctrl-C ends.",
)
def run(
    study: Path,
    out: Path | None,
    jobs: int | None,
    scheduler: str | None,
    fresh: bool,
    watch: float | None,
) -> int:
    """Fit every file of STUDY (a .toml file, or a folder of raw files) and write the report.

    Of a folder without a study.toml a first study is written into the results folder, and run.

    What an earlier run has computed is taken over where nothing that it depends on has changed; a
    run that was stopped goes on.
    """
    from spectrafit.processes import shared_workers
    from spectrafit.study.load import load_study

    code = 0
    if study.is_dir():
        from spectrafit.cli.folder import folder_study

        found = folder_study(study, out, jobs or processors())
        study, out, code = found.file, found.out, found.code
    if study.is_file() and study.suffix.lower() not in (".toml", ".txt", ""):
        line = typed(["spectrafit", "fit", "TECHNIQUE", study])
        raise SettingsError("a study ends with .toml", where=str(study), do=f"type: {line}")
    loaded = load_study(study)
    folder = writable_folder(
        out or Path(f"{loaded.study.study.name}-results"), ["spectrafit", "run", study]
    )
    chosen = _executor(loaded, jobs or processors(), scheduler or "")
    if watch is not None:
        from spectrafit.cli.watch import watched

        ended = watched(loaded, folder, chosen, jobs or processors(), seconds=watch, fresh=fresh)
        return max(code, ended)
    journal = run_journal(folder, fresh=fresh)
    with shared_workers():
        outcome = computed(loaded, chosen, f"{folder} is as it was", journal)
        done = written(outcome, folder, jobs or processors(), fresh=fresh)
    for line in summary_lines(outcome):
        click.echo(line)
    click.echo(done.text)
    click.echo(str(folder))
    return max(code, exit_code(outcome))


def _executor(loaded: LoadedStudy, jobs: int, scheduler: str) -> Executor:
    """Return what fits the files of a study; workers must have its techniques' code."""
    from spectrafit.executor import executor
    from spectrafit.study.code_version import code_packages

    packages = code_packages({m.technique for m in loaded.study.measurement}) if scheduler else ()
    return executor(jobs, scheduler, packages)


def run_journal(folder: Path, *, fresh: bool) -> Journal:
    """Return the journal of a results folder.

    Parameters
    ----------
    folder : Path
        Results folder.
    fresh : bool
        Whether everything is to be computed anew.

    Returns
    -------
    Journal
    """
    from spectrafit.fit.journal import Journal
    from spectrafit.reporting.last_run import JOURNAL

    return Journal(folder / JOURNAL, fresh=fresh)


def computed(
    loaded: LoadedStudy,
    executor: Executor,
    kept: str = "nothing was written",
    journal: Journal | None = None,
    *,
    resting: Collection[Path] | None = None,
    said: set[str] | None = None,
) -> Outcome:
    """Return what comes of a study, with a progress bar; what was noticed goes to stderr.

    Parameters
    ----------
    loaded : LoadedStudy
        The study.
    executor : Executor
        What does the work.
    kept : str
        What is left when the user stops it, as a clause.
    journal : Journal, optional
        Where what is computed is kept, and taken from.
    resting : collection of Path, optional
        Files that nobody writes any more; the others are left out.
    said : set of str, optional
        What was noticed before and is not said again; what is said now is added.

    Returns
    -------
    Outcome

    Raises
    ------
    Interrupted
        When the user stops it.
    """
    from spectrafit.study.run import run_study

    said = set() if said is None else said
    _say_once((printable(str(notice)) for notice in loaded.notices), said)
    done, total = 0, 0

    def count(so_far: int, every: int, text: str) -> None:
        nonlocal done, total
        done, total = so_far, every
        show(so_far, every, text)

    # what a plugin prints must not come between the words of an answer
    with progress_bar("fitting") as show, redirect_stdout(sys.stderr):
        try:
            outcome = run_study(
                loaded, executor=executor, progress=count, journal=journal, resting=resting
            )
        except KeyboardInterrupt:
            progress = f" after {done} of {total} files" if total else ""
            if journal is not None and done:
                kept = f"what was fitted is kept in {journal.folder}"
            raise Interrupted(f"stopped{progress}; {kept}", do=_again("go on")) from None
    faults = outcome.reuse.faults
    _say_once((printable(one_line(f"journal: {fault}")) for fault in faults), said)
    return outcome


def _say_once(lines: Iterable[str], said: set[str]) -> None:
    for line in lines:
        if line not in said:
            click.echo(line, err=True)
            said.add(line)


def _again(purpose: str) -> str:
    """Return the line to type after a stop; one that goes on does not begin afresh."""
    line = same_line(leaving_out=["fresh"])
    return f"type the same line to {purpose}{': ' if line else ''}{line}"


def written(
    outcome: Outcome,
    folder: Path,
    jobs: int,
    *,
    fresh: bool = False,
    replacing: Collection[Path] = (),
) -> Written:
    """Write the report of an outcome, unless it is there already.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    folder : Path
        Results folder.
    jobs : int
        Processes that draw.
    fresh : bool
        Whether it is written in any case.
    replacing : collection of Path, optional
        Files of an earlier state of these results, which move to no history.

    Returns
    -------
    Written

    Raises
    ------
    Interrupted
        When the user stops it.
    """
    from spectrafit.reporting.last_run import record_run, unchanged_since
    from spectrafit.reporting.write import write_report
    from spectrafit.reporting.written_tables import lacks_workbook, missing_workbook

    anew = fresh or lacks_workbook(outcome, folder)
    since = "" if anew else unchanged_since(outcome, folder)
    if since:
        return Written(f"nothing has changed since {since}; the results are as they were")
    try:
        with progress_bar("writing the report"):
            files = write_report(
                outcome,
                folder,
                jobs=jobs,
                replacing=replacing,
                placed=lambda moved: record_run(outcome, folder, moved),
            )
    except KeyboardInterrupt:
        whole = (folder / "results.json").is_file()
        left = "holds earlier results" if whole else "is not complete without results.json"
        raise Interrupted(
            f"stopped while the report was written; {folder} {left}", do=_again("write it")
        ) from None
    lines = [str(outcome.reuse)] if outcome.reuse.kept else []
    lines += [missing] if (missing := missing_workbook(outcome)) else []
    lines.append(f"{len(files)} files written; open report.html in a browser")
    return Written("\n".join(lines), tuple(files))


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
    if not sys.stderr.isatty():
        yield lambda done, total, text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[file]}"),
    )
    with Bar(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task(title, total=None, file="")

        def show(done: int, total: int, text: str) -> None:
            bar.update(task, completed=done, total=total, file=one_line(text, 60))

        yield show


def summary_lines(outcome: Outcome, of: Collection[FileResult] | None = None) -> list[str]:
    """Return what is printed of an outcome: tables of values, refused files, counts of alerts.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    of : collection of FileResult, optional
        Its results that have rows; all of them when None. The counts are of all in any case.

    Returns
    -------
    list of str
    """
    from spectrafit.reporting.alerts import counts_text
    from spectrafit.reporting.state_answer import state_lines
    from spectrafit.reporting.summary import summary_tables
    from spectrafit.reporting.table_plain import plain_table
    from spectrafit.reporting.whole_series import series_lines

    lines = ["simulated data: nothing here is a measurement"] if outcome.simulated else []
    shown = outcome.results if of is None else tuple(of)
    for table in summary_tables(replace(outcome, results=shown)):
        between = len(table.rows) - 2 * ROWS_AT_AN_END
        if between > ROWS_AT_AN_END:
            ends = (*table.rows[:ROWS_AT_AN_END], *table.rows[-ROWS_AT_AN_END:])
            table = replace(table, rows=ends)
            lines.append(f"{between} rows in between are not printed; fits.csv in --out has all")
        lines += [plain_table(table), ""]
    lines += [
        one_line(f"{result.status}: {result.file}: {result.why}")
        for result in shown
        if result.status != "done"
    ]
    lines += [one_line(line) for one in outcome.series for line in series_lines(one)]
    lines += [one_line(_comparison_line(one)) for one in outcome.comparisons]
    lines += [one_line(line) for line in state_lines(outcome)]
    lines += [one_line(line) for line in _alert_lines(outcome)]
    lines.append(counts_text(outcome))
    # a console of cp1252 has no minus sign
    return [line.replace("\N{MINUS SIGN}", "-") for line in lines]


def _alert_lines(outcome: Outcome) -> list[str]:
    """Return one line for each code that is told in words: its first words, and how many more.

    Told are those that forbid quoting; of one file alone, and of what files show together, also
    those that ask for a sentence or a look.
    """
    from spectrafit.alert import Level
    from spectrafit.reporting.alerts import raised_alerts

    together = {alert for one in outcome.series for alert in one.alerts}
    alone = len(outcome.results) == 1
    found: dict[str, list[str]] = {}
    for raised in raised_alerts(outcome):
        alert = raised.alert
        told = alert.level is not Level.G and (alone or alert in together)
        if (told or alert.level is Level.A) and not raised.waived:
            found.setdefault(alert.code, []).append(str(alert))
    return [
        texts[0] + (f" (and {len(texts) - 1} more)" if len(texts) > 1 else "")
        for texts in found.values()
    ]


def _comparison_line(one: ComparisonResult) -> str:
    """Return what came of a comparison: the verdicts on its pairs, or why it was refused."""
    if one.observables is None:
        return f"not compared: {one.name}: {one.why}"
    verdicts = [str(item.value) for item in one.observables.items if item.key.endswith(".verdict")]
    return f"comparison {one.name}: {', '.join(dict.fromkeys(verdicts)) or 'see the report'}"


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
    from spectrafit.alert import Level
    from spectrafit.reporting.alerts import raised_alerts

    refused = [result for result in outcome.results if result.status == "refused"]
    fitted = [result for result in outcome.results if result.observables is not None]
    if refused and not fitted:
        return 2
    stands = any(
        raised.alert.level is Level.A and not raised.waived for raised in raised_alerts(outcome)
    )
    return 1 if refused or stands else 0
