"""The small namespace that line shapes are written in.

Lines call `exp`, `log`, `erf` ... from here and from nowhere else, so that one text of a line
serves arrays here and single numbers in the compiled engine, which puts its own functions in their
place. So they are functions of ours and no second names of numpy's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "LN2",
    "PI",
    "SQRT_PI",
    "arctan",
    "cos",
    "erf",
    "exp",
    "expm1",
    "log",
    "log1p",
    "power",
    "reciprocal",
    "reciprocals",
    "sin",
    "sqrt",
    "wofz",
]

PI = float(np.pi)
LN2 = float(np.log(2.0))
SQRT_PI = float(np.sqrt(np.pi))


def exp(x: Any) -> Any:
    """Return e to the power x, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.exp(x)


def expm1(x: Any) -> Any:
    """Return e to the power x less 1, exact near 0, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.expm1(x)


def log(x: Any) -> Any:
    """Return the natural logarithm of x, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.log(x)


def log1p(x: Any) -> Any:
    """Return the natural logarithm of 1 + x, exact near 0, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.log1p(x)


def sqrt(x: Any) -> Any:
    """Return the square root of x, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.sqrt(x)


def arctan(x: Any) -> Any:
    """Return the angle in radians whose tangent is x, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.arctan(x)


def cos(x: Any) -> Any:
    """Return the cosine of x in radians, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.cos(x)


def sin(x: Any) -> Any:
    """Return the sine of x in radians, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    return np.sin(x)


def power(x: Any, exponent: Any) -> Any:
    """Return x to the power of an exponent, element by element.

    Parameters
    ----------
    x, exponent : array_like
        Shapes that broadcast.

    Returns
    -------
    ndarray
    """
    return np.power(x, exponent)


def reciprocal(x: Any) -> Any:
    """Return 1/x of what is 1 or more, element by element.

    Parameters
    ----------
    x : array_like
        Any shape; below 1 compiled lines need not follow.

    Returns
    -------
    ndarray
    """
    return 1.0 / x


def reciprocals(a: Any, b: Any) -> tuple[Any, Any]:
    """Return 1/a and 1/b, element by element.

    Parameters
    ----------
    a, b : array_like
        Any shape, from 1 on.

    Returns
    -------
    tuple of ndarray
    """
    return 1.0 / a, 1.0 / b


def erf(x: Any) -> Any:
    """Return the error function of real or complex x, element by element.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    ndarray
    """
    from scipy import special

    return special.erf(x)


def wofz(z: Any) -> Any:
    """Return the Faddeeva function ``exp(-z^2) erfc(-i z)`` of complex z, element by element.

    Parameters
    ----------
    z : array_like
        Any shape.

    Returns
    -------
    ndarray of complex
    """
    from scipy import special

    return special.wofz(z)
