"""Pairs of lines of alpha-iron as a fit finds them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PairOfLines", "SpacingRatio"]


@dataclass(frozen=True)
class PairOfLines:
    """Two lines of alpha-iron at equal distances from the centroid, as fitted.

    Parameters
    ----------
    name : str
        "outer", "middle" or "inner".
    position : float
        Distance from the centroid by the convention, in mm/s.
    depth, depth_sigma : float
        Of either line as a share of the level, with its standard error.
    width, width_sigma : float
        Full width at half maximum and its standard error, in mm/s.
    """

    name: str
    position: float
    depth: float
    depth_sigma: float
    width: float
    width_sigma: float


@dataclass(frozen=True)
class SpacingRatio:
    """Distance of a pair of lines over that of the inner pair: how even the drive is.

    Parameters
    ----------
    name : str
        "outer" or "middle".
    value, sigma : float
        From a fit in which every pair has its own distance, with the standard error.
    expected : float
        By the convention.
    """

    name: str
    value: float
    sigma: float
    expected: float
