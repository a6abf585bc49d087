"""Where a fit of sites starts: a coarse grid of positions and widths, each a linear solve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.lines.sextet import sextet
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.baseline import baseline_start
from spectrafit_mossbauer.absorption.sites import (
    LARGEST_SPLITTING,
    SHIFTS,
    Kind,
    Site,
    convention_of_axis,
)
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = ["starts_of"]

IntArray = NDArray[np.intp]

# points are added up to so many for the grid: a coarse solve needs no more
_POINTS = 256
_CENTERS, _SPLITTINGS = 9, 9
_WIDTHS = (0.3, 0.6, 1.2)
_FIELD_STEPS = 28
# mm/s, distance of lines 1 and 6: below it a sextet does not split (1.5 T for lines 0.3 mm/s wide)
_LEAST_SEXTET = 0.5
# standard deviations by which smoothed counts must lie below the baseline, and share of the deepest
_SEEN, _SHARE = 4.0, 0.15
# mm/s to either side that smoothing takes in
_SMOOTHED = 0.15
# points this many standard deviations below the baseline are no part of it
_CLIP, _CLIPS = 2.0, 12
_BEAM = 40
_RIDGE = 1e-9
_POWDER = 2.0


@dataclass(frozen=True, eq=False)
class _Grid:
    """Candidate sites of one kind, of unit area, the baseline projected out."""

    center: FloatArray
    splitting: FloatArray
    width: FloatArray
    columns: FloatArray


def starts_of(
    axis: Unfolded, sites: Sequence[Site], count: int = 8
) -> tuple[dict[str, float], ...]:
    """Return starts for the fit of some sites, the best of the grid first.

    Every combination of positions is judged by the chi2 that linear areas and baseline reach. Several
    sites are added one at a time to the best sets so far.

    Parameters
    ----------
    axis : Unfolded
        The spectrum.
    sites : sequence of Site
        What is to be fitted.
    count : int, optional
        Most starts; they lie apart from each other.

    Returns
    -------
    tuple of dict of str to float
        Every parameter by full name, at least one.
    """
    v, counts, columns = _added_up(axis)
    basis = np.linalg.qr(columns.T)[0]
    rest = counts - basis @ (basis.T @ counts)
    sigma = float(np.sqrt(counts.mean() * v.size / axis.counts.size))
    region = _absorbing(v, counts, columns, sigma)
    kinds = {site.kind for site in sites}
    grids = {kind: _grid(kind, v, region, axis, basis) for kind in kinds}
    chosen = _best_sets([grids[site.kind] for site in sites], rest)
    starts = []
    for places, areas in _apart(chosen, [grids[site.kind] for site in sites], count):
        start: dict[str, float] = {}
        for site, place, area in zip(sites, places, areas, strict=True):
            grid = grids[site.kind]
            values = {
                "center": float(grid.center[place]),
                "splitting": float(grid.splitting[place]),
                "width": float(grid.width[place]),
                "area": float(area),
            }
            start |= site.start(values, axis)
        absorbed = np.zeros(axis.velocity.size)
        for site in sites:
            absorbed -= site.component.evaluate(axis.velocity, _complete(site, start))
        starts.append(start | baseline_start(axis, absorbed))
    return tuple(starts)


def _complete(site: Site, start: dict[str, float]) -> dict[str, float]:
    rows = site.line.parameters
    defaults = {site.name(row.name): row.default for row in rows}
    return defaults | start


def _added_up(axis: Unfolded) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return means of neighbouring points: velocity, counts, baseline shapes."""
    block = -(-axis.velocity.size // _POINTS)
    begins = np.arange(0, axis.velocity.size, block)
    sizes = np.diff([*begins, axis.velocity.size])
    stacked = np.vstack([axis.velocity, axis.counts, axis.columns])
    means = np.add.reduceat(stacked, begins, axis=1) / sizes
    return means[0], means[1], means[2:]


def _without_baseline(columns: FloatArray, basis: FloatArray) -> FloatArray:
    return np.asarray(columns - (columns @ basis) @ basis.T)


def _absorbing(
    v: FloatArray, counts: FloatArray, columns: FloatArray, sigma: float
) -> tuple[float, float]:
    """Return the range of velocities in which smoothed counts lie below the baseline.

    The baseline is fitted again without the points below it, until no more fall out: absorption
    would bend it.
    """
    outside = np.ones(v.size, dtype=np.bool_)
    for _ in range(_CLIPS):
        terms = np.linalg.lstsq(columns[:, outside].T, counts[outside], rcond=None)[0]
        fall = terms @ columns - counts
        kept = outside & (fall < _CLIP * sigma)
        if kept.sum() in (outside.sum(), *range(2 * len(columns))):
            break
        outside = kept
    near = np.abs(v - v[:, None]) < _SMOOTHED
    smooth = (near @ fall) / near.sum(axis=1)
    limit = _SEEN * sigma / np.sqrt(near.sum(axis=1))
    seen = np.flatnonzero(smooth > np.maximum(limit, _SHARE * float(smooth.max())))
    if seen.size < 2:
        quarter = 0.25 * (v[-1] - v[0])
        return float(v[0] + quarter), float(v[-1] - quarter)
    return float(v[seen[0]]), float(v[seen[-1]])


def _grid(
    kind: Kind, v: FloatArray, region: tuple[float, float], axis: Unfolded, basis: FloatArray
) -> _Grid:
    # region and bounds together, and off the ends and off the middle of what bounds a parameter
    span = max(region[1] - region[0], _WIDTHS[0])
    low, high = max(region[0], SHIFTS[0]), min(region[1], SHIFTS[1])
    if not high - low > 0.0:
        low, high = SHIFTS
    centers = low + (high - low) * (np.arange(_CENTERS) + 0.45) / _CENTERS
    if kind == "singlet":
        splittings = np.zeros(1)
    elif kind == "doublet":
        largest = min(span, LARGEST_SPLITTING)
        splittings = largest * (np.arange(_SPLITTINGS) + 0.55) / _SPLITTINGS
    else:
        splittings = np.linspace(_LEAST_SEXTET, 1.2 * (v[-1] - v[0]), _FIELD_STEPS)
    mesh = np.meshgrid(centers, splittings, np.array(_WIDTHS), indexing="ij")
    center, splitting, width = (part.ravel() for part in mesh)
    c, s, w = center[:, None], splitting[:, None], width[:, None]
    if kind == "sextet":
        outer, middle, _ = convention_of_axis(axis).positions
        spacing = (outer - middle) / (2.0 * outer)
        columns = sextet(v, c, s, 0.0, w, w, w, 1.0, spacing, _POWDER)[0]
    else:
        away = (v - c) / w
        half = 0.5 * s / w
        low = 1.0 / (1.0 + 4.0 * (away + half) ** 2)
        columns = (low + 1.0 / (1.0 + 4.0 * (away - half) ** 2)) / (np.pi * w)
    return _Grid(center, splitting, width, _without_baseline(columns, basis))


def _best_sets(
    grids: Sequence[_Grid], rest: FloatArray
) -> list[tuple[tuple[int, ...], FloatArray]]:
    """Return the sets that explain most, best first: places in each grid, and areas."""
    falls = [-(grid.columns @ rest) for grid in grids]
    squares = [np.einsum("gn,gn->g", grid.columns, grid.columns) for grid in grids]
    sets: IntArray = np.zeros((1, 0), dtype=np.intp)
    areas: FloatArray = np.zeros((1, 0))
    for k, grid in enumerate(grids):
        size = grid.center.size
        sets = np.hstack([
            np.repeat(sets, size, axis=0),
            np.tile(np.arange(size), len(sets))[:, None],
        ])  # fmt: skip
        count = k + 1
        gram = np.empty((len(sets), count, count))
        fall = np.empty((len(sets), count))
        for i in range(count):
            fall[:, i] = falls[i][sets[:, i]]
            gram[:, i, i] = squares[i][sets[:, i]] * (1.0 + _RIDGE)
            for j in range(i):
                product = grids[i].columns @ grids[j].columns.T
                gram[:, i, j] = gram[:, j, i] = product[sets[:, i], sets[:, j]]
        areas = np.asarray(np.linalg.solve(gram, fall[:, :, None])[:, :, 0])
        with np.errstate(over="ignore", invalid="ignore"):
            gain = np.where((areas > 0.0).all(axis=1), np.sum(areas * fall, axis=1), -np.inf)
        best = np.argsort(-gain, kind="stable")[: _BEAM if count < len(grids) else 40 * _BEAM]
        sets, areas = sets[best], areas[best]
    return [(tuple(map(int, row)), area) for row, area in zip(sets, areas, strict=True)]


def _apart(
    sets: Sequence[tuple[tuple[int, ...], FloatArray]], grids: Sequence[_Grid], count: int
) -> list[tuple[tuple[int, ...], FloatArray]]:
    """Return the best sets of which none is another with only its widths changed."""
    kept: list[tuple[tuple[int, ...], FloatArray]] = []
    seen = set()
    for places, areas in sets:
        rows = zip(grids, places, strict=True)
        where = tuple(sorted((float(g.center[i]), float(g.splitting[i])) for g, i in rows))
        if where not in seen:
            seen.add(where)
            kept.append((places, np.maximum(areas, 0.0)))
        if len(kept) == count:
            break
    return kept
