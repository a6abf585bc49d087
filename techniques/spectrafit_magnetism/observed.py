"""Observables of one recording: a temperature sweep, a table of chi T, or a field sweep."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_magnetism.branch_difference import branch_difference
from spectrafit_magnetism.charts.chi_chart import chi_chart
from spectrafit_magnetism.charts.pair_chart import pair_chart
from spectrafit_magnetism.charts.slope_chart import slope_chart
from spectrafit_magnetism.curie_items import add_curie
from spectrafit_magnetism.curve import MeasuredCurve
from spectrafit_magnetism.field_items import observed_field_sweep
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.measured import measured_curve
from spectrafit_magnetism.named_items import add_named_values
from spectrafit_magnetism.pair_items import add_pair
from spectrafit_magnetism.readers.moment_columns import FIELDS
from spectrafit_magnetism.residual_items import add_residual
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.suitability import suitability
from spectrafit_magnetism.transition_items import add_transition

__all__ = ["is_field_sweep", "observed"]


def is_field_sweep(recording: Recording) -> bool:
    """Return whether the field was swept at one temperature.

    Parameters
    ----------
    recording : Recording
        Of a magnetometer.

    Returns
    -------
    bool
    """
    return recording.roles.get("x") in FIELDS


def observed(
    recording: Recording, settings: MagnetismSettings, background: Sequence[Recording] = ()
) -> Observables:
    """Return what a recording shows.

    Parameters
    ----------
    recording : Recording
        Of a magnetometer, or a table of chi T.
    settings : MagnetismSettings
        As chosen.
    background : sequence of Recording, optional
        The empty holder.

    Returns
    -------
    Observables

    Raises
    ------
    SpectrafitError
        When the recording is none of these, or lacks what chi T needs.
    """
    suits = suitability(recording)
    if not suits.suits:
        raise SettingsError(
            f"no magnetometer's run: {suits.why}",
            where=recording.name,
            do="a table of T in K and chi T in cm3 K/mol without labels is read by --reader chi-table",
        )
    if is_field_sweep(recording):
        return observed_field_sweep(recording, settings, background)
    curve = measured_curve(recording, settings, background)
    found = Findings(curve.where)
    found.alerts += curve.alerts
    transitions = add_transition(curve, settings, found)
    found.alerts += branch_difference(curve, transitions, settings)
    found.attempt("the residual share", found.where, lambda: add_residual(curve, settings, found))
    add_named_values(curve, settings, found)
    found.charts.append(chi_chart(curve, settings))
    slopes = slope_chart(curve, transitions)
    found.charts += [] if slopes is None else [slopes]
    found.attempt("the pair", found.where, lambda: _pair(curve, settings, found))
    found.attempt("the Curie-Weiss law", found.where, lambda: _curie(curve, settings, found))
    return Observables(
        "magnetism", tuple(found.items), charts=tuple(found.charts),
        alerts=tuple(dict.fromkeys(found.alerts)),
    )  # fmt: skip


def _pair(curve: MeasuredCurve, settings: MagnetismSettings, found: Findings) -> None:
    made = add_pair(curve, settings, found)
    if made is not None:
        found.charts.append(pair_chart(curve, made))


def _curie(curve: MeasuredCurve, settings: MagnetismSettings, found: Findings) -> None:
    add_curie(curve, settings, found)
