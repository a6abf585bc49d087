"""What a measurement shows as a whole: its curve point by point, and branches in several files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrafit.errors import SpectrafitError
from spectrafit.technique import InputSpec, Observables, SeriesScan, inputs_of
from spectrafit_magnetism.branch_difference import branch_difference
from spectrafit_magnetism.charts.chi_chart import chi_chart
from spectrafit_magnetism.curve import BranchCurve, MeasuredCurve
from spectrafit_magnetism.curve_items import curve_items
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.measured import measured_curve
from spectrafit_magnetism.observed import is_field_sweep
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.transition_items import add_transition

__all__ = ["observed_series"]

_OF_SEVERAL = ("magnetism.T_half", "magnetism.hysteresis", "magnetism.hysteresis_fraction")


def observed_series(scans: Sequence[SeriesScan], specs: Sequence[InputSpec]) -> Observables:
    """Return the points of the curve, and what branches in several files show together.

    Parameters
    ----------
    scans : sequence of SeriesScan
        Those that were observed; one alone gives its curve.
    specs : sequence of InputSpec
        Of the technique.

    Returns
    -------
    Observables
        Without items where there are field sweeps only.
    """
    found = Findings("series")
    curves: list[MeasuredCurve] = []
    settings = MagnetismSettings()
    for scan in scans:
        given = inputs_of(scan.inputs, specs, where="magnetism")
        recording = given["sample"][0]
        if is_field_sweep(recording):
            continue
        settings = scan.settings or MagnetismSettings()
        try:
            curves.append(measured_curve(recording, settings, given["background"]))
        except SpectrafitError as error:  # the scan alone said why
            found.warn("MAG-117", what=f"curve of {scan.label}", why=error.what)
    if curves:
        found.attempt(
            "the curve", found.where, lambda: found.items.extend(curve_items(curves, settings))
        )
    if len(curves) > 1:
        _add_joined(_joined(curves), settings, found)
    return Observables(
        "magnetism", tuple(found.items), charts=tuple(found.charts),
        alerts=tuple(dict.fromkeys(found.alerts)),
    )  # fmt: skip


def _joined(curves: Sequence[MeasuredCurve]) -> MeasuredCurve:
    """Return one curve with the branches of all, numbered where they go the same way."""
    counts: dict[str, int] = {}
    branches: list[BranchCurve] = []
    for curve in curves:
        for branch in curve.branches:
            counts[branch.direction] = counts.get(branch.direction, 0) + 1
            count = counts[branch.direction]
            name = branch.direction if count == 1 else f"{branch.direction}_{count}"
            branches.append(replace(branch, name=name))
    return replace(curves[0], branches=tuple(branches), where="series")


def _add_joined(curve: MeasuredCurve, settings: MagnetismSettings, found: Findings) -> None:
    """Add the loop of branches that stand in different files, and how far they differ."""
    own = Findings(curve.where)
    transitions = add_transition(curve, settings, own)
    found.items += [item for item in own.items if item.key in _OF_SEVERAL]
    found.alerts += [one for one in own.alerts if one.code in ("MAG-108", "MAG-109", "MAG-110")]
    found.alerts += branch_difference(curve, transitions, settings)
    found.charts.append(chi_chart(curve, settings))
