"""How many bands a window shows: fits with 0, 1, 2 ... bands compared by AICc and BIC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.fit.compare import CountRow, aicc_of, bic_of, count_best, count_table
from spectrafit.fit.many import fit_many
from spectrafit.fit.result import FitResult, Flag
from spectrafit.lines.polynomial import Polynomial
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_ir.bands.band_model import (
    BASELINE,
    BandModel,
    BandSpec,
    LineShape,
    LocalBaseline,
    band_model,
)
from spectrafit_ir.bands.band_starts import BandStarts
from spectrafit_ir.bands.misfit import MISFIT_FROM

__all__ = ["BandCount", "band_count"]

# of a width: bands nearer than this are one band of another shape
_SEPARATION = 0.5
# errors that the area of every band must have
_CLEAR = 3.0
# FWHM that a further band is tried with, by the geometric mean of its bounds
_TRIED = (0.4, 1.0, 2.2)


@dataclass(frozen=True)
class BandCount:
    """How many bands a window shows.

    Parameters
    ----------
    best : int
        Number by BIC: a further band must lower it by 10.
    best_aicc : int
        Number by AICc, which takes more.
    rows : tuple of CountRow
        Each number with chi2 and BIC.
    aicc : tuple of float or None
        Of each number.
    faults : tuple of str
        Why a number does not count, empty where it does.
    positions, fwhm : tuple of tuple of float
        Of each number's bands, rising, cm-1.
    caution : str
        What makes the number doubtful, empty where nothing does.
    """

    best: int
    best_aicc: int
    rows: tuple[CountRow, ...]
    aicc: tuple[float | None, ...]
    faults: tuple[str, ...]
    positions: tuple[tuple[float, ...], ...]
    fwhm: tuple[tuple[float, ...], ...]
    caution: str = ""


def band_count(
    x: ArrayLike,
    y: ArrayLike,
    sigma: float,
    low: float,
    high: float,
    *,
    most: int = 4,
    line: LineShape = "pseudo-voigt",
    baseline: LocalBaseline = "line",
    mixing: float | None = None,
    fwhm: tuple[float, float] | None = None,
    effective_share: float = 1.0,
) -> BandCount:
    """Return the number of bands between two wavenumbers by AICc and BIC.

    Each further band begins where the residual of the fit before is largest. A number counts only
    if its bands are at least half a FWHM apart, every area is three errors above zero, and the fit
    is at a minimum.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Wavenumbers of the window, rising, cm-1, and absorbance.
    sigma : float
        Standard deviation of the white noise, absorbance.
    low, high : float
        Range of the positions, cm-1.
    most : int, optional
        Largest number; fewer are tried where two further bands in a row raise the BIC.
    line, baseline, mixing, fwhm : optional
        As of `fit_bands`.
    effective_share : float, optional
        Independent points by points.

    Returns
    -------
    BandCount

    Raises
    ------
    SettingsError
        For a range outside the data, no number of bands, or noise that is not positive.
    """
    if most < 1 or not 0.0 < sigma < np.inf or not 0.0 < effective_share <= 1.0:
        raise SettingsError(
            f"at most {most} bands, noise {sigma:g}, effective share {effective_share:g}",
            where="count",
            do="give at least one band, a positive noise and a share up to 1",
        )
    values = np.asarray(y, dtype=float)
    one = band_model(x, [BandSpec("band 1", low, high)], line, baseline, mixing, fwhm)
    if values.shape != one.x.shape or not np.isfinite(values).all():
        raise SettingsError("the absorbance is not one finite number a point", where="y")
    fits: dict[int, FitResult] = {}
    models: dict[int, BandModel] = {}
    residual: FloatArray = values
    shapes: dict[str, float] = {}
    if baseline != "none":
        fits[0] = _without_bands(one, values, sigma)
        residual = _residual(one, fits[0], values)
    for count in range(1, most + 1):
        specs = [BandSpec(f"band {k + 1}", low, high) for k in range(count)]
        model = band_model(one.x, specs, line, baseline, mixing, fwhm)
        result = _fitted(model, values, sigma, residual, shapes)
        fits[count], models[count] = result, model
        residual, shapes = _residual(model, result, values), dict(result.by_name)
        if _settled(fits, one.x.size * effective_share):
            break
    faults = {count: _fault(models[count], fits[count]) if count else "" for count in fits}
    n_eff = one.x.size * effective_share
    table = count_table(fits, n_eff, faulty=[count for count, why in faults.items() if why])
    aicc = {count: aicc_of(result, n_eff) for count, result in fits.items()}
    sound = {count: a for count, a in aicc.items() if a is not None and not faults[count]}
    best = count_best(table)
    misses = best in fits and fits[best].redchi > MISFIT_FROM
    order = {count: _order(models, fits, count) for count in fits}
    return BandCount(
        best=best,
        best_aicc=min(sound, key=lambda count: sound[count]) if sound else best,
        rows=table,
        aicc=tuple(aicc.values()),
        faults=tuple(faults.values()),
        positions=tuple(tuple(p for p, _ in order[count]) for count in fits),
        fwhm=tuple(tuple(w for _, w in order[count]) for count in fits),
        caution=(
            f"reduced chi2 {fits[best].redchi:.3g} with {best}: a misfit of the line shape counts as bands"
            if misses
            else ""
        ),
    )


def _settled(fits: dict[int, FitResult], n_eff: float) -> bool:
    """Return whether the last two bands both raised the BIC."""
    last = [bic_of(result, n_eff) for result in fits.values()][-3:]
    return len(last) == 3 and last[0] < last[1] < last[2]


def _spectrum(x: FloatArray, y: FloatArray, sigma: float) -> Spectrum:
    return Spectrum(x, y, np.full(x.size, sigma), x_unit="cm-1", y_unit="1")


def _without_bands(model: BandModel, y: FloatArray, sigma: float) -> FitResult:
    from spectrafit.fit.single import fit

    middle = 0.5 * float(model.x[0] + model.x[-1])
    degree = 1 if model.baseline == "line" else 0
    return fit(_spectrum(model.x, y, sigma), Polynomial(degree, BASELINE, middle))


def _fitted(
    model: BandModel, y: FloatArray, sigma: float, residual: FloatArray, shapes: dict[str, float]
) -> FitResult:
    spec = model.bands[-1]
    inside = (model.x >= spec.low) & (model.x <= spec.high)
    position = float(model.x[inside][np.argmax(residual[inside])])
    middle = float(np.sqrt(model.fwhm[0] * model.fwhm[1]))
    starts: list[dict[str, FloatArray]] = []
    for factor in _TRIED:
        shape = {n: v for n, v in shapes.items() if not n.endswith(".area") and BASELINE not in n}
        shape |= model.start_of(spec.name, position, factor * middle, 0.5)
        shape = _pulled_in(model, shape)
        starts += BandStarts(model, (shape,)).of_rows(y[None])
    start = {name: np.concatenate([one[name] for one in starts]) for name in starts[0]}
    problem = model.problem({name: float(values[0]) for name, values in start.items()})
    tried = np.tile(y, (len(starts), 1))
    found = fit_many(
        problem, tried, start=start, sigma=np.full(model.x.size, sigma), engine="batch"
    )
    return found.result(int(np.argmin(np.where(found.converged, found.chi2, np.inf))))


def _pulled_in(model: BandModel, shape: dict[str, float]) -> dict[str, float]:
    changes = model.changes()
    found = {}
    for name, value in shape.items():
        low, high = changes[name].min, changes[name].max
        bounded = low is not None and high is not None and not changes[name].fixed
        found[name] = float(np.clip(value, low, high)) if bounded else float(value)
    return found


def _residual(model: BandModel, result: FitResult, y: FloatArray) -> FloatArray:
    parts = [c for c in model.components.components if c.parameter_names[0] in result.names]
    return np.asarray(y - np.sum([c.evaluate(model.x, result.by_name) for c in parts], axis=0))


def _bands(model: BandModel, result: FitResult) -> Sequence[tuple[float, float]]:
    found = []
    for name in model.names:
        component = model.components.component(name)
        found.append((result.value(f"{name}.center"), component.fwhm(result.by_name)))
    return sorted(found)


def _order(
    models: dict[int, BandModel], fits: dict[int, FitResult], count: int
) -> Sequence[tuple[float, float]]:
    return _bands(models[count], fits[count]) if count else []


def _fault(model: BandModel, result: FitResult) -> str:
    """Return why a fit does not count, empty where it does."""
    if not result.converged or Flag.SINGULAR in result.flags:
        return "not at a minimum" if not result.converged else Flag.SINGULAR.value
    for name in model.names:
        error = result.sigma(f"{name}.area")
        if error is None or result.value(f"{name}.area") < _CLEAR * error:
            return f"the area of {name} is not above zero by three errors"
    bands = _bands(model, result)
    for (left, width), (right, other) in pairwise(bands):
        if right - left < _SEPARATION * max(width, other):
            return f"bands at {left:.1f} and {right:.1f} cm-1 are nearer than half a width"
    return ""
