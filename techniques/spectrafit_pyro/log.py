"""A log of a pyroelectric current: time, temperature and current, checked once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["Area", "CurrentLog", "checked_polarity"]


@dataclass(frozen=True, eq=False)
class CurrentLog:
    """Time, temperature and current of one run, in the order of measurement.

    Parameters
    ----------
    time : array_like, shape (n,)
        s, rising.
    temperature : array_like, shape (n,)
        K, as the controller shows it.
    current : array_like, shape (n,)
        A, with the sign of the electrometer.
    name : str
        For messages.

    Raises
    ------
    SettingsError
        For lengths that differ, numbers that are not finite, a time that does not rise, or
        temperatures that are not in K.
    """

    time: FloatArray
    temperature: FloatArray
    current: FloatArray
    name: str = "log"

    def __post_init__(self) -> None:
        for field in ("time", "temperature", "current"):
            object.__setattr__(self, field, read_only(getattr(self, field)))
        shapes = {self.time.shape, self.temperature.shape, self.current.shape}
        if len(shapes) > 1 or self.time.ndim != 1:
            raise SettingsError("time, temperature and current differ in number", where=self.name)
        for field in ("time", "temperature", "current"):
            self._refuse(~np.isfinite(getattr(self, field)), f"no {field}", "leave the rows out")
        still = np.concatenate([[False], np.diff(self.time) <= 0.0])
        self._refuse(still, "the time does not rise", "give one run, in the order of measurement")
        self._refuse(
            self.temperature <= 0.0, "a temperature at or below 0", "give the temperature in K"
        )

    def __len__(self) -> int:
        return int(self.time.size)

    def _refuse(self, bad: NDArray[np.bool_], what: str, do: str) -> None:
        rows = np.flatnonzero(bad)
        if rows.size:
            place = f"row {rows[0]}" if rows.size == 1 else f"{rows.size} rows, the first {rows[0]}"
            raise SettingsError(f"{what} ({place}, counted from 0)", where=self.name, do=do)

    def part(self, rows: slice | NDArray[np.int64]) -> CurrentLog:
        """Return some rows of the log.

        Parameters
        ----------
        rows : slice or ndarray of int
            Which, in their order.

        Returns
        -------
        CurrentLog
        """
        return CurrentLog(self.time[rows], self.temperature[rows], self.current[rows], self.name)


@dataclass(frozen=True)
class Area:
    """The area of an electrode.

    Parameters
    ----------
    value : float
        cm2.
    sigma : float or None
        Standard error, cm2; None where it was not told.

    Raises
    ------
    SettingsError
        For an area that is not above 0, or a negative error.
    """

    value: float
    sigma: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.value < np.inf:
            raise SettingsError(
                f"an electrode area of {self.value:g} cm2", do="give the area in cm2, above 0"
            )
        if self.sigma is not None and not 0.0 <= self.sigma < np.inf:
            raise SettingsError(
                f"a standard error of {self.sigma:g} cm2", do="give one of 0 or above, or none"
            )

    @property
    def relative(self) -> float | None:
        """Standard error over value; None where it was not told."""
        return None if self.sigma is None else self.sigma / self.value


def checked_polarity(polarity: int | None) -> int | None:
    """Return a polarity that is +1, -1 or not told.

    Parameters
    ----------
    polarity : int or None
        +1 where the electrometer counts charge that leaves the electrode on the +u face as
        positive, -1 where the leads are the other way round.

    Returns
    -------
    int or None

    Raises
    ------
    SettingsError
        For any other number.
    """
    if polarity not in (1, -1, None):
        raise SettingsError(f"polarity {polarity}", do="give 1 or -1, or leave it out")
    return polarity
