from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_structure.polar_axis import (
    averaging_operator,
    group_operations,
    polar_directions,
    require_polar,
    rotation_parts,
)

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")


@pytest.mark.parametrize(
    ("name", "directions"),
    [
        ("P 21", [(0, 1, 0)]),
        ("C 2", [(0, 1, 0)]),
        ("P 1 1 21", [(0, 0, 1)]),
        ("P 1", [(1, 0, 0), (0, 1, 0), (0, 0, 1)]),
        ("P c", [(1, 0, 0), (0, 0, 1)]),
        ("P n a 21", [(0, 0, 1)]),
        ("R 3 c:H", [(0, 0, 1)]),
        ("R 3 c:R", [(1, 1, 1)]),
        ("P -1", []),
        ("P 21/c", []),
        ("P 21 21 21", []),
    ],
)
def test_polar_directions_of_groups(name: str, directions: list[tuple[int, int, int]]) -> None:
    assert list(polar_directions(group_operations(name)).directions) == directions


def test_words_name_the_directions() -> None:
    def words(name: str) -> str:
        return polar_directions(group_operations(name)).words

    assert words("P 21") == "[010]"
    assert words("P c") == "any direction in the plane of [100] and [001]"
    assert words("P 1") == "any direction"
    assert words("P -1") == "not polar"


@pytest.mark.parametrize("name", ["P 21", "P c", "R 3 c:R", "P 61", "I 41 c d", "P 21/c"])
def test_the_average_is_a_projector_on_what_every_rotation_keeps(name: str) -> None:
    operations = group_operations(name)
    rotations = rotation_parts(operations)
    projector = averaging_operator(rotations)
    np.testing.assert_allclose(projector @ projector, projector, atol=1e-14)
    found = polar_directions(operations).directions
    assert np.linalg.matrix_rank(projector) == len(found)
    for direction in found:
        for rotation in rotations:
            np.testing.assert_array_equal(rotation @ np.array(direction), direction)


def test_generators_are_enough() -> None:
    assert len(rotation_parts(["-y,x,z+1/4"])) == 4
    assert polar_directions(["-y,x,z+1/4"]).words == "[001]"


def test_a_group_that_is_not_polar_is_refused_for_polarity() -> None:
    polar = polar_directions(group_operations("P 21"))
    assert require_polar(polar) is polar
    with pytest.raises(SettingsError, match="not polar: pyroelectricity forbidden"):
        require_polar(polar_directions(group_operations("P 21/c")), where="a.cif")


@pytest.mark.parametrize("operation", ["x,y", "x/2,y,z", "x,x,z", "nonsense"])
def test_an_operation_that_maps_no_lattice_is_refused(operation: str) -> None:
    with pytest.raises(SettingsError):
        rotation_parts([operation])


def test_unknown_symmetry_is_not_taken_for_none() -> None:
    with pytest.raises(SettingsError, match=r"a\.cif: no symmetry operations are known"):
        polar_directions((), where="a.cif")


def test_operations_of_no_crystal_class_are_refused() -> None:
    with pytest.raises(SettingsError, match="no crystal class"):
        rotation_parts(["x+y,y,z"])
    with pytest.raises(SettingsError, match="no space group"):
        group_operations("P 7")
