"""A run goes on where the last one stopped: what the journal has is not computed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, cast

from spectrafit.errors import ReadError
from spectrafit.exact_json import decoded, encoded, value_digest
from spectrafit.executor import Executor, LocalExecutor
from spectrafit.fit.journal import Journal
from spectrafit.states.assignment import Assignment
from spectrafit.study.code_version import CodeVersion, code_version
from spectrafit.study.comparison_sides import ObservedScan
from spectrafit.study.long_series import recipe_of, recipe_settings
from spectrafit.study.outcome import FileResult, Outcome, Reuse
from spectrafit.study.result_json import (
    observables_from,
    observables_json,
    recipe_from,
    recipe_json,
    results_from,
    results_json,
)
from spectrafit.study.schema import Study
from spectrafit.study.task_key import comparison_key, series_key, task_key
from spectrafit.study.tasks import LongSeries, Progress, Task, observed
from spectrafit.technique import ComparedScans, Observables, SeriesRecipe

__all__ = ["Resumption"]

NO_RECIPE = "RUN-011"
_FEW = 2  # tasks a process that are not worth to start it

Results = tuple[FileResult, ...]


class Resumption:
    """The journal of one run of a study: what it gave, and what is put into it.

    Parameters
    ----------
    journal : Journal or None
        None keeps nothing.
    study : Study
        Whose techniques' code counts.
    """

    def __init__(self, journal: Journal | None, study: Study) -> None:
        self._code = CodeVersion({}, "")
        self._keys: list[str] = []
        self._task_keys: dict[Task, str] = {}
        self._faults: list[str] = []
        self._kept = self._refused = 0
        self._compared_kept = self._compared = 0
        if journal is not None:
            self._code = code_version({m.technique for m in study.measurement})
        if self._code.changed:
            self._faults.append(
                f"not used: files of {', '.join(self._code.changed)} have changed since this "
                "process began; start Python again"
            )
            journal = None
        self._journal = journal

    def observed(
        self, tasks: Sequence[Task], executor: Executor, progress: Progress | None = None
    ) -> list[Results]:
        """Return the results of each task, in their order, computing what the journal lacks.

        Each is put into the journal when it is done. Of what was refused only that it was: it is
        tried again.

        Parameters
        ----------
        tasks : sequence of Task
            What to observe.
        executor : Executor
            What does the work.
        progress : callable, optional
            ``progress(done, total, text)``.

        Returns
        -------
        list of tuple of FileResult
            They do not depend on the journal.
        """
        keys = [self._key(task) for task in tasks]
        known = [self._results(key) for key in keys]
        found = [results or () for results in known]
        missing = [number for number, results in enumerate(found) if not results]
        kept = len(tasks) - len(missing)
        if progress is not None and kept:
            progress(kept, len(tasks), "")

        def told(done: int, _: int, text: str) -> None:
            if progress is not None:
                progress(kept + done, len(tasks), text)

        def finished(position: int, results: Results) -> None:
            number = missing[position]
            if known[number] is None or not _is_refused(results):
                self._keep(tasks[number], keys[number], results)

        again = all(known[number] == () for number in missing)
        if again and missing and len(missing) <= _FEW * executor.count:
            executor = LocalExecutor(1)  # they are refused again before other processes have begun
        try:
            computed = observed([tasks[number] for number in missing], executor, told, finished)
        except BaseException:  # also when the user stops it: what is done stays
            if self._journal is not None:
                self._journal.close()
            raise
        for number, results in zip(missing, computed, strict=True):
            found[number] = results
        self._keys += keys
        self._task_keys |= dict(zip(tasks, keys, strict=True))
        self._kept += kept
        self._refused += sum(_is_refused(results) for results in computed)
        return found

    def recipe(self, series: LongSeries) -> SeriesRecipe:
        """Return how each scan of a long series is fitted, from the journal where it has it.

        Parameters
        ----------
        series : LongSeries
            The scans that decide.

        Returns
        -------
        SeriesRecipe
        """
        key = self._key(series)
        kind = recipe_settings(series)
        if self._journal is not None and key and (value := self._journal.get(key)) is not None:
            try:
                return recipe_from(value, kind)
            except ReadError as error:
                self._journal.reject(key, error.what)
        made = recipe_of(series)
        failed = any(alert.code == NO_RECIPE for alert in made.alerts)
        if self._journal is not None and key and not failed and self._key(series) == key:
            try:
                self._journal.put(key, recipe_json(made, kind))
            except (TypeError, ValueError) as error:
                self._faults.append(f"a recipe of {series.measurement.name} is not kept: {error}")
        return made

    def compared(
        self,
        a: Sequence[ComparedScans],
        b: ComparedScans,
        ends: Sequence[ComparedScans],
        settings: Any,
        compare: Callable[[], Observables],
    ) -> Observables:
        """Return what a comparison gives, from the journal where it has it.

        A refusal is not kept: it is tried again.

        Parameters
        ----------
        a : sequence of ComparedScans
            What is compared.
        b : ComparedScans
            What it is held against.
        ends : sequence of ComparedScans
            End members of the population, or none.
        settings : object
            Of the comparison.
        compare : callable
            Computes it.

        Returns
        -------
        Observables
            They do not depend on the journal.
        """
        key = self._comparison_key(a, b, ends, settings)
        found, kept = self._observables(key, compare, f"comparisons of {b.technique}")
        self._compared_kept += kept
        self._compared += not kept
        return found

    def series(
        self,
        technique: str,
        scans: Mapping[str, ObservedScan],
        observe: Callable[[], Observables],
    ) -> Observables:
        """Return what the scans of a measurement give together, from the journal where it has it.

        A refusal is not kept: it is tried again.

        Parameters
        ----------
        technique : str
            Whose scans they are.
        scans : mapping of str to ObservedScan
            All of them, by label, as `observed` has returned them.
        observe : callable
            Reads them and computes it.

        Returns
        -------
        Observables
            They do not depend on the journal.
        """
        key = self._series_key(technique, scans)
        tasks = {scan.task for scan in scans.values()}
        return self._observables(
            key,
            observe,
            f"series of {technique}",
            lambda: all(self._key(task) == self._task_keys[task] for task in tasks),
        )[0]

    def has_series(self, technique: str, scans: Mapping[str, ObservedScan]) -> bool:
        """Return whether the journal has what the scans of a measurement give together.

        Parameters
        ----------
        technique, scans
            As for `series`.

        Returns
        -------
        bool
        """
        return self._has(self._series_key(technique, scans))

    def has_comparison(
        self,
        a: Sequence[ComparedScans],
        b: ComparedScans,
        ends: Sequence[ComparedScans],
        settings: Any,
    ) -> bool:
        """Return whether the journal has what a comparison gives.

        Parameters
        ----------
        a, b, ends, settings
            As for `compared`.

        Returns
        -------
        bool
        """
        return self._has(self._comparison_key(a, b, ends, settings))

    def _has(self, key: str) -> bool:
        return self._journal is not None and key in self._journal

    def _series_key(self, technique: str, scans: Mapping[str, ObservedScan]) -> str:
        rows = [
            (label, self._task_keys.get(scan.task, ""), scan.number)
            for label, scan in scans.items()
        ]
        if not all(key for _, key, _ in rows):
            return ""
        return self._known(lambda code: series_key(technique, rows, code[technique]))

    def _comparison_key(
        self,
        a: Sequence[ComparedScans],
        b: ComparedScans,
        ends: Sequence[ComparedScans],
        settings: Any,
    ) -> str:
        return self._known(lambda code: comparison_key(a, b, ends, settings, code))

    def assigned(self, study: Study, assign: Callable[[], Assignment | None]) -> Assignment | None:
        """Return what the states of a study come to, from the journal where it has it.

        Parameters
        ----------
        study : Study
            On which, and on what came of its files, it depends.
        assign : callable
            Computes it.

        Returns
        -------
        Assignment or None
            It does not depend on the journal.
        """
        key = ""
        if all(self._keys):
            key = self._known(
                lambda _: value_digest(("states", self._code.whole, self._keys, study))
            )
        if self._journal is not None and key and (value := self._journal.get(key)) is not None:
            try:
                return cast(Assignment, decoded(value, Assignment))
            except ReadError as error:
                self._journal.reject(key, error.what)
        found = assign()
        if self._journal is not None and key and found is not None:
            try:
                self._journal.put(key, encoded(found, Assignment))
            except (TypeError, ValueError) as error:
                self._faults.append(f"the states cannot be kept: {error}")
        return found

    def _known(self, made: Callable[[Mapping[str, str]], str]) -> str:
        """Return a key; empty where there is none, so that what it stands for is computed."""
        if self._journal is None:
            return ""
        try:
            return made(self._code.computing)
        except (TypeError, LookupError):
            return ""

    def _observables(
        self,
        key: str,
        compute: Callable[[], Observables],
        what: str,
        still: Callable[[], bool] = lambda: True,
    ) -> tuple[Observables, bool]:
        """Return observables, and whether they are those of the journal.

        Computed ones are kept where the key is still theirs.
        """
        if self._journal is not None and key and (value := self._journal.get(key)) is not None:
            try:
                return observables_from(value), True
            except ReadError as error:
                self._journal.reject(key, error.what)
        try:
            found = compute()
        except (KeyboardInterrupt, SystemExit):  # the user stops it: what is done stays
            if self._journal is not None:
                self._journal.close()
            raise
        if self._journal is not None and key and still():
            try:
                self._journal.put(key, observables_json(found))
            except (TypeError, ValueError) as error:
                self._faults.append(f"{what} cannot be kept: {error}")
        return found, False

    def finished(self, outcome: Outcome) -> Outcome:
        """Return a whole outcome with what was reused, once the journal is in order.

        Parameters
        ----------
        outcome : Outcome
            Of all tasks.

        Returns
        -------
        Outcome
        """
        computed = len(self._keys) - self._kept - self._refused
        reuse = Reuse(
            self._kept,
            computed,
            self._refused,
            faults=tuple(dict.fromkeys(self._faults)),
            comparisons_kept=self._compared_kept,
            comparisons=self._compared_kept + self._compared,
        )
        if self._journal is not None:
            try:
                digest = self._digest(outcome) if all(self._keys) else ""
            except TypeError:  # a technique's own types have no digest
                digest = ""
            reuse = replace(reuse, digest=digest, faults=(*self._journal.faults, *reuse.faults))
            self._journal.tidy()
        return replace(outcome, reuse=reuse)

    def _key(self, task: Task | LongSeries) -> str:
        """Return the key of a task; empty where it has none, so that it is always computed."""
        if self._journal is None:
            return ""
        try:
            return task_key(task, self._code.computing)
        except (OSError, TypeError, LookupError):
            return ""

    def _results(self, key: str) -> Results | None:
        """Return what is known of a key: nothing, results, or none where it was refused."""
        if not key or self._journal is None or (value := self._journal.get(key)) is None:
            return None
        try:
            return results_from(value)
        except ReadError as error:
            self._journal.reject(key, error.what)
            return None

    def _keep(self, task: Task, key: str, results: Results) -> None:
        # a file that has changed while it was read is not what its key says
        if not key or self._journal is None or self._key(task) != key:
            return
        try:
            value = results_json(() if _is_refused(results) else results)
        except (TypeError, ValueError) as error:
            self._faults.append(f"results of {task.measurement.technique} cannot be kept: {error}")
        else:
            self._journal.put(key, value)

    def _digest(self, outcome: Outcome) -> str:
        """Return the digest of an outcome; its observables follow from the keys of their tasks.

        Comparisons and series follow from the same scans and from the study.
        """
        apart = ("results", "comparisons", "series", "truth", "study_file", "reuse")
        rest = [getattr(outcome, one.name) for one in fields(outcome) if one.name not in apart]
        truth = [
            (row.label, row.observable.key, row.truth, row.pull, row.paper) for row in outcome.truth
        ]
        results = [replace(result, observables=None) for result in outcome.results]
        return value_digest((self._code.whole, self._keys, results, truth, rest))


def _is_refused(results: Results) -> bool:
    return any(result.status != "done" for result in results)
