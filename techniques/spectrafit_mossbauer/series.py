"""A temperature series as one linked fit: values that follow laws, and all else free in each spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.along import Along
from spectrafit.fit.shared.curved import fit_curved
from spectrafit.fit.shared.fit_shared import fit_shared
from spectrafit.fit.shared.shared_fit import SharedFit
from spectrafit.laws import second_order_doppler
from spectrafit.lines.line import Model
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.baseline import LEVEL, baseline
from spectrafit_mossbauer.absorption.sites import Site, checked_sites, doublets
from spectrafit_mossbauer.absorption.starts import starts_of
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.common_points import on_common_points
from spectrafit_mossbauer.series_laws import SeriesLaws

__all__ = ["LinkedSeries", "fit_series"]


@dataclass(frozen=True, eq=False)
class LinkedSeries:
    """The linked fit of a series.

    Parameters
    ----------
    fit : SharedFit
        Of all spectra; its `test` says whether the laws hold.
    sites : tuple of Site
        What was fitted.
    T : ndarray, shape (N,)
        Temperatures, K.
    laws : SeriesLaws
        What was linked.
    theta : Along or None
        Chi2 along the free Debye temperature, with its interval; None where none was free.
    left_out : int
        Channels that are not in use in every spectrum, and were left out of all.
    """

    fit: SharedFit
    sites: tuple[Site, ...]
    T: FloatArray
    laws: SeriesLaws
    theta: Along | None = None
    left_out: int = 0

    @property
    def T_ref(self) -> float:
        """Temperature at which values of laws are given, K."""
        return self.laws.reference(self.T)

    @property
    def theta_open(self) -> str:
        """``"theta_open: ..."`` where an end of the Debye temperature's interval is no number."""
        if self.theta is None:
            return ""
        found = self.theta.interval
        ends = (("below", found.lower_reason), ("above", found.upper_reason))
        reasons = [f"{where}: {reason}" for where, reason in ends if reason]
        return f"theta_open {'; '.join(reasons)}" if reasons else ""

    def shift_at_reference(self, label: str = "site1") -> tuple[float, float | None]:
        """Return a site's isomer shift at T_ref where it follows a law.

        Parameters
        ----------
        label : str, optional
            Of the site.

        Returns
        -------
        value : float
            mm/s.
        sigma : float or None
            Standard error, that of a free Debye temperature included.

        Raises
        ------
        SettingsError
            When the shift is free.
        """
        own = self.fit.coefficients
        name = next((n for n in own.names if n.startswith(f"{label}.center ")), "")
        if not name:
            raise SettingsError(
                f"the shift of {label} follows no law", do='link it: {"site1.IS": "debye"}'
            )
        return own.value(name), own.sigma(name)

    def shift_without_doppler(self, label: str = "site1") -> tuple[float, float | None]:
        """Return IS0, the shift without its second-order Doppler part, ``IS(T_ref) - SOD(T_ref)``.

        With a free Debye temperature it is correlated with that to 0.999: report the value at T_ref.

        Parameters
        ----------
        label : str, optional
            Of a site with a Debye law.

        Returns
        -------
        value : float
            mm/s.
        sigma : float or None
            Standard error, that of a free Debye temperature included.

        Raises
        ------
        SettingsError
            When the shift has no Debye law.
        """
        if self.laws.kinds.get(f"{label}.IS") != "debye":
            raise SettingsError(f"the shift of {label} follows no Debye law", where="IS0")
        value, sigma = self.shift_at_reference(label)
        if label in self.laws.theta:
            known = second_order_doppler(self.T_ref, self.laws.theta[label].middle)
            return value - float(known.value), sigma
        assert self.theta is not None
        doppler = second_order_doppler(self.T_ref, self.theta.interval.best)
        own = self.fit.coefficients
        names = [n for n in own.names if n.startswith(f"{label}.center ")]
        zero = value - float(doppler.value)
        if len(names) < 2 or any(own.sigma(name) is None for name in names):
            return zero, None
        places = [own.names.index(name) for name in names]
        slopes = np.array([1.0, -float(doppler.by_theta)])
        return zero, float(np.sqrt(slopes @ own.covariance[np.ix_(places, places)] @ slopes))

    def areas(self, label: str = "site1") -> tuple[FloatArray, FloatArray]:
        """Return a site's absorption area in every spectrum.

        Parameters
        ----------
        label : str, optional
            Of the site.

        Returns
        -------
        values : ndarray, shape (N,)
            mm/s: over the level of the baseline.
        sigma : ndarray, shape (N,)
            Standard errors, those of the level included; NaN where there is none.
        """
        name = f"{label}.area"
        level, size = self.fit.value(LEVEL), self.fit.value(name)
        places = [self.fit.names.index(one) for one in (name, LEVEL)]
        slopes = np.stack([-1.0 / level, size / level**2], axis=1)
        covariance = self.fit.covariance[:, places][:, :, places]
        variance = np.einsum("na,nab,nb->n", slopes, covariance, slopes)
        known = np.isfinite(self.fit.sigma(name)) & np.isfinite(self.fit.sigma(LEVEL))
        return -size / level, np.sqrt(np.where(known, variance, np.nan))


def fit_series(
    axes: Sequence[Unfolded],
    T: ArrayLike,
    sites: Sequence[Site] | None = None,
    *,
    laws: SeriesLaws,
    level: float = 0.683,
) -> LinkedSeries:
    """Return the linked fit of all spectra of a series.

    Areas, baseline and everything without a law are free in every spectrum. Spectra on both sides of
    a step, or on heating and cooling, are fitted apart (`series_laws.regimes`).

    Parameters
    ----------
    axes : sequence of Unfolded
        Spectra of one calibration.
    T : array_like, shape (N,)
        Temperatures, K.
    sites : sequence of Site, optional
        One doublet when left out.
    laws : SeriesLaws
        What is linked.
    level : float, optional
        Confidence of the interval of a free Debye temperature.

    Returns
    -------
    LinkedSeries

    Raises
    ------
    SettingsError
        For laws that do not fit the series, temperatures that are no numbers above 0, or spectra of
        different velocity scales.
    FitError
        When nothing can be fitted.
    """
    temperature = np.asarray(T, dtype=float)
    if temperature.shape != (len(axes),) or not (temperature >= 0.0).all():
        raise SettingsError(
            f"{len(axes)} spectra and temperatures {temperature}",
            where="series",
            do="give one temperature in K for each",
        )
    checked = checked_sites(doublets(1) if sites is None else sites)
    common, left_out = on_common_points(axes)
    linear, curved = laws.of(checked, temperature)
    if not linear and curved is None:
        raise SettingsError("nothing is linked", where="series", do="fit each spectrum by itself")
    starts = [starts_of(axis, checked, 1)[0] for axis in common]
    model: Model = baseline(common[0])
    changes: dict[str, ParameterChange] = {}
    for site in checked:
        model = model + site.component
        changes |= site.changes(common[0], several=len(checked) > 1)
    problem = Problem(common[0].spectrum, model, start=starts[0], parameters=changes)
    start = {
        name: np.array([one[name] for one in starts])
        for name in starts[0]
        if name not in problem.tied
    }
    y, sigma = np.array([axis.counts for axis in common]), _sigma(common)
    counts = sigma is None and not any(axis.not_counts for axis in common)
    if curved is None:
        found = fit_shared(problem, y, linear, start=start, sigma=sigma, counts=counts)
        return LinkedSeries(found, checked, temperature, laws, None, left_out)
    name, law = curved
    profiled = fit_curved(
        problem, y, name, law, laws=linear, start=start, sigma=sigma, counts=counts, level=level
    )
    return LinkedSeries(profiled.fit, checked, temperature, laws, profiled.along, left_out)


def _sigma(axes: Sequence[Unfolded]) -> FloatArray | None:
    given = [axis.spectrum.sigma for axis in axes]
    known = [one for one in given if one is not None]
    if len(known) not in (0, len(given)):
        raise SettingsError("some spectra have errors and others have none", where="series")
    return np.array(known) if known else None
