"""Symmetry of a CIF block: listed operations, the space group, and whether they agree."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from spectrafit.errors import ReadError
from spectrafit_structure.optional_gemmi import gemmi_module
from spectrafit_structure.readers.cif_values import CifBlock

__all__ = ["ANGLES", "read_symmetry"]

ANGLES = ("_cell.angle_alpha", "_cell.angle_beta", "_cell.angle_gamma")
"""Names of the angles of the cell."""
_OPERATIONS = (
    ("_space_group_symop", "operation_xyz"),
    ("_symmetry_equiv", "pos_as_xyz"),
)
_GROUP = ("_space_group.name_H-M_alt", "_symmetry.space_group_name_H-M")


def read_symmetry(block: CifBlock) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Return operations and name of the space group of a block, and what was decided.

    Parameters
    ----------
    block : CifBlock

    Returns
    -------
    operations : tuple of str
        As listed, else by the name; empty where neither is known.
    name : str
        As written.
    notices : tuple of str

    Raises
    ------
    ReadError
        When list and name contradict each other, or an operation cannot be read.
    """
    gemmi: Any = gemmi_module()
    name = block.text(*_GROUP)
    angles = [block.number(tag) for tag in ANGLES]
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
            f"a symmetry operation cannot be read: {error}",
            where=block.where,
            do="write operations like -x, y+1/2, -z",
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
