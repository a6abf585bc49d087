"""Simulated temperature series, currents and bond lengths of known truth, by their own numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pyro_case import AREA, joint, true_dP, true_mean
from reliability.covered import Covered, linear

from spectrafit.fit.result import FitResult
from spectrafit_magnetism.curie_weiss import curie_weiss_fit
from spectrafit_magnetism.dimer import Exchange, dimer_chiT
from spectrafit_magnetism.dimer_fit import fitted_dimer
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.peak import found_peak
from spectrafit_pyro.plateau import plateau
from spectrafit_structure.uncertainty import Measured, difference, weighted_mean

# fixed before looking
CURIE_STATE, DIMER_STATE, PYRO_STATE, BONDS_STATE = 20_511, 20_512, 20_513, 20_514
_CURIE = {"C": 4.375, "theta": -6.0, "tip": 0.0}


def _of_results(
    where: tuple[str, str, str], results: list[FitResult], prefix: str, truth: Mapping[str, float]
) -> list[Covered]:
    rows = []
    for name, true in truth.items():
        full = f"{prefix}.{name}"
        errors = [one.sigma(full) for one in results]
        sigma = np.array([np.nan if one is None else one for one in errors])
        value = np.array([one.value(full) for one in results])
        rows.append(linear((*where, name), value, sigma, true))
    return rows


def curie_rows(noise: float, count: int) -> list[Covered]:
    """Return the coverage of C and theta of a Curie-Weiss law; noise as a share of chi."""
    rng = np.random.default_rng([CURIE_STATE, int(1e4 * noise)])
    T = np.linspace(80.0, 300.0, 45)
    chi = _CURIE["C"] / (T - _CURIE["theta"])
    results = []
    for _ in range(count):
        drawn = chi * (1.0 + noise * rng.standard_normal(T.size))
        found = curie_weiss_fit(T, drawn, (80.0, 300.0), sigma=noise * chi).weighted
        assert found is not None
        results.append(found)
    where = ("magnetism", "strong" if noise < 0.01 else "weak", f"{100 * noise:g} % of chi")
    return _of_results(where, results, "curie_weiss", {"C": _CURIE["C"], "theta": _CURIE["theta"]})


def dimer_rows(noise: float, count: int) -> list[Covered]:
    """Return the coverage of g and J of a pair of spins 5/2 and 1/2; noise of chi T, cm3 K/mol."""
    rng = np.random.default_rng([DIMER_STATE, int(1e4 * noise)])
    T = np.linspace(10.0, 300.0, 40)
    clean = dimer_chiT(T, 2.5, 0.5, Exchange(-60.0), g=2.05)
    sigma = np.full(T.size, noise)
    results = [
        fitted_dimer(T, clean + rng.normal(0.0, noise, T.size), 2.5, 0.5, sigma=sigma).result
        for _ in range(count)
    ]
    where = ("magnetism", "strong" if noise < 0.05 else "weak", f"{noise:g} cm3 K/mol")
    return _of_results(where, results, "dimer", {"g": 2.05, "J": -60.0})


def pyro_rows(share: float, count: int) -> list[Covered]:
    """Return the coverage of plateau and peak area of a curve of p; noise as a share of the plateau."""
    rng = np.random.default_rng([PYRO_STATE, int(1e4 * share)])
    T = np.arange(40.0, 299.0)
    line = 3.8 - 0.002 * (T - 120.0)
    peak = 25.0 * np.exp(-4.0 * np.log(2.0) * ((T - 90.0) / 9.0) ** 2)
    sigma = np.full(T.size, 3.8 * share)
    inside = (T >= 70.0) & (T <= 110.0)
    truth = {
        "plateau": float(line[T >= 120.0].mean()),
        "slope of the plateau": -0.002,
        "area under the peak": 1e-3 * float(np.trapezoid((line + peak)[inside], T[inside])),
    }
    value, error = np.empty((2, count, 3))
    for i in range(count):
        drawn = line + peak + sigma * rng.standard_normal(T.size)
        found = Coefficient(T, drawn, sigma, AREA, 1)
        flat, area = plateau(found, 120.0, 298.0), found_peak(found).fixed_area
        value[i] = flat.mean, flat.slope, area.total
        error[i] = flat.mean_sigma, flat.slope_sigma, area.sigma
    where = ("pyro", "strong" if share < 0.1 else "weak", f"{100 * share:g} % of the plateau")
    return [
        linear((*where, name), value[:, k], error[:, k], true)
        for k, (name, true) in enumerate(truth.items())
    ]


def run_rows(count: int) -> list[Covered]:
    """Return the coverage of plateau and area of whole logs, up and down, in bins of 1 K."""
    truth = {"plateau": true_mean(119.5, 298.5), "area under the peak": true_dP(70.0, 110.0)}
    value, error = np.empty((2, count, 2))
    for i in range(count):
        found = joint(seed=20_000 + i, offset=0.3).coefficient
        flat, area = plateau(found, 120.0, 298.0), found_peak(found).fixed_area
        value[i], error[i] = (flat.mean, area.total), (flat.mean_sigma, area.sigma)
    where = ("pyro", "strong", "whole log, antisymmetrised")
    return [
        linear((*where, name), value[:, k], error[:, k], true)
        for k, (name, true) in enumerate(truth.items())
    ]


def bond_rows(su: float, count: int) -> list[Covered]:
    """Return the coverage of the weighted mean of six lengths, and of its change; su in Å."""
    rng = np.random.default_rng([BONDS_STATE, int(1e5 * su)])
    spread = su * np.array([0.7, 0.8, 1.0, 1.0, 1.2, 1.5])
    mean, mean_su, change, change_su = np.empty((4, count))
    for i in range(count):
        shells = [
            weighted_mean(
                [Measured(float(v), float(s)) for v, s in zip(drawn, spread, strict=True)]
            )
            for drawn in (true + spread * rng.standard_normal(6) for true in (2.0, 2.1))
        ]
        moved = difference(shells[1].mean, shells[0].mean)
        mean[i], mean_su[i] = shells[0].mean.value, shells[0].mean.su or np.nan
        change[i], change_su[i] = moved.value, moved.su or np.nan
    where = ("structure", "strong", f"s.u. {su:g} A")
    return [
        linear((*where, "weighted mean of 6"), mean, mean_su, 2.0),
        linear((*where, "change of the mean"), change, change_su, 0.1),
    ]


def number_rows(count: int) -> list[Covered]:
    """Return every regime of magnetism, pyroelectricity and structure; the dear ones with fewer."""
    rows = [*curie_rows(0.004, max(200, count // 2)), *curie_rows(0.05, max(200, count // 2))]
    rows += [*dimer_rows(0.01, count // 10), *dimer_rows(0.1, count // 10)]
    rows += [*pyro_rows(0.01, count), *pyro_rows(0.2, count), *run_rows(count // 25)]
    return rows + bond_rows(0.003, count)
