"""What each accepted story predicts for further measurements, and what each would be worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.observable import ObservableSpec
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.assignment import CandidateRow
from spectrafit.states.candidates import Candidate, Prediction, gain, ranked
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.identify import POPULATION_SIGMA, estimable
from spectrafit.states.joint import JointFit
from spectrafit.states.predict import foretold
from spectrafit.units import converted

__all__ = ["Forecast", "candidate_rows", "default_candidates", "forecast"]

_NEAR_K = 1.5  # a datum this near is one at that temperature


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a story predicts for a measurement that is not part of its fit.

    Parameters
    ----------
    fit : JointFit
        Of the story, with the numbers that the measurement needs.
    value : float
        In the unit of the candidate.
    sigma : float or None
        Standard uncertainty, all numbers of the fit moving; None with `reason`.
    slope : ndarray, shape (P,)
        Derivatives of the value by the free numbers of `fit`.
    reason : str
        Why the story does not determine it.
    """

    fit: JointFit
    value: float
    sigma: float | None
    slope: FloatArray
    reason: str = ""


def forecast(fit: JointFit, candidate: Candidate, spec: ObservableSpec) -> Forecast:
    """Return what a fitted story predicts for a measurement.

    Parameters
    ----------
    fit : JointFit
        Of the story.
    candidate : Candidate
        The measurement; its key may have no datum in the fit.
    spec : ObservableSpec
        Declaration of its key.

    Returns
    -------
    Forecast

    Raises
    ------
    SpectrafitError
        When a key without a datum lacks a pure-state value.
    UnitError
        When the candidate's unit is not one of the key.
    """
    datum = Datum(
        candidate.key, candidate.T, 0.0, 1.0, quantity=candidate.quantity, from_T=candidate.from_T
    )
    told = foretold(fit, JoinedData((datum,), {candidate.key: spec}))
    zero, size = _scale(candidate, spec)
    value = zero + size * float(told.values[0])
    sigma = told.sigmas[0]
    return Forecast(
        told.fit, value, None if sigma is None else size * sigma, size * told.slopes[0],
        told.reasons[0],
    )  # fmt: skip


def candidate_rows(
    candidates: Sequence[Candidate],
    fits: Sequence[JointFit],
    *,
    specs: Mapping[str, ObservableSpec] | None = None,
    weights: Mapping[str, float] | None = None,
    population: tuple[str, float] | None = None,
    best: str = "",
) -> tuple[CandidateRow, ...]:
    """Return further measurements, the one first that tells accepted stories apart best.

    Parameters
    ----------
    candidates : sequence of Candidate
        What could be measured; `default_candidates` where there are none.
    fits : sequence of JointFit
        Of the accepted stories, at least one.
    specs : mapping of str to ObservableSpec, optional
        Declarations of keys without a datum in the fits.
    weights : mapping of str to float, optional
        Of the stories, by name; all equal, of sum 1, by default.
    population : (str, float), optional
        State and temperature, K, of the population whose gain is given.
    best : str, optional
        Name of the story of that population; the first of `fits` by default.

    Returns
    -------
    tuple of CandidateRow
        A story that cannot predict one is named, with the reason, behind what the candidate rests
        on; such a candidate comes last.

    Raises
    ------
    SpectrafitError
        Without a fit, for a story or a state that is not there, or two candidates of one name.
    """
    if not fits:
        raise SpectrafitError("no accepted story, so that nothing can be predicted")
    by_name = {fit.objective.story.name: fit for fit in fits}
    if best and best not in by_name:
        raise SpectrafitError(f"no fit of a story {best!r}", do=f"name one of {', '.join(by_name)}")
    best = best or next(iter(by_name))
    declared = dict(specs or {})
    for fit in fits:
        declared |= fit.objective.data.specs
    plans = tuple(candidates) or default_candidates(by_name[best])
    predictions: dict[str, dict[str, Prediction]] = {name: {} for name in by_name}
    gains: dict[str, float] = {}
    faults: dict[str, list[str]] = {}
    for plan in plans:
        spec = declared.get(plan.key)
        if spec is None:
            faults[plan.name] = [f"cannot be predicted: no technique declares {plan.key}"]
            continue
        _scale(plan, spec)  # a wrong unit is a fault of the candidate, not of a story
        for name, fit in by_name.items():
            try:
                found = forecast(fit, plan, spec)
            except SpectrafitError as error:
                faults.setdefault(plan.name, []).append(f"story {name}: {error.what}")
                continue
            if found.sigma is None:
                why = f"story {name}: cannot be predicted: {found.reason}"
                faults.setdefault(plan.name, []).append(why)
            else:
                predictions[name][plan.name] = (found.value, found.sigma)
            if name == best and population is not None:
                gains[plan.name] = _gain(found, population, plan.sigma)
    told = [
        replace(plan, rests_on="; ".join(filter(None, [plan.rests_on, *faults[plan.name]])))
        if plan.name in faults else plan
        for plan in plans
    ]  # fmt: skip
    shares = weights if weights is not None else {name: 1.0 / len(by_name) for name in by_name}
    return ranked(told, predictions, shares, gains)


def default_candidates(fit: JointFit) -> tuple[Candidate, ...]:
    """Return every key of a fit once more: at low, middle and high report temperatures.

    Parameters
    ----------
    fit : JointFit
        Of a story; without report temperatures those of the data are taken.

    Returns
    -------
    tuple of Candidate
        With the median standard uncertainty of the key's values: as it is measured now. A key of
        which the data hold no value, but changes or heights only, has none.
    """
    data = fit.objective.data
    found = []
    for key in data.keys:
        values = [one for one in data.data if one.key == key and _is_value(one)]
        if not values:
            continue
        temperatures = sorted(fit.objective.model.report_T or (one.T for one in values))
        chosen = dict.fromkeys(
            (temperatures[0], temperatures[len(temperatures) // 2], temperatures[-1])
        )
        sigma = float(np.median([one.sigma for one in values]))
        for T in chosen:
            there = any(abs(one.T - T) <= _NEAR_K for one in values)
            more = "one more value of " if there else ""
            found.append(
                Candidate(
                    f"{more}{key} at {number_text(T, 4)} K", key, T, sigma, data.specs[key].unit,
                    rests_on=f"the pure-state values of {key} in this fit",
                )
            )  # fmt: skip
    return tuple(found)


def _is_value(datum: Datum) -> bool:
    return datum.value is not None and datum.quantity is Quantity.VALUE


def _scale(candidate: Candidate, spec: ObservableSpec) -> tuple[float, float]:
    """Return zero and step of a key's unit in the candidate's; a change has no zero."""
    unit = "K" if candidate.quantity is Quantity.T_OF_HIGHEST else spec.unit
    zero, one = (converted(end, unit, candidate.unit) for end in (0.0, 1.0))
    return 0.0 if candidate.quantity is Quantity.CHANGE else zero, one - zero


def _gain(found: Forecast, population: tuple[str, float], sigma: float) -> float:
    """Return the share by which a datum lowers the uncertainty of a population.

    Of a population that the fit does not determine, that of a mere guess is lowered.
    """
    state, T = population
    fit = found.fit
    names = fit.objective.model.names
    if state not in names:
        raise SpectrafitError(f"no state {state!r}", do=f"name one of {', '.join(names)}")
    slope = fit.objective.population_slopes(fit.theta, np.array([T]))[:, names.index(state), 0]
    before = estimable(fit, slope)
    if before.sigma is not None and found.sigma is not None and before.sigma <= POPULATION_SIGMA:
        return gain(fit.covariance, found.slope, slope, sigma)
    more = replace(fit, jacobian=np.concatenate([fit.jacobian, found.slope[None] / sigma]))
    after = estimable(more, slope).sigma
    return 0.0 if after is None else max(0.0, 1.0 - after / POPULATION_SIGMA)
