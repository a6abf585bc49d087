"""Where a spectrum has bands: maxima of its smoothed second derivative, followed from width to width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.detection import FilterBank

__all__ = ["BandPlace", "band_places"]

# a maximum at the next width is the same when it lies within this part of that width
_SAME = 0.5
# lobes of a Gaussian's second derivative are 0.45 of it, sqrt(3) of its inflection's distance off
_LOBE, _LOBE_REACH = 0.5, 2.2
# of the strongest response of a place
_CLEAR = 0.5
# noise of the difference of two independent responses
_OF_DIFFERENCE = math.sqrt(2.0)


@dataclass(frozen=True)
class BandPlace:
    """A place where a band may be.

    Parameters
    ----------
    index : int
        Point of the spectrum.
    sign : int
        1, or -1 for a band that is lost.
    fwhm : float
        About, cm-1: by the inflections of the smoothed curve.
    z : float
        Response over its error, above 0.
    """

    index: int
    sign: int
    fwhm: float
    z: float


@dataclass(frozen=True)
class _Maximum:
    row: int
    index: int
    z: float
    inflection: int


def band_places(
    x: FloatArray,
    y: FloatArray,
    sigma: FloatArray,
    bank: FilterBank,
    limit: float,
    signs: Sequence[int],
) -> tuple[BandPlace, ...]:
    """Return where the second derivative has an extremum of its own beyond the noise.

    A place counts where, for one width, the estimated height is beyond the limit and the smoothed
    second derivative has an extremum that stands out from its surroundings by ``sqrt(2)`` times the
    limit, the noise of a difference. Maxima are followed from narrow to wide filters; where two
    become one, each stays what it was. Lobes that bands of the other sign make are left out.

    Parameters
    ----------
    x, y, sigma : ndarray, shape (n,)
        Wavenumber, cm-1; absorbance; white-noise standard deviation of each point.
    bank : FilterBank
        Filters.
    limit : float
        Of detection, in errors.
    signs : sequence of int
        1 and -1 as looked for.

    Returns
    -------
    tuple of BandPlace
        By position.
    """
    heights = bank.responses(y, sigma)
    curves = bank.second_derivatives(y, sigma)
    step = float(x[1] - x[0])
    maxima = {
        sign: [
            _maxima(row, sign * heights[row], sign * curves[row], width / step, limit)
            for row, width in enumerate(bank.widths)
        ]
        for sign in (1, -1)
    }
    found = []
    for sign in signs:
        bands = [
            _without_lobes(own, other)
            for own, other in zip(maxima[sign], maxima[-sign], strict=True)
        ]
        chains = _chains(step, bands, bank)
        found += [_place(step, bank, chain, sign) for chain in chains]
    return tuple(sorted(found, key=lambda place: place.index))


def _maxima(
    row: int, heights: FloatArray, curve: FloatArray, width: float, limit: float
) -> list[_Maximum]:
    """Return the maxima of one width, which is in points."""
    reach = max(1, round(0.25 * width))
    top = np.flatnonzero((curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:]))
    found = [
        i
        for i in (top + 1).tolist()
        if curve[i] > 0.0
        and heights[max(0, i - reach) : i + reach + 1].max() > limit
        and _prominence(curve, i) > _OF_DIFFERENCE * limit
    ]
    return [_Maximum(row, i, float(curve[i]), _inflection(curve, i)) for i in found]


def _prominence(curve: FloatArray, at: int) -> float:
    """Return how far a maximum stands above the higher of the two lowest points beside it.

    To each side as far as it is the highest.
    """
    higher = curve > curve[at]
    left = np.flatnonzero(higher[:at])
    right = np.flatnonzero(higher[at:])
    first = int(left[-1]) if left.size else 0
    past = at + int(right[0]) if right.size else curve.size
    return float(curve[at] - max(curve[first : at + 1].min(), curve[at:past].min()))


def _inflection(curve: FloatArray, at: int) -> int:
    """Return how many points the nearer change of sign is away."""
    inside = curve > 0.0
    sides = int(np.argmin(inside[at::-1])), int(np.argmin(inside[at:]))
    return min([one for one in sides if one], default=1)


def _without_lobes(own: Sequence[_Maximum], other: Sequence[_Maximum]) -> list[_Maximum]:
    """Return the maxima that are more than lobes of bands of the other sign."""
    return [one for one in own if one.z > _LOBE * sum(band.z for band in other if _near(one, band))]


def _near(lobe: _Maximum, band: _Maximum) -> bool:
    return abs(band.index - lobe.index) <= _LOBE_REACH * band.inflection


def _chains(
    step: float, maxima: Sequence[Sequence[_Maximum]], bank: FilterBank
) -> list[list[_Maximum]]:
    """Return the maxima of neighbouring widths that are one place, from narrow to wide."""
    done: list[list[_Maximum]] = []
    live: list[list[_Maximum]] = []
    for width, now in zip(bank.widths, maxima, strict=True):
        before: list[list[list[_Maximum]]] = [[] for _ in now]
        for chain in live:
            apart = [abs(one.index - chain[-1].index) * step for one in now]
            nearest = int(np.argmin(apart)) if apart else -1
            if nearest >= 0 and apart[nearest] <= _SAME * width:
                before[nearest].append(chain)
            else:
                done.append(chain)
        live = []
        for one, chains in zip(now, before, strict=True):
            if len(chains) > 1:
                done += chains
            elif chains:
                live.append([*chains[0], one])
            elif not _covered(one, done, width / step):
                live.append([one])
    return done + live


def _covered(one: _Maximum, done: Sequence[Sequence[_Maximum]], width: float) -> bool:
    """Return whether places of narrower bands are what a wide filter sees."""
    return any(abs(chain[-1].index - one.index) <= width for chain in done)


def _place(step: float, bank: FilterBank, chain: Sequence[_Maximum], sign: int) -> BandPlace:
    """Return the place at the narrowest width that sees it clearly, where neighbours matter least."""
    strongest = max(one.z for one in chain)
    best = next(one for one in chain if one.z >= _CLEAR * strongest)
    # inflections of a Gaussian are its standard deviation off; the filter's own adds in squares
    width = bank.widths[best.row]
    squared = 8.0 * math.log(2.0) * (best.inflection * step) ** 2 - width**2
    return BandPlace(best.index, sign, math.sqrt(max(squared, (0.5 * width) ** 2)), strongest)
