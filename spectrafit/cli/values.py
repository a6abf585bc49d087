"""Settings typed on a command line, read as TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spectrafit.errors import SettingsError, StudyError
from spectrafit.study.toml_text import document_of, text_of, toml_value

__all__ = ["joined", "set_values", "settings_file"]


def set_values(pairs: Sequence[str]) -> dict[str, Any]:
    """Return the settings of ``key=value`` pairs; a value is read as TOML, else as text.

    Parameters
    ----------
    pairs : sequence of str
        Like ``peaks=2`` or ``columns.i0=Io``.

    Returns
    -------
    dict
        Nested where keys hold dots.

    Raises
    ------
    SettingsError
        For a pair without ``=``.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        key = key.strip()
        if not equals or not key:
            raise SettingsError(f"--set {pair!r} has no '='", do="write --set key=value")
        found = joined(found, _nested(key, toml_value(text.strip())))
    return found


def _nested(key: str, value: Any) -> dict[str, Any]:
    try:
        tree = document_of(f"{key} = 0", "--set")
    except StudyError as error:
        raise SettingsError(f"{key!r} is no key", do="write --set key=value") from error

    def filled(part: dict[str, Any]) -> dict[str, Any]:
        return {k: filled(v) if isinstance(v, dict) else value for k, v in part.items()}

    return filled(tree)


def joined(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return two trees of settings as one; the second wins.

    Parameters
    ----------
    first, second : mapping
        Nested settings.

    Returns
    -------
    dict
    """
    found = dict(first)
    for key, value in second.items():
        old = found.get(key)
        both = isinstance(value, Mapping) and isinstance(old, Mapping)
        found[key] = joined(old, value) if both else value  # type: ignore[arg-type]
    return found


def settings_file(path: Path) -> dict[str, Any]:
    """Return the settings of a TOML file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict

    Raises
    ------
    ReadError
        When it cannot be read.
    StudyError
        When it is no TOML.
    """
    text, _ = text_of(path)
    return document_of(text, str(path))
