"""`spectrafit run --watch`: a study that is run again as its files arrive and change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import click

from spectrafit.cli.console import Interrupted
from spectrafit.cli.run import computed, exit_code, run_journal, summary_lines, written
from spectrafit.text import one_line, printable

if TYPE_CHECKING:
    from spectrafit.errors import SpectrafitError
    from spectrafit.executor import Executor
    from spectrafit.study.load import LoadedStudy
    from spectrafit.study.outcome import FileResult, Outcome
    from spectrafit.study.watch import Changes

__all__ = ["watched"]

NAMED = 3  # files of a kind in a line
FAILED = 2  # exit code of a round that made nothing


def watched(
    loaded: LoadedStudy,
    folder: Path,
    executor: Executor,
    jobs: int,
    *,
    seconds: float,
    fresh: bool = False,
) -> int:
    """Run a study whenever its files have changed, until the user ends it.

    Earlier results of the folder move to its history once; a round replaces those of the one
    before.

    Parameters
    ----------
    loaded : LoadedStudy
        The study of a file.
    folder : Path
        Results folder.
    executor : Executor
        What fits.
    jobs : int
        Processes for the figures.
    seconds : float
        Between two looks at the files, in s.
    fresh : bool
        Whether the first round computes everything anew.

    Returns
    -------
    int
        Exit code of the last round: 0, 1 or 2.

    Raises
    ------
    Interrupted
        When the user ends it before the end of the first round.
    """
    from spectrafit.reporting.last_run import JOURNAL
    from spectrafit.reporting.write import FOLDERS, NAMES
    from spectrafit.study.watch import watch_study

    rounds = _Rounds(loaded.folder, folder, executor, jobs, fresh)
    own = [folder / name for name in (*NAMES, *FOLDERS, JOURNAL, "history")]
    click.echo(printable(f"{loaded.file} is watched, every {seconds:g} s; Ctrl-C ends it"))
    with suppress(KeyboardInterrupt):
        watch_study(
            loaded,
            rounds.run,
            waits=rounds.waits,
            failed=rounds.failed,
            seconds=seconds,
            besides=own,
            sleep=sleep,
        )
    if rounds.code is None:
        raise rounds.stop or Interrupted("stopped before the first round; nothing was written")
    if rounds.stop is not None:
        click.echo(printable(rounds.stop.what), err=True)
    click.echo(f"ended after {_counted(rounds.count, 'round')}; results: {printable(str(folder))}")
    return rounds.code


class _Rounds:
    """What the rounds of a watch hand on: the code of the last one, and what it has written."""

    def __init__(
        self, home: Path, folder: Path, executor: Executor, jobs: int, fresh: bool
    ) -> None:
        self._home, self._folder, self._fresh = home, folder, fresh
        self._executor, self._jobs = executor, jobs
        self._files: tuple[Path, ...] = ()
        self._said: set[str] = set()
        self.code: int | None = None
        self.count = 0
        self.stop: Interrupted | None = None

    def run(self, loaded: LoadedStudy, changes: Changes) -> None:
        """Make one round and say what came of it."""
        folder, fresh = self._folder, self._fresh
        kept = f"{folder} is as it was"
        try:
            journal = run_journal(folder, fresh=fresh)
            self._fresh = False  # what a failed round has computed is not computed again
            outcome = computed(
                loaded, self._executor, kept, journal, resting=changes.resting, said=self._said
            )
            done = written(outcome, folder, self._jobs, fresh=fresh, replacing=self._files)
        except Interrupted as stop:
            self.stop = stop
            raise KeyboardInterrupt from None
        self._files = done.files or self._files
        self.code = exit_code(outcome)
        first, self.count = not self.count, self.count + 1
        if first:
            lines = summary_lines(outcome)
        else:
            lines = ["", self._head(changes), *summary_lines(outcome, self._rows(outcome, changes))]
            if not outcome.reuse.kept:  # else it is in what follows
                lines.append(str(outcome.reuse))
        for line in (*lines, done.text, *([str(folder)] if first else [])):
            click.echo(line)

    def waits(self, files: Sequence[Path]) -> None:
        """Say which files are left for a later round."""
        click.echo(_timed(f"still written, left for a later round: {self._names(files)}"))

    def failed(self, error: SpectrafitError | OSError) -> None:
        """Say what was wrong with a round."""
        self.code = FAILED
        click.echo(
            printable(f"{_timed('this round failed, the watch goes on')}: {error}"), err=True
        )

    def _head(self, changes: Changes) -> str:
        kinds = {"new": changes.new, "changed": changes.changed, "gone": changes.gone}
        return _timed(
            "; ".join(f"{kind}: {self._names(files)}" for kind, files in kinds.items() if files)
        )

    def _rows(self, outcome: Outcome, changes: Changes) -> Collection[FileResult] | None:
        """Return the results of the files that have changed; all where more was computed."""
        files = {*changes.new, *changes.changed}
        if outcome.reuse.computed > len(files):
            return None
        names = {self._name(file) for file in (*files, *changes.waiting)}
        return [result for result in outcome.results if result.file in names]

    def _names(self, files: Sequence[Path]) -> str:
        named = ", ".join(self._name(file) for file in files[:NAMED])
        more = len(files) - NAMED
        return one_line(f"{named} and {more} more" if more > 0 else named)

    def _name(self, file: Path) -> str:
        from spectrafit.study.files import relative_name

        return relative_name(file, self._home)


def _timed(text: str) -> str:
    return printable(f"{datetime.now().astimezone():%H:%M:%S} {text}")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else f'{noun}s'}"
