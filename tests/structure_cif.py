"""Small CIFs that the structure tests write; simulated, no structure of anybody."""

from __future__ import annotations

from pathlib import Path

# an octahedron of Fe with axes along the orthogonal cell axes of 10 Å
OCTAHEDRON = {
    "O1": ("O", 2.0, 0.0, 0.0),
    "O2": ("O", -2.0, 0.0, 0.0),
    "N1": ("N", 0.0, 2.1, 0.0),
    "N2": ("N", 0.0, -2.1, 0.0),
    "N3": ("N", 0.0, 0.0, 2.1),
    "N4": ("N", 0.0, 0.0, -2.1),
}


def head(
    name: str = "sim",
    *,
    group: str = "P 1 21 1",
    temperature: str = "_diffrn_ambient_temperature 100(2)",
    more: str = "",
) -> str:
    """Return the head of a block with a cell of 10 x 20 x 10 Å."""
    return f"""# simulated data
data_{name}
{temperature}
_cell_length_a 10.000(2)
_cell_length_b 20.000(2)
_cell_length_c 10.000(2)
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_cell_volume 2000.0(8)
_cell_formula_units_Z 2
_space_group_name_H-M_alt '{group}'
{more}
"""


def sites(
    atoms: dict[str, tuple[str, float, float, float]], groups: dict[str, str] | None = None
) -> str:
    """Return a loop of sites from Cartesian coordinates in Å of the cell of `head`."""
    lines = ["loop_", *(f"_atom_site_{each}" for each in _COLUMNS)]
    for label, (element, x, y, z) in atoms.items():
        place = f"{x / 10:.6f} {y / 20:.6f} {z / 10:.6f}"
        lines.append(f"{label} {element} {place} {(groups or {}).get(label, '.')}")
    return "\n".join(lines) + "\n"


_COLUMNS = ("label", "type_symbol", "fract_x", "fract_y", "fract_z", "disorder_group")


def bonds(rows: list[tuple[str, str, str]], symmetry: str = ".") -> str:
    """Return a loop of bonds: label, label, distance."""
    lines = [
        "loop_",
        "_geom_bond_atom_site_label_1",
        "_geom_bond_atom_site_label_2",
        "_geom_bond_distance",
        "_geom_bond_site_symmetry_2",
    ]
    return "\n".join([*lines, *(f"{a} {b} {d} {symmetry}" for a, b, d in rows)]) + "\n"


def written(folder: Path, *parts: str, name: str = "sim.cif") -> Path:
    """Return the path of a CIF with these parts."""
    path = folder / name
    path.write_text("\n".join(parts), encoding="utf-8")
    return path
