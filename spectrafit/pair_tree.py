"""Pairs of branches that form a tree of states, and what is known of each pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["Fraction", "Pair", "PairTree", "PairValues", "leaves", "tree_of"]

_ROUNDING = 1e-9
"""How far an interpolated fraction may leave 0 to 1, as rounding does."""


@dataclass(frozen=True)
class Pair:
    """Two branches that share a mole.

    Parameters
    ----------
    name : str
        Name of the pair.
    lower, upper : str
        Names of the branches: of a state, or of another pair.
    """

    name: str
    lower: str
    upper: str


@dataclass(frozen=True)
class PairValues:
    """Parameters of a pair.

    Parameters
    ----------
    H : float
        Enthalpy of the upper over the lower branch, J/mol.
    S : float
        Entropy of the upper over the lower branch, J/(mol K), without that of mixing.
    G : float
        Interaction of the branches, J/mol; above 2 R T there is hysteresis, below 0 it spreads
        the change over T.
    rho : float
        Share of the pair that is always in the upper branch, trapped or impurity, 0 to 1; it
        counts in the populations and not in the free energy.

    Raises
    ------
    SettingsError
        For a number that is not finite, or a rho outside 0 to 1.
    """

    H: float
    S: float
    G: float = 0.0
    rho: float = 0.0

    def __post_init__(self) -> None:
        for row in fields(self):
            if not np.isfinite(getattr(self, row.name)):
                raise SettingsError(f"{row.name} is not a finite number", where="pair of states")
        if not 0.0 <= self.rho <= 1.0:
            raise SettingsError("rho must lie between 0 and 1", where="pair of states")


def _none() -> FloatArray:
    return np.zeros((0, 0))


@dataclass(frozen=True, eq=False)
class Fraction:
    """A prescribed fraction of the upper branch of a pair, with its derivatives.

    Parameters
    ----------
    u : ndarray, shape (n,)
        Fraction at each temperature, 0 to 1; what lies outside by less than 1e-9 is put on the
        end.
    du : ndarray, shape (n,)
        Its derivative by temperature, per K.
    by : ndarray, shape (q, n), optional
        Derivatives of u by its own parameters; left out where it has none.
    dby : ndarray, shape (q, n), optional
        Derivatives of du by its own parameters; left out where it has none.
    names : tuple of str, length q, optional
        Names of its own parameters.

    Raises
    ------
    SettingsError
        For a fraction outside 0 to 1, numbers that are not finite, or shapes that do not match.
    """

    u: FloatArray
    du: FloatArray
    by: FloatArray = field(default_factory=_none)
    dby: FloatArray = field(default_factory=_none)
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        u, du, by, dby = (
            np.asarray(row, dtype=np.float64) for row in (self.u, self.du, self.by, self.dby)
        )
        shape = (len(self.names), u.size)
        if not self.names and by.size == dby.size == 0:
            by, dby = np.zeros(shape), np.zeros(shape)
        if u.ndim != 1 or u.shape != du.shape or by.shape != shape or dby.shape != shape:
            raise SettingsError("a fraction and its derivatives differ in shape")
        if not all(np.isfinite(row).all() for row in (u, du, by, dby)):
            raise SettingsError("a fraction or a derivative of it is not a finite number")
        if ((u < -_ROUNDING) | (u > 1.0 + _ROUNDING)).any():
            raise SettingsError("a fraction lies outside 0 to 1")
        rows = {"u": np.clip(u, 0.0, 1.0), "du": du, "by": by, "dby": dby}
        for name, row in rows.items():
            object.__setattr__(self, name, row)


class PairTree(NamedTuple):
    """A tree of pairs in order.

    Parameters
    ----------
    pairs : tuple of Pair
        Each pair, then those of its lower branch, then those of its upper branch.
    states : tuple of str
        The states, those of a lower branch before those of the upper one.
    """

    pairs: tuple[Pair, ...]
    states: tuple[str, ...]


def leaves(pairs: Sequence[Pair]) -> tuple[str, ...]:
    """Return the states of a tree, those of each lower branch before those of the upper one.

    Parameters
    ----------
    pairs : sequence of Pair
        The pairs, in any order.

    Returns
    -------
    tuple of str

    Raises
    ------
    SettingsError
        When the pairs are not one tree: none at all, a name used twice, several roots, a cycle.
    """
    return tree_of(tuple(pairs)).states


@lru_cache(maxsize=256)
def tree_of(pairs: tuple[Pair, ...]) -> PairTree:
    """Return the tree that pairs form.

    Parameters
    ----------
    pairs : tuple of Pair
        The pairs, in any order.

    Returns
    -------
    PairTree

    Raises
    ------
    SettingsError
        When the pairs are not one tree: none at all, a name used twice, several roots, a cycle.
    """
    if not pairs:
        raise SettingsError("no pair of states is given", where="tree of states")
    by_name = {pair.name: pair for pair in pairs}
    branches = [branch for pair in pairs for branch in (pair.lower, pair.upper)]
    for names in ([pair.name for pair in pairs], branches):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise SettingsError(f"{twice[0]!r} is used twice", where="tree of states")
    roots = [pair for pair in pairs if pair.name not in branches]
    if len(roots) > 1:
        raise SettingsError(
            f"the pairs {', '.join(repr(pair.name) for pair in roots)} are not one tree",
            where="tree of states",
            do="join them by a pair that has them as branches",
        )
    order: list[Pair] = []
    states: list[str] = []
    waiting = [pair.name for pair in roots]
    while waiting:
        name = waiting.pop()
        if name in by_name:
            order.append(by_name[name])
            waiting += [by_name[name].upper, by_name[name].lower]
        else:
            states.append(name)
    if len(order) < len(pairs):
        circle = next(pair.name for pair in pairs if pair not in order)
        raise SettingsError(f"the pair {circle!r} lies within itself", where="tree of states")
    return PairTree(tuple(order), tuple(states))
