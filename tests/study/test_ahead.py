"""Series and comparisons that several processes share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pytest

from spectrafit.errors import FitError, PluginError, SpectrafitError
from spectrafit.executor import LocalExecutor
from spectrafit.study.ahead import computed_ahead, outcome_of
from spectrafit.technique import Observables


@dataclass(frozen=True)
class Asked:
    """A piece of work that answers, is refused, fails, or ends its process."""

    name: str
    technique: str = "epr"

    def observables(self) -> Any:
        match self.name.partition(" ")[0]:
            case "refused":
                raise FitError("too few scans", where="here")
            case "faulty":
                return 1 // 0
            case "lost":
                os._exit(1)
            case "unsendable":
                return lambda: None
        return Observables(f"epr {os.getpid()}", ())


def test_answers_refusals_and_faults_come_from_other_processes():
    told: list[str] = []
    works = [Asked("one"), Asked("refused"), Asked("faulty")]
    found = computed_ahead(works, LocalExecutor(2), told.append)
    assert sorted(told) == sorted(found) == ["faulty", "one", "refused"]
    answer, refusal, fault = found["one"], found["refused"], found["faulty"]
    assert isinstance(answer, Observables)
    assert answer.technique != f"epr {os.getpid()}"
    assert isinstance(refusal, FitError)
    assert (refusal.what, refusal.where) == ("too few scans", "here")
    assert isinstance(fault, PluginError)
    assert "ZeroDivisionError" in fault.what
    assert "test_ahead.py" in fault.what


def test_what_cannot_be_handed_over_is_left_to_this_process():
    found = computed_ahead([Asked("unsendable"), Asked("one")], LocalExecutor(2), lambda _: None)
    assert list(found) == ["one"]


@pytest.mark.parametrize(("names", "processes"), [(["one"], 2), (["one", "two"], 1)])
def test_nothing_is_handed_over_where_nothing_is_gained(names, processes):
    works = [Asked(name) for name in names]
    assert computed_ahead(works, LocalExecutor(processes), lambda _: None) == {}


def test_a_refusal_here_is_the_same_as_elsewhere():
    refusal = outcome_of(Asked("refused"))
    assert isinstance(refusal, SpectrafitError)
    assert str(refusal) == "here: too few scans"
