"""The command group, its exit codes, and how errors are shown."""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from spectrafit import __version__
from spectrafit.cli import (
    check,
    compare,
    export,
    fit,
    init,
    interval,
    lists,
    look,
    new,
    run,
    simulate,
)
from spectrafit.cli.console import Interrupted, console, silence, typed
from spectrafit.errors import SpectrafitError
from spectrafit.text import printable

__all__ = ["DONE", "INTERNAL", "INTERRUPTED", "REFUSED", "STANDS", "commands", "main"]

DONE, STANDS, REFUSED, INTERNAL = 0, 1, 2, 3
INTERRUPTED = 130  # as shells have it: 128 and the number of the signal
TRACEBACK = "SPECTRAFIT_TRACEBACK"
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
HELP = 400  # letters from which a message is the whole help text


class _Commands(click.Group):
    """A group that answers an unknown command with the line to type."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and self.get_command(ctx, name) is None and not name.startswith("-"):
            raise click.UsageError(f"no command {name!r}; {_line_for(name, args, self, ctx)}", ctx)
        return super().resolve_command(ctx, args)


def _line_for(name: str, args: list[str], group: click.Group, ctx: click.Context) -> str:
    names = group.list_commands(ctx)
    close = difflib.get_close_matches(name.lower(), names, 1, 0.6)
    if name.endswith(".toml"):
        return f"type: {typed(['spectrafit', 'run', *args])}"
    if Path(name).is_file():
        return f"type: {typed(['spectrafit', 'fit', 'TECHNIQUE', *args])}"
    if Path(name).is_dir():
        return f"type: {typed(['spectrafit', 'run', *args])}"
    if close:
        return f"type: {typed(['spectrafit', close[0], *args[1:]])}"
    return f"the commands are: {', '.join(names)}"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spectrafit-suite")
def commands() -> None:
    """Fit the raw files of several spectroscopies and join them into one answer.

    The main job: spectrafit run study.toml. A folder of raw files: spectrafit run scans. One
    file: spectrafit fit xanes scan.dat.
    """


for _command in (
    run.run,
    init.init,
    fit.fit,
    interval.interval,
    look.read,
    look.plot,
    lists.techniques,
    lists.readers,
    lists.reference,
    simulate.simulate,
    check.check,
    check.verify,
    compare.compare,
    export.export,
    check.doctor,
    new.new_technique,
):
    commands.add_command(_command)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the process when None.

    Raises
    ------
    SystemExit
        0 done; 1 done, but level-A alerts stand or files were refused; 2 bad input or usage, or
        every file refused; 3 internal error; 130 stopped by the user.
    """
    _one_blas_thread()
    with console():
        code = _code_of(arguments)
    sys.exit(code)


def _one_blas_thread() -> None:
    """Let linear algebra use one thread, here and in processes that are started, unless told otherwise.

    Matrices of fits are small: threads wait for each other, and `--jobs` has the processors already.
    NumPy reads these names when it is loaded, which no command does before.
    """
    for name in BLAS_THREADS:
        os.environ.setdefault(name, "1")


def _code_of(arguments: list[str] | None) -> int:
    try:
        code = commands.main(args=arguments, prog_name="spectrafit", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except (BrokenPipeError, SystemExit):  # click's answer to a closed pipe is SystemExit
        silence(sys.stdout)
        return DONE
    except Interrupted as error:
        _tell(str(error))
        return INTERRUPTED
    except (click.Abort, KeyboardInterrupt):
        _tell("stopped; nothing was written; type the same line to run it again")
        return INTERRUPTED
    except SpectrafitError as error:
        _tell(str(error))
        return REFUSED
    except click.ClickException as error:
        _tell_usage(error)
        return REFUSED
    except OSError as error:
        _tell(f"{error.filename or 'a file'}: {error.strerror or error}; check the path and rights")
        return REFUSED
    except Exception as error:
        _tell_internal(error)
        return INTERNAL


def _tell(text: str) -> None:
    click.echo(printable(text), err=True)


def _tell_usage(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    _tell(error.format_message())
    if context is not None and len(error.format_message()) < HELP:
        if context.command.epilog:
            _tell(context.command.epilog)
        _tell(f"all options: {context.command_path} --help")


def _tell_internal(error: Exception) -> None:
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    _tell(
        f"internal error: {type(error).__name__}: {error} ({Path(place.filename).name}:"
        f"{place.lineno}). This is a fault of the program, not of your files; please report it "
        f"with the line you typed and what it prints with {TRACEBACK}=1 set."
    )
    if os.environ.get(TRACEBACK):
        _tell("".join(traceback.format_exception(error)))
