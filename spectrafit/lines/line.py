"""A line shape as a declaration, a named component of it, and a model as a sum of components."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spectrafit.errors import FitError
from spectrafit.spectrum import FloatArray

__all__ = ["Component", "KnownAnswer", "Line", "LineParameter", "Model"]

LineFunction = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class LineParameter:
    """One row of a line's parameter table.

    Parameters
    ----------
    name : str
        Short name, like ``"center"``.
    unit : str
        In terms of the axes: ``"x"``, ``"y"``, ``"x y"`` (an area), ``"y/x"``, ``"y/x^2"``, ``"1/x"``
        or ``"1"``; or a unit of its own.
    default : float
        Start value where nothing better is known.
    low, high : float
        Default bounds; infinite where there is none.
    meaning : str
        One sentence.
    linear : bool
        True where the value is proportional to it.
    fixed : bool
        True where it is held unless the user frees it.
    """

    name: str
    unit: str
    default: float
    low: float = -np.inf
    high: float = np.inf
    meaning: str = ""
    linear: bool = False
    fixed: bool = False

    def resolved_unit(self, x_unit: str, y_unit: str) -> str:
        """Return the unit with the axes' units in place of x and y.

        Parameters
        ----------
        x_unit, y_unit : str
            Units of the spectrum's axes.

        Returns
        -------
        str
            Like ``"eV"`` or ``"counts/(mm/s)"``.
        """
        if not self._of_the_axes:
            return self.unit
        top, _, bottom = self.unit.partition("/")
        factors = {"x": x_unit, "y": y_unit}
        above = [factors.get(word, word) for word in top.split()]
        head = " ".join(word for word in above if word != "1") or "1"
        base, _, exponent = bottom.partition("^")
        below = factors.get(base, base)
        if below in ("", "1"):
            return head
        if not below.isalpha():
            below = f"({below})"
        return f"{head}/{below}^{exponent}" if exponent else f"{head}/{below}"

    @property
    def _of_the_axes(self) -> bool:
        words = set(self.unit.replace("/", " ").split())
        return bool(words) and all(word.partition("^")[0] in ("x", "y", "1") for word in words)


@dataclass(frozen=True)
class KnownAnswer:
    """The value of a line at one point, known from a source or from algebra.

    Parameters
    ----------
    x : float
        The point.
    parameters : tuple of float
        In the order of the table.
    value : float
        The known value.
    source : str
        Why it is known.
    """

    x: float
    parameters: tuple[float, ...]
    value: float
    source: str


@dataclass(frozen=True)
class Line:
    """One line shape: a single function, its table and what is known of it.

    Parameters
    ----------
    name : str
        Lower-case name, like ``"pearson7"``.
    meaning : str
        One sentence, with mixing rule or convention.
    function : callable
        ``function(x, *p) -> (value, d/dp1, d/dp2, ...)`` in the words of `lines.elementary`.
    parameters : tuple of LineParameter
        In the order of the function's arguments.
    area : callable or None
        ``area(*p)``: integral over all x, in units of x times y.
    fwhm : callable or None
        ``fwhm(*p)``: full width at half maximum, in units of x.
    known : tuple of KnownAnswer
        Tested.
    draw : callable or None
        ``draw(rng) -> p``: sensible random parameters for tests.
    sources : tuple of str
        Where the formulas are from.
    constants : tuple of (str, value)
        What else the function depends on (degree, origin, digest of a column), so that a problem
        can be told from another.
    held : callable or None
        The function without its last derivative, for when the last parameter is fixed and its
        derivative costs much.
    check : callable or None
        ``check(x, *p)`` raises where the line cannot serve these points; asked once a problem.
    """

    name: str
    meaning: str
    function: LineFunction
    parameters: tuple[LineParameter, ...]
    area: Callable[..., float] | None = None
    fwhm: Callable[..., float] | None = None
    known: tuple[KnownAnswer, ...] = ()
    draw: Callable[[np.random.Generator], tuple[float, ...]] | None = None
    sources: tuple[str, ...] = ()
    constants: tuple[tuple[str, float | int | str], ...] = ()
    held: LineFunction | None = None
    check: Callable[..., None] | None = field(default=None, compare=False)

    def __call__(self, name: str = "") -> Component:
        """Return a component of this shape.

        Parameters
        ----------
        name : str, optional
            Name of the component; its parameters are ``name.center`` and so on. The line's own
            name when empty.

        Returns
        -------
        Component
        """
        return Component(self, name or self.name)

    @property
    def amplitude(self) -> str:
        """Name of the parameter that scales the whole line, empty where there is none."""
        linear = [row.name for row in self.parameters if row.linear]
        return linear[0] if len(linear) == 1 else ""


@dataclass(frozen=True)
class Component:
    """A line with a name; adding components makes a model.

    Parameters
    ----------
    line : Line
        Its shape.
    name : str
        Prefix of its parameter names.
    """

    line: Line
    name: str

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Full names, ``name.parameter``."""
        return tuple(f"{self.name}.{row.name}" for row in self.line.parameters)

    def values(self, values: Mapping[str, float]) -> tuple[float, ...]:
        """Return this component's parameters out of all.

        Parameters
        ----------
        values : mapping of str to float
            By full name.

        Returns
        -------
        tuple of float
        """
        return tuple(float(values[name]) for name in self.parameter_names)

    def evaluate(self, x: FloatArray, values: Mapping[str, float]) -> FloatArray:
        """Return the component on x.

        Parameters
        ----------
        x : ndarray, shape (n,)
            Points.
        values : mapping of str to float
            Parameters by full name.

        Returns
        -------
        ndarray, shape (n,)
        """
        return np.broadcast_to(self.line.function(x, *self.values(values))[0], x.shape).copy()

    def area(self, values: Mapping[str, float]) -> float:
        """Return the analytic area over all x.

        Parameters
        ----------
        values : mapping of str to float
            Parameters by full name.

        Returns
        -------
        float

        Raises
        ------
        FitError
            When the shape has no finite area.
        """
        if self.line.area is None:
            raise FitError(f"{self.line.name} has no area", where=self.name)
        return float(self.line.area(*self.values(values)))

    def fwhm(self, values: Mapping[str, float]) -> float:
        """Return the full width at half maximum.

        Parameters
        ----------
        values : mapping of str to float
            Parameters by full name.

        Returns
        -------
        float

        Raises
        ------
        FitError
            When the shape has no width.
        """
        if self.line.fwhm is None:
            raise FitError(f"{self.line.name} has no width", where=self.name)
        return float(self.line.fwhm(*self.values(values)))

    def __add__(self, other: Component | Model) -> Model:
        return Model((self,)) + other


@dataclass(frozen=True)
class Model:
    """A sum of components.

    Parameters
    ----------
    components : tuple of Component
        Of different names.

    Raises
    ------
    FitError
        When two components have the same name.
    """

    components: tuple[Component, ...]
    parameter_names: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        names = [component.name for component in self.components]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise FitError(
                f"two components are called {', '.join(twice)}", do="give each its own name"
            )
        flat = tuple(name for c in self.components for name in c.parameter_names)
        object.__setattr__(self, "parameter_names", flat)

    def __add__(self, other: Component | Model) -> Model:
        more = (other,) if isinstance(other, Component) else other.components
        return Model((*self.components, *more))

    def component(self, name: str) -> Component:
        """Return a component by name.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Component

        Raises
        ------
        FitError
            When there is none.
        """
        for component in self.components:
            if component.name == name:
                return component
        raise FitError(f"no component {name!r}", do="see Model.components")

    def parameter(self, name: str) -> LineParameter:
        """Return the table row of a parameter.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        LineParameter

        Raises
        ------
        FitError
            When there is none.
        """
        for component in self.components:
            for full, row in zip(component.parameter_names, component.line.parameters, strict=True):
                if full == name:
                    return row
        raise FitError(
            f"no parameter {name!r}", do=f"the parameters are: {', '.join(self.parameter_names)}"
        )

    def evaluate(self, x: FloatArray, values: Mapping[str, float]) -> FloatArray:
        """Return the sum of all components on x.

        Parameters
        ----------
        x : ndarray, shape (n,)
            Points.
        values : mapping of str to float
            Parameters by full name.

        Returns
        -------
        ndarray, shape (n,)
        """
        total = np.zeros(x.shape)
        for component in self.components:
            total += component.evaluate(x, values)
        return total

    def value_and_derivatives(
        self, x: FloatArray, parameters: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the sum and its derivative by every parameter.

        Parameters
        ----------
        x : ndarray, shape (n,)
            Points.
        parameters : ndarray, shape (P,)
            In the order of `parameter_names`.

        Returns
        -------
        value : ndarray, shape (n,)
        derivatives : ndarray, shape (P, n)
        """
        total = np.zeros(x.shape)
        rows = np.empty((len(self.parameter_names), *x.shape))
        start = 0
        for component in self.components:
            count = len(component.line.parameters)
            value, *slopes = component.line.function(x, *parameters[start : start + count])
            total += value
            for offset, slope in enumerate(slopes):
                rows[start + offset] = slope
            start += count
        return total, rows
