"""Pre-edges of real spectra as problems of one spectrum each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from data import shared_data

from spectrafit.errors import SpectrafitError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.reader import read
from spectrafit.study.settings import settings_of
from spectrafit.study.survey import survey
from spectrafit_xas.preedge.model import PreedgeFit, fitted_preedge, peak_starts, preedge_model
from spectrafit_xas.preparation import fit_region, prepared_scan
from spectrafit_xas.technique import xanes


def real_problems(count: int, background: str) -> Iterator[tuple[str, Problem]]:
    """Yield name and problem of every real K-edge scan, with a number of peaks on a rising edge.

    Each starts beside the minimum that the technique finds from its own starts.
    """
    folder = shared_data("xas")
    for group in survey(folder).groups:
        if group.technique != "xanes":
            continue
        kept = {k: v for k, v in group.settings.items() if k not in group.missing}
        settings = settings_of(xanes, kept)
        for file in group.files:
            for recording in read(folder / file):
                try:
                    prepared = prepared_scan(recording, (), settings)
                    region = fit_region(prepared, settings)
                    starts = peak_starts(region, settings)
                    if len(starts) < count:
                        continue
                    window = prepared.window_eV
                    found = fitted_preedge(
                        region, settings, count, background, window,
                        starts=[starts[:count]],
                    )  # fmt: skip
                except SpectrafitError:
                    continue
                bounds = preedge_model(settings, count, background, window)[1]
                yield f"{file} {recording.name}", _beside(found, bounds, window)


def _beside(
    found: PreedgeFit, bounds: dict[str, ParameterChange], window: tuple[float, float]
) -> Problem:
    """Return the problem of a fit, started a little off where it ended."""
    changes = dict(bounds)
    for peak in found.peaks:
        changes[f"{peak}.center"] = ParameterChange(min=window[0], max=window[1])
    moved = {"center": (1.0, 0.15), "fwhm": (1.1, 0.0), "height": (0.9, 0.0), "area": (0.9, 0.0)}
    for name, value in found.values.items():
        own = changes.get(name, ParameterChange())
        if own.equals is not None:
            continue
        factor, shift = moved.get(name.partition(".")[2], (1.0, 0.0))
        start = value if own.fixed else factor * value + shift
        low = start if own.min is None else own.min
        high = start if own.max is None else own.max
        changes[name] = replace(own, start=min(max(start, low), high))
    return Problem(found.spectrum, found.model, parameters=changes)
