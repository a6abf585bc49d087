"""Acceptance: two hundred studies of random truths, with profiles and bootstraps.

Each study that is done is kept in the folder of SPECTRAFIT_ACCEPT, as long as the sources stay.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from conftest import _sources_digest
from random_truth_case import FULL, Told, coverage, drawn_study, share_accepted, told

pytestmark = [pytest.mark.accept, pytest.mark.xdist_group("random truths")]

COUNT = 200


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Told]:
    kept = os.environ.get("SPECTRAFIT_ACCEPT")
    root = Path(kept) if kept else tmp_path_factory.mktemp("random")
    folder = root / f"random-truths-{_sources_digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    # one thread each: the matrices are too small to gain by more
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawned) as pool:
        return list(pool.map(_told, range(COUNT), [folder] * COUNT))


def _told(seed: int, folder: Path) -> Told:
    path = folder / f"{seed}.json"
    if path.exists():
        return Told.of_json(path.read_text(encoding="utf-8"))
    study = drawn_study(seed, ("ideal", "interaction")[seed % 2], FULL)
    found = told(study, starts=4, replicas=99, profiled=True)
    part = path.with_suffix(".part")
    part.write_text(found.as_json(), encoding="utf-8")
    part.replace(path)
    return found


def test_bands_hold_the_truth_as_often_as_they_say(every: Sequence[Told]) -> None:
    found = coverage(every)
    print(*found, sep="\n")
    for one in found:
        assert one.bands >= COUNT / 2, one
        assert 0.60 <= one.in68 <= 0.76, one
        # bands in which the lowest 60 % of above are those of 90 %; two standard errors less
        assert 0.86 <= one.in95 <= 0.985, one


def test_the_true_story_is_accepted(every: Sequence[Told]) -> None:
    print(share_accepted(every, true=True), share_accepted(every, true=False))
    assert share_accepted(every, true=True) >= 0.9
