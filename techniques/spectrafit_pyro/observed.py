"""What one run shows: its observables, alerts and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from spectrafit.alert import Alert
from spectrafit.observable import Observable
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_pyro.alerts import pyro_alert
from spectrafit_pyro.change_items import change_items
from spectrafit_pyro.charts import change_chart, coefficient_chart, log_chart, reference_chart
from spectrafit_pyro.current_items import current_items
from spectrafit_pyro.findings import Findings
from spectrafit_pyro.origin import Origin, origin_of
from spectrafit_pyro.peak_items import shape_items
from spectrafit_pyro.reference_items import comparison_items, reference_items
from spectrafit_pyro.run import Run, measured_run
from spectrafit_pyro.settings import PyroSettings

__all__ = ["observed_run", "run_findings"]

MOST_POLARISED = 300.0
"""uC cm-2; the largest polarisation measured is 236, of supertetragonal PbTiO3 (L. Zhang et al., Science
361, 494 (2018))."""
_USUAL_AREAS = (0.01, 1e4)  # mm2, squares of 0.1 and 100 mm
# K/min: at 0.1 a range of 100 K takes 17 hours; above 60 a crystal of 1 mm lags by many K
_USUAL_RATES = (0.1, 60.0)
_FIRST = ("peak_height", "peak_T", "plateau_mean", "dP_total", "I0", "offset_for_plateau", "lag")
"""Read first, in this order."""


def observed_run(
    sample: Sequence[Recording], reference: Sequence[Recording], settings: PyroSettings
) -> Observables:
    """Return what a run shows.

    Parameters
    ----------
    sample : sequence of Recording
        One log, or those of both branches.
    reference : sequence of Recording
        Of the reference crystal; empty for none.
    settings : PyroSettings
        What is asked for.

    Returns
    -------
    Observables

    Raises
    ------
    SpectrafitError
        For data or settings that allow no result.
    """
    run = measured_run(sample, settings)
    other = measured_run(reference, settings, reference=True) if reference else None
    found = run_findings(run, other)
    return Observables(
        "pyro", tuple(found.items), charts=tuple(found.charts),
        alerts=tuple(dict.fromkeys(found.alerts)),
    )  # fmt: skip


def run_findings(run: Run, reference: Run | None) -> Findings:
    """Return observables, alerts and figures of a run.

    Parameters
    ----------
    run : Run
        As prepared.
    reference : Run or None
        Of the reference crystal.

    Returns
    -------
    Findings
    """
    origin, found = origin_of(run), Findings(alerts=list(run.alerts))
    found.alerts += _of_electrode(run) + _of_size(run)
    if reference is not None:
        found.alerts += [alert for alert in reference.alerts if alert.code != "RUN-003"]
    for part in (
        shape_items(origin),
        current_items(origin),
        change_items(origin),
        reference_items(origin, reference),
        comparison_items(origin),
    ):
        found.items += part.items
        found.alerts += part.alerts
    found.items.sort(key=_rank)
    _draw(found, origin, reference)
    return found


def _rank(item: Observable) -> int:
    """Return the place of an item: what a summary shows comes first, the rest as it was found."""
    name = item.key.removeprefix("pyro.").removeprefix("abs_")
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _of_electrode(run: Run) -> list[Alert]:
    alerts = []
    if run.electrode.polarity is None:
        alerts.append(pyro_alert("PYRO-104").alert(where=run.name))
    if run.electrode.area.sigma is None:
        alerts.append(pyro_alert("PYRO-105").alert(where=run.name))
    return alerts


def _of_size(run: Run) -> list[Alert]:
    """Return what speaks against a unit: too much charge, an odd area or rate."""
    T, p = run.best.temperature, run.best.p
    charge = 1e-3 * float(np.trapezoid(np.abs(p), T))
    alerts = []
    if charge > MOST_POLARISED:
        low, high = float(T[0]), float(T[-1])
        told = pyro_alert("PYRO-118").alert(
            where=run.name, charge=charge, low=low, high=high, most=MOST_POLARISED
        )
        alerts.append(told)
    area = run.electrode.stated_mm2
    if not _USUAL_AREAS[0] <= area <= _USUAL_AREAS[1]:
        side = float(np.sqrt(area))
        alerts.append(pyro_alert("PYRO-119").alert(where=run.name, area=area, side=side))
    rate = 60.0 * abs(run.sweep.nominal)
    if not _USUAL_RATES[0] <= rate <= _USUAL_RATES[1]:
        alerts.append(pyro_alert("PYRO-120").alert(where=run.name, rate=rate))
    return alerts


def _draw(found: Findings, origin: Origin, reference: Run | None) -> None:
    charts: list[tuple[str, Callable[[], Chart]]] = [("p", partial(coefficient_chart, origin))]
    if origin.run.electrode.polarity is not None:
        charts.append(("dP", partial(change_chart, origin)))
    if reference is not None:
        charts.append(("reference", partial(reference_chart, origin, reference)))
    charts.append(("log", partial(log_chart, origin)))
    for name, make in charts:
        found.attempt(f"the figure {name}", origin.run.name, partial(_add, found, make))


def _add(found: Findings, make: Callable[[], Chart]) -> None:
    found.charts.append(make())
