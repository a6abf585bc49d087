"""Simulated structures of a dinuclear complex whose states share a crystal, as CIFs; each says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from spectrafit.laws import ThreeStateLaw, three_state
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit_structure.simulated_molecule import (
    SimulatedLengths,
    molecule_atoms,
    molecule_bonds,
)
from spectrafit_structure.simulation_settings import Pair, StructureSimulation

__all__ = [
    "StructureSimulation",
    "bond_lengths",
    "example_recordings",
    "expected_populations",
    "simulated_cif",
]

SIMULATED = "SIMULATED DATA, not a measurement"
_METAL_SHARE = 0.2  # heavy atoms are located that much more sharply than light ones
_OPERATIONS = ("x,y,z", "-x,y+1/2,-z")


def expected_populations(settings: StructureSimulation) -> tuple[float, float, float]:
    """Return the populations of the three states.

    Parameters
    ----------
    settings : StructureSimulation
        What is simulated.

    Returns
    -------
    tuple of float
        By `spectrafit.laws.three_state` at T_K.
    """
    law = ThreeStateLaw(
        settings.S12, settings.T12, settings.G12, settings.H23, settings.S23, settings.G23,
        settings.rho,
    )  # fmt: skip
    x = three_state(settings.T_K, law, branch=settings.branch)
    return float(x.x1), float(x.x2), float(x.x3)


def bond_lengths(settings: StructureSimulation) -> SimulatedLengths:
    """Return the mean bond lengths at the temperature: the truth behind a structure.

    Parameters
    ----------
    settings : StructureSimulation
        What is simulated.

    Returns
    -------
    SimulatedLengths
        Å, before noise.
    """
    x = expected_populations(settings)

    def mean(by_state: tuple[float, float, float]) -> float:
        return math.fsum(share * one for share, one in zip(x, by_state, strict=True))

    def ends(pairs: tuple[Pair, Pair, Pair]) -> Pair:
        return mean((pairs[0][0], pairs[1][0], pairs[2][0])), mean(
            (pairs[0][1], pairs[1][1], pairs[2][1])
        )

    fe_n, co_n = (_four(*ends(pairs)) for pairs in (settings.FeN_A, settings.CoN_A))
    return SimulatedLengths(
        ends(settings.FeO_A), fe_n, ends(settings.CoO_A), co_n,
        mean(settings.CO_A), mean(settings.CC_A), mean(settings.CCH_A),
    )  # fmt: skip


def _four(low: float, high: float) -> tuple[float, float, float, float]:
    step = (high - low) / 3.0
    return low, low + step, low + 2.0 * step, high


def simulated_cif(settings: StructureSimulation, seed: int) -> str:
    """Return a structure as a CIF with one block.

    The noise is one of coordinates, normal and isotropic, so that lengths listed and lengths from
    coordinates agree to the digits written; the s.u. of a length is that of its two atoms.

    Parameters
    ----------
    settings : StructureSimulation
        What is simulated.
    seed : int
        Of the noise.

    Returns
    -------
    str
        Comment and audit lines say that it is simulated.
    """
    rng = np.random.default_rng(seed)
    light = settings.bond_su_A / math.hypot(1.0, _METAL_SHARE)
    growth = (1.0 + settings.expansion_per_K * (settings.T_K - settings.T_ref_K)) ** (1.0 / 3.0)
    edges = np.array(settings.cell_A) * growth + rng.normal(0.0, settings.cell_su_A, 3)
    axes = _axes(np.round(edges, 6), settings.beta_deg)
    lengths = bond_lengths(settings)
    su = {label: light * (_METAL_SHARE if _is_metal(label) else 1.0) for label in _labels(lengths)}
    fractional = {}
    for label, place in _placed(settings, lengths, axes).items():
        noisy = place + rng.normal(0.0, su[label], 3)
        fractional[label] = np.round(np.linalg.solve(axes, noisy), 6)
    flack = settings.flack + rng.normal(0.0, settings.flack_su) if settings.flack_su else None
    lines = [
        *_head(settings, seed, edges),
        *([] if flack is None else [f"_refine_ls_abs_structure_Flack {_su(flack, settings.flack_su)}"]),
        *_sites(fractional, su, edges),
        *_bond_loop(fractional, su, axes, lengths),
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


def _is_metal(label: str) -> bool:
    return label.startswith(("Fe", "Co"))


def _labels(lengths: SimulatedLengths) -> list[str]:
    return list(dict.fromkeys(label for pair in molecule_bonds(lengths) for label in pair))


def _axes(edges: FloatArray, beta_deg: float) -> FloatArray:
    """Return the matrix of a monoclinic cell; columns a along x, b along y."""
    a, b, c = (float(edge) for edge in edges)
    beta = math.radians(beta_deg)
    return np.array([[a, 0.0, c * math.cos(beta)], [0.0, b, 0.0], [0.0, 0.0, c * math.sin(beta)]])


def _placed(
    settings: StructureSimulation, lengths: SimulatedLengths, axes: FloatArray
) -> Mapping[str, FloatArray]:
    """Return the atoms in the cell: Fe...Co leans by the tilt from b towards a."""
    atoms = molecule_atoms(lengths)
    along = atoms["Co1"] - atoms["Fe1"]
    # unequal M-O bonds put the metals a little off the first axis
    turn = math.radians(settings.tilt_deg) + math.atan2(along[1], along[0])
    sin, cos = math.sin(turn), math.cos(turn)
    # the molecule's first axis goes to y, its second to -x (right-handed), its third to z
    frame = np.array([[sin, -cos, 0.0], [cos, sin, 0.0], [0.0, 0.0, 1.0]])
    middle = axes @ np.array([0.25, 0.5, 0.25])
    return {label: frame @ place + middle for label, place in atoms.items()}


def _su(value: float, su: float) -> str:
    """Return a number with its s.u. in brackets, by the rule of 19 of the journals."""
    decimals = max(0, -math.floor(math.log10(su / 1.95)))
    digits = round(su * 10**decimals)
    return f"{value:.{decimals}f}({digits})"


def _head(settings: StructureSimulation, seed: int, edges: FloatArray) -> list[str]:
    name = "".join(
        letter if letter.isascii() and letter.isalnum() else "_" for letter in settings.label
    )
    a, b, c = (float(edge) for edge in edges)
    sin = math.sin(math.radians(settings.beta_deg))
    volume = a * b * c * sin
    relative = math.sqrt(math.fsum((settings.cell_su_A / edge) ** 2 for edge in (a, b, c)))
    return [
        f"# {SIMULATED}",
        f"data_{name or 'simulated'}",
        f"_audit_creation_method 'spectrafit-suite, simulate structure; {SIMULATED}; seed {seed}'",
        "_chemical_name_common 'simulated Fe-Co complex: first shells and bridge only'",
        f"_diffrn_ambient_temperature {_su(settings.T_K, settings.T_su_K)}",
        *(
            f"_cell_length_{axis} {_su(edge, settings.cell_su_A)}"
            for axis, edge in zip("abc", (a, b, c), strict=True)
        ),
        "_cell_angle_alpha 90",
        f"_cell_angle_beta {settings.beta_deg:g}",
        "_cell_angle_gamma 90",
        f"_cell_volume {_su(volume, volume * relative)}",
        "_cell_formula_units_Z 2",
        "_space_group_name_H-M_alt 'P 1 21 1'",
        "loop_",
        "_space_group_symop_operation_xyz",
        *(f"'{operation}'" for operation in _OPERATIONS),
    ]


def _sites(
    fractional: Mapping[str, FloatArray], su: Mapping[str, float], edges: FloatArray
) -> list[str]:
    lines = ["loop_", "_atom_site_label", "_atom_site_type_symbol"]
    lines += [f"_atom_site_fract_{axis}" for axis in "xyz"]
    for label, place in fractional.items():
        # six decimals are kept behind the s.u., so that lengths follow from the coordinates
        cells = [
            f"{value:.6f}({max(1, round(su[label] / edge * 1e6))})"
            for value, edge in zip(place.tolist(), edges.tolist(), strict=True)
        ]
        lines.append(" ".join([label, label.rstrip("0123456789"), *cells]))
    return lines


def _bond_loop(
    fractional: Mapping[str, FloatArray], su: Mapping[str, float], axes: FloatArray,
    lengths: SimulatedLengths,
) -> list[str]:  # fmt: skip
    lines = ["loop_", "_geom_bond_atom_site_label_1", "_geom_bond_atom_site_label_2"]
    lines.append("_geom_bond_distance")
    for first, second in molecule_bonds(lengths):
        length = float(np.linalg.norm(axes @ (fractional[second] - fractional[first])))
        lines.append(f"{first} {second} {_su(length, math.hypot(su[first], su[second]))}")
    return lines


def example_recordings() -> Mapping[str, Recording]:
    """Return a simulated structure as a recording.

    Returns
    -------
    mapping of str to Recording
        ``sample``.
    """
    from spectrafit_structure.readers.cif import cif_reader

    text = simulated_cif(StructureSimulation(label="example", T_K=100.0), 1)
    return {"sample": cif_reader.recordings(text.encode("ascii"), Path("example_100K.cif"))[0]}
