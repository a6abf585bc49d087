"""Crystal structures from CIFs: every data block, every number with its s.u."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.encoding import Text, decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.rounding import number_text
from spectrafit.table import says_simulated
from spectrafit_structure.crystal import Cell, Crystal, Temperature
from spectrafit_structure.crystal_recording import CrystalRecording, crystal_recording
from spectrafit_structure.geometry import cell_matrix
from spectrafit_structure.optional_gemmi import gemmi_module
from spectrafit_structure.readers.cif_sites import listed_atoms, listed_bonds
from spectrafit_structure.readers.cif_symmetry import ANGLES, read_symmetry
from spectrafit_structure.readers.cif_values import CifBlock

__all__ = ["AGREEING_TEMPERATURES_K", "CifReader", "cif_reader", "read_cif"]

AGREEING_TEMPERATURES_K = 2.0
"""K; two temperatures in one block that differ by more are contradictory."""
_VOLUME_AGREEMENT = 0.005  # far more than rounding of the edges and angles

_LENGTHS = ("_cell.length_a", "_cell.length_b", "_cell.length_c")


@dataclass(frozen=True)
class CifReader:
    """The reader of CIFs: one recording for each data block that has a cell."""

    name: str = "cif"
    title: str = "crystal structures: CIF, every block with its bonds, symmetry and temperature"
    extensions: tuple[str, ...] = (".cif",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.95 for the mark of a CIF or a ``data_`` line followed by names with ``_``, else 0.

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
        lines = [line.strip() for line in head_lines(head)]
        if lines and lines[0].startswith("#\\#CIF"):
            return 0.95
        told = [line for line in lines if line and not line.startswith("#")]
        opens = bool(told) and told[0].lower().startswith("data_")
        names = any(line.startswith("_") or line.lower() == "loop_" for line in told[1:])
        return 0.95 if opens and names else 0.0

    def read(self, path: Path) -> tuple[CrystalRecording, ...]:
        """Return a recording for every structure of a file.

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
            When the file is refused, or gemmi is not installed.
        """
        return self.recordings(file_content(path), path)

    def recordings(self, content: bytes, path: Path) -> tuple[CrystalRecording, ...]:
        """Return a recording for every structure of the bytes of a file.

        Parameters
        ----------
        content : bytes
            Of a file that may have been written only in memory.
        path : Path
            Its name.

        Returns
        -------
        tuple of CrystalRecording

        Raises
        ------
        ReadError
            When it is refused.
        """
        text = decoded(content, path.name)
        crystals = _crystals(text, path.name)
        simulated = _says_simulated(text.lines)
        return tuple(
            crystal_recording(
                crystal, path, content, self.name, simulated=simulated, notices=text.notices,
                label=_block_name(crystal) if len(crystals) > 1 else "",
            )
            for crystal in crystals
        )  # fmt: skip


def _block_name(crystal: Crystal) -> str:
    return crystal.name.partition("[")[2].removesuffix("]")


def _says_simulated(lines: Sequence[str]) -> bool:
    """Return whether a comment or the audit line says that the structure is simulated."""
    told = (line for line in lines if line.lstrip().lower().startswith(("#", "_audit_creation")))
    return any(says_simulated({"": line}) for line in told)


def read_cif(path: Path) -> tuple[Crystal, ...]:
    """Return the structures of a CIF, one for each data block that has a cell.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of Crystal
        In the order of the file; blocks without a cell (the text of a paper) are left out.

    Raises
    ------
    ReadError
        When it is no CIF, holds no structure, a number cannot be read, or its symmetry is
        contradictory.
    """
    return _crystals(decoded(file_content(path), path.name), path.name)


def _crystals(text: Text, name: str) -> tuple[Crystal, ...]:
    try:
        document = gemmi_module().cif.read_string("\n".join(text.lines) + "\n")
    except (ValueError, RuntimeError) as error:
        raise ReadError(
            f"this is no CIF: {error}", where=name, do="check the file with checkCIF"
        ) from error
    blocks = [CifBlock(each, f"{name}[{each.name}]") for each in document]
    crystals = tuple(_crystal(block) for block in blocks if block.text(_LENGTHS[0]))
    if not crystals:
        raise ReadError(
            f"no data block holds a cell (blocks: {len(blocks)})",
            where=name,
            do="give the CIF of a crystal structure",
        )
    return crystals


def _crystal(block: CifBlock) -> Crystal:
    atoms = listed_atoms(block)
    operations, group, notices = read_symmetry(block)
    flack, odd = block.loose_number("_refine_ls.abs_structure_Flack")
    return Crystal(
        block.where,
        _temperature(block),
        _cell(block),
        operations,
        group,
        _formula_units(block),
        block.text("_chemical_formula.sum"),
        flack,
        atoms,
        listed_bonds(block),
        (*notices, *([odd] if odd else [])),
    )


def _temperature(block: CifBlock) -> Temperature:
    ambient, odd = block.loose_number("_diffrn.ambient_temperature")
    cell, odd_cell = block.loose_number("_cell.measurement_temperature")
    for each, tag in ((ambient, "_diffrn_ambient"), (cell, "_cell_measurement")):
        if each is not None and each.value <= 0:
            raise ReadError(
                f"a temperature of {number_text(each.value)} K",
                where=f"{block.where} {tag}_temperature",
                do="write it in kelvin",
            )
    if ambient is None or cell is None:
        given = ambient or cell
        reason = odd or odd_cell or "the CIF gives no temperature"
        return Temperature(given, "" if given else reason)
    if abs(ambient.value - cell.value) > AGREEING_TEMPERATURES_K:
        return Temperature(
            None,
            f"_diffrn_ambient_temperature is {number_text(ambient.value)} K, "
            f"_cell_measurement_temperature is {number_text(cell.value)} K: which one holds?",
        )
    return Temperature(ambient)


def _cell(block: CifBlock) -> Cell:
    numbers = []
    for tag in (*_LENGTHS, *ANGLES):
        number = block.number(tag)
        if number is None or number.value <= 0:
            raise ReadError(
                "the cell is not complete",
                where=f"{block.where} {tag}",
                do="give three lengths (Å) and three angles (degrees), all above 0",
            )
        numbers.append(number)
    a, b, c, alpha, beta, gamma = numbers
    cell = Cell((a, b, c), (alpha, beta, gamma), block.number("_cell.volume"))
    computed = float(np.linalg.det(cell_matrix(cell)))
    if not computed > 0:
        raise ReadError(
            "these three angles enclose no volume",
            where=f"{block.where} _cell_angle",
            do="mend the angles; they are in degrees",
        )
    if cell.volume is not None and abs(cell.volume.value / computed - 1.0) > _VOLUME_AGREEMENT:
        raise ReadError(
            f"the cell has {number_text(computed)} Å3, not {number_text(cell.volume.value)} Å3",
            where=f"{block.where} _cell_volume",
            do="mend the cell or its volume: every dipole depends on it",
        )
    return cell


def _formula_units(block: CifBlock) -> int | None:
    number = block.number("_cell.formula_units_Z")
    if number is None:
        return None
    if number.value < 1 or number.value != round(number.value):
        raise ReadError(
            f"Z = {number_text(number.value)} is no count of formula units",
            where=f"{block.where} _cell_formula_units_Z",
            do="write a whole number from 1 on, or ?",
        )
    return int(number.value)


cif_reader = CifReader()
