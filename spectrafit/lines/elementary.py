"""The small namespace that line shapes are written in.

Lines call `exp`, `log`, `erf` ... from here and from nowhere else, so that one text of a line
serves arrays now and a compiled engine later.
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
    "sin",
    "sqrt",
    "wofz",
]

PI = float(np.pi)
LN2 = float(np.log(2.0))
SQRT_PI = float(np.sqrt(np.pi))

exp = np.exp
expm1 = np.expm1
log = np.log
log1p = np.log1p
sqrt = np.sqrt
arctan = np.arctan
cos = np.cos
sin = np.sin
power = np.power


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
