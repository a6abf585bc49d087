"""A temperature series as one linked fit: recovery, laws that hold or not, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hopping_case import calibration
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.laws import recoil_free_fraction
from spectrafit_mossbauer.absorption.sites import Site
from spectrafit_mossbauer.absorption.unfolded import Unfolded, unfolded
from spectrafit_mossbauer.debye import ThetaRange, theta_of_areas
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.series import LinkedSeries, fit_series
from spectrafit_mossbauer.series_laws import LawKind, SeriesLaws, regimes
from spectrafit_mossbauer.simulate import MossbauerSimulation, expected_counts

Array = NDArray[np.float64]
T = np.array([25.0, 80.0, 150.0, 220.0, 300.0])
THETA, IS0, QS = 200.0, 0.70, 1.60
ONE = MossbauerSimulation(
    channels=256, step_mm_s=8.0 / 127.0, centre_channel=127.63, width_mm_s=0.3, theta_D_K=THETA,
    isomer_shifts_mm_s=(IS0,), splittings_mm_s=(QS,), counts=4e5, area_mm_s=0.1,
)  # fmt: skip


def spectra(seed: int, one: MossbauerSimulation = ONE, temperatures: Array = T) -> list[Unfolded]:
    rng = np.random.default_rng(seed)
    made = []
    for t in temperatures:
        at = replace(one, T_K=float(t))
        used = np.ones(at.channels, dtype=bool)
        used[:3] = used[-3:] = False
        channels = Channels(rng.poisson(expected_counts(at)).astype(float), used, (), f"{t:g} K")
        made.append(unfolded(channels, calibration(at, 1)))
    return made


def linked(seed: int, theta: dict[str, ThetaRange] | None = None, **more: LawKind) -> LinkedSeries:
    kinds: dict[str, LawKind] = {"site1.IS": "debye"}
    kinds |= {f"site1.{name}": kind for name, kind in more.items()}
    return fit_series(spectra(seed), T, laws=SeriesLaws(kinds, theta or {}))


def test_debye_temperature_shift_and_splitting_come_back_with_right_errors() -> None:
    pulls, covered, draws = [], 0, 10
    for seed in range(draws):
        found = linked(seed, QS="shared", width="shared")
        assert found.fit.converged.all()
        assert found.theta is not None
        own = found.fit.coefficients
        zero, error = found.shift_without_doppler()
        splitting = own.sigma("site1.splitting value")
        assert error is not None
        assert splitting is not None
        pulls.append([(zero - IS0) / error, (own.value("site1.splitting value") - QS) / splitting])
        covered += found.theta.interval.contains(THETA)
    scatter = np.array(pulls)
    assert np.abs(scatter.mean(axis=0)).max() < 3.0 / np.sqrt(draws)
    assert scatter.std() < 1.0 + 3.0 / np.sqrt(4 * draws)
    assert covered >= 3  # of 10 at 68.3 %: fewer has a chance of 1 %


def test_a_declared_theta_leaves_the_shift_at_the_middle_the_best_known() -> None:
    known = linked(1, {"site1": ThetaRange(THETA, THETA)})
    free = linked(1)
    (value, sigma), (other, wider) = known.shift_at_reference(), free.shift_at_reference()
    assert sigma is not None
    assert wider is not None
    assert known.T_ref == 162.5
    assert abs(value - other) < 3.0 * wider
    assert sigma <= wider < 1.5 * sigma
    zero = free.shift_without_doppler()[1]
    assert zero is not None
    assert zero > 1.3 * wider
    assert known.theta is None
    assert known.theta_open == ""
    assert known.shift_without_doppler()[0] == pytest.approx(IS0, abs=5.0 * sigma)


def test_the_linked_fit_of_one_law_is_that_of_its_spectra_where_nothing_is_shared_but_a_slope() -> (
    None
):
    """A Debye law and a line differ little over a short range; both hold where the data follow."""
    linear = fit_series(spectra(2), T, laws=SeriesLaws({"site1.QS": "linear"}))
    assert linear.fit.test.p_value is not None
    assert linear.fit.test.p_value > 0.01
    own = linear.fit.coefficients
    assert own.names == ("site1.splitting at 162.5 K", "site1.splitting slope")
    assert own.units == ("mm/s", "mm/s/K")
    slope = own.sigma("site1.splitting slope")
    assert slope is not None
    assert abs(own.value("site1.splitting slope")) < 4.0 * slope


def test_a_law_that_does_not_hold_is_told() -> None:
    """The second-order Doppler shift is there: one shift for all temperatures is wrong."""
    found = fit_series(spectra(3), T, laws=SeriesLaws({"site1.IS": "shared"}))
    assert found.fit.test.p_value is not None
    assert found.fit.test.p_value < 1e-6


def test_areas_fall_as_the_recoil_free_fraction_and_give_its_theta() -> None:
    found = linked(4, {"site1": ThetaRange(THETA, THETA)}, QS="shared", width="shared")
    area, sigma = found.areas()
    truth = 0.1 * recoil_free_fraction(T, THETA).value
    assert (np.abs(area - truth) < 4.0 * sigma).all()
    interval = theta_of_areas(T, area, sigma).interval
    assert interval.minus is not None
    assert interval.plus is not None
    assert abs(interval.best - THETA) < 4.0 * max(interval.minus, interval.plus)


def test_a_short_range_leaves_theta_open_and_says_so() -> None:
    near = np.array([80.0, 82.0, 84.0])
    found = fit_series(spectra(5, ONE, near), near, laws=SeriesLaws({"site1.IS": "debye"}))
    assert found.theta is not None
    assert found.theta.interval.upper is None or found.theta.interval.lower is None
    assert found.theta_open.startswith("theta_open")
    value, sigma = found.shift_at_reference()
    assert np.isfinite(value)
    assert sigma is None or sigma > 0.0


def test_channels_out_of_use_in_one_spectrum_are_left_out_of_all() -> None:
    some = spectra(6)
    keep = np.ones(len(some[1].spectrum.x), dtype=bool)
    keep[[40, 41, 90]] = False
    short = replace(
        some[1], branch=some[1].branch[keep], u=some[1].u[keep], numbers=some[1].numbers[keep],
        columns=some[1].columns[:, keep],
        spectrum=replace(some[1].spectrum, x=some[1].velocity[keep], y=some[1].counts[keep]),
    )  # fmt: skip
    laws = SeriesLaws({"site1.IS": "debye"}, {"site1": ThetaRange(THETA, THETA)})
    found = fit_series([some[0], short, *some[2:]], T, laws=laws)
    whole = fit_series(some, T, laws=laws)
    assert found.left_out == 3
    assert found.fit.problem.ndata == whole.fit.problem.ndata - 3
    sigma = whole.shift_at_reference()[1]
    assert sigma is not None
    assert abs(found.shift_at_reference()[0] - whole.shift_at_reference()[0]) < sigma


def test_spectra_of_two_scales_are_refused() -> None:
    other = spectra(7, replace(ONE, step_mm_s=ONE.step_mm_s * 1.01))
    with pytest.raises(SettingsError, match="other velocities"):
        fit_series([*spectra(7)[:3], *other[3:]], T, laws=SeriesLaws({"site1.QS": "shared"}))


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        ({"site1.IS": "quadratic"}, "no law"),
        ({"site1.QS": "debye"}, "Debye law"),
        ({"site2.IS": "shared"}, "no value"),
        ({"site1.IS": "free"}, "nothing is linked"),
    ],
)
def test_laws_that_do_not_fit_are_refused(kinds: dict[str, LawKind], text: str) -> None:
    with pytest.raises(SettingsError, match=text):
        fit_series(spectra(0), T, laws=SeriesLaws(kinds))


def test_two_free_thetas_or_too_few_temperatures_are_refused() -> None:
    kinds: dict[str, LawKind] = {"site1.IS": "debye", "site2.IS": "debye"}
    with pytest.raises(SettingsError, match="declare all but one"):
        SeriesLaws(kinds)
    two = np.array([80.0, 300.0])
    with pytest.raises(SettingsError, match="2 temperatures"):
        fit_series(spectra(0, ONE, two), two, laws=SeriesLaws({"site1.IS": "debye"}))
    with pytest.raises(SettingsError, match="one temperature"):
        fit_series(spectra(0, ONE, two), T, laws=SeriesLaws({"site1.IS": "shared"}))


def test_two_sites_can_follow_laws_of_their_own() -> None:
    kinds: dict[str, LawKind] = {"site1.IS": "debye", "site2.IS": "debye", "site2.QS": "shared"}
    theta = {"site1": ThetaRange(150.0, 150.0), "site2": ThetaRange(300.0, 300.0)}
    sites = (Site("doublet", "site1"), Site("singlet", "site2"))
    with pytest.raises(SettingsError, match=r"site2\.QS"):
        SeriesLaws(kinds, theta).of(sites, T)
    laws, curved = SeriesLaws(kinds, theta).of((sites[0], Site("doublet", "site2")), T)
    assert curved is None
    assert set(laws) == {"site1.center", "site2.center", "site2.splitting"}
    assert np.ptp(laws["site1.center"].known) > np.ptp(laws["site2.center"].known)


def test_no_law_runs_through_a_step() -> None:
    found = regimes([300.0, 25.0, 80.0, 100.0, 200.0], [90.0])
    assert [list(rows) for rows in found] == [[1, 2], [0, 3, 4]]
