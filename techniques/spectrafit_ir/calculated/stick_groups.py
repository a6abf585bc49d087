"""Calculated modes in the reach of a window, in groups that are moved together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.sticks import Vibrations

__all__ = ["MARGIN", "Sticks"]

MARGIN = 40.0
"""cm-1 outside the window within which a mode still counts by its wing."""


@dataclass(frozen=True, eq=False)
class Sticks:
    """Modes in the reach of a window; those of a group are moved together.

    Parameters
    ----------
    wavenumbers : ndarray, shape (k,)
        As calculated, cm-1.
    heights : ndarray, shape (k,)
        km/mol; negative for those of the state that a difference is taken from.
    groups : ndarray of int, shape (k,)
        From 0, without gaps.
    """

    wavenumbers: FloatArray
    heights: FloatArray
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, vibrations: Vibrations, window: tuple[float, float], factors: FloatArray) -> Sticks:
        """Return the modes of one state that may show in a window.

        Parameters
        ----------
        vibrations : Vibrations
            Of the state.
        window : (float, float)
            cm-1.
        factors : ndarray, shape (m,)
            Allowed scale factors, ascending.

        Returns
        -------
        Sticks
            Every mode its own group.
        """
        low, high = window[0] / factors[-1], window[1] / factors[0]
        modes = vibrations.near(float(low), float(high), MARGIN)
        return cls(modes.wavenumbers, modes.intensities, np.arange(modes.wavenumbers.size))

    def at(self, wavenumbers: FloatArray) -> Sticks:
        """Return the sticks at other places.

        Parameters
        ----------
        wavenumbers : ndarray, shape (k,)
            cm-1.

        Returns
        -------
        Sticks
        """
        return replace(self, wavenumbers=wavenumbers)

    def vibrations(self, name: str) -> Vibrations:
        """Return the sticks of a single state as vibrations.

        Parameters
        ----------
        name : str
            Of the state.

        Returns
        -------
        Vibrations
        """
        return Vibrations(name, self.wavenumbers, self.heights)
