"""Declared keys of `xanes` and `herfd`, and the observables of one spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spectrafit.history import HistoryEntry
from spectrafit.observable import Kind, Observable, ObservableClass, ObservableSpec
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.areas import CONVENTIONS, data_area
from spectrafit_xas.peak_count import PeakCount
from spectrafit_xas.uncertainty import NumberErrors

__all__ = ["XANES_TIME_SCALE", "count_observable", "joint_covariance", "number_observables", "specs"]

XANES_TIME_SCALE = 5.3e-16
HERFD_TIME_SCALE = 1.8e-15


def specs(technique: str) -> tuple[ObservableSpec, ...]:
    """Return the declared keys of one of the two techniques.

    Parameters
    ----------
    technique : str
        ``xanes`` or ``herfd``.

    Returns
    -------
    tuple of ObservableSpec
        Time scale: the 1s core hole, hbar/1.25 eV; for HERFD the 2p hole, hbar/0.36 eV
        (widths of xraydb 4.5.8).
    """
    scale = XANES_TIME_SCALE if technique == "xanes" else HERFD_TIME_SCALE
    head = f"{technique}.{{element}}"

    def spec(
        key: str, unit: str, meaning: str, *, additive: bool = False, kind: Kind = Kind.VALUE
    ) -> ObservableSpec:
        return ObservableSpec(
            f"{head}.{key}", unit, meaning, kind, ObservableClass.SNAPSHOT, scale,
            additive=additive,
        )

    return (
        spec("preedge.area", "1", f"pre-edge intensity: {CONVENTIONS['area']}", additive=True),
        spec("preedge.area_analytic", "1", CONVENTIONS["area_analytic"], additive=True),
        spec("preedge.area_hxf", "1", CONVENTIONS["area_hxf"], additive=True),
        spec(
            "preedge.area_data", "1",
            "trapezoid of data minus background over the peaks, x 100, edge step 1", additive=True,
        ),
        spec("preedge.moment", "eV", "sum of area x (centre - tabulated edge), x 100", additive=True),
        spec("preedge.centroid", "eV", "area-weighted mean of the peak centres"),
        spec("preedge.ratio", "1", "area of the low peak over the high one, two-peak model"),
        spec("preedge.{peak}.energy", "eV", "centre of one peak"),
        spec("preedge.{peak}.fwhm", "eV", "full width at half maximum of one peak"),
        spec("preedge.{peak}.area", "1", "analytic area of one peak, x 100, edge step 1"),
        spec("preedge.count_best", "1", "number of peaks with the shares of all", kind=Kind.CATEGORY),
        spec("edge.e_half", "eV", "energy at half the edge step"),
        spec("edge.e_infl", "eV", "steepest point above the pre-edge window"),
        spec("edge.step", "1", "edge step in units of mu"),
    )


def number_observables(
    errors: NumberErrors,
    counted: PeakCount,
    *,
    prefix: str,
    conventions: Mapping[str, Any],
    spectrum: Spectrum,
    history: tuple[HistoryEntry, ...],
) -> list[Observable]:
    """Return the numbers of a fit as observables with budget and conventions.

    Parameters
    ----------
    errors : NumberErrors
        Values and their covariance by source.
    counted : PeakCount
        The fits.
    prefix : str
        ``technique.element``.
    conventions : mapping
        What every number depends on.
    spectrum : Spectrum
        For conditions and source.
    history : tuple of HistoryEntry
        Every step.

    Returns
    -------
    list of Observable
    """
    covariance = errors.covariance
    found = []
    for i, name in enumerate(errors.names):
        variance = float(covariance[i, i])
        reason = errors.reasons.get(name, "" if variance > 0 else "no free parameter feeds it")
        own = dict(conventions)
        if name in CONVENTIONS:
            own["area_convention"] = CONVENTIONS[name]
        found.append(
            Observable(
                key=f"{prefix}.preedge.{name}",
                unit="1" if name.startswith(("area", "ratio")) or name.endswith(".area") else "eV",
                value=float(errors.values[i]),
                sigma=None if reason else float(np.sqrt(variance)),
                sigma_reason=reason,
                budget={} if reason else errors.budget(name),
                conventions=own,
                conditions=spectrum.conditions,
                source=spectrum.source,
                history=history,
            )
        )
    found.append(
        Observable(
            key=f"{prefix}.preedge.area_data",
            unit="1",
            value=data_area(counted.fit),
            sigma_reason="shown to compare; its error is that of the area",
            conventions={**conventions, "area_convention": "data minus background, x 100"},
            conditions=spectrum.conditions,
            source=spectrum.source,
            history=history,
        )
    )
    return found


def joint_covariance(errors: NumberErrors) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the covariance of the numbers that have an error, and their names.

    Parameters
    ----------
    errors : NumberErrors
        All numbers.

    Returns
    -------
    covariance : ndarray, shape (k, k)
    names : tuple of str
    """
    full = errors.covariance
    keep = [
        i for i, name in enumerate(errors.names) if name not in errors.reasons and full[i, i] > 0
    ]
    return full[np.ix_(keep, keep)], tuple(errors.names[i] for i in keep)


def count_observable(
    counted: PeakCount,
    *,
    prefix: str,
    conventions: Mapping[str, Any],
    spectrum: Spectrum,
    history: tuple[HistoryEntry, ...],
) -> Observable:
    """Return the number of peaks as a category with its shares.

    Parameters
    ----------
    counted : PeakCount
        The fits.
    prefix : str
        ``technique.element``.
    conventions : mapping
        What the number depends on.
    spectrum : Spectrum
        For conditions and source.
    history : tuple of HistoryEntry
        Every step.

    Returns
    -------
    Observable
    """
    by_bic = ", ".join(f"{n}: {value:.1f}" for n, value in counted.bic.items())
    faults = "; ".join(
        f"{n} peaks: {', '.join(why)}" for n, why in counted.faults.items() if why and n > 1
    )
    return Observable(
        key=f"{prefix}.preedge.count_best",
        unit="1",
        kind=Kind.CATEGORY,
        value=str(counted.best),
        shares={str(n): share for n, share in counted.shares.items()},
        verdict=(
            f"{'chosen by BIC' if counted.chosen_by == 'BIC' else 'set by the user'}; BIC "
            f"({counted.effective_points:.0f} effective points) {by_bic}"
            + (f"; not counted: {faults}" if faults else "")
        ),
        conventions=conventions,
        conditions=spectrum.conditions,
        source=spectrum.source,
        history=history,
    )
