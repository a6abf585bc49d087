"""What a series says of populations and rates: progress, van 't Hoff with its verdict, the width bound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart
from spectrafit.spectrum import FloatArray
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.charts.exchange_chart import exchange_chart
from spectrafit_ir.charts.population_charts import dH_chart, fraction_chart
from spectrafit_ir.exchange_bound import width_bound
from spectrafit_ir.findings import Findings
from spectrafit_ir.population.anchors import KnownEntropy, KnownPopulation
from spectrafit_ir.population.band_series import BandSeries, band_series
from spectrafit_ir.population.end_members import BandEnds, End, FixedEnd, FreeEnd
from spectrafit_ir.population.progress import Progress, progress_of
from spectrafit_ir.population.verdict import VantHoff, Verdict, van_t_hoff
from spectrafit_ir.series_bands import Branch, SeriesBands
from spectrafit_ir.series_regimes import SeriesSteps

__all__ = ["series_population"]

_KILO = 1e-3
Places = np.ndarray[tuple[int], np.dtype[np.intp]]


def series_population(series: SeriesBands, steps: SeriesSteps) -> Findings:
    """Return what the named bands say of populations and of the exchange rate, branch by branch.

    Parameters
    ----------
    series : SeriesBands
        As fitted.
    steps : SeriesSteps
        Where it changes abruptly: no law is fitted across a step.

    Returns
    -------
    Findings
        Empty where no bands are named for it.
    """
    found = Findings()
    for branch in series.branches:
        one = _Regime(series, steps, branch, found)
        where = f"series, {branch.name}" if branch.name else "series"
        if series.settings.population_bands:
            found.attempt("progress", where, one.progress)
            found.attempt("the two-state law", where, one.law)
        if series.settings.exchange_bands:
            found.attempt("the bound on the exchange rate", where, one.bound)
    return found


@dataclass(frozen=True, eq=False)
class _Regime:
    """One branch between two temperatures."""

    series: SeriesBands
    steps: SeriesSteps
    branch: Branch
    found: Findings

    def places(self) -> Places:
        """Return the rows between the temperatures of the settings, or above the shared step."""
        own, T = self.branch.places, self.series.T[self.branch.places]
        window = self.series.settings.population_K
        if window is not None:
            return own[(window[0] <= T) & (window[1] >= T)]
        step = self.steps.joint.get(self.branch.name)
        return own if step is None or step.high is None else own[step.high <= T]

    def bands(self) -> BandSeries:
        """Return the areas of the population bands with their joint covariance."""
        places, series = self.places(), self.series
        names = series.settings.population_bands
        if places.size < 2:
            raise SettingsError(
                f"{places.size} spectra in the regime", where="population_K", do="widen it"
            )
        values = np.stack([series.area(name)[0][places] for name in names], axis=1)
        return band_series(
            series.T[places], values, covariance=self._covariance(places), names=names
        )

    def _covariance(self, places: Places) -> FloatArray:
        """Return the covariance of the bands of each row: noise, misfit and the standard.

        A declared scale is not in it: the fit takes its error from fitted signals, since measured
        ones would pull it down.
        """
        series, names = self.series, self.series.settings.population_bands
        size = len(names)
        found = np.zeros((places.size, size, size))
        columns = [series.names.index(name) for name in names]
        if series.settings.standard:
            return np.asarray(
                series.areas.covariance[np.ix_(places, np.array(columns), np.array(columns))]
            )
        for i, one in enumerate(names):
            for j, other in enumerate(names):
                (group, a), (beside, b) = series.place(one), series.place(other)
                if group is beside:
                    factor = group.fits.misfit.scale[places] ** 2
                    found[:, i, j] = group.fits.area_covariance[places, a, b] * factor
        return found

    def _common(self, step: str, said: dict[str, Any]) -> dict[str, Any]:
        return {
            "conditions": self.branch.conditions,
            "source": self.series.source,
            "history": self.series.history(step, said),
        }

    def progress(self) -> None:
        series = self.bands()
        if self.series.settings.scale_sigma and not self.series.settings.standard:
            series = series.with_scale_error(self.series.settings.scale_sigma, series.values)
        ends = self.series.settings.progress_K or (None, None)
        for band in series.names:
            made = progress_of(series, band, T_zero=ends[0], T_one=ends[1])
            if made.reason:
                alert = infrared_alert("IR-117")
                what = f"the progress of {band}"
                self.found.alerts.append(alert.alert(where="series", what=what, why=made.reason))
                continue
            self.found.items += self._progress_items(made)

    def _progress_items(self, made: Progress) -> list[Observable]:
        said = {"zero_at_K": made.T_zero, "one_at_K": made.T_one}
        common = self._common("progress", said)
        items = []
        for T, value, sigma in zip(made.T, made.value, made.sigma, strict=True):
            known = bool(sigma > 0.0)
            items.append(
                Observable(
                    f"ir.{made.band}.progress", "1", value=float(value),
                    sigma=float(sigma) if known else None,
                    sigma_reason="" if known else "0 and 1 by definition", conventions=said,
                    **(common | {"conditions": {"T": float(T), **self.branch.conditions}}),
                )
            )  # fmt: skip
        return items

    def _ends(self, band: str) -> BandEnds:
        settings = self.series.settings

        def end(known: dict[str, tuple[float, float]]) -> End:
            return FixedEnd(*known[band]) if band in known else FreeEnd()

        return BandEnds(end(dict(settings.end_A)), end(dict(settings.end_B)))

    def law(self) -> None:
        settings, series = self.series.settings, self.bands()
        anchors: list[KnownPopulation | KnownEntropy] = []
        if settings.anchor is not None:
            anchors.append(KnownPopulation(*settings.anchor, source="declared"))
        if settings.prior_dS is not None:
            anchors.append(KnownEntropy(*settings.prior_dS, source="declared"))
        scale = 0.0 if settings.standard else settings.scale_sigma or 0.0
        made = van_t_hoff(
            series, [self._ends(band) for band in series.names], anchors=anchors,
            brackets=self.steps.brackets, scale_sigma=scale,
        )  # fmt: skip
        self.found.items += self._law_items(made)
        where = f"series, {self.branch.name}" if self.branch.name else "series"
        if made.verdict is not Verdict.IDENTIFIED:
            alert = infrared_alert("IR-113")
            self.found.alerts.append(
                alert.alert(where=where, verdict=made.verdict.value, why=_why(made))
            )
        if made.misfit:
            alert = infrared_alert("IR-114")
            self.found.alerts.append(alert.alert(where=where, why="; ".join(made.misfit)))
        suffix = f"-{self.branch.name}" if self.branch.name else ""
        simulated = self.series.simulated
        self.found.charts.append(
            _renamed(dH_chart(made, simulated=simulated), f"dH-profile{suffix}")
        )
        shown = progress_of(made.series, series.names[-1])
        if not shown.reason:
            chart = fraction_chart(made, shown, simulated=simulated)
            self.found.charts.append(_renamed(chart, f"fraction{suffix}"))

    def _law_items(self, made: VantHoff) -> list[Observable]:
        T = made.series.T
        said = {
            "law_bands": list(made.series.names), "T_K": [float(T.min()), float(T.max())],
            "ends": " and ".join(made.held) or "constant", "anchors": list(made.anchors), "verdict": made.verdict.value,
        }  # fmt: skip
        common = self._common("two-state law", said)
        found = made.best
        interval, half = found.interval, found.T_half_range
        items = [
            Observable(
                "ir.population_verdict", "1", Kind.CATEGORY, made.verdict.value,
                verdict=made.sentence, conventions=said, **common,
            )
        ]  # fmt: skip
        only = made.verdict is Verdict.IF_ENDS_CONSTANT
        ends = (interval.lower, interval.upper) if only else made.bounds
        kind, low, high = _closed(*ends)
        if kind is not None:
            best = interval.best * _KILO if kind is Kind.INTERVAL else None
            held = "only if both end members are constant: " if only else ""
            if made.held == ("linear",):
                held = "with linear end members, constant ones are rejected: "
            items.append(
                Observable(
                    "ir.dH", "kJ mol-1", kind, best, low=None if low is None else low * _KILO,
                    high=None if high is None else high * _KILO, level=interval.level,
                    verdict=f"{held}{made.verdict.value.replace('_', ' ')}", conventions=said,
                    **common,
                )
            )  # fmt: skip
        if made.headline:
            items.append(
                Observable(
                    "ir.T_half", "K", Kind.INTERVAL, found.T_half, low=half[0], high=half[1],
                    level=interval.level, verdict=made.sentence, conventions=said, **common,
                )
            )  # fmt: skip
        return items

    def bound(self) -> None:
        settings, series = self.series.settings, self.series
        if len(settings.exchange_bands) != 2:
            raise SettingsError("two bands are needed", where="exchange_bands")
        band, partner = settings.exchange_bands
        resolutions = {row.resolution for row in series.rows if row.resolution is not None}
        if not resolutions:
            raise SettingsError("the resolution is not known", do="give resolution_cm")
        places = self.places()
        (group, a), (beside, b) = series.place(band), series.place(partner)
        widths = group.fits.fwhm.values[places, a]
        sigma = group.fits.misfit.sigma_of(group.fits.fwhm.sigma)[places, a]
        known = np.isfinite(widths) & np.isfinite(sigma) & (sigma > 0.0)
        places = places[known]
        separation = abs(series.positions[band] - series.positions[partner])
        made = width_bound(
            series.T[places], widths[known], sigma[known], resolution=max(resolutions),
            separation=separation, band=band, partner=partner,
        )  # fmt: skip
        said = {
            "band": band, "partner": partner, "coldest_K": made.coldest,
            "resolution_cm": made.resolution, "assumption": "the same oscillator in both states",
            "rate": "one-way",
        }  # fmt: skip
        common = self._common("width bound", said)
        for T, k_max in zip(made.T, made.k_max, strict=True):
            self.found.items.append(
                Observable(
                    "ir.k_max", "s-1", Kind.UPPER_LIMIT, high=float(k_max), level=made.level,
                    verdict=made.sentence, conventions=said,
                    **(common | {"conditions": {"T": float(T), **self.branch.conditions}}),
                )
            )  # fmt: skip
        warmest = int(places[np.argmax(series.T[places])])
        areas = (
            float(group.fits.area.values[warmest, a]),
            float(beside.fits.area.values[warmest, b]),
        )
        if group is not beside or not min(areas) > 0.0:
            return
        fits, rows = group.fits, group.rows
        others = [
            curve for name, curve in fits.curves(warmest).items() if name not in (band, partner)
        ]
        chart = exchange_chart(
            rows.x, rows.Y[warmest], float(rows.sigma[warmest]), made, T=float(series.T[warmest]),
            positions=(
                float(fits.position.values[warmest, a]), float(fits.position.values[warmest, b]),
            ),
            areas=areas, width=float(widths[known][0]),
            background=np.sum(others, axis=0) if others else None, simulated=series.simulated,
        )  # fmt: skip
        suffix = f"-{self.branch.name}" if self.branch.name else ""
        self.found.charts.append(_renamed(chart, f"exchange{suffix}"))


def _why(made: VantHoff) -> str:
    """Return why the law is not identified; where the data reject it, that is the reason."""
    return "; ".join(made.reasons) or "; ".join(made.misfit) or "the profile of dH is open"


def _closed(
    lower: float | None, upper: float | None
) -> tuple[Kind | None, float | None, float | None]:
    """Return the kind of an interval with one or two ends; None for one without."""
    if lower is not None and upper is not None:
        return Kind.INTERVAL, lower, upper
    if lower is not None:
        return Kind.LOWER_LIMIT, lower, None
    if upper is not None:
        return Kind.UPPER_LIMIT, None, upper
    return None, None, None


def _renamed(chart: Chart, name: str) -> Chart:

    return replace(chart, name=name)
