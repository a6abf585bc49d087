"""From the covariance of a fit to the errors of what is read off it, source by source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from spectrafit.fit.ensemble import Ensemble
from spectrafit.fit.result import FIXED, Flag
from spectrafit.fit.spread import STATISTICS
from spectrafit.spectrum import FloatArray
from spectrafit_xas.preedge.areas import preedge_numbers
from spectrafit_xas.preedge.ensemble import MISFIT_P, PreedgeEnsemble
from spectrafit_xas.preedge.model import PreedgeFit

__all__ = [
    "NumberErrors",
    "number_errors",
    "with_over_absorption",
]

CHOICES = "choices"


@dataclass(frozen=True, eq=False)
class NumberErrors:
    """Numbers read off a fit, with their covariance by source of error.

    Parameters
    ----------
    names : tuple of str
        What is read off.
    values : ndarray, shape (k,)
        In the unit of each.
    parts : mapping of str to ndarray, shape (k, k)
        Covariance by source: ``statistics``, ``edge step``, ``calibration``, and ``choices``
        (between the members of the ensemble).
    reasons : mapping of str to str
        Names that have no error, and why.
    misfit_factor : float
        What the statistical errors were multiplied by, 1 where the model fits within the noise.
    choices : mapping of str to mapping of str to float
        By number, the standard deviation that each choice of the ensemble makes; their squares add
        up to the number's variance in ``choices``.
    """

    names: tuple[str, ...]
    values: FloatArray
    parts: Mapping[str, FloatArray]
    reasons: Mapping[str, str]
    misfit_factor: float
    choices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def covariance(self) -> FloatArray:
        """Sum over the sources."""
        return np.asarray(sum(self.parts.values()), dtype=np.float64)

    def budget(self, name: str) -> dict[str, float]:
        """Return the standard uncertainty of one number by source.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        dict of str to float
            Sources that contribute nothing are left out.
        """
        i = self.names.index(name)
        rows = {
            source: float(np.sqrt(part[i, i]))
            for source, part in self.parts.items()
            if source != CHOICES
        }
        rows |= self.choices.get(name, {})
        return {source: sigma for source, sigma in rows.items() if sigma > 0}


def number_errors(
    found: PreedgeFit,
    window_eV: tuple[float, float],
    reference_eV: float,
    *,
    step_share: float | None,
    calibration_sigma_eV: float,
    spread: PreedgeEnsemble | None,
) -> NumberErrors:
    """Return the numbers of a fit with their covariance by source of error.

    Parameters
    ----------
    found : PreedgeFit
        The chosen fit.
    window_eV : tuple of float
        Of the trapezoid.
    reference_eV : float
        For the first moment.
    step_share : float or None
        Relative standard uncertainty of the edge step; it multiplies every area.
    calibration_sigma_eV : float
        Standard uncertainty of the energy axis, common to all energies.
    spread : PreedgeEnsemble or None
        Values are then its weighted means, and its statistics those of its members.

    Returns
    -------
    NumberErrors

    Notes
    -----
    Statistics are propagated linearly from the covariance of the fit. Where the residual exceeds
    the noise (p < 0.01) they are multiplied by the square root of reduced chi2, the scale factor
    of the Particle Data Group. Between members of an ensemble variances add to the mean of theirs
    (law of total variance).
    """
    from scipy.special import chdtrc

    result = found.result
    values = found.values

    def numbers(point: Mapping[str, float]) -> dict[str, float]:
        return preedge_numbers(found.model, found.peaks, point, window_eV, reference_eV)

    centre = numbers(values)
    names = tuple(centre)
    gradient = np.zeros((len(names), len(result.names)))
    for i, variance in enumerate(np.diag(result.covariance)):
        felt = result.names[i].partition(".")[0] in found.peaks
        if result.reasons[i] == FIXED or not felt:
            continue
        size = float(np.sqrt(variance)) or max(abs(values[result.names[i]]), 1e-3)
        step = 1e-3 * size
        up = numbers({**values, result.names[i]: values[result.names[i]] + step})
        down = numbers({**values, result.names[i]: values[result.names[i]] - step})
        # without a peak, whose height the step took away, there is no ratio
        gradient[:, i] = [
            (up[name] - down[name]) / (2 * step)
            if name in down
            else (up[name] - centre[name]) / step
            for name in names
        ]
    statistics = gradient @ result.covariance @ gradient.T
    factor = 1.0
    known = found.spectrum.sigma is not None
    if known and chdtrc(result.nfree, result.chi2) < MISFIT_P:
        factor = float(np.sqrt(result.redchi))
    parts = {STATISTICS: factor**2 * statistics}
    reasons = _reasons(found, names, gradient)
    vector = np.array([centre[name] for name in names])
    choices: dict[str, dict[str, float]] = {}
    if spread is not None and spread.found is not None:
        names = tuple(spread.found.estimates)
        vector = np.array([one.value for one in spread.found.estimates.values()])
        parts, choices, reasons = *_ensemble_parts(spread.found), {}
    scaled = np.array([_is_area(name) for name in names]) * vector * (step_share or 0.0)
    shifted = np.array([_is_energy(name) for name in names]) * calibration_sigma_eV
    total_area = float(vector[names.index("area_analytic")])
    shifted[names.index("moment")] = total_area * calibration_sigma_eV
    parts["edge step"] = np.outer(scaled, scaled)
    parts["calibration"] = np.outer(shifted, shifted)
    return NumberErrors(names, vector, parts, reasons, factor, choices)


def _ensemble_parts(
    found: Ensemble,
) -> tuple[dict[str, FloatArray], dict[str, dict[str, float]]]:
    """Return the covariance inside and between members, and what each choice makes of the latter.

    A number that a member does not have is left out of its sums; the others are scaled so that each
    variance is that over the members that have it.
    """
    estimates = found.estimates
    kept = found.kept
    weights = np.array([one.weight for one in kept])
    values = np.array([one.values for one in kept])[:, _places(found)]
    there = np.isfinite(values)
    share = 1.0 / np.sqrt(weights @ there)
    centre = np.array([one.value for one in estimates.values()])
    apart = np.where(there, values - centre, 0.0) * share
    between = apart.T @ (weights[:, None] * apart)
    each = np.array([one.covariance for one in kept])[:, _places(found)][:, :, _places(found)]
    inside = np.einsum("m,mkl->kl", weights, each) * np.outer(share, share)
    own = {
        name: {source: sigma for source, sigma in one.budget.items() if source != STATISTICS}
        for name, one in estimates.items()
    }
    return {STATISTICS: inside, CHOICES: between}, own


def _places(found: Ensemble) -> list[int]:
    """Return the places of the estimates among the quantities: some quantities no member has."""
    return [found.quantities.index(name) for name in found.estimates]


def with_over_absorption(errors: NumberErrors, share: float) -> NumberErrors:
    """Return the errors with that of a correction for over-absorption among their sources.

    Parameters
    ----------
    errors : NumberErrors
        Of the corrected spectrum.
    share : float
        Relative standard uncertainty that the correction gives every area.

    Returns
    -------
    NumberErrors
    """
    scaled = np.array([_is_area(name) for name in errors.names]) * errors.values * share
    return replace(errors, parts={**errors.parts, "over-absorption": np.outer(scaled, scaled)})


def _is_area(name: str) -> bool:
    return name.startswith("area") or name.endswith(".area") or name == "moment"


def _is_energy(name: str) -> bool:
    return name == "centroid" or name.endswith(".energy")


def _reasons(found: PreedgeFit, names: Sequence[str], gradient: FloatArray) -> dict[str, str]:
    """Return the numbers that rest on a parameter without an error, and why.

    What depends on a parameter that the fit does not determine has no error at all; a parameter
    held on its bound takes the error of its own number only, the others being those with it held.
    """
    result = found.result
    reasons: dict[str, str] = {}
    for i, name in enumerate(result.names):
        reason = result.reasons[i]
        if reason in ("", FIXED):
            continue
        if reason == Flag.AT_BOUND:
            component, _, short = name.partition(".")
            own = {"center": "energy", "fwhm": "fwhm"}.get(short, "area")
            felt = [f"{component}.{own}"] if component in found.peaks else []
        else:
            felt = [names[int(k)] for k in np.flatnonzero(gradient[:, i])]
        for number in felt:
            reasons.setdefault(number, f"{name}: {reason}")
    return {number: reason for number, reason in reasons.items() if number in names}
