"""Work here, in processes and on a cluster: the same answers, and a worker that ends is survived."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from engine_cases import edge_case

from spectrafit.errors import SettingsError
from spectrafit.executor import LocalExecutor, WorkerLost, executor, in_order
from spectrafit.fit import series
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.series import fit_series
from spectrafit.reference import root
from spectrafit.reporting.results import results_dict
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study

pytestmark = pytest.mark.xdist_group("cluster")


def square(x: float) -> float:
    if x < 0:
        raise ValueError("negative")
    return x * x


def end_process(x: float) -> float:
    os._exit(1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_are_in_the_order_of_the_tasks(jobs: int) -> None:
    seen: list[tuple[int, int]] = []
    found = in_order(
        LocalExecutor(jobs), square, [3.0, 1.0, 2.0], lambda done, total: seen.append((done, total))
    )
    assert found == [9.0, 1.0, 4.0]
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_task_raises_is_handed_over(jobs: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        in_order(LocalExecutor(jobs), square, [1.0, -1.0])


def test_a_process_that_ends_is_named() -> None:
    found = list(LocalExecutor(2).completed(end_process, [1.0, 2.0]))
    assert all(isinstance(one.error, WorkerLost) for one in found)


def test_bad_settings_are_refused() -> None:
    with pytest.raises(SettingsError, match="0 processes"):
        LocalExecutor(0)
    assert executor(3) == LocalExecutor(3)


distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]
    folder: Path

    def start_worker(self) -> None:
        command = ["distributed.cli.dask_worker", self.address, "--no-nanny", "--nthreads", "1"]
        more = ["--no-dashboard", "--local-directory", str(self.folder)]
        self.workers.append(_started([*command, *more]))


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", *command], stdout=quiet, stderr=quiet)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    more = ["--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    scheduler = _started(["distributed.cli.dask_scheduler", "--host", "127.0.0.1", *more])
    end = time.monotonic() + 60
    address = None
    while not address:
        assert time.monotonic() < end
        time.sleep(0.1)
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        address = re.search(r'"address": "(tcp://[^"]+)"', text)
    found = Cluster(address[1], [], folder)
    found.start_worker()
    found.start_worker()
    yield found
    for process in (*found.workers, scheduler):
        process.kill()
        process.wait()


def same(one: FitStack, other: FitStack) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name != "without_error")
        for name in FitStack.per_row()
    )


def test_a_worker_that_is_killed_changes_nothing(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "_CHUNK", 100)
    case = edge_case(2000)
    np.save(tmp_path / "y.npy", case.y)
    np.save(tmp_path / "sigma.npy", case.sigma)
    killed = []

    def kill_one(done: int, total: int) -> None:
        if not killed and done < total // 2:
            killed.append(cluster.workers.pop())
            killed[0].send_signal(signal.SIGKILL)

    given = (case.problem, tmp_path / "y.npy")
    more = {"sigma": tmp_path / "sigma.npy", "engine": "batch"}
    here = fit_series(*given, **more)
    far = fit_series(
        *given, **more, executor=executor(scheduler=cluster.address), progress=kill_one
    )
    assert killed
    assert killed[0].wait() == -signal.SIGKILL
    cluster.start_worker()
    assert same(here, far)
    assert same(here, fit_series(*given, **more, executor=LocalExecutor(3)))


def test_a_study_is_the_same_on_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    whole = load_study(root() / "feco" / "study.toml")
    files = {
        "Fe foil": ("raw/foil_fe_before.dat",),
        "xanes-fe": ("raw/xanes_fe_008K.dat",),
        "alpha-Fe": ("mossbauer/alphaFe.ws5",),
        "mossbauer": ("mossbauer/0*K.ws5",),
        "ir": ("ir/010K.jdx", "ir/100K.jdx", "ir/300K.jdx"),
    }
    few = [
        replace(one, files=files[one.name]) for one in whole.study.measurement if one.name in files
    ]
    loaded = replace(
        whole, study=replace(whole.study, measurement=tuple(few), comparison=(), story=())
    )
    here, far = (
        results_dict(run_study(loaded, executor=one), "2000-01-01T00:00:00Z", tmp_path)
        for one in (LocalExecutor(1), executor(scheduler=cluster.address))
    )
    assert here == far
    assert len(here["results"]) == 1 + 1 + 1 + 8 + 3
    assert {one["measurement"] for one in here["series"]} >= {"mossbauer", "ir"}
    assert here["assignment"]["populations"]


def test_an_address_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="no address"):
        executor(scheduler="localhost:8786")
    monkeypatch.setattr("spectrafit.cluster._CONNECT_SECONDS", 0.5)
    with pytest.raises(SettingsError, match="does not answer"):
        list(executor(scheduler="tcp://127.0.0.1:9").completed(square, [1.0]))


def test_workers_with_other_code_are_refused(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spectrafit.cluster.package_digest", lambda name: "another")
    with pytest.raises(SettingsError, match="the code of spectrafit"):
        list(executor(scheduler=cluster.address).completed(square, [1.0]))
