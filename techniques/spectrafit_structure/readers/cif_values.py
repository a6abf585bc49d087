"""Values of a CIF block: old and new spellings of a name, text, numbers with s.u., loops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from spectrafit.errors import ReadError
from spectrafit.size_limits import require_rows
from spectrafit_structure.optional_gemmi import gemmi_module
from spectrafit_structure.uncertainty import Measured, written_number

__all__ = ["CifBlock", "CifRow", "element_of"]


def _spellings(tag: str) -> tuple[str, ...]:
    """Return a tag and its spelling with the dot of the newer dictionaries (DDLm)."""
    category, _, name = tag.partition(".")
    return f"{category}_{name}", tag


@dataclass(frozen=True)
class CifRow:
    """One row of a loop.

    Parameters
    ----------
    where : str
        File, block and loop, for messages.
    cells : dict of str to str
        Raw values by the column's name.
    """

    where: str
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """Return a text, empty where it is unknown, does not apply or is not listed."""
        return _plain(self.cells.get(column))

    def number(self, column: str) -> Measured | None:
        """Return a number with its s.u., None where it is not given."""
        return written_number(self.text(column) or "?", where=f"{self.where}_{column}")


@dataclass(frozen=True)
class CifBlock:
    """One data block.

    Parameters
    ----------
    block : object
        Of gemmi.
    where : str
        File and block, for messages.
    """

    block: Any
    where: str

    def text(self, *tags: str) -> str:
        """Return the text of the first tag that has one, else an empty one.

        Parameters
        ----------
        *tags : str
            Like ``_cell.volume``; the spelling ``_cell_volume`` is looked for too.

        Returns
        -------
        str
        """
        for tag in tags:
            for spelling in _spellings(tag):
                found = _plain(self.block.find_value(spelling))
                if found:
                    return found
        return ""

    def number(self, tag: str) -> Measured | None:
        """Return the number of a tag with its s.u., None where it is not given."""
        return written_number(self.text(tag) or "?", where=f"{self.where} {_spellings(tag)[0]}")

    def loose_number(self, tag: str) -> tuple[Measured | None, str]:
        """Return a number that the file may do without, and why it is none though written.

        Parameters
        ----------
        tag : str

        Returns
        -------
        number : Measured or None
        reason : str
            Names tag and text where the text is no number, else empty.
        """
        try:
            return self.number(tag), ""
        except ReadError:
            return None, f"{_spellings(tag)[0]} is written as {self.text(tag)!r}"

    def rows(self, category: str, needed: str, columns: Sequence[str]) -> Iterator[CifRow]:
        """Yield the rows of a loop.

        Parameters
        ----------
        category : str
            Like ``_geom_bond``.
        needed : str
            The column without which there is no such loop.
        columns : sequence of str
            The others.

        Yields
        ------
        CifRow
            Columns that the file does not list are missing.
        """
        for join in ("_", "."):
            tags = [f"{category}{join}{needed}", *(f"?{category}{join}{each}" for each in columns)]
            table = self.block.find(tags)
            require_rows(len(table), where=self.where, noun="rows")
            for row in table:
                names = [needed, *columns]
                cells = {name: row[i] for i, name in enumerate(names) if row.has(i)}
                yield CifRow(f"{self.where} {category}", cells)
            if len(table):
                return


def _plain(raw: str | None) -> str:
    cif = gemmi_module().cif
    return "" if raw is None or cif.is_null(raw) else str(cif.as_string(raw)).strip()


def element_of(type_symbol: str, label: str, *, where: str) -> str:
    """Return the element of a site, from its type symbol, else from its label.

    Parameters
    ----------
    type_symbol : str
        Like ``Fe`` or ``Fe3+``; may be empty.
    label : str
        Like ``Fe1`` or ``N12A``.
    where : str
        For messages.

    Returns
    -------
    str
        ``H`` also for deuterium.

    Raises
    ------
    ReadError
        When neither names an element.
    """
    gemmi = gemmi_module()
    source = type_symbol or label
    letters = source[: next((i for i, c in enumerate(source) if not c.isalpha()), len(source))]
    for length in (2, 1) if len(letters) > 1 else (1,):
        symbol = letters[:length].capitalize()
        element = gemmi.Element(symbol)
        if element.atomic_number and len(letters[:length]) == length:
            return "H" if symbol == "D" else str(element.name)
    raise ReadError(
        f"{source!r} names no element", where=where, do="add _atom_site_type_symbol to the CIF"
    )
