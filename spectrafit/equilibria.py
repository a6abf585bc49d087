"""Populations of any number of states in a tree of two-branch equilibria, with exact derivatives.

A pair shares a mole between a lower and an upper branch; a branch is a state or another pair. With
the fraction u in the upper branch its molar free energy over that of its lower branch is
``u D + G u(1-u) + R T [u ln u + (1-u) ln(1-u)]``, ``D = g_upper - g_lower + H - T S``, where g of
a branch is its own least free energy over that of its first state: regular solutions
(C. P. Slichter and H. G. Drickamer, J. Chem. Phys. 56, 2142 (1972)) within each other. Temperatures
are in K, energies in J/mol, entropies in J/(mol K).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.constants import GAS_CONSTANT
from spectrafit.errors import SettingsError
from spectrafit.mean_field import Branch, branch_named, kelvin, mixture, softness, stable_logit
from spectrafit.pair_tree import Fraction, Pair, PairTree, PairValues, leaves, tree_of
from spectrafit.spectrum import FloatArray

__all__ = ["Fraction", "Pair", "PairValues", "TreePopulations", "leaves", "tree_populations"]

_END = 1e-12
"""In the energy of prescribed fractions, not in populations, the logarithm of a smaller one is that
of this: an error below 3e-11 R T, and no infinite slope."""

_AT_REST = PairValues(0.0, 0.0)


class TreePopulations(NamedTuple):
    """Populations of all states and their derivatives.

    Parameters
    ----------
    x : ndarray, shape (k, n)
        Populations of the k states at n temperatures, in the order of `leaves`; they sum to 1.
    dx : ndarray, shape (k, n)
        Derivatives by temperature, per K; they sum to 0.
    by : ndarray, shape (p, k, n), or None
        Derivatives of x by the parameters; None when they were not asked for.
    dby : ndarray, shape (p, k, n), or None
        Derivatives of dx by the parameters; None when they were not asked for.
    parameters : tuple of str, length p
        ``H.<pair>``, ``S.<pair>``, ``G.<pair>``, ``rho.<pair>``, then the names of its prescribed
        fraction's own parameters, for each pair in the order given.
    """

    x: FloatArray
    dx: FloatArray
    by: FloatArray | None
    dby: FloatArray | None
    parameters: tuple[str, ...]


class _Energy(NamedTuple):
    """A free energy, its slope by T, and the derivatives of both by parameters (p, n)."""

    value: FloatArray
    by_T: FloatArray
    by: FloatArray
    T_by: FloatArray


class _Share(NamedTuple):
    """Fractions of both branches, and derivatives of the upper one by T and parameters (p, n)."""

    upper: FloatArray
    lower: FloatArray
    by_T: FloatArray
    by: FloatArray
    T_by: FloatArray


class _Part(NamedTuple):
    """A branch: its least free energy, and the populations of its states in a mole of it.

    The rows of parameters are those of its pair, of the lower branch, of the upper branch.
    """

    energy: _Energy
    x: FloatArray
    dx: FloatArray
    by: FloatArray
    dby: FloatArray


def tree_populations(
    T: ArrayLike,
    pairs: Sequence[Pair],
    values: Mapping[str, PairValues],
    *,
    branch: Branch | str | NDArray[np.int8] = Branch.HEATING,
    fractions: Mapping[str, Fraction] | None = None,
    derivatives: bool = False,
) -> TreePopulations:
    """Return the populations of a tree of equilibria.

    Where G of a pair is above 2 R T several of its fractions can be stable. Heating takes the
    smallest stable fraction of every upper branch, cooling the largest, which is the widest loop
    there can be; ``maxwell`` takes the one of lowest free energy.

    Parameters
    ----------
    T : array_like, shape (n,)
        Temperatures, K, from 0 on.
    pairs : sequence of Pair
        The tree.
    values : mapping of str to PairValues
        Parameters of every pair by its name; a pair whose fraction is prescribed may be left out,
        its H, S and rho are then 0.
    branch : Branch, str or ndarray of int, shape (N,), optional
        ``heating``, ``cooling`` or ``maxwell``; for each temperature of its own 1, -1 or 0.
    fractions : mapping of str to Fraction, optional
        Fractions that are prescribed instead of the equilibrium, by name of the pair. Such a pair
        has the free energy ``u D + R T [u ln u + (1-u) ln(1-u)]`` of an ideal mixture: its H and S
        act on the pairs above it, its G on nothing. Its rho acts as that of any pair.
    derivatives : bool, optional
        Whether derivatives by the parameters are wanted.

    Returns
    -------
    TreePopulations
        Derivatives are those along the branch: that a jump moves with the parameters is not in
        them. At a limit of stability, where they diverge, they are large and finite.

    Raises
    ------
    SettingsError
        For temperatures that are not one row from 0 K on, pairs that are no tree, a pair without
        values, values or a fraction of no pair, a fraction at another number of temperatures, or
        an unknown branch.
    """
    tree, fractions = tree_of(tuple(pairs)), fractions or {}
    root = branch if isinstance(branch, np.ndarray) else branch_named(branch)
    temperature = kelvin(T)
    _check(temperature, tree, values, fractions)
    leaf, parts = _pure(temperature), dict[str, _Part]()
    for pair in reversed(tree.pairs):
        own, fraction = values.get(pair.name, _AT_REST), fractions.get(pair.name)
        lower, upper = parts.get(pair.lower, leaf), parts.get(pair.upper, leaf)
        rows = 4 + (len(fraction.names) if fraction else 0) if derivatives else 0
        drive = _drive(temperature, own, lower.energy, upper.energy, rows)
        if fraction is None:
            share, over = _equilibrium(temperature, own.G, drive, rows, root)
        else:
            share, over = _prescribed(temperature, fraction, drive, rows)
        energy = leaf.energy if pair is tree.pairs[0] else _raised(lower.energy, over(), rows)
        parts[pair.name] = _joined(lower, upper, _trapped(share, own.rho, rows), energy, rows)
    whole = parts[tree.pairs[0].name]
    names = {pair.name: _parameters(pair.name, fractions) for pair in pairs}
    parameters = tuple(name for pair in pairs for name in names[pair.name])
    if not derivatives:
        return TreePopulations(whole.x, whole.dx, None, None, parameters)
    by, dby = whole.by, whole.dby
    if tuple(pairs) != tree.pairs:
        rows_of, start = {}, 0
        for pair in tree.pairs:
            rows_of[pair.name] = range(start, start := start + len(names[pair.name]))
        order = [row for pair in pairs for row in rows_of[pair.name]]
        by, dby = by[order], dby[order]
    return TreePopulations(whole.x, whole.dx, by, dby, parameters)


def _parameters(pair: str, fractions: Mapping[str, Fraction]) -> tuple[str, ...]:
    own = fractions[pair].names if pair in fractions else ()
    return (f"H.{pair}", f"S.{pair}", f"G.{pair}", f"rho.{pair}", *own)


def _check(
    T: FloatArray,
    tree: PairTree,
    values: Mapping[str, PairValues],
    fractions: Mapping[str, Fraction],
) -> None:
    if T.ndim != 1:
        raise SettingsError("temperatures must be one row")
    names = [pair.name for pair in tree.pairs]
    for name in (*values, *fractions):
        if name not in names:
            raise SettingsError(f"no pair {name!r}", do=f"use one of: {', '.join(names)}")
    for name in names:
        if name not in values and name not in fractions:
            raise SettingsError(f"the pair {name!r} has no values")
    for name, fraction in fractions.items():
        if fraction.u.shape != T.shape:
            raise SettingsError(
                f"the fraction of {name!r} has {fraction.u.size} values at {T.size} temperatures"
            )


def _pure(T: FloatArray) -> _Part:
    """Return the branch that is one state."""
    zero, no_rows, no_states = np.zeros(T.size), np.zeros((0, T.size)), np.zeros((0, 1, T.size))
    energy = _Energy(zero, zero, no_rows, no_rows)
    return _Part(energy, np.ones((1, T.size)), zero[None], no_states, no_states)


def _drive(T: FloatArray, own: PairValues, lower: _Energy, upper: _Energy, rows: int) -> _Energy:
    """Return D, the free energy of the upper over the lower branch."""
    low = rows + len(lower.by)
    shape = (low + len(upper.by), T.size)
    by, T_by = np.zeros(shape), np.zeros(shape)
    if rows:
        by[0], by[1], T_by[1] = 1.0, -T, -1.0
        by[rows:low], T_by[rows:low] = -lower.by, -lower.T_by
        by[low:], T_by[low:] = upper.by, upper.T_by
    return _Energy(
        upper.value - lower.value + own.H - T * own.S, upper.by_T - lower.by_T - own.S, by, T_by
    )


def _equilibrium(
    T: FloatArray, G: float, drive: _Energy, rows: int, branch: Branch | NDArray[np.int8]
) -> tuple[_Share, Callable[[], _Energy]]:
    """Return the stable fraction, and what gives the least free energy over the lower branch.

    By implicit differentiation of ``F(w, T, parameters) = R T w + D + G (1-2u) = 0`` with
    w = ln(u/(1-u)); as F = 0 is where the energy is least, its first derivatives are those at
    constant u.
    """
    thermal = GAS_CONSTANT * T
    w = stable_logit(drive.value, G, thermal, branch)
    u, v, spread, mixing = mixture(w)
    balance, entropy = v - u, GAS_CONSTANT * w + drive.by_T
    slope = thermal * softness(spread, G, thermal)
    w_T, response = -entropy / slope, -spread / slope
    # F_w turns with T too, by R and by G (1-2u) du/dT
    turning = balance * w_T * (1.0 + (2.0 * G) * spread / slope) - GAS_CONSTANT / slope
    by, T_by = response * drive.by, response * drive.T_by
    if rows:
        by[2] = response * balance
        T_by[2] = (-2.0 * response) * spread * w_T
    T_by += turning * by

    def least() -> _Energy:
        energy_by = u * drive.by
        if rows:
            energy_by[2] = spread
        return _Energy(
            u * drive.value + G * spread + thermal * mixing,
            u * drive.by_T + GAS_CONSTANT * mixing,
            energy_by,
            u * drive.T_by + entropy * by,
        )

    return _Share(u, v, spread * w_T, by, T_by), least


def _prescribed(
    T: FloatArray, fraction: Fraction, drive: _Energy, rows: int
) -> tuple[_Share, Callable[[], _Energy]]:
    """Return a prescribed fraction, and what gives the ideal mixture's free energy."""
    u, u_T, thermal = fraction.u, fraction.du, GAS_CONSTANT * T
    by, T_by = np.zeros_like(drive.by), np.zeros_like(drive.by)
    if rows:
        by[4:rows], T_by[4:rows] = fraction.by, fraction.dby

    def ideal() -> _Energy:
        inner = np.clip(u, _END, 1.0 - _END)
        w = np.log(inner) - np.log1p(-inner)
        mixing = inner * w + np.log1p(-inner)
        force = drive.value + thermal * w
        turning = drive.by_T + GAS_CONSTANT * w + thermal * u_T / (inner * (1.0 - inner))
        return _Energy(
            u * drive.value + thermal * mixing,
            u * drive.by_T + GAS_CONSTANT * mixing + u_T * force,
            u * drive.by + force * by,
            u * drive.T_by + u_T * drive.by + turning * by + force * T_by,
        )

    return _Share(u, 1.0 - u, u_T, by, T_by), ideal


def _raised(lower: _Energy, over: _Energy, rows: int) -> _Energy:
    """Return the free energy over the first state of a branch from that over its lower branch."""
    own = slice(rows, rows + len(lower.by))
    over.by[own] += lower.by
    over.T_by[own] += lower.T_by
    return _Energy(lower.value + over.value, lower.by_T + over.by_T, over.by, over.T_by)


def _trapped(share: _Share, rho: float, rows: int) -> _Share:
    """Return the fractions when a share of the pair is always in the upper branch."""
    free = 1.0 - rho
    by, T_by = free * share.by, free * share.T_by
    if rows:
        by[3], T_by[3] = share.lower, -share.by_T
    return _Share(rho + free * share.upper, free * share.lower, free * share.by_T, by, T_by)


def _joined(lower: _Part, upper: _Part, share: _Share, energy: _Energy, rows: int) -> _Part:
    """Return a pair as a branch: the states of both branches, each times its branch's fraction."""
    low, middle = len(lower.x), rows + len(lower.by)
    shape = (low + len(upper.x), share.upper.size)
    x, dx = np.empty(shape), np.empty(shape)
    by, dby = np.empty((len(share.by), *shape)), np.empty((len(share.by), *shape))
    share_by, share_T_by = share.by[:, None], share.T_by[:, None]
    for part, f, sign, states, own in (
        (lower, share.lower, -1.0, slice(low), slice(rows, middle)),
        (upper, share.upper, 1.0, slice(low, None), slice(middle, None)),
    ):
        f_T, signed, signed_T = sign * share.by_T, sign * part.x, sign * part.dx
        x[states] = f * part.x
        dx[states] = f * part.dx + f_T * part.x
        np.multiply(share_by, signed, out=by[:, states])
        np.multiply(share_T_by, signed, out=dby[:, states])
        # a single state has no derivatives of its own
        if len(part.by):
            dby[:, states] += share_by * signed_T
            by[own, states] += f * part.by
            dby[own, states] += f * part.dby
            dby[own, states] += f_T * part.by
    return _Part(energy, x, dx, by, dby)
