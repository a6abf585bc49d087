"""Long series of scans: one number of peaks for all, and one good start for each fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.fit.result import Flag
from spectrafit.fit.spread import STATISTICS
from spectrafit.history import frozen_mapping
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit.technique import SeriesRecipe
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.preedge.model import PreedgeFit, preedge_model, refitted_preedge
from spectrafit_xas.preedge.peak_count import PeakCount, counted_peaks, peak_faults
from spectrafit_xas.preedge.scan_ensemble import scan_ensemble
from spectrafit_xas.preparation import PreparedScan, fit_region, prepared_scan
from spectrafit_xas.settings import HerfdSettings, XanesSettings

__all__ = [
    "HerfdSeriesSettings",
    "SeriesDecision",
    "XanesSeriesSettings",
    "decision_for",
    "series_count",
    "series_recipe",
    "vote_alerts",
    "voted_count",
]

AGREED_SHARE = 2.0 / 3.0
FAR_REDCHI = 1.5
BETTER_CHI2 = 0.01


@dataclass(frozen=True)
class SeriesDecision:
    """What a few scans of a long series decided for all of them.

    Parameters
    ----------
    sampled : int
        How many scans decided.
    votes : tuple of (int, int)
        Number of peaks, and how many of them ask for it; empty where the user has set the number.
    peaks : int
        The number taken.
    starts : mapping of str to float
        Every parameter: the median over their fits of that number of peaks.
    most_redchi : float
        A fit of a larger reduced chi2 is tried again from the ordinary starts: 1.5 times the upper
        quartile over these scans.
    """

    sampled: int
    votes: tuple[tuple[int, int], ...]
    peaks: int
    starts: Mapping[str, float]
    most_redchi: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", frozen_mapping(self.starts))

    def __reduce__(self) -> tuple[object, ...]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return (SeriesDecision, tuple({**values, "starts": dict(self.starts)}.values()))

    @property
    def rule(self) -> str:
        """Who decided for the number of peaks, in words; ``set`` where the user did."""
        if not self.votes:
            return "set"
        agree = dict(self.votes).get(self.peaks, 0)
        return f"voted on by {agree} of {self.sampled} scans of the series"


def _series_field() -> Any:
    meaning = "what a few scans of a long series decided for all of them"
    return field(default=None, metadata={"meaning": meaning, "unit": "1"})


@dataclass(frozen=True)
class XanesSeriesSettings(XanesSettings):
    """Settings of one scan of a long series of XANES scans."""

    series: SeriesDecision | None = _series_field()


@dataclass(frozen=True)
class HerfdSeriesSettings(HerfdSettings):
    """Settings of one scan of a long series of HERFD scans."""

    series: SeriesDecision | None = _series_field()


def decision_for(settings: XanesSettings, window_eV: tuple[float, float]) -> SeriesDecision | None:
    """Return what was decided for a scan, None where it decides for itself.

    Parameters
    ----------
    settings : XanesSettings
        Those of a series or not.
    window_eV : tuple of float
        The fit window.

    Returns
    -------
    SeriesDecision or None
        None also where the study gives the scan another model than the series has.
    """
    if not isinstance(settings, XanesSeriesSettings | HerfdSeriesSettings):
        return None
    decision = settings.series
    if decision is None or settings.peaks != decision.peaks:
        return None
    model, _ = preedge_model(settings, decision.peaks, settings.background, window_eV)
    return decision if set(model.parameter_names) == set(decision.starts) else None


def voted_count(counts: Sequence[int]) -> int:
    """Return the number of peaks for a whole series from the numbers that its scans ask for.

    Parameters
    ----------
    counts : sequence of int
        What each of a few scans asks for.

    Returns
    -------
    int
        What two thirds of them agree on; else the largest number that at least two ask for, so
        that the model serves every scan.
    """
    votes = Counter(counts)
    most, support = votes.most_common(1)[0]
    if support >= AGREED_SHARE * len(counts):
        return most
    return max([count for count, scans in votes.items() if scans > 1] or counts)


@dataclass(frozen=True, eq=False)
class _Sampled:
    """One of the scans that decide, with its fits."""

    name: str
    prepared: PreparedScan
    counted: PeakCount


def series_recipe(
    samples: Sequence[Recording],
    foils: tuple[Recording, ...],
    settings: XanesSettings,
    series_settings: type[XanesSettings],
    parameters: Mapping[str, ParameterChange],
) -> SeriesRecipe:
    """Return how each scan of a long series is fitted once, as a few of its scans decide.

    Parameters
    ----------
    samples : sequence of Recording
        A few scans, spread over the series.
    foils : tuple of Recording
        Foil scans, the same for all.
    settings : XanesSettings
        The user's; a number of peaks that is set is kept.
    series_settings : type
        `XanesSeriesSettings` or `HerfdSeriesSettings`.
    parameters : mapping of str to ParameterChange
        The user's.

    Returns
    -------
    SeriesRecipe

    Raises
    ------
    SpectrafitError
        When none of these scans can be fitted.
    """
    sampled, refusals = _fitted(samples, foils, settings, parameters)
    if not sampled:
        raise refusals[0]
    peaks = settings.peaks or voted_count([one.counted.best for one in sampled])
    fitted = [one for one in sampled if peaks in one.counted.fits]
    sound = [one for one in fitted if not one.counted.faults[peaks]] or fitted
    fits = [one.counted.fits[peaks] for one in sound]
    votes = Counter(one.counted.best for one in sampled)
    decision = SeriesDecision(
        len(sampled),
        () if settings.peaks else tuple(sorted(votes.items())),
        peaks,
        {
            name: float(np.median([found.values[name] for found in fits]))
            for name in fits[0].result.names
        },
        FAR_REDCHI * float(np.quantile([found.result.redchi for found in fits], 0.75)),
    )
    spread = settings.method_spread is True
    chosen = series_settings(
        **{
            **{one.name: getattr(settings, one.name) for one in fields(settings)},
            "peaks": peaks,
            "method_spread": spread,
            "series": decision,
        }
    )
    alerts = vote_alerts(decision, [one.name for one in sampled], len(refusals))
    if not spread:
        moved = _moved_area(sound, peaks, settings, parameters)
        alerts += (xas_alert("XAS-122").alert(moved=moved),)
    return SeriesRecipe(chosen, parameters, alerts)


def _fitted(
    samples: Sequence[Recording],
    foils: tuple[Recording, ...],
    settings: XanesSettings,
    parameters: Mapping[str, ParameterChange],
) -> tuple[list[_Sampled], list[SpectrafitError]]:
    found: list[_Sampled] = []
    refusals: list[SpectrafitError] = []
    for sample in samples:
        try:
            prepared = prepared_scan(sample, foils, settings)
            region = fit_region(prepared, settings)
            counted = counted_peaks(region, settings, prepared.window_eV, parameters)
        except SpectrafitError as error:
            refusals.append(error)
        else:
            found.append(_Sampled(sample.source.name, prepared, counted))
    return found, refusals


def vote_alerts(decision: SeriesDecision, names: Sequence[str], refused: int) -> tuple[Alert, ...]:
    """Return what to know of the votes of a few scans.

    Parameters
    ----------
    decision : SeriesDecision
        What they decided.
    names : sequence of str
        Of the scans.
    refused : int
        How many more could not be fitted.

    Returns
    -------
    tuple of Alert
    """
    votes = ", ".join(
        f"{_peaks_text(count)}: {scans} scan{'s' if scans > 1 else ''}"
        for count, scans in decision.votes
    )
    peaks = _peaks_text(decision.peaks)
    alerts: tuple[Alert, ...] = (
        xas_alert("XAS-121").alert(
            sampled=decision.sampled,
            names=", ".join(names),
            refused=f"; {refused} more could not be fitted" if refused else "",
            peaks=peaks,
            how=f"by their votes ({votes})" if votes else "as set by the user",
        ),
    )
    support = dict(decision.votes).get(decision.peaks, decision.sampled)
    more = sum(scans for count, scans in decision.votes if count > decision.peaks)
    if support < AGREED_SHARE * decision.sampled:
        alerts += (xas_alert("XAS-123").alert(votes=votes, peaks=peaks),)
    elif more:
        alerts += (xas_alert("XAS-124").alert(more=more, sampled=decision.sampled, votes=votes),)
    return alerts


def _peaks_text(count: int) -> str:
    return f"{count} peak{'s' if count > 1 else ''}"


def _moved_area(
    sampled: Sequence[_Sampled],
    peaks: int,
    settings: XanesSettings,
    parameters: Mapping[str, ParameterChange],
) -> str:
    """Return in words how far other background forms and windows move the area of a single scan."""
    shares: list[float] = []
    set_count = replace(settings, peaks=peaks)
    for place in sorted({0, len(sampled) // 2, len(sampled) - 1}):
        scan, counted = sampled[place].prepared, replace(sampled[place].counted, best=peaks)
        found_all = scan_ensemble(scan, counted, set_count, parameters).found
        if found_all is not None and len(found_all.kept) > 1:
            area = found_all.estimates["area"]
            between = sum(v for source, v in area.variances.items() if source != STATISTICS)
            shares.append(float(np.sqrt(between)) / area.value)
    if not shares:
        return "no other fits as well, so that it is not known how far they move the area"
    moved = f"those that fit as well move the area by {100.0 * float(np.median(shares)):.1f} %"
    return f"{moved} (median of {len(shares)} scans)" if len(shares) > 1 else f"{moved} (one scan)"


def series_count(
    spectrum: Spectrum,
    settings: XanesSettings,
    decision: SeriesDecision,
    window_eV: tuple[float, float],
    parameters: Mapping[str, ParameterChange] | None = None,
) -> tuple[PeakCount, tuple[Alert, ...]]:
    """Return the fit of one scan of a series, started where the series decided.

    A fit that is flagged, whose peaks do not all count, or whose reduced chi2 is far above the
    series' is made again from the ordinary starts; the lower chi2 is taken.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window, normalised.
    settings : XanesSettings
        Of the series.
    decision : SeriesDecision
        Number of peaks and where the fit starts.
    window_eV : tuple of float
        The fit window.
    parameters : mapping of str to ParameterChange, optional
        What the user changes.

    Returns
    -------
    count : PeakCount
        One fit, no criterion and no shares: nothing else was tried.
    alerts : tuple of Alert
        Where the start of the series was wrong, or does not explain the misfit.
    """
    where = spectrum.source.name
    found = refitted_preedge(
        spectrum, settings, decision.peaks, window_eV, decision.starts, parameters
    )
    alerts: tuple[Alert, ...] = ()
    if _is_doubtful(found, decision):
        other = counted_peaks(spectrum, settings, window_eV, parameters).fit
        noise = 1.0 if found.result.noise == "known" else other.result.redchi
        if other.result.chi2 < found.result.chi2 - BETTER_CHI2 * noise:
            alerts += (
                xas_alert("XAS-126").alert(
                    where=where, redchi=found.result.redchi, better=other.result.redchi
                ),
            )
            found = other
    if found.result.redchi > decision.most_redchi:
        times = FAR_REDCHI * found.result.redchi / decision.most_redchi
        alerts += (xas_alert("XAS-125").alert(where=where, times=times),)
    count = PeakCount(
        {decision.peaks: found},
        {},
        {},
        {decision.peaks: peak_faults(found)},
        {},
        float(len(spectrum)),
        decision.peaks,
        decision.rule,
    )
    return count, alerts


def _is_doubtful(found: PreedgeFit, decision: SeriesDecision) -> bool:
    result = found.result
    return (
        not result.converged
        or Flag.EQUALS_START in result.flags
        or result.redchi > decision.most_redchi
        or bool(peak_faults(found))
    )
