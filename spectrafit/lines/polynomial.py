"""Polynomial about an origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.lines.line import Component, KnownAnswer, Line, LineParameter

__all__ = ["Polynomial", "PolynomialFunction"]

_HIGHEST = 12


@dataclass(frozen=True)
class PolynomialFunction:
    """``c0 + c1 (x - origin) + c2 (x - origin)^2 ...`` and its derivatives.

    Parameters
    ----------
    origin : float
        In units of x.
    """

    origin: float

    def __call__(self, x: Any, *coefficients: Any) -> tuple[Any, ...]:
        """Return the value and its derivatives, the powers of x - origin.

        Parameters
        ----------
        x : ndarray
            Points.
        *coefficients : float
            c0, c1 and so on.

        Returns
        -------
        tuple of ndarray
        """
        t = x - self.origin
        powers = [np.ones_like(t)]
        for _ in coefficients[1:]:
            powers.append(powers[-1] * t)
        value = coefficients[0] * powers[0]
        for coefficient, power in zip(coefficients[1:], powers[1:], strict=True):
            value = value + coefficient * power
        return value, *powers


def Polynomial(degree: int, name: str = "polynomial", origin: float = 0.0) -> Component:
    """Return a component ``c0 + c1 (x - origin) + ... + cN (x - origin)^N``.

    Parameters
    ----------
    degree : int
        N, 0 to 12.
    name : str, optional
        Name of the component.
    origin : float, optional
        In units of x. Choose it inside the data where x is far from zero, so that c0 is the value
        there and its error means something.

    Returns
    -------
    Component

    Raises
    ------
    SettingsError
        When the degree is not a whole number from 0 to 12, or the origin is not finite.
    """
    if isinstance(degree, bool) or not isinstance(degree, int) or not 0 <= degree <= _HIGHEST:
        raise SettingsError(
            f"a polynomial of degree {degree!r}", where=name, do=f"give 0 to {_HIGHEST}"
        )
    if not np.isfinite(origin):
        raise SettingsError(f"a polynomial about {origin!r}", where=name, do="give a finite origin")
    units = ("y", "y/x", *(f"y/x^{k}" for k in range(2, degree + 1)))
    rows = tuple(
        LineParameter(f"c{k}", units[k], 0.0, meaning=f"factor of (x - origin)^{k}", linear=True)
        for k in range(degree + 1)
    )
    ones = (1.0,) * (degree + 1)
    known = KnownAnswer(origin + 1.0, ones, degree + 1.0, "all factors 1 one unit above the origin")
    line = Line(
        name="polynomial",
        meaning=f"polynomial of degree {degree} in x - {origin:g}",
        function=PolynomialFunction(float(origin)),
        parameters=rows,
        known=(known,),
        draw=_Draw(degree + 1),
        sources=("definition",),
        constants=(("degree", degree), ("origin", float(origin))),
    )
    return Component(line, name)


@dataclass(frozen=True)
class _Draw:
    count: int

    def __call__(self, rng: np.random.Generator) -> tuple[float, ...]:
        return tuple(float(value) for value in rng.uniform(-1, 1, self.count))
