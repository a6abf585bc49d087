"""What structures at several temperatures show together."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.observable import Observable
from spectrafit.panel import Chart
from spectrafit.technique import InputSpec, Observables, SeriesScan, inputs_of
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.one_structure import JudgedStructure, judged_structure
from spectrafit_structure.series_changes import changes_from, reference_structure
from spectrafit_structure.series_charts import series_charts
from spectrafit_structure.series_mixture import mixture_items
from spectrafit_structure.series_slopes import slope_items
from spectrafit_structure.settings import StructureSettings

__all__ = ["observed_series"]

_FEWEST = 2


def observed_series(scans: Sequence[SeriesScan], specs: Sequence[InputSpec]) -> Observables:
    """Return what the structures of a measurement show together.

    Parameters
    ----------
    scans : sequence of SeriesScan
        Those that were observed, all with one set of settings.
    specs : sequence of InputSpec
        Of the technique.

    Returns
    -------
    Observables
        Changes from the reference structure with their limits, slopes, displacements of mixtures,
        and the figures. Nothing but displacements for a single structure.

    Raises
    ------
    SettingsError
        When the reference cannot be found, or a setting is wrong.
    """
    settings: StructureSettings = scans[0].settings
    every = [
        judged_structure(
            inputs_of(scan.inputs, tuple(specs), where="structure")["sample"][0], settings
        )
        for scan in scans
    ]
    rows = sorted((row for row in every if row.T is not None), key=lambda row: row.T or 0.0)
    items: list[Observable] = []
    alerts: list[Alert] = []
    charts: list[Chart] = []
    if rows:
        found, why = mixture_items(rows, settings)
        items += found
        alerts += why
    if len(rows) >= _FEWEST:
        reference = reference_structure(rows, settings)
        for row in rows:
            if row is reference:
                continue
            changes, doubts = changes_from(reference, row, settings)
            items += changes
            alerts += doubts
        slopes, doubts = slope_items(rows, settings)
        items += slopes
        alerts += doubts
        charts, doubts = _charts(rows, settings)
        alerts += doubts
    return Observables(
        "structure", tuple(items), charts=tuple(charts), alerts=tuple(dict.fromkeys(alerts))
    )


def _charts(
    rows: Sequence[JudgedStructure], settings: StructureSettings
) -> tuple[list[Chart], tuple[Alert, ...]]:
    try:
        return list(series_charts(rows, settings)), ()
    except SpectrafitError as error:
        alert = structure_alert("STR-112")
        return [], (alert.alert(where="series", what="the figures", why=error.what),)
