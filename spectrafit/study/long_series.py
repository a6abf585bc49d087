"""Measurements of many scans: what a technique decides once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from spectrafit.alert import alert_spec
from spectrafit.errors import SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.recording import Recording
from spectrafit.registry import technique
from spectrafit.study.conditions import conditions_of
from spectrafit.study.schema import Measurement
from spectrafit.study.tasks import LongSeries, fault_of, readings
from spectrafit.technique import ObservesSeries, SeriesRecipe

__all__ = ["LONG_SERIES", "SAMPLED", "long_series", "recipe_of", "recipe_settings"]

LONG_SERIES = 20
"""A measurement of more sample files than this is a long series: one fit a scan."""
SAMPLED = 9
"""Most files that are read to decide for a long series."""


def long_series(
    measurement: Measurement,
    files: Sequence[Path],
    *,
    folder: Path,
    allow_outside: bool,
    inputs: Mapping[str, tuple[Recording, ...]],
    settings: Any,
    parameters: Mapping[str, ParameterChange],
) -> LongSeries | None:
    """Return the scans that decide for a measurement, None where every scan decides for itself.

    Parameters
    ----------
    measurement : Measurement
        Of role sample.
    files : sequence of Path
        Its files without those that are left out, in natural order.
    folder : Path
        Folder of the study.
    allow_outside : bool
        Whether a table of conditions may be outside the folder.
    inputs : mapping of str to tuple of Recording
        Every input but the sample.
    settings : object
        Of the technique.
    parameters : mapping of str to ParameterChange
        Changed fit parameters.

    Returns
    -------
    LongSeries or None
        None for a measurement of few files, for a technique that does not decide for a series, and
        where no file can be read.
    """
    if len(files) <= LONG_SERIES or not isinstance(
        technique(measurement.technique), ObservesSeries
    ):
        return None
    paths = tuple(_sampled(measurement, files, folder, allow_outside))
    if not paths:
        return None
    return LongSeries(measurement, paths, folder, allow_outside, inputs, settings, parameters)


def _sampled(
    m: Measurement, files: Sequence[Path], folder: Path, allow_outside: bool
) -> Iterator[Path]:
    """Yield one file of each of nine equal stretches: the readable one nearest its middle."""
    for stretch in range(SAMPLED):
        begin = stretch * len(files) // SAMPLED
        end = (stretch + 1) * len(files) // SAMPLED
        middle = (begin + end - 1) / 2
        for index in sorted(range(begin, end), key=lambda i: (abs(i - middle), i)):
            try:
                _first_scan(m, files[index], folder, allow_outside)
            except SpectrafitError:
                continue
            yield files[index]
            break


def _first_scan(m: Measurement, path: Path, folder: Path, allow_outside: bool) -> Recording:
    recording = readings(m, path)[0]
    conditions = conditions_of(m, recording, path, folder, allow_outside)
    return replace(recording, conditions=conditions)


def recipe_settings(series: LongSeries) -> type[Any]:
    """Return the type of the settings in a long series' recipe.

    Parameters
    ----------
    series : LongSeries
        The scans that decide.

    Returns
    -------
    type
    """
    owner = technique(series.measurement.technique)
    return owner.series_settings if isinstance(owner, ObservesSeries) else owner.settings


def recipe_of(series: LongSeries) -> SeriesRecipe:
    """Return how each scan of a long series is fitted.

    Parameters
    ----------
    series : LongSeries
        The scans that decide.

    Returns
    -------
    SeriesRecipe
        Where the technique can make none of these scans, the study's own settings, and an alert
        that says so.
    """
    m = series.measurement
    owner = technique(m.technique)
    try:
        samples = [
            _first_scan(m, path, series.folder, series.allow_outside) for path in series.paths
        ]
        if not isinstance(owner, ObservesSeries):
            raise SpectrafitError("it does not decide for a series", where=m.technique)
        return owner.series_recipe(samples, series.inputs, series.settings, series.parameters)
    except SpectrafitError as error:
        why = error
    except Exception as error:  # whatever a third party's code raises
        why = fault_of(f"the technique {m.technique}", m.name, error)
    alert = alert_spec("RUN-011").alert(where=m.name, why=why.what)
    return SeriesRecipe(series.settings, series.parameters, (alert,))
