"""Parametric bootstrap of the likelihood ratio of two models of one spectrum.

Where the richer model is not regular (a further peak: its height sits on a bound, its position means
nothing without it), the ratio has no tabulated law. Here its law is made: spectra are drawn from the
simpler fit and both models are fitted to each, with the same search for the richer one's minimum.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.problem import Problem
from spectrafit.fit.resample import Resampling, resampled
from spectrafit.fit.result import FitResult
from spectrafit.fit.search import Found, best_of_starts, model_curves, random_starts
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["RatioBootstrap", "StartsFor", "bootstrap_ratio"]

Start = Mapping[str, ArrayLike]
StartsFor = Callable[[FloatArray, FloatArray], Sequence[Start]]

# of the ratio: two that differ by less are equal
_EQUAL = 1e-6
# of the ratio: rounding does not make a model worse by more than its part
_WORSE_BY = 1e-3
_WORSE = "the alternative fits worse than the null model, which it contains"


@dataclass(frozen=True, eq=False)
class RatioBootstrap:
    """A likelihood ratio and its law when the simpler model is true.

    Parameters
    ----------
    observed : float
        Ratio of the data: twice the difference of the log-likelihoods.
    draws : ndarray, shape (n,)
        Ratios of the drawn spectra that count, rising.
    asked : int
        How many were drawn.
    failures : mapping of str to int
        How many draws do not count, by reason.
    null, alternative : FitResult
        Fits of the data.
    statistic : str
        What the ratio is: ``"fall of chi2"`` (noise known), ``"N ln(chi2/chi2)"`` (estimated) or
        ``"fall of the deviance"`` (counts).
    """

    observed: float
    draws: FloatArray
    asked: int
    failures: Mapping[str, int]
    null: FitResult
    alternative: FitResult
    statistic: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "draws", read_only(np.sort(self.draws)))
        object.__setattr__(self, "failures", frozen_mapping(self.failures))

    @property
    def exceeding(self) -> int:
        """Draws whose ratio is at least the observed one."""
        limit = self.observed - _EQUAL * max(1.0, abs(self.observed))
        return int(np.count_nonzero(self.draws >= limit))

    @property
    def p(self) -> float:
        """Probability of at least this ratio when the null model is true, (k + 1)/(n + 1).

        Davison, Hinkley, *Bootstrap Methods and their Application* (1997), equation 4.11.
        """
        return (self.exceeding + 1) / (self.draws.size + 1)

    @property
    def p_sigma(self) -> float:
        """Monte Carlo error of p, binomial."""
        return math.sqrt(self.p * (1.0 - self.p) / (self.draws.size + 1))

    @property
    def p_most(self) -> float:
        """P if every draw that does not count had at least the observed ratio."""
        return (self.exceeding + self.failed + 1) / (self.asked + 1)

    @property
    def failed(self) -> int:
        """Draws that do not count."""
        return sum(self.failures.values())

    def critical(self, level: float) -> float:
        """Return the ratio that the null model exceeds with a small probability.

        Parameters
        ----------
        level : float
            That probability, like 0.05.

        Returns
        -------
        float

        Raises
        ------
        SettingsError
            When there are too few draws for it.
        """
        place = math.ceil((1.0 - level) * (self.draws.size + 1)) - 1
        if not 0 <= place < self.draws.size:
            raise SettingsError(f"{self.draws.size} draws for {level:g}", do="draw more")
        return float(self.draws[place])


def bootstrap_ratio(
    null: Problem,
    alternative: Problem,
    *,
    seed: int,
    draws: int = 199,
    starts: Sequence[Start] = (),
    searches: int = 8,
    counts: bool = False,
    resampling: Resampling = "noise",
    engine: str = "batch",
    threads: int = 1,
    starts_for: StartsFor | None = None,
) -> RatioBootstrap:
    """Return the likelihood ratio of two models, and its law when the simpler one is true.

    The richer model is fitted to data and draws from the same starts: its own, the simpler fit of
    the same data, yours, and random ones of the parameters that it has more.

    Parameters
    ----------
    null : Problem
        The simpler model, of one spectrum.
    alternative : Problem
        The richer model of the same data. Give parameters of one meaning one name in both.
    seed : int
        Of the random numbers, not negative.
    draws : int, optional
        Spectra to draw; the error of p falls with their root.
    starts : sequence of mapping of str to float, optional
        Further starts of the richer model by full name.
    searches : int, optional
        Random starts.
    counts : bool, optional
        Whether y are counts: noise is Poisson's, sigma of the problems is not used.
    resampling : str, optional
        ``"noise"``, or ``"residuals"`` where the residual is larger than the noise or correlated
        (see `resampled`).
    engine : str, optional
        Of `fit_many`.
    threads : int, optional
        Of the compiled engine.
    starts_for : callable, optional
        ``starts_for(y, values)``: further starts of the richer model, by full name with one value a
        spectrum, for spectra of shape (N, n) and the simpler fits of them.

    Returns
    -------
    RatioBootstrap

    Raises
    ------
    FitError
        When the data differ, a problem has several spectra, or a model does not fit the data.
    SettingsError
        For an impossible number or an unknown name.

    Notes
    -----
    McLachlan, Appl. Stat. 36, 318 (1987), for numbers of components. Where the models are not
    nested the ratio may be negative; the comparison with its law under the simpler one still
    holds (Williams, Biometrics 26, 23 (1970)).
    """
    _refuse(null, alternative, draws, searches, seed, starts)
    own, other = np.random.SeedSequence(seed).spawn(2)
    search: list[Start] = [
        {},
        *starts,
        *random_starts(null, alternative, searches, np.random.default_rng(own)),
    ]
    y = np.array(null.data[0].y)[None, :]
    sigma = None if counts or null.data[0].sigma is None else np.array(null.data[0].sigma)

    def fits(problem: Problem, values: FloatArray, tried: Sequence[Start]) -> Found:
        return best_of_starts(
            problem, values, sigma, tried, counts=counts, engine=engine, threads=threads
        )

    def both(values: FloatArray, begin: Start) -> tuple[Found, Found]:
        simple = fits(null, values, [begin])
        own = [] if starts_for is None else starts_for(values, simple.values)
        return simple, fits(alternative, values, [*search, simple.start(alternative), *own])

    simple, rich = both(y, {})
    for name, found in (("null", simple), ("alternative", rich)):
        if found.faults[0]:
            raise FitError(
                f"the {name} model does not fit the data: {found.faults[0]}",
                do="give it better starts or bounds",
            )
    curve = model_curves(null, simple.values)[0]
    rng = np.random.default_rng(other)
    drawn = resampled(null, curve, draws, rng, resampling=resampling, counts=counts)
    drawn_simple, drawn_rich = both(drawn, simple.start(null))
    nested = set(null.free_names) <= set(alternative.free_names)
    ratio = _ratios(drawn_simple, drawn_rich, null.ndata, counts, sigma)
    reasons = [
        _reason(*one, nested)
        for one in zip(drawn_simple.faults, drawn_rich.faults, ratio.tolist(), strict=True)
    ]
    good = np.array([not reason for reason in reasons], dtype=bool)
    words = "fall of chi2" if sigma is not None else "N ln(chi2/chi2)"
    return RatioBootstrap(
        observed=float(_ratios(simple, rich, null.ndata, counts, sigma)[0]),
        draws=ratio[good],
        asked=draws,
        failures=Counter(reason for reason in reasons if reason),
        null=simple.result(0),
        alternative=rich.result(0),
        statistic="fall of the deviance" if counts else words,
    )


def _refuse(
    null: Problem,
    alternative: Problem,
    draws: int,
    searches: int,
    seed: int,
    starts: Sequence[Start],
) -> None:
    if len(null.data) != 1 or len(alternative.data) != 1:
        raise FitError("a bootstrap of several spectra", do="give problems of one spectrum")
    if null.data_digest != alternative.data_digest:
        raise FitError("the models are of different data", do="fit the same points and sigma")
    if draws < 1 or searches < 0 or seed < 0:
        raise SettingsError(
            f"draws is {draws}, searches {searches}, seed {seed}", do="give at least 1, 0 and 0"
        )
    names = alternative.free_names
    for name in {name for start in starts for name in start}:
        if name not in names:
            advice = nearest(name, names, noun="its free parameters")
            raise SettingsError(f"the alternative has no free parameter {name!r}", do=advice)


def _ratios(
    simple: Found, rich: Found, count: int, counts: bool, sigma: FloatArray | None
) -> FloatArray:
    """Return twice the differences of the log-likelihoods."""
    if counts or sigma is not None:
        return simple.misfit - rich.misfit
    with np.errstate(all="ignore"):
        return np.asarray(count * np.log(simple.misfit / rich.misfit))


def _reason(simple: str, rich: str, ratio: float, nested: bool) -> str:
    """Return why a draw does not count, empty where it does."""
    if simple or rich:
        return f"null: {simple}" if simple else f"alternative: {rich}"
    if not math.isfinite(ratio):
        return "the ratio is no number"
    return _WORSE if nested and ratio < -_WORSE_BY else ""
