"""Calculated vibrations of states beside the spectra of a series, or beside one spectrum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import Kind, Observable
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.bands.groups import band_groups, bands_of
from spectrafit_ir.baseline.methods import baselines_of
from spectrafit_ir.calculated.candidates import Candidates, candidates
from spectrafit_ir.calculated.sticks import Vibrations, vibrations_of
from spectrafit_ir.charts.calculated_chart import calculated_chart
from spectrafit_ir.charts.series_axes import kelvin_span
from spectrafit_ir.findings import Findings
from spectrafit_ir.measured import MeasuredBands
from spectrafit_ir.rows import SpectrumRow
from spectrafit_ir.series_bands import SeriesBands
from spectrafit_ir.series_regimes import SeriesSteps
from spectrafit_ir.series_species import corrected_rows
from spectrafit_ir.settings import InfraredSettings

__all__ = ["one_spectrum_calculated", "series_calculated"]

_FEWEST_WARM = 1


@dataclass(frozen=True, eq=False)
class _Measured:
    """What the calculations are held against."""

    x: FloatArray
    Y: FloatArray
    changes: FloatArray | None
    positions: dict[str, float]
    words: str
    source: Source
    history: tuple[HistoryEntry, ...]
    conditions: dict[str, float | str]


def series_calculated(
    series: SeriesBands, steps: SeriesSteps, references: Sequence[Recording]
) -> Findings:
    """Return what calculated states say of a series: of its cold regime, and of its change.

    Parameters
    ----------
    series : SeriesBands
        As fitted.
    steps : SeriesSteps
        The cold regime ends below the shared step; without one it is the whole series.
    references : sequence of Recording
        Calculated vibrations, one state each.

    Returns
    -------
    Findings
        Empty without calculations.
    """
    found = Findings()
    if references:
        group = max(series.groups, key=lambda one: one.rows.x.size)
        found.attempt(
            "the comparison with calculations", "series",
            lambda: _compare(_of_series(series, steps, group), references, series.settings, found),
        )  # fmt: skip
    return found


def one_spectrum_calculated(
    row: SpectrumRow, settings: InfraredSettings, references: Sequence[Recording]
) -> Findings:
    """Return what calculated states say of one spectrum.

    Parameters
    ----------
    row : SpectrumRow
        The spectrum.
    settings : InfraredSettings
        The window; without one, that of the named bands.
    references : sequence of Recording
        Calculated vibrations, one state each.

    Returns
    -------
    Findings
    """
    found = Findings()

    def compare() -> None:
        low, high = _window(row, settings)
        part = row.absorbance.window(low, high)
        y = part.y[None, :] - baselines_of(part.x, part.y[None, :], settings.baseline)
        spectrum = row.absorbance.spectrum
        one = _Measured(
            part.x, y, None, {}, row.label, spectrum.source, spectrum.history,
            dict(spectrum.conditions),
        )  # fmt: skip
        _compare(one, references, settings, found)

    found.attempt("the comparison with calculations", row.label, compare)
    return found


def _window(row: SpectrumRow, settings: InfraredSettings) -> tuple[float, float]:
    if settings.window_cm is not None:
        return settings.window_cm
    if not settings.bands:
        raise SettingsError(
            "no window to compare in",
            where="window_cm",
            do="give one: --set 'window_cm=[1200,1600]'",
        )
    groups = band_groups(bands_of(settings.bands), row.x)
    widest = max(groups, key=lambda one: one.high - one.low)
    return widest.low, widest.high


def _of_series(series: SeriesBands, steps: SeriesSteps, group: MeasuredBands) -> _Measured:
    branch = series.branches[0]
    places, T = branch.places, series.T[branch.places]
    step = steps.joint.get(branch.name)
    cold = places
    changes = None
    rows = corrected_rows(group)
    if step is not None and step.low is not None and step.high is not None:
        below, above = places[step.low >= T], places[step.high <= T]
        if below.size and above.size >= _FEWEST_WARM:
            cold, changes = below, rows[above] - rows[below].mean(axis=0)
    span = kelvin_span(series.T[cold])
    positions = {
        name: float(np.nanmean(group.fits.position.values[cold, k]))
        for k, name in enumerate(group.fits.names)
        if group.fits.seen[cold, k].all()
    }
    low, high = group.rows.group.low, group.rows.group.high
    said = {"window_cm": [low, high], "rows": span}
    return _Measured(
        group.rows.x, rows[cold], changes, positions, f"mean of {span}", series.source,
        series.history("calculated", said), dict(branch.conditions),
    )  # fmt: skip


def _compare(
    one: _Measured,
    references: Sequence[Recording],
    settings: InfraredSettings,
    found: Findings,
) -> None:
    states = [
        vibrations_of(reference, allow_imaginary=settings.allow_imaginary)
        for reference in references
    ]
    assigned = {name: at for name, at in settings.assigned.items() if name in one.positions}
    made = candidates(
        one.x, one.Y, states, measured_differences=one.changes, bands=one.positions,
        assigned=assigned, factor=settings.scale_factor, factors=settings.scale_factor_range,
        fwhm=settings.stick_fwhm_cm,
    )  # fmt: skip
    found.items += _items(one, made, states, settings)
    for match in made.matches:
        if match.verdict != "matches":
            alert = infrared_alert("IR-119")
            found.alerts.append(
                alert.alert(
                    where=one.words, state=match.state, score=match.score, chance=match.chance
                )
            )
    if made.notes:
        alert = infrared_alert("IR-122")
        found.alerts.append(alert.alert(where=one.words, what="; ".join(made.notes)))
    found.charts.append(
        calculated_chart(
            one.x, one.Y.mean(axis=0), made, states, fwhm=settings.stick_fwhm_cm,
            measured=one.words, simulated=one.source.simulated,
        )
    )  # fmt: skip


def _key(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9+-]+", "_", name).strip("_") or "state"


def _items(
    one: _Measured, made: Candidates, states: Sequence[Vibrations], settings: InfraredSettings
) -> list[Observable]:
    said = {
        "window_cm": [float(one.x[0]), float(one.x[-1])],
        "scale_factor": made.factor.value,
        "scale_factor_from": made.origin,
        "stick_fwhm_cm": settings.stick_fwhm_cm,
        "states": [state.name for state in states],
    }
    common: dict[str, Any] = {
        "conditions": one.conditions,
        "source": one.source,
        "history": one.history,
    }
    items = [
        Observable(
            f"ir.match.{_key(match.state)}", "1", value=match.score,
            sigma_reason="its chance level stands in the verdict",
            verdict=f"{match.verdict}: {match.score:.2f}, with modes elsewhere up to {match.chance:.2f}",
            conventions=said | {"chance": match.chance}, **common,
        )
        for match in made.matches
    ]  # fmt: skip
    factor = made.factor
    items.append(
        Observable(
            "ir.scale_factor", "1", value=factor.value, sigma=factor.sigma or None,
            sigma_reason="" if factor.sigma else factor.sigma_reason or "given without one",
            verdict=made.origin, conventions=said, **common,
        )
    )  # fmt: skip
    for pair in made.differences:
        items.append(
            Observable(
                f"ir.leads.{_key(pair.better)}-{_key(pair.worse)}", "1", Kind.CATEGORY,
                "decided" if pair.decided else "not_decided",
                verdict=f"{pair.better} over {pair.worse} by {pair.value:.2f} "
                f"({pair.low:.2f} to {pair.high:.2f})",
                conventions=said | {"over": pair.worse}, **common,
            )
        )  # fmt: skip
    for change in made.measured_differences[:1]:
        items.append(
            Observable(
                "ir.change_match", "1", Kind.CATEGORY, change.verdict,
                verdict=f"{change.upper} less {change.lower}: {change.score:.2f}, with modes elsewhere "
                f"up to {change.chance:.2f}", conventions=said, **common,
            )
        )  # fmt: skip
    return items
