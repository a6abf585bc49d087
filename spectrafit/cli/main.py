"""The command group, its exit codes, and how errors are shown."""

from __future__ import annotations

import contextlib
import difflib
import sys
from typing import Any, NoReturn

import click

from spectrafit import __version__
from spectrafit.cli import check, fit, lists, look, new, run, simulate
from spectrafit.errors import SpectrafitError

__all__ = ["DONE", "INTERNAL", "REFUSED", "STANDS", "commands", "main"]

DONE, STANDS, REFUSED, INTERNAL = 0, 1, 2, 3


class _Commands(click.Group):
    """A group that answers an unknown command with the line to type."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and self.get_command(ctx, name) is None and not name.startswith("-"):
            close = difflib.get_close_matches(name, self.list_commands(ctx), 1, 0.5)
            if close:
                line = " ".join(["spectrafit", close[0], *args[1:]])
                raise click.UsageError(f"no command {name!r}; did you mean: {line}")
            if name.endswith(".toml"):
                raise click.UsageError(f"no command {name!r}; did you mean: spectrafit run {name}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spectrafit-suite")
def commands() -> None:
    """Fit the raw files of several spectroscopies and join them into one answer.

    The main job: spectrafit run STUDY.toml. One file: spectrafit fit xanes scan.dat.
    """


for _command in (
    run.run,
    fit.fit,
    look.read,
    look.plot,
    lists.techniques,
    lists.readers,
    lists.reference,
    simulate.simulate,
    check.check,
    check.verify,
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
        every file refused; 3 internal error.
    """
    for stream in (sys.stdout, sys.stderr):
        # a console that lacks a letter shows a replacement instead of failing
        with contextlib.suppress(AttributeError, ValueError):
            _tolerant(stream)
    try:
        code: Any = commands.main(args=arguments, prog_name="spectrafit", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else DONE)
    except SpectrafitError as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    except click.ClickException as error:
        error.show()
        sys.exit(REFUSED)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; run the same line again to go on", err=True)
        sys.exit(STANDS)
    except BrokenPipeError:
        sys.exit(DONE)
    except Exception as error:
        _report_internal(error)
        sys.exit(INTERNAL)


def _tolerant(stream: Any) -> None:
    stream.reconfigure(errors="replace")


def _report_internal(error: Exception) -> None:
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    from pathlib import Path

    click.echo(
        f"internal error: {type(error).__name__}: {error} ({Path(place.filename).name}:"
        f"{place.lineno}). This is a fault of the program, not of your files; please report it "
        f"with the line you typed.",
        err=True,
    )
