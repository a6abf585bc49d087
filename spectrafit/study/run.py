"""From a loaded study to its outcome: read, observe, compare with a declared truth."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spectrafit import __version__
from spectrafit.alert import Alert
from spectrafit.executor import Executor, LocalExecutor
from spectrafit.files import safe_names
from spectrafit.fit.journal import Journal
from spectrafit.registry import TECHNIQUES, technique
from spectrafit.study.assigned import assigned
from spectrafit.study.comparison import compared_spectra
from spectrafit.study.files import file_inside
from spectrafit.study.load import LoadedStudy
from spectrafit.study.merging import merge_tasks
from spectrafit.study.not_performed import not_performed
from spectrafit.study.outcome import FileResult, Outcome, SeriesResult
from spectrafit.study.plan import study_plan
from spectrafit.study.resume import Resumption
from spectrafit.study.schema import Measurement, MeasurementException, Study
from spectrafit.study.settings import settings_of
from spectrafit.study.tasks import Progress, Task
from spectrafit.study.truth import Truth, load_truth
from spectrafit.study.truth_rows import truth_rows
from spectrafit.study.whole_series import observed_series
from spectrafit.technique import SeriesRecipe

__all__ = ["Progress", "labelled_results", "run_study"]


def run_study(
    loaded: LoadedStudy,
    *,
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    journal: Journal | None = None,
    resting: Collection[Path] | None = None,
) -> Outcome:
    """Return what comes of a study; a file that is refused never stops the others.

    Parameters
    ----------
    loaded : LoadedStudy
        The study and its folder.
    jobs : int
        Processes of this machine; the result does not depend on it.
    executor : Executor, optional
        What does the work, in place of processes of this machine.
    progress : callable, optional
        ``progress(done, total, text)``, called after each file.
    journal : Journal, optional
        What it holds is not computed again, what is computed is put into it as it is found; the
        results do not depend on it.
    resting : collection of Path, optional
        Files of its globs that nobody writes any more: the others are left out, with that reason.
        All of them are read when None.

    Returns
    -------
    Outcome

    Raises
    ------
    SpectrafitError
        When the study itself cannot be followed (settings, missing files, truth).
    """
    study = loaded.study
    plan = study_plan(loaded, resting)
    truth = _truth(loaded)
    planned, excepted = plan.rows, plan.excepted
    tasks = [row for rows in planned.values() for row in rows if isinstance(row, Task)]
    resumption = Resumption(journal, study)
    chosen = executor or LocalExecutor(jobs)
    tasks, alerts = _decided(tasks, excepted, progress, resumption)
    found = iter(resumption.observed(tasks, chosen, progress))
    done = iter(tasks)
    fitted = {
        name: [
            (next(done), next(found)) if isinstance(row, Task) else (None, (row,)) for row in rows
        ]
        for name, rows in planned.items()
    }
    groups = {m.name: _merged(m, fitted[m.name], excepted[m.name]) for m in study.measurement}
    merging = [task for own, _ in groups.values() for task in own]
    merged = iter(resumption.observed(merging, chosen, progress))
    results: list[FileResult] = []
    for name, (own, notes) in groups.items():
        results += [result for _, found_here in fitted[name] for result in found_here]
        results += [result for _ in own for result in next(merged)]
        alerts[name] = (*alerts.get(name, ()), *notes)
    observed = {
        name: [(task, rows) for task, rows in found_here if task is not None]
        for name, found_here in fitted.items()
    }
    together = observed_series(study, observed, resumption, chosen, progress)
    compared = compared_spectra(study, observed, resumption, chosen, progress)
    outcome = _outcome(loaded, tuple(labelled_results(results)), together, truth, alerts)
    assignment = resumption.assigned(
        study,
        lambda: assigned(study, outcome.results, together, compared, chosen, progress),
    )
    return resumption.finished(replace(outcome, comparisons=compared, assignment=assignment))


def _merged(
    m: Measurement,
    fitted: Sequence[tuple[Task | None, tuple[FileResult, ...]]],
    excepted: Mapping[Path, MeasurementException],
) -> tuple[tuple[Task, ...], tuple[Alert, ...]]:
    """Return the tasks of the merged spectra of a measurement, and what is in none."""
    if not m.merge_by:
        return (), ()
    return merge_tasks(
        m,
        [(task, results) for task, results in fitted if task is not None],
        settings=settings_of(technique(m.technique), m.settings, f"measurement {m.name}"),
        parameters=dict(m.parameters),
        apart=frozenset(path for path, exception in excepted.items() if exception.settings),
    )


def _decided(
    tasks: Sequence[Task],
    excepted: Mapping[str, Mapping[Path, MeasurementException]],
    progress: Progress | None,
    resumption: Resumption,
) -> tuple[list[Task], dict[str, tuple[Alert, ...]]]:
    """Return the tasks as their long series decides, and the alerts of each measurement.

    What an exception says of a file stands.
    """
    recipes: dict[str, SeriesRecipe] = {}
    decided = []
    for task in tasks:
        if task.series is None:
            decided.append(task)
            continue
        name = task.measurement.name
        if name not in recipes:
            if progress is not None:
                progress(0, len(tasks), f"{name}: a few scans decide for all")
            recipes[name] = resumption.recipe(task.series)
        recipe, exception = recipes[name], excepted[name].get(task.paths[0])
        own = exception.settings if exception is not None else {}
        kept = {key: getattr(task.settings, key) for key in own}
        parameters = {**recipe.parameters, **(exception.parameters if exception else {})}
        decided.append(
            replace(
                task,
                settings=replace(recipe.settings, **kept) if kept else recipe.settings,
                parameters=parameters,
                series=None,
            )
        )
    return decided, {name: recipe.alerts for name, recipe in recipes.items()}


def _truth(loaded: LoadedStudy) -> Truth | None:
    head = loaded.study.study
    if not head.truth:
        return None
    return load_truth(file_inside(head.truth, loaded.folder, head.allow_outside, "$.study.truth"))


def labelled_results(results: Sequence[FileResult]) -> Iterable[FileResult]:
    """Give each result a short unique name that is safe as a file name: the file's stem if it can.

    Files of a measurement that has a name in common with another file are called by both.

    Parameters
    ----------
    results : sequence of FileResult
        Of all measurements; those that have a label keep it.

    Yields
    ------
    FileResult
    """
    names = {(one.measurement, one.file): one.label or Path(one.file).stem for one in results}
    stems = Counter(name.casefold() for name in names.values())
    shared = {one for (one, _), name in names.items() if stems[name.casefold()] > 1}
    wanted = []
    for result in results:
        name = names[result.measurement, result.file]
        own = result.measurement
        wanted.append(f"{own}-{name}" if own in shared else name)
    scans, number = Counter(wanted), Counter[str]()
    for i, text in enumerate(wanted):
        if scans[text] > 1:
            number[text] += 1
            wanted[i] = f"{text}-{number[text]}"
    for result, label in zip(results, safe_names(wanted), strict=True):
        yield replace(result, label=label)


def _outcome(
    loaded: LoadedStudy,
    results: tuple[FileResult, ...],
    series: tuple[SeriesResult, ...],
    truth: Truth | None,
    alerts: Mapping[str, tuple[Alert, ...]],
) -> Outcome:
    study = loaded.study
    simulated = any(result.source.simulated for result in results)
    rows, failed = truth_rows(truth, results, series) if truth is not None else ((), ())
    return Outcome(
        study,
        results,
        rows,
        loaded.notices,
        {f"{w.code} {w.measurement}".strip(): w.reason for w in study.waive},
        (*not_performed(study, results), *failed),
        _silent_keys(study, results),
        _assumed(study),
        simulated,
        _versions(study),
        loaded.text,
        loaded.file,
        {name: found for name, found in alerts.items() if found},
        series=series,
    )


def _silent_keys(study: Study, results: Sequence[FileResult]) -> tuple[str, ...]:
    keys = {key for r in results if r.observables is not None for key in r.observables.keys}
    mentioned = {key for state in study.state.values() for key in state.expect}
    return tuple(sorted(keys - mentioned))


def _assumed(study: Study) -> tuple[str, ...]:
    return tuple(
        f"{name}, {key}: {value.source}"
        for name, state in study.state.items()
        for key, value in state.expect.items()
        if value.source.startswith("assumed:")
    ) + tuple(
        f"typed, {value.key}: {value.source}"
        for value in study.typed
        if value.source.startswith("assumed:")
    )


def _versions(study: Study) -> dict[str, str]:
    from importlib.metadata import entry_points, version

    python = ".".join(str(part) for part in sys.version_info[:3])
    found = {"spectrafit-suite": __version__, "python": python}
    found |= {name: version(name) for name in ("numpy", "scipy")}
    used = {m.technique for m in study.measurement}
    for entry in entry_points(group=TECHNIQUES):
        if entry.name in used and entry.dist is not None:
            found.setdefault(entry.dist.name, entry.dist.version)
    return found
