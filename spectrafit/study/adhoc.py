"""A study written for files named on a command line, so that one way of working serves both."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.study.load import LoadedStudy, study_of_text
from spectrafit.study.schema import Measurement
from spectrafit.study.tasks import readings
from spectrafit.study.temperature import temperature_source
from spectrafit.study.toml_writer import toml_text

__all__ = ["adhoc_study"]


def adhoc_study(
    technique: str,
    files: Sequence[Path],
    *,
    settings: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    inputs: Mapping[str, Sequence[Path]] | None = None,
    reader: str = "",
    folder: Path | None = None,
) -> LoadedStudy:
    """Return the study of some files under one technique; its text repeats it.

    Where the headers or names of all files that can be read give a temperature, it is a condition
    of the study. A file that is named as another input too, as by ``*.ws5``, is no sample.

    Parameters
    ----------
    technique : str
        Name of a technique.
    files : sequence of Path
        Sample files.
    settings : mapping, optional
        What differs from the technique's defaults.
    parameters : mapping of str to mapping, optional
        Changed fit parameters.
    inputs : mapping of str to sequence of Path, optional
        Files of further inputs, like ``calibration``.
    reader : str, optional
        Name of a reader.
    folder : Path, optional
        Folder that the study's paths are relative to and that its ``study.toml`` is meant for;
        the current one, and no file, when None.

    Returns
    -------
    LoadedStudy

    Raises
    ------
    SettingsError
        When no file is given, one does not exist, or its name cannot be written.
    StudyError
        When a setting or input is wrong.
    """
    if not files:
        raise SettingsError(
            "no files", where=f"fit {technique}", do=f"type: spectrafit fit {technique} FILE"
        )
    home = (folder or Path()).resolve()
    files = _samples(files, inputs or {})
    outside = False

    def listed(paths: Sequence[Path]) -> list[str]:
        nonlocal outside
        names = []
        for path in paths:
            _refuse_unless_file(path)
            # the folder without its links, the file under the name that was given
            name = _relative(path.parent.resolve() / path.name, home)
            outside |= name.startswith("..") or Path(name).is_absolute()
            names.append(glob.escape(name))
        return names

    measurements: list[dict[str, Any]] = []
    uses = {}
    for name, paths in (inputs or {}).items():
        measurements.append(
            {
                "name": f"{name} input",
                "technique": technique,
                "role": name if name in ("calibration", "reference", "background") else "reference",
                "files": listed(paths),
            }
        )
        uses[name] = f"{name} input"
    sample: dict[str, Any] = {"name": technique, "technique": technique, "files": listed(files)}
    if reader:
        sample["reader"] = reader
    if uses:
        sample["uses"] = uses
    conditions = _conditions(technique, files, reader, home)
    if conditions:
        sample["conditions"] = conditions
    if settings:
        sample["settings"] = dict(settings)
    if parameters:
        sample["parameters"] = parameters
    head: dict[str, Any] = {
        "name": f"{technique}-fit",
        "title": f"{technique} of {files[0].name}"
        if len(files) == 1
        else f"{technique} of {len(files)} files",
    }
    if outside:
        head["allow_outside"] = True
    text = toml_text({"study": head, "measurement": [*measurements, sample]})
    loaded = study_of_text(text, folder=home, name=f"fit {technique}")
    return loaded if folder is None else replace(loaded, file=home / "study.toml")


def _samples(files: Sequence[Path], inputs: Mapping[str, Sequence[Path]]) -> list[Path]:
    """Return the files that are no other input; all where nothing else is left."""
    others = {path.resolve() for paths in inputs.values() for path in paths}
    return [path for path in files if path.resolve() not in others] or list(files)


def _conditions(technique: str, files: Sequence[Path], reader: str, home: Path) -> dict[str, Any]:
    """Return where the temperature stands as a table of conditions; empty where nowhere."""
    measurement = Measurement("fit", technique, ("*",), reader=reader)
    recordings = {}
    for path in files:
        try:
            recordings[_relative(path.parent.resolve() / path.name, home)] = readings(
                measurement, path
            )
        except SpectrafitError:
            continue  # the run says why it is refused
    if not recordings:
        return {}
    found = temperature_source(recordings, home, home).condition
    if found is None:
        return {}
    ways = {key: getattr(found, key) for key in ("header", "pattern", "value", "unit")}
    return {"T": {key: value for key, value in ways.items() if value not in ("", None)}}


def _refuse_unless_file(path: Path) -> None:
    if path.is_dir():
        raise SettingsError("this is a folder", where=str(path), do=f"name files in it: {path}/*")
    if not path.is_file():
        raise SettingsError("there is no such file", where=str(path), do="check the path")
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        raise SettingsError(
            "the name is no Unicode text", where=repr(path.name), do="rename the file"
        ) from error


def _relative(path: Path, home: Path) -> str:
    try:
        return Path(os.path.relpath(path, home)).as_posix()
    except ValueError:
        # another drive on Windows has no relative path
        return path.as_posix()
