"""Bond lengths typed in a table, for a structure whose CIF is not at hand."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spectrafit.encoding import Text, decoded, file_content, head_lines
from spectrafit.errors import ReadError, nearest
from spectrafit.rounding import number_text
from spectrafit.table import says_simulated
from spectrafit_structure.crystal import Atom, Bond, Crystal, Temperature
from spectrafit_structure.crystal_recording import CrystalRecording, crystal_recording
from spectrafit_structure.readers.cif_sites import LONGEST_A
from spectrafit_structure.readers.cif_values import element_of
from spectrafit_structure.uncertainty import Measured, written_number

__all__ = ["COLUMNS", "BondTableReader", "bond_table_reader", "read_bond_table"]

_BLANKS = " "
COLUMNS = ("T", "atom_1", "atom_2", "length")
"""T in K and length in Å, each with its s.u. in brackets; atoms by label, like ``Fe1``."""
_SPELLINGS = {
    "T": re.compile(r"(t|temperature)(/?[(\[]?k[)\]]?)?"),
    "atom_1": re.compile(r"atom1"),
    "atom_2": re.compile(r"atom2"),
    "length": re.compile(r"length(/?[(\[]?(å|a|angstrom)[)\]]?)?"),
}
"""Labels in lower case without spaces and underscores. Another unit is no spelling: it is refused."""


@dataclass(frozen=True)
class BondTableReader:
    """The reader of typed tables of bond lengths: one recording for each temperature."""

    name: str = "bond-table"
    title: str = "bond lengths typed in a table: T, atom_1, atom_2, length with its s.u."
    extensions: tuple[str, ...] = (".csv", ".txt")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.95 where the first line that is no comment names the four columns, else 0.

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
        told = [line for line in head_lines(head) if line.strip() and line.lstrip()[0] != "#"]
        if not told:
            return 0.0
        return 0.95 if set(COLUMNS) <= set(_names(told[0])) else 0.0

    def read(self, path: Path) -> tuple[CrystalRecording, ...]:
        """Return a recording for every temperature of a table.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of CrystalRecording

        Raises
        ------
        ReadError
            When the file is refused.
        """
        content = file_content(path)
        text = decoded(content, path.name)
        crystals = _crystals(text, path.name)
        comments = (line for line in text.lines if line.lstrip().startswith("#"))
        simulated = any(says_simulated({"": line}) for line in comments)
        return tuple(
            crystal_recording(
                crystal, path, content, self.name, simulated=simulated, notices=text.notices,
                label=_label(crystal) if len(crystals) > 1 else "",
            )
            for crystal in crystals
        )  # fmt: skip


def _label(crystal: Crystal) -> str:
    kelvin = crystal.temperature.kelvin
    return "" if kelvin is None else f"{number_text(kelvin.value)}K"


def read_bond_table(path: Path) -> tuple[Crystal, ...]:
    """Return the structures of a typed table, one for each temperature.

    Parameters
    ----------
    path : Path
        Text with commas, semicolons, tabs or blanks between the columns, and decimal points, or
        decimal commas where no commas divide; the first line that is no comment (``#``) names the
        columns: `COLUMNS`.

    Returns
    -------
    tuple of Crystal
        With bonds and the labels' elements, without cell and coordinates; by temperature.

    Raises
    ------
    ReadError
        When a column is missing, or a line cannot be read.
    """
    return _crystals(decoded(file_content(path), path.name), path.name)


def _crystals(text: Text, file_name: str) -> tuple[Crystal, ...]:
    lines = [
        (number, line)
        for number, line in enumerate(text.lines, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise ReadError(
            "the file holds no table",
            where=file_name,
            do=f"write {','.join(COLUMNS)} and a line for each bond",
        )
    first, header = lines[0]
    separator = _separator(header)
    names = _names(header)
    missing = [each for each in COLUMNS if each not in names]
    if missing:
        raise ReadError(
            f"the column {missing[0]!r} is missing",
            where=f"{file_name}:{first}",
            do=f"{nearest(missing[0], names, noun='the columns of the file')}; a line for each bond "
            f"under {','.join(COLUMNS)}, with T in K and length in Å",
        )
    twice = [each for each in COLUMNS if names.count(each) > 1]
    if twice:
        raise ReadError(
            f"two columns are called {twice[0]!r}",
            where=f"{file_name}:{first}",
            do="keep one of them",
        )
    commas = _has_decimal_commas(lines[1:], separator, names, file_name)
    tables: dict[float, tuple[Measured, list[Bond]]] = {}
    for number, line in lines[1:]:
        T, bond = _row(line, separator, names, f"{file_name}:{number}", commas=commas)
        known, bonds = tables.setdefault(T.value, (T, []))
        if {bond.first, bond.second} in [{each.first, each.second} for each in bonds]:
            raise ReadError(
                f"{bond.first}-{bond.second} stands twice at {known.value:g} K",
                where=f"{file_name}:{number}",
                do="keep one, or give symmetry-related atoms labels of their own",
            )
        bonds.append(bond)
    if not tables:
        raise ReadError(
            "the table has no rows",
            where=file_name,
            do="write a line for each bond below the labels",
        )
    return tuple(_crystal(file_name, *tables[T]) for T in sorted(tables))


def _separator(header: str) -> str:
    return next((each for each in ("\t", ";", ",") if each in header), _BLANKS)


def _names(header: str) -> list[str]:
    return [_spelled(each) for each in _cells(header, _separator(header))]


def _spelled(label: str) -> str:
    plain = re.sub(r"[\s_]", "", label).lower()
    return next((name for name, one in _SPELLINGS.items() if one.fullmatch(plain)), label)


def _cells(line: str, separator: str) -> list[str]:
    if separator == _BLANKS:
        wide = re.split(r"\s{2,}", line.strip())
        return wide if len(wide) >= len(COLUMNS) else line.split()
    return [each.strip() for each in next(csv.reader(io.StringIO(line), delimiter=separator))]


def _has_decimal_commas(
    lines: Sequence[tuple[int, str]], separator: str, names: Sequence[str], file_name: str
) -> bool:
    """Return whether T and length are written with decimal commas, refusing both signs in one table."""
    if separator == ",":
        return False
    places = [names.index("T"), names.index("length")]
    with_comma: list[int] = []
    with_point: list[int] = []
    for number, line in lines:
        cells = _cells(line, separator)
        told = "".join(cells[place] for place in places if place < len(cells))
        with_comma += [number] if "," in told else []
        with_point += [number] if "." in told else []
    if with_comma and with_point:
        raise ReadError(
            "ambiguous: both decimal points and decimal commas stand in the table",
            where=f"{file_name}:{max(with_comma[0], with_point[0])}",
            do="write points",
        )
    return bool(with_comma)


def _row(
    line: str, separator: str, names: list[str], where: str, *, commas: bool
) -> tuple[Measured, Bond]:
    cells = _cells(line, separator)
    if len(cells) != len(names):
        doubt = separator == "," and len(cells) > len(names)
        what = f"{len(cells)} cells for {len(names)} columns"
        raise ReadError(
            f"ambiguous: {what}: commas may be decimal marks" if doubt else what,
            where=where,
            do="mend the line; decimal commas need semicolons or tabs between the columns",
        )
    row = dict(zip(names, cells, strict=True))
    if commas:
        row |= {name: row[name].replace(",", ".") for name in ("T", "length")}
    T, length = (written_number(row[name], where=f"{where} {name}") for name in ("T", "length"))
    for number, name, unit in ((T, "T", "K"), (length, "length", "Å")):
        if number is None or number.value <= 0:
            raise ReadError(
                f"{row[name]!r} is no {name} above 0 {unit}", where=where, do="mend the line"
            )
    if length is not None and length.value > LONGEST_A:
        raise ReadError(
            f"a length of {number_text(length.value)} Å",
            where=where,
            do="write lengths in Å, not in pm",
        )
    if T is None or length is None or not row["atom_1"] or not row["atom_2"]:
        raise ReadError("an atom has no label", where=where, do="mend the line")
    return T, Bond(row["atom_1"], row["atom_2"], length)


def _crystal(name: str, T: Measured, bonds: list[Bond]) -> Crystal:
    where = f"{name} at {T.value:g} K"
    labels = dict.fromkeys(label for each in bonds for label in (each.first, each.second))
    atoms = tuple(Atom(label, element_of("", label, where=where)) for label in labels)
    return Crystal(where, Temperature(T), atoms=atoms, bonds=tuple(bonds))


bond_table_reader = BondTableReader()
