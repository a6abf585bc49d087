"""Worker processes that start afresh, stay silent, and end when their parent does, however that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

__all__ = ["shared_workers", "workers"]


@dataclass(frozen=True)
class _Pool:
    """Worker processes, and what ends them at once."""

    executor: ProcessPoolExecutor
    stop: Callable[[], None]


_SHARED: ContextVar[dict[int, _Pool] | None] = ContextVar("shared workers", default=None)


@contextmanager
def shared_workers() -> Iterator[None]:
    """Keep worker processes until the end of a block: `workers` gives those that are there.

    Each process loads the program anew, which takes longer than to draw ten figures.

    Yields
    ------
    None
    """
    pools: dict[int, _Pool] = {}
    token = _SHARED.set(pools)
    try:
        yield
    except BaseException:
        for pool in pools.values():
            pool.stop()
        raise
    else:
        for pool in pools.values():
            pool.executor.shutdown()
    finally:
        _SHARED.reset(token)


@contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of worker processes, started by spawning on every system.

    Workers do not see Ctrl-C (this process does, and ends them), show no warnings and print
    nothing on standard output: what matters is in what they return.

    Parameters
    ----------
    count : int
        Number of processes.

    Yields
    ------
    concurrent.futures.ProcessPoolExecutor
    """
    shared = _SHARED.get()
    there = shared or {}
    # a pool starts its processes as there is work for them: a larger one serves as well
    fitting = [n for n in sorted(there) if n >= count and _works(there[n].executor)]
    size = fitting[0] if fitting else count
    pool = there[size] if fitting else _started(count)
    if shared is not None:
        shared[size] = pool
    try:
        yield pool.executor
    except BaseException:
        if shared is not None:
            del shared[size]
        pool.stop()
        raise
    else:
        if shared is None:
            pool.executor.shutdown()


def _started(count: int) -> _Pool:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    others = multiprocessing.active_children()
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_prepare)

    def stop() -> None:
        executor.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            if child not in others:
                child.terminate()

    return _Pool(executor, stop)


def _works(executor: ProcessPoolExecutor) -> bool:
    """Return whether a pool still takes work: none does once a process of it has been lost."""
    try:
        executor.submit(int)
    except RuntimeError:
        return False
    return True


def _prepare() -> None:
    import signal
    import sys
    import threading
    import warnings

    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")


def _end_with_parent() -> None:
    """End this process once its parent has ended: one that is killed can end nobody itself.

    Each process of a pool holds both ends of its queue, so that none sees it close.
    """
    import os
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
