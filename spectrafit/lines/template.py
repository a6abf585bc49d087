"""A known column times a scale."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError, SettingsError
from spectrafit.lines.line import Component, KnownAnswer, Line, LineParameter
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["Template", "TemplateFunction"]


class TemplateFunction:
    """A column between whose points is interpolated linearly, times a scale.

    Parameters
    ----------
    x : array_like, shape (n,)
        Strictly increasing.
    y : array_like, shape (n,)
        Values at x.
    """

    def __init__(self, x: ArrayLike, y: ArrayLike) -> None:
        self.x: FloatArray = read_only(x)
        self.y: FloatArray = read_only(y)

    @property
    def digest(self) -> str:
        """Hexadecimal sha256 of both columns."""
        both = np.concatenate([self.x, self.y]).astype("<f8")
        return hashlib.sha256(both.tobytes()).hexdigest()

    def __call__(self, x: Any, scale: Any) -> tuple[Any, ...]:
        """Return the scaled column and its derivative, the column.

        Parameters
        ----------
        x : ndarray
            Points inside the column's range.
        scale : float
            Factor.

        Returns
        -------
        tuple of ndarray

        Raises
        ------
        FitError
            When a point lies outside.
        """
        self.refuse_outside(x)
        column = np.interp(x, self.x, self.y)
        return scale * column, column

    def refuse_outside(self, x: Any, *_: Any) -> None:
        """Raise where a point lies outside the column.

        Parameters
        ----------
        x : ndarray
            Points.

        Raises
        ------
        FitError
            When a point lies outside.
        """
        if np.size(x) and (np.min(x) < self.x[0] or np.max(x) > self.x[-1]):
            raise FitError(
                f"the template runs from {self.x[0]:g} to {self.x[-1]:g}, the data from "
                f"{np.min(x):g} to {np.max(x):g}",
                do="cut the data to the template's range; nothing is extrapolated",
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TemplateFunction) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[object, ...]:
        return (TemplateFunction, (np.array(self.x), np.array(self.y)))


def Template(x: ArrayLike, y: ArrayLike, name: str = "template") -> Component:
    """Return a component ``scale y(x)`` of a known column, linear between its points.

    Parameters
    ----------
    x : array_like, shape (n,)
        Strictly increasing, finite, in units of the spectrum's x.
    y : array_like, shape (n,)
        Finite.
    name : str, optional
        Name of the component.

    Returns
    -------
    Component

    Raises
    ------
    SettingsError
        When the columns do not fit together. Points of a spectrum outside the column raise a
        `FitError` when the component is used.
    """
    function = TemplateFunction(x, y)
    if function.x.ndim != 1 or function.x.shape != function.y.shape or function.x.size < 2:
        raise SettingsError(
            f"a template of shapes {function.x.shape} and {function.y.shape}",
            where=name,
            do="give two columns of equal length, at least two points",
        )
    if not (np.isfinite(function.x).all() and np.isfinite(function.y).all()):
        raise SettingsError("the template has a value that is not finite", where=name)
    if not (np.diff(function.x) > 0).all():
        raise SettingsError("the template's x does not increase", where=name, do="sort its points")
    first = float(function.x[0])
    line = Line(
        name="template",
        meaning=f"known column of {function.x.size} points times a scale",
        function=function,
        parameters=(LineParameter("scale", "1", 1.0, meaning="factor", linear=True),),
        known=(KnownAnswer(first, (2.0,), 2.0 * float(function.y[0]), "twice the first point"),),
        draw=_draw,
        sources=("linear interpolation",),
        constants=(("points", int(function.x.size)), ("sha256", function.digest)),
        check=function.refuse_outside,
    )
    return Component(line, name)


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    return (float(rng.uniform(0.1, 5)),)
