"""What each technique makes of a file."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from spectrafit.errors import PluginError, ReadError, SpectrafitError
from spectrafit.processes import workers
from spectrafit.reader import UNKNOWN_FORMAT, read
from spectrafit.recording import Recording
from spectrafit.registry import technique, technique_names
from spectrafit.strict_json import plain
from spectrafit.study.settings import settings_of
from spectrafit.technique import Suitability

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["Examined", "Wish", "examined", "loadable_names"]

PARALLEL_BYTES = 20_000_000  # below, starting processes takes longer than reading
CHUNK = 16
SAMPLE = "sample"

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Wish:
    """That a technique wants a scan, and for what.

    Parameters
    ----------
    technique : str
        Its name.
    role : str
        Input that the scan is for.
    marks : tuple of (str, str)
        What the technique says of it in words, for grouping; the first is its subject.
    settings, missing : mapping
        As in `Suitability`, settings as plain values.
    why : str
        One sentence.
    """

    technique: str
    role: str
    marks: tuple[tuple[str, str], ...]
    settings: Mapping[str, Any]
    missing: Mapping[str, str]
    why: str


@dataclass(frozen=True, eq=False)
class Examined:
    """What came of looking at one file.

    Parameters
    ----------
    file : str
        Path below the folder, with forward slashes.
    recordings : tuple of Recording
        Its scans, without their columns.
    wishes : tuple of tuple of Wish
        Of each scan: one a technique that wants it.
    refusals : mapping of str to str
        Why each technique that wants no scan of it does not.
    nearly : mapping of str to mapping
        What is missing, by technique, where it would want the file if it knew.
    unread : str
        Why the file was not read; empty where it was.
    refused : bool
        Whether a reader knew the file and refused it.
    faults : mapping of str to str
        What went wrong in a technique's or reader's own code, by its name.
    """

    file: str
    recordings: tuple[Recording, ...] = ()
    wishes: tuple[tuple[Wish, ...], ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)
    nearly: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unread: str = ""
    refused: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)


def loadable_names() -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the techniques that can be asked, and what is wrong with the others.

    Returns
    -------
    tuple of (tuple of str, mapping of str to str)
    """
    usable, faults = [], {}
    for name in technique_names():
        try:
            technique(name)
            usable.append(name)
        except PluginError as error:
            faults[name] = str(error)
    return tuple(usable), faults


def examined(
    folder: Path,
    files: Sequence[str],
    techniques: Sequence[str],
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Examined]:
    """Return what comes of looking at some files; a fault of a plugin stops none of them.

    Parameters
    ----------
    folder : Path
        Folder of the files.
    files : sequence of str
        Paths below it.
    techniques : sequence of str
        Names of those that are asked.
    jobs : int
        Processes; used only where there is much to read.
    progress : callable, optional
        ``progress(done, total, text)``.

    Returns
    -------
    list of Examined
        In the order of the files.
    """
    found: list[Examined] = []
    for one in _stream(folder, files, techniques, jobs):
        found.append(one)
        if progress is not None:
            progress(len(found), len(files), one.file)
    return found


def _stream(
    folder: Path, files: Sequence[str], techniques: Sequence[str], jobs: int
) -> Iterator[Examined]:
    if jobs < 2 or _bytes(folder, files) < PARALLEL_BYTES:
        yield from (_examined(folder, name, techniques) for name in files)
        return
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    with workers(min(jobs, len(chunks))) as pool:
        for each in pool.map(_chunk, [(folder, chunk, techniques) for chunk in chunks]):
            yield from each


def _bytes(folder: Path, files: Sequence[str]) -> int:
    total = 0
    for name in files:
        try:
            total += (folder / name).stat().st_size
        except OSError:
            continue
    return total


def _chunk(task: tuple[Path, Sequence[str], Sequence[str]]) -> list[Examined]:
    folder, files, techniques = task
    return [_examined(folder, name, techniques) for name in files]


def _examined(folder: Path, name: str, techniques: Sequence[str]) -> Examined:
    try:
        recordings = read(folder / name)
    except ReadError as error:
        refused = error.code != UNKNOWN_FORMAT
        return Examined(name, unread=error.what, refused=refused)
    except SpectrafitError as error:
        return Examined(name, unread=error.what, refused=True)
    except Exception as error:  # whatever a third party's code raises
        words = _fault(error)
        why = f"its reader failed: {words}"
        return Examined(name, unread=why, refused=True, faults={"a reader": words})
    wishes: list[list[Wish]] = [[] for _ in recordings]
    refusals: dict[str, str] = {}
    nearly: dict[str, Mapping[str, str]] = {}
    faults: dict[str, str] = {}
    for each in techniques:
        known = technique(each)
        answers = []
        for recording in recordings:
            try:
                answers.append(_answer(known, recording, name))
            except Exception as error:  # whatever a third party's code raises
                faults[each] = _fault(error)
        for place, answer in enumerate(answers):
            if isinstance(answer, Wish):
                wishes[place].append(answer)
        if answers and not any(isinstance(answer, Wish) for answer in answers):
            refusals[each] = answers[0].why
            if isinstance(answers[0], Suitability) and answers[0].missing:
                nearly[each] = dict(answers[0].missing)
    bare = tuple(replace(one, columns=(), roles={}) for one in recordings)
    return Examined(name, bare, tuple(map(tuple, wishes)), refusals, nearly, faults=faults)


def _answer(known: Technique, recording: Recording, file: str) -> Wish | Suitability:
    """Return what a technique says, once it is found to be usable in a study."""
    above = PurePosixPath(file).parent
    named = recording if above == PurePosixPath() else _in_folder(recording, above)
    found = known.suits(named)
    if not isinstance(found, Suitability):
        raise TypeError(f"suits() gives {type(found).__name__}")
    if not found.suits:
        return found
    roles = {spec.name for spec in known.inputs}
    if found.role not in roles:
        raise ValueError(f"suits() says role {found.role!r}, the inputs are {sorted(roles)}")
    settings = {key: plain(value) for key, value in found.settings.items()}
    settings_of(known, settings)
    marks = tuple((key, value) for key, value in found.conditions.items() if isinstance(value, str))
    return Wish(known.name, found.role, marks, settings, dict(found.missing), found.why)


def _in_folder(recording: Recording, folder: PurePosixPath) -> Recording:
    return replace(recording, name=(folder / recording.name).as_posix())


def _fault(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
