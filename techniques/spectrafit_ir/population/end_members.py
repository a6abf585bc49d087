"""End members of a two-state law: free, known from elsewhere, or drifting with temperature.

Between its end members a signal is linear in them, so each end is a few columns of a linear
problem, with the values declared for it as further measurements of those columns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = [
    "FREE_ENDS",
    "BandEnds",
    "End",
    "EndColumns",
    "FixedEnd",
    "FreeEnd",
    "LinearEnd",
    "end_columns",
]


@dataclass(frozen=True)
class FreeEnd:
    """An end member that the fit finds: constant in the first fit, linear in T in the second."""


@dataclass(frozen=True)
class LinearEnd:
    """An end member that the fit finds and that is linear in T in both fits."""


@dataclass(frozen=True)
class FixedEnd:
    """An end member known from elsewhere: an anchor.

    Parameters
    ----------
    value : float
        In the unit of the signal.
    sigma : float, optional
        Its standard uncertainty, in the unit of the signal; 0 holds it exactly.
    source : str, optional
        Where it is from, like the reference compound; it is named in the result.
    T : float or None, optional
        Temperature in K at which it was measured: in the fit with linear ends its slope is then
        free. None where it holds at every temperature, like the 0 of a band that vanishes.

    Raises
    ------
    SettingsError
        For a number that is not finite, or a negative uncertainty.
    """

    value: float
    sigma: float = 0.0
    source: str = ""
    T: float | None = None

    def __post_init__(self) -> None:
        numbers = (self.value, self.sigma, 0.0 if self.T is None else self.T)
        if not all(map(math.isfinite, numbers)) or self.sigma < 0.0:
            raise SettingsError(
                f"a fixed end member is {self.value} +- {self.sigma}",
                do="give a finite value and an uncertainty that is not negative",
            )


End: TypeAlias = FreeEnd | LinearEnd | FixedEnd


@dataclass(frozen=True)
class BandEnds:
    """Both end members of a band.

    Parameters
    ----------
    cold : FreeEnd, FixedEnd or LinearEnd, optional
        Signal of the state that prevails in the cold, I_A.
    warm : FreeEnd, FixedEnd or LinearEnd, optional
        Signal of the state that prevails in the warm, I_B.
    """

    cold: End = FreeEnd()
    warm: End = FreeEnd()

    def anchors(self, band: str) -> tuple[str, ...]:
        """Return one sentence part for each end that is known from elsewhere.

        Parameters
        ----------
        band : str
            Its name.

        Returns
        -------
        tuple of str
        """
        return tuple(
            _told(end, f"{side} end member of {band}")
            for side, end in (("cold", self.cold), ("warm", self.warm))
            if isinstance(end, FixedEnd)
        )


FREE_ENDS = BandEnds()
"""Nothing is known of either end."""


@dataclass(frozen=True, eq=False)
class EndColumns:
    """An end member as part of a linear problem.

    Parameters
    ----------
    offset : float
        What is held, in the unit of the signal.
    columns : ndarray, shape (N, k)
        What the k unknowns add to it at each temperature.
    known : tuple of (int, float, float)
        Column, value and standard uncertainty of an unknown that was measured elsewhere.
    """

    offset: float
    columns: FloatArray
    known: tuple[tuple[int, float, float], ...] = ()


def end_columns(end: End, T: FloatArray, *, drift: bool) -> EndColumns:
    """Return an end member as columns of a linear problem.

    Parameters
    ----------
    end : FreeEnd, FixedEnd or LinearEnd
        What is known of it.
    T : ndarray, shape (N,)
        Temperatures, K.
    drift : bool
        Whether free ends are linear in T.

    Returns
    -------
    EndColumns
        The slope's unknown is the change over half of the range of T.
    """
    half = 0.5 * float(np.ptp(T))
    middle = 0.5 * float(T.min() + T.max())
    one = np.ones_like(T)
    if not isinstance(end, FixedEnd):
        linear = drift or isinstance(end, LinearEnd)
        return EndColumns(0.0, np.column_stack([one, (T - middle) / half] if linear else [one]))
    slope = [] if end.T is None or not drift else [(T - end.T) / half]
    if end.sigma == 0.0:
        return EndColumns(end.value, np.column_stack(slope) if slope else np.empty((T.size, 0)))
    return EndColumns(0.0, np.column_stack([one, *slope]), ((0, end.value, end.sigma),))


def _told(end: FixedEnd, what: str) -> str:
    spread = f" ± {end.sigma:g}" if end.sigma else " exactly"
    where = "" if end.T is None else f" at {end.T:g} K"
    source = f" ({end.source})" if end.source else " (declared)"
    return f"{what} {end.value:g}{spread}{where}{source}"
