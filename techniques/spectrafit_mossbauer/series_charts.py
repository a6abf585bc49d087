"""All figures of a temperature series, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spectrafit.panel import Chart
from spectrafit_mossbauer.absorption.fitted import FittedSites, all_with_asymmetry
from spectrafit_mossbauer.debye import ThetaRange, carried_shift
from spectrafit_mossbauer.population import Range, ReferenceShift
from spectrafit_mossbauer.series import LinkedSeries
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.stack_chart import stacked_chart
from spectrafit_mossbauer.state_charts import StateBox, plane_chart, rate_chart, tension_chart
from spectrafit_mossbauer.trend_chart import TrendRow, trend_chart, trend_row

if TYPE_CHECKING:
    from spectrafit_mossbauer.whole_series import SeriesSpectrum

__all__ = ["series_charts"]


def series_charts(
    spectra: Sequence[SeriesSpectrum],
    settings: MossbauerSettings,
    linked: LinkedSeries | None = None,
) -> tuple[Chart, ...]:
    """Return the stack, the trends, the IS-QS plane, the populations and the bound on the rate.

    Parameters
    ----------
    spectra : sequence of SeriesSpectrum
        Two or more, by temperature.
    settings : MossbauerSettings
        As chosen.
    linked : LinkedSeries, optional
        The joint fit, whose temperature of reference is taken where no other is set.

    Returns
    -------
    tuple of Chart
        Those for which there is something to draw.
    """
    T_ref = settings.T_ref_K
    if T_ref is None and linked is not None:
        T_ref = linked.T_ref
    theta = None if settings.theta_K is None else ThetaRange(*settings.theta_K)
    rows = [
        _row(one, T_ref, theta, free)
        for one, free in zip(spectra, _free_widths(spectra), strict=True)
    ]
    carried = T_ref if theta is not None else None
    axis = spectra[0].fitted.axis
    unsigned = ", sign not determined" if axis.orientation is None else ""
    convention = f"{axis.convention or 'as in the file'}{unsigned}"
    steps = (settings.states_from_K,) if settings.states_from_K > 0.0 else ()
    charts: list[Chart | None] = [
        stacked_chart([one.fitted for one in spectra], [one.T for one in spectra]),
        trend_chart(rows, T_ref=carried, steps_K=steps, convention=convention),
    ]
    if any(row.IS is not None and row.QS is not None for row in rows):
        boxes = _boxes(settings, carried, theta)
        charts.append(plane_chart(rows, boxes, T_ref=carried, convention=convention))
    simulated = any(row.simulated for row in rows)
    found = [(one.T, one.agreement) for one in spectra if one.agreement is not None]
    if found:
        charts.append(tension_chart(found, state=settings.state_names[1], simulated=simulated))
    charts.append(_bound_chart(spectra, simulated=simulated))
    return tuple(chart for chart in charts if chart is not None)


def _row(
    one: SeriesSpectrum,
    T_ref: float | None,
    theta: ThetaRange | None,
    free_widths: FittedSites | None,
) -> TrendRow:
    fitted, carried = one.fitted, None
    if T_ref is not None and theta is not None and "site1.IS" in fitted.names:
        carried = carried_shift(
            fitted.value("site1.IS"), one.T, T_ref, theta, sigma=fitted.sigma("site1.IS")
        )
    return trend_row(fitted, one.T, carried=carried, free_widths=free_widths)


def _free_widths(spectra: Sequence[SeriesSpectrum]) -> tuple[FittedSites | None, ...]:
    """Return the fits in which both lines of the one doublet have their own width."""
    fits = [one.fitted for one in spectra]
    plain = all(
        len(fitted.sites) == 1
        and fitted.sites[0].kind == "doublet"
        and fitted.sites[0].shape == "lorentzian"
        and fitted.sites[0].asymmetry == "none"
        for fitted in fits
    )
    return all_with_asymmetry(fits, "relaxation") if plain else (None,) * len(fits)


def _boxes(
    settings: MossbauerSettings, T_ref: float | None, theta: ThetaRange | None
) -> tuple[StateBox, ...]:
    """Return the declared ranges of both states at the temperature of the plane."""
    if T_ref is None or theta is None or settings.states_T_K is None:
        return ()
    pairs = ((settings.IS_1, settings.QS_1), (settings.IS_2, settings.QS_2))
    return tuple(
        StateBox(
            name,
            ReferenceShift(*shift, settings.states_T_K).carried(T_ref, theta),
            Range(*splitting),
        )
        for name, (shift, splitting) in zip(settings.state_names, pairs, strict=True)
        if shift is not None and splitting is not None
    )


def _bound_chart(spectra: Sequence[SeriesSpectrum], *, simulated: bool) -> Chart | None:
    """Return the profile where both states are nearest to equal populations: hopping broadens most.

    The highest of several bounds is no bound at their confidence, so it is not what is picked.
    """
    profiled = [one.rate for one in spectra if one.rate is not None and one.rate.along is not None]
    if not profiled:
        return None
    picked = min(profiled, key=lambda one: abs(one.states.middle - 0.5))
    T = next(one.T for one in spectra if one.rate is picked)
    return rate_chart(picked, title=f"Bound on the exchange rate at {T:g} K", simulated=simulated)
