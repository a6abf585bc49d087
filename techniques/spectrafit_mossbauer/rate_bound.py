"""A one-sided lower bound on the rate at which a nucleus hops between two declared states.

Chi2 is profiled over log10 k_ex between its ends, all else refitted: population in its range, width,
area, baseline. The bound is where chi2 has risen by 2.71 from its least value, found continuously.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.fit.profile.along import Along, profile_along
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.hopping_fits import HoppingAt, HoppingFits
from spectrafit_mossbauer.two_states import TwoStates
from spectrafit_mossbauer.width_asymmetry import WidthAsymmetry, quick_bound, width_asymmetry

__all__ = ["LOG_K_PLACES", "UNINFORMED", "RateBound", "rate_bound"]

LOG_K_PLACES: FloatArray = np.linspace(5.0, 13.0, 25)
"""log10 of k_ex in 1/s: where chi2 is looked at first; from slow to far beyond what 57Fe sees."""

UNINFORMED = "rate_uninformed"
# of the width: lines that move less do not tell a rate
_SHARE = 0.1
_REJECTED = 1e-3


@dataclass(frozen=True, eq=False)
class RateBound:
    """What a spectrum says of k_ex = k12 + k21.

    Parameters
    ----------
    states : TwoStates
        Declared values, which belong to every bound.
    k_ex_min : float or None
        One-sided lower bound, 1/s.
    reason : str
        Why there is none, a reason code first; empty where there is.
    level : float
        Confidence of the bound.
    widths : WidthAsymmetry
        The fingerprint.
    quick : float or None
        Bound of the formula, 1/s.
    quick_reason : str
        Why there is none.
    along : Along or None
        Chi2 along log10 k_ex; None where no bound was looked for.
    best : HoppingAt or None
        Population, width, areas and chi2 at the best rate; None where no bound was looked for.
    p_value : float or None
        Of chi2 at the best rate; None where the noise is not known.
    cautions : tuple of str
        What makes the bound doubtful.
    """

    states: TwoStates
    k_ex_min: float | None
    reason: str
    level: float
    widths: WidthAsymmetry
    quick: float | None = None
    quick_reason: str = ""
    along: Along | None = None
    best: HoppingAt | None = None
    p_value: float | None = None
    cautions: tuple[str, ...] = ()

    @property
    def fast_excluded(self) -> bool:
        """Whether the fastest rate looked at is excluded too: then hopping, or a like cause, is seen."""
        if self.along is None:
            return False
        return bool(self.along.chi2[-1] - self.along.chi2.min() > self.along.rise)

    @property
    def sentence(self) -> str:
        """The bound with what it rests on."""
        if self.k_ex_min is None:
            return f"no bound on k_ex ({self.reason}); {self.states.text}"
        return f"k_ex > {self.k_ex_min:.2g} 1/s ({100 * self.level:g} %, one-sided) for {self.states.text}"


def rate_bound(
    spectrum: Unfolded,
    states: TwoStates,
    *,
    level: float = 0.95,
    places: FloatArray = LOG_K_PLACES,
) -> RateBound:
    """Return the one-sided lower bound on the exchange rate.

    Parameters
    ----------
    spectrum : Unfolded
        One doublet; its velocities have a declared orientation.
    states : TwoStates
        Values of both states at the spectrum's temperature.
    level : float, optional
        Confidence.
    places : ndarray, optional
        log10 of k_ex in 1/s where to look first, rising; the ends bound the search.

    Returns
    -------
    RateBound

    Raises
    ------
    SettingsError
        When the orientation is undeclared: the sign of the asymmetry is then not known.
    FitError
        When nothing can be fitted.
    """
    if spectrum.orientation is None:
        raise SettingsError(
            "the orientation of the drive is not declared",
            where=spectrum.source_name or "rate bound",
            do="say orientation = 1 or -1: which line is broader depends on it",
        )
    middle = states.middle
    mean = {
        "shift": (1 - middle) * states.first.shift + middle * states.second.shift,
        "splitting": (1 - middle) * states.first.splitting + middle * states.second.splitting,
    }
    widths = width_asymmetry(spectrum, **mean)
    farthest = max(map(abs, states.distances))
    if farthest < _SHARE * widths.width:
        moves = f"lines move {farthest:.3f} mm/s at most, a tenth of the width is"
        reason = f"{UNINFORMED}: {moves} {_SHARE * widths.width:.3f} mm/s"
        return RateBound(states, None, reason, level, widths)
    fits = HoppingFits(spectrum, states, widths.width, places)
    along = profile_along(
        fits.chi2, places, name="log10 k_ex", level=level, side="lower",
        freedom=None if fits.known else fits.freedom,
    )  # fmt: skip
    best = fits.at(along.interval.best)
    quick, quick_reason = quick_bound(widths, states, best.p2)
    lower = along.interval.lower
    p_value = _probability(best.chi2, fits.freedom) if fits.known else None
    return RateBound(
        states,
        None if lower is None else float(10.0**lower),
        "" if lower is not None else f"{UNINFORMED}: {along.interval.lower_reason}",
        level, widths, quick, quick_reason, along, best, p_value,
        _cautions(widths, best, p_value, along),
    )  # fmt: skip


def _probability(chi2: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi2))


def _cautions(
    widths: WidthAsymmetry, best: HoppingAt, p_value: float | None, along: Along
) -> tuple[str, ...]:
    told = list(along.notes)
    if not best.texture_excluded:
        error = best.ratio_sigma
        size = "without an error" if error is None else f"with error {error:.3f}"
        told.append(f"areas differ, ratio {best.ratio:.3f} {size}: texture is not excluded")
    if p_value is not None and p_value < _REJECTED:
        told.append(f"model_rejected: p of chi2 is {p_value:.1e} at the best rate")
    if widths.seen:
        told.append(f"unequal widths have other causes: {'; '.join(widths.other_causes)}")
    return tuple(told)
