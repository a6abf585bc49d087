"""What commands need of a console: its encoding, warnings, a closed pipe, JSON that stays JSON."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from click.core import ParameterSource

from spectrafit.errors import PluginWarning, SpectrafitError
from spectrafit.text import printable

__all__ = [
    "Interrupted",
    "console",
    "echo_json",
    "processors",
    "same_line",
    "silence",
    "typed",
    "writable_folder",
]


_READABLE = 200  # letters of a line that is shown to be typed again


class Interrupted(SpectrafitError):
    """The user has stopped a command: what was kept, and how to go on."""


@contextmanager
def console() -> Iterator[None]:
    """Hold what a command needs of its streams; the process is as before afterwards.

    A letter that the console lacks is shown as a replacement. Warnings of libraries are not shown
    (alerts and errors say what matters); that a plugin is broken is said once, in one line.

    Yields
    ------
    None
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            _tolerant(stream)
    told: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
        text = str(message)
        if issubclass(category, PluginWarning) and text not in told:
            told.add(text)
            click.echo(f"left out: {printable(text)}", err=True)

    with warnings.catch_warnings(), _environment("PYTHONWARNINGS", "ignore"):
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", PluginWarning)
        warnings.showwarning = show
        yield


def _tolerant(stream: Any) -> None:
    stream.reconfigure(errors="replace")


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Hold a variable of the environment, which processes that are started inherit."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def silence(stream: IO[str]) -> None:
    """Send a stream whose reader has gone to nowhere, so that its last flush is quiet too.

    Parameters
    ----------
    stream : text stream
        Standard output or error.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def echo_json(text: str) -> None:
    """Print JSON in ASCII, which every console and every pipe hands on unharmed.

    Parameters
    ----------
    text : str
        JSON.
    """
    click.echo(re.sub(r"[^\x00-\x7f]", lambda sign: json.dumps(sign[0])[1:-1], text))


def processors() -> int:
    """Return the number of processors that this process may use.

    Returns
    -------
    int
        At least 1.
    """
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def typed(words: Sequence[str | Path]) -> str:
    """Return a line to type; a word with blanks is quoted.

    Parameters
    ----------
    words : sequence of str or Path
        Command and arguments.

    Returns
    -------
    str
    """
    return " ".join(
        f'"{word}"' if re.search(r"[\s*?\[\]&;|<>()$]", str(word)) else str(word) for word in words
    )


def same_line(*, leaving_out: Sequence[str] = ()) -> str:
    """Return the line that was typed, to type it again.

    Parameters
    ----------
    leaving_out : sequence of str
        Names of options that are not repeated.

    Returns
    -------
    str
        Of the command that runs now; empty outside one, or where it is too long to be read.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return ""
    words = ["spectrafit", context.info_name or ""]
    for each in context.command.params:
        name = each.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not given or name in leaving_out:
            continue
        value = context.params[name]
        values = [str(one) for one in (value if isinstance(value, tuple) else (value,))]
        if isinstance(each, click.Argument):
            words += values
        elif isinstance(each, click.Option) and each.is_flag:
            words.append(each.opts[0])
        else:
            words += [word for one in values for word in (each.opts[0], one)]
    line = typed(words)
    return line if len(line) <= _READABLE else ""


def writable_folder(folder: Path, line: Sequence[str | Path] = ()) -> Path:
    """Return a folder that can be written, before anything is computed for it.

    Parameters
    ----------
    folder : Path
        It need not exist; it is not made.
    line : sequence of str or Path
        Words of the line to type, to which ``--out`` is added.

    Returns
    -------
    Path
        The same.

    Raises
    ------
    SpectrafitError
        When it, or a part of its path, is a file or cannot be written.
    """
    import tempfile

    do = "name another folder with --out"
    if line:
        do += f", type: {typed([*line, '--out', 'FOLDER'])}"
    place = folder.absolute()
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise SpectrafitError("this is no folder", where=str(place), do=do, code="RUN-010")
    try:
        with tempfile.TemporaryFile(dir=place):
            return folder
    except OSError as error:
        raise SpectrafitError(
            f"nothing can be written there: {error.strerror or error}",
            where=str(place),
            do=do,
            code="RUN-010",
        ) from error
