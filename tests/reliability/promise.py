"""What is promised about a failure, and what a run found of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.table import table

HEAD = ("failure", "promise", "found", "cases", "kept", "when")


@dataclass(frozen=True)
class Promise:
    """One promise, with the figure that a run found.

    Parameters
    ----------
    failure : str
        What may go wrong, in a few words; rows of one failure stand together.
    promise : str
        What is promised, with its number.
    found : str
        What the run found, with its number.
    cases : int
        How many cases it looked at.
    kept : bool
        Whether what was found is what is promised.
    note : str
        Why not, or how it was looked at; printed after what was found.
    """

    failure: str
    promise: str
    found: str
    cases: int
    kept: bool
    note: str = ""


@dataclass(frozen=True)
class Section:
    """The promises of one run, and tables of its own that stand below the common one.

    Parameters
    ----------
    promises : tuple of Promise
        At least one.
    details : str
        Markdown: a table and what it says.
    """

    promises: tuple[Promise, ...]
    details: str = ""


@dataclass(frozen=True)
class Kept:
    """A section as it is kept between runs: with the day and the machine."""

    section: Section
    day: str
    machine: str

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Kept:
        """Return it from plain values."""
        section = plain["section"]
        promises = tuple(Promise(**row) for row in section["promises"])
        return cls(Section(promises, section["details"]), plain["day"], plain["machine"])


Measured = Callable[[], Section]
"""What runs a section in its full size."""


def common_table(every: Mapping[str, Kept]) -> str:
    """Return the table of all promises, rows of a failure together in the order of the sections."""
    rows = [
        (
            one.failure,
            one.promise,
            f"{one.found}; {one.note}" if one.note else one.found,
            f"{one.cases:,}",
            "yes" if one.kept else "**no**",
            kept.day,
        )
        for kept in every.values()
        for one in kept.section.promises
    ]
    return table(HEAD, [tuple(_cell(text) for text in row) for row in rows])


def details(every: Mapping[str, Kept]) -> str:
    """Return the tables that sections have of their own."""
    own = [kept.section.details.strip() for kept in every.values() if kept.section.details]
    return "\n\n".join(own)


def machines(every: Mapping[str, Kept]) -> str:
    """Return in a line for each machine which sections were run on it."""
    names: dict[str, list[str]] = {}
    for name, kept in every.items():
        names.setdefault(kept.machine, []).append(name)
    return "\n".join(f"- {', '.join(found)}: {machine}" for machine, found in names.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def share_text(found: int, cases: int) -> str:
    """Return a count among others, like ``0 of 10,000``."""
    return f"{found:,} of {cases:,}"


def in_order(every: Mapping[str, Kept], names: Sequence[str]) -> dict[str, Kept]:
    """Return what is kept of sections that exist, in their order."""
    return {name: every[name] for name in names if name in every}
