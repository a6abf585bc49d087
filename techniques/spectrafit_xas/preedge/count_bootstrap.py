"""Whether one peak fewer explains a pre-edge: bootstraps of the likelihood ratio of every form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.fit.bootstrap import bootstrap_ratio
from spectrafit.spectrum import Spectrum
from spectrafit_xas.preedge.count_evidence import CountEvidence
from spectrafit_xas.preedge.forms import FormFit

__all__ = ["REJECTED_P", "bootstrapped_least"]

REJECTED_P = 0.01
FEWEST_DRAWS = 100
_SEARCHES = 2
# of the draws: beyond that all that reach no minimum count against the rejection
MOST_LOST = 0.05


def bootstrapped_least(
    evidence: CountEvidence,
    region: Spectrum,
    fits: Sequence[FormFit],
    draws: int,
    *,
    seed: int = 0,
) -> CountEvidence:
    """Return evidence whose least number stood the bootstrap under every shape and rising edge.

    Spectra are drawn from the fit of one peak fewer, with blocks of its own residual: where misfit
    dominates, white noise would reject every number.

    Parameters
    ----------
    evidence : CountEvidence
        By BIC.
    region : Spectrum
        The points of one window.
    fits : sequence of FormFit
        In this window.
    draws : int
        Spectra of each bootstrap.
    seed : int, optional
        Of the random numbers.

    Returns
    -------
    CountEvidence
        With the p values of the least number, lowered until every form rejects one peak fewer
        (p < 0.01) or there is one peak.

    Raises
    ------
    SettingsError
        For fewer than 100 draws.
    """
    if draws < FEWEST_DRAWS:
        raise SettingsError(
            f"count_draws is {draws}",
            where="$.settings.count_draws",
            do=f"give 0 or at least {FEWEST_DRAWS}: p below {REJECTED_P:g} needs as many",
        )
    least, values = evidence.least, dict(evidence.p)
    while least > 1:
        values = _p_values(region, fits, least, draws, seed)
        if not values or max(values.values()) < REJECTED_P:
            break
        least -= 1
    return replace(evidence, least=least, p=values)


def _p_values(
    region: Spectrum, fits: Sequence[FormFit], count: int, draws: int, seed: int
) -> dict[str, float]:
    by_form = {(one.form.shape, one.form.background, one.form.count): one for one in fits}
    found = {}
    for (shape, background, own), rich in by_form.items():
        poor = by_form.get((shape, background, count - 1))
        # a form whose richer fit does not count says nothing against the poorer
        if own != count or poor is None or rich.faults:
            continue
        try:
            ratio = bootstrap_ratio(
                poor.problem(region), rich.problem(region), seed=seed, draws=draws,
                searches=_SEARCHES, resampling="residuals",
            )  # fmt: skip
        except SpectrafitError:
            continue
        lost = ratio.failed > MOST_LOST * ratio.asked
        found[f"{shape}, {background}"] = ratio.p_most if lost else ratio.p
    return found
