"""Which way the drive runs: from a spectrum of known isomer shift, and a hint from the source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.scale import Calibration

__all__ = [
    "IRON_AGAINST",
    "SourceHint",
    "orientation_from_reference",
    "source_hint",
    "stated_source",
]

IRON_AGAINST: Final[Mapping[str, float]] = {"57Co/Rh": -0.11}
"""mm/s, centroid of alpha-iron against a source at room temperature; -0.1096 is recorded with the
calibration that the program Fitbauer ships."""

_STATED: Final = {
    "57Co/Rh": re.compile(r"57 ?-?Co\b.*\b(?:Rh|rhodium)\b|\bCo-?57\b.*\bRh\b", re.IGNORECASE)
}

# mm/s: the period is known to a channel or so, a quarter of which is an error of the shift
_TOLERANCE = 0.05
_NOTABLE = 3.0
# fall of chi2 that decides between two signs: chance gives a quarter of it once in a thousand
_DECISIVE = 45.0
# mm/s: a smaller shift can be cancelled by the errors of the calibration and of the reference
_CLEAR = 0.15


@dataclass(frozen=True)
class SourceHint:
    """What the shift against the source says of the orientation.

    Parameters
    ----------
    shift, sigma : float
        Of alpha-iron against the source for the calibration's orientation (+1 where undeclared), in
        mm/s.
    source : str
        The source it was compared with.
    orientation : int or None
        The one with which the shift is that of the source; None where neither or both are.
    contradicts : bool
        Whether the declared orientation is the other one.
    """

    shift: float
    sigma: float
    source: str
    orientation: int | None
    contradicts: bool


def source_hint(calibration: Calibration, source: str = "57Co/Rh") -> SourceHint:
    """Return which orientation fits the shift of alpha-iron against a source.

    The drive's mean velocity is zero, so the middle of the velocities is the source's own.

    Parameters
    ----------
    calibration : Calibration
        From alpha-iron at room temperature.
    source : str, optional
        The source's nuclide and matrix, one of `IRON_AGAINST`.

    Returns
    -------
    SourceHint
        A hint: it rests on the length of the drive's period.

    Raises
    ------
    SettingsError
        For a source whose shift is not in the table.
    """
    if source not in IRON_AGAINST:
        raise SettingsError(
            f"no shift of alpha-iron against {source!r}",
            do=nearest(source, IRON_AGAINST, noun="the sources"),
        )
    shift, sigma = calibration.source_shift
    expected, positive = IRON_AGAINST[source], shift * calibration.sign
    fitting = [
        sign for sign in (1, -1) if abs(sign * positive - expected) < _TOLERANCE + _NOTABLE * sigma
    ]
    found = fitting[0] if len(fitting) == 1 else None
    declared = calibration.orientation
    return SourceHint(
        shift, sigma, source, found, None not in (found, declared) and found != declared
    )


def stated_source(header: Mapping[str, str]) -> str:
    """Return the source that a header states, empty where none of `IRON_AGAINST` is.

    Parameters
    ----------
    header : mapping of str to str
        Of a run.

    Returns
    -------
    str
    """
    told = " ".join(
        value for key, value in header.items() if re.search(r"\bsource\b", key, re.IGNORECASE)
    )
    return next((name for name, words in _STATED.items() if words.search(told)), "")


def orientation_from_reference(
    channels: Channels, calibration: Calibration, isomer_shift: float
) -> int:
    """Return the orientation from a spectrum of known isomer shift, taken with the same wiring.

    The spectrum is compared with its own mirror image about either sign of the shift; it must be
    symmetric about its centroid (a singlet, an even doublet, a sextet without quadrupole shift).

    Parameters
    ----------
    channels : Channels
        The reference spectrum.
    calibration : Calibration
        Of the same drive.
    isomer_shift : float
        Against alpha-iron at room temperature, in mm/s.

    Returns
    -------
    int
        +1 or -1.

    Raises
    ------
    SettingsError
        When the shift is too near zero, or the channels are others than the calibration's.
    FitError
        When the spectrum does not decide.
    """
    if abs(isomer_shift) < _CLEAR:
        raise SettingsError(
            f"an isomer shift of {isomer_shift:g} mm/s is too near zero to tell a sign",
            where=channels.name,
            do=f"take a reference of at least {_CLEAR:g} mm/s either way",
        )
    if len(channels) != calibration.channels:
        raise SettingsError(
            f"{len(channels)} channels, and the calibration has {calibration.channels}",
            where=channels.name,
        )
    velocity, counts, channels_in = _on_bins(channels, calibration.oriented(1))
    plus, minus = (
        _asymmetry(velocity, counts, channels_in, sign * isomer_shift) for sign in (1, -1)
    )
    if abs(plus - minus) < _DECISIVE:
        raise FitError(
            f"the reference does not decide the orientation: chi2 {plus:.0f} for +1, "
            f"{minus:.0f} for -1",
            where=channels.name,
            do="count longer, or take a reference of larger isomer shift",
        )
    return 1 if plus < minus else -1


def _on_bins(
    channels: Channels, calibration: Calibration
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the middle, the counts and the number of channels of bins of equal velocity."""
    velocity = calibration.velocity(channels.numbers)
    counts = channels.counts[channels.used]
    # two channels of each branch a bin: none is empty where the velocity runs evenly
    edges = np.linspace(velocity.min(), velocity.max(), len(channels) // 4 + 1)
    place = np.clip(np.digitize(velocity, edges) - 1, 0, edges.size - 2)
    number = np.bincount(place, minlength=edges.size - 1).astype(float)
    total = np.bincount(place, counts, edges.size - 1).astype(float)
    filled = number > 0
    middle: FloatArray = 0.5 * (edges[1:] + edges[:-1])
    return middle[filled], total[filled], number[filled]


def _asymmetry(
    velocity: FloatArray, counts: FloatArray, number: FloatArray, centre: float
) -> float:
    """Return chi2 of the mean counts against those mirrored about a velocity."""
    mean = counts / number
    mirrored = 2.0 * centre - velocity
    inside = (velocity > centre) & (mirrored >= velocity[0])
    image = np.interp(mirrored[inside], velocity, mean)
    variance = counts[inside] / number[inside] ** 2
    # both signs share the range that the narrower of them leaves
    difference = (mean[inside] - image) ** 2 / (2.0 * variance)
    return float(difference.mean() * min(difference.size, velocity.size // 4))
