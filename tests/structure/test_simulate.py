"""Simulated structures: the lengths that were put in come out, with the scatter that is claimed."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.reference import root
from spectrafit_structure.alignment import dipole_alignment, metal_vector
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.dipole import volume_per_formula
from spectrafit_structure.geometry import bond_vector
from spectrafit_structure.polar_axis import polar_directions
from spectrafit_structure.readers.cif import cif_reader
from spectrafit_structure.simulate import (
    StructureSimulation,
    bond_lengths,
    expected_populations,
    simulated_cif,
)
from spectrafit_structure.simulated_molecule import molecule_bonds

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")


def simulated(settings: StructureSimulation, seed: int = 1) -> Crystal:
    text = simulated_cif(settings, seed).encode("ascii")
    (found,) = cif_reader.recordings(text, Path("a.cif"))
    assert found.source.simulated
    return found.crystal


def test_populations_are_those_of_the_declared_truth() -> None:
    truth = tomllib.loads((root() / "feco" / "truth.toml").read_text(encoding="utf-8"))
    for row in truth["population"]:
        x = expected_populations(StructureSimulation(T_K=row["T"]))
        assert x == pytest.approx(row["x"], abs=6e-5)


def test_every_length_scatters_about_the_truth_by_its_su() -> None:
    settings = StructureSimulation(T_K=150.0)
    truth = molecule_bonds(bond_lengths(settings))
    pulls = []
    for seed in range(60):
        for bond in simulated(settings, seed).bonds:
            assert bond.length.su is not None
            pulls.append((bond.length.value - truth[bond.first, bond.second]) / bond.length.su)
    assert len(pulls) == 60 * len(truth)
    # bonds share atoms: the mean pull of a structure is less sharp than 1/sqrt(22)
    assert abs(np.mean(pulls)) < 0.12
    assert np.std(pulls) == pytest.approx(1.0, abs=0.08)


def test_listed_lengths_are_those_of_the_coordinates() -> None:
    crystal = simulated(StructureSimulation(T_K=90.0, tilt_deg=7.0))
    assert len(crystal.bonds) == 22
    for bond in crystal.bonds:
        first, second = crystal.atom(bond.first), crystal.atom(bond.second)
        assert first is not None
        assert second is not None
        vector = bond_vector(crystal, first, second)
        assert vector is not None
        assert float(np.linalg.norm(vector)) == pytest.approx(bond.length.value, abs=6e-4)


def test_cell_symmetry_and_direction_are_as_set() -> None:
    settings = StructureSimulation(T_K=300.0, tilt_deg=5.0, flack_su=0.03)
    crystal = simulated(settings, 4)
    assert polar_directions(crystal.operations).words == "[010]"
    found = dipole_alignment(
        crystal, [metal_vector(crystal, "Fe1", "Co1")], polar_directions(crystal.operations)
    )
    assert found.alignment == pytest.approx(1.0)
    assert found.cos_u[0].value == pytest.approx(math.cos(math.radians(5.0)), abs=2e-4)
    a, b, c = settings.cell_A
    cold = a * b * c * math.sin(math.radians(settings.beta_deg))
    volume = volume_per_formula(crystal)
    assert volume.su is not None
    expected = cold * (1.0 + 200.0 * settings.expansion_per_K) / 2.0
    assert abs(volume.value - expected) < 4.0 * volume.su
    assert crystal.flack is not None
    assert crystal.flack.su == pytest.approx(0.03)
    assert abs(crystal.flack.value) < 0.12
    assert simulated(replace(settings, flack_su=0.0)).flack is None


def test_unequal_bonds_are_kept() -> None:
    lengths = bond_lengths(StructureSimulation(T_K=8.0, FeO_A=((1.85, 1.95),) * 3))
    assert lengths.Fe_O == pytest.approx((1.85, 1.95))
    settings = StructureSimulation(FeO_A=((1.85, 1.95),) * 3, bond_su_A=1e-4)
    listed = {(b.first, b.second): b.length.value for b in simulated(settings).bonds}
    assert listed["Fe1", "O1"] == pytest.approx(1.85, abs=5e-4)
    assert listed["Fe1", "O2"] == pytest.approx(1.95, abs=5e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"T_K": 0.0},
        {"bond_su_A": 0.0},
        {"FeN_A": ((2.1, 2.0),) * 3},
        {"cell_A": (3.0, 16.0, 17.0)},
        {"tilt_deg": 95.0},
    ],
)
def test_what_is_no_crystal_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        StructureSimulation(**wrong)  # type: ignore[arg-type]


def test_bonds_that_no_molecule_has_are_refused() -> None:
    settings = StructureSimulation(CO_A=(0.3, 0.3, 0.3))
    with pytest.raises(SettingsError, match="C-O"):
        simulated_cif(settings, 1)
