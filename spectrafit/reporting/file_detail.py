"""Tables of one file: its observables, their error budget, and what they depend on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from spectrafit.conventions import convention_text
from spectrafit.observable import observable_text
from spectrafit.reporting.main_keys import items_of
from spectrafit.reporting.tables import Column, Table
from spectrafit.study.outcome import FileResult

__all__ = ["budget_table", "convention_table", "file_table", "keys_text"]


def file_table(result: FileResult) -> Table:
    """Return the observables of one file.

    Parameters
    ----------
    result : FileResult
        With observables.

    Returns
    -------
    Table
    """
    items = items_of(result)
    words = any(item.verdict for item in items)
    columns = (
        Column("key", "observable"),
        Column("value", measured=True),
        Column("unit"),
        *((Column("verdict"),) if words else ()),
    )
    return Table(
        f"{result.label}-observables",
        columns,
        tuple(
            (item.key, observable_text(item), item.unit, *((item.verdict,) if words else ()))
            for item in items
        ),
        title="Observables",
    )


def budget_table(result: FileResult) -> Table | None:
    """Return the sources of error of each observable of one file, or None without any.

    Parameters
    ----------
    result : FileResult
        With observables.

    Returns
    -------
    Table or None
    """
    items = [item for item in items_of(result) if item.budget]
    if not items:
        return None
    sources = list(dict.fromkeys(source for item in items for source in item.budget))
    return Table(
        f"{result.label}-budget",
        (
            Column("key", "observable"),
            *(Column(source) for source in sources),
            Column("total"),
            Column("unit"),
        ),
        tuple(
            (
                item.key,
                *(_two_digits(item.budget.get(source)) for source in sources),
                _two_digits(item.sigma),
                item.unit,
            )
            for item in items
        ),
        title="Error budget",
        note="Standard uncertainties (k = 1) by source, and the total that the value carries.",
    )


def convention_table(result: FileResult) -> Table | None:
    """Return what the numbers of one file depend on, or None where nothing is recorded.

    Parameters
    ----------
    result : FileResult
        With observables.

    Returns
    -------
    Table or None
        Window, shape, area convention, calibration and the like, each said once with the
        observables it holds for.
    """
    holders: dict[tuple[str, str], list[str]] = {}
    items = items_of(result)
    for item in items:
        for name, value in item.conventions.items():
            holders.setdefault((name, convention_text(value)), []).append(item.key)
    if not holders:
        return None
    every = [item.key for item in items]
    return Table(
        f"{result.label}-conventions",
        (Column("convention"), Column("value"), Column("keys", "holds for")),
        tuple((name, text, keys_text(keys, every)) for (name, text), keys in holders.items()),
        title="Conventions and calibration",
    )


def keys_text(keys: Sequence[str], every: Sequence[str]) -> str:
    """Return the shortest words for some keys out of all: ``all``, ``a.b.*``, ``all but a.c``.

    Parameters
    ----------
    keys : sequence of str
        Those meant.
    every : sequence of str
        All there are.

    Returns
    -------
    str
    """
    return _keys_text(tuple(keys), tuple(every))


@lru_cache(maxsize=4096)  # the files of a series hold the same keys
def _keys_text(keys: tuple[str, ...], every: tuple[str, ...]) -> str:
    chosen = set(keys)
    others = [key for key in every if key not in chosen]
    if not others:
        return "all"
    meant, left_out = _families(keys, every), _families(others, every)
    return ", ".join(meant) if len(meant) <= len(left_out) else f"all but {', '.join(left_out)}"


def _families(keys: Sequence[str], every: Sequence[str]) -> list[str]:
    """Return keys, those that are all of one prefix as ``prefix.*``."""
    found: dict[str, None] = {}
    for key in keys:
        parts = key.split(".")
        prefixes = (".".join(parts[:size]) + "." for size in range(1, len(parts)))
        for prefix in prefixes:
            family = [one for one in every if one.startswith(prefix)]
            if len(family) > 1 and set(family) <= set(keys):
                found[f"{prefix}*"] = None
                break
        else:
            found[key] = None
    return list(found)


def _two_digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.2g}")
