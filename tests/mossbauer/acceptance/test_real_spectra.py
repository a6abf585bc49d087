"""Shared spectra against what an independent fit of the same model gave, and what has to be rejected."""

from __future__ import annotations

from typing import Any

import pytest
from data import shared_data
from mossbauer_axes import SOURCE_SHIFT, measured_axis, peer_values

from spectrafit_mossbauer.absorption.fitted import REJECTED, FittedSites, fit_sites, fit_spectra
from spectrafit_mossbauer.absorption.sites import Site
from spectrafit_mossbauer.absorption.unfolded import one_branch
from spectrafit_mossbauer.readers.velocity_table import velocity_reader

HIGH = (
    "95.0K_0.0h30.0m", "105.0K_0.0h30.0m", "105.0K_0.0h31.0m", "115.0K_0.0h30.0m",
    "125.0K_0.0h30.0m", "135.0K_0.0h30.0m",
)  # fmt: skip
LOW = ("profile_100.0K", "profile_110.0K", "profile_120.0K", "profile_130.0K")
ADT = ("pirita_FeS2", "ferridrita_2lineas", "lepidocrocita_FeOOH", "siderita_FeCO3")


def _peer(name: str) -> dict[str, Any]:
    found: dict[str, Any] = peer_values()["doublets"][name]
    return found


def _close(fitted: FittedSites, name: str, value: float, sigmas: float) -> None:
    sigma = fitted.sigma(name)
    assert sigma is not None
    # half of the last digit that the reference is written with
    assert abs(fitted.value(name) - value) <= sigmas * sigma + 5e-5


@pytest.mark.parametrize("name", HIGH + LOW)
def test_ferrihydrite_as_one_doublet(name: str) -> None:
    file = f"grigg/2L_Fh/{name}.dat"
    reference = _peer(file)["reference_unfolded"]
    fitted = fit_sites(measured_axis(file))
    _close(fitted, "site1.IS", reference["IS"][0], 0.3)
    _close(fitted, "site1.QS", reference["QS"][0], 0.3)
    _close(fitted, "site1.width_low", reference["fwhm"][0], 0.3)
    for value, key in (("IS", "IS"), ("QS", "QS"), ("width_low", "fwhm")):
        assert fitted.sigma(f"site1.{value}") == pytest.approx(reference[key][1], abs=6e-5)
    assert fitted.result.redchi == pytest.approx(reference["redchi"], abs=1.5e-3)


def test_one_doublet_is_rejected_where_the_counts_suffice() -> None:
    high = fit_spectra([measured_axis(f"grigg/2L_Fh/{name}.dat") for name in HIGH])
    low = fit_spectra([measured_axis(f"grigg/2L_Fh/{name}.dat") for name in LOW])
    assert all(1.10 <= one.result.redchi <= 1.32 for one in high)
    assert sum(one.p_value < REJECTED for one in high) >= 5
    assert all(0.975 <= one.result.redchi <= 1.005 for one in low)
    assert all(one.p_value > REJECTED for one in low)


@pytest.mark.parametrize("name", ADT)
def test_synthetic_doublets(name: str) -> None:
    file = f"fitbauer/synthetic/{name}.adt"
    peer = _peer(file)
    reference, truth = peer["reference_unfolded"], peer["truth_IS_QS_fwhm"]
    fitted = fit_sites(measured_axis(file))
    shift = reference["IS_alphaFe"][0] - SOURCE_SHIFT
    _close(fitted, "site1.IS", shift, 0.3)
    _close(fitted, "site1.QS", reference["QS"][0], 0.3)
    _close(fitted, "site1.width_low", reference["fwhm"][0], 0.3)
    assert 0.88 <= fitted.result.redchi <= 0.99
    if truth is not None:
        _close(fitted, "site1.IS", truth[0] - SOURCE_SHIFT, 2.0)
        _close(fitted, "site1.QS", truth[1], 2.0)
        _close(fitted, "site1.width_low", truth[2], 2.0)


@pytest.mark.parametrize("name", ["5.0K_0.0h30.0m", "25.0K_0.0h30.0m"])
def test_magnetic_ferrihydrite_is_neither_a_doublet_nor_one_sextet(name: str) -> None:
    file = f"grigg/2L_Fh/{name}.dat"
    axis = measured_axis(file)
    assert fit_sites(axis).result.redchi > 50.0
    reference = peer_values()["sextets"][file]
    fitted = fit_sites(axis, [Site("sextet", asymmetry="texture")])
    assert fitted.value("site1.B") == pytest.approx(reference["B"][0], abs=0.01)
    assert fitted.value("site1.IS") == pytest.approx(reference["IS"][0], abs=6e-4)
    assert fitted.result.redchi == pytest.approx(reference["redchi"], abs=0.01)
    assert fitted.p_value < REJECTED


def test_six_line_ferrihydrite_has_no_splitting_with_a_small_error() -> None:
    fitted = fit_sites(measured_axis("grigg/6L_Fh/110.0K_1h35m.dat"))
    assert fitted.value("site1.QS") == 0.0
    assert fitted.sigma("site1.QS") is None
    assert fitted.reason("site1.QS") == "at bound"
    assert fitted.value("site1.width_low") == pytest.approx(3.83, abs=0.05)
    assert fitted.p_value < REJECTED


def test_alpha_iron_on_a_velocity_axis_of_its_own() -> None:
    recording = velocity_reader.read(shared_data("mossbauer", "syncmoss", "Calibration.dat"))[0]
    axis = one_branch(recording)
    assert len(axis.spectrum) == 512
    fitted = fit_sites(axis, [Site("sextet", asymmetry="texture")])
    reference = peer_values()["sextets"]["syncmoss/Calibration.dat"]
    for name in ("B", "IS"):
        value, sigma = reference[name]
        assert abs(fitted.value(f"site1.{name}") - value) < 2.0 * sigma
    assert fitted.p_value < REJECTED
