"""How much broader one line of a doublet is than the other: the fingerprint of hopping.

In fast exchange each line is broadened by ``2 p1 p2 dv^2 kappa/k_ex``, the line that moves further
between the states the most. Texture makes areas unequal, not widths, and is told apart by them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import Problem
from spectrafit_mossbauer.absorption.baseline import baseline, baseline_start
from spectrafit_mossbauer.absorption.sites import Asymmetry, Site
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.two_states import TwoStates

__all__ = ["OTHER_CAUSES", "WidthAsymmetry", "quick_bound", "width_asymmetry"]

OTHER_CAUSES = (
    "static inhomogeneity: correlated spreads of isomer shift and splitting broaden one line",
    "slow paramagnetic relaxation, common in Fe3+: equal areas, unequal widths",
)
"""What else makes unequal widths at equal areas; either can fake or cancel the asymmetry."""

# one-sided 95 % of the normal distribution
_ONE_SIDED = 1.6448536269514722
_EQUAL = 2.0


@dataclass(frozen=True)
class WidthAsymmetry:
    """Widths of both lines of a doublet, and the ratio of their areas.

    Parameters
    ----------
    width_low, width_high : float
        FWHM at lower and at higher velocity at equal areas, mm/s.
    difference : float
        width_high - width_low, mm/s.
    sigma : float or None
        Its standard error; None where the fit has none.
    ratio : float
        Area of the high over that of the low line with widths and areas free, both Lorentzian. Near
        the merging rate hopping itself moves it: `hopping_fits.HoppingAt` has the ratio without.
    ratio_sigma : float or None
        Its standard error.
    other_causes : tuple of str
        What else than hopping gives unequal widths.
    """

    width_low: float
    width_high: float
    difference: float
    sigma: float | None
    ratio: float
    ratio_sigma: float | None
    other_causes: tuple[str, ...] = OTHER_CAUSES

    @property
    def width(self) -> float:
        """Mean of both widths, mm/s."""
        return 0.5 * (self.width_low + self.width_high)

    @property
    def texture_excluded(self) -> bool:
        """Whether the areas are equal within 2 standard errors."""
        return self.ratio_sigma is not None and abs(self.ratio - 1.0) <= _EQUAL * self.ratio_sigma

    @property
    def seen(self) -> bool:
        """Whether the widths differ by more than 2 standard errors."""
        return self.sigma is not None and abs(self.difference) > _EQUAL * self.sigma


def width_asymmetry(
    spectrum: Unfolded, *, shift: float, splitting: float, width: float = 0.3
) -> WidthAsymmetry:
    """Return the widths and areas of both lines of the one doublet in a spectrum.

    Parameters
    ----------
    spectrum : Unfolded
        Both branches.
    shift, splitting, width : float
        Where the fit starts, mm/s.

    Returns
    -------
    WidthAsymmetry

    Raises
    ------
    FitError
        When the model is not finite at the start.
    """
    values = {"center": shift, "splitting": abs(splitting), "width": width}
    widths = _fitted(spectrum, "relaxation", values)
    both = _fitted(spectrum, "both", values)
    low, high = "site1.fwhm_low", "site1.fwhm_high"
    places = [widths.problem.names.index(name) for name in (low, high)]
    errors = [widths.sigma(name)[0] for name in (low, high)]
    variance = np.array([-1.0, 1.0]) @ widths.covariance[0][np.ix_(places, places)] @ [-1.0, 1.0]
    ratio_error = float(both.sigma("site1.ratio")[0])
    one, other = float(widths.value(low)[0]), float(widths.value(high)[0])
    return WidthAsymmetry(
        one,
        other,
        other - one,
        float(np.sqrt(variance)) if np.isfinite(errors).all() else None,
        float(both.value("site1.ratio")[0]),
        ratio_error if np.isfinite(ratio_error) else None,
    )


def _fitted(spectrum: Unfolded, asymmetry: Asymmetry, values: dict[str, float]) -> FitStack:
    site = Site("doublet", "site1", asymmetry=asymmetry)
    level = float(np.median(spectrum.counts))
    # the deepest point takes half of the area of a line of this width
    deepest = level - float(np.percentile(spectrum.counts, 1.0))
    area = np.pi * max(deepest, np.sqrt(max(level, 1.0))) * values["width"]
    start = site.start({**values, "area": area}, spectrum) | baseline_start(spectrum)
    problem = Problem(
        spectrum.spectrum,
        baseline(spectrum) + site.component,
        start=start,
        parameters=site.changes(spectrum, several=False),
    )
    sigma = spectrum.spectrum.sigma
    counts = sigma is None and not spectrum.not_counts
    return fit_many(problem, spectrum.counts[None, :], sigma=sigma, counts=counts, engine="batch")


def quick_bound(widths: WidthAsymmetry, states: TwoStates, p2: float) -> tuple[float | None, str]:
    """Return the bound of the formula ``2 p1 p2 (dv_b^2 - dv_n^2) kappa / dG_max``.

    dv_b and dv_n belong to the line that moves further and to the other, dG_max is the upper 95 %
    limit of what the first is broader. It holds in fast exchange and is there to check the profile.

    Parameters
    ----------
    widths : WidthAsymmetry
        Of the spectrum.
    states : TwoStates
        Declared values.
    p2 : float
        Population of state 2.

    Returns
    -------
    k_ex : float or None
        1/s.
    reason : str
        Why there is none, else empty.
    """
    low, high = states.distances
    sign = 1.0 if abs(high) >= abs(low) else -1.0
    if widths.sigma is None:
        return None, "the widths have no standard error"
    most = sign * widths.difference + _ONE_SIDED * widths.sigma
    apart = abs(high**2 - low**2)
    if apart == 0.0 or p2 * (1.0 - p2) == 0.0:
        return None, "both lines move alike, or one state is empty"
    if most <= 0.0:
        return None, "the line that should be broader is narrower beyond its error"
    return 2.0 * p2 * (1.0 - p2) * apart * KAPPA / most, ""
