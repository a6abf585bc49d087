"""The results of two runs, each file with its counterpart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

__all__ = ["Pair", "paired"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """One result of both runs, or of one of them.

    Parameters
    ----------
    before, after : mapping or None
        As in ``results.json``; None where there is none.
    """

    before: Row | None
    after: Row | None

    @property
    def measurement(self) -> str:
        """Name of its measurement, as it was last."""
        return str(self._last["measurement"])

    @property
    def file(self) -> str:
        """Path of its file, as it was last."""
        return str(self._last["file"])

    @property
    def _last(self) -> Row:
        row = self.before if self.after is None else self.after
        if row is None:
            raise ValueError("a pair of nothing")
        return row


def paired(before: Sequence[Row], after: Sequence[Row]) -> tuple[Pair, ...]:
    """Return each result with its counterpart.

    Counterparts have the same measurement and file, else the same technique and content (the file
    was moved), else the same measurement and file name in another folder; scans of one file in
    their order.

    Parameters
    ----------
    before, after : sequence of mapping
        Results as in ``results.json``.

    Returns
    -------
    tuple of Pair
        In the order of the later results, then those that are only in the earlier ones.
    """
    partner: dict[int, int] = {}
    for identity in (_by_place, _by_content, _by_name):
        taken = set(partner.values())
        old = _groups(before, identity, leaving_out=taken)
        new = _groups(after, identity, leaving_out=set(partner))
        for key in old.keys() & new.keys():
            # unequal numbers pair where the place is the same: a file that has lost a scan
            if len(old[key]) == len(new[key]) or identity is _by_place:
                partner.update(zip(new[key], old[key], strict=False))
    pairs = [Pair(before[partner[i]] if i in partner else None, row) for i, row in enumerate(after)]
    alone = set(range(len(before))) - set(partner.values())
    return (*pairs, *(Pair(before[i], None) for i in sorted(alone)))


def _groups(
    rows: Sequence[Row], identity: Callable[[Row], Hashable], leaving_out: set[int]
) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for index, row in enumerate(rows):
        key = identity(row)
        if index not in leaving_out and key is not None:
            groups.setdefault(key, []).append(index)
    return groups


def _by_place(row: Row) -> Hashable:
    return row["measurement"], row["file"]


def _by_content(row: Row) -> Hashable:
    sha256 = row["source"]["sha256"]
    return (row["technique"], sha256) if sha256 else None


def _by_name(row: Row) -> Hashable:
    return row["measurement"], row["technique"], PurePosixPath(row["file"]).name
