"""Settings and fixtures of all tests."""

from __future__ import annotations

import gc
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from spectrafit.study.outcome import Outcome

# as the command line does: several processes on few cores wait for each other's threads
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")

sys.path.insert(0, str(Path(__file__).parent))

from data import shared_data  # noqa: E402
from reliability.raised_alerts import pytest_runtest_call  # noqa: E402, F401

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def feco_outcome() -> Outcome:
    """Return the outcome of the shipped study; mark its tests ``xdist_group("feco")``."""
    from spectrafit.reference import root
    from spectrafit.study.load import load_study
    from spectrafit.study.run import run_study

    return run_study(load_study(root() / "feco" / "study.toml"))


@pytest.fixture(scope="session")
def real_data() -> Callable[..., Path]:
    """Return the function that finds real measured files, or skips."""
    return shared_data


def _sources_digest() -> str:
    """Return the digest of every source and test, so that old passes count for them only."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for folder in ("spectrafit", "techniques", "tests"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(autouse=True)
def _resumed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Skip an acceptance run that passed before with the same sources.

    The folder named by SPECTRAFIT_ACCEPT keeps the names of what has passed; without it every run
    is made.
    """
    folder = os.environ.get("SPECTRAFIT_ACCEPT")
    if folder is None or request.node.get_closest_marker("accept") is None:
        yield
        return
    done = Path(folder) / f"passed-{_sources_digest()}.txt"
    passed = done.read_text(encoding="utf-8").splitlines() if done.exists() else []
    if request.node.nodeid in passed:
        pytest.skip("passed before with the same sources")
    yield
    report = getattr(request.node, "call_report", None)
    if report is not None and report.passed:
        done.parent.mkdir(parents=True, exist_ok=True)
        with done.open("a", encoding="utf-8") as stream:
            stream.write(f"{request.node.nodeid}\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep the report of the call where the fixture above finds it."""
    report = yield
    if report.when == "call":
        item.call_report = report  # type: ignore[attr-defined]
    return report


@pytest.fixture(autouse=True, scope="session")
def interruptible():
    """Children can be sent Ctrl-C, also where a shell began the tests in its background."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without a search for garbage: all that is made stays, and a fifth of the time goes."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Hand the groups of tests to xdist's scheduler, which reads them from the ends of names.

    pytest 9.2 no longer takes the names that xdist 3.8 gives, so that groups had no effect and what
    they share was computed by every process (pytest-xdist, issue 1386).
    """
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        names = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
        end = f"@{'_'.join(names)}"
        if names and not item.nodeid.endswith(end):
            structured = item._id  # type: ignore[attr-defined]
            item._id = type(structured).parse(f"{item.nodeid}{end}")  # type: ignore[attr-defined]
