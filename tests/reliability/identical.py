"""The same results, to the last byte: whatever does the work, in any order, anywhere on a machine."""

from __future__ import annotations

import os
import random
import re
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
from reliability.altered import Told, altered_values
from reliability.line_runs import Lines, ended, lines, warm
from reliability.promise import Promise, Section, share_text
from reliability.ways import Way, by_command, copied, scheduler, some_measurements, ways

from spectrafit.executor import Completed, LocalExecutor
from spectrafit.reference import root
from spectrafit.reporting.results import results_dict
from spectrafit.reporting.verify import IN_SIGMA
from spectrafit.strict_json import json_text, json_value
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study

T = TypeVar("T")
R = TypeVar("R")

SETTINGS = {
    "settings.degree": "settings = { degree = 2 }",
    "parameters.line.fwhm": 'parameters = { "line.fwhm" = { start = 4.1 } }',
}
"""What is set in a study of lines that does not say it, by the path it is named with."""


@dataclass(frozen=True)
class Shuffled:
    """Work done here, handed over in an order that is drawn."""

    seed: int

    @property
    def count(self) -> int:
        """One task at a time."""
        return 1

    @property
    def elsewhere(self) -> bool:
        """False: the work is done here."""
        return False

    def completed(self, function: Callable[[T], R], tasks: Sequence[T]) -> Generator[Completed[R]]:
        """Yield what came of each task."""
        order = [*range(len(tasks))]
        random.Random(self.seed).shuffle(order)
        done = {one.number: one for one in LocalExecutor(1).completed(function, tasks)}
        yield from (done[number] for number in order)


@dataclass(frozen=True)
class Compared:
    """Which ways gave other bytes than the first one.

    Parameters
    ----------
    ways : tuple of str
        All of them.
    other : tuple of str
        Those that gave other bytes, with the first difference.
    """

    ways: tuple[str, ...]
    other: tuple[str, ...]


def compared(results: dict[str, bytes]) -> Compared:
    """Compare the results of some ways with those of the first one."""
    first = next(iter(results.values()))
    other = [f"{way}: {_first(first, one)}" for way, one in results.items() if one != first]
    return Compared(tuple(results), tuple(other))


def _first(one: bytes, other: bytes) -> str:
    place = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    texts = [
        each[max(0, place - 40) : place + 30].decode("utf-8", "replace") for each in (one, other)
    ]
    return f"{texts[1]!r} in place of {texts[0]!r}"


def in_one_process(study: Path, orders: int) -> dict[str, bytes]:
    """Return the results of runs in this process: twice, and in some orders of completion."""
    loaded = load_study(study)
    chosen = {"alone": LocalExecutor(1), "again": LocalExecutor(1)}
    shuffled = {f"order {seed}": Shuffled(seed) for seed in range(orders)}
    return {
        way: json_text(results_dict(run_study(loaded, executor=one), folder=study.parent)).encode()
        for way, one in {**chosen, **shuffled}.items()
    }


def inputs_found(of: Lines, home: Path) -> Told:
    """Change a digit of each raw file, and settings of a study, and let ``verify`` say which."""
    study, out = of.study, home / "verified"
    folder = study.parent
    assert ended(warm(of, ["run", study, "--jobs", 1, "--out", out], home / "log")).code == 0
    results = json_value((out / "results.json").read_text(encoding="utf-8"))
    changes = [
        (folder / row["file"], r"(?s)(.*)\b1(.*)", r"\g<1>2\g<2>", row["file"])
        for row in results["inputs"]
    ]
    end = r"\n[measurement.conditions]"
    changes += [
        (study, re.escape("\n[measurement.conditions]"), rf"\n{line}\n{end}", name)
        for name, line in SETTINGS.items()
    ]
    found = named = 0
    missed = []
    for path, old, new, name in changes:
        before = path.read_text(encoding="utf-8")
        after = re.sub(old, new, before, count=1)
        assert after != before
        path.write_text(after, encoding="utf-8")
        said = ended(warm(of, ["verify", out, "--jobs", 1], home / "log"))
        path.write_text(before, encoding="utf-8")
        found += said.code == 1
        named += said.code == 1 and name in said.said
        if said.code != 1 or name not in said.said:
            missed.append(f"{name}: {said.said[-300:]}")
    return Told(len(changes), found, named, 0, tuple(missed))


def joined_twice(home: Path) -> Compared:
    """Run the whole shipped study, whose states are joined, in two ways with little in common."""
    study = copied(root() / "feco", home / "shipped") / "study.toml"
    variables = (("PYTHONHASHSEED", "7"),)
    chosen = [
        Way("1 process", ("--jobs", 1)),
        Way("2 processes, another hash seed and place", ("--jobs", 2), variables, moved=True),
    ]
    return compared(by_command(Lines(study, 0, dict(os.environ)), home, chosen))


def engines_in_sigma(count: int) -> tuple[int, float]:
    """Return how many fits two engines both end well, and their largest difference in sigma.

    One is written in NumPy, the other is compiled: what two machines do differently, they do more.
    """
    from engine_cases import edge_case

    from spectrafit.fit.many import fit_many

    case = edge_case(count)
    one, other = (
        fit_many(case.problem, case.y, sigma=case.sigma, engine=engine)
        for engine in ("batch", "compiled")
    )
    good = (one.flags == other.flags) & ~one.without_error.any(axis=1)
    free = [one.names.index(name) for name in one.free_names]
    sigma = np.sqrt(np.diagonal(one.free_covariance, axis1=1, axis2=2))
    moved = np.abs(one.values - other.values)[:, free] / sigma
    return int(good.sum()), float(moved[good].max())


def section() -> Section:
    """Compare everything in the full size."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        few = some_measurements(home / "few")
        found = by_command(few, home, ways())
        if find_spec("distributed") is not None:
            with scheduler(home, few.environment) as address:
                far = Way("two workers of a dask scheduler", ("--scheduler", address))
                found |= by_command(few, home, [far])
        anywhere = compared(found)
        orders = compared(in_one_process(few.study, 5))
        joined = joined_twice(home)
        altered = altered_values(few.study, 2000)
        with lines(home / "lines", 8) as of:
            inputs = inputs_found(of, home)
    fits, most = engines_in_sigma(500)
    return Section(
        (
            _same("the fits of 5 measurements", anywhere),
            _same("the order in which fits are done, and runs in one process", orders),
            _same("the whole shipped study, its states joined", joined),
            Promise(
                "drift between machines",
                f"other platforms within {IN_SIGMA} standard uncertainties",
                f"two engines, NumPy and compiled, that take the same steps (no bins, 120 points) "
                f"differ by at most {most:.1g} on this machine",
                fits,
                most <= IN_SIGMA,
                "one machine cannot show it: this stands for it; `spectrafit verify` on another one does",
            ),
            Promise(
                "altered results",
                "`spectrafit verify` finds one changed digit in any value, and says which",
                f"{share_text(altered.found, altered.cases)} found, {altered.named:,} named",
                altered.cases,
                altered.cases == altered.found == altered.named,
                f"with a checksum that was made anew as well {altered.forged:,}: the others lie "
                "within the tolerances, or are not computed",
            ),
            Promise(
                "altered results",
                "`spectrafit verify` finds a changed raw file or setting, and says which",
                f"{share_text(inputs.found, inputs.cases)} found, {inputs.named:,} named",
                inputs.cases,
                inputs.cases == inputs.found == inputs.named,
                "; ".join(inputs.missed[:2]),
            ),
        )
    )


def _same(what: str, found: Compared) -> Promise:
    return Promise(
        "same machine",
        f"{what}: results.json the same to the byte, its time apart",
        f"{share_text(len(found.other), len(found.ways) - 1)} ways gave other bytes than the first",
        len(found.ways),
        not found.other,
        "; ".join(found.other[:2]) or ", ".join(found.ways),
    )
