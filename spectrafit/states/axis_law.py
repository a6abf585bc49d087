"""Populations in which the upper branch of a step takes other shares: x_upper -> a n + b x_upper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spectrafit.laws import Branch
from spectrafit.spectrum import FloatArray
from spectrafit.states.model import Step
from spectrafit.states.populations import PopulationLaw, Populations

__all__ = ["Axis", "AxisLaw", "branch_states"]

_FLAT = 1e-3
"""Change of the upper share over the temperatures below which it is one share."""
_KEPT = 32
"""Sets of temperatures whose populations are kept."""
_EMPTY = 1e-12
"""Population of a branch below which its first state stands for it."""


def branch_states(steps: tuple[Step, ...], name: str) -> tuple[str, ...]:
    """Return the states of a branch.

    Parameters
    ----------
    steps : tuple of Step
        A tree.
    name : str
        Of a state or a step.

    Returns
    -------
    tuple of str
    """
    own = next((step for step in steps if step.name == name), None)
    if own is None:
        return (name,)
    return branch_states(steps, own.lower) + branch_states(steps, own.upper)


@dataclass(frozen=True)
class Axis:
    """A step, and between what the share of its upper branch lies.

    The map is told by the highest share that it gives and by its lowest share as a part of that:
    between 0 and 1 both keep every share between 0 and 1.

    Parameters
    ----------
    step : Step
        The step.
    lowest, highest : float
        Share of the upper branch in the population n of both, over all temperatures of the data.
    shifts : bool
        Whether `a` may be other than 0: the upper branch is one state, as a constant part of a
        branch of several has no shares within.
    """

    step: Step
    lowest: float
    highest: float
    shifts: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what tells the map."""
        both = (f"highest share.{self.step.name}", f"lowest of it.{self.step.name}")
        return both if self.shifts and self.highest - self.lowest > _FLAT else both[:1]

    @property
    def start(self) -> tuple[float, ...]:
        """What tells the map that changes nothing."""
        return (self.highest, self.lowest / self.highest)[: len(self.names)]

    def told(self, a: float, b: float) -> tuple[float, ...]:
        """Return what tells a map.

        Parameters
        ----------
        a, b : float
            Of the map.

        Returns
        -------
        tuple of float
        """
        highest = a + b * self.highest
        return (highest, (a + b * self.lowest) / highest)[: len(self.names)]

    def map_of(self, told: tuple[float, ...]) -> tuple[float, float]:
        """Return a and b of a map.

        Parameters
        ----------
        told : tuple of float
            As many as `names`.

        Returns
        -------
        (float, float)
        """
        highest, *rest = map(float, told)
        if not rest:
            return 0.0, highest / self.highest
        b = highest * (1.0 - rest[0]) / (self.highest - self.lowest)
        return highest * rest[0] - b * self.lowest, b


@dataclass(frozen=True)
class AxisLaw(PopulationLaw):
    """The law of a fit with one step's upper share mapped; its parameters are those of the map.

    Parameters
    ----------
    steps, states : tuple
        As of the law of the fit.
    base : PopulationLaw
        That law.
    values : mapping of str to float
        Its step parameters.
    axis : Axis
        Which step.
    """

    base: PopulationLaw
    values: Mapping[str, float]
    axis: Axis
    _known: dict[tuple[bytes, Branch | bytes], Populations] = field(
        default_factory=dict, repr=False
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters of the map."""
        return self.axis.names

    def at(
        self,
        values: Mapping[str, float],
        T: FloatArray,
        branch: Branch | NDArray[np.int8] = Branch.MAXWELL,
        *,
        derivatives: bool = False,
    ) -> Populations:
        """Return the mapped populations at temperatures.

        Parameters
        ----------
        values : mapping of str to float
            Of the parameters of the map.
        T : ndarray, shape (n,)
            K.
        branch : Branch or ndarray of int, shape (n,), optional
            Which root where there are several; 1, -1 or 0 for each temperature of its own.
        derivatives : bool, optional
            Whether to give those by the parameters of the map too.

        Returns
        -------
        Populations
        """
        key = (T.tobytes(), branch.tobytes() if isinstance(branch, np.ndarray) else branch)
        if key not in self._known:
            if len(self._known) >= _KEPT:  # a lag of the sample moves temperatures at every call
                self._known.clear()
            self._known[key] = self.base.at(self.values, T, branch)
        plain = self._known[key]
        rows = [self._rows(side) for side in (self.axis.step.lower, self.axis.step.upper)]
        sums = [(plain.x[own].sum(axis=0), plain.dx[own].sum(axis=0)) for own in rows]
        n, dn = sums[0][0] + sums[1][0], sums[0][1] + sums[1][1]
        told = tuple(values[name] for name in self.names)
        a, b = self.axis.map_of(told)
        upper, d_upper = a * n + b * sums[1][0], a * dn + b * sums[1][1]
        x, dx = plain.x.copy(), plain.dx.copy()
        within = [_within(plain, own, *both) for own, both in zip(rows, sums, strict=True)]
        for own, (share, d_share), whole, d_whole in zip(
            rows, within, (n - upper, upper), (dn - d_upper, d_upper), strict=True
        ):
            x[own], dx[own] = share * whole, share * d_whole + d_share * whole
        if not derivatives:
            return Populations(x, dx, None, None)
        by, dby = np.zeros((len(told), *x.shape)), np.zeros((len(told), *x.shape))
        for row, (a_by, b_by) in enumerate(self._slopes(told)):
            moved, d_moved = a_by * n + b_by * sums[1][0], a_by * dn + b_by * sums[1][1]
            for sign, own, (share, d_share) in zip((-1.0, 1.0), rows, within, strict=True):
                by[row, own] = sign * share * moved
                dby[row, own] = sign * (share * d_moved + d_share * moved)
        return Populations(x, dx, by, dby)

    def _rows(self, side: str) -> list[int]:
        return [self.states.index(state) for state in branch_states(self.steps, side)]

    def _slopes(self, told: tuple[float, ...]) -> list[tuple[float, float]]:
        """Return the derivatives of a and b by what tells the map."""
        axis = self.axis
        if len(told) == 1:
            return [(0.0, 1.0 / axis.highest)]
        highest, lowest = told
        b_by = (
            (1.0 - lowest) / (axis.highest - axis.lowest),
            -highest / (axis.highest - axis.lowest),
        )
        a_by = (lowest - b_by[0] * axis.lowest, highest - b_by[1] * axis.lowest)
        return list(zip(a_by, b_by, strict=True))


def _within(
    plain: Populations, own: list[int], whole: FloatArray, d_whole: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the shares of the states of a branch within it, and their slopes by temperature."""
    if len(own) == 1:
        return np.ones((1, whole.size)), np.zeros((1, whole.size))
    filled = whole > _EMPTY
    safe = np.where(filled, whole, 1.0)
    share = np.where(filled, plain.x[own] / safe, 0.0)
    d_share = np.where(filled, (plain.dx[own] - share * d_whole) / safe, 0.0)
    share[0, ~filled] = 1.0
    return share, d_share
