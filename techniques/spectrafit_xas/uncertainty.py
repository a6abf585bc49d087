"""From the covariance of a fit to the errors of what is read off it, source by source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.fit.problem import ParameterChange
from spectrafit.fit.result import FIXED, Flag
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.areas import preedge_numbers
from spectrafit_xas.peak_count import peak_faults
from spectrafit_xas.preedge import PreedgeFit, fitted_preedge
from spectrafit_xas.settings import XanesSettings

__all__ = [
    "MethodSpread",
    "NumberErrors",
    "method_spread",
    "number_errors",
    "with_over_absorption",
]

OTHER_BACKGROUNDS = (
    "line+lorentzian",
    "constant+arctan",
    "constant+erf",
    "constant+exponential",
    "line+exponential",
)
RMS_LIMIT = 1.3
MISFIT_P = 0.01


@dataclass(frozen=True, eq=False)
class MethodSpread:
    """The same peaks over other forms of the rising edge and in other windows.

    Parameters
    ----------
    names : tuple of str
        What is read off each fit.
    kept : mapping of str to ndarray
        Numbers by member, the chosen one first, for the members that fit as well.
    left_out : mapping of str to str
        Member to the reason it does not count.
    """

    names: tuple[str, ...]
    kept: Mapping[str, FloatArray]
    left_out: Mapping[str, str]

    @property
    def covariance(self) -> FloatArray:
        """Mean square distance of the other kept members from the chosen one."""
        size = len(self.names)
        if len(self.kept) < 2:
            return np.zeros((size, size))
        chosen, *others = self.kept.values()
        distance = np.array(others) - chosen
        return np.asarray(distance.T @ distance / len(others), dtype=np.float64)


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
        Covariance by source: ``statistics``, ``edge step``, ``calibration``,
        ``background and window``.
    reasons : mapping of str to str
        Names that have no error, and why.
    misfit_factor : float
        What the statistical errors were multiplied by, 1 where the model fits within the noise.
    """

    names: tuple[str, ...]
    values: FloatArray
    parts: Mapping[str, FloatArray]
    reasons: Mapping[str, str]
    misfit_factor: float

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
        rows = {source: float(np.sqrt(part[i, i])) for source, part in self.parts.items()}
        return {source: sigma for source, sigma in rows.items() if sigma > 0}


def method_spread(
    normalised: Spectrum,
    found: PreedgeFit,
    settings: XanesSettings,
    window_eV: tuple[float, float],
    reference_eV: float,
    parameters: Mapping[str, ParameterChange] | None = None,
) -> MethodSpread:
    """Return what other forms of the rising edge and other windows make of the same peaks.

    Five forms in three windows: the whole, without its first and without its last twentieth. A member
    counts when every peak stands and its rms residual is at most 1.3 times the best of its own
    window.

    Parameters
    ----------
    normalised : Spectrum
        The points of the window, as they were fitted.
    found : PreedgeFit
        The chosen fit.
    settings : XanesSettings
        Shape and bounds.
    window_eV : tuple of float
        Fit window; areas are taken over the whole of it in every member.
    reference_eV : float
        For the first moment.
    parameters : mapping, optional
        What the user changes; changes of the background are left out, since its form differs.

    Returns
    -------
    MethodSpread
    """
    centers = [found.values[f"{name}.center"] for name in found.peaks]
    user = {name: c for name, c in (parameters or {}).items() if name.startswith("peak")}
    chosen = preedge_numbers(found.model, found.peaks, found.values, window_eV, reference_eV)
    names = tuple(chosen)
    kept = {f"{found.background}, chosen": np.array(list(chosen.values()))}
    left_out: dict[str, str] = {}
    forms = (found.background, *(f for f in OTHER_BACKGROUNDS if f != found.background))
    for words, window in _windows(window_eV).items():
        region = normalised.window(*window)
        members = {
            form: found
            if form == found.background and window == window_eV
            else fitted_preedge(
                region,
                settings,
                len(centers),
                form,
                window,
                starts=[centers],
                parameters=user,
                edge_starts=1,
            )
            for form in forms
        }
        best = min(member.rms for member in members.values())
        for form, member in members.items():
            if member is found:
                continue
            faults = peak_faults(member)
            if member.rms > RMS_LIMIT * best:
                left_out[f"{form}, {words}"] = f"rms residual {member.rms / best:.2f} x the best"
            elif faults:
                left_out[f"{form}, {words}"] = "; ".join(faults)
            else:
                numbers = preedge_numbers(
                    member.model, member.peaks, member.values, window_eV, reference_eV
                )
                kept[f"{form}, {words}"] = np.array([numbers[name] for name in names])
    return MethodSpread(names, kept, left_out)


def _windows(window_eV: tuple[float, float]) -> dict[str, tuple[float, float]]:
    low, high = window_eV
    twentieth = (high - low) / 20.0
    return {
        "whole window": window_eV,
        "without the first twentieth": (low + twentieth, high),
        "without the last twentieth": (low, high - twentieth),
    }


def number_errors(
    found: PreedgeFit,
    window_eV: tuple[float, float],
    reference_eV: float,
    *,
    step_share: float | None,
    calibration_sigma_eV: float,
    spread: MethodSpread | None,
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
    spread : MethodSpread or None
        Other forms of the rising edge and other windows.

    Returns
    -------
    NumberErrors

    Notes
    -----
    Statistics are propagated linearly from the covariance of the fit. Where the residual exceeds
    the noise (p < 0.01) they are multiplied by the square root of reduced chi2, the scale factor
    of the Particle Data Group.
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
        gradient[:, i] = [(up[name] - down[name]) / (2 * step) for name in names]
    statistics = gradient @ result.covariance @ gradient.T
    factor = 1.0
    known = found.spectrum.sigma is not None
    if known and chdtrc(result.nfree, result.chi2) < MISFIT_P:
        factor = float(np.sqrt(result.redchi))
    vector = np.array([centre[name] for name in names])
    scaled = np.array([_is_area(name) for name in names]) * vector * (step_share or 0.0)
    shifted = np.array([_is_energy(name) for name in names]) * calibration_sigma_eV
    total_area = centre["area_analytic"]
    shifted[names.index("moment")] = total_area * calibration_sigma_eV
    parts = {
        "statistics": factor**2 * statistics,
        "edge step": np.outer(scaled, scaled),
        "calibration": np.outer(shifted, shifted),
    }
    if spread is not None and len(spread.kept) > 1:
        parts["background and window"] = spread.covariance
    return NumberErrors(names, vector, parts, _reasons(found, names, gradient), factor)


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
