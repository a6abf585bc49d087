"""The line positions of alpha-iron that a velocity scale rests on; there are two in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from spectrafit.errors import SettingsError, nearest

__all__ = ["CONVENTIONS", "Convention", "convention"]


@dataclass(frozen=True)
class Convention:
    """Distances of the six lines of alpha-iron from their centroid at room temperature.

    Parameters
    ----------
    name : str
        "A" or "B", printed beside every isomer shift, splitting and field.
    positions : tuple of float
        Of the outer, middle and inner pair, in mm/s.
    field : float
        Hyperfine field these positions stand for, in T.
    origin : str
        Where they are in use.
    """

    name: str
    positions: tuple[float, float, float]
    field: float
    origin: str

    @property
    def ratios(self) -> tuple[float, float]:
        """Distances of the outer and the middle pair over that of the inner pair."""
        outer, middle, inner = self.positions
        return outer / inner, middle / inner


CONVENTIONS: Final[Mapping[str, Convention]] = {
    "A": Convention(
        "A",
        (5.3123, 3.0760, 0.8397),
        33.04,
        "C. E. Violet and D. N. Pipkorn, J. Appl. Phys. 42, 4339 (1971); the program SYNCmoss",
    ),
    "B": Convention("B", (5.3285, 3.0835, 0.8385), 33.0, "the program Fitbauer"),
}
"""By name. A scale of convention B is 1.0029 times as wide as one of A from the same spectrum."""


def convention(name: str) -> Convention:
    """Return a convention by name.

    Parameters
    ----------
    name : str
        "A" or "B".

    Returns
    -------
    Convention

    Raises
    ------
    SettingsError
        When there is none of that name.
    """
    if name not in CONVENTIONS:
        raise SettingsError(
            f"no convention {name!r}", do=nearest(name, CONVENTIONS, noun="the conventions")
        )
    return CONVENTIONS[name]
