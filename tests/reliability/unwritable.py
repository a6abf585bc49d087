"""Full disks, read-only folders and files in the way: a clear error, and nothing half written."""

from __future__ import annotations

import ast
import errno
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reliability.disturbed import fail_at, has_failed
from reliability.full_disk import PAGE, can_mount, grow, make_read_only, small_drive
from reliability.killed import retitled, words
from reliability.line_runs import Ended, Lines, ended, foreign, lines, sums, warm
from reliability.promise import Promise, Section, share_text
from reliability.rights import rights_count

import spectrafit

ADVICE = ("--out", "name another", "name a new", "free space", "check the path", "name a study")
LOCKING = ("sqlite3", "tables", "dbm", "shelve")
"""Modules whose files are locked, which network drives refuse or pretend; HDF5 is read only."""


@dataclass(frozen=True)
class Found:
    """How many cases there were, and what was wrong in which."""

    cases: int
    faults: tuple[str, ...]

    @property
    def text(self) -> str:
        """How many were not as promised."""
        wrong = len({fault.split(":")[0] for fault in self.faults})
        return f"{share_text(wrong, self.cases)} ended otherwise"


def misspoken(said: Ended, name: str, code: int = 2) -> list[str]:
    """Return what is wrong with the answer of a command that could not do what it should."""
    faults = [] if said.code == code else [f"exit code {said.code}"]
    faults += [word for word in ("Traceback", "internal error") if word in said.said]
    if name not in said.said:
        faults.append(f"{name} is not named in: {said.said[-200:]}")
    if not any(word in said.said for word in ADVICE):
        faults.append(f"no advice in: {said.said[-200:]}")
    return faults


def failing_calls(of: Lines, home: Path, step: int = 1) -> Found:
    """Let each call that changes a folder of earlier results fail, alone and with all after it.

    Parameters
    ----------
    of : Lines
        A small study.
    home : Path
        For everything.
    step : int
        Each one so many calls after the last one.
    """
    faults: list[str] = []
    cases = 0
    with retitled(of, home) as (other, old, earlier):
        for ever_after in (False, True):
            number = 0
            while True:
                out, log = home / "out", home / "log"
                shutil.rmtree(out, ignore_errors=True)
                shutil.copytree(old, out)
                given = (out, number, errno.ENOSPC, ever_after)
                said = ended(warm(other, words(other, out, 1), log, fail_at, given))
                case = f"call {number}{' and all after it' if ever_after else ''}"
                faults += [f"{case}: {one}" for one in _after_failure(out, earlier, said)]
                if not has_failed(out):
                    break
                last = ended(warm(other, words(other, out, 1), log))
                if last.code != 0 or not {*earlier} <= {*sums(out)}:
                    faults.append(f"{case}: the next run does not write the results")
                number, cases = number + step, cases + 1
    return Found(cases, tuple(faults))


def _after_failure(out: Path, earlier: Mapping[str, str], said: Ended) -> list[str]:
    """Return what is not as promised after a run that could not write, or wrote all the same."""
    if said.code == 0:  # what failed was no more than tidying up, or nothing did
        return ["Traceback"] if "Traceback" in said.said else []
    faults = misspoken(said, str(out))
    now = _now(out)
    if now.keys() < earlier.keys():
        faults.append(f"files are gone: {sorted(earlier.keys() - now.keys())[:3]}")
    changed = {name for name in now if now[name] != earlier.get(name)}
    # the note of what was written comes last: then the new results are there, as a whole
    if changed and "last-run.json" not in said.said:
        faults.append(f"earlier results have changed: {sorted(changed)[:3]}")
    if list(out.glob(".part-*")):
        faults.append("what was written aside is left")
    return faults


def _now(folder: Path) -> dict[str, str]:
    return {name: one for name, one in sums(folder).items() if not name.startswith("history/")}


def full_drives(of: Lines, home: Path, count: int) -> Found:
    """Run a study on drives of so many sizes that are too small; then there is room."""
    faults: list[str] = []
    whole = home / "whole"
    assert ended(warm(of, words(of, whole, 1), home / "log")).code == 0
    needed = sum(
        PAGE * (1 + one.stat().st_size // PAGE) for one in whole.rglob("*") if one.is_file()
    )
    cases = 0
    for number in range(count):
        size = PAGE * max(1, round(needed / PAGE * (number + 0.5) / count))
        with small_drive(home / "drive", size) as drive:
            said = ended(warm(of, words(of, drive, 1), home / "log"))
            case = f"{size} bytes"
            faults += [f"{case}: not whole: {one}" for one in foreign(drive, sums(whole))]
            if said.code != 0:
                faults += [f"{case}: {one}" for one in misspoken(said, str(drive))]
                cases += 1
            grow(drive, 2 * needed)
            last = ended(warm(of, words(of, drive, 1), home / "log"))
            # where only the note of what was written had no room, the same is written once more
            if last.code != 0 or _now(drive) != _now(whole):
                faults.append(f"{case}: the next run does not write the results")
    return Found(cases, tuple(faults))


def _small_files(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def limited_files(of: Lines, home: Path, count: int) -> Found:
    """Run a study whose files may not grow beyond so many lengths: a quota, or a small volume."""
    faults: list[str] = []
    cases = 0
    out = home / "whole"
    assert ended(warm(of, words(of, out, 1), home / "log")).code == 0
    whole = sums(out)
    longest = max(one.stat().st_size for one in out.rglob("*") if one.is_file())
    for number in range(count):
        most = max(1000, longest * number // count)
        shutil.rmtree(home / "out", ignore_errors=True)
        running = warm(of, words(of, home / "out", 1), home / "log", _small_files, (most,))
        said, case = ended(running), f"{most} bytes a file"
        faults += [f"{case}: {one}" for one in misspoken(said, str(home / "out"))]
        faults += [f"{case}: not whole: {one}" for one in foreign(home / "out", whole)]
        cases += 1
    return Found(cases, tuple(faults))


Case = tuple[tuple[object, ...], Path]
"""Words of a command, and what its answer must name."""


def commands(of: Lines, folder: Path) -> list[Case]:
    """Return commands that would write into a folder."""
    raw = of.study.parent / "raw"
    file = raw / "s_1K.dat"
    return [
        (("run", of.study, "--out", folder), folder),
        (("run", of.study, "--out", folder / "deeper" / "results"), folder),
        (("run", raw, "--out", folder / "results"), folder),
        (("fit", "epr", file, "--out", folder), folder),
        (("fit", "epr", file, "--out", folder / "deeper"), folder),
        (("simulate", "epr", "--seed", 1, "--out", folder / "simulated.dat"), folder),
        (("init", raw, "--out", folder / "drafted.toml"), folder),
        (("plot", file, "--out", folder / "figure.svg"), folder),
    ]


@dataclass(frozen=True)
class Place:
    """A folder that cannot be written, and what is done to the process that tries."""

    name: str
    folder: Path
    before: Callable[[], None] | None = None


@contextmanager
def places(of: Lines, home: Path) -> Iterator[list[Place]]:
    """Hold folders that cannot be written, each with earlier results where that can be."""
    found = []
    file = home / "file"
    file.write_text("mine", encoding="utf-8")
    found.append(Place("a file", file))
    modes = {"no right to write": 0o500, "no right to search": 0o600, "no right": 0o000}
    for number, (name, mode) in enumerate(modes.items()):
        folder = home / f"rights{number}"
        assert ended(warm(of, words(of, folder, 1), home / "log")).code == 0
        folder.chmod(mode)
        found.append(Place(name, folder, rights_count))
    try:
        if not can_mount():
            yield found
            return
        with small_drive(home / "drive", 1000 * PAGE) as drive:
            assert ended(warm(of, words(of, drive, 1), home / "log")).code == 0
            make_read_only(drive)
            yield [*found, Place("a read-only drive", drive)]
    finally:
        for number in range(len(modes)):
            (home / f"rights{number}").chmod(0o700)


def refusing_places(of: Lines, home: Path, step: int = 1) -> Found:
    """Let commands write where they cannot; each one so many after the last one."""
    faults: list[str] = []
    cases = 0
    whole = home / "whole"
    assert ended(warm(of, words(of, whole, 1), home / "log")).code == 0
    with places(of, home) as found:
        every = [(place, *case) for place in found for case in commands(of, place.folder)]
        for place, line, named in every[::step]:
            said = ended(warm(of, line, home / "log", place.before))
            faults += [f"{place.name}, {line[0]}: {one}" for one in misspoken(said, str(named))]
            cases += 1
        for place in found:
            if place.folder.is_dir() and sums(place.folder) != sums(whole):
                faults.append(f"{place.name}: earlier results have changed")
        if (home / "file").read_text(encoding="utf-8") != "mine":
            faults.append("a file: it has changed")
    return Found(cases, tuple(faults))


def read_only_study(of: Lines, home: Path) -> Found:
    """Run a study in a folder that cannot be written: elsewhere, and where it would write by itself."""
    faults: list[str] = []
    folder = of.study.parent
    before = sorted(folder.rglob("*"))
    for path in (folder, folder / "raw"):
        path.chmod(0o500)
    try:
        out = home / "elsewhere"
        for _ in range(2):
            said = ended(warm(of, words(of, out, 1), home / "log", rights_count))
            if said.code != 0:
                faults.append(f"elsewhere: {said.said[-200:]}")
        said = ended(warm(of, ["run", of.study, "--jobs", 1], home / "log", rights_count))
        faults += [f"beside itself: {one}" for one in misspoken(said, str(folder))]
    finally:
        for path in (folder, folder / "raw"):
            path.chmod(0o700)
    if sorted(folder.rglob("*")) != before:
        faults.append("study: its folder has changed")
    return Found(3, tuple(faults))


def locking_files() -> Found:
    """Look through the sources for files that are locked where they are written."""
    core = Path(spectrafit.__file__).parent
    files = [*core.rglob("*.py"), *(core.parent / "techniques").rglob("*.py")]
    faults = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        if not any(name in text for name in ("h5py", *LOCKING)):
            continue
        nodes = [*ast.walk(ast.parse(text))]
        in_memory = {
            ast.unparse(node.targets[0])
            for node in nodes
            if isinstance(node, ast.Assign) and ast.unparse(node.value) == "io.BytesIO()"
        }
        faults += [f"{file.name}: {name}" for node in nodes for name in _locking(node, in_memory)]
    return Found(len(files), tuple(faults))


def _locking(node: ast.AST, in_memory: set[str]) -> list[str]:
    """Return what of a piece of source locks files; HDF5 that is read, or is in memory, does not."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "h5py.File":
        file, *modes = [ast.unparse(one) for one in node.args]
        return [] if modes == ["'r'"] or file in in_memory else [ast.unparse(node)]
    names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return [f"imports {name}" for name in names if name.split(".")[0] in LOCKING]


def section() -> Section:
    """Look at everything that cannot be written in the full size."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with lines(home / "lines", 3) as of:
            folders = [home / str(number) for number in range(5)]
            for folder in folders:
                folder.mkdir()
            failing = failing_calls(of, folders[0])
            limited = limited_files(of, folders[1], 20)
            refusing = refusing_places(of, folders[2])
            study = read_only_study(of, folders[3])
            full = full_drives(of, folders[4], 40) if can_mount() else None
    locks = locking_files()
    clear = "exit code 2, the place and what to do, no traceback"
    rows = [
        ("full disk", f"each call that needs room fails: earlier results as they were; {clear}"),
        ("full disk", f"files of a limited length: no partial file; {clear}"),
        (
            "read-only folder",
            f"commands that write into files, read-only drives and folders: {clear}",
        ),
        ("read-only folder", "a read-only study is run elsewhere, and told to be where it is not"),
        (
            "network drive",
            "nothing is written to SQLite, HDF5 or dbm files, whose locks fail there",
        ),
    ]
    promises = [
        Promise(failure, promise, found.text, found.cases, not found.faults, _note(found))
        for (failure, promise), found in zip(
            rows, (failing, limited, refusing, study, locks), strict=True
        )
    ]
    if full is not None:
        room = f"drives of few kilobytes: no partial file, then the same with room; {clear}"
        promises.insert(
            1, Promise("full disk", room, full.text, full.cases, not full.faults, _note(full))
        )
    return Section(tuple(promises))


def _note(found: Found) -> str:
    return "; ".join(found.faults[:3])
