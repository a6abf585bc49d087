"""Settings of the technique `structure`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spectrafit_structure.shells import FARTHEST_LIGAND
from spectrafit_structure.spin_state import LengthWindow
from spectrafit_structure.unchanged import DEFAULT_LIMIT

__all__ = ["StructureSettings"]


def _field(meaning: str, default: Any = None, unit: str = "1", *, matters: bool = False) -> Any:
    """Return a field; one that matters is spelt out in the first study of a folder."""
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    return field(default=default, metadata=metadata)


def _empty(meaning: str, unit: str = "1") -> Any:
    return field(default_factory=dict, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class StructureSettings:
    """Settings of crystal structures; every field has a meaning and a default.

    Nothing about spin states is assumed: a reading needs ranges that you cite.
    """

    metals: tuple[str, ...] = _field(
        "metals whose shells are looked at, by element or label; all when empty", (), matters=True
    )
    ligands: tuple[str, ...] = _field(
        "elements that count as ligand atoms; all but hydrogen and metals when empty", ()
    )
    farthest_A: float = _field("largest distance of an atom bound to a metal", FARTHEST_LIGAND, "A")
    disorder: str = _field(
        "disorder group whose atoms are taken, by its name in the CIF; the one of largest occupancy "
        "when empty", ""
    )  # fmt: skip
    limit_A: float = _field(
        "a change of a mean length below it counts as none", DEFAULT_LIMIT, "A", matters=True
    )
    reference_T_K: float | None = _field(
        "temperature of the structure that all others are compared with; the coldest when left out",
        None, "K", matters=True,
    )  # fmt: skip
    reference: str = _field(
        "part of the name of the structure that all others are compared with, where its temperature "
        "does not tell it", ""
    )  # fmt: skip
    slope_K: tuple[float, float] | None = _field(
        "temperatures between which lengths are tested for a slope, as above a transition; those of "
        "all structures when left out", None, "K"
    )  # fmt: skip
    expected_A: Mapping[str, float] = _empty(
        'change of a mean length that another state would give, like { "Co-O" = 0.15 }, to be held '
        "against the limit of the change; give its source too", "A"
    )  # fmt: skip
    expected_source: str = _field("where the expected changes are from", "")
    windows: tuple[LengthWindow, ...] = _field(
        "ranges of mean lengths of spin states, a table each: state, bond, low, high (Å) and source, "
        'like { state = "Fe LS", bond = "Fe-O", low = 1.88, high = 1.92, source = "..." }', ()
    )  # fmt: skip
    mixture_ends_A: Mapping[str, tuple[float, float]] = _empty(
        "mean length of a kind of bond in two pure states, for the displacement that a mixture of them "
        "adds along the bond", "A"
    )  # fmt: skip
    axis: str = _field(
        "two atoms of one molecule whose direction defines the sense of the polar axis, like Fe1->Co1; "
        "a symmetry code may follow the second, like Fe1->Co1 2_655; molecules of one asymmetric unit "
        "with commas between", "", matters=True
    )  # fmt: skip
    axis_uvw: tuple[float, float, float] | None = _field(
        "direction [uvw] of the cell along which the polarisation is measured, where symmetry fixes none"
    )
