"""What a simulated structure holds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from spectrafit.errors import SettingsError

__all__ = ["Pair", "StructureSimulation"]


def _field(meaning: str, default: Any, unit: str = "1") -> Any:
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


Pair = tuple[float, float]


@dataclass(frozen=True)
class StructureSimulation:
    """What a simulated structure holds: an Fe-Co complex in P21 with three states in equilibrium.

    Every bond length is the population-weighted mean of its lengths in the pure states. Each pair
    is the shortest and the longest bond of its kind; the others are spread evenly between. The
    defaults are invented where nothing is printed of the compound they resemble; those of the
    bridge are.
    """

    label: str = _field("name of the data block", "")
    T_K: float = _field("temperature, written into the file", 100.0, "K")
    T_su_K: float = _field("standard uncertainty of the temperature in the file", 2.0, "K")
    branch: str = _field("branch of the equilibrium: heating, cooling or maxwell", "heating")
    S12: float = _field("entropy of state 2 over state 1", 93.6, "J mol-1 K-1")
    T12: float = _field("temperature of equal energy of the bare states 1 and 2", 90.53, "K")
    G12: float = _field("interaction of state 1 with 2 and 3", 835.0, "J mol-1")
    H23: float = _field("enthalpy of state 3 over state 2", 28371.0, "J mol-1")
    S23: float = _field("entropy of state 3 over state 2", 97.18, "J mol-1 K-1")
    G23: float = _field("interaction of states 2 and 3", -14577.0, "J mol-1")
    rho: float = _field("fraction that is always in states 2 and 3", 0.0488)
    FeO_A: tuple[Pair, Pair, Pair] = _field(
        "shortest and longest of two Fe-O bonds in states 1, 2 and 3",
        ((1.8989, 1.8989), (2.0029, 2.0029), (2.0600, 2.0600)), "A",
    )  # fmt: skip
    FeN_A: tuple[Pair, Pair, Pair] = _field(
        "shortest and longest of four Fe-N bonds in states 1, 2 and 3",
        ((2.0210, 2.0548), (2.1229, 2.1592), (2.1229, 2.1592)), "A",
    )  # fmt: skip
    CoO_A: tuple[Pair, Pair, Pair] = _field(
        "shortest and longest of two Co-O bonds in states 1, 2 and 3",
        ((1.891, 1.893), (1.891, 1.893), (1.891, 1.893)), "A",
    )  # fmt: skip
    CoN_A: tuple[Pair, Pair, Pair] = _field(
        "shortest and longest of four Co-N bonds in states 1, 2 and 3",
        ((1.983, 2.025), (1.983, 2.025), (1.983, 2.025)), "A",
    )  # fmt: skip
    CO_A: tuple[float, float, float] = _field(
        "C-O bonds of the bridge in states 1, 2 and 3; invented", (1.295, 1.295, 1.270), "A"
    )
    CC_A: tuple[float, float, float] = _field(
        "C-C bonds of the bridge between carbon atoms that bear oxygen, in states 1, 2 and 3; invented",
        (1.480, 1.480, 1.520), "A",
    )  # fmt: skip
    CCH_A: tuple[float, float, float] = _field(
        "the other C-C bonds of the bridge in states 1, 2 and 3; invented",
        (1.390, 1.390, 1.395),
        "A",
    )
    bond_su_A: float = _field(
        "standard uncertainty of a bond between metal and ligand; noise of the coordinates",
        0.005,
        "A",
    )
    cell_A: tuple[float, float, float] = _field(
        "edges of the cell at T_ref_K; invented", (9.50, 16.20, 17.612), "A"
    )
    beta_deg: float = _field("angle of the cell; invented", 95.0, "deg")
    cell_su_A: float = _field("standard uncertainty of an edge of the cell", 0.001, "A")
    T_ref_K: float = _field("temperature at which the edges hold", 100.0, "K")
    expansion_per_K: float = _field("thermal expansion of the volume; invented", 1.5e-4, "K-1")
    tilt_deg: float = _field("angle between Fe...Co and b", 3.0, "deg")
    flack: float = _field("Flack parameter before noise", 0.0)
    flack_su: float = _field("standard uncertainty of the Flack parameter; 0 leaves it out", 0.02)

    def __post_init__(self) -> None:
        for problem, do in _problems(self):
            raise SettingsError(problem, where="simulate", do=do)


def _problems(settings: StructureSimulation) -> Iterator[tuple[str, str]]:
    if not 0 < settings.T_K < math.inf:
        yield f"T_K {settings.T_K:g} is no temperature above 0 K", "give it in K"
    for name in ("bond_su_A", "cell_su_A", "T_su_K"):
        if not 0 < getattr(settings, name) < math.inf:
            yield f"{name} must be a positive number", "change it"
    if not 0 <= settings.flack_su < math.inf:
        yield "flack_su must not be negative", "change it"
    if not 80.0 <= settings.beta_deg <= 130.0:
        yield f"beta {settings.beta_deg:g} is no usual angle of a cell", "choose 80 to 130"
    if not -90.0 < settings.tilt_deg < 90.0:
        yield f"a tilt of {settings.tilt_deg:g} turns the molecule over", "choose -90 to 90"
    if any(edge < 8.0 for edge in settings.cell_A):
        yield "the molecule does not fit the cell", "give edges of 8 Å or more"
    if any(pair[0] > pair[1] for pairs in _pairs(settings) for pair in pairs):
        yield "a shortest bond is longer than the longest", "give the shortest first"


def _pairs(settings: StructureSimulation) -> tuple[tuple[Pair, Pair, Pair], ...]:
    return settings.FeO_A, settings.FeN_A, settings.CoO_A, settings.CoN_A
