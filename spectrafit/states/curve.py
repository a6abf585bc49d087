"""The curve of one key over the temperatures at which it is needed, with all derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.observable import ObservableSpec, linear_mix
from spectrafit.spectrum import FloatArray

__all__ = ["CurveSlopes", "curve_slopes", "curve_values"]

_SHARE = 1e-4  # step of a share; the rules that are linear in it lose nothing
_RELATIVE = 1e-6  # step of a number that a rule may be curved in


@dataclass(frozen=True, eq=False)
class CurveSlopes:
    """Derivatives of a curve.

    Parameters
    ----------
    by_x : ndarray, shape (K, n)
        By the populations, or their slopes.
    by_member : mapping of str to ndarray, shape (n,)
        By each pure-state value.
    by_nuisance : mapping of str to ndarray, shape (n,)
        By each nuisance asked for.
    """

    by_x: FloatArray
    by_member: Mapping[str, FloatArray]
    by_nuisance: Mapping[str, FloatArray]


def curve_values(
    spec: ObservableSpec,
    states: Sequence[str],
    x: FloatArray,
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    T: FloatArray,
) -> FloatArray:
    """Return a key at temperatures, by the rule of its technique.

    Parameters
    ----------
    spec : ObservableSpec
        Declares the rule.
    states : sequence of str, K of them
        In the order of the rows of `x`.
    x : ndarray, shape (K, n)
        Populations; their slopes of a key of slopes.
    members, nuisances : mapping of str to float
        As the rule takes them.
    T : ndarray, shape (n,)
        K.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    SpectrafitError
        When the rule fails.
    """
    shares = dict(zip(states, x, strict=True))
    try:
        return _called(spec, shares, members, nuisances, T)
    except SpectrafitError as error:
        raise SpectrafitError(str(error), where=spec.key) from error
    except Exception as error:  # whatever the rule of a third party raises
        raise SpectrafitError(
            f"the mixing rule failed: {type(error).__name__}: {error}",
            where=spec.key,
            do="give every number that the rule needs, as a pure-state value or a nuisance",
        ) from error


def _called(
    spec: ObservableSpec,
    shares: Mapping[str, FloatArray],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    T: FloatArray,
) -> FloatArray:
    try:
        given: Any = spec.mix(shares, members, nuisances, T)  # type: ignore[arg-type]
        found: FloatArray = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):  # a rule that takes single numbers only
        found = np.array([])
    if found.shape == T.shape:
        return found
    if found.shape == () and not any(np.ptp(row) > 0 for row in shares.values()) and not np.ptp(T):
        return np.full(T.shape, float(found))
    rows = [
        float(
            spec.mix(
                {state: float(row[place]) for state, row in shares.items()},
                members, nuisances, float(T[place]),
            )
        )
        for place in range(T.size)
    ]  # fmt: skip
    return np.array(rows)


def curve_slopes(
    spec: ObservableSpec,
    states: Sequence[str],
    x: FloatArray,
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    T: FloatArray,
    base: FloatArray,
    asked: Sequence[str] = (),
) -> CurveSlopes:
    """Return the derivatives of a key's curve by what its rule takes.

    Parameters
    ----------
    spec, states, x, members, nuisances, T
        As for `curve_values`.
    base : ndarray, shape (n,)
        The curve.
    asked : sequence of str, optional
        Nuisances whose derivatives are wanted.

    Returns
    -------
    CurveSlopes
        Those by shares and pure-state values are exact for a rule that is linear in them.
    """
    if spec.mix is linear_mix:
        by_x = np.array([np.full(T.shape, members.get(state, 0.0)) for state in states])
        rows = dict(zip(states, x, strict=True))
        return CurveSlopes(by_x, {state: rows[state] for state in members}, {})

    def at(shares: FloatArray, own: Mapping[str, float], others: Mapping[str, float]) -> FloatArray:
        return curve_values(spec, states, shares, own, others, T)

    by_x = np.empty_like(x)
    for row in range(len(states)):
        moved = x.copy()
        moved[row] += _SHARE
        by_x[row] = (at(moved, members, nuisances) - base) / _SHARE
    by_member = {}
    for state, value in members.items():
        step = _SHARE * max(1.0, abs(value))
        by_member[state] = (at(x, {**members, state: value + step}, nuisances) - base) / step
    by_nuisance = {}
    for name in asked:
        step = _RELATIVE * max(abs(nuisances[name]), 1e-6)
        moved_by = at(x, members, {**nuisances, name: nuisances[name] + step})
        by_nuisance[name] = (moved_by - base) / step
    return CurveSlopes(by_x, by_member, by_nuisance)
