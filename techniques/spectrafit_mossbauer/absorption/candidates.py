"""How many sites: models of rising size compared by AICc, BIC and likelihood ratio."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.compare import RatioTest
from spectrafit_mossbauer.absorption.fitted import FittedSites, fit_sites
from spectrafit_mossbauer.absorption.sites import Site, doublets
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = ["MODELS", "NEAR", "Candidate", "Comparison", "Ratio", "compare_sites"]

NEAR: Final = 10.0
"""Distance in AICc or BIC from the best within which a model is reported; beyond it the evidence
against it is "very strong" (Kass, Raftery, J. Am. Stat. Assoc. 90, 773 (1995))."""

MODELS: Final[Mapping[str, tuple[Site, ...]]] = {
    "one doublet": doublets(1),
    "doublet and singlet": (*doublets(1), Site("singlet", "site2")),
    "two doublets": doublets(2),
    "three doublets": doublets(3),
}
"""What is compared unless other models are asked for."""

# simpler and richer models of which the first is the second with a site absent or a splitting 0
_NESTED = (
    ("one doublet", "doublet and singlet"),
    ("doublet and singlet", "two doublets"),
    ("one doublet", "two doublets"),
    ("two doublets", "three doublets"),
)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A model and how well it does.

    Parameters
    ----------
    name : str
        Of the model.
    fitted : FittedSites or None
        Its fit; None where it was refused.
    refused : str
        Why there is no fit; empty where there is one.
    aicc, bic : float
        Akaike's criterion with its small-sample term, and Bayes', of the Poisson likelihood; infinite
        without a fit.
    """

    name: str
    fitted: FittedSites | None
    refused: str
    aicc: float
    bic: float


@dataclass(frozen=True)
class Ratio:
    """A likelihood-ratio test of two nested models.

    Parameters
    ----------
    simple, rich : str
        Names of the models.
    test : RatioTest
        The fall of the deviance and its probability by the chi2 law. A further site is not regular
        (its area sits on a bound, its position means nothing without it), so the probability is a
        guide; the choice of model rests on the criteria.
    """

    simple: str
    rich: str
    test: RatioTest


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models of one spectrum.

    Parameters
    ----------
    candidates : tuple of Candidate
        By rising BIC.
    ratios : tuple of Ratio
        Of the nested ones.
    """

    candidates: tuple[Candidate, ...]
    ratios: tuple[Ratio, ...]

    @property
    def best(self) -> Candidate:
        """The model of least BIC."""
        return self.candidates[0]

    @property
    def near(self) -> tuple[Candidate, ...]:
        """Every model within 10 of the best in BIC or in AICc, the best first."""
        least = min(one.aicc for one in self.candidates)
        return tuple(
            one
            for one in self.candidates
            if one.fitted is not None
            and (one.bic - self.best.bic <= NEAR or one.aicc - least <= NEAR)
        )


def compare_sites(
    axis: Unfolded, models: Mapping[str, Sequence[Site]] = MODELS, *, engine: str = "auto"
) -> Comparison:
    """Return the comparison of models of one spectrum, each fitted from eight starts.

    Parameters
    ----------
    axis : Unfolded
        The spectrum.
    models : mapping of str to sequence of Site, optional
        By name; one to three doublets, and doublet and singlet, when left out.
    engine : str, optional
        As in `fit_sites`.

    Returns
    -------
    Comparison

    Raises
    ------
    SettingsError
        When no model is given.
    FitError
        When none can be fitted.
    """
    if not models:
        raise SettingsError("no models to compare", do="give two or more")
    found = {name: _candidate(axis, name, sites, engine) for name, sites in models.items()}
    if all(one.fitted is None for one in found.values()):
        raise FitError(next(iter(found.values())).refused, where=axis.source_name)
    ratios = []
    for simple, rich in _NESTED:
        if simple in found and rich in found:
            one, other = found[simple].fitted, found[rich].fitted
            if one is not None and other is not None:
                ratios.append(Ratio(simple, rich, _ratio_test(one, other)))
    return Comparison(tuple(sorted(found.values(), key=lambda one: one.bic)), tuple(ratios))


def _candidate(axis: Unfolded, name: str, sites: Sequence[Site], engine: str) -> Candidate:
    try:
        fitted = fit_sites(axis, sites, engine=engine, thorough=True)
    except FitError as error:
        return Candidate(name, None, str(error), math.inf, math.inf)
    n, k = fitted.result.ndata, fitted.result.nvary
    misfit = _misfit(fitted)
    room = n - k - 1
    small = 2.0 * k * (k + 1) / room if room > 0 else math.inf
    return Candidate(name, fitted, "", misfit + 2.0 * k + small, misfit + k * math.log(n))


def _misfit(fitted: FittedSites) -> float:
    """Return minus twice the log-likelihood: the deviance of counts, else chi2."""
    return fitted.deviance if fitted.axis.spectrum.sigma is None else fitted.result.chi2


def _ratio_test(simple: FittedSites, rich: FittedSites) -> RatioTest:
    from scipy.special import chdtrc

    extra = rich.result.nvary - simple.result.nvary
    fall = max(0.0, _misfit(simple) - _misfit(rich))
    return RatioTest(fall, "chi2", extra, float(chdtrc(extra, fall)))
