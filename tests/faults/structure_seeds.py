"""Small structures, simulated or made up: crystallographic files and tables of bonds."""

from __future__ import annotations

from collections.abc import Mapping

from structure_cif import OCTAHEDRON, bonds, head, sites

ATOMS = sites({"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON})
BONDS = bonds([("Fe1", "O1", "1.904(5)"), ("Fe1", "N1", "2.1")])
TABLE = """# simulated data
T;atom_1;atom_2;length
60(2);Fe1;O1;1.904(5)
60(2);Fe1;O2;1.904(5)
100(2);Fe1;O1;1.987(4)
100(2);Fe1;O2;1.991(5)
"""


def cif_seeds() -> Mapping[str, bytes]:
    """Return a simulated structure, two in one file with bonds, and a cell alone."""
    from spectrafit_structure.simulate import StructureSimulation, simulated_cif

    return {
        "a_060K.cif": simulated_cif(StructureSimulation(T_K=60.0), 1).encode(),
        "two.cif": "\n".join((head("a"), ATOMS, BONDS, head("b"), ATOMS)).encode(),
        "cell.cif": head().encode(),
    }


BOND_TABLE_SEEDS: Mapping[str, bytes] = {
    "bonds.csv": TABLE.encode(),
    "bonds.txt": TABLE.replace(";", "\t").encode("utf-16"),
}
