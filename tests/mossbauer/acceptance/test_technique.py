"""The shared spectra through the technique: what a user is told, what is refused, how fast it is."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from data import shared_data
from mossbauer_axes import (
    expected_doublet,
    peer_values,
    simulated_axis,
    simulated_scale,
    velocities,
)
from mossbauer_technique_case import ORIENTED, SAMPLE, codes, iron, recorded

from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import Problem
from spectrafit.fit.single import fit
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_mossbauer.absorption.baseline import baseline
from spectrafit_mossbauer.absorption.sites import doublets
from spectrafit_mossbauer.absorption.starts import starts_of
from spectrafit_mossbauer.technique import mossbauer

FIRST, SECOND = "grigg/2L_Fh/250624_v12.dat", "grigg/2Lc_Fh/251104_v12.dat"
FERRIHYDRITE = ("95.0K_0.0h30.0m", "105.0K_0.0h30.0m", "105.0K_0.0h31.0m", "115.0K_0.0h30.0m",
                "125.0K_0.0h30.0m", "135.0K_0.0h30.0m")  # fmt: skip


@cache
def shared(name: str) -> Recording:
    return read(shared_data("mossbauer", *name.split("/")))[0]


def observed(name: str, *irons: str, sites: tuple[str, ...] = ("doublet",)) -> Observables:
    inputs = {"sample": shared(name), "calibration": tuple(shared(one) for one in irons)}
    return mossbauer.observe(inputs, replace(ORIENTED, sites=sites))  # type: ignore[arg-type]


def told(found: Observables, code: str) -> str:
    return next(alert.text for alert in found.alerts if alert.code == code)


def test_2_the_drift_of_two_calibrations_is_told() -> None:
    found = observed(f"grigg/2L_Fh/{FERRIHYDRITE[0]}.dat", FIRST, SECOND)
    assert "-0.18 % in velocity" in told(found, "MOS-108")


def test_3_bad_channels_of_the_calibration_are_named_and_the_half_filled_one_is_left_out() -> None:
    name = "fitbauer/calibration.adt"
    found = observed(name, name, sites=("sextet",))
    assert "137, 187, 325, 373, 391, 393, 441" in told(found, "MOS-112")
    assert found["mossbauer.B"].value == pytest.approx(33.04, abs=0.02)


def test_5_values_of_ferrihydrite_are_given_marked_as_rejected() -> None:
    rejected = 0
    for name in FERRIHYDRITE:
        file = f"grigg/2L_Fh/{name}.dat"
        found, reference = observed(file, FIRST), peer_values()["doublets"][file]
        for key in ("IS", "QS"):
            one, (value, _) = found[f"mossbauer.{key}"], reference["reference_unfolded"][key]
            assert abs(one.value - value) < 0.3 * one.sigma
            assert one.budget["calibration"] > 0.0
        rejected += "MOS-104" in codes(found)
    assert rejected >= 5


def test_7_a_magnetic_spectrum_fitted_as_a_doublet_is_not_paramagnetic() -> None:
    found = observed("grigg/2L_Fh/5.0K_0.0h30.0m.dat", FIRST)
    assert "MOS-105" in codes(found)
    assert not {"mossbauer.QS", "mossbauer.IS"} & set(found.keys)


def test_8_a_spectrum_of_six_lines_has_no_splitting() -> None:
    found = observed("grigg/6L_Fh/110.0K_1h35m.dat", FIRST)
    assert "wide, above 1.5 mm/s" in told(found, "MOS-105")
    assert not {"mossbauer.QS", "mossbauer.IS"} & set(found.keys)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_a_weak_line_gives_no_splitting_without_a_reason(share: float) -> None:
    """Areas of 0, 0.6, 1.5 and 3 standard errors, ten draws each; 2 to 4 are found in pure noise."""
    for seed in range(10):
        weak = recorded(replace(SAMPLE, area_mm_s=share * 4.4e-4), "weak.ws5", seed)
        found = mossbauer.observe({"sample": weak, "calibration": iron()}, ORIENTED)
        assert "mossbauer.QS" not in found.keys
        assert {"MOS-102", "MOS-103"} & codes(found)
        assert found["mossbauer.verdict"].value.split(":")[0] in ("no_resonance", "single_line")


def test_one_unfolded_doublet_of_1024_channels() -> None:
    """The single fit, and the path that the technique takes, against linear solves of that size."""
    scale = simulated_scale(511.25, 1024)
    axis = simulated_axis(
        expected_doublet(velocities(scale), 1e5, 0.42, 1.64, 0.28, 0.05), scale, 1
    )
    (site,) = doublets(1)
    start = starts_of(axis, (site,), 1)[0]
    model = baseline(axis) + site.component
    sigma = np.sqrt(axis.counts)
    problem = Problem(
        replace(axis.spectrum, sigma=sigma), model, start=start,
        parameters=site.changes(axis, several=False),
    )  # fmt: skip
    matrix = np.random.default_rng(0).normal(size=(1024, 10))

    def least(what: object, times: int) -> float:
        found = []
        for _ in range(times):
            begin = time.process_time()
            what()  # type: ignore[operator]
            found.append(time.process_time() - begin)
        return min(found)

    counted = replace(problem, data=(axis.spectrum,))
    one_row = axis.counts[None, :]
    single = least(lambda: fit(problem), 20)
    batch = least(lambda: fit_many(problem, one_row, sigma=sigma, engine="batch"), 20)
    poisson = least(lambda: fit_many(counted, one_row, counts=True, engine="batch"), 20)
    solve = least(lambda: [np.linalg.lstsq(matrix, sigma, rcond=None) for _ in range(50)], 20) / 50
    times = (single, batch, poisson, solve)
    print(
        "single fit, own path, with Poisson weights, linear solve, ms:",
        *np.round(np.multiply(times, 1e3), 2),
    )
    assert fit(problem).redchi == pytest.approx(1.0, abs=0.15)
    assert batch < single < 300.0 * solve
    assert poisson < 1.5 * single
