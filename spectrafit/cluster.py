"""Work on the workers of a dask scheduler that already runs, like one that dask-jobqueue started."""

from __future__ import annotations

import platform
import secrets
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from spectrafit.code_digest import environment_versions, package_digest
from spectrafit.errors import SettingsError
from spectrafit.executor import Completed, WorkerLost

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["ClusterExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_CONNECT_SECONDS = 15.0
# a batch system may take a while to start the first worker
_WORKER_SECONDS = 300.0


@dataclass(frozen=True)
class ClusterExecutor:
    """The workers of a dask scheduler; they read the same files under the same paths.

    A task whose worker ends is given to another one, up to the scheduler's own limit
    (``distributed.scheduler.allowed-failures``, 3).

    Parameters
    ----------
    address : str
        ``tcp://host:port``.
    packages : tuple of str, optional
        Packages besides the core that each worker must have in the same state.

    Raises
    ------
    SettingsError
        When dask is not installed, or the address is none.
    """

    address: str
    packages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        from importlib.util import find_spec

        if find_spec("distributed") is None:
            raise SettingsError(
                "a scheduler needs dask", do='pip install "spectrafit-suite[cluster]"'
            )
        scheme, _, rest = self.address.partition("://")
        if scheme not in ("tcp", "tls", "ws", "wss", "ucx") or not rest:
            raise SettingsError(
                f"no address of a scheduler: {self.address!r}",
                do="give it as the scheduler prints it, like tcp://10.0.0.1:8786",
            )

    @property
    def count(self) -> int:
        """Threads of all workers now."""
        with _client(self.address) as client:
            return max(1, sum(int(each) for each in client.nthreads().values()))

    @property
    def elsewhere(self) -> bool:
        """True: paths must be absolute."""
        return True

    def completed(self, function: Callable[[T], R], tasks: Sequence[T]) -> Generator[Completed[R]]:
        """Yield what came of each task, as it is done.

        Parameters
        ----------
        function : callable
            At the top of a module that the workers have.
        tasks : sequence
            Its arguments.

        Yields
        ------
        Completed

        Raises
        ------
        SettingsError
            When the scheduler cannot be reached or goes away, has no workers, or one has other
            code.
        """
        if not tasks:
            return
        with _client(self.address) as client:
            _check_workers(client, self.packages)
            yield from _done_by(client, function, tasks)


def _client(address: str) -> Client:
    from distributed import Client

    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SettingsError(
            f"the scheduler at {address} does not answer ({error})",
            do="see whether it runs and whether this machine may reach it",
        ) from error


def _check_workers(client: Client, packages: tuple[str, ...]) -> None:
    """Refuse workers whose results could differ from this machine's."""
    try:
        client.wait_for_workers(1, timeout=_WORKER_SECONDS)
    except TimeoutError as error:
        raise SettingsError(
            f"the scheduler has no workers after {_WORKER_SECONDS:.0f} s",
            do="start workers, or see why the batch system holds them back",
        ) from error
    own = _state(packages)
    for worker, state in client.run(_state, packages).items():
        other = [name for name in own if state.get(name) != own[name]]
        if other:
            told = ", ".join(f"{name} ({state.get(name)} there)" for name in other[:3])
            raise SettingsError(
                f"the worker {worker} differs from this machine in {told}",
                do="start workers and this command from one environment",
            )


def _state(packages: tuple[str, ...]) -> dict[str, str]:
    """Return what results depend on, of the machine that this runs on."""
    versions = dict(environment_versions(("spectrafit-suite",)))
    state = {name: versions.get(name, "none") for name in ("numpy", "scipy", "numba", "lmfit")}
    state["Python"] = ".".join(map(str, sys.version_info[:2]))
    state["machine"] = platform.machine()
    for name in ("spectrafit", *packages):
        state[f"the code of {name}"] = package_digest(name)[:12]
    return state


def _done_by(
    client: Client, function: Callable[[T], R], tasks: Sequence[T]
) -> Generator[Completed[R]]:
    import warnings

    from distributed import CancelledError, as_completed

    run = f"spectrafit-{secrets.token_hex(8)}"
    futures: dict[Any, int] = {}
    with warnings.catch_warnings():
        # recordings of a foil travel with their task; dask would rather have them in a file
        warnings.filterwarnings("ignore", message="Sending large graph")
        for number, task in enumerate(tasks):
            future = client.submit(function, task, key=f"{run}-{number}", pure=False)
            futures[future] = number
    try:
        for future in as_completed(list(futures), loop=client.loop):
            number = futures.pop(future)
            try:
                found = _result(number, future)
            except CancelledError as error:
                raise SettingsError(
                    "the scheduler has gone while it worked",
                    do="start it again and type the same line: what was done is kept",
                ) from error
            future.release()
            yield found
    finally:
        if futures and client.status == "running":
            client.cancel(list(futures))


def _result(number: int, future: Any) -> Completed[Any]:
    from distributed import CancelledError, KilledWorker

    try:
        return Completed(number, future.result())
    except KilledWorker:
        lost = WorkerLost(
            "each worker that began on it has ended, perhaps for want of memory",
            do="give the workers more memory, or run it with --jobs 1",
        )
        return Completed(number, error=lost)
    except CancelledError:
        raise
    except Exception as error:
        return Completed(number, error=error)
