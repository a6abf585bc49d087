from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_structure.distortion import (
    angular_distortion,
    axial_elongation,
    length_distortion,
    shell_distortion,
)
from spectrafit_structure.readers.cif import read_cif
from spectrafit_structure.shells import first_shells
from spectrafit_structure.uncertainty import Measured
from tests.structure_cif import OCTAHEDRON, bonds, head, sites, written

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

REGULAR = 2.0 * np.vstack([np.eye(3), -np.eye(3)])
STRETCHED = REGULAR * np.array([1.0, 1.0, 1.1])


def lengths(vectors: np.ndarray, su: float | None = 0.005) -> list[Measured]:
    return [Measured(float(each), su) for each in np.linalg.norm(vectors, axis=1)]


def test_a_regular_octahedron_has_no_distortion() -> None:
    assert length_distortion(lengths(REGULAR)).value == pytest.approx(0.0, abs=1e-15)
    assert length_distortion(lengths(REGULAR)).su is None
    assert angular_distortion(REGULAR) == pytest.approx(0.0, abs=1e-10)
    assert axial_elongation(REGULAR) == pytest.approx(0.0, abs=1e-12)


def test_an_axial_stretch_of_a_tenth() -> None:
    assert length_distortion(lengths(STRETCHED)).value == pytest.approx(0.002081, abs=5e-7)
    assert angular_distortion(STRETCHED) == pytest.approx(0.0, abs=1e-10)
    assert axial_elongation(STRETCHED) == pytest.approx(0.2, abs=1e-12)


def test_a_bent_axis_gives_its_angles() -> None:
    bent = REGULAR.copy()
    angle = np.radians(6.0)
    bent[0] = 2.0 * np.array([np.cos(angle), np.sin(angle), 0.0])
    # two cis angles in the plane change by 6 degrees, those out of it by none
    assert angular_distortion(bent) == pytest.approx(12.0, abs=1e-9)


@given(st.integers(0, 10**6))
def test_distortions_do_not_depend_on_how_the_shell_is_turned(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shell = REGULAR + rng.normal(0, 0.05, (6, 3))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    order = rng.permutation(6)
    turned = (shell @ turn)[order]
    assert angular_distortion(turned) == pytest.approx(angular_distortion(shell), rel=1e-6)
    assert axial_elongation(turned) == pytest.approx(axial_elongation(shell), abs=1e-9)
    assert axial_elongation(shell) >= 0.0


def test_the_su_of_delta_is_the_scatter_of_repeated_measurements() -> None:
    rng = np.random.default_rng(5)
    true = np.linalg.norm(STRETCHED, axis=1)
    found = [
        length_distortion([Measured(float(each), 0.005) for each in row])
        for row in true + rng.normal(0, 0.005, (2000, 6))
    ]
    values = np.array([each.value for each in found])
    su = length_distortion(lengths(STRETCHED)).su
    assert su is not None
    assert values.std() == pytest.approx(su, rel=0.1)


def test_a_shell_read_from_a_file(tmp_path: Path) -> None:
    loop = sites({"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON})
    listed = bonds([("Fe1", a, "2.000(5)" if a[0] == "O" else "2.100(5)") for a in OCTAHEDRON])
    crystal = read_cif(written(tmp_path, head(), loop, listed))[0]
    found = shell_distortion(first_shells(crystal, crystal.atoms[0])[0])
    assert found.delta.value == pytest.approx(np.var([2.0, 2.0] + [2.1] * 4) / (12.4 / 6) ** 2)
    assert found.delta_of_noise == pytest.approx(5 / 6 * 0.005**2 / (12.4 / 6) ** 2)
    assert found.sigma is not None
    assert found.sigma.value == pytest.approx(0.0, abs=1e-3)
    assert found.sigma.su is None
    assert found.elongation is not None
    assert found.elongation.value == pytest.approx(2.1 - 2.05, abs=1e-4)
    short = bonds([("Fe1", a, "1.900(5)") for a in OCTAHEDRON])
    odd = read_cif(written(tmp_path, head(), loop, short))[0]
    without = shell_distortion(first_shells(odd, odd.atoms[0])[0])
    assert without.sigma is None
    assert "contradict" in without.reason


def test_what_is_no_octahedron_is_refused(tmp_path: Path) -> None:
    few = sites({"Fe1": ("Fe", 0.0, 0.0, 0.0), "O1": ("O", 2.0, 0.0, 0.0)})
    crystal = read_cif(written(tmp_path, head(), few))[0]
    with pytest.raises(SettingsError, match="1 atom within"):
        shell_distortion(first_shells(crystal, crystal.atoms[0])[0])
    angles = np.radians([90, 210, 330])
    prism = np.array([[np.cos(a), np.sin(a), z] for a in angles for z in (-0.8, 0.8)])
    with pytest.raises(SettingsError, match="no octahedron"):
        axial_elongation(prism)


def test_a_low_spin_iron_complex_as_another_program_prints_it() -> None:
    """[Fe(1-bpp)2][BF4]2, coordinates and results in the benchmarks of OctaDist 3."""
    iron = np.array([4.0674, 7.2040, 13.6117])
    nitrogen = np.array(
        [
            [4.3033, 7.3750, 11.7292], [3.8326, 6.9715, 15.4926], [5.8822, 6.4461, 13.4312],
            [3.3002, 5.3828, 13.6316], [4.8055, 8.9318, 14.2716], [2.3184, 8.0165, 13.1152],
        ]
    )  # fmt: skip
    vectors = nitrogen - iron
    lengths = [Measured(float(each)) for each in np.linalg.norm(vectors, axis=1)]
    assert np.mean([each.value for each in lengths]) == pytest.approx(1.958109, abs=1e-6)
    assert length_distortion(lengths).value == pytest.approx(0.000348, abs=5e-7)
    assert angular_distortion(vectors) == pytest.approx(86.081494, abs=1e-5)
