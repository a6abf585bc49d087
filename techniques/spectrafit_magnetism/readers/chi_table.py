"""The reader of tables of T and chi T: two columns of numbers, with or without labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from spectrafit.alert import Alert, alert_spec
from spectrafit.encoding import file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.history import file_source
from spectrafit.recording import Column, Recording
from spectrafit.table import Table, axis_notices, text_table
from spectrafit.units import converted
from spectrafit_magnetism.readers.chi_units import ChiLabel, chi_label, is_chi_label

__all__ = ["ChiTableReader", "chi_table_reader"]

_TEMPERATURE = re.compile(r"t(?:emp(?:erature)?)?(?:[ _]*[\[(/]?\s*k\s*[\])]?)?", re.IGNORECASE)
_MEANT = {"x": "T", "y": "chi T", "sigma": "the error of chi T"}
_CONVERT = "convert the column to cm3 K mol-1, and label it so"
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
        except ReadError:
            return 0.0
        names = [name.strip() for name in table.names]
        labelled = table.labelled and any(_TEMPERATURE.fullmatch(name) for name in names)
        return 0.6 if labelled and any(is_chi_label(name) for name in names) else 0.0

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
        T = _in_kelvin(next(one for one in table.columns if one.name == roles["x"]), path.name)
        if (T.values <= 0.0).any():
            row = int((T.values <= 0.0).argmax())
            raise ReadError(
                f"a temperature of {T.values[row]:g}",
                where=f"{path.name}:{int(table.lines[row])}",
                do="temperatures must be in K: are they in degrees Celsius?",
            )
        columns, words = _in_cgs(table, roles, T, path.name)
        notices = _of_the_table(table, roles) + axis_notices(T, path.name)
        for text in filter(None, (_of_kelvin(table, roles), words)):
            notices += (alert_spec("READ-003").alert(where=path.name, text=text),)
        source = file_source(path, content, simulated=table.simulated)
        return (Recording(path.name, columns, table.header, roles, {}, source, notices, self.name),)


def _in_kelvin(T: Column, where: str) -> Column:
    """Return the temperatures in K; a unit that is neither K nor degrees Celsius is refused."""
    if T.unit in ("K", "1"):
        return replace(T, unit="K")
    if T.unit == "degC":
        return replace(T, values=converted(T.values, "degC", "K"), unit="K")
    raise ReadError(f"temperatures in {T.unit}", where=where, do="give them in K")


def _of_kelvin(table: Table, roles: Mapping[str, str]) -> str:
    """Return that the unit of T had to be assumed, empty where the label tells it."""
    label = roles["x"]
    unit = next(one.unit for one in table.columns if one.name == label)
    told = not table.labelled or unit != "1" or "k" in label.lower()
    return "" if told else f"{label} has no unit: taken for K"


def _of_the_table(table: Table, roles: Mapping[str, str]) -> tuple[Alert, ...]:
    """Return the notices of the table, without a unit of chi T that this reader does read."""
    doubt = f"not read as units: {roles['y'].partition('(')[2].removesuffix(')')}"
    return tuple(notice for notice in table.notices if notice.text != doubt)


def _in_cgs(
    table: Table, roles: Mapping[str, str], T: Column, where: str
) -> tuple[tuple[Column, ...], str]:
    """Return all columns, chi T and its error in cm3 K/mol, and what had to be assumed."""
    label = chi_label(roles["y"], where) if table.labelled else ChiLabel(1.0, "")
    assert label is not None
    made, words = [], ""
    for column in table.columns:
        if column.name == roles["x"]:
            made.append(T)
        elif column.name in (roles["y"], roles.get("sigma")):
            if column.unit not in ("1", "cm3 K mol-1"):
                raise ReadError(f"{column.name} in {column.unit}", where=where, do=_CONVERT)
            told = column.unit != "1" or bool(label.unit)
            factor = label.factor if column.unit == "1" else 1.0
            if column.name == roles["y"] and not told:
                words = f"{column.name} has no unit: taken for cm3 K/mol"
            made.append(replace(column, values=factor * column.values, unit="cm3 K mol-1"))
        else:
            made.append(column)
    if not table.labelled:
        words = "no labels: columns taken for T in K and chi T in cm3 K/mol"
    return tuple(made), words


def _roles(table: Table, where: str) -> Mapping[str, str]:
    names = table.names
    if table.labelled and not table.misfit:
        found: dict[str, str] = {}
        for name in names:
            if _TEMPERATURE.fullmatch(name.strip()):
                role = "x"
            elif chi_label(name, where) is not None:
                role = "y"
            elif _SIGMA.fullmatch(name.strip()):
                role = "sigma"
            else:
                continue
            if role in found:
                raise ReadError(
                    f"two columns may be {_MEANT[role]}: {found[role]} and {name}",
                    where=where,
                    do="keep one of them",
                )
            found[role] = name
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
