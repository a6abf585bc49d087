"""Code in data: nothing in the source runs what it reads, and a hostile corpus makes no canary."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from faults.code_as_data import codes, expressions, hostile_files, packed_codes
from faults.every_reader import seeds_of_all
from line_study import installed, line_text, write_study
from reliability.archives import said
from reliability.promise import Promise, Section, share_text
from reliability.running_calls import (
    EXCEPTIONS,
    calls_of_source,
    running_calls,
    sources,
    unexplained,
)

from spectrafit import registry
from spectrafit.errors import SpectrafitError
from spectrafit.fit.tie import linear_form
from spectrafit.reader import read
from spectrafit.states.consistency import arithmetic_value
from spectrafit.study.load import study_of_text
from spectrafit.study.schema import Study
from spectrafit.study.toml_writer import value_text

ROOT = Path(__file__).parents[2]
SECONDS = 1.0
PLANTED = ("sitecustomize", "usercustomize", "conftest", "spectrafit", "numpy", "click", "evil")
_HEAD = '[study]\nname = "s"\n\n[[measurement]]\nname = "m"\ntechnique = "xanes"\nfiles = "raw/*"\n'


@dataclass(frozen=True)
class Tried:
    """What came of one hostile input."""

    story: str
    fault: str
    seconds: float

    @property
    def is_kept(self) -> bool:
        """Whether it was taken as data or refused, in time."""
        return not self.fault and self.seconds < SECONDS


def tried(story: str, canary: Path, act: Callable[[], object]) -> Tried:
    """Return what comes of an act that may be refused and must not run the canary's code."""
    start, fault = time.process_time(), ""
    try:
        act()
    except SpectrafitError:
        pass
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"[:200]
    seconds = time.process_time() - start
    if canary.exists():
        canary.unlink()
        fault = "ran"
    return Tried(story[:100], fault, seconds)


def tried_files(folder: Path, *, every: int = 1) -> Iterator[Tried]:
    """Give what comes of hostile files, each by the surest reader and by the one of its seed."""
    canary = folder / "ran"
    read_once = folder / "warm.dat"
    read_once.write_text("1 2\n2 3\n", encoding="utf-8")
    read(read_once)
    for number, one in enumerate(hostile_files(canary, seeds_of_all())):
        if number % every:
            continue
        path = folder / one.name.replace("/", "_")
        path.write_bytes(one.content)
        yield tried(f"{one.name} {number}", canary, lambda path=path: read(path))  # type: ignore[misc]
        owner = next((r for r in registry.reader_names() if one.name.startswith(f"{r}-")), "")
        if owner:
            reader = registry.reader(owner)
            yield tried(
                f"{one.name} {number} by {owner}",
                canary,
                lambda path=path, reader=reader: reader.read(path),  # type: ignore[misc]
            )
        path.unlink()


def tried_expressions(folder: Path) -> Iterator[Tried]:
    """Give what comes of hostile texts as the expression of a line and as a tie."""
    canary = folder / "ran"
    names = {"a": 1.0, "b": 2.0, "a.b": 3.0}
    for text in expressions(canary):
        yield tried(f"expression {text}", canary, lambda text=text: arithmetic_value(text, names))  # type: ignore[misc]
        yield tried(f"tie {text}", canary, lambda text=text: linear_form(text, tuple(names)))  # type: ignore[misc]


def text_places(kind: type[Any], steps: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the place of every text in the tables of a study, from the schema itself."""
    hints = get_type_hints(kind)
    for each in fields(kind):
        name = each.metadata.get("toml") or each.name
        hint = hints[each.name]
        inner = next((part for part in _parts(hint) if is_dataclass(part)), None)
        if inner is not None:
            place = f"{name}{{}}" if "Mapping" in str(hint) else name
            yield from text_places(inner, (*steps, f"{place}[]" if "tuple" in str(hint) else place))
        elif str in _parts(hint) or Any in _parts(hint):
            yield (*steps, name)


def _parts(hint: Any) -> list[Any]:
    return [hint, *(part for one in get_args(hint) for part in _parts(one))]


def study_with(place: tuple[str, ...], text: str) -> str:
    """Return a study with a text at one place of its schema."""
    written = value_text(text)
    for step in reversed(place[1:]):
        name = step.removesuffix("[]").removesuffix("{}")
        inner = f"{{ x = {written} }}" if step.endswith("{}") else written
        inner = f"[{inner}]" if step.endswith("[]") else inner
        written = f"{{ {name} = {inner} }}"
    first = place[0].removesuffix("[]")
    if len(place) == 1:
        return f"{first} = {written}\n{_HEAD}"
    entry = f"[{written}]" if place[0].endswith("[]") else written
    if first.endswith("{}"):
        first, entry = first.removesuffix("{}"), f"{{ x = {written} }}"
    head = _HEAD
    if first == "study":
        head = head.replace('[study]\nname = "s"\n\n', "")
    if first == "measurement":
        head = head[: head.index("[[measurement]]")]
    return f"{first} = {entry}\n{head}"


def tried_studies(folder: Path, *, texts: int | None = None) -> Iterator[Tried]:
    """Give what comes of code at every text of a study, and of code in place of a study."""
    canary = folder / "ran"
    study_of_text(_HEAD, folder=folder)
    for place in text_places(Study):
        for text in codes(canary)[:texts]:
            document = study_with(place, text)
            yield tried(
                f"{'.'.join(place)}: {text}",
                canary,
                lambda document=document: study_of_text(document, folder=folder),  # type: ignore[misc]
            )
    for text in (*codes(canary), "[" * 100_000, "a." * 100_000 + "b = 1", "a = " + "{a=" * 50_000):
        yield tried(
            f"study {text}",
            canary,
            lambda text=text: study_of_text(text, folder=folder),  # type: ignore[misc]
        )


def hostile_values(canary: Path) -> Iterator[object]:
    """Give JSON values in the notations of libraries that make objects of them."""
    place = canary.as_posix()
    yield from codes(canary)[:6]
    yield {"py/object": "builtins.open", "py/newargs": [place, "w"]}
    yield {"py/reduce": [{"py/function": "os.system"}, {"py/tuple": [f"touch {place}"]}]}
    yield {"__class__": "os.system", "__module__": "os", "args": [f"touch {place}"]}
    yield {"float": f"__import__('os').system('touch {place}')"}
    yield {"mapping": {"__reduce__": ["os.system", f"touch {place}"]}}
    yield {"tuple": [{"same": -1}, {"same": 10**30}]}
    yield {"float64": packed_codes(canary)["pickle4"].hex(), "shape": [-1]}
    yield {"float64": "AAAA", "shape": [10**12]}
    yield json.loads("[" * 400 + "]" * 400)
    yield 10**400


def tampered_journal(journal: Path, value: object) -> None:
    """Write a value, with the right checksum, in place of every entry of a journal."""
    for file in sorted(journal.glob("*.jsonl")):
        head, *lines = file.read_bytes().splitlines(keepends=True)
        body = json.dumps(value, separators=(",", ":")).encode("ascii")
        digest = hashlib.sha256(body).hexdigest()
        keys = [json.loads(line)["key"] for line in lines]
        new = [
            f'{{"key": "{key}", "sha256": "{digest}", "value": '.encode() + body + b"}\n"
            for key in keys
        ]
        file.write_bytes(head + b"".join(new))


def replaced_at(value: Any, rng: random.Random, new: object) -> Any:
    """Return a plain value with one of its parts, at any depth, in place of another."""
    parts = list(value.items() if isinstance(value, dict) else enumerate(value))
    if not parts or (rng.random() < 0.1 and isinstance(value, dict)):
        return new
    key, item = rng.choice(parts)
    inner = replaced_at(item, rng, new) if isinstance(item, dict | list) else new
    if isinstance(value, dict):
        return {**value, key: inner}
    return [*value[:key], inner, *value[key + 1 :]]


def tried_tampered(folder: Path, *, journals: int = 20, results: int = 60) -> Iterator[Tried]:
    """Give what comes of a journal and of results whose values are hostile, under their checksums.

    A journal is not believed: the study is computed again, to the same numbers.
    """
    canary = folder / "ran"
    values = list(hostile_values(canary))
    (folder / "plugin").mkdir(parents=True)
    with installed(folder / "plugin"):
        study = write_study(folder, {"s_8K.dat": line_text(seed=1)})
        out = folder / "results"
        first = said("run", study, "--out", out, "--jobs", "1")
        file = out / "results.json"
        sound = json.loads(file.read_text(encoding="utf-8"))

        def run_again(value: object) -> None:
            tampered_journal(out / "journal", value)
            code, text = said("run", study, "--out", out, "--jobs", "1")
            again = json.loads(file.read_text(encoding="utf-8"))
            assert (code, again["results"]) == (first[0], sound["results"]), text

        def looked_at(value: object) -> None:
            file.write_text(json.dumps(value), encoding="utf-8")
            for words in (("check", out), ("compare", out, out), ("verify", out, "--study", study)):
                code, text = said(*words)
                assert code in (0, 1, 2), (words[0], text)

        for number in range(journals):
            value = values[number % len(values)]
            yield tried(
                f"journal {number}",
                canary,
                lambda value=value: run_again(value),  # type: ignore[misc]
            )
        for number in range(results):
            rng = random.Random(number)
            value = replaced_at(sound, rng, rng.choice(values))
            yield tried(
                f"results {number}",
                canary,
                lambda value=value: looked_at(value),  # type: ignore[misc]
            )


def planted(folder: Path, canary: Path) -> None:
    """Put into a folder what Python, numba, matplotlib and plugins are known to load from one."""
    code = f"open({str(canary)!r}, 'w').close()\n"
    for name in PLANTED:
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (folder / "evil.pth").write_text(f"import os; {code}", encoding="utf-8")
    metadata = folder / "evil-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[spectrafit.readers]\nevil = evil:reader\n[spectrafit.techniques]\nevil = evil:reader\n"
    )
    (folder / "matplotlibrc").write_text(
        "backend: module://evil\ntext.usetex: True\n", encoding="utf-8"
    )
    for name in ("compiled", "__pycache__", "journal"):
        (folder / name).mkdir()
        for packed, content in packed_codes(canary).items():
            (folder / name / f"{packed}.nbi").write_bytes(content)
            (folder / name / f"{packed}.pyc").write_bytes(content)


def run_in(folder: Path, *words: object) -> subprocess.CompletedProcess[bytes]:
    """Return what a command in a folder gave; the folder is not one that Python looks in."""
    command = [sys.executable, "-P", "-m", "spectrafit.cli", *map(str, words)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, check=False)


def tried_planted(folder: Path) -> Iterator[Tried]:
    """Give what comes of running a real study in a folder with code that others would load."""
    from spectrafit.reference import root

    canary = folder / "ran"
    home = folder / "planted"
    (home / "raw").mkdir(parents=True)
    for name in ("xanes_fe_008K.dat", "foil_fe_before.dat"):
        shutil.copy(root() / "feco" / "raw" / name, home / "raw" / name)
    planted(home, canary)
    for words in (
        ("readers",),
        ("fit", "xanes", "raw/xanes_fe_008K.dat", "--set", "peaks=1", "--set")
        + ("method_spread=false", "--out", "results"),
    ):
        done = run_in(home, *words)
        fault = "" if done.returncode in (0, 1) else done.stderr.decode()[-200:]
        if canary.exists():
            fault = "ran"
        yield Tried(f"planted code, {words[0]}", fault, 0.0)


def section() -> Section:
    """Look at the whole source, and run the hostile corpus."""
    found = calls_of_source(ROOT)
    left = unexplained(found)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = [
            *tried_files(folder),
            *tried_expressions(folder),
            *tried_studies(folder),
            *tried_planted(folder),
            *tried_tampered(folder / "tampered"),
        ]
    bad = [one for one in every if not one.is_kept]
    return Section(
        (
            Promise(
                "code in data",
                "no pickle, dill, eval, exec, yaml.load or lmfit load_model on any input",
                f"{len(left)} calls in {len(sources(ROOT))} files",
                len(sources(ROOT)),
                not left,
                "; ".join(f"{one.file}: {one.what}" for one in left[:5])
                or f"{len(EXCEPTIONS)} explained exceptions, none on anything read",
            ),
            Promise(
                "code in data",
                "a hostile corpus executes nothing and takes no more than 1 s each",
                f"{share_text(len(bad), len(every))} ran or broke, longest "
                f"{max(one.seconds for one in every):.2f} s",
                len(every),
                not bad,
                "; ".join(f"{one.story}: {one.fault or one.seconds}" for one in bad[:3]),
            ),
        )
    )


__all__ = ["running_calls", "section"]
