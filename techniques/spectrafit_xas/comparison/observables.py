"""What a comparison of spectra states, as observables with interval, margin and verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.observable import Kind, Observable
from spectrafit.rounding import number_text
from spectrafit.technique import ComparedScans
from spectrafit_xas.comparison.area_change import AreaChange, area_change
from spectrafit_xas.comparison.difference import Difference, RegionTest
from spectrafit_xas.comparison.equivalence import (
    Equivalence,
    equivalence,
    overall_verdict,
    rms_equivalence,
)
from spectrafit_xas.comparison.population_change import PopulationChange
from spectrafit_xas.comparison.settings import XasComparisonSettings
from spectrafit_xas.comparison.sides import ComparedSide
from spectrafit_xas.comparison.spectrum_series import SeriesComponents
from spectrafit_xas.normalisation.edge_errors import half_height
from spectrafit_xas.preparation import fit_region

__all__ = [
    "pair_observables",
    "population_observable",
    "series_observables",
]


def pair_observables(
    a: ComparedSide,
    b: ComparedSide,
    found: Difference,
    tests: Sequence[RegionTest],
    scale_sigma: float,
    prefix: str,
    settings: XasComparisonSettings,
) -> list[Observable]:
    """Return the verdict on two spectra, and each quantity against its margin.

    Parameters
    ----------
    a, b : ComparedSide
        The two.
    found : Difference
        Of them.
    tests : sequence of RegionTest
        chi2 over regions, the whole range first.
    scale_sigma : float
        Relative standard uncertainty of one edge step against the other.
    prefix : str
        ``technique.element``.
    settings : XasComparisonSettings
        Margins, level, power.

    Returns
    -------
    list of Observable
        The verdict first.
    """
    key = f"{prefix}.difference.{a.scans.name}.{b.scans.name}"
    common = _common(a, b, found)
    held: dict[str, tuple[str, Equivalence, Mapping[str, float], Mapping[str, Any]]] = {}
    open_reasons: dict[str, str] = {}
    test: dict[str, Any] = {"level": settings.level, "power": settings.power}
    if settings.absolute_energy:
        shift, parts = _shift(found)
        held["shift"] = (
            "eV",
            equivalence(shift, _norm(parts), settings.margin_shift_eV, **test),
            parts,
            {"rule": "alignment of the whole range, edge step free"},
        )
        try:
            half, parts = _half(a, b, scale_sigma, found.axis_sigma_eV)
            one = equivalence(half, _norm(parts), settings.margin_shift_eV, **test)
            held["e_half"] = ("eV", one, parts, {"rule": "last upward crossing of 0.5"})
        except SpectrafitError as error:
            open_reasons["e_half"] = error.what
    try:
        change = area_change(
            fit_region(a.scan, a.settings),
            fit_region(b.scan, b.settings),
            b.settings,
            b.scan.window_eV,
            scale_sigma,
            b.scans.parameters,
        )
        one = equivalence(change.value, change.sigma, settings.margin_area, **test)
        held["area"] = ("1", one, change.budget, _area_words(change, b))
    except SpectrafitError as error:
        open_reasons["area"] = error.what
    held["rms"] = ("1", _rms(found, settings), {}, _range_words(found))
    items = [_verdict(key, held, open_reasons, tests, common)]
    items += [
        _held_observable(f"{key}.{name}", *value, settings, common) for name, value in held.items()
    ]
    return items + [_region_observable(f"{key}.chi2", test_, common) for test_ in tests]


def _common(a: ComparedSide, b: ComparedSide, found: Difference) -> dict[str, Any]:
    return {
        "conditions": a.scan.normalised.conditions,
        "source": a.scan.normalised.source,
        "history": a.scan.normalised.history,
        "conventions": {
            "a": a.scans.label,
            "b": b.scans.label,
            "energy_axis": b.axis,
            "edge_step_ratio": found.scale,
            "shift_taken_out_eV": found.shift_eV,
        },
    }


def _norm(parts: Mapping[str, float]) -> float:
    return float(np.linalg.norm(list(parts.values())))


def _shift(found: Difference) -> tuple[float, dict[str, float]]:
    # D is y_a - f y_b(E - s): an a that lies higher needs a positive s
    parts = {"spectra": found.free_shift_sigma_eV, "axes": found.axis_sigma_eV}
    return found.free_shift_eV, parts


def _half(
    a: ComparedSide, b: ComparedSide, scale_sigma: float, axis_sigma: float
) -> tuple[float, dict[str, float]]:
    above = b.scan.window_eV[1]
    first = half_height(a.scan.normalised, above, scale_sigma)
    second = half_height(b.scan.normalised, above, scale_sigma)
    if first.sigma_eV is None or second.sigma_eV is None:
        raise SpectrafitError("the half height has no error")
    parts = {
        "spectra": float(np.hypot(first.sigma_eV, second.sigma_eV)),
        "edge step": first.step_eV,
        "axes": axis_sigma,
    }
    return first.energy_eV - second.energy_eV, parts


def _rms(found: Difference, settings: XasComparisonSettings) -> Equivalence:
    y, covariance, n = found.y, found.covariance, found.x.size
    trace = float(np.trace(covariance))
    squared = float((covariance**2).sum())
    # 4 d'Vd/(n^2 mean d^2) of a difference that lies along no direction in particular
    along = 4.0 * squared / trace / n
    return rms_equivalence(
        float(y @ y) / n,
        trace / n,
        2.0 * squared / n**2,
        along,
        settings.margin_rms,
        level=settings.level,
        power=settings.power,
    )


def _range_words(found: Difference) -> dict[str, Any]:
    return {"range_eV": (float(found.x[0]), float(found.x[-1])), "points": int(found.x.size)}


def _area_words(change: AreaChange, b: ComparedSide) -> dict[str, Any]:
    return {
        "peaks": change.peaks,
        "window_eV": b.scan.window_eV,
        "backgrounds": f"{change.kept} of {change.tried} fit both",
    }


def _held_observable(
    key: str,
    unit: str,
    one: Equivalence,
    budget: Mapping[str, float],
    words: Mapping[str, Any],
    settings: XasComparisonSettings,
    common: Mapping[str, Any],
) -> Observable:
    reason = "" if one.sigma is not None else "a root mean square has an interval only"
    return Observable(
        key,
        unit,
        Kind.VALUE if one.sigma is not None else Kind.INTERVAL,
        value=one.value,
        sigma=one.sigma,
        sigma_reason=reason,
        low=one.low,
        high=one.high,
        level=one.level,
        verdict=_words(one),
        budget=dict(budget),
        **{
            **common,
            "conventions": {
                **common["conventions"],
                **words,
                "margin": one.margin,
                "smallest_detectable": one.smallest_detectable,
                "power": settings.power,
                "p_zero": one.p_zero,
            },
        },
    )


def _words(one: Equivalence) -> str:
    """Return the verdict, and where the margin is not cleared by the whole interval, that."""
    if one.excludes_zero and not one.inside and not one.beyond:
        return f"{one.verdict}; whether by more than the margin is open"
    return f"{one.verdict}; by more than the margin" if one.beyond else one.verdict


def _verdict(
    key: str,
    held: Mapping[str, tuple[str, Equivalence, Mapping[str, float], Mapping[str, Any]]],
    open_reasons: Mapping[str, str],
    tests: Sequence[RegionTest],
    common: Mapping[str, Any],
) -> Observable:
    parts = [one for _, one, _, _ in held.values()]
    least = "; ".join(
        f"{name} {number_text(one.smallest_detectable, 2)}{'' if unit == '1' else f' {unit}'}"
        for name, (unit, one, _, _) in held.items()
    )
    whole = tests[0]
    chi2 = f"chi2 {whole.chi2:.0f} of {whole.points} points, p = {whole.p:.2g}"
    not_judged = "".join(f"; {name} not judged: {why}" for name, why in open_reasons.items())
    return Observable(
        f"{key}.verdict",
        "1",
        Kind.CATEGORY,
        value=overall_verdict(parts),
        verdict=(
            f"smallest detectable ({100 * parts[0].power:.0f} % power): {least}{not_judged}; {chi2}"
        ),
        **common,
    )


def _region_observable(key: str, test: RegionTest, common: Mapping[str, Any]) -> Observable:
    words = {
        "region_eV": (test.low_eV, test.high_eV),
        "points": test.points,
        "p": test.p,
    }
    return Observable(
        f"{key}.{test.name}",
        "1",
        value=test.chi2,
        sigma_reason="a test statistic",
        verdict=f"p = {test.p:.2g}, {test.points} points",
        **{**common, "conventions": {**common["conventions"], **words}},
    )


def population_observable(
    a: ComparedSide,
    b: ComparedSide,
    ends: Sequence[ComparedScans],
    change: PopulationChange,
    prefix: str,
    settings: XasComparisonSettings,
) -> Observable:
    """Return the change of population between two spectra.

    Parameters
    ----------
    a, b : ComparedSide
        The two.
    ends : sequence of ComparedScans
        Low and high end member.
    change : PopulationChange
        Found.
    prefix : str
        ``technique.element``.
    settings : XasComparisonSettings
        Level and power.

    Returns
    -------
    Observable
    """
    # a change of one whole state is beyond any margin: only zero is asked for here
    one = equivalence(change.x, change.sigma, 1.0, level=settings.level, power=settings.power)
    zero = "0 excluded" if one.excludes_zero else "0 not excluded"
    combination = change.combination
    rest = f"chi2 {combination.chi2:.0f} of {combination.degrees}, p = {change.residual_p:.2g}"
    other = "something else has changed too" if change.else_changed else "nothing else has changed"
    least = number_text(one.smallest_detectable, 2)
    return Observable(
        f"{prefix}.difference.{a.scans.name}.{b.scans.name}",
        "1",
        value=change.x,
        sigma=change.sigma,
        low=one.low,
        high=one.high,
        level=one.level,
        verdict=(
            f"{zero} (p = {one.p_zero:.2g}); smallest detectable {least} "
            f"({100 * settings.power:.0f} % power); after removing x dS {other} ({rest})"
        ),
        budget={"spectra, edge steps, axes": change.sigma},
        conventions={
            "a": a.scans.label,
            "b": b.scans.label,
            "ends": [end.label for end in ends],
            "energy_axis": b.axis,
            "smallest_detectable": one.smallest_detectable,
            "power": settings.power,
            "residual_p": change.residual_p,
        },
        conditions=a.scan.normalised.conditions,
        source=a.scan.normalised.source,
        history=a.scan.normalised.history,
    )


def series_observables(
    b: ComparedSide,
    components: SeriesComponents,
    shares: Sequence[tuple[ComparedSide, PopulationChange]],
    prefix: str,
) -> list[Observable]:
    """Return what changes along a series, the shares in it, and its isosbestic points.

    Parameters
    ----------
    b : ComparedSide
        The reference.
    components : SeriesComponents
        Ranks and crossings.
    shares : sequence of (ComparedSide, PopulationChange)
        Share of the high end member by spectrum.
    prefix : str
        ``technique.element``.

    Returns
    -------
    list of Observable
    """
    origin: dict[str, Any] = {"source": b.scan.normalised.source}
    rank, beyond = components.rank, components.beyond
    values = ", ".join(
        f"{value:.3g} (noise {level:.3g})"
        for value, level in zip(rank.singular_values, rank.noise_levels, strict=True)
    )
    items = [
        Observable(
            f"{prefix}.spectra.components",
            "1",
            Kind.CATEGORY,
            value=f"{rank.count} above noise, {beyond.count} beyond scale and shift",
            verdict=f"singular values of the spectra less their mean: {values}",
            conventions={"noise_level": 0.99, "energy_axis": b.axis},
            **origin,
        )
    ]
    items += [
        Observable(
            f"{prefix}.spectra.isosbestic.{number}",
            "eV",
            value=energy,
            sigma_reason="a crossing of spectra, given to the grid",
            conventions={"energy_axis": b.axis},
            **origin,
        )
        for number, energy in enumerate(components.isosbestic_eV, 1)
    ]
    return items + [
        Observable(
            f"{prefix}.spectra.share.{side.scans.name}",
            "1",
            value=share.x,
            sigma=share.sigma,
            verdict=f"residual p = {share.residual_p:.2g}",
            budget={"spectra, edge steps, axes": share.sigma},
            conditions=side.scan.normalised.conditions,
            source=side.scan.normalised.source,
            history=side.scan.normalised.history,
        )
        for side, share in shares
    ]
