"""`spectrafit interval`: intervals of fit parameters that hold for weak peaks too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spectrafit.cli.console import echo_json
from spectrafit.errors import PluginError, SettingsError, nearest
from spectrafit.text import printable

if TYPE_CHECKING:
    from spectrafit.fit.profile.calibrated import Calibrated
    from spectrafit.fit.result import FitResult
    from spectrafit.technique import FittedProblem

__all__ = ["interval"]


@click.command(
    short_help="Intervals of fit parameters, by simulated spectra.",
    epilog="Example: spectrafit interval mossbauer run.ws5 --calibration iron.ws5 --of site1.center",
)
@click.argument("technique")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--of", "names", multiple=True, metavar="NAME", help="A parameter of the fit.")
@click.option("--level", default=0.683, show_default=True, help="Confidence.")
@click.option("--draws", default=99, show_default=True, help="Simulated spectra a test.")
@click.option("--seed", default=1, show_default=True, help="Of the simulated spectra.")
@click.option("--settings", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="One setting.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=FILE", help="A further input.")
@click.option(
    "--calibration",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A foil scan, or an alpha-iron run.",
)
@click.option("--reader", default="", help="Name of a reader.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def interval(
    technique: str,
    files: tuple[Path, ...],
    names: tuple[str, ...],
    level: float,
    draws: int,
    seed: int,
    settings: Path | None,
    pairs: tuple[str, ...],
    inputs: tuple[str, ...],
    calibration: tuple[Path, ...],
    reader: str,
    as_json: bool,
) -> int:
    """Fit FILES with TECHNIQUE and print which values of the parameters --of are not excluded.

    A value is tested by spectra that are simulated with it. The interval holds the truth as often
    as it says of a weak peak too, where standard errors do not; it takes seconds. It is that of
    the noise alone.
    """
    from spectrafit.cli.export import study_of_files
    from spectrafit.strict_json import json_text
    from spectrafit.study.exported import scans_to_export
    from spectrafit.technique import GivesProblems

    raw: dict[str, Any] = {"technique": technique, "settings": settings, "pairs": pairs}
    raw |= {"calibration": calibration, "inputs": inputs, "reader": reader}

    found = scans_to_export(study_of_files(files, raw))
    if not isinstance(found.owner, GivesProblems):
        raise PluginError(
            f"{technique} gives no fit that could be looked at", do="type: spectrafit techniques"
        )
    rows = []
    for left in found.left:
        click.echo(printable(f"{left.status}: {left.file}: {left.why}"), err=True)
    for scan in found.scans:
        problems = found.owner.fitted_problems(scan.inputs, scan.settings, scan.parameters)
        for name in _wanted(names, problems, scan.name):
            rows.append((scan.name, *_interval(name, problems, level, draws, seed)))
    if as_json:
        body = {"schema": 1, "intervals": [_plain(*row) for row in rows]}
        echo_json(json_text(body))
    else:
        for file, result, one in rows:
            click.echo(printable(f"{file}: {one.interval}; {_linear(result, one.interval.name)}"))
    return 1 if found.left else 0


def _wanted(names: Sequence[str], problems: Sequence[FittedProblem], where: str) -> Sequence[str]:
    """Return the parameters asked for, or refuse with those that there are."""
    known = [name for one in problems for name in one.problem.free_names]
    for name in names:
        if name not in known:
            raise SettingsError(
                f"no free parameter {name!r} in the fit",
                where=where,
                do=nearest(name, known, noun="the free parameters"),
            )
    if not names:
        raise SettingsError(
            "no parameter is named", where=where, do=f"add --of NAME; there are: {', '.join(known)}"
        )
    return names


def _interval(
    name: str, problems: Sequence[FittedProblem], level: float, draws: int, seed: int
) -> tuple[FitResult, Calibrated]:
    from spectrafit.fit.profile.calibrated import calibrated_interval
    from spectrafit.fit.single import fit

    one = next(one for one in problems if name in one.problem.free_names)
    result = fit(one.problem)
    found = calibrated_interval(
        one.problem, name, result=result, level=level, seed=seed, draws=draws, counts=one.counts
    )
    return result, found


def _linear(result: FitResult, name: str) -> str:
    from spectrafit.rounding import number_text

    sigma = result.sigma(name)
    if sigma is None:
        return f"no standard error: {result.sigma_reason(name)}"
    return f"standard error {number_text(sigma, 3)}"


def _plain(file: str, result: FitResult, one: Calibrated) -> dict[str, Any]:
    found = one.interval
    return {
        "file": file,
        "parameter": found.name,
        "unit": found.unit,
        "value": found.best,
        "low": found.lower,
        "low_reason": found.lower_reason,
        "high": found.upper,
        "high_reason": found.upper_reason,
        "level": found.level,
        "sigma": result.sigma(found.name),
        "sigma_reason": result.sigma_reason(found.name),
        "draws": one.draws,
    }
