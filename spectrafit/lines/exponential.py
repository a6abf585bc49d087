"""Exponential about an origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.lines.elementary import exp
from spectrafit.lines.line import Component, KnownAnswer, Line, LineParameter

__all__ = ["Exponential", "ExponentialFunction", "exponential"]


def exponential(t: Any, amplitude: Any, rate: Any) -> tuple[Any, ...]:
    """Return ``amplitude exp(rate t)`` and its derivatives.

    Parameters
    ----------
    t : ndarray
        Points, from the origin.
    amplitude : float
        In units of y.
    rate : float
        In units of 1/t.

    Returns
    -------
    tuple of ndarray
        Value, then d/damplitude, d/drate.
    """
    shape = exp(rate * t)
    return amplitude * shape, shape, amplitude * t * shape


@dataclass(frozen=True)
class ExponentialFunction:
    """``amplitude exp(rate (x - origin))`` and its derivatives.

    Parameters
    ----------
    origin : float
        In units of x.
    """

    origin: float

    def __call__(self, x: Any, amplitude: Any, rate: Any) -> tuple[Any, ...]:
        """Return the value, d/damplitude and d/drate.

        Parameters
        ----------
        x : ndarray
            Points.
        amplitude : float
            In units of y.
        rate : float
            In units of 1/x.

        Returns
        -------
        tuple of ndarray
        """
        return exponential(x - self.origin, amplitude, rate)


def Exponential(name: str = "exponential", origin: float = 0.0) -> Component:
    """Return a component ``amplitude exp(rate (x - origin))``.

    Parameters
    ----------
    name : str, optional
        Name of the component.
    origin : float, optional
        In units of x; choose it inside the data, so that the exponential does not overflow and
        the amplitude is the value there.

    Returns
    -------
    Component

    Raises
    ------
    SettingsError
        When the origin is not finite.
    """
    if not np.isfinite(origin):
        raise SettingsError(
            f"an exponential about {origin!r}", where=name, do="give a finite origin"
        )
    line = Line(
        name="exponential",
        meaning=f"exponential in x - {origin:g}; a positive rate rises",
        function=ExponentialFunction(float(origin)),
        parameters=(
            LineParameter("amplitude", "y", 1.0, meaning="value at the origin", linear=True),
            LineParameter("rate", "1/x", 0.1, meaning="relative slope"),
        ),
        known=(
            KnownAnswer(origin, (3.0, 0.5), 3.0, "the amplitude at the origin"),
            KnownAnswer(origin + 2.0, (3.0, 0.5), 3.0 * float(np.e), "one e-fold"),
        ),
        draw=_draw,
        sources=("definition",),
        constants=(("origin", float(origin)),),
    )
    return Component(line, name)


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return float(rng.uniform(0.1, 5)), float(rng.uniform(-0.5, 0.5))
