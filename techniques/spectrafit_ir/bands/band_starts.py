"""Where fits of bands begin: the mean and the most different rows, fitted from many places.

With many bands a fit from a bad start ends in a bad optimum. A row starts at that reference whose
positions and widths, with areas and baseline solved for, describe it best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.asked_parameters import is_separable
from spectrafit_ir.bands.band_model import BandModel
from spectrafit_ir.bands.shape_search import ShapeBounds, searched_shapes

__all__ = ["BandStarts", "band_starts", "reference_rows", "searched_starts"]

# rows that are looked at for the most different ones, and how many singular vectors have ends
_LOOKED_AT, _VECTORS = 200, 2
# places of a position in its range, and of a FWHM between its bounds on a logarithmic scale; none is
# a middle, and bands of a series have any width from a few points to the window
_PLACES, _WIDTHS = (0.38, 0.63), (0.2, 0.45, 0.7)
# of the distance of bounds: how far from them a start is
_OFF_BOUNDS = 0.02
# of that: how far from a reference's minimum
_BESIDE = 0.4
# a reference is a start, no result: it need not end
_EVALUATIONS = 60
# of the least FWHM: of a Voigt line's parts while they are looked for
_LEAST_WIDTH = 0.1
_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class BandStarts:
    """Starts that references gave.

    Parameters
    ----------
    model : BandModel
        Bands.
    templates : tuple of dict of str to float
        Position, width and mixing parameters of each reference.
    """

    model: BandModel
    templates: tuple[Mapping[str, float], ...]

    def of_rows(self, y: FloatArray, best: int = 1) -> list[dict[str, FloatArray]]:
        """Return starts of some rows, the most likely first.

        Parameters
        ----------
        y : ndarray, shape (N, n)
            Finite spectra.
        best : int, optional
            How many starts a row gets at most.

        Returns
        -------
        list of dict of str to ndarray of shape (N,)
            By full name.
        """
        parts = [
            self._some(y[begin : begin + _BLOCK], best)
            for begin in range(0, max(1, len(y)), _BLOCK)
        ]
        return [
            {name: np.concatenate([part[rank][name] for part in parts]) for name in parts[0][rank]}
            for rank in range(len(parts[0]))
        ]

    def _some(self, y: FloatArray, best: int) -> list[dict[str, FloatArray]]:
        names = list(self.templates[0])
        linear = self.model.linear_names
        chi2 = np.empty((len(self.templates), len(y)))
        shapes = np.array([[one[name] for name in names] for one in self.templates])
        factors = np.empty((len(self.templates), len(y), len(linear)))
        for k, template in enumerate(self.templates):
            columns = _columns(self.model, template)
            solved = np.linalg.lstsq(columns, y.T, rcond=None)[0]
            factors[k] = solved.T
            chi2[k] = ((y.T - columns @ solved) ** 2).sum(axis=0)
        order, rows = np.argsort(chi2, axis=0, kind="stable"), np.arange(len(y))
        found = []
        for rank in range(min(best, len(self.templates))):
            chosen = order[rank]
            start = dict(zip(names, shapes[chosen].T, strict=True))
            start |= dict(zip(linear, factors[chosen, rows].T, strict=True))
            found.append(self.model.asked_starts(start))
        return found


def reference_rows(y: FloatArray) -> FloatArray:
    """Return the mean of spectra and those at the ends of their main differences.

    Parameters
    ----------
    y : ndarray, shape (N, n)
        Finite spectra.

    Returns
    -------
    ndarray, shape (M, n)
        The mean first; only it where all are alike.
    """
    mean = y.mean(axis=0)
    if len(y) < 2:
        return np.asarray(mean[None])
    scores = np.linalg.svd(y - mean, full_matrices=False)[0][:, :_VECTORS]
    ends = {
        int(end(scores[:, k])) for k in range(scores.shape[1]) for end in (np.argmin, np.argmax)
    }
    return np.vstack([mean[None], y[sorted(ends)]])


def band_starts(
    model: BandModel, y: Any, sigma: FloatArray, start: Mapping[str, tuple[float, float]]
) -> BandStarts:
    """Return where fits of a series begin.

    Parameters
    ----------
    model : BandModel
        Bands.
    y : Rows or ndarray, shape (N, n)
        Spectra; at most 200 of them are looked at.
    sigma : ndarray, shape (N,)
        Noise of each.
    start : mapping of str to (float, float)
        Position and FWHM asked for, by band; with all bands, nothing is looked for.

    Returns
    -------
    BandStarts
    """
    given = {
        name: value
        for band, (position, width) in start.items()
        for name, value in model.start_of(band, position, width, 0.5).items()
    }
    if set(start) >= set(model.names):
        return BandStarts(model, (_with_distances(model, given, start),))
    some = np.unique(np.linspace(0, len(y) - 1, min(len(y), _LOOKED_AT)).astype(int))
    looked = np.asarray(y[some], dtype=float)
    finite = np.isfinite(looked).all(axis=1)
    references = reference_rows(looked[finite]) if finite.any() else np.zeros((1, model.x.size))
    noise = float(np.median(sigma[some]))
    tries = [_tied(model, dict(one) | given) for one in _tries(model, references[0], start)]
    best = _fitted(model, references, tries, noise)
    names = [name for name in tries[0] if name in best[0].names]
    found = [_inside(model, {name: float(one.value(name)[0]) for name in names}) for one in best]
    if len(found) < 2:
        return BandStarts(model, tuple(found))
    return BandStarts(model, (*found, _strongest(model, best, found)))


def searched_starts(
    model: BandModel, y: FloatArray
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]] | None:
    """Return the starts of a few rows, looked for in each by itself, and where the search began.

    Parameters
    ----------
    model : BandModel
        Bands.
    y : ndarray, shape (N, n)
        Finite spectra.

    Returns
    -------
    found, began : dict of str to ndarray of shape (N,)
        By full name; None where what the user changes leaves areas or baseline not free.
    """
    if not is_separable(model.parameters, model.linear_names):
        return None
    found, began = [], []
    for row in y:
        tries = [_inside(model, one) for one in _tries(model, row, {})]
        shapes, starts = _searched(model, row[None], tries)
        found += BandStarts(model, tuple(shapes)).of_rows(row[None])
        began += BandStarts(model, (tries[starts[0]],)).of_rows(row[None])
    return _joined(found), _joined(began)


def _joined(starts: Sequence[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    return {name: np.concatenate([one[name] for one in starts]) for name in starts[0]}


def _searched(
    model: BandModel, y: FloatArray, tries: Sequence[Mapping[str, float]]
) -> tuple[list[dict[str, float]], list[int]]:
    """Return the best shapes of each spectrum, and from which of the tries they came."""
    asked = [{n: float(v) for n, v in model.asked_starts(one).items()} for one in tries]
    parts = [one.name for one in model.shape.parameters if one.name != "area"]
    changes = model.changes()
    low, high = np.empty((2, len(model.bands), len(parts)))
    for k, spec in enumerate(model.bands):
        for j, part in enumerate(parts):
            name = f"{spec.name}.{part}"
            change = changes.get(name, ParameterChange(min=spec.low, max=spec.high))
            low[k, j] = -np.inf if change.min is None else change.min
            high[k, j] = np.inf if change.max is None else change.max
            if change.fixed:
                low[k, j] = high[k, j] = asked[0][name]
            elif part.startswith("fwhm"):
                # a line without any width is none
                low[k, j] = max(low[k, j], min(_LEAST_WIDTH * model.fwhm[0], high[k, j]))
    begin = np.array(
        [[[_shape(model, one, band, part) for part in parts] for band in model.names] for one in asked]
    )  # fmt: skip
    away = (model.x - model.x.mean()) / float(np.ptp(model.x))
    powers = len(model.linear_names) - len(model.bands)
    ground = np.stack([away**k for k in range(powers)]) if powers else np.empty((0, away.size))
    found = searched_shapes(model.x, y, ShapeBounds(model.shape, low, high, ground), begin)
    shapes = []
    for own in found.shapes:
        values = {
            f"{band}.{part}": float(own[k, j])
            for k, band in enumerate(model.names)
            for j, part in enumerate(parts)
        }
        centers = {band: (values[f"{band}.center"], 0.0) for band in model.names}
        values = _with_distances(model, values, centers)
        shapes.append({n: v for n, v in values.items() if n in asked[0]})
    return shapes, [int(one) for one in found.start]


def _shape(model: BandModel, values: Mapping[str, float], band: str, part: str) -> float:
    if part == "center" and band in model.distances:
        return values[f"{model.distances[band]}.center"] + values[f"{band}.distance"]
    return values[f"{band}.{part}"]


def _tries(
    model: BandModel, mean: FloatArray, start: Mapping[str, tuple[float, float]]
) -> list[dict[str, float]]:
    low, high = np.log(model.fwhm)
    edge = np.interp(model.x, model.x[[0, -1]], [mean[:4].mean(), mean[-4:].mean()])
    found = []
    for place, share in product((None, *_PLACES), _WIDTHS):
        one: dict[str, float] = {}
        centers: dict[str, tuple[float, float]] = {}
        width = float(np.exp(low + share * (high - low)))
        for spec in model.bands:
            inside = (model.x >= spec.low) & (model.x <= spec.high)
            position = spec.low + (_PLACES[0] if place is None else place) * (spec.high - spec.low)
            if place is None and inside.any():
                position = float(model.x[inside][np.argmax((mean - edge)[inside])])
            centers[spec.name] = start.get(spec.name, (position, width))
            one |= model.start_of(spec.name, position, width, 0.5)
        found.append(_with_distances(model, one, centers))
    return found


def _tied(model: BandModel, values: Mapping[str, float]) -> dict[str, float]:
    """Return starts with those that the user ties where their ties put them."""
    found = dict(values) | {n: float(v) for n, v in model.asked_starts(values).items()}
    if any(change.equals is not None for change in model.parameters.values()):
        for name, form in model.problem(found).tied.items():
            if name in found and set(form.factors) <= set(found):
                parts = (factor * found[other] for other, factor in form.factors.items())
                found[name] = form.constant + sum(parts)
    return found


def _with_distances(
    model: BandModel, values: Mapping[str, float], centers: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """Return starts with those of the distances."""
    found = {name: float(value) for name, value in values.items()}
    for band, other in model.distances.items():
        spec, base = (model.bands[model.names.index(name)] for name in (band, other))
        distance = centers[band][0] - centers[other][0]
        found[f"{band}.distance"] = float(
            np.clip(distance, spec.low - base.high, spec.high - base.low)
        )
    return found


def _fitted(
    model: BandModel, references: FloatArray, shapes: Sequence[Mapping[str, float]], noise: float
) -> list[FitStack]:
    """Return the lowest fit of each reference, from all shapes."""
    if is_separable(model.parameters, model.linear_names):
        own = _searched(model, references, shapes)[0]
        rows = zip(own, references, strict=True)
        start = _joined([BandStarts(model, (one,)).of_rows(y[None])[0] for one, y in rows])
        found = _fits(model, references, start, noise)
        return [found.rows([m]) for m in range(len(references))]
    start = _joined([BandStarts(model, (shape,)).of_rows(references)[0] for shape in shapes])
    found = _fits(model, np.tile(references, (len(shapes), 1)), start, noise)
    lowest = np.argmin(found.chi2.reshape(len(shapes), -1), axis=0)
    return [found.rows([int(k) * len(references) + m]) for m, k in enumerate(lowest)]


def _fits(
    model: BandModel, y: FloatArray, start: Mapping[str, FloatArray], noise: float
) -> FitStack:
    first = {name: float(values[0]) for name, values in start.items()}
    return fit_many(
        model.problem(first), y, start=start, sigma=np.full(model.x.size, noise), engine="batch",
        restarts=0, max_evaluations=_EVALUATIONS,
    )  # fmt: skip


def _inside(model: BandModel, shape: Mapping[str, float]) -> dict[str, float]:
    """Return a shape off its bounds and beside its minimum.

    From there a step in every direction says something, and a value that equals its start has not
    been fitted.
    """
    changes = model.changes()
    found = dict(shape)
    for name, value in shape.items():
        low, high = changes[name].min, changes[name].max
        if low is not None and high is not None and not changes[name].fixed:
            room = _OFF_BOUNDS * (high - low)
            found[name] = float(np.clip(value + _BESIDE * room, low + room, high - room))
    return found


def _strongest(
    model: BandModel, best: list[FitStack], found: list[dict[str, float]]
) -> dict[str, float]:
    """Return the shape of each band from the reference in which it stands out most."""
    mixture: dict[str, float] = {}
    for band in model.names:
        with np.errstate(invalid="ignore"):
            clear = [
                abs(float(one.value(f"{band}.area")[0])) / float(one.sigma(f"{band}.area")[0])
                for one in best
            ]
        source = found[int(np.argmax(np.nan_to_num(clear, nan=-1.0)))]
        mixture |= {n: value for n, value in source.items() if n.startswith(f"{band}.")}
    return mixture


def _columns(model: BandModel, shape: Mapping[str, float]) -> FloatArray:
    """Return the derivatives by areas and baseline at a shape, shape (n, k)."""
    values = dict(shape)
    for band, other in model.distances.items():
        values[f"{band}.origin"] = shape[f"{other}.center"]
    linear = model.linear_names
    values |= dict.fromkeys(linear, 1.0)
    columns: list[FloatArray] = []
    for part in model.components.components:
        slopes = part.line.function(model.x, *part.values(values))[1:]
        columns += [
            np.broadcast_to(slope, model.x.shape)
            for name, slope in zip(part.parameter_names, slopes, strict=True)
            if name in linear
        ]
    return np.stack(columns, axis=1)
