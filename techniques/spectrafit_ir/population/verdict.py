"""Whether the bands of a regime tell the enthalpy of a two-state equilibrium, and what they tell else.

Fitted always twice, with constant and with linear end members: bands drift with temperature
without any equilibrium, and a narrow window cannot tell such a drift from a population.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.problem import Noise
from spectrafit.rounding import number_text
from spectrafit_ir.population.anchors import Anchor
from spectrafit_ir.population.band_series import BandSeries, within_one_regime
from spectrafit_ir.population.end_members import FREE_ENDS, BandEnds
from spectrafit_ir.population.profile_dh import DHProfile, dH_places, profile_dH
from spectrafit_ir.population.van_t_hoff import TwoStateProblem, two_state_problem

__all__ = ["REJECTED", "VantHoff", "Verdict", "interval_text", "van_t_hoff"]

# upper over lower end of the interval of dH, above which it is not told
_WIDEST = 2.0
REJECTED = 1e-3
"""Probability of chi2 below which a law counts as rejected."""
# of the warmest temperature
_FAR = 10.0


class Verdict(StrEnum):
    """What the bands say of dH."""

    IDENTIFIED = "identified"
    IF_ENDS_CONSTANT = "identified_if_ends_constant"
    BOUNDED = "bounded"
    NOT_IDENTIFIED = "not_identified"


@dataclass(frozen=True, eq=False)
class VantHoff:
    """A two-state analysis with its verdict.

    Parameters
    ----------
    verdict : Verdict
        ``identified``: closed, upper end below twice the lower, T_half inside the window, the law
        not rejected, with constant and with linear ends; ``identified_if_ends_constant``: with
        constant ends only; ``bounded``: an end of the interval holds in every fit that is not
        rejected; ``not_identified``.
    side : str
        Of a bound: ``"lower"``, ``"upper"``, ``"both"``; empty for other verdicts.
    bounds : (float or None, float or None)
        Outermost ends of the fits that are not rejected, J/mol; None where one of them has none.
    constant : DHProfile
        With the ends constant where nothing else is declared.
    linear : DHProfile or None
        With them linear in T.
    linear_reason : str
        Why there is none.
    anchors : tuple of str
        What was taken from elsewhere, each in words.
    misfit : tuple of str
        Which fits the data reject, in words; or that this was not tested.
    reasons : tuple of str
        Why the verdict is not ``identified``.
    series : BandSeries
        What was fitted, the error of the scale in its covariance.
    held : tuple of str
        End members that the data do not reject, ``constant`` and ``linear``: the bounds are theirs.
    """

    verdict: Verdict
    side: str
    bounds: tuple[float | None, float | None]
    constant: DHProfile
    linear: DHProfile | None
    linear_reason: str
    anchors: tuple[str, ...]
    misfit: tuple[str, ...]
    reasons: tuple[str, ...]
    series: BandSeries

    held: tuple[str, ...]

    @property
    def best(self) -> DHProfile:
        """The profile of the simplest end members that the data do not reject; else of constant ones."""
        if self.linear is not None and self.held == ("linear",):
            return self.linear
        return self.constant

    @property
    def headline(self) -> bool:
        """Whether dH may stand as a result by itself; else the result is f up to an affine map."""
        return self.verdict is Verdict.IDENTIFIED

    @property
    def sentence(self) -> str:
        """Verdict, dH never without its interval, anchors, and what does not fit."""
        parts = [f"van 't Hoff: {self.verdict.value}"]
        if self.side:
            parts[0] += f" ({self.side} side)" if self.side != "both" else " (both sides)"
        parts.append(f"dH {interval_text(self.constant)} with constant end members")
        if self.linear is None:
            parts.append(f"no fit with linear end members ({self.linear_reason})")
        else:
            parts.append(f"dH {interval_text(self.linear)} with linear end members")
        parts += self.reasons + self.misfit
        parts.append("anchors: " + (", ".join(self.anchors) if self.anchors else "none"))
        if not self.headline:
            parts.append("what the bands give is f(T) up to an affine map")
        return "; ".join(parts)


def interval_text(profile: DHProfile) -> str:
    """Return the interval of dH in words, kJ/mol.

    Parameters
    ----------
    profile : DHProfile

    Returns
    -------
    str
        Both ends, or which is open.
    """
    lower, upper = profile.interval.lower, profile.interval.upper
    if lower is not None and upper is not None:
        return f"{_kJ(lower)} to {_kJ(upper)} kJ/mol (95 %, best {_kJ(profile.interval.best)})"
    if lower is not None:
        return f"above {_kJ(lower)} kJ/mol (95 %, open upwards)"
    if upper is not None:
        return f"below {_kJ(upper)} kJ/mol (95 %, open downwards)"
    return "open on both sides"


def van_t_hoff(
    series: BandSeries,
    ends: BandEnds | Sequence[BandEnds] = FREE_ENDS,
    *,
    anchors: Sequence[Anchor] = (),
    brackets: Sequence[tuple[float, float]] = (),
    scale_sigma: float = 0.0,
    noise: Noise = "known",
) -> VantHoff:
    """Return the two-state analysis of the bands of one regime, with its verdict.

    Parameters
    ----------
    series : BandSeries
        Signals with their errors; one dH and T_half hold for all bands.
    ends : BandEnds or sequence of BandEnds, optional
        What is known of the end members, of all bands or one a band; free unless told.
    anchors : sequence of KnownPopulation or KnownEntropy, optional
        What else is known.
    brackets : sequence of (float, float), optional
        Of the steps found in the series, K.
    scale_sigma : float, optional
        Relative standard uncertainty of the scale that the bands of a row share.
    noise : str, optional
        ``"known"``, or ``"estimated"`` where the errors are relative only: then no misfit of the
        law itself can be seen.

    Returns
    -------
    VantHoff

    Raises
    ------
    SettingsError
        Fewer than five temperatures, a step inside the window, a scale error below 0.
    FitError
        When the fit with constant ends has more unknowns than values.
    """
    within_one_regime(series.T, brackets)
    if not (math.isfinite(scale_sigma) and scale_sigma >= 0.0):
        raise SettingsError(f"the uncertainty of the scale is {scale_sigma}", do="give 0 or more")
    constant = two_state_problem(series, ends, anchors=anchors)
    try:
        linear, linear_reason = two_state_problem(series, ends, anchors=anchors, drift=True), ""
    except FitError as failure:
        linear, linear_reason = None, failure.what
    if scale_sigma > 0.0:
        series = _with_scale(constant if linear is None else linear, scale_sigma)
        constant = two_state_problem(series, ends, anchors=anchors)
        if linear is not None:
            linear = two_state_problem(series, ends, anchors=anchors, drift=True)
    first = profile_dH(constant, noise=noise)
    second = None if linear is None else profile_dH(linear, noise=noise)
    named = [
        text
        for band, pair in zip(series.names, constant.ends, strict=True)
        for text in pair.anchors(band)
    ] + [anchor.text for anchor in anchors]
    return _judged(first, second, linear_reason, tuple(named), series)


def _with_scale(problem: TwoStateProblem, sigma: float) -> BandSeries:
    """Return the series with the error of its scale taken from fitted signals."""
    bare, expected = problem.series, problem.series.values
    dH = dH_places(bare.T)
    for _ in range(2):
        weighted = bare.with_scale_error(sigma, expected)
        trial = TwoStateProblem(weighted, problem.ends, problem.anchors, problem.drift)
        found = trial.least(dH)
        best = int(np.argmin(found.chi2))
        expected = trial.signals(float(dH[best]), float(found.T_half[best]))
    return bare.with_scale_error(sigma, expected)


def _judged(
    constant: DHProfile,
    linear: DHProfile | None,
    linear_reason: str,
    anchors: tuple[str, ...],
    series: BandSeries,
) -> VantHoff:
    drifts = _drift_text(constant, linear)
    rejected = [_rejection_text(constant, "constant"), _rejection_text(linear, "linear")]
    misfit = tuple(text for text in (drifts, *rejected) if text)
    if constant.p_value is None:
        misfit = ("the law itself was not tested: its errors come from this fit",)
    held = [
        (name, profile)
        for name, profile, out in (
            ("constant", constant, rejected[0] or drifts),
            ("linear", linear, rejected[1]),
        )
        if profile is not None and not out
    ]
    faults = {name: _fault(profile) for name, profile in held}
    reasons = tuple(f"with {name} ends {fault}" for name, fault in faults.items() if fault)
    bounds = (
        _outermost([profile.interval.lower for _, profile in held], -1),
        _outermost([profile.interval.upper for _, profile in held], 1),
    )
    if linear_reason:
        bounds = (None, None)
    verdict, side = Verdict.NOT_IDENTIFIED, ""
    if faults.get("constant") == "":
        tight = faults.get("linear") == ""
        verdict = Verdict.IDENTIFIED if tight else Verdict.IF_ENDS_CONSTANT
    elif bounds != (None, None):
        verdict = Verdict.BOUNDED
        side = "upper" if bounds[0] is None else "lower" if bounds[1] is None else "both"
    return VantHoff(
        verdict, side, bounds, constant, linear, linear_reason, anchors, misfit, reasons, series,
        tuple(name for name, _ in held),
    )  # fmt: skip


def _outermost(ends: list[float | None], side: int) -> float | None:
    numbers = [side * end for end in ends if end is not None]
    return side * max(numbers) if numbers and len(numbers) == len(ends) else None


def _fault(profile: DHProfile) -> str:
    """Return why a profile does not identify dH; empty where it does."""
    if profile.ratio is None:
        return "the profile of dH is open"
    if profile.ratio >= _WIDEST:
        return f"the interval of dH spans a factor of {profile.ratio:.2g}"
    if not profile.T_half_in_window:
        return f"T_half lies outside the window ({_T_half_text(profile)})"
    return ""


def _T_half_text(profile: DHProfile) -> str:
    """Return T_half, or on which side it is so far off that f is an exponential in 1/T."""
    T = profile.problem.series.T
    if profile.T_half > _FAR * T.max():
        return f"above {_FAR * T.max():.0f} K"
    return f"{profile.T_half:.0f} K"


def _rejection_text(profile: DHProfile | None, name: str) -> str:
    if profile is None or profile.p_value is None or profile.p_value >= REJECTED:
        return ""
    freedom = profile.problem.freedom
    return (
        f"a two-state law with {name} end members is rejected "
        f"(chi2 {profile.chi2:.0f} for {freedom} degrees of freedom, p {profile.p_value:.1g})"
    )


def _drift_text(constant: DHProfile, linear: DHProfile | None) -> str:
    """Say whether linear ends describe known noise so much better that constant ones are out."""
    from scipy.stats import chi2 as chi2_law

    if linear is None or constant.p_value is None:
        return ""
    more = linear.problem.unknowns - constant.problem.unknowns
    gain = constant.chi2 - linear.chi2
    if more < 1 or chi2_law.sf(gain, more) >= REJECTED:
        return ""
    return (
        f"linear end members lower chi2 by {gain:.0f} with {more} more unknowns: "
        "the ends are not constant, or the law is not a two-state one"
    )


def _kJ(value: float) -> str:
    return number_text(value / 1000.0, 3)
