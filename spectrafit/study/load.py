"""A study file becomes a `Study`, or a list of every mistake in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from spectrafit import registry
from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import Mistake, StudyError
from spectrafit.observable import ObservableSpec, spec_of
from spectrafit.study.converter import structured
from spectrafit.study.dotted_keys import with_whole_keys
from spectrafit.study.mistakes import in_order, path_text
from spectrafit.study.rules import cross_mistakes, unknown_keys
from spectrafit.study.schema import Study
from spectrafit.study.toml_text import document_of, text_of

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["LoadedStudy", "load_study", "study_of_text"]


@dataclass(frozen=True)
class LoadedStudy:
    """A study without mistakes, and where it was.

    Parameters
    ----------
    study : Study
        The study.
    folder : Path
        Folder of the file; its paths are relative to it.
    text : str
        The file's text.
    notices : tuple of Alert
        What was noticed: the text's coding, expected keys that no technique declares.
    file : Path or None
        The file; None for a text that is in no file.
    """

    study: Study
    folder: Path
    text: str
    notices: tuple[Alert, ...] = ()
    file: Path | None = None


def load_study(
    path: str | Path,
    *,
    techniques: Mapping[str, Technique] | None = None,
    readers: Collection[str] | None = None,
) -> LoadedStudy:
    """Return the study of a TOML file.

    Parameters
    ----------
    path : str or Path
        The file.
    techniques : mapping of str to Technique, optional
        What a measurement may name; the installed ones when None.
    readers : collection of str, optional
        Names of the readers; the installed ones when None.

    Returns
    -------
    LoadedStudy

    Raises
    ------
    ReadError
        When the file cannot be read.
    StudyError
        With every mistake, in the order of the file; of syntax errors the first.
    """
    file = Path(path)
    text, notices = text_of(file)
    loaded = study_of_text(
        text, folder=file.parent, name=str(path), techniques=techniques, readers=readers
    )
    return replace(loaded, notices=(*notices, *loaded.notices), file=file)


def study_of_text(
    text: str,
    *,
    folder: Path,
    name: str = "study.toml",
    techniques: Mapping[str, Technique] | None = None,
    readers: Collection[str] | None = None,
) -> LoadedStudy:
    """Return the study of a TOML text.

    Parameters
    ----------
    text : str
        The text.
    folder : Path
        What its paths are relative to.
    name : str, optional
        Name of the file, for messages.
    techniques : mapping of str to Technique, optional
        What a measurement may name; the installed ones when None.
    readers : collection of str, optional
        Names of the readers; the installed ones when None.

    Returns
    -------
    LoadedStudy

    Raises
    ------
    StudyError
        With every mistake, in the order of the file; of syntax errors the first.
    """
    document = document_of(text, name)
    known = registry.techniques() if techniques is None else techniques
    reader_names = registry.reader_names() if readers is None else readers
    try:
        whole, mistakes = with_whole_keys(document, Study)
        study, found = structured(whole, Study, ())
        crossed = cross_mistakes(whole, known, reader_names)
        every = in_order((*mistakes, *found, *crossed), whole)
        unknown = tuple(unknown_keys(whole, known)) if not every else ()
    except RecursionError:
        mistake = Mistake("$", "tables are nested too deeply", "a study needs five levels")
        raise StudyError((mistake,), where=name) from None
    if every:
        raise StudyError(tuple(each.mistake() for each in every), where=name)
    _check_states(study, known, name)
    spec = alert_spec("STU-002")
    notices = tuple(spec.alert(where=f"${path_text(steps)}", key=key) for steps, key in unknown)
    return LoadedStudy(study, folder, text, notices)


def _check_states(study: Study, techniques: Mapping[str, Technique], name: str) -> None:
    """Refuse numbers of the joint fit that are none, like a unit of another quantity."""
    if not study.step:
        return
    # what joins techniques is loaded only for a study that joins some
    from spectrafit.study.state_model import state_model

    def spec(key: str) -> ObservableSpec | None:
        first = key.partition(".")[0]
        return spec_of(key, techniques[first].observables) if first in techniques else None

    try:
        state_model(study, spec_of=spec)
    except StudyError as error:
        raise StudyError(error.mistakes, where=name) from None
