"""Calculated vibrations of one state, and their spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["KM_PER_MOL", "Vibrations", "broadened", "vibrations_of"]

KM_PER_MOL = 100.0 / math.log(10.0)
"""L mol-1 cm-2 of integrated decadic absorption coefficient in 1 km/mol: 43.43.

1 km/mol is 1e5 cm/mol of the integrated naperian coefficient; 1 L is 1e3 cm3, and the decadic
coefficient is the naperian one over ln 10.
"""


@dataclass(frozen=True, eq=False)
class Vibrations:
    """Calculated vibrations of one state.

    Parameters
    ----------
    name : str
        Of the state, or of the file.
    wavenumbers : ndarray, shape (k,)
        As calculated, without a scale factor, cm-1.
    intensities : ndarray, shape (k,)
        km/mol.
    labels : tuple of str
        From the input, one each; empty where it has none. Nothing is derived here.
    """

    name: str
    wavenumbers: FloatArray
    intensities: FloatArray
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("wavenumbers", "intensities"):
            object.__setattr__(self, name, read_only(getattr(self, name)))
        sizes = {self.wavenumbers.size, self.intensities.size}
        if self.labels:
            sizes.add(len(self.labels))
        if len(sizes) > 1 or not self.wavenumbers.size:
            raise SettingsError(
                "wavenumbers, intensities and labels are not equally many", where=self.name
            )
        if (self.wavenumbers <= 0).any() or (self.intensities < 0).any():
            raise SettingsError(
                "a calculated wavenumber is not above zero, or an intensity below it",
                where=self.name,
                do="leave out imaginary modes, translations and rotations on purpose",
            )

    def __reduce__(self) -> tuple[object, ...]:
        return (Vibrations, tuple(getattr(self, row.name) for row in fields(self)))

    def near(self, low: float, high: float, reach: float) -> Vibrations:
        """Return the modes that may show in a window.

        Parameters
        ----------
        low, high : float
            The window, cm-1.
        reach : float
            How far outside a mode may lie, cm-1.

        Returns
        -------
        Vibrations

        Raises
        ------
        SettingsError
            When there is none.
        """
        keep = (self.wavenumbers >= low - reach) & (self.wavenumbers <= high + reach)
        if not keep.any():
            raise SettingsError(
                f"no calculated mode within {reach:g} cm-1 of {low:g} to {high:g} cm-1",
                where=self.name,
            )
        labels = tuple(label for label, kept in zip(self.labels, keep, strict=False) if kept)
        return Vibrations(self.name, self.wavenumbers[keep], self.intensities[keep], labels)


def vibrations_of(recording: Recording) -> Vibrations:
    """Return the calculated vibrations of a recording that the reader of calculations made.

    Parameters
    ----------
    recording : Recording
        With columns ``frequency`` (cm-1) and ``intensity`` (km mol-1).

    Returns
    -------
    Vibrations

    Raises
    ------
    SettingsError
        When the recording holds something else.
    """
    if not {"frequency", "intensity"} <= set(recording.names):
        raise SettingsError(
            "no calculated vibrations: columns frequency and intensity are needed",
            where=recording.name,
        )
    # one line a mode: the reader keeps labels in the header, since columns hold numbers
    labels = tuple(recording.header.get("labels", "").splitlines())
    size = len(recording)
    name = recording.header.get("state", "") or recording.name
    return Vibrations(
        name,
        recording.column("frequency").values,
        recording.column("intensity").values,
        labels if len(labels) == size else (),
    )


def broadened(
    vibrations: Vibrations, x: ArrayLike, *, fwhm: float = 12.0, factor: float = 1.0
) -> FloatArray:
    """Return the calculated molar decadic absorption coefficient: a Lorentzian for each mode.

    Parameters
    ----------
    vibrations : Vibrations
        Sticks.
    x : array_like, shape (n,)
        Wavenumbers, cm-1.
    fwhm : float, optional
        Full width at half maximum of every mode, cm-1.
    factor : float, optional
        On the calculated wavenumbers.

    Returns
    -------
    ndarray, shape (n,)
        L mol-1 cm-1; the area of a mode is its intensity times `KM_PER_MOL`.

    Raises
    ------
    SettingsError
        For a width or factor that is not above zero.
    """
    if not (fwhm > 0 and factor > 0):
        raise SettingsError("FWHM and scale factor must be above zero", where=vibrations.name)
    u = 2.0 * (np.asarray(x, dtype=float)[:, None] - factor * vibrations.wavenumbers) / fwhm
    heights = vibrations.intensities * KM_PER_MOL * 2.0 / (math.pi * fwhm)
    return np.asarray((1.0 / (1.0 + u**2)) @ heights, dtype=np.float64)
