"""The Curie-Weiss law with temperature-independent paramagnetism, ``chi = C/(T - theta) + tip``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import FitResult
from spectrafit.fit.single import fit
from spectrafit.lines.line import Component, Line, LineParameter
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.points import points_spectrum

__all__ = ["CurieWeiss", "CurieWeissFit", "curie_weiss_fit", "curie_weiss_function"]


def curie_weiss_function(T: Any, C: Any, theta: Any, tip: Any) -> tuple[Any, ...]:
    """Return chi and its derivatives by C, theta and tip.

    Parameters
    ----------
    T : ndarray, shape (n,)
        K.
    C : float
        Curie constant, cm3 K/mol.
    theta : float
        K; above 0 for ferromagnetic interaction.
    tip : float
        cm3/mol.

    Returns
    -------
    tuple of ndarray
        cm3/mol, and per unit of each parameter.
    """
    over = 1.0 / (T - theta)
    return C * over + tip, over, C * over * over, np.ones_like(over)


def CurieWeiss(name: str = "curie_weiss") -> Component:
    """Return the law as a component for the fit, on an axis of T in K.

    Parameters
    ----------
    name : str, optional
        Its parameters are ``name.C``, ``name.theta`` and ``name.tip``, the last held at 0 unless
        freed.

    Returns
    -------
    Component
    """
    line = Line(
        "curie_weiss",
        "chi = C/(T - theta) + tip",
        curie_weiss_function,
        (
            LineParameter("C", "cm3 K mol-1", 1.0, 0.0, meaning="Curie constant"),
            LineParameter("theta", "K", 0.0, meaning="Weiss temperature"),
            LineParameter("tip", "cm3 mol-1", 0.0, meaning="temperature-independent", fixed=True),
        ),
        sources=("P. Weiss, J. Phys. Theor. Appl. 6, 661 (1907)",),
    )
    return Component(line, name)


@dataclass(frozen=True, eq=False)
class CurieWeissFit:
    """The law fitted in a declared window, without and with weights.

    Parameters
    ----------
    window : (float, float)
        K.
    unweighted : FitResult
        Every point of chi counts alike, so that the coldest rule.
    weighted : FitResult or None
        Weights 1/sigma^2; None where chi has no error.
    """

    window: tuple[float, float]
    unweighted: FitResult
    weighted: FitResult | None

    @property
    def results(self) -> tuple[FitResult, ...]:
        """Those that were made."""
        made = (self.unweighted, self.weighted)
        return tuple(result for result in made if result is not None)


def curie_weiss_fit(
    T: ArrayLike,
    chi: ArrayLike,
    window: tuple[float, float],
    *,
    sigma: ArrayLike | None = None,
    tip: bool = False,
) -> CurieWeissFit:
    """Return the Curie-Weiss law of the points in a window.

    Parameters
    ----------
    T, chi : array_like, shape (n,)
        K and cm3/mol.
    window : (float, float)
        Temperatures that are used, K; nothing is chosen by itself.
    sigma : array_like, optional
        Standard errors of chi, cm3/mol.
    tip : bool, optional
        Whether the temperature-independent part is free.

    Returns
    -------
    CurieWeissFit
        Parameters ``curie_weiss.C``, ``.theta`` and ``.tip``.

    Raises
    ------
    SettingsError
        When the window does not rise, or starts at 0 K.
    FitError
        When it holds fewer points than parameters.
    """
    low, high = window
    if not 0.0 < low < high:
        raise SettingsError(
            f"a window from {low:g} to {high:g} K",
            where="Curie-Weiss",
            do="give two rising, above 0",
        )
    temperature, values = np.asarray(T, float), np.asarray(chi, float)
    inside = (temperature >= low) & (temperature <= high)
    if np.unique(temperature[inside]).size < 2:
        raise SettingsError(
            f"{int(inside.sum())} points from {low:g} to {high:g} K",
            where="Curie-Weiss",
            do="choose a window that was measured",
        )
    errors = None if sigma is None else np.asarray(sigma, float)[inside]

    def fitted(error: FloatArray | None) -> FitResult:
        data = points_spectrum(temperature[inside], values[inside], error, "chi", "cm3 mol-1")
        # the line through 1/chi is exact without tip, and near enough to start from with it
        slope, offset = np.polyfit(data.x, 1.0 / data.y, 1)
        guess = -offset / slope
        start = {"curie_weiss.C": abs(1.0 / slope), "curie_weiss.theta": min(guess, 0.9 * low)}
        limit = ParameterChange(max=float(data.x[0]) * (1.0 - 1e-6))
        changes = {"curie_weiss.theta": limit}
        if tip:
            changes["curie_weiss.tip"] = ParameterChange(fixed=False)
        return fit(Problem(data, CurieWeiss(), start=start, parameters=changes))

    return CurieWeissFit(window, fitted(None), None if errors is None else fitted(errors))
