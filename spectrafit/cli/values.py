"""Settings typed on a command line, read as TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spectrafit.errors import SettingsError

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
        found = joined(found, _nested(key, _value(text.strip())))
    return found


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _nested(key: str, value: Any) -> dict[str, Any]:
    try:
        tree = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError as error:
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
    SettingsError
        When it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(error.strerror or "cannot be read", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"no TOML: {error}", where=str(path), do="see docs: settings") from error
