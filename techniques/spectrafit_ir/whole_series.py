"""What the temperatures of a measurement show together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.recording import Recording
from spectrafit.technique import InputSpec, Observables, SeriesScan, inputs_of
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.bands.difference_peaks import difference_peaks
from spectrafit_ir.bands.peaks import (
    Peak,
    bands_table_text,
    find_peaks,
    joined_peaks,
    largest_peaks,
)
from spectrafit_ir.findings import Findings
from spectrafit_ir.rows import SpectrumRow, common_grid, longest_stretch
from spectrafit_ir.series_bands import SeriesBands, series_bands
from spectrafit_ir.series_calculated import one_spectrum_calculated, series_calculated
from spectrafit_ir.series_charts import series_charts, spectra_map
from spectrafit_ir.series_items import (
    fit_alerts,
    linked_items,
    presence_items,
    ratio_items,
    trace_items,
)
from spectrafit_ir.series_population import series_population
from spectrafit_ir.series_regimes import series_steps
from spectrafit_ir.series_rows import checked_temperatures
from spectrafit_ir.series_species import series_species
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.spectrum_bands import inline_bands, prepared_row
from spectrafit_ir.vapour import narrow_lines

__all__ = ["observed_series"]

_FEWEST = 2
_MOST_FOUND = 12


def observed_series(scans: Sequence[SeriesScan], specs: Sequence[InputSpec]) -> Observables:
    """Return what a series says as a whole.

    Parameters
    ----------
    scans : sequence of SeriesScan
        Those that were observed, all with one set of settings.
    specs : sequence of InputSpec
        Of the technique.

    Returns
    -------
    Observables
        Linked bands, steps, species, populations and the rate bound, and the figures. A part that
        cannot be given is named in an alert and stops no other.

    Raises
    ------
    SettingsError
        When spectra have no temperature, or two of a branch have the same.
    """
    settings: InfraredSettings = scans[0].settings
    rows = []
    for scan in scans:
        given = inputs_of(scan.inputs, tuple(specs), where="ir")
        rows.append(prepared_row(given["sample"][0], settings, given["background"], scan.label))
    references = inputs_of(scans[0].inputs, tuple(specs), where="ir")["reference"]
    if len(rows) < _FEWEST:
        found = Findings()
        if references:
            found = one_spectrum_calculated(rows[0], settings, references)
        return _observables(found)
    checked_temperatures(
        [row.label for row in rows], [row.T for row in rows], [row.branch for row in rows]
    )
    rows.sort(key=lambda row: (row.branch, row.T))
    found = Findings()
    named = settings
    if not settings.bands:
        named = _with_found_bands(rows, settings, found)
    if not named.bands:
        _add_map(rows, settings, found)
        return _observables(found)
    try:
        series = series_bands(rows, named, _shared_parameters(scans))
    except SpectrafitError as error:
        why = f"{error.what}; {error.do}" if error.do else error.what
        found.alerts.append(infrared_alert("IR-111").alert(where="series", what=why))
        _add_map(rows, named, found)
        return _observables(found)
    alone = [alert for scan in scans for alert in scan.observables.alerts]
    # bands that were found for the series only were not fitted to single spectra
    misfit = not settings.bands or any(alert.code == "IR-102" for alert in alone)
    _whole(series, found, references, alone_misfit=misfit)
    return _observables(found)


def _shared_parameters(scans: Sequence[SeriesScan]) -> Mapping[str, ParameterChange]:
    """Return the changed parameters of a series; one fit of all has one set of them."""
    first = dict(scans[0].parameters)
    for scan in scans[1:]:
        own = dict(scan.parameters)
        if own != first:
            names = sorted(n for n in own.keys() | first.keys() if own.get(n) != first.get(n))
            raise SettingsError(
                f"{scans[0].label} and {scan.label} differ in the parameters {', '.join(names)}",
                where="parameters",
                do="change the same parameters for all spectra, to fit them together",
            )
    return first


def _observables(found: Findings) -> Observables:
    return Observables(
        "ir", tuple(found.items), charts=tuple(found.charts),
        alerts=tuple(dict.fromkeys(found.alerts)),
    )  # fmt: skip


def _add_map(rows: Sequence[SpectrumRow], settings: InfraredSettings, found: Findings) -> None:
    def draw() -> None:
        chart = spectra_map(rows, settings.window_cm)
        found.charts += [chart] if chart is not None else []

    found.attempt("the map", "series", draw)


def _whole(
    series: SeriesBands,
    found: Findings,
    references: Sequence[Recording],
    *,
    alone_misfit: bool,
) -> None:
    """Add everything that linked bands give."""
    found.alerts += fit_alerts(series, alone_misfit=alone_misfit)
    found.items += linked_items(series)
    traces, alerts, _ = trace_items(series)
    found.items += traces
    found.alerts += alerts
    found.items += presence_items(series)[0]
    steps = series_steps(series)
    found.items += steps.items
    found.alerts += steps.alerts
    pairs = series.settings.population_bands
    found.attempt(
        "ratios", "series",
        lambda: found.items.extend(ratio_items(series, list(zip(pairs[1:], pairs[:-1], strict=True)))),
    )  # fmt: skip
    found.attempt("vapour lines", "series", lambda: _vapour(series, found))
    parts = [
        series_charts(series, steps), series_population(series, steps),
        series_species(series, steps), series_calculated(series, steps, references),
    ]  # fmt: skip
    for part in parts:
        found.items += part.items
        found.alerts += part.alerts
        found.charts += part.charts


def _vapour(series: SeriesBands, found: Findings) -> None:
    for group in series.groups:
        totals = np.stack([group.fits.total(row) for row in range(len(series.rows))])
        lines = narrow_lines(group.rows.x, group.rows.Y - totals)
        if lines.found:
            where = ", ".join(f"{line.position:.1f}" for line in lines.lines[:8])
            what = f"lines narrower than 3 cm-1 go together through the series at {where} cm-1"
            alert = infrared_alert("IR-108")
            found.alerts.append(alert.alert(where=f"series, {group.rows.group.name}", what=what))


def _with_found_bands(
    rows: Sequence[SpectrumRow], settings: InfraredSettings, found: Findings
) -> InfraredSettings:
    """Return settings with the bands of the first spectrum, the largest difference and the mean."""
    low = max(float(row.x[0]) for row in rows)
    high = min(float(row.x[-1]) for row in rows)
    if settings.window_cm is not None:
        low, high = max(low, settings.window_cm[0]), min(high, settings.window_cm[1])
    if len(rows) < _FEWEST or not low < high or not common_grid(rows, low, high):
        alert = infrared_alert("IR-111")
        what = "no bands are named, and the spectra have different points to look for them"
        found.alerts.append(alert.alert(where="series", what=what))
        return settings
    keep = [(row.x >= low) & (row.x <= high) for row in rows]
    x = rows[0].x[keep[0]]
    part = longest_stretch(x)
    Y = np.stack([row.y[inside] for row, inside in zip(rows, keep, strict=True)])[:, part]
    sigma = np.array([row.noise.sigma for row in rows])
    shares = [row.noise.effective_share for row in rows]
    share = float(np.mean([one if one > 0.0 else 1.0 for one in shares]))
    mean_sigma = float(np.sqrt((sigma**2).sum()) / len(rows))
    mean = find_peaks(x[part], Y.mean(axis=0), mean_sigma, effective_share=share)
    first = find_peaks(x[part], Y[0], float(sigma[0]), effective_share=share)
    far = 1 + int(np.argmax(((Y[1:] - Y[0]) ** 2).sum(axis=1)))
    last = difference_peaks(
        x[part], Y[far] - Y[0], float(np.hypot(sigma[far], sigma[0])), first.peaks,
        effective_share=share,
    )  # fmt: skip
    peaks = largest_peaks(joined_peaks(first.peaks, last.peaks, mean.peaks), _MOST_FOUND)
    if not peaks:
        alert = infrared_alert("IR-117")
        why = "no band stands above the limit of detection"
        found.alerts.append(alert.alert(where="series", what="bands", why=why))
        return settings
    names = ", ".join(f"{peak.position:.0f}" for peak in peaks)
    found.alerts.append(
        infrared_alert("IR-100").alert(
            where="series", names=f"{names} cm-1", table=inline_bands(peaks)
        )
    )
    return replace(settings, bands=_ranges(peaks))


def _ranges(peaks: Sequence[Peak]) -> dict[str, tuple[float, float]]:
    """Return the table of bands as a mapping."""
    import tomllib

    made = tomllib.loads(bands_table_text(peaks))["measurement"]["settings"]["bands"]
    return {name: (float(low), float(high)) for name, (low, high) in made.items()}
