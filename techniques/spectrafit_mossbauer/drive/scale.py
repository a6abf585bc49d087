"""A velocity scale with its error, convention and orientation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.history import Source, frozen_mapping
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_mossbauer.drive.iron_pairs import PairOfLines, SpacingRatio
from spectrafit_mossbauer.drive.velocity import Drive

__all__ = ["Calibration"]


@dataclass(frozen=True, eq=False)
class Calibration:
    """A velocity scale: what velocity a channel has, and how well that is known.

    Parameters
    ----------
    form : Drive
        Triangle or sine, with its period.
    values : array_like, shape (p,)
        Of the drive's parameters, in the order of `names`.
    covariance : array_like, shape (p, p)
        From the counts alone, not scaled by the reduced chi2.
    convention : str
        "A" or "B".
    orientation : int or None
        +1 or -1 multiplies every velocity; None where nobody declared it: velocities are then those
        of +1 and the sign of an isomer shift is not determined.
    channels : int
        Of the spectrum it is for.
    date : str
        When it was measured, in ISO 8601; empty where it is not known.
    source : Source
        The file of the alpha-iron spectrum.
    pairs : tuple of PairOfLines
        Those inside the velocity range.
    chi2 : float
        Pearson's, by the model's own variance.
    deviance : float
        Poisson's, twice the log of the likelihood ratio against a perfect model.
    freedom : int
        Points less free parameters.
    outliers : tuple of (int, float)
        Channels beyond 4 standard deviations, with their residual in standard deviations.
    fold_chi2 : float
        Mean square of the differences between mirrored residuals, 1 by chance.
    other_chi2 : mapping of str to float
        Of the other forms of the drive that were fitted, by name.
    ratios : tuple of SpacingRatio
        Of the pairs but the inner one.
    not_counts : str
        Why the numbers are no counts; chi2 then says nothing. Empty where they are.
    """

    form: Drive
    values: FloatArray
    covariance: FloatArray
    convention: str
    orientation: int | None
    channels: int
    date: str = ""
    source: Source = Source("in memory")
    pairs: tuple[PairOfLines, ...] = ()
    chi2: float = 0.0
    deviance: float = 0.0
    freedom: int = 0
    outliers: tuple[tuple[int, float], ...] = ()
    fold_chi2: float = 0.0
    other_chi2: Mapping[str, float] = field(default_factory=dict)
    ratios: tuple[SpacingRatio, ...] = ()
    not_counts: str = ""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "values", read_only(self.values))
        put(self, "covariance", read_only(self.covariance))
        put(self, "other_chi2", frozen_mapping(self.other_chi2))
        if self.orientation not in (1, -1, None):
            raise SettingsError(
                f"orientation is {self.orientation!r}", do="give 1, -1 or leave it out"
            )
        size = len(self.names)
        if self.values.shape != (size,) or self.covariance.shape != (size, size):
            raise SettingsError(f"{self.values.size} values for {', '.join(self.names)}")

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, ({**vars(self), "other_chi2": dict(self.other_chi2)},))

    @property
    def drive(self) -> str:
        """``"triangle"`` or ``"sine"``."""
        return self.form.kind

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return self.form.names

    @property
    def sign(self) -> int:
        """What multiplies the velocities; +1 where the orientation is undeclared."""
        return 1 if self.orientation is None else self.orientation

    @property
    def centre(self) -> float:
        """Channel about which the two branches are mirror images, from 0."""
        return float(self.form.centre(*self.values))

    @property
    def reduced_chi2(self) -> float:
        """chi2 over the degrees of freedom."""
        return self.chi2 / max(1, self.freedom)

    @property
    def widths(self) -> tuple[float, ...]:
        """Full widths at half maximum of the pairs, from the outer to the inner, in mm/s."""
        return tuple(pair.width for pair in self.pairs)

    @property
    def source_shift(self) -> tuple[float, float]:
        """Shift of alpha-iron against the source and its standard error, in mm/s.

        A periodic drive has a mean velocity of zero, so the distance of the centroid from the middle
        of the velocities is that shift. It holds the sign of the orientation, and an error of a
        quarter channel's velocity for each channel that the period was not what `form` says.
        """
        v0, gradient = self.form.shift_and_slopes(*self.values)
        return float(self.sign * v0), float(np.sqrt(gradient @ self.covariance @ gradient))

    def value(self, name: str) -> float:
        """Return a parameter of the drive.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        float
        """
        return float(self.values[self._place(name)])

    def sigma(self, name: str) -> float:
        """Return the standard error of a parameter of the drive.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        float
            From the counts alone.
        """
        place = self._place(name)
        return float(np.sqrt(self.covariance[place, place]))

    def velocity(self, channel: FloatArray) -> FloatArray:
        """Return the velocity of channels, zero at the centroid of alpha-iron.

        Parameters
        ----------
        channel : ndarray, shape (n,)
            Channel numbers from 0.

        Returns
        -------
        ndarray, shape (n,)
            In mm/s.
        """
        return self.sign * self.form.velocity(np.asarray(channel, dtype=float), *self.values)

    def slopes(self, channel: FloatArray) -> FloatArray:
        """Return the derivatives of the velocity by the drive's parameters.

        Parameters
        ----------
        channel : ndarray, shape (n,)
            Channel numbers from 0.

        Returns
        -------
        ndarray, shape (n, p)
        """
        points = np.asarray(channel, dtype=float)
        return self.sign * np.stack(self.form.velocity_and_slopes(points, *self.values)[1], axis=-1)

    def oriented(self, orientation: int | None) -> Calibration:
        """Return the calibration with another orientation.

        Parameters
        ----------
        orientation : int or None
            +1, -1, or None for undeclared.

        Returns
        -------
        Calibration
        """
        return replace(self, orientation=orientation)

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise SettingsError(
                f"a {self.drive} has no {name}", do=f"the names are: {', '.join(self.names)}"
            )
        return self.names.index(name)


def _rebuilt(parts: Mapping[str, Any]) -> Calibration:
    return Calibration(**parts)
