"""Sites fitted to unfolded counts with Poisson statistics."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.lines.line import Model
from spectrafit_mossbauer.absorption.baseline import baseline
from spectrafit_mossbauer.absorption.fitted_sites import REJECTED, FittedSites
from spectrafit_mossbauer.absorption.sites import Asymmetry, Site, checked_sites, doublets
from spectrafit_mossbauer.absorption.starts import starts_of
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = [
    "REJECTED",
    "FittedSites",
    "fit_sites",
    "all_with_asymmetry",
    "fit_spectra",
    "site_stack",
    "with_asymmetry",
]

# of the distance of lines 1 and 2: a quadrupole shift beyond it is not first order
_FIRST_ORDER = 0.1
_STARTS = 8
# a start that has not arrived by then leads nowhere
_EVALUATIONS = 300


def fit_sites(
    axis: Unfolded,
    sites: Sequence[Site] = doublets(1),
    *,
    engine: str = "auto",
    thorough: bool = False,
    parameters: Mapping[str, ParameterChange] | None = None,
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
    parameters : mapping of str to ParameterChange, optional
        Starts, bounds, fixed and tied parameters by full name; they come before those of the sites.

    Returns
    -------
    FittedSites

    Raises
    ------
    FitError
        When a sextet's quadrupole shift is beyond first order.
    """
    checked = checked_sites(sites)
    asked = parameters or {}
    places = starts_of(axis, checked, _STARTS if thorough else 1)
    found = _best(axis, checked, places, engine, asked)
    if not thorough and found.is_doubtful:
        found = _best(axis, checked, starts_of(axis, checked, _STARTS), engine, asked)
    _refuse_beyond_first_order(found)
    return found


def _best(
    axis: Unfolded,
    sites: tuple[Site, ...],
    places: Sequence[Mapping[str, float]],
    engine: str,
    parameters: Mapping[str, ParameterChange],
) -> FittedSites:
    """Return the best minimum that some starts lead to."""
    stack, model = site_stack([axis] * len(places), sites, places, engine, parameters)
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
    found: dict[int, FittedSites] = {}
    for group in _groups(axes):
        some = [axes[i] for i in group]
        places = [starts_of(axis, checked, 1)[0] for axis in some]
        stack, model = site_stack(some, checked, places, engine)
        for row, i in enumerate(group):
            own = FittedSites(axes[i], checked, stack.result(row), model)
            found[i] = fit_sites(axes[i], checked, engine=engine) if own.is_doubtful else own
            _refuse_beyond_first_order(found[i])
    return tuple(found[i] for i in range(len(axes)))


def _groups(axes: Sequence[Unfolded]) -> list[list[int]]:
    """Return which spectra have one axis."""
    groups: list[list[int]] = []
    for i, axis in enumerate(axes):
        of_axis = next((group for group in groups if axes[group[0]].same_axis(axis)), None)
        if of_axis is None:
            groups.append([i])
        else:
            of_axis.append(i)
    return groups


def site_stack(
    axes: Sequence[Unfolded],
    sites: Sequence[Site],
    starts: Sequence[Mapping[str, float]],
    engine: str = "auto",
    parameters: Mapping[str, ParameterChange] | None = None,
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
    parameters : mapping of str to ParameterChange, optional
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
    asked = parameters or {}
    changes |= {name: _joined(changes.get(name), change) for name, change in asked.items()}
    known = {name: change.start for name, change in asked.items() if change.start is not None}
    places = [_inside({**one, **known}, asked, set(known)) for one in starts]
    problem = Problem(first.spectrum, model, start=places[0], parameters=changes)
    names = [name for name in places[0] if name not in problem.tied]
    given = {name: np.array([one[name] for one in places]) for name in names}
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


def _joined(own: ParameterChange | None, asked: ParameterChange) -> ParameterChange:
    """Return a site's own change with what is asked for in its place; a tie makes bounds its own."""
    if own is None or asked.equals is not None:
        return asked
    values = {
        one.name: getattr(asked, one.name)
        for one in fields(asked)
        if getattr(asked, one.name) is not None
    }
    free = {"equals": None} if {"start", "min", "max", "fixed"} & set(values) else {}
    return replace(own, **(free | values))


def _inside(
    start: Mapping[str, float], asked: Mapping[str, ParameterChange], given: Collection[str]
) -> dict[str, float]:
    """Return a start inside asked bounds; one that was given itself is left, to be refused outside."""
    moved = dict(start)
    for name, change in asked.items():
        if name in moved and name not in given:
            low = -np.inf if change.min is None else change.min
            high = np.inf if change.max is None else change.max
            moved[name] = float(np.clip(moved[name], low, high))
    return moved


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


def all_with_asymmetry(
    fits: Sequence[FittedSites], asymmetry: Asymmetry
) -> tuple[FittedSites, ...]:
    """Return `with_asymmetry` of several fits of the same sites, those of one axis in one call.

    Parameters
    ----------
    fits : sequence of FittedSites
        Constrained fits.
    asymmetry : str
        ``"texture"`` or ``"relaxation"``, of all doublets.

    Returns
    -------
    tuple of FittedSites
        In the order of the fits.
    """
    found: dict[int, FittedSites] = {}
    for group in _groups([one.axis for one in fits]):
        some = [fits[i] for i in group]
        sites = tuple(
            replace(site, asymmetry=asymmetry) if site.kind == "doublet" else site
            for site in some[0].sites
        )
        axes = [one.axis for one in some]
        stack, model = site_stack(axes, sites, [one.result.by_name for one in some])
        for row, i in enumerate(group):
            found[i] = FittedSites(axes[row], sites, stack.result(row), model)
    return tuple(found[i] for i in range(len(fits)))


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
