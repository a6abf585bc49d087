"""Whether the spectra of a series follow the laws they were fitted with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.problem import Noise
from spectrafit.fit.result import Flag

__all__ = ["LawTest", "law_test"]


@dataclass(frozen=True)
class LawTest:
    """Chi2 of the series with its laws against that of every spectrum by itself.

    Where the noise is known, the rise of chi2 is chi2 distributed if the laws hold; where it is
    estimated, the rise over the independent fits' reduced chi2, both by degree of freedom, follows
    Fisher's F (Seber, Wild, *Nonlinear Regression* (1989), section 5.3).

    Parameters
    ----------
    chi2, chi2_independent : float
        Of all spectra, with the same sigma.
    freedom : int
        Parameters that the laws take away.
    freedom_independent : int
        Points less parameters of the independent fits.
    statistic : float
        The rise of chi2, or F.
    p_value : float or None
        Probability of so large a rise if the laws hold.
    reason : str
        Why there is no p value, empty where there is one.
    caution : str
        What makes the p value approximate, empty where nothing does.
    """

    chi2: float
    chi2_independent: float
    freedom: int
    freedom_independent: int
    statistic: float
    p_value: float | None
    reason: str = ""
    caution: str = ""


def law_test(
    chi2: float, varied: int, held: int, flag: Flag, independent: FitStack, noise: Noise
) -> LawTest:
    """Return whether the spectra of a series follow its laws.

    Parameters
    ----------
    chi2 : float
        Of the series with its laws.
    varied : int
        Own parameters and coefficients that were not held at a bound.
    held : int
        Those that were.
    flag : Flag
        How the fit of the series ended.
    independent : FitStack
        Fits of the same spectra with the same sigma, each by itself.
    noise : str
        ``"known"`` or ``"estimated"``.

    Returns
    -------
    LawTest
    """
    alone = float(independent.chi2.sum())
    held_alone = int(independent.without_error.sum())
    varied_alone = len(independent) * independent.nvary - held_alone
    freedom = varied_alone - varied
    rest = len(independent) * independent.ndata - varied_alone
    rise = max(0.0, chi2 - alone)
    statistic = rise
    reason = _reason(flag, independent)
    if not reason and (freedom < 1 or (noise == "estimated" and (rest < 1 or alone == 0.0))):
        reason = Flag.NO_FREEDOM.value
    if noise == "estimated" and not reason:
        statistic = rise / freedom / (alone / rest)
    p_value = None if reason else _probability(statistic, freedom, rest, noise)
    caution = ""
    if held or held_alone:
        caution = (
            f"parameters at a bound, {held} with the laws and {held_alone} without, count as fixed"
        )
    return LawTest(chi2, alone, freedom, rest, statistic, p_value, reason, caution)


def _reason(flag: Flag, independent: FitStack) -> str:
    if flag is not Flag.CONVERGED:
        return f"the fit with the laws: {flag.value}"
    for bad in (Flag.CALL_LIMIT, Flag.NOT_AT_MINIMUM, Flag.SINGULAR):
        count = int(np.count_nonzero(independent.flag(bad)))
        if count:
            return f"{count} of the independent fits: {bad.value}"
    return ""


def _probability(statistic: float, freedom: int, rest: int, noise: Noise) -> float:
    from scipy.special import chdtrc, fdtrc

    if noise == "known":
        return float(chdtrc(freedom, statistic))
    return float(fdtrc(freedom, rest, statistic))
