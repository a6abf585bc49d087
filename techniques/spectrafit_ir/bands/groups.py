"""Which bands are fitted together, and in which window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError, nearest
from spectrafit_ir.bands.band_model import BandSpec

__all__ = ["BandGroup", "band_groups", "bands_of", "require_bands"]

REACH = 40.0
"""cm-1 on either side of a band: some three FWHM of a molecular crystal's band."""
_FEWEST = 8


@dataclass(frozen=True)
class BandGroup:
    """Bands of one window.

    Parameters
    ----------
    bands : tuple of BandSpec
        In the order of their ranges.
    low, high : float
        The window, cm-1.
    """

    bands: tuple[BandSpec, ...]
    low: float
    high: float

    @property
    def name(self) -> str:
        """Like ``"1485-1556"``: the window's bands from the first to the last."""
        first, last = self.bands[0].name, self.bands[-1].name
        return first if first == last else f"{first}-{last}"


def bands_of(ranges: Mapping[str, tuple[float, float]]) -> tuple[BandSpec, ...]:
    """Return bands in the order of their ranges.

    Parameters
    ----------
    ranges : mapping of str to (float, float)
        Range of the position of each, cm-1.

    Returns
    -------
    tuple of BandSpec

    Raises
    ------
    SettingsError
        For a name or range that cannot serve.
    """
    bands = (BandSpec(name, float(low), float(high)) for name, (low, high) in ranges.items())
    return tuple(sorted(bands, key=lambda band: band.low + band.high))


def require_bands(asked: Mapping[str, Iterable[str]], bands: Iterable[str]) -> None:
    """Refuse names that are none of the bands.

    Parameters
    ----------
    asked : mapping of str to iterable of str
        Names by the setting that holds them.
    bands : iterable of str
        Names of the bands.

    Raises
    ------
    SettingsError
        For the first name that is no band, with the nearest ones.
    """
    known = tuple(bands)
    for setting, names in asked.items():
        for name in names:
            if name and name not in known:
                raise SettingsError(
                    f"no band {name!r}",
                    where=setting,
                    do=nearest(name, known, noun="the bands") if known else "name it in bands",
                )


def band_groups(
    bands: Sequence[BandSpec],
    x: ArrayLike,
    *,
    window: tuple[float, float] | None = None,
    reach: float = REACH,
) -> tuple[BandGroup, ...]:
    """Return groups of neighbouring bands, each with a window that reaches beyond its bands.

    Parameters
    ----------
    bands : sequence of BandSpec
        All of them.
    x : array_like, shape (n,)
        Wavenumbers of the data, rising, cm-1.
    window : (float, float), optional
        One window for all bands.
    reach : float, optional
        How far a window reaches beyond its bands, cm-1; bands whose windows meet are one group.

    Returns
    -------
    tuple of BandGroup
        In the order of wavenumbers.

    Raises
    ------
    SettingsError
        For a band or a window outside the data.
    """
    axis = np.asarray(x, dtype=float)
    first, last = float(axis[0]), float(axis[-1])
    held = "the data run" if window is None else "window_cm runs"
    if window is not None:
        low, high = window
        inside = int(((axis >= low) & (axis <= high)).sum())
        if not low < high or inside < _FEWEST:
            raise SettingsError(
                f"{inside} points from {low:g} to {high:g} cm-1",
                where="window_cm",
                do=f"the data run from {first:.6g} to {last:.6g} cm-1",
            )
        first, last = max(low, first), min(high, last)
    for band in bands:
        if band.low < first or band.high > last:
            raise SettingsError(
                f"band {band.name}, {band.low:g} to {band.high:g} cm-1, is not inside",
                where=f"bands.{band.name}",
                do=f"{held} from {first:.6g} to {last:.6g} cm-1",
            )
    ordered = sorted(bands, key=lambda band: band.low)
    if window is not None:
        return (BandGroup(tuple(ordered), first, last),) if ordered else ()
    found: list[BandGroup] = []
    for band in ordered:
        low, high = max(first, band.low - reach), min(last, band.high + reach)
        if found and low < found[-1].high:
            joined = found.pop()
            low, high = joined.low, max(high, joined.high)
            found.append(BandGroup((*joined.bands, band), low, high))
        else:
            found.append(BandGroup((band,), low, high))
    return tuple(found)
