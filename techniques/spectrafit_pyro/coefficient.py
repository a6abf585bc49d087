"""The pyroelectric coefficient p = polarity I / (A dT/dt), signed only where the polarity is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_pyro.log import Area, checked_polarity
from spectrafit_pyro.rate_noise import RateNoise, shared_covariance
from spectrafit_pyro.sweeps import Sweep

__all__ = [
    "NO_POLARITY",
    "Coefficient",
    "branch_coefficient",
    "coefficient",
    "current_noise",
    "offset_that_explains",
    "one_branch_verdict",
]

NO_POLARITY = (
    "the polarity of the leads was not told: only |p| is known, and its sign tells no state"
)
_NANO = 1e9  # nC cm-2 K-1 in C cm-2 K-1
_PICO = 1e12


@dataclass(frozen=True, eq=False)
class Coefficient:
    """A pyroelectric coefficient against temperature.

    Parameters
    ----------
    temperature : ndarray, shape (n,)
        K.
    as_wired : ndarray, shape (n,)
        I/(A dT/dt) with the electrometer's sign, nC cm-2 K-1.
    white : ndarray, shape (n,)
        Standard error by the noise of the current, independent from point to point; the error of
        the area is common to all points and not in here.
    area : Area
        Of the electrode.
    polarity : int or None
        +1, -1, or None where it was not told.
    rate_noise : tuple of RateNoise
        By the noise of the rate, one a branch.
    """

    temperature: FloatArray
    as_wired: FloatArray
    white: FloatArray
    area: Area
    polarity: int | None = None
    rate_noise: tuple[RateNoise, ...] = ()

    def __post_init__(self) -> None:
        checked_polarity(self.polarity)
        for field in ("temperature", "as_wired", "white"):
            object.__setattr__(self, field, read_only(getattr(self, field)))

    @property
    def p(self) -> FloatArray:
        """Signed coefficient, or its magnitude where no polarity was told, nC cm-2 K-1."""
        if self.polarity is None:
            return np.abs(self.as_wired)
        return self.polarity * self.as_wired

    @property
    def sigma(self) -> FloatArray:
        """Standard error of each point from noise, nC cm-2 K-1."""
        shared = [part.sigma**2 for part in self.rate_noise]
        return np.asarray(np.sqrt(self.white**2 + sum(shared)))

    @property
    def covariance(self) -> FloatArray:
        """Covariance of the points from noise, shape (n, n), (nC cm-2 K-1)^2."""
        return shared_covariance(self.temperature, self.white, self.rate_noise)

    def between(self, low: float, high: float) -> Coefficient:
        """Return the part between two temperatures.

        Parameters
        ----------
        low, high : float
            K.

        Returns
        -------
        Coefficient

        Raises
        ------
        SettingsError
            When no point lies between them.
        """
        rows = np.flatnonzero((low <= self.temperature) & (high >= self.temperature))
        if not rows.size:
            raise SettingsError(
                f"no point between {low:g} and {high:g} K", where="p", do="give another window"
            )
        parts = tuple(RateNoise(part.sigma[rows], part.length) for part in self.rate_noise)
        return Coefficient(
            self.temperature[rows],
            self.as_wired[rows],
            self.white[rows],
            self.area,
            self.polarity,
            parts,
        )

    @property
    def signed(self) -> bool:
        """Whether `p` has a sign."""
        return self.polarity is not None

    @property
    def reason(self) -> str:
        """Why there is no sign; empty where there is one."""
        return "" if self.signed else NO_POLARITY


def coefficient(
    temperature: ArrayLike,
    current: ArrayLike,
    rate: ArrayLike,
    area: Area,
    *,
    polarity: int | None = None,
    current_sigma: ArrayLike = 0.0,
    rate_noise: Sequence[tuple[ArrayLike, float]] = (),
) -> Coefficient:
    """Return p from current and rate of one branch; an offset of the current stays in it.

    ``I = p A dT/dt`` is that of S. B. Lang, Phys. Today 58(8), 31 (2005). Positive p means that the
    polarisation along +u grows on heating: at short circuit the free charge on the electrode of
    the +u face is -P, so that electrode then sends positive charge into the outer circuit.

    Parameters
    ----------
    temperature : array_like, shape (n,)
        K.
    current : array_like, shape (n,)
        A.
    rate : array_like, shape (n,)
        dT/dt, K/s; negative on cooling.
    area : Area
        Of the electrode.
    polarity : int, optional
        +1 where the electrometer counts charge that leaves the electrode on the +u face as
        positive, -1 for the opposite; without it only the magnitude is reported.
    current_sigma : array_like, optional
        Standard error of the current, A.
    rate_noise : sequence of (array_like, float), optional
        Standard error of the rate, K/s, and the temperature that a window of the rate spans, K,
        of every branch that the rate comes from.

    Returns
    -------
    Coefficient

    Raises
    ------
    SettingsError
        For a rate of zero, or columns that differ in number.
    """
    T, amperes, r = (np.asarray(one, dtype=np.float64) for one in (temperature, current, rate))
    if not T.shape == amperes.shape == r.shape:
        raise SettingsError("temperature, current and rate differ in number", where="p")
    if not (np.isfinite(r) & (r != 0.0)).all():
        raise SettingsError(
            "dT/dt is zero or missing at a point",
            where="p",
            do="leave slow points out, as `usable_rate` does",
        )
    scale = _NANO / (area.value * r)
    white = np.broadcast_to(np.abs(np.asarray(current_sigma) * scale), T.shape)
    parts = tuple(
        RateNoise(amperes * scale * np.asarray(sigma) / r, length) for sigma, length in rate_noise
    )
    return Coefficient(T, amperes * scale, white, area, polarity, parts)


def branch_coefficient(sweep: Sweep, area: Area, *, polarity: int | None = None) -> Coefficient:
    """Return p of one branch, point by point.

    Parameters
    ----------
    sweep : Sweep
        Heating or cooling.
    area : Area
        Of the electrode.
    polarity : int, optional
        +1 or -1; without it only the magnitude is reported.

    Returns
    -------
    Coefficient

    Raises
    ------
    SettingsError
        As `coefficient`.
    """
    return coefficient(
        sweep.log.temperature,
        sweep.log.current,
        sweep.rate,
        area,
        polarity=polarity,
        current_sigma=current_noise(sweep.log.current),
        rate_noise=((sweep.rate_sigma, sweep.window_span),),
    )


def current_noise(current: ArrayLike) -> float:
    """Return the white noise of a current from its second differences.

    Parameters
    ----------
    current : array_like, shape (n,)
        A, in the order of measurement; a smooth change drops out.

    Returns
    -------
    float
        A: 1.4826 times the median magnitude over sqrt(6); the first makes the median magnitude of
        a normal variable its standard deviation, the second is that of the weights 1, -2, 1.

    Raises
    ------
    SettingsError
        For fewer than five points.
    """
    values = np.asarray(current, dtype=np.float64)
    if values.size < 5:
        raise SettingsError(
            f"{values.size} points tell no noise of the current", do="give five or more"
        )
    return float(1.4826 * np.median(np.abs(np.diff(values, 2))) / np.sqrt(6.0))


def offset_that_explains(p: float, area: Area, rate: float) -> float:
    """Return the constant current that would look like a coefficient on one branch.

    Parameters
    ----------
    p : float
        nC cm-2 K-1, as of a plateau.
    area : Area
        Of the electrode.
    rate : float
        Nominal rate, K/s.

    Returns
    -------
    float
        pA, ``|p A r|``: with one branch only such an offset cannot be told from p.
    """
    return abs(p * area.value * rate) / _NANO * _PICO


def one_branch_verdict(p: float, area: Area, rate: float) -> str:
    """Return what a plateau from one branch is worth, in words.

    Parameters
    ----------
    p : float
        Mean of the plateau, nC cm-2 K-1.
    area : Area
        Of the electrode.
    rate : float
        Nominal rate, K/s.

    Returns
    -------
    str
    """
    offset = offset_that_explains(p, area, rate)
    return f"offset not testable: an offset of {offset:.3g} pA would explain the plateau"
