"""The reader of tables of T and chi T: two columns of numbers, with or without labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from spectrafit.alert import alert_spec
from spectrafit.encoding import file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.recording import Recording
from spectrafit.table import Table, text_table

__all__ = ["ChiTableReader", "chi_table_reader"]

_TEMPERATURE = re.compile(r"t(?:emp(?:erature)?)?(?:[ _]*[\[(/]?\s*k\s*[\])]?)?", re.IGNORECASE)
_CHI_T = re.compile(r"(?:chi|χ|x)[ _]*(?:m|mol)?[ _]*[*·.]?\s*t\b.*|(?:chi|χ)m?t.*", re.IGNORECASE)
_SIGMA = re.compile(r"(?:sigma|err(?:or)?|s\.?e\.?|std).*", re.IGNORECASE)


@dataclass(frozen=True)
class ChiTableReader:
    """The reader of tables of T and chi T, as published curves are kept."""

    name: str = "chi-table"
    title: str = "table of T (K) and chi T (cm3 K/mol), two or three columns (.exp, .txt, .csv)"
    extensions: tuple[str, ...] = (".exp", ".txt", ".csv", ".dat")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.6 where the labels are T and chi T, else 0: unlabelled columns may be anything.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        try:
            table = text_table("\n".join(head_lines(head)).encode(), path.name)
            return 0.6 if table.labelled and _roles(table, path.name) else 0.0
        except ReadError:
            return 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one recording of a file, in the file's order.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording
            x is T in K, y is chi T in cm3 K/mol.

        Raises
        ------
        ReadError
            When there are fewer than two columns, more than three without labels, or a temperature
            is not above 0 K.
        """
        content = file_content(path)
        table = text_table(content, path.name)
        roles = _roles(table, path.name)
        T = next(column for column in table.columns if column.name == roles["x"])
        if (T.values <= 0.0).any():
            row = int((T.values <= 0.0).argmax())
            raise ReadError(
                f"a temperature of {T.values[row]:g}",
                where=f"{path.name}:{int(table.lines[row])}",
                do="temperatures must be in K: are they in degrees Celsius?",
            )
        units = {roles["x"]: "K", roles["y"]: "cm3 K mol-1"}
        units |= {roles["sigma"]: "cm3 K mol-1"} if "sigma" in roles else {}
        columns = tuple(
            replace(column, unit=units[column.name])
            if column.name in units and column.unit == "1"
            else column
            for column in table.columns
        )
        notices = table.notices
        if not table.labelled:
            words = "no labels: columns taken for T in K and chi T in cm3 K/mol"
            notices += (alert_spec("READ-003").alert(where=path.name, text=words),)
        source = file_source(path, content, simulated=table.simulated)
        return (Recording(path.name, columns, table.header, roles, {}, source, notices, self.name),)


def _roles(table: Table, where: str) -> Mapping[str, str]:
    names = table.names
    if table.labelled and not table.misfit:
        found = {
            role: name
            for role, pattern in (("sigma", _SIGMA), ("y", _CHI_T), ("x", _TEMPERATURE))
            for name in names
            if pattern.fullmatch(name.strip())
        }
        if {"x", "y"} <= found.keys():
            return found
    elif 2 <= len(names) <= 3:
        return dict(zip(("x", "y", "sigma"), names, strict=False))
    raise ReadError(
        f"which columns are T and chi T? The file has {', '.join(names)}",
        where=where,
        do="label them T and chiT",
    )


chi_table_reader = ChiTableReader()
