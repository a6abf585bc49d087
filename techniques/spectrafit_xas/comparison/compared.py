"""Two absorption spectra, or a series of them, held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from spectrafit.observable import Observable
from spectrafit.panel import Chart
from spectrafit.technique import ComparedScans, InputSpec, Observables
from spectrafit_xas.comparison.charts import difference_chart, series_chart
from spectrafit_xas.comparison.difference import (
    ComparedSpectrum,
    Difference,
    RegionTest,
    aligned_difference,
    common_grid,
    noisy_curve,
    region_test,
)
from spectrafit_xas.comparison.linear_combination import NoisyCurve
from spectrafit_xas.comparison.observables import (
    pair_observables,
    population_observable,
    series_observables,
)
from spectrafit_xas.comparison.population_change import PopulationChange, population_change
from spectrafit_xas.comparison.settings import XasComparisonSettings
from spectrafit_xas.comparison.sides import ComparedSide, comparison_alerts, prepared_side
from spectrafit_xas.comparison.spectrum_series import series_components
from spectrafit_xas.normalisation.line_errors import line_errors
from spectrafit_xas.normalisation.step_ratio import relative_step_sigma
from spectrafit_xas.preparation import PreparedScan

__all__ = ["compared_spectra"]

ABOVE_EDGE_EV = 40.0
EDGE_ABOVE_EV = 3.0
WHITE_LINE_EV = 20.0
FREE_AXIS_EV = 1.0

Range = tuple[float, float]


def compared_spectra(
    a: Sequence[ComparedScans],
    b: ComparedScans,
    ends: Sequence[ComparedScans],
    settings: XasComparisonSettings,
    inputs: Sequence[InputSpec],
) -> Observables:
    """Return the difference of each spectrum to b, and what a series of them shows.

    Parameters
    ----------
    a : sequence of ComparedScans
        One or several.
    b : ComparedScans
        The one they are held against.
    ends : sequence of ComparedScans
        Two end members of the population, low and high, or none.
    settings : XasComparisonSettings
        Margins and regions.
    inputs : sequence of InputSpec
        Declared inputs of the technique.

    Returns
    -------
    Observables

    Raises
    ------
    SpectrafitError
        Where the spectra must not be compared, or cannot be prepared.
    """
    every = {id(one): one for one in (*a, b, *ends)}
    sides = {key: prepared_side(one, inputs) for key, one in every.items()}
    alerts = comparison_alerts(list(sides.values()), settings)
    reference = sides[id(b)]
    prefix = f"{b.technique}.{reference.scan.element.lower()}"
    whole = settings.range_eV or (
        reference.scan.window_eV[0],
        reference.scan.steepest_eV + ABOVE_EDGE_EV,
    )
    grid = common_grid([one.scan.normalised for one in sides.values()], *whole)
    spectra = {key: _compared(one, reference, settings) for key, one in sides.items()}
    curves = {key: noisy_curve(one, grid) for key, one in spectra.items()}
    items: list[Observable] = []
    charts: list[Chart] = []
    differences: list[tuple[ComparedSide, Difference]] = []
    for one in a:
        side = sides[id(one)]
        found = aligned_difference(spectra[id(one)], spectra[id(b)], grid)
        tests = _region_tests(found, reference.scan, settings, whole)
        step = spectra[id(one)].scale_sigma
        own = pair_observables(side, reference, found, tests, step, prefix, settings)
        words = f"Verdict: {own[0].value}"
        change = _change(one, b, ends, curves, settings)
        projection = None
        if change is not None:
            low, high = (curves[id(end)].y for end in ends)
            projection = change.x * (high - low)
            item = population_observable(side, reference, ends, change, prefix, settings)
            own.insert(1, item)
            words += f"; change of population {change.x:.3f} ± {change.sigma:.3f}"
        items += own
        differences.append((side, found))
        charts.append(difference_chart(side, reference, found, projection, words, settings))
    if len(a) > 1:
        components = series_components(
            [spectra[key] for key, one in every.items() if one in (*a, b)], grid
        )
        found_shares = _shares((*a, b), ends, curves, settings)
        shares = [(sides[id(one)], share) for one, share in found_shares]
        items += series_observables(reference, components, shares, prefix)
        words = (
            f"Components of change: {components.rank.count} above noise, "
            f"{components.beyond.count} beyond scale and shift."
        )
        charts.insert(0, series_chart(reference, differences, words))
    return Observables(b.technique, tuple(items), charts=tuple(charts), alerts=alerts)


def _region_tests(
    found: Difference, scan: PreparedScan, settings: XasComparisonSettings, whole: Range
) -> tuple[RegionTest, ...]:
    top = scan.steepest_eV + EDGE_ABOVE_EV
    regions: Mapping[str, Range] = settings.regions_eV or {
        "pre-edge": scan.window_eV,
        "edge": (scan.window_eV[1], top),
        "white-line": (top, scan.steepest_eV + WHITE_LINE_EV),
    }
    tests = [region_test(found, name, *ends) for name, ends in {"all": whole, **regions}.items()]
    return tuple(test for test in tests if test is not None)


def _compared(
    one: ComparedSide, reference: ComparedSide, settings: XasComparisonSettings
) -> ComparedSpectrum:
    """Return a side with the errors that it does not share with the reference."""
    own, other = one.scan.calibration, reference.scan.calibration
    step = relative_step_sigma(one.scan, reference.scan)
    axis = settings.axis_repeat_eV
    if not settings.absolute_energy:
        axis = FREE_AXIS_EV
    elif own is not None and other is not None and own != other:
        axis = float(np.linalg.norm([axis, own.sigma_eV, other.sigma_eV]))
    together = line_errors(one.scan)
    return ComparedSpectrum(one.scan.normalised, step, axis, one.scans.label, together)


def _change(
    one: ComparedScans,
    b: ComparedScans,
    ends: Sequence[ComparedScans],
    curves: Mapping[int, NoisyCurve],
    settings: XasComparisonSettings,
) -> PopulationChange | None:
    """Return the change of population; None where no end members are apart from the pair."""
    apart = {id(one), id(b)} != {id(end) for end in ends}
    if len(ends) != 2 or not settings.absolute_energy or not apart:
        return None
    return population_change(*(curves[id(side)] for side in (one, b, *ends)))


def _shares(
    every: Sequence[ComparedScans],
    ends: Sequence[ComparedScans],
    curves: Mapping[int, NoisyCurve],
    settings: XasComparisonSettings,
) -> list[tuple[ComparedScans, PopulationChange]]:
    """Return the share of the high end member in every spectrum that is no end member."""
    if len(ends) != 2 or not settings.absolute_energy:
        return []
    low, high = ends
    return [
        (one, population_change(*(curves[id(side)] for side in (one, low, low, high))))
        for one in every
        if one is not low and one is not high
    ]
