"""Sites fitted to unfolded counts with Poisson statistics, and what the fit says with one covariance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FIXED, FitResult
from spectrafit.lines.line import Model
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.baseline import baseline
from spectrafit_mossbauer.absorption.readings import Reading, readings
from spectrafit_mossbauer.absorption.sites import Asymmetry, Site, checked_sites, doublets
from spectrafit_mossbauer.absorption.starts import starts_of
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.drive.counting import deviance

__all__ = ["REJECTED", "FittedSites", "fit_sites", "fit_spectra", "site_stack", "with_asymmetry"]

# of the distance of lines 1 and 2: a quadrupole shift beyond it is not first order
_FIRST_ORDER = 0.1
_STARTS = 8
# a start that has not arrived by then leads nowhere
_EVALUATIONS = 300
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


def fit_sites(
    axis: Unfolded,
    sites: Sequence[Site] = doublets(1),
    *,
    engine: str = "auto",
    thorough: bool = False,
) -> FittedSites:
    """Return the fit of some sites to one spectrum.

    It starts at the best place of the grid; where the model is rejected from there, or a value ends on
    a bound, at all eight.

    Parameters
    ----------
    axis : Unfolded
        The spectrum, both branches as counted.
    sites : sequence of Site, optional
        One doublet when left out.
    engine : str, optional
        As in `spectrafit.fit.many.fit_many`; ``"auto"`` is the batch engine.
    thorough : bool, optional
        All eight starts in any case.

    Returns
    -------
    FittedSites

    Raises
    ------
    FitError
        When a sextet's quadrupole shift is beyond first order.
    """
    checked = checked_sites(sites)
    places = starts_of(axis, checked, _STARTS)
    found = _best(axis, checked, places if thorough else places[:1], engine)
    if not thorough and found.is_doubtful and len(places) > 1:
        found = _best(axis, checked, places, engine)
    _refuse_beyond_first_order(found)
    return found


def _best(
    axis: Unfolded, sites: tuple[Site, ...], places: Sequence[Mapping[str, float]], engine: str
) -> FittedSites:
    """Return the best minimum that some starts lead to."""
    stack, model = site_stack([axis] * len(places), sites, places, engine)
    usable = np.where(stack.converged, stack.chi2, np.inf)
    best = int(np.argmin(usable if np.isfinite(usable).any() else stack.chi2))
    return FittedSites(axis, sites, stack.result(best), model)


def fit_spectra(
    axes: Sequence[Unfolded], sites: Sequence[Site] = doublets(1), *, engine: str = "auto"
) -> tuple[FittedSites, ...]:
    """Return the fits of the same sites to several spectra, those of one axis in one call.

    Parameters
    ----------
    axes : sequence of Unfolded
        The spectra.
    sites : sequence of Site, optional
        One doublet when left out.
    engine : str, optional
        As in `fit_sites`.

    Returns
    -------
    tuple of FittedSites
        In the order of the spectra.

    Raises
    ------
    FitError
        When a sextet's quadrupole shift is beyond first order.
    """
    checked = checked_sites(sites)
    groups: list[list[int]] = []
    for i, axis in enumerate(axes):
        of_axis = next((group for group in groups if axes[group[0]].same_axis(axis)), None)
        if of_axis is None:
            groups.append([i])
        else:
            of_axis.append(i)
    found: dict[int, FittedSites] = {}
    for group in groups:
        some = [axes[i] for i in group]
        places = [starts_of(axis, checked, 1)[0] for axis in some]
        stack, model = site_stack(some, checked, places, engine)
        for row, i in enumerate(group):
            own = FittedSites(axes[i], checked, stack.result(row), model)
            found[i] = fit_sites(axes[i], checked, engine=engine) if own.is_doubtful else own
            _refuse_beyond_first_order(found[i])
    return tuple(found[i] for i in range(len(axes)))


def site_stack(
    axes: Sequence[Unfolded],
    sites: Sequence[Site],
    starts: Sequence[Mapping[str, float]],
    engine: str = "auto",
) -> tuple[FitStack, Model]:
    """Return the fits of spectra on one axis from given starts, in one call.

    Parameters
    ----------
    axes : sequence of Unfolded
        On the same axis; the same spectrum may come several times.
    sites : sequence of Site
        What is fitted.
    starts : sequence of mapping of str to float
        One each, by full parameter name.
    engine : str, optional
        As in `fit_sites`.

    Returns
    -------
    FitStack
        One row a start.
    Model
        Baseline and sites.
    """
    first = axes[0]
    model = baseline(first)
    changes: dict[str, ParameterChange] = {}
    for site in sites:
        model = model + site.component
        changes |= site.changes(first, several=len(sites) > 1)
    problem = Problem(first.spectrum, model, start=starts[0], parameters=changes)
    names = [name for name in starts[0] if name not in problem.tied]
    given = {name: np.array([one[name] for one in starts]) for name in names}
    sigma = None
    if first.spectrum.sigma is not None:
        sigma = np.array([axis.spectrum.sigma for axis in axes])
    stack = fit_many(
        problem,
        np.array([axis.counts for axis in axes]),
        start=given,
        sigma=sigma,
        counts=sigma is None,
        restarts=0,
        max_evaluations=_EVALUATIONS,
        engine="batch" if engine == "auto" else engine,
    )
    return stack, model


def with_asymmetry(fitted: FittedSites, asymmetry: Asymmetry, label: str = "") -> FittedSites:
    """Return the fit with free areas or free widths of the doublets, beside the constrained one.

    Parameters
    ----------
    fitted : FittedSites
        The constrained fit, from whose minimum this starts.
    asymmetry : str
        ``"texture"`` or ``"relaxation"``.
    label : str, optional
        Of the one doublet that may be asymmetric; all when left out.

    Returns
    -------
    FittedSites
    """
    sites = tuple(
        replace(site, asymmetry=asymmetry)
        if site.kind == "doublet" and label in ("", site.label)
        else site
        for site in fitted.sites
    )
    stack, model = site_stack([fitted.axis], sites, [fitted.result.by_name])
    return FittedSites(fitted.axis, sites, stack.result(0), model)


def _refuse_beyond_first_order(fitted: FittedSites) -> None:
    result = fitted.result
    for site in fitted.sites:
        if site.kind == "sextet":
            distance = result.value(site.name("spacing")) * result.value(site.name("splitting"))
            half = 0.5 * abs(result.value(site.name("shift")))
            if half > _FIRST_ORDER * distance:
                raise FitError(
                    f"{site.label} has |q|/2 = {half:.3g} mm/s, lines 1 and 2 are {distance:.3g} "
                    "mm/s apart: full Hamiltonian needed, not offered",
                    where=fitted.axis.source_name,
                    do="a doublet, or a program with the full Hamiltonian",
                )
