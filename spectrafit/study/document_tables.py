"""Tables of a document as written, whatever is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from spectrafit.errors import nearest
from spectrafit.study.mistakes import PlacedMistake, Steps, shown

__all__ = ["Row", "names_of", "second_names", "table_of", "tables_of", "unknown_name"]

Row = tuple[Steps, Mapping[str, Any]]
"""Place and content of one table of a list."""


def table_of(value: Any) -> Mapping[str, Any]:
    """Return a value if it is a table, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def tables_of(parent: Mapping[str, Any], key: str) -> Iterator[Row]:
    """Yield place and content of each table of a list of tables.

    Parameters
    ----------
    parent : mapping
        As written.
    key : str
        Name of the list.

    Yields
    ------
    tuple of (tuple of str and int, mapping)
    """
    value = parent.get(key)
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, Mapping):
            yield (key, index), item


def names_of(value: Any) -> list[str]:
    """Return the keys of a table; none of what is no table."""
    return list(value) if isinstance(value, Mapping) else []


def unknown_name(
    table: Mapping[str, Any], key: str, known: Collection[str], steps: Steps, *, hint: str = "",
    noun: str = "",
) -> Iterator[PlacedMistake]:  # fmt: skip
    """Yield a mistake where a key names what does not exist.

    Parameters
    ----------
    table : mapping
        As written.
    key : str
        Whose value is a name; nothing is said of one that is left out or empty.
    known : collection of str
        What exists.
    steps : tuple of str and int
        Place of the table.
    hint : str, optional
        First words of the advice.
    noun : str, optional
        What is named, where the key does not say so.

    Yields
    ------
    PlacedMistake
    """
    name = table.get(key)
    if isinstance(name, str) and name and name not in known:
        advice = f"{hint} {nearest(name, known)}".strip()
        yield PlacedMistake((*steps, key), f"there is no {noun or key} {shown(name)}", advice)


def second_names(rows: Collection[Row], noun: str) -> Iterator[PlacedMistake]:
    """Yield a mistake for each table that is called as one before it.

    Parameters
    ----------
    rows : collection of (place, table)
        Of one list.
    noun : str
        What they are.

    Yields
    ------
    PlacedMistake
    """
    seen = set()
    for steps, table in rows:
        name = table.get("name")
        if isinstance(name, str) and name in seen:
            what = f"a second {noun} is called {shown(name)}"
            yield PlacedMistake((*steps, "name"), what, "give each its own name")
        elif isinstance(name, str):
            seen.add(name)
