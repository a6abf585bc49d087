"""Where work is done: in this process, in several of this machine, or on a cluster's workers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.processes import workers

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

__all__ = ["Completed", "Executor", "LocalExecutor", "WorkerLost", "executor", "in_order"]

T = TypeVar("T")
R = TypeVar("R")


class WorkerLost(SpectrafitError):
    """A worker ended before it handed over what it had worked on."""


@dataclass(frozen=True)
class Completed(Generic[R]):
    """What came of a task.

    Parameters
    ----------
    number : int
        Which task, from 0.
    value : object
        What the function returned; None where there is an error.
    error : Exception or None
        What it raised, or `WorkerLost`.
    """

    number: int
    value: R | None = None
    error: Exception | None = None


class Executor(Protocol):
    """What applies a function to tasks; the results do not depend on it."""

    @property
    def count(self) -> int:
        """How many tasks are worked on at a time."""
        ...

    @property
    def elsewhere(self) -> bool:
        """Whether another machine may do the work: paths must then be absolute."""
        ...

    def completed(self, function: Callable[[T], R], tasks: Sequence[T]) -> Generator[Completed[R]]:
        """Yield what came of each task, as it is done, in any order.

        Parameters
        ----------
        function : callable
            At the top of a module, so that workers can import it.
        tasks : sequence
            Its arguments.

        Yields
        ------
        Completed
        """
        ...


@dataclass(frozen=True)
class LocalExecutor:
    """Processes of this machine; one is this process itself.

    Parameters
    ----------
    count : int
        How many.

    Raises
    ------
    SettingsError
        When there is none.
    """

    count: int = 1

    def __post_init__(self) -> None:
        if self.count < 1:
            raise SettingsError(f"{self.count} processes", do="give at least 1")

    @property
    def elsewhere(self) -> bool:
        """False: the work is done here."""
        return False

    def completed(self, function: Callable[[T], R], tasks: Sequence[T]) -> Generator[Completed[R]]:
        """Yield what came of each task, as it is done.

        Parameters
        ----------
        function : callable
            At the top of a module.
        tasks : sequence
            Its arguments.

        Yields
        ------
        Completed
        """
        if min(self.count, len(tasks)) <= 1:
            for number, task in enumerate(tasks):
                yield _done_here(function, number, task)
            return
        yield from _done_in_pool(function, tasks, min(self.count, len(tasks)))


def _done_here(function: Callable[[T], R], number: int, task: T) -> Completed[R]:
    try:
        return Completed(number, function(task))
    except Exception as error:  # the caller decides, as for one that another process raised
        return Completed(number, error=error)


def _done_in_pool(
    function: Callable[[T], R], tasks: Sequence[T], count: int
) -> Generator[Completed[R]]:
    from concurrent.futures import FIRST_COMPLETED, wait
    from concurrent.futures.process import BrokenProcessPool

    with workers(count) as pool:
        rest = iter(enumerate(tasks))
        futures = {_submitted(pool, function, task): k for k, task in islice(rest, count)}
        while futures:
            for future in wait(futures, return_when=FIRST_COMPLETED).done:
                number = futures.pop(future)
                try:
                    yield Completed(number, future.result())
                except BrokenProcessPool:
                    lost = WorkerLost(
                        "the process that worked on it has ended, perhaps for want of memory",
                        do="run again with --jobs 1",
                    )
                    yield Completed(number, error=lost)
                except Exception as error:
                    yield Completed(number, error=error)
                # not before the caller has kept what came of the last one: who is killed loses
                # no more than one task a process
                futures |= {_submitted(pool, function, task): k for k, task in islice(rest, 1)}


def _submitted(pool: ProcessPoolExecutor, function: Callable[[T], R], task: T) -> Future[R]:
    """Return the future of a task; where the pool is broken already, one that has failed."""
    from concurrent.futures import Future

    try:
        return pool.submit(function, task)
    except RuntimeError as error:
        failed: Future[R] = Future()
        failed.set_exception(error)
        return failed


def in_order(
    chosen: Executor,
    function: Callable[[T], R],
    tasks: Sequence[T],
    progress: Callable[[int, int], None] | None = None,
) -> list[R]:
    """Return what a function makes of each task, in the order of the tasks.

    Parameters
    ----------
    chosen : Executor
        What does the work.
    function : callable
        At the top of a module.
    tasks : sequence
        Its arguments.
    progress : callable, optional
        ``progress(done, total)``, after each.

    Returns
    -------
    list

    Raises
    ------
    Exception
        The first that a task raises.
    """
    found: dict[int, Any] = {}
    with closing(chosen.completed(function, tasks)) as stream:
        for one in stream:
            if one.error is not None:
                raise one.error
            found[one.number] = one.value
            if progress is not None:
                progress(len(found), len(tasks))
    return [found[number] for number in range(len(tasks))]


def executor(jobs: int = 1, scheduler: str = "", packages: Sequence[str] = ()) -> Executor:
    """Return what does the work of a run.

    Parameters
    ----------
    jobs : int, optional
        Processes of this machine; not used with a scheduler.
    scheduler : str, optional
        Address of a running dask scheduler, ``tcp://host:port``; empty for this machine.
    packages : sequence of str, optional
        Packages of plugins that the workers must have as this machine has them.

    Returns
    -------
    Executor

    Raises
    ------
    SettingsError
        When the scheduler cannot be reached, has no workers, or they have other code.
    """
    if not scheduler:
        return LocalExecutor(jobs)
    from spectrafit.cluster import ClusterExecutor

    return ClusterExecutor(scheduler, tuple(packages))
