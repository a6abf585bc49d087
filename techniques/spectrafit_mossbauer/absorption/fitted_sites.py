"""What a fit of sites says: values in the field's terms with one covariance, and how well it fits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.result import FIXED, FitResult
from spectrafit.lines.line import Model
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.readings import Reading, readings
from spectrafit_mossbauer.absorption.sites import Site
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.drive.counting import deviance

__all__ = ["REJECTED", "FittedSites"]

REJECTED = 1e-3
"""Probability of chi2 below which a model is rejected."""


@dataclass(frozen=True, eq=False)
class FittedSites:
    """The fit of some sites to one spectrum.

    Parameters
    ----------
    axis : Unfolded
        The spectrum.
    sites : tuple of Site
        What was fitted.
    result : FitResult
        In the parameters of the lines, areas negative and in counts mm/s.
    model : Model
        Baseline and sites.
    """

    axis: Unfolded
    sites: tuple[Site, ...]
    result: FitResult
    model: Model

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Every value with its derivatives by the fit's parameters."""
        return readings(self.axis, self.sites, self.result)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the values, like ``"site1.IS"``."""
        return tuple(one.name for one in self.readings)

    @cached_property
    def covariance(self) -> FloatArray:
        """Covariance of all values, from the counts alone; rows without an error are 0."""
        size, index = len(self.result.names), {n: i for i, n in enumerate(self.result.names)}
        slopes = np.zeros((len(self.readings), size))
        for row, one in zip(slopes, self.readings, strict=True):
            if not self._reason(one):
                for name, slope in one.slopes.items():
                    row[index[name]] = slope
        return np.asarray(slopes @ self.result.covariance @ slopes.T)

    def value(self, name: str) -> float:
        """Return a value.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        float
            In the unit of its reading.
        """
        return self.readings[self._place(name)].value

    def sigma(self, name: str) -> float | None:
        """Return a standard error, None where there is a reason for its absence.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        float or None
        """
        place = self._place(name)
        if self._reason(self.readings[place]):
            return None
        return math.sqrt(self.covariance[place, place])

    def reason(self, name: str) -> str:
        """Return why a value has no error, empty where it has one.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        str
        """
        return self._reason(self.readings[self._place(name)])

    def correlation(self, one: str, other: str) -> float:
        """Return the correlation of two values.

        Parameters
        ----------
        one, other : str
            Of `names`, both with an error.

        Returns
        -------
        float
        """
        a, b = self._place(one), self._place(other)
        scale = math.sqrt(self.covariance[a, a] * self.covariance[b, b])
        return float(self.covariance[a, b] / scale) if scale else math.nan

    @cached_property
    def expected(self) -> FloatArray:
        """The model's counts at every point."""
        return self.model.evaluate(self.axis.velocity, self.result.by_name)

    @property
    def residuals(self) -> FloatArray:
        """Counts less the model in standard deviations."""
        sigma = self.axis.spectrum.sigma
        if sigma is None:
            sigma = np.sqrt(np.maximum(self.expected, 1.0))
        return np.asarray((self.axis.counts - self.expected) / sigma)

    @property
    def deviance(self) -> float:
        """Poisson's, twice the log of the likelihood ratio against a perfect model."""
        return deviance(self.axis.counts, np.maximum(self.expected, 1e-300))

    @property
    def p_value(self) -> float:
        """Probability of a chi2 at least this large if the model is true."""
        from scipy.special import chdtrc

        return float(chdtrc(self.result.nfree, self.result.chi2))

    @property
    def is_doubtful(self) -> bool:
        """Whether another start may do better: the model is rejected, or a value is on a bound."""
        return not self.result.converged or bool(self.result.at_bound) or self.p_value < REJECTED

    @property
    def total_area(self) -> tuple[float, float | None]:
        """Absorption of all sites in mm/s and its standard error."""
        rows = [i for i, one in enumerate(self.readings) if one.name.endswith(".area")]
        value = sum(self.readings[i].value for i in rows)
        if any(self._reason(self.readings[i]) for i in rows):
            return value, None
        return value, math.sqrt(float(self.covariance[np.ix_(rows, rows)].sum()))

    def _reason(self, one: Reading) -> str:
        for name, slope in one.slopes.items():
            why = self.result.sigma_reason(name)
            if why and slope != 0.0 and (why != FIXED or len(one.slopes) == 1):
                return why
        return ""

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise SettingsError(
                f"no value {name!r} in the fit", do=nearest(name, self.names, noun="the values")
            )
        return self.names.index(name)
