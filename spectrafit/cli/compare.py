"""`spectrafit compare`: two results side by side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from spectrafit.cli.check import of_results, results_of
from spectrafit.cli.console import echo_json
from spectrafit.text import one_line

__all__ = ["compare"]

_MOST = 40  # values that a console lists


@click.command(
    short_help="Say in what two results differ.",
    epilog="Example: spectrafit compare study-results/history/20250101T120000Z study-results",
)
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--tolerance",
    type=click.FloatRange(0.0),
    default=0.01,
    show_default=True,
    help="Standard uncertainties within which values agree.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--out", type=click.Path(path_type=Path), help="Also a file: .md, .html or .csv.")
def compare(before: Path, after: Path, tolerance: float, as_json: bool, out: Path | None) -> int:
    """Say in what results B differ from results A: settings, files, versions, values, alerts.

    A and B are results folders (one of a folder history, too) or their results.json.
    """
    from spectrafit.reporting.comparison import compared
    from spectrafit.reporting.comparison_files import comparison_json, write_comparison
    from spectrafit.reporting.comparison_tables import comparison_tables, verdict
    from spectrafit.reporting.table_plain import plain_table
    from spectrafit.strict_json import json_text

    sides = [results_of(path) for path in (before, after)]
    try:
        found = compared(sides[0], sides[1], tolerance)
    except (KeyError, TypeError, AttributeError, ValueError):
        for path, side in zip((before, after), sides, strict=True):
            of_results(path, partial(compared, side, side))  # says which one is not whole
        raise
    if out is not None:
        write_comparison(found, f"{after} compared with {before}", out)
    if as_json:
        heads = [_head(path, one) for path, one in zip((before, after), sides, strict=True)]
        echo_json(json_text(comparison_json(found, *heads), indent=1))
        return 0 if found.agree else 1
    for letter, path, one in (("A", before, sides[0]), ("B", after, sides[1])):
        head = _head(path, one)
        click.echo(one_line(f"{letter}: {head['path']}, written {head['written']}"))
    for table in comparison_tables(found, _MOST):
        click.echo(f"\n{plain_table(table)}")
    click.echo(f"\n{verdict(found)}")
    if out is not None:
        click.echo(str(out))
    return 0 if found.agree else 1


def _head(path: Path, results: Mapping[str, Any]) -> dict[str, Any]:
    study = results.get("study", {}).get("study", {})
    return {
        "path": path.as_posix(),
        "written": results.get("written") or "at a time that is not recorded",
        "study": study.get("name", ""),
    }
