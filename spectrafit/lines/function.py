"""A function of the user's own, with its Jacobian or with a complex step that is verified."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spectrafit.errors import FitError, SettingsError
from spectrafit.lines.line import Component, Line, LineParameter

__all__ = ["Function", "UserFunction"]

_STEP = 1e-20


@dataclass(frozen=True)
class UserFunction:
    """The user's ``f(x, *p)`` with derivatives.

    Parameters
    ----------
    f : callable
        ``f(x, *p)``: shape of x.
    jacobian : callable or None
        ``jacobian(x, *p)``: one derivative a parameter, each of the shape of x. None differentiates
        f by complex step.
    names : tuple of str
        Of the parameters.
    """

    f: Callable[..., Any]
    jacobian: Callable[..., Any] | None
    names: tuple[str, ...]

    def __call__(self, x: Any, *p: Any) -> tuple[Any, ...]:
        """Return the function's value and its derivative by every parameter.

        Parameters
        ----------
        x : ndarray
            Points.
        *p : float
            Parameters.

        Returns
        -------
        tuple of ndarray

        Raises
        ------
        FitError
            When there is no Jacobian and the function does not take complex parameters.
        """
        slopes = self._complex_step(x, p) if self.jacobian is None else self.jacobian(x, *p)
        return (self.f(x, *p), *slopes)

    def _complex_step(self, x: Any, p: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(self._by_one(x, p, j) for j in range(len(p)))

    def _by_one(self, x: Any, p: Sequence[Any], j: int) -> Any:
        step = _STEP * np.maximum(np.abs(p[j]), 1e-3)
        moved = [*p[:j], p[j] + 1j * step, *p[j + 1 :]]
        try:
            value = self.f(x, *moved)
        except TypeError as error:
            raise FitError(
                f"the function does not take a complex {self.names[j]} ({error})",
                do="use numpy functions of complex numbers in it, or give its jacobian",
            ) from error
        if not np.iscomplexobj(value):
            raise FitError(
                f"the function drops the imaginary part of {self.names[j]}",
                do="leave out abs, real, comparison and int in it, or give its jacobian",
            )
        return np.imag(value) / step

    def verify(self, x: Any, *p: Any) -> None:
        """Raise where a derivative disagrees with central differences at these parameters.

        Parameters
        ----------
        x : ndarray
            Points.
        *p : float
            Parameters.

        Raises
        ------
        FitError
            When the shape or a derivative is wrong.
        """
        with np.errstate(all="ignore"):
            value, *slopes = self(x, *p)
            if np.shape(value) != np.shape(x) or len(slopes) != len(p):
                raise FitError(
                    f"the function gives shape {np.shape(value)} for x of shape {np.shape(x)} "
                    f"and {len(slopes)} derivatives for {len(p)} parameters",
                    do="return one value a point and one derivative a parameter",
                )
            for j, slope in enumerate(slopes):
                if self._disagrees(x, p, j, np.broadcast_to(slope, np.shape(x))):
                    word = "complex step" if self.jacobian is None else "jacobian"
                    raise FitError(
                        f"the {word} by {self.names[j]} disagrees with central differences",
                        do="give the right jacobian(x, *p)",
                    )

    def _disagrees(self, x: Any, p: Sequence[Any], j: int, slope: Any) -> bool:
        # both step widths must disagree: one is too coarse for a sharp function, one too fine for a
        # large value
        return all(self._misfit(x, p, j, slope, relative) for relative in (1e-4, 1e-6))

    def _misfit(self, x: Any, p: Sequence[Any], j: int, slope: Any, relative: float) -> bool:
        step = relative * (abs(float(p[j])) or 1e-3)
        up = np.asarray(self.f(x, *p[:j], p[j] + step, *p[j + 1 :]))
        down = np.asarray(self.f(x, *p[:j], p[j] - step, *p[j + 1 :]))
        difference = (up - down) / (2.0 * step)
        rounding = 1e-15 * (np.abs(up) + np.abs(down)) / step
        usable = np.isfinite(difference) & np.isfinite(slope)
        scale = np.max(np.abs(difference[usable]), initial=0.0)
        gap = np.abs(difference - slope) - 8.0 * rounding
        return bool((gap[usable] > 1e-3 * scale).any())


def Function(
    f: Callable[..., Any],
    jacobian: Callable[..., Any] | None = None,
    parameters: Sequence[LineParameter | str] | Mapping[str, float] = (),
    name: str = "function",
) -> Component:
    """Return a component of the user's own function.

    Parameters
    ----------
    f : callable
        ``f(x, *p)`` with x of shape (n,), returning shape (n,).
    jacobian : callable, optional
        ``jacobian(x, *p)`` returning one array of shape (n,) a parameter. Without it f is
        differentiated by complex step, so f must be written in functions of complex numbers
        (no abs, no comparison of parameters). Either is compared with central differences when a
        problem is made, and refused where it disagrees.
    parameters : sequence of LineParameter or str, or mapping of str to float
        Names, with defaults where it is a mapping. Taken from f's arguments where empty.
    name : str, optional
        Name of the component.

    Returns
    -------
    Component

    Raises
    ------
    SettingsError
        When no parameter is given or two have one name.
    """
    rows = _rows(f, parameters, name)
    names = tuple(row.name for row in rows)
    if not rows or len(set(names)) != len(names):
        raise SettingsError(
            f"the function's parameters are {names!r}",
            where=name,
            do="name each parameter once: parameters=('a', 'b')",
        )
    function = UserFunction(f, jacobian, names)
    line = Line(
        name="function",
        meaning=f"the user's {_qualified(f)}",
        function=function,
        parameters=rows,
        sources=("the user",),
        constants=(("function", _qualified(f)), ("sha256", _text_digest(f))),
        check=function.verify,
    )
    return Component(line, name)


def _rows(
    f: Callable[..., Any],
    parameters: Sequence[LineParameter | str] | Mapping[str, float],
    name: str,
) -> tuple[LineParameter, ...]:
    if isinstance(parameters, str):
        raise SettingsError(
            f"parameters={parameters!r} is one text", where=name, do=f"write ({parameters!r},)"
        )
    if isinstance(parameters, Mapping):
        return tuple(LineParameter(key, "", float(value)) for key, value in parameters.items())
    if parameters:
        return tuple(
            row if isinstance(row, LineParameter) else LineParameter(row, "", 1.0)
            for row in parameters
        )
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    arguments = [p.name for p in inspect.signature(f).parameters.values() if p.kind in kinds]
    return tuple(LineParameter(argument, "", 1.0) for argument in arguments[1:])


def _qualified(f: Callable[..., Any]) -> str:
    return f"{getattr(f, '__module__', '')}.{getattr(f, '__qualname__', type(f).__name__)}"


def _text_digest(f: Callable[..., Any]) -> str:
    """Digest of the function's text and of the numbers it encloses.

    Empty where Python does not have the text (built in, typed in).
    """
    try:
        text = inspect.getsource(f)
    except (OSError, TypeError):
        return ""
    digest = hashlib.sha256(text.encode())
    enclosed = inspect.getclosurevars(f).nonlocals if inspect.isfunction(f) else {}
    for name, value in sorted(enclosed.items()):
        digest.update(name.encode())
        if isinstance(value, bool | int | float | str | np.ndarray | list | tuple):
            digest.update(repr(np.asarray(value).tolist()).encode())
        elif callable(value):
            digest.update(_text_digest(value).encode())
    return digest.hexdigest()
