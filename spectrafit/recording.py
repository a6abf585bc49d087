"""A recording: what a reader returns; every column kept, roles proposed and shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from spectrafit.alert import Alert
from spectrafit.conditions import common_conditions, conditions_text
from spectrafit.errors import ReadError, SettingsError
from spectrafit.history import HistoryEntry, Source, frozen_mapping
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray, Spectrum, finite_conditions, read_only
from spectrafit.units import checked_unit

if TYPE_CHECKING:
    import pandas

__all__ = ["Column", "Recording", "joint_notices", "joint_origin"]


@dataclass(frozen=True, eq=False)
class Column:
    """One named column.

    Parameters
    ----------
    name : str
        As in the file; unique in its recording.
    values : array_like, shape (n,)
        Not a number where the file says so.
    unit : str
        Unit of the table, "1" where the file gives none.
    made_from : str
        Formula of a column that was computed from others; empty for one read from the file.
    """

    name: str
    values: FloatArray
    unit: str = "1"
    made_from: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", read_only(self.values))
        object.__setattr__(self, "unit", checked_unit(self.unit))
        if self.values.ndim != 1:
            raise ReadError(
                f"a column needs one dimension, not {self.values.ndim}",
                where=self.name,
                do="give one number a row",
            )

    def __reduce__(self) -> tuple[object, ...]:
        return (Column, (self.name, np.array(self.values), self.unit, self.made_from))


@dataclass(frozen=True, eq=False)
class Recording:
    """What one file, or one scan of a file, holds.

    Parameters
    ----------
    name : str
        File name, with the scan's number where a file holds several.
    columns : tuple of Column
        All of them, in the file's order, equally long.
    header : mapping of str to str
        The file's own header, word for word.
    roles : mapping of str to str
        Proposed roles ("x", "y", "sigma") by column name; a proposal, shown to the user.
    conditions : mapping
        Numbers in base units by name (``{"T": 8.0}`` in K), or text.
    source : Source
        File and checksum.
    notices : tuple of Alert
        What the reader noticed.
    reader : str
        Name of the reader.
    """

    name: str
    columns: tuple[Column, ...]
    header: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    source: Source = Source("in memory")
    notices: tuple[Alert, ...] = ()
    reader: str = ""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "header", frozen_mapping(self.header))
        put(self, "roles", frozen_mapping(self.roles))
        put(self, "conditions", finite_conditions(self.conditions, where=self.name))
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ReadError(
                "two columns have the same name", where=self.name, do="rename one of them"
            )
        if len({column.values.shape for column in self.columns}) > 1:
            raise ReadError(
                "the columns are not equally long",
                where=self.name,
                do="give as many numbers in each",
            )

    def __reduce__(self) -> tuple[object, ...]:
        return (
            Recording,
            (
                self.name,
                self.columns,
                dict(self.header),
                dict(self.roles),
                dict(self.conditions),
                self.source,
                self.notices,
                self.reader,
            ),
        )

    def __len__(self) -> int:
        return int(self.columns[0].values.size) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the file's order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return one column; an exact name first, else one that differs in case only.

        Parameters
        ----------
        name : str
            Column name.

        Returns
        -------
        Column

        Raises
        ------
        SettingsError
            When there is none, or several differ in case only.
        """
        for column in self.columns:
            if column.name == name:
                return column
        close = [column for column in self.columns if column.name.lower() == name.lower()]
        if len(close) == 1:
            return close[0]
        raise SettingsError(
            f"no column {name!r}", where=self.name, do=f"the columns are: {', '.join(self.names)}"
        )

    def with_columns(self, *columns: Column, roles: Mapping[str, str] | None = None) -> Recording:
        """Return the recording with further columns and changed roles.

        Parameters
        ----------
        *columns : Column
            Added after the file's own; one of an existing name takes its place.
        roles : mapping, optional
            Roles to set.

        Returns
        -------
        Recording
        """
        new = {column.name for column in columns}
        kept = tuple(column for column in self.columns if column.name not in new)
        return replace(self, columns=(*kept, *columns), roles={**self.roles, **(roles or {})})

    def to_frame(self) -> pandas.DataFrame:
        """Return a table of every column as in the file.

        Returns
        -------
        pandas.DataFrame
            Units, roles, conditions, source and header are in ``frame.attrs``.
        """
        from spectrafit.notebook import data_frame

        return data_frame(
            {column.name: column.values for column in self.columns},
            {column.name: column.unit for column in self.columns},
            roles=dict(self.roles),
            conditions=dict(self.conditions),
            source=self.source.name,
            sha256=self.source.sha256,
            simulated=self.source.simulated,
            header=dict(self.header),
            reader=self.reader,
        )

    def _repr_html_(self) -> str:
        from spectrafit.notebook import html_lines, html_table, unit_text

        roles = {column: role for role, column in self.roles.items()}
        rows = [
            (
                column.name,
                unit_text(column.unit),
                _span(column.values),
                roles.get(column.name, ""),
                column.made_from,
            )
            for column in self.columns
        ]
        counted = f"{len(self)} rows, {len(self.columns)} columns"
        lines = (
            f"{counted}, reader {self.reader}" if self.reader else counted,
            conditions_text(self.conditions),
            *(str(notice) for notice in self.notices),
        )
        heads = ("column", "unit", "range", "proposed role", "made from")
        return html_lines(self.name, lines, simulated=self.source.simulated) + html_table(
            heads, rows
        )

    def spectrum(self, *, sigma_origin: str = "", **roles: str) -> Spectrum:
        """Return the spectrum of two or three columns, sorted, equal x averaged, gaps left out.

        Parameters
        ----------
        sigma_origin : str, optional
            Where the sigma column comes from, or why there is none.
        **roles : str
            ``x``, ``y`` and ``sigma`` by column name; the reader's proposals hold for the rest.

        Returns
        -------
        Spectrum
            What was sorted, averaged and left out is in its history.

        Raises
        ------
        SettingsError
            When x or y has no column, or a role has another name.
        ReadError
            When fewer than two points are left.
        """
        unknown = sorted(set(roles) - {"x", "y", "sigma"})
        if unknown:
            raise SettingsError(
                f"no role {unknown[0]!r}", where=self.name, do="the roles are: x, y, sigma"
            )
        chosen = {**self.roles, **roles}
        for role in ("x", "y"):
            if role not in chosen:
                raise SettingsError(
                    f"which column is {role}?",
                    where=self.name,
                    do=f"name one of: {', '.join(self.names)}",
                )
        x_column, y_column = self.column(chosen["x"]), self.column(chosen["y"])
        sigma_column = self.column(chosen["sigma"]) if "sigma" in chosen else None
        x, y = x_column.values, y_column.values
        sigma = None if sigma_column is None else sigma_column.values
        keep = np.isfinite(x) & np.isfinite(y)
        if sigma is not None:
            keep &= np.isfinite(sigma) & (sigma > 0)
        dropped = int((~keep).sum())
        x, y = x[keep], y[keep]
        sigma = None if sigma is None else sigma[keep]
        was_sorted = bool((np.diff(x) >= 0).all())
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
        sigma = None if sigma is None else sigma[order]
        unique, start, counts = np.unique(x, return_index=True, return_counts=True)
        if unique.size < 2:
            raise ReadError(
                f"usable points of different {x_column.name}: {unique.size}",
                where=self.name,
                do="a spectrum needs at least two",
            )
        if unique.size != x.size:
            y = np.add.reduceat(y, start) / counts
            if sigma is not None:
                sigma = np.sqrt(np.add.reduceat(sigma**2, start)) / counts
        settings = {
            "x": x_column.name,
            "y": y_column.name,
            "y_made_from": y_column.made_from,
            "sigma": sigma_column.name if sigma_column else None,
            "points_left_out": dropped,
            "sorted": not was_sorted,
            "points_averaged": int(x.size - unique.size),
        }
        return Spectrum(
            unique,
            y,
            sigma,
            x_column.unit,
            y_column.unit,
            sigma_origin,
            self.conditions,
            self.source,
            (HistoryEntry("roles", settings),),
        )


def _span(values: FloatArray) -> str:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return "no number"
    gaps = values.size - finite.size
    ends = f"{number_text(float(finite.min()))} to {number_text(float(finite.max()))}"
    return f"{ends}, {gaps} gaps" if gaps else ends


def joint_origin(
    recordings: Sequence[Recording],
) -> tuple[Source, Mapping[str, float | str]]:
    """Return what a result of several scans comes from: one source, and what they share.

    Parameters
    ----------
    recordings : sequence of Recording
        At least one.

    Returns
    -------
    source : Source
        Of one recording its own; of several named like ``10 scans, T = 8 K``, with the checksum of
        their checksums in order, simulated when one is.
    conditions : mapping
        Those that all have, with the same value.
    """
    conditions = common_conditions([one.conditions for one in recordings])
    if len(recordings) == 1:
        return recordings[0].source, conditions
    words = conditions_text(conditions)
    name = f"{len(recordings)} scans{', ' if words else ''}{words}"
    checksums = "".join(one.source.sha256 for one in recordings)
    digest = hashlib.sha256(checksums.encode()).hexdigest()
    return Source(name, digest, any(one.source.simulated for one in recordings)), conditions


def joint_notices(recordings: Sequence[Recording]) -> tuple[Alert, ...]:
    """Return the notices of several scans, those of equal code and words once.

    Parameters
    ----------
    recordings : sequence of Recording
        In their order.

    Returns
    -------
    tuple of Alert
    """
    found: dict[tuple[str, str], Alert] = {}
    for recording in recordings:
        for notice in recording.notices:
            found.setdefault((notice.code, notice.text), notice)
    return tuple(found.values())
