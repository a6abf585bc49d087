"""Where the joint fit of a story begins: drawn steps, pure-state values by linear least squares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit.states.numbers import Number
from spectrafit.states.objective import Objective

__all__ = ["starts_of"]

_WIDE = 1e3  # standard errors of a weak prior that keeps the linear system regular
_DRAWS = 10  # starts that are looked at for each that is followed
_NEAR = 0.15  # of the logarithm of a number that is drawn near its declared value
_SPREAD = 0.3  # of a number without bounds that is drawn about its value


def starts_of(objective: Objective, count: int, seed: int) -> Iterator[FloatArray]:
    """Yield starts of the free numbers: the declared one, then the best of several times as many.

    Every other one is drawn near the declared values, the rest over all that is sensible.

    Parameters
    ----------
    objective : Objective
        Of a story.
    count : int
        How many.
    seed : int
        Of all but the first.

    Yields
    ------
    ndarray, shape (P,)
    """
    rng = np.random.default_rng(seed)
    every = [objective.numbers.every[place] for place in objective.numbers.free]
    T = np.array([datum.T for datum in objective.data.data])
    span = (float(T.min()), float(T.max()))
    first = np.array([_drawn(one, span, None) for one in every])
    yield _with_linear(objective, np.clip(first, objective.low, objective.high))[1]
    found = []
    for number in range(_DRAWS * (count - 1)):
        if number % 2:
            drawn = np.array([_drawn(one, span, rng) for one in every])
        else:
            drawn = first * np.exp(_NEAR * rng.normal(size=first.size))
        inside = np.clip(drawn, objective.low, objective.high)
        chi2, theta = _with_linear(objective, inside, rounds=1)
        if np.isfinite(chi2):
            found.append((chi2, number, theta))
    for _, _, theta in sorted(found, key=lambda one: one[:2])[: max(0, count - 1)]:
        yield theta


def _drawn(number: Number, span: tuple[float, float], rng: np.random.Generator | None) -> float:
    """Return a start of a number: its value, or one drawn within what is sensible for it."""
    if number.kind == "step":
        return _step_start(number, span, rng)
    value = 0.0 if number.start is None else number.start
    if rng is None or number.kind == "systematic":
        return value
    known = number.known
    if known.sigma is not None:
        return value + known.sigma * float(rng.normal())
    if number.start is not None and np.isfinite(number.high - number.low):
        return float(rng.uniform(number.low, number.high))
    return value * (1.0 + _SPREAD * float(rng.normal()))


def _step_start(
    number: Number, span: tuple[float, float], rng: np.random.Generator | None
) -> float:
    kind = number.name.partition(".")[0]
    told = number.known.low is not None and number.known.high is not None
    low, high = (number.low, number.high) if told else _sensible(kind, span)
    if rng is None:
        return number.start if number.start is not None else _middle(kind, low, high)
    if kind in ("T", "H", "S") and low > 0:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return float(rng.uniform(low, high))


def _sensible(kind: str, span: tuple[float, float]) -> tuple[float, float]:
    """Return the range of starts: changes that fall into the measured temperatures."""
    return {
        "T": (max(span[0], 5.0), max(span[1], 10.0)),
        "H": (500.0, 30e3),
        "S": (3.0, 120.0),
        "G": (-15e3, 1e3),
        "rho": (0.0, 0.1),
        "x": (0.05, 0.95),
    }[kind]


def _middle(kind: str, low: float, high: float) -> float:
    if kind in ("T", "H", "S") and low > 0:
        return float(np.sqrt(low * high))
    return 0.0 if kind == "G" and low < 0 < high else 0.5 * (low + high)


def _with_linear(
    objective: Objective, theta: FloatArray, *, rounds: int = 2
) -> tuple[float, FloatArray]:
    """Return chi2 and a start with the pure-state values that fit best at its populations.

    What is linear is found in one round, what is nearly so is mended by another; chi2 is that of
    the straight line.
    """
    kinds = [objective.numbers.every[place].kind for place in objective.numbers.free]
    linear = np.array([kind in ("member", "systematic") for kind in kinds])
    theta = theta.copy()
    chi2 = np.inf
    for _ in range(rounds):
        residuals, jacobian = objective.residuals_and_jacobian(theta)
        own = np.nan_to_num(jacobian[:, linear])
        length = np.linalg.norm(own, axis=0)
        length[length == 0.0] = 1.0
        scaled = own / length
        ridge = np.eye(scaled.shape[1]) / _WIDE
        step = np.linalg.lstsq(
            np.concatenate([scaled, ridge]),
            np.concatenate([-np.nan_to_num(residuals), np.zeros(scaled.shape[1])]), rcond=None,
        )[0] / length  # fmt: skip
        moved = np.clip(theta[linear] + step, objective.low[linear], objective.high[linear])
        left = residuals + own @ (moved - theta[linear])
        theta[linear] = moved
        chi2 = float(left @ left)
    return chi2, theta
