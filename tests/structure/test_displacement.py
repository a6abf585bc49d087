"""Displacements along bonds: isotropic ones in any cell, and against those of a mixture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.technique import SeriesScan
from spectrafit_structure.crystal import Atom, Cell
from spectrafit_structure.displacement import displacement_along, excess_along_bonds
from spectrafit_structure.geometry import Neighbour, cell_matrix
from spectrafit_structure.readers.cif import cif_reader
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.technique import structure
from spectrafit_structure.uncertainty import Measured
from tests.structure_cif import OCTAHEDRON, bonds, head, sites

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")


def cell(*edges: float) -> Cell:
    a, b, c, alpha, beta, gamma = (Measured(each) for each in edges)
    return Cell((a, b, c), (alpha, beta, gamma))


def moving(*six: float, su: float = 0.001) -> Atom:
    return Atom("O1", "O", displacement=tuple(Measured(each, su) for each in six))


ORTHOGONAL = cell(10.0, 20.0, 10.0, 90.0, 90.0, 90.0)


def test_in_an_orthogonal_cell_the_parameters_are_those_of_the_axes() -> None:
    atom = moving(0.02, 0.03, 0.05, 0.0, 0.0, 0.01)
    for axis, expected in zip(np.eye(3), (0.02, 0.03, 0.05), strict=True):
        found = displacement_along(atom, ORTHOGONAL, axis)
        assert found is not None
        assert found.value == pytest.approx(expected)
        assert found.su == pytest.approx(0.001)
    diagonal = displacement_along(atom, ORTHOGONAL, (1.0, 1.0, 0.0))
    assert diagonal is not None
    assert diagonal.value == pytest.approx((0.02 + 0.03) / 2 + 0.01)


@given(st.tuples(*[st.floats(-1.0, 1.0)] * 3), st.floats(60.0, 110.0), st.floats(70.0, 115.0))
def test_an_isotropic_atom_moves_alike_in_every_direction_of_any_cell(
    direction: tuple[float, float, float], alpha: float, gamma: float
) -> None:
    triclinic = cell(8.0, 11.0, 13.0, alpha, 95.0, gamma)
    inverse = np.linalg.inv(cell_matrix(triclinic))
    reciprocal = inverse @ inverse.T
    norm = np.sqrt(np.diag(reciprocal))
    # U = u g*_ij / (a*_i a*_j) is a sphere
    U = 0.04 * reciprocal / np.outer(norm, norm)
    atom = moving(U[0, 0], U[1, 1], U[2, 2], U[1, 2], U[0, 2], U[0, 1])
    if np.linalg.norm(direction) < 1e-3:
        return
    found = displacement_along(atom, triclinic, direction)
    assert found is not None
    assert found.value == pytest.approx(0.04, rel=1e-9)


def test_without_parameters_or_direction_there_is_none() -> None:
    bare = Atom("O1", "O")
    assert displacement_along(bare, ORTHOGONAL, (1.0, 0.0, 0.0)) is None
    with pytest.raises(SettingsError, match="no direction"):
        displacement_along(moving(*[0.02] * 6), ORTHOGONAL, (0.0, 0.0, 0.0))
    turned = Neighbour(moving(*[0.02] * 6), Measured(2.0), np.array([2.0, 0, 0]), symmetry="2_555")
    assert excess_along_bonds(moving(*[0.02] * 6), [turned], ORTHOGONAL) is None


def test_the_file_is_held_against_the_mixture() -> None:
    atoms = {"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON}
    rows = bonds(
        [("Fe1", label, "1.950(5)" if "O" in label else "2.100(5)") for label in OCTAHEDRON]
    )
    places = sites(
        {k: (e, x * 0.975 if "O" in k else x, y, z) for k, (e, x, y, z) in atoms.items()}
    )
    columns = "\n".join(
        f"_atom_site_aniso_U_{each}" for each in ("11", "22", "33", "23", "13", "12")
    )
    tensors = "Fe1 0.0200(3) 0.02 0.02 0 0 0\nO1 0.0225(10) 0.02 0.02 0 0 0\nO2 0.0227(10) 0.02 0.02 0 0 0"
    text = "\n".join(
        (head(), places, f"loop_\n_atom_site_aniso_label\n{columns}\n{tensors}\n", rows)
    )
    (recording,) = cif_reader.recordings(text.encode(), Path("a.cif"))
    settings = StructureSettings(mixture_ends_A={"Fe-O": (1.91, 1.99)})
    alone = structure.observe({"sample": recording}, settings)
    scan = SeriesScan("a", {"sample": recording}, settings, {}, alone)
    found = structure.observe_series([scan])["structure.Fe-O.mixture_rms"]
    # equal shares of lengths that are 0.08 Å apart: 0.04 Å, 0.0016 Å2
    assert found.value == pytest.approx(0.04, abs=1e-6)
    assert "adds 0.0016 Å2" in found.verdict
    assert "O moves by 0.00260(74) Å2 more than Fe" in found.verdict
