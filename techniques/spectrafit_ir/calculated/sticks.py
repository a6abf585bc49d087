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
        finite = np.isfinite(self.wavenumbers).all() and np.isfinite(self.intensities).all()
        if not finite or (self.wavenumbers <= 0).any() or (self.intensities < 0).any():
            raise SettingsError(
                "a calculated wavenumber is not above zero, or an intensity below it or no number",
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
            When there is none with an intensity.
        """
        keep = (self.wavenumbers >= low - reach) & (self.wavenumbers <= high + reach)
        if not (self.intensities[keep] > 0).any():
            raise SettingsError(
                f"no calculated mode with an intensity within {reach:g} cm-1 of {low:g} to "
                f"{high:g} cm-1",
                where=self.name,
            )
        labels = tuple(label for label, kept in zip(self.labels, keep, strict=False) if kept)
        return Vibrations(self.name, self.wavenumbers[keep], self.intensities[keep], labels)


def vibrations_of(recording: Recording, *, allow_imaginary: bool = False) -> Vibrations:
    """Return the calculated vibrations of a recording that the reader of calculations made.

    Parameters
    ----------
    recording : Recording
        With columns ``frequency`` (cm-1, imaginary modes negative) and ``intensity`` (km mol-1).
    allow_imaginary : bool, optional
        Whether a calculation with imaginary modes is used, without these modes.

    Returns
    -------
    Vibrations

    Raises
    ------
    SettingsError
        When the recording holds something else, or imaginary modes that are not allowed.
    """
    if not {"frequency", "intensity"} <= set(recording.names):
        raise SettingsError(
            "no calculated vibrations: columns frequency and intensity are needed",
            where=recording.name,
        )
    frequency, intensity = recording.column("frequency"), recording.column("intensity")
    if (frequency.unit, intensity.unit) != ("cm-1", "km mol-1"):
        raise SettingsError(
            f"calculated vibrations in {frequency.unit} and {intensity.unit}",
            where=recording.name,
            do="frequencies are needed in cm-1 and intensities in km mol-1",
        )
    real = frequency.values > 0
    below = int((frequency.values < 0).sum())
    if below and not allow_imaginary:
        raise SettingsError(
            f"{below} imaginary mode{'s' if below > 1 else ''}: the structure is no minimum",
            where=recording.name,
            do="optimise it further, or set allow_imaginary = true to leave these modes out",
        )
    # one line a mode: the reader keeps labels in the header, since columns hold numbers
    labels = recording.header.get("labels", "").split("\n")
    kept = (
        tuple(label for label, keep in zip(labels, real, strict=True) if keep)
        if len(labels) == len(recording)
        else ()
    )
    name = recording.header.get("state", "") or recording.name
    return Vibrations(name, frequency.values[real], intensity.values[real], kept)


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
