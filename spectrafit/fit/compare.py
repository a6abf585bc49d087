"""Comparing fits of the same data: AICc and its weights, BIC, F and likelihood ratios, how many components.

Use AICc or BIC between any models of one data set, a ratio test between nested models that differ in
regular parameters. A further peak is not regular (its height sits on a bound, its position means
nothing without it), so its ratio test has no tabulated law: use the BIC rule here, or
`bootstrap_ratio`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from spectrafit.errors import FitError
from spectrafit.fit.result import FitResult
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray

__all__ = [
    "CountRow",
    "RatioTest",
    "aicc_of",
    "akaike_weights",
    "bic_of",
    "count_best",
    "count_table",
    "effective_count",
    "ratio_test",
]


def effective_count(residuals: FloatArray, *, stop: float = 0.05) -> float:
    """Return the number of independent points, ``N / (1 + 2 sum rho_k)``.

    Parameters
    ----------
    residuals : ndarray, shape (N,)
        Weighted residuals of one spectrum, in the order of x.
    stop : float, optional
        The sum ends before the first autocorrelation rho_k below it.

    Returns
    -------
    float
        1 to N; N where the residuals are not correlated.

    Notes
    -----
    Autocorrelation about zero, the residuals' expectation, normalised at lag 0. The sum of an
    autocorrelation cut at its first small value: Sokal, *Monte Carlo methods in statistical
    mechanics* (1997).
    """
    n = residuals.size
    power = float(residuals @ residuals)
    if n < 2 or power == 0.0:
        return float(n)
    total = 0.0
    for lag in range(1, n):
        rho = float(residuals[:-lag] @ residuals[lag:]) / power
        if rho < stop:
            break
        total += rho
    return max(1.0, n / (1.0 + 2.0 * total))


def bic_of(result: FitResult, n_eff: float | None = None) -> float:
    """Return Bayes' criterion of a fit, of effective points where they are given.

    ``chi2 n/N + k ln n`` where the noise is known, ``n ln(chi2/N) + k ln n`` where it is estimated.
    `FitResult.bic` has the second form always, as lmfit.

    Parameters
    ----------
    result : FitResult
        The fit.
    n_eff : float, optional
        n, the effective number of points; all points when None.

    Returns
    -------
    float
    """
    n = float(result.ndata if n_eff is None else n_eff)
    return _misfit(result, n) + result.nvary * math.log(n)


def aicc_of(result: FitResult, n_eff: float | None = None) -> float | None:
    """Return Akaike's criterion with its small-sample term, of effective points where given.

    Parameters
    ----------
    result : FitResult
        The fit.
    n_eff : float, optional
        The effective number of points; all points when None.

    Returns
    -------
    float or None
        None where n - k - 1 is not positive.
    """
    n = float(result.ndata if n_eff is None else n_eff)
    k = result.nvary
    room = n - k - 1
    if room <= 0:
        return None
    return _misfit(result, n) + 2.0 * k + 2.0 * k * (k + 1) / room


def akaike_weights(
    fits: Mapping[str, FitResult], n_eff: float | None = None
) -> Mapping[str, float]:
    """Return the Akaike weight of each model: its share of the evidence among those compared.

    Parameters
    ----------
    fits : mapping of str to FitResult
        By name of the model, of the same data. They need not be nested.
    n_eff : float, optional
        Effective number of points, one for all; all points when None.

    Returns
    -------
    mapping of str to float
        ``exp(-d/2)`` of the distance d from the least AICc, made to add up to 1.

    Raises
    ------
    FitError
        When there is no fit, the data differ, or a model has too many parameters for an AICc.

    Notes
    -----
    Burnham, Anderson, *Model Selection and Multimodel Inference* (2002), equation 2.9. A weight says
    which of these models predicts best, not that one of them is right.
    """
    if not fits:
        raise FitError("no fits to compare")
    _refuse_different_data(tuple(fits.values()))
    criteria: dict[str, float] = {}
    for name, result in fits.items():
        criterion = aicc_of(result, n_eff)
        if criterion is None:
            raise FitError(
                f"{name} has {result.nvary} parameters for so few points",
                do="leave the model out, or fix parameters",
            )
        criteria[name] = criterion
    least = min(criteria.values())
    shares = {name: math.exp(-0.5 * (value - least)) for name, value in criteria.items()}
    total = sum(shares.values())
    return frozen_mapping({name: share / total for name, share in shares.items()})


def _misfit(result: FitResult, n: float) -> float:
    mean = result.chi2 / result.ndata
    return n * mean if result.noise == "known" else n * math.log(max(mean, 1e-250))


@dataclass(frozen=True)
class RatioTest:
    """Whether a richer nested model is needed.

    Parameters
    ----------
    statistic : float
        F where the noise is estimated, the fall of chi2 where it is known.
    law : str
        ``"F"`` or ``"chi2"``.
    extra : int
        Parameters that the richer model has more.
    p : float
        Probability of at least this statistic when the simpler model is true.
    """

    statistic: float
    law: str
    extra: int
    p: float


def ratio_test(simple: FitResult, rich: FitResult) -> RatioTest:
    """Return the F test (noise estimated) or likelihood-ratio test (noise known) of nested fits.

    Parameters
    ----------
    simple, rich : FitResult
        Fits of the same data; the simple model is the rich one with parameters held.

    Returns
    -------
    RatioTest

    Raises
    ------
    FitError
        When the data differ, the rich model has no more parameters or fits worse, or no degree of
        freedom is left.
    """
    from scipy.special import chdtrc, fdtrc

    _refuse_different_data((simple, rich))
    extra = rich.nvary - simple.nvary
    fall = simple.chi2 - rich.chi2
    if extra < 1 or fall < -1e-9 * simple.chi2:
        raise FitError(
            "the richer model has no more parameters, or fits worse than the simpler",
            do="give the simpler fit first; the models must be nested and both at their minimum",
        )
    fall = max(fall, 0.0)
    if simple.noise == "known":
        return RatioTest(fall, "chi2", extra, float(chdtrc(extra, fall)))
    if rich.nfree < 1 or rich.chi2 == 0.0:
        raise FitError("the richer fit leaves nothing to judge by", do="use more data")
    ratio = fall / extra / (rich.chi2 / rich.nfree)
    return RatioTest(ratio, "F", extra, float(fdtrc(extra, rich.nfree, ratio)))


@dataclass(frozen=True)
class CountRow:
    """One number of components.

    Parameters
    ----------
    count : int
        How many.
    nvary : int
        Free parameters.
    chi2, bic : float
        Misfit, and criterion on the effective points.
    gain : float or None
        Fall of the BIC from the next smaller count; None for the smallest.
    flagged : bool
        Whether the fit does not count: any flag besides "converged", or a fault named by the
        caller.
    """

    count: int
    nvary: int
    chi2: float
    bic: float
    gain: float | None
    flagged: bool


def count_table(
    fits: Mapping[int, FitResult],
    n_eff: float | None = None,
    *,
    faulty: Collection[int] | None = None,
) -> tuple[CountRow, ...]:
    """Return the criterion of fits with different numbers of components.

    Parameters
    ----------
    fits : mapping of int to FitResult
        By number of components, of the same data.
    n_eff : float, optional
        Effective points, **one** number for all counts (a number per fit would reward the worse
        model with fewer points).
    faulty : collection of int, optional
        Counts that do not count, where the caller knows better than the flags of the fit (a
        background on its bound is no fault of the peaks).

    Returns
    -------
    tuple of CountRow
        By rising count.

    Raises
    ------
    FitError
        When there is no fit, or the data differ.
    """
    if not fits:
        raise FitError("no fits to compare")
    _refuse_different_data(tuple(fits.values()))
    rows: list[CountRow] = []
    for count in sorted(fits):
        result = fits[count]
        bic = bic_of(result, n_eff)
        gain = rows[-1].bic - bic if rows else None
        flagged = len(result.flags) != 1 or not result.converged
        if faulty is not None:
            flagged = count in faulty
        rows.append(CountRow(count, result.nvary, result.chi2, bic, gain, flagged))
    return tuple(rows)


def count_best(rows: Sequence[CountRow], *, margin: float = 10.0) -> int:
    """Return the number of components: more only if BIC falls by the margin for each.

    Parameters
    ----------
    rows : sequence of CountRow
        By rising count.
    margin : float, optional
        Least fall of the BIC for each further component; 10 is "very strong" (Kass, Raftery,
        J. Am. Stat. Assoc. 90, 773 (1995)).

    Returns
    -------
    int
        A flagged fit is never taken, but a larger one that pays for all it adds may step over it.
        The smallest count where none does.
    """
    best = rows[0]
    for row in rows[1:]:
        if not row.flagged and best.bic - row.bic >= margin * (row.count - best.count):
            best = row
    return best.count


def _refuse_different_data(results: Sequence[FitResult]) -> None:
    if len({result.data_digest for result in results}) > 1:
        raise FitError(
            "the fits are of different data", do="fit the same points, with the same sigma"
        )
