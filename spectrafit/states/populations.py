"""Populations of a story's states and their slopes, with derivatives by its step parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spectrafit.equilibria import Fraction, Pair, PairValues, leaves, tree_populations
from spectrafit.laws import Branch
from spectrafit.spectrum import FloatArray
from spectrafit.states.model import Law, Step

__all__ = ["PopulationLaw", "Populations", "branch_of"]


class Populations(NamedTuple):
    """Populations and their slopes by temperature.

    Parameters
    ----------
    x : ndarray, shape (K, n)
        Of the states.
    dx : ndarray, shape (K, n)
        Per K.
    by : ndarray, shape (P, K, n), or None
        Derivatives of `x` by the step parameters.
    dby : ndarray, shape (P, K, n), or None
        Derivatives of `dx`.
    """

    x: FloatArray
    dx: FloatArray
    by: FloatArray | None
    dby: FloatArray | None


def branch_of(name: str) -> Branch:
    """Return which root a datum of a branch is held against.

    A datum of no branch, or of the mean of both, has the root of the lowest free energy: without a
    loop all three are one.

    Parameters
    ----------
    name : str
        ``heating``, ``cooling``, or anything else.

    Returns
    -------
    Branch
    """
    direction = name.partition("_")[0]  # a second run of a branch is heating_2
    return Branch(direction) if direction in ("heating", "cooling") else Branch.MAXWELL


@dataclass(frozen=True)
class PopulationLaw:
    """The law of all populations of a story.

    Parameters
    ----------
    steps : tuple of Step
        With the laws of the story.
    states : tuple of str
        In the order of the rows of populations.
    """

    steps: tuple[Step, ...]
    states: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the step parameters, in the order of the derivatives."""
        return tuple(name for step in self.steps for name in step.parameters)

    def at(
        self,
        values: Mapping[str, float],
        T: FloatArray,
        branch: Branch | NDArray[np.int8] = Branch.MAXWELL,
        *,
        derivatives: bool = False,
    ) -> Populations:
        """Return the populations at temperatures.

        Parameters
        ----------
        values : mapping of str to float
            Of all step parameters.
        T : ndarray, shape (n,)
            K.
        branch : Branch or ndarray of int, shape (n,), optional
            Which root where there are several; 1, -1 or 0 for each temperature of its own.
        derivatives : bool, optional
            Whether to give those by the step parameters too.

        Returns
        -------
        Populations
        """
        pairs = tuple(Pair(step.name, step.lower, step.upper) for step in self.steps)
        told = {step.name: _pair_values(step, values) for step in self.steps}
        fractions = {
            step.name: _fraction(step, values, T)
            for step in self.steps
            if step.law is not Law.EQUILIBRIUM
        }
        found = tree_populations(
            T, pairs, told, branch=branch, fractions=fractions or None, derivatives=derivatives
        )
        order = [leaves(pairs).index(state) for state in self.states]
        x, dx = found.x[order], found.dx[order]
        if not derivatives or found.by is None or found.dby is None:
            return Populations(x, dx, None, None)
        by, dby = found.by[:, order], found.dby[:, order]
        return Populations(
            x, dx, self._chained(found.parameters, by, values),
            self._chained(found.parameters, dby, values),
        )  # fmt: skip

    def _chained(
        self, tree_names: Sequence[str], by: FloatArray, values: Mapping[str, float]
    ) -> FloatArray:
        """Return derivatives by the parameters of the steps from those of the tree."""
        place = {name: row for row, name in enumerate(tree_names)}
        rows = []
        for step in self.steps:
            for name in step.parameters:
                if step.law is Law.EQUILIBRIUM and step.by_T and name.startswith("T."):
                    rows.append(values[f"S.{step.name}"] * by[place[f"H.{step.name}"]])
                elif step.law is Law.EQUILIBRIUM and step.by_T and name.startswith("S."):
                    rows.append(
                        by[place[name]] + values[f"T.{step.name}"] * by[place[f"H.{step.name}"]]
                    )
                else:
                    rows.append(by[place[name]])
        return np.array(rows)


def _pair_values(step: Step, values: Mapping[str, float]) -> PairValues:
    if step.law is not Law.EQUILIBRIUM:
        return PairValues(0.0, 0.0)
    name = step.name
    S = values[f"S.{name}"]
    H = values[f"T.{name}"] * S if step.by_T else values[f"H.{name}"]
    return PairValues(H, S, values[f"G.{name}"], values[f"rho.{name}"])


def _fraction(step: Step, values: Mapping[str, float], T: FloatArray) -> Fraction:
    names = step.parameters
    if step.law is Law.CONSTANT:
        share = np.full(T.shape, values[names[0]])
        one, zero = np.ones((1, T.size)), np.zeros((1, T.size))
        return Fraction(share, np.zeros(T.shape), one, zero, names)
    return _smooth_fraction(step, np.array([values[name] for name in names]), T)


def _smooth_fraction(step: Step, shares: FloatArray, T: FloatArray) -> Fraction:
    """Return the shape-preserving cubic through the nodes, constant beyond them.

    F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5, 300 (1984). Its slopes at the nodes
    depend on the shares, so derivatives are differences of it.
    """
    nodes = np.array(step.nodes)
    u, du = _through(nodes, shares, T)
    by, dby = [], []
    for row in range(shares.size):
        shift = np.zeros(shares.size)
        shift[row] = _NODE_STEP
        upper, lower = _through(nodes, shares + shift, T), _through(nodes, shares - shift, T)
        by.append((upper[0] - lower[0]) / (2 * _NODE_STEP))
        dby.append((upper[1] - lower[1]) / (2 * _NODE_STEP))
    return Fraction(u, du, np.array(by), np.array(dby), step.parameters)


_NODE_STEP = 1e-5


def _through(nodes: FloatArray, shares: FloatArray, T: FloatArray) -> tuple[FloatArray, FloatArray]:
    from scipy.interpolate import PchipInterpolator

    inside = np.clip(T, nodes[0], nodes[-1])
    if nodes.size == 1:
        return np.full(T.shape, shares[0]), np.zeros(T.shape)
    curve = PchipInterpolator(nodes, shares)
    slope = np.where((nodes[0] <= T) & (nodes[-1] >= T), curve(inside, 1), 0.0)
    return np.asarray(curve(inside)), np.asarray(slope)
