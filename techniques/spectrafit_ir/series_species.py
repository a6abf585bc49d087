"""What the whole spectra of a series say: differences, rank, crossings, correlation, resolved spectra."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.charts.correlation_chart import correlation_chart
from spectrafit_ir.charts.difference_chart import Difference, difference_chart
from spectrafit_ir.charts.series_axes import WAVENUMBER, kelvin_span, spread_rows
from spectrafit_ir.charts.vectors_chart import singular_values_chart, vectors_chart
from spectrafit_ir.findings import Findings
from spectrafit_ir.measured import MeasuredBands
from spectrafit_ir.series_bands import Branch, SeriesBands
from spectrafit_ir.series_regimes import SeriesSteps
from spectrafit_ir.species.correlation import correlation_maps
from spectrafit_ir.species.difference import Against, Differences, difference_spectra
from spectrafit_ir.species.isosbestic import IsosbesticTest, isosbestic_test
from spectrafit_ir.species.mcr import resolved_mixture
from spectrafit_ir.species.rank import SpeciesRank, species_rank
from spectrafit_ir.species.shift_test import shift_test
from spectrafit_ir.species.species_verdict import species_verdict

__all__ = ["corrected_rows", "series_species"]

_AGAINST: dict[str, Against] = {
    "coldest": "coldest",
    "below_step": "below step",
    "previous": "previous",
}
_MOST_PANELS = 4
_FEWEST = 3


def corrected_rows(group: MeasuredBands) -> FloatArray:
    """Return the spectra of a window less the baselines of their fits.

    Parameters
    ----------
    group : MeasuredBands
        Of one window.

    Returns
    -------
    ndarray, shape (N, n)
    """
    baselines = np.stack([group.fits.baseline(row) for row in range(len(group.rows))])
    return np.asarray(group.rows.Y - baselines)


def series_species(series: SeriesBands, steps: SeriesSteps) -> Findings:
    """Return what the whole spectra of each window and branch say.

    Rank and crossings are those of one regime: above the shared step where there is one.

    Parameters
    ----------
    series : SeriesBands
        As fitted.
    steps : SeriesSteps
        Where it changes abruptly.

    Returns
    -------
    Findings
    """
    found = Findings()
    for group in series.groups:
        for branch in series.branches:
            _Window(series, steps, group, branch, found).all_parts()
    return found


@dataclass(frozen=True, eq=False)
class _Window:
    """One window on one branch."""

    series: SeriesBands
    steps: SeriesSteps
    group: MeasuredBands
    branch: Branch
    found: Findings

    @property
    def name(self) -> str:
        """Safe as part of the name of a figure."""
        parts = (self.group.rows.group.name, self.branch.name)
        return "-".join(part for part in parts if part)

    @property
    def title(self) -> str:
        """For titles."""
        low, high = self.group.rows.group.low, self.group.rows.group.high
        window = f"{low:.0f} to {high:.0f} cm⁻¹" if len(self.series.groups) > 1 else ""
        parts = [part for part in (window, self.branch.name) if part]
        return f", {', '.join(parts)}" if parts else ""

    @property
    def marks(self) -> dict[str, float]:
        """Bands of the window."""
        own = self.series.positions
        return {name: own[name] for name in self.group.fits.names}

    @property
    def regime(self) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """Rows above the shared step of the branch, or all."""
        places = self.branch.places
        step = self.steps.joint.get(self.branch.name)
        if step is None or step.high is None:
            return places
        above = places[self.series.T[places] >= step.high]
        return above if above.size >= _FEWEST else places

    @property
    def lag1(self) -> float:
        """Correlation of neighbouring points, of the rows on average."""
        known = [row.noise.lag1 for row in self.series.rows if np.isfinite(row.noise.lag1)]
        return max(0.0, float(np.mean(known))) if known else 0.0

    def all_parts(self) -> None:
        where = f"series, {self.name}"
        for what, part in (
            ("difference spectra", self.differences),
            ("rank and crossings", self.species),
            ("two-dimensional correlation", self.correlation),
            ("resolved spectra", self.mixture),
        ):
            self.found.attempt(what, where, part)

    def differences(self) -> None:
        places, rows = self.branch.places, self.group.rows
        against = _AGAINST[self.series.settings.difference_to]
        step = self.steps.joint.get(self.branch.name)
        bracket = None
        if step is not None and step.low is not None and step.high is not None:
            bracket = (step.low, step.high)
        if against == "below step" and bracket is None:
            against = "coldest"
        Y = corrected_rows(self.group)[places]
        made = difference_spectra(
            rows.x, Y, rows.sigma[places], self.series.T[places], against=against, step=bracket
        )
        drawn, moved = [], []
        for k in self._shown(made):
            reference = Y[made.reference_row[k]]
            test = shift_test(
                rows.x, made.values[k], reference, float(made.sigma[k]),
                reference_sigma=float(rows.sigma[places][made.reference_row[k]]),
            )  # fmt: skip
            label = f"{made.T[k]:g} K − {made.reference_T[k]:g} K"
            drawn.append(Difference(label, made.values[k], made.sigma[k], None, test.share))
            if test.verdict == "shift_or_broadening":
                # words of an alert are printed on terminals that know no minus sign
                moved.append(label.replace("−", "-"))
        if moved:
            alert = infrared_alert("IR-116").alert(
                where=f"series, {self.name}", what="; ".join(moved)
            )
            self.found.alerts.append(alert)
        chart = difference_chart(
            rows.x, drawn, bands=self.marks, title=f"Difference spectra{self.title}",
            simulated=self.series.simulated,
        )  # fmt: skip
        self.found.charts.append(_named(chart, f"differences-{self.name}"))

    def _shown(self, made: Differences) -> tuple[int, ...]:
        """Return which differences are drawn: spread over the series."""
        return spread_rows(made.T, min(_MOST_PANELS, made.T.size))

    def species(self) -> None:
        own, rows = self.regime, self.group.rows
        if own.size < _FEWEST:
            return
        Y, sigma = corrected_rows(self.group)[own], rows.sigma[own]
        rank = species_rank(rows.x, Y, sigma, lag1=self.lag1)
        crossings = isosbestic_test(
            rows.x, Y, sigma, baseline_sigma=self._baseline_sigma(own), lag1=self.lag1
        )
        verdict = species_verdict(rank, crossings)
        T = self.series.T[own]
        said = {
            "window_cm": [rows.group.low, rows.group.high],
            "T_K": [float(T.min()), float(T.max())],
        }
        history = self.series.history("rank", said)
        common: dict[str, Any] = {
            "conditions": self.branch.conditions,
            "source": self.series.source,
            "history": history,
        }
        several = f"{rows.group.name}." if len(self.series.groups) > 1 else ""
        self.found.items += [
            Observable(
                f"ir.{several}rank", "1", value=rank.rank, sigma_reason="a count",
                verdict=rank.sentence, conventions=said, **common,
            ),
            Observable(
                f"ir.{several}species", "1", Kind.CATEGORY, verdict.word,
                verdict=_words(rank, crossings), conventions=said, **common,
            ),
            *(
                Observable(
                    f"ir.{point.position:.0f}.isosbestic", "cm-1", value=point.position,
                    sigma_reason="a place of least scatter", verdict=point.sentence,
                    conventions=said | {"p": point.p, "spread": point.spread}, **common,
                )
                for point in {f"{one.position:.0f}": one for one in crossings.points}.values()
                if point.statistical and point.visual
            ),
        ]  # fmt: skip
        simulated, span = self.series.simulated, kelvin_span(T)
        values = singular_values_chart(
            rank.singular_values, rank.edge, rank=rank.rank,
            title=f"Singular values, {span}{self.title}", simulated=simulated,
        )  # fmt: skip
        self.found.charts.append(_named(values, f"singular-values-{self.name}"))
        if rank.rank:
            vectors = vectors_chart(
                rows.x, rank.right, rank.mean, title=f"First vectors, {span}{self.title}",
                simulated=simulated,
            )  # fmt: skip
            self.found.charts.append(_named(vectors, f"vectors-{self.name}"))

    def _baseline_sigma(self, own: np.ndarray[tuple[int], np.dtype[np.intp]]) -> FloatArray:
        """Return how well the baselines are known in absorbance: their spread of areas by the window."""
        rows = self.group.rows
        if not self.group.windows:
            return np.zeros(own.size)
        spreads = [spread[own] for spread in self.group.window_spread.values()]
        widths = [area.high - area.low for area in self.group.windows.values()]
        each = np.stack([s / w for s, w in zip(spreads, widths, strict=True)])
        found = np.nanmedian(np.where(np.isfinite(each), each, np.nan), axis=0)
        return np.asarray(np.where(np.isfinite(found), found, 0.0)) + 0.0 * rows.sigma[own]

    def correlation(self) -> None:
        if not self.series.settings.correlation_2d:
            return
        own, rows = self.regime, self.group.rows
        T = self.series.T[own]
        found = correlation_maps(
            rows.x, corrected_rows(self.group)[own], T, steps=self.steps.brackets
        )
        chart = correlation_chart(
            rows.x, found.synchronous, found.asynchronous, span=kelvin_span(T),
            title=f"Two-dimensional correlation{self.title}", simulated=self.series.simulated,
        )  # fmt: skip
        self.found.charts.append(_named(chart, f"correlation-{self.name}"))

    def mixture(self) -> None:
        count = self.series.settings.mcr_components
        if not count:
            return
        own, rows = self.regime, self.group.rows
        T = self.series.T[own]
        guesses = [float(T[k]) for k in np.linspace(0, T.size - 1, count).round().astype(int)]
        found = resolved_mixture(
            rows.x, corrected_rows(self.group)[own], rows.sigma[own], T, guesses=guesses
        )
        self.found.alerts.append(
            infrared_alert("IR-121").alert(where=f"series, {self.name}", statement=found.statement)
        )
        spectra = tuple(
            Trace(f"component {k}, guess {T_guess:g} K", rows.x, spectrum, TraceKind.CURVE)
            for k, (spectrum, T_guess) in enumerate(
                zip(found.spectra, found.guesses, strict=True), 1
            )
        )
        self.found.charts.append(
            Chart(
                f"resolved-{self.name}", f"Spectra resolved by MCR-ALS{self.title}", WAVENUMBER,
                (Panel("absorbance", spectra),), found.statement, self.series.simulated,
                reverse_x=True,
            )
        )  # fmt: skip
        shares = tuple(
            Trace(f"component {k}", found.T, share, TraceKind.DATA)
            for k, share in enumerate(found.shares.T, 1)
        )
        self.found.charts.append(
            Chart(
                f"shares-{self.name}", f"Shares by MCR-ALS{self.title}", "temperature / K",
                (Panel("share", shares),), found.statement, self.series.simulated,
            )
        )  # fmt: skip


def _words(rank: SpeciesRank, crossings: IsosbesticTest) -> str:
    """Return what a verdict on species rests on, in one line."""
    points = crossings.points
    if not points:
        return f"{rank.sentence}; no crossing: {crossings.reason}"
    hold, seen = sum(one.statistical for one in points), sum(one.visual for one in points)
    return f"{rank.sentence}; crossings: {len(points)}, isosbestic within the errors {hold}, by eye {seen}"


def _named(chart: Chart, name: str) -> Chart:
    return replace(chart, name=name)
