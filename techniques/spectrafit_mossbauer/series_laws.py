"""How a value of a site runs through a temperature series: free, shared, linear or by Debye's law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.shared.curved import CurvedLaw
from spectrafit.fit.shared.law import SharedLaw, constant_law, linear_law
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.sites import Site
from spectrafit_mossbauer.debye import THETA_PLACES, ThetaRange, shift_between

__all__ = ["LawKind", "SeriesLaws", "regimes"]

LawKind = Literal["free", "shared", "linear", "debye"]

_PARAMETER = {"IS": "center", "QS": "splitting"}
_WIDTH = {"doublet": "fwhm_low", "singlet": "fwhm"}
_FREE_THETA = 3


@dataclass(frozen=True)
class SeriesLaws:
    """What is linked through a series; the rest is free in every spectrum.

    Parameters
    ----------
    kinds : mapping of str to str
        By value, like ``"site1.IS"``, ``"site1.QS"`` or ``"site1.width"``: ``"free"``, ``"shared"``,
        ``"linear"`` in T, or for an isomer shift ``"debye"``.
    theta : mapping of str to ThetaRange
        By site: a declared Debye temperature. A site of a Debye law without one has it free, one
        site at a time.
    T_ref : float or None
        Where the first coefficient of a law is the value itself, K; the middle of the range where
        None. There it is least correlated with slope and Debye temperature.
    places : array_like
        Where a free Debye temperature is looked for first, K; the ends are its bounds.
    """

    kinds: Mapping[str, LawKind] = field(default_factory=dict)
    theta: Mapping[str, ThetaRange] = field(default_factory=dict)
    T_ref: float | None = None
    places: ArrayLike = field(default=tuple(THETA_PLACES), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozen_mapping(self.kinds))
        object.__setattr__(self, "theta", frozen_mapping(self.theta))
        for name, kind in self.kinds.items():
            if kind not in get_args(LawKind):
                advice = nearest(kind, get_args(LawKind), noun="the laws")
                raise SettingsError(f"no law {kind!r}", where=name, do=advice)
            if kind == "debye" and not name.endswith(".IS"):
                raise SettingsError(
                    f"a Debye law of {name}",
                    where=name,
                    do="give it to an isomer shift; areas follow f: see debye.theta_of_areas",
                )
        if len(self.free_theta) > 1:
            raise SettingsError(
                f"free Debye temperatures of {' and '.join(self.free_theta)}",
                do="declare all but one: theta = {...}",
            )

    @property
    def free_theta(self) -> tuple[str, ...]:
        """Sites with a Debye law whose Debye temperature is not declared."""
        labels = (name.removesuffix(".IS") for name, kind in self.kinds.items() if kind == "debye")
        return tuple(label for label in labels if label not in self.theta)

    def reference(self, T: FloatArray) -> float:
        """Return the temperature at which values of laws are given.

        Parameters
        ----------
        T : ndarray, shape (N,)
            Temperatures of the series, K.

        Returns
        -------
        float
            K.
        """
        return 0.5 * float(T.min() + T.max()) if self.T_ref is None else self.T_ref

    def of(
        self, sites: tuple[Site, ...], T: FloatArray
    ) -> tuple[dict[str, SharedLaw], tuple[str, CurvedLaw] | None]:
        """Return the laws by full name of the fit's parameters.

        Parameters
        ----------
        sites : tuple of Site
            What is fitted.
        T : ndarray, shape (N,)
            Temperatures, K.

        Returns
        -------
        dict of str to SharedLaw
        tuple of (str, CurvedLaw) or None
            The shift that has a free Debye temperature.

        Raises
        ------
        SettingsError
            For a value no site has, or too few temperatures.
        """
        known = {name: full for site in sites for name, full in _values(site).items()}
        made: dict[str, SharedLaw] = {}
        curved: tuple[str, CurvedLaw] | None = None
        for name, kind in self.kinds.items():
            if name not in known:
                advice = nearest(name, known, noun="the values that can be linked")
                raise SettingsError(f"no value {name!r} in the series", do=advice)
            label = name.removesuffix(".IS")
            if kind == "debye" and label in self.theta:
                made[known[name]] = self._debye(T, self.theta[label].middle)
            elif kind == "debye":
                _enough(T, _FREE_THETA, "a free Debye temperature")
                curved = (
                    known[name],
                    CurvedLaw(lambda theta: self._debye(T, theta), "theta", "K", self.places),
                )
            elif kind == "shared":
                made[known[name]] = constant_law(T.size)
            elif kind == "linear":
                _enough(T, 2, "a slope")
                made[known[name]] = linear_law(T, at=self.reference(T), unit="K")
        return made, curved

    def _debye(self, T: FloatArray, theta: float) -> SharedLaw:
        place = self.reference(T)
        ones = np.ones((T.size, 1))
        return SharedLaw(ones, (f"at {place:g} K",), offset=shift_between(T, place, theta))


def _values(site: Site) -> dict[str, str]:
    """Return the full names of a site's parameters by the names of its values."""
    own = dict(_PARAMETER)
    if site.kind == "singlet":
        own.pop("QS")
    if site.kind == "sextet":
        own = {"IS": "center"}
    if site.shape == "lorentzian" and site.kind in _WIDTH:
        own["width"] = _WIDTH[site.kind]
    return {f"{site.label}.{name}": site.name(parameter) for name, parameter in own.items()}


def _enough(T: FloatArray, least: int, what: str) -> None:
    if np.unique(T).size < least:
        raise SettingsError(
            f"{np.unique(T).size} temperatures do not tell {what}",
            where="series",
            do=f"give {least} or more, or declare it",
        )


def regimes(T: ArrayLike, steps: ArrayLike) -> tuple[NDArray[np.intp], ...]:
    """Return which spectra lie between the steps of a series: no law runs through a step.

    Parameters
    ----------
    T : array_like, shape (N,)
        Temperatures, K.
    steps : array_like, shape (m,)
        Temperatures of the steps, K.

    Returns
    -------
    tuple of ndarray of int
        Rows of each regime that has a spectrum, cold to warm.
    """
    temperature = np.asarray(T, dtype=float)
    place = np.searchsorted(np.sort(np.asarray(steps, dtype=float)), temperature)
    return tuple(np.flatnonzero(place == which) for which in np.unique(place))
