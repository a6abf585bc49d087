"""What a story does not fit, in words: data, priors and claims that its minimum lies off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spectrafit.rounding import number_text, value_text
from spectrafit.states.datum import Datum, Quantity
from spectrafit.states.joint import JointFit
from spectrafit.units import printed_unit

__all__ = ["tensions_of"]

_DATUM = 2.0  # sigma beyond which a datum is named
_PRIOR = 1.5
_CLAIM = 0.1  # a claim is meant as a limit
_MOST = 8
_BEYOND = 0.0455  # share of good data beyond 2 sigma, of the normal distribution


def tensions_of(fit: JointFit) -> tuple[str, ...]:
    """Return data, priors and claims that a story lies off.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.

    Returns
    -------
    tuple of str
        Claims that it breaks, then data beyond 2 and priors beyond 1.5 of their standard
        uncertainties, those farthest off first; of many data the first eight and a count.
    """
    claims = sorted(_claims(fit), key=lambda one: -one[0])
    data = sorted(_data(fit), key=lambda one: -one[0])
    named = data if len(data) <= _MOST + 1 else data[:_MOST]
    rows = sorted([*named, *_priors(fit)], key=lambda one: -one[0])
    found = [text for _, text in (*claims, *rows)]
    if len(data) > len(named):
        count = len(fit.objective.data.data)
        found.append(
            f"{len(data) - len(named)} more of {count} data beyond 2 sigma, of which "
            f"{number_text(_BEYOND * count, 2)} lie there by chance alone"
        )
    return tuple(found)


def _data(fit: JointFit) -> Iterator[tuple[float, str]]:
    """Yield how far off each datum is that is named, and the words."""
    objective = fit.objective
    model = objective.model_values(fit.theta)
    sigmas = _own_sigmas(fit)
    for datum, value, sigma in zip(objective.data.data, model.tolist(), sigmas, strict=True):
        low = datum.low if datum.value is None else datum.value
        high = datum.high if datum.value is None else datum.value
        if low is not None and value < low - _DATUM * sigma:
            yield (low - value) / sigma, _sentence(fit, datum, value, low, sigma, "low")
        elif high is not None and value > high + _DATUM * sigma:
            yield (value - high) / sigma, _sentence(fit, datum, value, high, sigma, "high")


def _own_sigmas(fit: JointFit) -> list[float]:
    """Return the standard uncertainty of each datum, without what it shares with others."""
    data = fit.objective.data
    sigmas = np.array([datum.sigma for datum in data.data])
    for group, covariance in data.covariances.items():
        places = [place for place, datum in enumerate(data.data) if datum.group == group]
        sigmas[places] = np.sqrt(np.diag(covariance))
    return [float(sigma) for sigma in sigmas]


def _sentence(
    fit: JointFit, datum: Datum, value: float, against: float, sigma: float, side: str
) -> str:
    spec = fit.objective.data.specs[datum.key]
    unit = "K" if datum.quantity is Quantity.T_OF_HIGHEST else printed_unit(spec.unit)
    told = value_text(against, sigma) if datum.value is not None else _limit(against, side)
    off = number_text(abs(value - against) / sigma, 2)
    shown = _as_fine(value, sigma)
    return (
        f"{_named(datum)}: fitted {shown} against {told} {unit}".rstrip() + f", {off} sigma {side}"
    )


def _limit(against: float, side: str) -> str:
    return f"at {'least' if side == 'low' else 'most'} {number_text(against, 4)}"


def _as_fine(value: float, sigma: float) -> str:
    """Return a number to the last digit that is printed of its datum."""
    return value_text(value, sigma).partition("(")[0]


def _named(datum: Datum) -> str:
    branch = f", {datum.branch}" if datum.branch in ("heating", "cooling") else ""
    if datum.quantity is Quantity.VALUE or datum.from_T is None:
        return f"{datum.key}({number_text(datum.T, 4)} K{branch})"
    ends = f"{number_text(datum.from_T, 4)} to {number_text(datum.T, 4)} K{branch}"
    return f"{datum.key}, {datum.quantity.value} from {ends}"


def _priors(fit: JointFit) -> Iterator[tuple[float, str]]:
    numbers = fit.objective.numbers
    for column, centre, sigma in numbers.priors():
        number = numbers.every[numbers.free[column]]
        value = float(fit.theta[column])
        off = (value - centre) / sigma
        if abs(off) <= _PRIOR:
            continue
        side = "high" if off > 0 else "low"
        words = f"{number_text(abs(off), 2)} sigma {side}"
        if number.kind == "systematic":
            yield abs(off), f"{number.name}: {words}"
        else:
            told = f"{_as_fine(value, sigma)} against the prior {value_text(centre, sigma)}"
            yield abs(off), f"{number.name}: {told}, {words}"


def _claims(fit: JointFit) -> Iterator[tuple[float, str]]:
    claims = fit.objective.story.require
    if not claims:
        return
    x = fit.objective.populations(fit.theta, np.array([claim.T for claim in claims])).x
    for row, claim in enumerate(claims):
        share = float(x[fit.objective.model.names.index(claim.state), row])
        for limit, side, off in (
            (claim.at_least, "low", (claim.at_least or 0.0) - share),
            (claim.at_most, "high", share - (claim.at_most or 0.0)),
        ):
            if limit is not None and off > _CLAIM * claim.sigma:
                yield (
                    off / claim.sigma,
                    f"claim of {claim.state} at {number_text(claim.T, 4)} K: "
                    f"{_as_fine(share, claim.sigma)} against {_limit(limit, side)}, "
                    f"{number_text(off / claim.sigma, 2)} sigma {side}",
                )
