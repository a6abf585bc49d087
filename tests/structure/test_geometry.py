from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.geometry import bond_vector, neighbours
from spectrafit_structure.readers.cif import read_cif
from spectrafit_structure.shells import (
    first_shells,
    ligand_bonds,
    matched_bonds,
    mean_lengths,
    metal_atoms,
)
from spectrafit_structure.uncertainty import NO_COVARIANCE, Measured
from tests.structure_cif import OCTAHEDRON, bonds, head, sites, written

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

IRON = {"Fe1": ("Fe", 0.0, 0.0, 0.0)}
LISTED = [("Fe1", label, f"{2.0 if label[0] == 'O' else 2.1}(5)") for label in OCTAHEDRON]


def crystal(folder: Path, *parts: str) -> Crystal:
    return read_cif(written(folder, *parts))[0]


def test_listed_lengths_keep_their_su_and_get_their_place(tmp_path: Path) -> None:
    found = crystal(tmp_path, head(), sites(IRON | OCTAHEDRON), bonds(LISTED))
    shell = first_shells(found, metal_atoms(found)[0])[0]
    assert shell.reason == ""
    assert shell.bonds()["Fe1-O1"] == Measured(2.0, 0.5)
    for each in shell.ligands:
        assert each.vector is not None
        assert np.linalg.norm(each.vector) == pytest.approx(each.length.value, abs=1e-4)
    means = mean_lengths(shell)
    assert means["Fe-O"].mean.value == pytest.approx(2.0)
    assert means["Fe-N"].mean.su == pytest.approx(0.5 / 2.0)
    assert means["Fe-N"].count == 4


def test_without_a_bond_list_lengths_come_from_coordinates_and_have_no_su(tmp_path: Path) -> None:
    found = crystal(tmp_path, head(), sites(IRON | OCTAHEDRON))
    shell = first_shells(found, metal_atoms(found)[0])[0]
    assert [each.length.value for each in shell.ligands] == pytest.approx([2.0, 2.0] + [2.1] * 4)
    assert {each.length.reason for each in shell.ligands} == {NO_COVARIANCE}
    assert mean_lengths(shell)["Fe-O"].mean.su is None


def test_symmetry_completes_a_shell_across_the_cell_edge(tmp_path: Path) -> None:
    # the metal sits on the two-fold axis of P2 at the origin: three atoms make six
    half = {label: OCTAHEDRON[label] for label in ("O1", "N1", "N2", "N3")}
    found = crystal(tmp_path, head(group="P 1 2 1"), sites(IRON | half))
    shell = first_shells(found, metal_atoms(found)[0])[0]
    assert [each.atom.label for each in shell.ligands] == ["O1", "O1", "N1", "N2", "N3", "N3"]
    vectors = np.array([each.vector for each in shell.ligands])
    np.testing.assert_allclose(vectors.sum(axis=0), 0.0, atol=1e-9)
    assert len(shell.bonds()) == 6


@pytest.mark.parametrize("group", ["P 1 21 1", "C 1 2 1", "P 1 21/c 1"])
def test_distances_agree_with_the_neighbour_search_of_gemmi(tmp_path: Path, group: str) -> None:
    import gemmi

    rng = np.random.default_rng(3)
    cloud = {
        f"O{i}": ("O", *(float(each) for each in place))
        for i, place in enumerate(rng.uniform(-12, 24, (30, 3)))
    }
    text = head(group=group).replace("_cell_angle_beta 90", "_cell_angle_beta 112.5")
    text = text.replace("2000.0(8)", "?")
    path = written(tmp_path, text, sites(IRON | cloud))
    found = read_cif(path)[0]
    ours = [each.length.value for each in neighbours(found, found.atoms[0], 4.0)]
    small = gemmi.read_small_structure(str(path))
    search = gemmi.NeighborSearch(small, 5.0).populate()
    site = small.sites[0]
    marks = search.find_site_neighbors(site, min_dist=0.05, max_dist=4.0)
    here = small.cell.orthogonalize(site.fract)
    theirs = sorted(search.dist(here, mark.pos) for mark in marks)
    assert len(ours) > 2
    assert ours == pytest.approx(theirs, abs=1e-4)


def test_a_bond_from_the_other_end_and_across_symmetry_has_the_same_frame(tmp_path: Path) -> None:
    # O1 is listed at its image by the screw axis; the bond list puts it back next to the metal
    moved = {"O1": ("O", -2.0, -10.0, 0.0)}
    forward = crystal(
        tmp_path, head(), sites(IRON | moved), bonds([("Fe1", "O1", "2.000(4)")], "2_555")
    )
    iron = forward.atoms[0]
    near = neighbours(forward, iron, 2.6)
    assert near[0].vector is not None
    np.testing.assert_allclose(near[0].vector, [2.0, 0.0, 0.0], atol=1e-4)
    # seen from O1 the metal is at the inverse of that operation, which here is 2_545
    backward = crystal(
        tmp_path, head(), sites(IRON | moved), bonds([("O1", "Fe1", "2.000(4)")], "2_545")
    )
    near = neighbours(backward, backward.atoms[0], 2.6)
    assert near[0].length == Measured(2.0, 0.004)
    assert near[0].vector is not None
    np.testing.assert_allclose(near[0].vector, [2.0, 0.0, 0.0], atol=1e-4)


def test_bonds_listed_from_both_ends_count_once(tmp_path: Path) -> None:
    twice = [*LISTED, *((b, a, d) for a, b, d in LISTED)]
    found = crystal(tmp_path, head(), sites(IRON | OCTAHEDRON), bonds(twice))
    assert len(neighbours(found, found.atoms[0], 2.6)) == 6


def test_coordinates_that_contradict_a_listed_length_give_no_vector(tmp_path: Path) -> None:
    found = crystal(tmp_path, head(), sites(IRON | OCTAHEDRON), bonds([("Fe1", "O1", "1.904(5)")]))
    near = neighbours(found, found.atoms[0], 2.6)
    assert near[0].vector is None
    assert "contradict" in near[0].reason
    assert bond_vector(found, found.atoms[0], found.atoms[1], "9_555") is None


def test_disorder_groups_are_kept_apart(tmp_path: Path) -> None:
    other = {"O1B": ("O", 2.3, 0.0, 0.1)}
    found = crystal(tmp_path, head(), sites(IRON | OCTAHEDRON | other, {"O1": "1", "O1B": "2"}))
    one, two = first_shells(found, found.atoms[0])
    assert (one.group, two.group) == ("1", "2")
    assert "Fe1-O1" in one.bonds()
    assert "Fe1-O1B" not in one.bonds()
    assert "Fe1-O1B" in two.bonds()
    assert len(one.ligands) == len(two.ligands) == 6


def test_hydrogen_and_far_atoms_are_no_ligands_and_a_small_shell_says_so(tmp_path: Path) -> None:
    more = {"H1": ("H", 1.0, 1.0, 1.0), "O9": ("O", 0.0, 2.0, 2.0)}
    few = {label: OCTAHEDRON[label] for label in ("O1", "O2", "N1")}
    found = crystal(tmp_path, head(), sites(IRON | few | more))
    shell = first_shells(found, found.atoms[0])[0]
    assert [each.atom.label for each in shell.ligands] == ["O1", "O2", "N1"]
    assert shell.reason == "3 atoms within 2.6 Å, not 6"


def test_a_structure_without_metal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"sim\.cif\[sim\]: the structure holds no metal"):
        metal_atoms(crystal(tmp_path, head(), sites(OCTAHEDRON)))


def test_a_bond_list_with_an_unknown_atom_and_no_symmetry_are_refused(tmp_path: Path) -> None:
    found = crystal(tmp_path, head(), sites(IRON), bonds([("Fe1", "O7", "2.0(1)")]))
    with pytest.raises(SettingsError, match="'O7'"):
        neighbours(found, found.atoms[0], 2.6)
    bare = replace(found, bonds=(), operations=())
    with pytest.raises(SettingsError, match="no symmetry"):
        neighbours(bare, bare.atoms[0], 2.6)


def test_labels_that_change_are_matched_by_element_and_order(tmp_path: Path) -> None:
    atoms = IRON | OCTAHEDRON
    cold = crystal(tmp_path, head(), sites(atoms), bonds(LISTED))
    new = {"O1": "O21", "O2": "O22", "N1": "N31"}
    hot_atoms = {new.get(label, label): place for label, place in atoms.items()}
    hot_bonds = [(a, new.get(b, b), d.replace("2.1", "2.2")) for a, b, d in LISTED]
    hot = crystal(
        tmp_path,
        head(),
        sites({label: (e, x * 1.0, y, z) for label, (e, x, y, z) in hot_atoms.items()}),
        bonds(hot_bonds),
    )
    first = first_shells(cold, cold.atoms[0])[0]
    second = first_shells(hot, hot.atoms[0])[0]
    matched = matched_bonds(first, second)
    assert set(matched.earlier) == set(matched.later) == set(first.bonds())
    assert matched.renamed["Fe1-O1"] == "Fe1-O21"
    assert matched.later["Fe1-N1"].value == 2.2
    assert not matched_bonds(first, first).renamed
    with pytest.raises(SettingsError, match="different atoms"):
        matched_bonds(first, replace(second, ligands=second.ligands[:5]))


def test_ligand_bonds_list_each_bond_of_the_ring_once(tmp_path: Path) -> None:
    # a planar ring of six carbons, 1.4 Å, with oxygen on four of them
    ring = {
        f"C{i}": ("C", 4.0 + 1.4 * np.cos(np.pi / 3 * i), 1.4 * np.sin(np.pi / 3 * i), 0.0)
        for i in range(6)
    }
    oxygen = {
        f"O{i}": ("O", 4.0 + 2.7 * np.cos(np.pi / 3 * i), 2.7 * np.sin(np.pi / 3 * i), 0.0)
        for i in (2, 3)
    }
    found = crystal(tmp_path, head(), sites({"Fe1": ("Fe", 1.0, 2.0, 0.0)} | ring | oxygen))
    shell = first_shells(found, found.atoms[0])[0]
    listed = ligand_bonds(found, shell)
    assert {name: each.value for name, each in listed["C-O"].items()} == pytest.approx(
        {"C2-O2": 1.3, "C3-O3": 1.3}, abs=1e-4
    )
    assert set(listed["C-C"]) == {"C1-C2", "C2-C3", "C3-C4"}
    assert all(each.value == pytest.approx(1.4, abs=1e-4) for each in listed["C-C"].values())
