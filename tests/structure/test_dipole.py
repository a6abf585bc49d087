from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_structure.alignment import cell_dipole, dipole_alignment, metal_vector
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.dipole import DEBYE_CM, dipole_per_molecule, volume_per_formula
from spectrafit_structure.flack import flack_reading
from spectrafit_structure.polar_axis import group_operations, polar_directions
from spectrafit_structure.readers.cif import read_cif
from spectrafit_structure.uncertainty import Measured
from tests.structure_cif import bonds, head, sites, written

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

ATOMS = {
    "Fe1": ("Fe", 1.0, 1.0, 1.0),
    "O1": ("O", 1.0, 3.0, 1.0),
    "Co1": ("Co", 1.6, 8.8, 1.0),
}


def crystal(folder: Path, group: str = "P 1 21 1", *more: str) -> Crystal:
    return read_cif(written(folder, head(group=group), sites(ATOMS), *more))[0]


def test_one_debye_and_the_dipole_of_one_microcoulomb() -> None:
    assert pytest.approx(3.33564e-30, rel=1e-6) == DEBYE_CM
    found = dipole_per_molecule(Measured(1.0, 0.05), Measured(1350.0, 2.7))
    assert found.value == pytest.approx(4.047, abs=5e-4)
    assert found.su == pytest.approx(4.047 * np.hypot(0.05, 0.002), rel=1e-3)
    assert dipole_per_molecule(Measured(1.15), Measured(1350.0, 2.0)).value == pytest.approx(
        4.65, abs=5e-3
    )
    assert dipole_per_molecule(Measured(1.15), Measured(1350.0, 2.0)).su is None


def test_volume_per_formula_unit(tmp_path: Path) -> None:
    found = crystal(tmp_path)
    assert volume_per_formula(found) == Measured(1000.0, 0.4)
    assert found.cell is not None
    unwritten = replace(found, cell=replace(found.cell, volume=None))
    assert volume_per_formula(unwritten).value == pytest.approx(1000.0)
    assert volume_per_formula(unwritten).su is None
    with pytest.raises(SettingsError, match="Z is not given"):
        volume_per_formula(replace(found, formula_units=None))


def test_one_molecule_in_p21_is_aligned_and_its_cosine_is_with_b(tmp_path: Path) -> None:
    found = crystal(tmp_path)
    vector = metal_vector(found, "Fe1", "Co1")
    np.testing.assert_allclose(vector, [0.6, 7.8, 0.0], atol=1e-4)
    aligned = dipole_alignment(found, [vector], polar_directions(found.operations))
    assert aligned.axis == (0.0, 1.0, 0.0)
    assert aligned.cos_u[0].value == pytest.approx(7.8 / np.hypot(7.8, 0.6), rel=1e-4)
    assert aligned.alignment == pytest.approx(1.0)
    assert cell_dipole(5.0, aligned, 2) == pytest.approx(10.0 * 7.8 / np.hypot(7.8, 0.6), rel=1e-4)
    # the sense of u is that of the molecule, whichever way b points
    turned = dipole_alignment(found, [-vector], polar_directions(found.operations))
    assert turned.axis == (0.0, -1.0, 0.0)
    assert turned.cos_u == aligned.cos_u


def test_two_molecules_that_point_against_each_other_cancel(tmp_path: Path) -> None:
    found = crystal(tmp_path)
    vectors = [np.array([0.0, 8.0, 0.0]), np.array([0.0, -4.0, 1.0])]
    aligned = dipole_alignment(found, vectors, polar_directions(found.operations))
    assert aligned.alignment == pytest.approx((8 - 4) / (8 + 4))
    assert aligned.cos_u[1].value < 0


def test_a_group_that_is_not_polar_is_refused(tmp_path: Path) -> None:
    found = crystal(tmp_path, "P 1 21/c 1")
    with pytest.raises(
        SettingsError, match="not polar: pyroelectricity forbidden; check the group"
    ):
        dipole_alignment(found, [np.ones(3)], polar_directions(found.operations))


def test_where_symmetry_fixes_no_axis_it_must_be_named(tmp_path: Path) -> None:
    found = crystal(tmp_path, "P 1 c 1")
    polar = polar_directions(group_operations("P c"))
    with pytest.raises(SettingsError, match="name the direction"):
        dipole_alignment(found, [np.ones(3)], polar)
    with pytest.raises(SettingsError, match="is not a polar direction"):
        dipole_alignment(found, [np.ones(3)], polar, axis=(0, 1, 0))
    named = dipole_alignment(found, [np.array([1.0, 1.0, 0.0])], polar, axis=(1, 0, 0))
    assert named.cos_u[0].value == pytest.approx(1 / np.sqrt(2))


def test_metals_must_be_of_one_molecule(tmp_path: Path) -> None:
    joined = bonds([("Fe1", "O1", "2.000(4)"), ("O1", "Co1", "5.831(4)")])
    assert metal_vector(crystal(tmp_path, "P 1 21 1", joined), "Fe1", "Co1")[1] > 0
    apart = crystal(tmp_path, "P 1 21 1", bonds([("Fe1", "O1", "2.000(4)")]))
    with pytest.raises(SettingsError, match="does not connect Fe1 with Co1"):
        metal_vector(apart, "Fe1", "Co1")
    moved = metal_vector(apart, "Fe1", "Co1", symmetry="2_545")
    np.testing.assert_allclose(moved, [-2.6, 8.8 + 10.0 - 20.0 - 1.0, -2.0], atol=1e-4)
    with pytest.raises(SettingsError, match="'Co9'"):
        metal_vector(apart, "Fe1", "Co9")
    with pytest.raises(SettingsError, match="place of"):
        metal_vector(apart, "Fe1", "Co1", symmetry="7_555")


@pytest.mark.parametrize(
    ("flack", "allows"),
    [
        (Measured(0.02, 0.03), True),
        (Measured(-0.1, 0.1), True),
        (Measured(0.15, 0.03), False),
        (Measured(0.98, 0.03), False),
        (Measured(0.02, 0.2), False),
        (Measured(0.02), False),
        (None, False),
    ],
)
def test_flack_parameter(flack: Measured | None, allows: bool) -> None:
    found = flack_reading(flack)
    assert found.allows is allows
    assert bool(found.reason) is not allows
