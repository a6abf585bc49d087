"""Mistakes in a study: their places, their words, their order."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from spectrafit.errors import Mistake, SpectrafitError, nearest

__all__ = [
    "PlacedMistake",
    "Steps",
    "Wrong",
    "in_order",
    "path_text",
    "placed_mistakes",
    "shown",
    "toml_name",
]

Steps = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Wrong(ValueError):
    """A value that is refused; its place is known to the caller.

    Parameters
    ----------
    what : str
        The fault.
    do : str, optional
        What to write instead.
    """

    def __init__(self, what: str, do: str = "") -> None:
        self.what = what
        self.do = do
        super().__init__(what)


@dataclass(frozen=True)
class PlacedMistake:
    """A mistake with its place as keys and indices.

    Parameters
    ----------
    steps : tuple of str and int
        Keys and indices from the top of the document.
    what : str
        The fault.
    do : str
        What to write instead.
    """

    steps: Steps
    what: str
    do: str = ""

    def mistake(self, where: str = "$") -> Mistake:
        """Return it with its place as text below `where`."""
        return Mistake(where + path_text(self.steps), self.what, self.do)


def path_text(steps: Sequence[str | int]) -> str:
    """Return keys and indices as text, like ``.measurement[2].expect."mossbauer.QS"``.

    Parameters
    ----------
    steps : sequence of str and int
        Keys and indices.

    Returns
    -------
    str
    """
    parts = []
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            parts.append(f".{step}" if _BARE.fullmatch(step) else f'."{_printable(step)}"')
    return "".join(parts)


def toml_name(kind: type[Any], name: str) -> str:
    """Return how a field of a dataclass is called in the file.

    Parameters
    ----------
    kind : type
        A dataclass.
    name : str
        Name of the field.

    Returns
    -------
    str
    """
    for each in fields(kind):
        if each.name == name:
            return str(each.metadata.get("toml", name))
    return name


def shown(value: object) -> str:
    """Return a value in the words of a TOML writer, shortened.

    Parameters
    ----------
    value : object
        What a TOML file can hold.

    Returns
    -------
    str
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{_printable(value if len(value) <= 40 else value[:37] + "...")}"'
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
        case datetime.date() | datetime.time():
            return f"the date or time {value}"
        case int() if abs(value) > 10**20:
            return "a number of more than 20 digits"
        case _:
            return str(value)[:40]


def _printable(text: str) -> str:
    """Return a text whose line breaks and control characters are written as escapes."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def placed_mistakes(error: BaseException, steps: Steps) -> Iterator[PlacedMistake]:
    """Yield every mistake of a cattrs error with its place.

    Parameters
    ----------
    error : exception
        What structuring raised, nested as cattrs nests it.
    steps : tuple of str and int
        Place of the value that was structured.

    Yields
    ------
    PlacedMistake

    Raises
    ------
    Exception
        The error itself when no user can have caused it.
    """
    match error:
        case ClassValidationError():
            with_place, others = error.group_exceptions()
            for each, note in with_place:
                name = toml_name(error.cl, note.name)
                if isinstance(each, KeyError) and each.args == (name,):
                    yield PlacedMistake((*steps, name), "is missing", _meaning(error.cl, name))
                else:
                    yield from placed_mistakes(each, (*steps, name))
            for other in others:
                yield from placed_mistakes(other, steps)
        case IterableValidationError():
            with_index, others = error.group_exceptions()
            for each, place in with_index:
                yield from placed_mistakes(each, (*steps, place.index))
            for other in others:
                yield from placed_mistakes(other, steps)
        case ForbiddenExtraKeysError():
            known = [toml_name(error.cl, each.name) for each in fields(error.cl)]
            for key in error.extra_fields:
                advice = nearest(key, known, noun="the keys")
                yield PlacedMistake((*steps, key), "no such key", advice)
        case Wrong() | SpectrafitError():
            yield PlacedMistake(steps, error.what, error.do)
        case ValueError() | TypeError():
            yield PlacedMistake(steps, str(error) or type(error).__name__)
        case _:
            raise error


def _meaning(kind: type[Any], name: str) -> str:
    for each in fields(kind):
        if toml_name(kind, each.name) == name and "meaning" in each.metadata:
            return f"give {name}: {each.metadata['meaning']}"
    return f"give {name}"


def in_order(
    mistakes: Iterable[PlacedMistake], document: Mapping[str, Any]
) -> tuple[PlacedMistake, ...]:
    """Return mistakes once each, in the order of the document.

    Parameters
    ----------
    mistakes : iterable of PlacedMistake
        In any order.
    document : mapping
        The document that they are about.

    Returns
    -------
    tuple of PlacedMistake
    """

    def position(mistake: PlacedMistake) -> tuple[tuple[int, ...], str]:
        here: Any = document
        numbers = []
        for step in mistake.steps:
            if isinstance(step, int) and isinstance(here, list | tuple) and step < len(here):
                numbers.append(step)
                here = here[step]
            elif isinstance(here, Mapping) and step in here:
                numbers.append(list(here).index(step))
                here = here[step]
            else:
                numbers.append(-1)
                break
        return tuple(numbers), mistake.what

    return tuple(sorted(dict.fromkeys(mistakes), key=position))
