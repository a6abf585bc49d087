"""The states of a study: joint fits, evidence, predictions and what would decide, as one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.conditions import conditions_text
from spectrafit.executor import Executor, in_order
from spectrafit.observable import Observable, ObservableSpec
from spectrafit.registry import spec_for
from spectrafit.states.assignment import (
    Assignment,
    CandidateRow,
    EvidenceRow,
    LevelRow,
    StateEvidence,
)
from spectrafit.states.claim_verdicts import claim_rows
from spectrafit.states.conflicts import member_conflicts, share_conflicts
from spectrafit.states.consistency import consistency_rows
from spectrafit.states.dipoles import dipole_changes
from spectrafit.states.exchange_regime import key_regimes
from spectrafit.states.forecast import candidate_rows, default_candidates
from spectrafit.states.identify import weak_directions
from spectrafit.states.joint import JointFit
from spectrafit.states.model import Parameter, StateModel, Step
from spectrafit.states.predict import predicted
from spectrafit.states.rate_bounds import joined_bounds
from spectrafit.states.stories import StoryFit, accepted, judged
from spectrafit.states.story_rows import best_story, story_rows
from spectrafit.states.study_verdict import APART, study_verdict
from spectrafit.study.joined_data import Joined, joined_data
from spectrafit.study.outcome import ComparisonResult, FileResult, SeriesResult
from spectrafit.study.sample_evidence import of_one_sample
from spectrafit.study.schema import Study
from spectrafit.study.state_curves import story_curves
from spectrafit.study.state_inputs import (
    candidates_of,
    claims_of,
    consistency_lines,
    expectations_of,
    key_shares,
    rate_bounds_of,
    told_evidence,
    typed_observables,
)
from spectrafit.study.state_model import state_model
from spectrafit.study.state_populations import population_rows, story_numbers
from spectrafit.study.state_tasks import StateTask, state_task, story_task
from spectrafit.study.tasks import Progress

__all__ = ["assigned"]


@dataclass(frozen=True)
class _Given:
    """What a study found, as the states need it."""

    study: Study
    results: tuple[FileResult, ...]
    series: tuple[SeriesResult, ...]
    comparisons: tuple[ComparisonResult, ...]

    @property
    def by_measurement(self) -> dict[str, tuple[Observable, ...]]:
        """Observables of samples by measurement, with the conditions of their files."""
        roles = {one.name: one.role for one in self.study.measurement}
        found: dict[str, list[Observable]] = {}
        for name, conditions, item in _observables(self):
            if roles.get(name, "sample") == "sample":
                whole = {**conditions, **item.conditions}
                found.setdefault(name, []).append(replace(item, conditions=whole))
        typed = typed_observables(self.study)
        if typed:
            found["typed"] = list(typed)
        return {name: tuple(items) for name, items in found.items()}


def assigned(
    study: Study,
    results: Sequence[FileResult],
    series: Sequence[SeriesResult],
    comparisons: Sequence[ComparisonResult],
    executor: Executor,
    progress: Progress | None = None,
) -> Assignment | None:
    """Return what the observables of a study say of its states.

    Parameters
    ----------
    study : Study
        The study.
    results, series, comparisons : sequence
        What came of its files.
    executor : Executor
        What does the work; the result does not depend on it.
    progress : callable, optional
        ``progress(done, total, text)``.

    Returns
    -------
    Assignment or None
        None where the study declares neither steps between states, nor what a pure state shows,
        nor claims.
    """
    if not (study.step or study.claim or study.rule or study.consistency or _expects(study)):
        return None
    given = _Given(study, tuple(results), tuple(series), tuple(comparisons))
    labels = tuple((name, one.label or name) for name, one in study.state.items())
    found = Assignment(labels, "not addressed", "The study declares no steps between states.")
    joined = joined_data(study, results, series) if study.joint is not None else None
    model = state_model(study, joined.data) if joined is not None and study.step else None
    fits: tuple[StoryFit, ...] = ()
    if model is not None and joined is not None and joined.data.data:
        fits = _fitted(study, model, joined, executor, progress)
        found = _with_fits(found, given, model, joined, fits, executor, progress)
    elif model is not None:
        text = "No datum of the joined keys: the populations are not known."
        refused = joined.left_out if joined is not None else ()
        found = replace(found, text=" ".join((text, *map(_sentence, refused))), refused=refused)
    return _with_words(found, given, model, fits)


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}."


def _expects(study: Study) -> bool:
    return any(state.expect for state in study.state.values())


def _observables(given: _Given) -> list[tuple[str, Mapping[str, Any], Observable]]:
    rows: list[tuple[str, Mapping[str, Any], Observable]] = []
    for one in given.results:
        items = one.observables.items if one.observables is not None else ()
        rows += [(one.measurement, one.conditions, item) for item in items]
    together: list[SeriesResult | ComparisonResult] = [*given.series, *given.comparisons]
    for part in together:
        items = part.observables.items if part.observables is not None else ()
        rows += [(part.measurement, {}, item) for item in items]
    return rows


def _fitted(
    study: Study,
    model: StateModel,
    joined: Joined,
    executor: Executor,
    progress: Progress | None,
) -> tuple[StoryFit, ...]:
    joint = study.joint
    assert joint is not None
    tasks = [
        (model, story, joined.data, int(joint.starts), int(joint.replicas), 0)
        for story in model.stories
    ]

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, f"states: {done} of {total} stories")

    return judged(tuple(in_order(executor, story_task, tasks, told)))


def _with_fits(
    found: Assignment,
    given: _Given,
    model: StateModel,
    joined: Joined,
    fits: tuple[StoryFit, ...],
    executor: Executor,
    progress: Progress | None,
) -> Assignment:
    joint = given.study.joint
    assert joint is not None
    report_T = joint.report_T or _spread_T(joined)
    verdict, text = study_verdict(model, fits, report_T)
    kept = accepted(fits)
    best = best_story(fits)
    volume = _volume(given, joint.volume_key)

    def dipoles(fit: JointFit) -> tuple[str, ...]:
        return dipole_changes(fit, volume) if volume is not None else ()

    found = replace(
        found,
        verdict=verdict,
        text=text,
        best=best.story.name if best is not None else "",
        stories=story_rows(fits, dipoles=dipoles),
        curves=tuple(point for one in kept for point in story_curves(one)),
        refused=joined.left_out,
        undecided=tuple(LevelRow(text) for text in joined.notices),
    )
    if best is None or best.fit is None:
        return found
    tasks: list[StateTask] = [
        ("populations", one.fit, tuple(report_T), True) for one in kept if one.fit is not None
    ]
    tasks += [("left out", best.fit, (name,), report_T) for name in joined.data.techniques]
    tasks += [("axis", best.fit, step.name, "") for step in _own_steps(model)]

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total, f"states: {done} of {total} checks of the accepted stories")

    done = in_order(executor, state_task, tasks, told)
    by_kind: dict[str, list[Any]] = {}
    for task, value in zip(tasks, done, strict=True):
        by_kind.setdefault(task[0], []).append(value)
    populations = tuple(row for rows, _ in by_kind["populations"] for row in rows)
    own = by_kind["populations"][[one is best for one in kept].index(True)][1]
    left_out = by_kind.get("left out", [])
    axis = [one for one in by_kind.get("axis", []) if one is not None]
    # fewer data fix no more: only what all of them fix is worth asking for again
    again = [
        (one.step, left)
        for one in axis
        if one.verdict == "fixed"
        for left in _lefts(model, joined, one.step)
    ]
    axis += in_order(executor, state_task, [("axis", best.fit, *one) for one in again])
    return replace(
        found,
        populations=populations,
        anchors=own.used,
        unused=own.unused,
        left_out=tuple(one for one, _ in left_out if one is not None),
        predictions=(
            *predicted(best.fit, joined.data, best.story.name),
            *(row for _, rows in left_out for row in rows),
        ),
        axis=tuple(one for one in axis if one is not None),
        weak=weak_directions(best.fit),
        candidates=_forecast(given.study, kept, best, report_T, verdict == "decided"),
    )


def _own_steps(model: StateModel) -> list[Step]:
    """Return the steps between two states."""
    return [one for one in model.steps if {one.lower, one.upper} <= set(model.names)]


def _lefts(model: StateModel, joined: Joined, step_name: str) -> list[str]:
    """Return the techniques that could fix the axis of a step.

    Pure-state values that are free follow any map of the populations: a technique can fix it only
    where one of the two states has a value, a prior or a tie.
    """
    techniques = joined.data.techniques
    (step,) = (one for one in model.steps if one.name == step_name)
    tied = {
        key.partition(".")[0]
        for story in model.stories
        for name, known in model.parameters_of(story).items()
        for key, _, state in (name.rpartition("."),)
        if state in (step.lower, step.upper) and key in model.keys and _is_told(known)
    }
    return [name for name in techniques if name in tied] if len(techniques) > 1 else []


def _is_told(known: Parameter) -> bool:
    return bool(known.equals) or known.fixed or known.sigma is not None


def _forecast(
    study: Study,
    kept: Sequence[StoryFit],
    best: StoryFit,
    report_T: Sequence[float],
    decided: bool,
) -> tuple[CandidateRow, ...]:
    """Return further measurements; the population that is known least is to gain from them."""
    assert best.fit is not None
    # of stories that say the same one speaks: what is left to decide lies between the others
    fits = [best.fit] if decided else _apart([best, *kept], report_T)
    chosen = candidates_of(study) or default_candidates(best.fit)
    specs = {one.key: spec for one in chosen if (spec := spec_for(one.key)) is not None}
    least = max(
        population_rows(best.fit, report_T),
        key=lambda row: np.inf if row.sigma is None else row.sigma,
    )
    return candidate_rows(
        chosen, fits, specs=specs, population=(least.state, least.T), best=best.story.name
    )


def _apart(stories: Sequence[StoryFit], report_T: Sequence[float]) -> list[JointFit]:
    """Return the fits of stories whose populations differ from those of all before them."""
    where = np.asarray(report_T, float)
    found: list[JointFit] = []
    known: list[np.ndarray] = []
    for one in stories:
        if one.fit is None:
            continue
        x = one.fit.objective.populations(one.fit.theta, where).x
        if all(np.abs(x - other).max() > APART for other in known):
            found.append(one.fit)
            known.append(x)
    return found


def _spread_T(joined: Joined) -> tuple[float, ...]:
    """Return five temperatures over the measured range, where none are named."""
    T = [datum.T for datum in joined.data.data]
    return tuple(float(round(t)) for t in np.linspace(min(T), max(T), 5))


def _volume(given: _Given, key: str) -> float | None:
    """Return the volume for each molecule, A3: the mean of what was measured."""
    values = [
        float(item.value)
        for items in given.by_measurement.values()
        for item in items
        if key and item.key == key and isinstance(item.value, int | float) and item.unit == "A3"
    ]
    return float(np.mean(values)) if values else None


def _with_words(
    found: Assignment, given: _Given, model: StateModel | None, fits: tuple[StoryFit, ...]
) -> Assignment:
    """Return the assignment with evidence, rates, claims and lines of consistency."""
    study = given.study
    observables = given.by_measurement
    every = [item for items in observables.values() for item in items]
    best = best_story(fits)
    nuisances = _nuisances(best)
    specs: dict[str, ObservableSpec] = {
        item.key: spec for item in every if (spec := spec_for(item.key)) is not None
    }
    evidence: tuple[EvidenceRow, ...]
    groups: tuple[StateEvidence, ...]
    evidence, groups = told_evidence(study, observables, specs, nuisances)
    rate = joined_bounds(rate_bounds_of(observables, best, model))
    if best is not None and best.fit is not None and model is not None:
        members = _members(best.fit)
        joined_specs = {key: specs[key] for key in best.fit.objective.data.keys if key in specs}
        rate = replace(rate, regimes=key_regimes(joined_specs, members, rate))
    numbers = [story_numbers(study, one) for one in accepted(fits)]
    shares = key_shares(study, of_one_sample(study, observables), specs, nuisances, best)
    claims, rules = claims_of(study.claim), claims_of(study.rule)
    return replace(
        found,
        evidence=evidence,
        groups=groups,
        per_key=shares,
        conflicts=(
            (
                *member_conflicts(best.fit, expectations_of(study)),
                *share_conflicts(best.fit, shares),
            )
            if best is not None and best.fit is not None
            else ()
        ),
        rate=rate if rate.bounds or model is not None else None,
        claims=claim_rows(claims, observables, numbers),
        rules=claim_rows(rules, observables, numbers),
        consistency=consistency_rows(consistency_lines(study), every),
        silent=_silent(study, every, model),
    )


def _nuisances(best: StoryFit | None) -> dict[str, float]:
    if best is None or best.fit is None:
        return {}
    values = best.fit.values()
    kinds = {number.name: number.kind for number in best.fit.objective.numbers.every}
    return {name: value for name, value in values.items() if kinds[name] == "nuisance"}


def _members(fit: JointFit) -> dict[str, dict[str, float]]:
    values, states = fit.values(), fit.objective.model.names
    return {
        key: {s: values[f"{key}.{s}"] for s in states if f"{key}.{s}" in values}
        for key in fit.objective.data.keys
    }


def _silent(study: Study, every: Sequence[Observable], model: StateModel | None) -> tuple[str, ...]:
    """Return the keys with a temperature that no expectation and no joint fit uses."""
    used = {key for state in study.state.values() for key in state.expect}
    used |= set(model.keys if model is not None else ())
    keys = dict.fromkeys(
        item.key for item in every if item.sigma is not None and conditions_text(item.conditions)
    )
    return tuple(key for key in keys if key not in used)
