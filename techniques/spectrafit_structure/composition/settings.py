"""Settings of the technique `composition`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spectrafit_structure.composition.found import CUSTOMARY_LIMIT

__all__ = ["CompositionSettings"]


def _field(meaning: str, default: Any, unit: str = "1", *, matters: bool = False) -> Any:
    """Return a field; one that matters is spelt out in the first study of a folder."""
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    return field(default=default, metadata=metadata)


def _empty(meaning: str, unit: str = "1") -> Any:
    return field(default_factory=dict, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class CompositionSettings:
    """Settings of the check of a formula; an empty text or a 0 takes what the file's header says."""

    formula: str = _field(
        "formula of the compound, like C38H74N8O4F18P3FeCo; needed, here or in the file's header",
        "",
        matters=True,
    )
    solvent: str = _field(
        "solvent that is weighed with the compound in an elemental analysis, like 0.5H2O", ""
    )
    lost: str = _field("part that the compound loses when it becomes the ion, like PF6", "")
    gained: str = _field("part that it takes up when it becomes the ion, like H or Na", "")
    charge: int = _field(
        "charge of the ion with its sign; 0 for what the header says, else for no ion", 0
    )
    printed_mz: float = _field("m/z that a text prints for the ion; 0 for none", 0.0)
    mz_tolerance: float = _field(
        "largest distance at which a measured or printed m/z agrees with a calculated one", 0.1
    )
    resolved_mz: float = _field("distance at which the instrument tells two peaks apart", 0.1)
    others: Mapping[str, str] = _empty(
        "formulas of other compounds, by name, whose ions may overlap: the same part lost, the same "
        'charge, like { CoCo = "C38H74N8O4F18P3Co2" }'
    )
    smallest_percent: float = _field(
        "height of the smallest calculated peak that is looked for, of the highest peak", 1.0, "%"
    )
    pattern_limit_percent: float = _field(
        "largest rms difference of a pattern that agrees, of the highest peak; one peak may differ by "
        "twice that",
        5.0,
        "%",
    )
    limit_percent: float = _field(
        "largest deviation of an element that is accepted, in percent absolute; 0.4 is a custom of "
        "journals and no law",
        CUSTOMARY_LIMIT,
        "%",
    )
    su_percent: float = _field(
        "standard uncertainty of a found percentage, absolute, where the file has none; 0 for not "
        "known",
        0.0,
        "%",
        matters=True,
    )
    ratios: tuple[str, ...] = _field(
        'ratios of numbers of atoms, like ["Co/Fe"]; without any, that of the two metals found', ()
    )
