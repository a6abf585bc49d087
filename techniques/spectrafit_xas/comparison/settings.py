"""Settings of a comparison of spectra: margins, chosen before looking, and regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["XasComparisonSettings"]


def _field(meaning: str, default: Any, unit: str = "1") -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class XasComparisonSettings:
    """How two absorption spectra are compared; margins are set before looking."""

    margin_shift_eV: float = _field(
        "largest shift of the edge, and of its half height, that does not matter", 0.05, "eV"
    )
    margin_area: float = _field(
        "largest difference of the pre-edge area (x 100, edge step 1) that does not matter", 0.5
    )
    margin_rms: float = _field(
        "largest rms difference of the normalised spectra that does not matter", 0.005
    )
    level: float = _field("confidence of the intervals that are held against the margins", 0.90)
    power: float = _field("chance to find the smallest detectable difference", 0.80)
    absolute_energy: bool = _field(
        "false compares shapes after alignment only, as where the axes share no convention", True
    )
    axis_repeat_eV: float = _field(
        "how well one scan repeats the energy axis of another under the same foil record, one "
        "standard uncertainty",
        0.01,
        "eV",
    )
    range_eV: tuple[float, float] | None = _field(
        "where the spectra are compared; from the pre-edge window to 40 eV above the edge",
        None,
        "eV",
    )
    regions_eV: Mapping[str, tuple[float, float]] = field(
        default_factory=dict,
        metadata={
            "meaning": "regions with a chi2 of their own by name; pre-edge, edge and white-line "
            "when not given",
            "unit": "eV",
        },
    )
