"""Crystal structures from CIFs: every data block, every number with its s.u."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.encoding import Text, decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.rounding import number_text
from spectrafit.table import says_simulated
from spectrafit_structure.crystal import Atom, Bond, Cell, Crystal, Temperature
from spectrafit_structure.crystal_recording import CrystalRecording, crystal_recording
from spectrafit_structure.geometry import cell_matrix
from spectrafit_structure.optional_gemmi import gemmi_module
from spectrafit_structure.readers.cif_values import CifBlock, CifRow, element_of
from spectrafit_structure.uncertainty import Measured

__all__ = ["AGREEING_TEMPERATURES_K", "CifReader", "cif_reader", "read_cif"]

AGREEING_TEMPERATURES_K = 2.0
"""K; two temperatures in one block that differ by more are contradictory."""
_VOLUME_AGREEMENT = 0.005  # far more than rounding of the edges and angles

_LENGTHS = ("_cell.length_a", "_cell.length_b", "_cell.length_c")
_ANGLES = ("_cell.angle_alpha", "_cell.angle_beta", "_cell.angle_gamma")
_OPERATIONS = (
    ("_space_group_symop", "operation_xyz"),
    ("_symmetry_equiv", "pos_as_xyz"),
)
_GROUP = ("_space_group.name_H-M_alt", "_symmetry.space_group_name_H-M")


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
    atoms = _atoms(block)
    operations, group, notices = _symmetry(block)
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
        _bonds(block),
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
    for tag in (*_LENGTHS, *_ANGLES):
        number = block.number(tag)
        if number is None or number.value <= 0:
            raise ReadError("the cell is not complete", where=f"{block.where} {tag}")
        numbers.append(number)
    a, b, c, alpha, beta, gamma = numbers
    cell = Cell((a, b, c), (alpha, beta, gamma), block.number("_cell.volume"))
    computed = float(np.linalg.det(cell_matrix(cell)))
    if not computed > 0:
        raise ReadError("these three angles enclose no volume", where=f"{block.where} _cell_angle")
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
        )
    return int(number.value)


def _symmetry(block: CifBlock) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    gemmi: Any = gemmi_module()
    name = block.text(*_GROUP)
    angles = [block.number(tag) for tag in _ANGLES]
    alpha, _, gamma = (0.0 if each is None else each.value for each in angles)
    # SHELX of old wrote screw axes as 2(1)
    plain = re.sub(r"\((\d)\)", r"\1", name)
    group: Any = gemmi.find_spacegroup_by_name(plain, alpha, gamma) if name else None
    listed = _listed_operations(block)
    if not listed and group is None:
        said = f" ({name!r} is not known)" if name else ""
        return (), name, (f"no symmetry operations and no space group{said}",)
    if not listed:
        operations = tuple(each.triplet() for each in group.operations())
        return operations, name, (f"symmetry operations by the name {name!r}",)
    try:
        written = Counter(gemmi.Op(each).rot_type() for each in listed)
    except (RuntimeError, ValueError) as error:
        raise ReadError(
            f"a symmetry operation cannot be read: {error}", where=block.where
        ) from error
    if group is None:
        return listed, name, (f"the space group {name!r} is not known",) if name else ()
    named = Counter(each.rot_type() for each in group.operations())
    if _shares(written) != _shares(named):
        raise ReadError(
            f"the symmetry operations are not those of the space group {name!r}",
            where=block.where,
            do="mend the list or the name: the polarity of the crystal depends on it",
        )
    return listed, name, ()


def _shares(kinds: Counter[int]) -> dict[int, float]:
    """Return how often each kind of rotation occurs, in whichever setting and centring."""
    total = kinds.total()
    return {kind: count / total for kind, count in kinds.items()}


def _listed_operations(block: CifBlock) -> tuple[str, ...]:
    for category, column in _OPERATIONS:
        found = tuple(row.text(column) for row in block.rows(category, column, ()))
        if found:
            return found
    return ()


def _atoms(block: CifBlock) -> tuple[Atom, ...]:
    columns = (
        "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy", "disorder_group"
    )  # fmt: skip
    moved = _displacements(block)
    atoms = tuple(_atom(row, moved) for row in block.rows("_atom_site", "label", columns))
    twice = [label for label, n in Counter(atom.label for atom in atoms).items() if n > 1]
    if twice:
        raise ReadError(f"two atoms have the label {twice[0]!r}", where=block.where)
    return atoms


def _displacements(block: CifBlock) -> dict[str, tuple[Measured, ...]]:
    """Return U11, U22, U33, U23, U13, U12 by label, of sites that have all six."""
    columns = tuple(f"U_{each}" for each in ("11", "22", "33", "23", "13", "12"))
    found = {}
    for row in block.rows("_atom_site_aniso", "label", columns):
        six = [row.number(column) for column in columns]
        known = tuple(each for each in six if each is not None)
        if len(known) == len(six):
            found[row.text("label")] = known
    return found


def _atom(row: CifRow, moved: Mapping[str, tuple[Measured, ...]]) -> Atom:
    label = row.text("label")
    x, y, z = (row.number(f"fract_{axis}") for axis in "xyz")
    position = None if x is None or y is None or z is None else (x, y, z)
    occupancy = row.number("occupancy")
    group = row.text("disorder_group")
    return Atom(
        label,
        element_of(row.text("type_symbol"), label, where=row.where),
        position,
        "" if group == "0" else group,
        1.0 if occupancy is None else occupancy.value,
        moved.get(label),
    )


def _bonds(block: CifBlock) -> tuple[Bond, ...]:
    columns = ("atom_site_label_2", "distance", "site_symmetry_1", "site_symmetry_2")
    found = []
    for row in block.rows("_geom_bond", "atom_site_label_1", columns):
        first, second = row.text("atom_site_label_1"), row.text("atom_site_label_2")
        length = row.number("distance")
        if length is not None:
            found.append(_bond(row, first, second, length))
    return tuple(found)


def _bond(row: CifRow, first: str, second: str, length: Measured) -> Bond:
    if length.value <= 0:
        raise ReadError(
            f"{first}-{second} has a length of {number_text(length.value)} Å", where=row.where
        )
    at_first, at_second = row.text("site_symmetry_1"), row.text("site_symmetry_2")
    return Bond(first, second, length, _moved(at_first), _moved(at_second))


def _moved(code: str) -> str:
    return "" if code in ("1", "1_555") else code


cif_reader = CifReader()
