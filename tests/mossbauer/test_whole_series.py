"""The series of the paper's shape, simulated and taken through the technique as a user would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from mossbauer_technique_case import IRON, ORIENTED, at, codes, iron, recorded, series

from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.technique import mossbauer

# isomer shift and splitting of both regimes, and the temperature of the step, K
COLD, WARM, STEP = (0.42, 1.64), (0.69, 1.83), 90.0
TEMPERATURES = (25.0, 50.0, 75.0, 100.0, 125.0, 200.0, 300.0)
STATES = replace(
    ORIENTED,
    IS_1=(0.45, 0.55),
    IS_2=(1.05, 1.20),
    QS_1=(1.0, 1.0),
    QS_2=(2.1, 2.9),
    theta_K=(120.0, 200.0),
    T_ref_K=125.0,
    states_from_K=STEP,
)


def spectrum(T: float, orientation: int = 1) -> Recording:
    simulated = at(T, *(COLD if T < STEP else WARM), counts=1e6, orientation=orientation)
    return recorded(simulated, f"{T:03.0f}K.ws5", int(T))


def spectra(orientation: int, *temperatures: float) -> list[Recording]:
    return [spectrum(T, orientation) for T in temperatures]


def of(found: Observables, key: str, T: float) -> object:
    return next(item for item in found.items if item.key == key and item.conditions.get("T") == T)


@pytest.mark.parametrize("orientation", [1, -1])
def test_shifts_and_splittings_of_both_wirings_and_the_bracket_of_the_step(
    orientation: int,
) -> None:
    settings = replace(ORIENTED, orientation=orientation)
    single, _ = series(spectra(orientation, *TEMPERATURES), iron(orientation), settings)
    truth = np.array([COLD if T < STEP else WARM for T in TEMPERATURES])
    keys = ("mossbauer.IS", "mossbauer.QS")
    values = np.array([[one[key].value for key in keys] for one in single])
    sigma = np.array([[one[key].sigma for key in keys] for one in single])
    assert (np.abs(values - truth) < 4.0 * sigma).all()
    assert (sigma.max(axis=0) < (0.003, 0.006)).all()
    jumps = np.abs(np.diff(values, axis=0)) / np.hypot(sigma[1:], sigma[:-1])
    for jump in jumps.T:
        place = int(np.argmax(jump))
        assert TEMPERATURES[place] < STEP < TEMPERATURES[place + 1]
        assert jump[place] > 30.0
        assert np.delete(jump, place).max() < 4.0


@pytest.mark.parametrize("orientation", [1, -1])
def test_the_sign_of_a_shift_is_given_with_the_orientation_only(orientation: int) -> None:
    sample, reference = spectrum(125.0, orientation), iron(orientation)
    inputs = {"sample": sample, "calibration": reference}
    right, wrong, open_ = (
        mossbauer.observe(inputs, MossbauerSettings(orientation=one))
        for one in (orientation, -orientation, None)
    )
    assert right["mossbauer.IS"].value == pytest.approx(WARM[0], abs=0.01)
    assert wrong["mossbauer.IS"].value == pytest.approx(-WARM[0], abs=0.01)
    # nothing in the fit tells both apart
    assert right.fit.chi2 == pytest.approx(wrong.fit.chi2, rel=1e-3)  # type: ignore[union-attr]
    assert "MOS-100" in codes(open_)
    assert "MOS-100" not in codes(right) | codes(wrong)
    assert open_["mossbauer.IS"].conventions["orientation"] == "undeclared"


@pytest.mark.parametrize(
    ("T", "verdict"), [(80.0, "agree"), (125.0, "tension"), (300.0, "tension")]
)
def test_the_temperature_of_the_references_decides_the_verdict(T: float, verdict: str) -> None:
    samples = spectra(1, 75.0, 125.0)
    _, found = series(samples, iron(), replace(STATES, states_T_K=T))
    assert of(found, "mossbauer.agreement", 125.0).value == verdict  # type: ignore[attr-defined]
    shares = of(found, "mossbauer.x_IS", 125.0), of(found, "mossbauer.x_QS_min", 125.0)
    expected = {80.0: (0.26, 0.45), 125.0: (0.22, 0.40), 300.0: (0.02, 0.20)}[T]
    assert (shares[0].low, shares[0].high) == pytest.approx(expected, abs=0.02)  # type: ignore[attr-defined]
    assert shares[1].low == pytest.approx(0.44, abs=0.01)  # type: ignore[attr-defined]
    assert ("MOS-117" in codes(found)) == (verdict == "tension")
    bounds = [item for item in found.items if item.key == "mossbauer.k_ex_min"]
    assert bool(bounds) == (verdict == "agree")
    # below states_from_K both states are not meant to be present
    assert all(item.conditions["T"] == 125.0 for item in found.items if ".x_" in item.key)


def test_the_error_of_the_calibration_is_in_the_population() -> None:
    poor = recorded(replace(IRON, counts=3e4), "alphaFe.ws5", 99)
    states = replace(STATES, states_T_K=80.0)
    spans, errors = [], []
    for calibration in (iron(), poor):
        alone, found = series(spectra(1, 75.0, 125.0), calibration, states)
        share = of(found, "mossbauer.x_IS", 125.0)
        spans.append(share.high - share.low)  # type: ignore[attr-defined]
        errors.append(alone[1]["mossbauer.IS"].sigma)
    # the states are 0.5 to 0.75 mm/s apart, by their ranges; the center itself may move by chance
    wider = 2 * 1.96 * (errors[1] - errors[0])
    assert 0.9 * wider / 0.75 < spans[1] - spans[0] < 1.1 * wider / 0.5


def test_a_population_that_may_be_all_of_one_state_bounds_no_rate() -> None:
    states = replace(STATES, states_T_K=80.0, IS_1=(0.55, 0.75), QS_1=(1.7, 1.9))
    _, found = series(spectra(1, 75.0, 125.0), iron(), states)
    assert of(found, "mossbauer.x_IS", 125.0).low < 0.0  # type: ignore[attr-defined]
    assert of(found, "mossbauer.agreement", 125.0).value == "agree"  # type: ignore[attr-defined]
    assert not [item for item in found.items if item.key == "mossbauer.k_ex_min"]
    (alert,) = [alert for alert in found.alerts if alert.code == "MOS-118"]
    assert "0 or 1" in alert.text


def test_a_population_needs_the_temperature_of_the_references() -> None:
    _, found = series(spectra(1, 125.0, 200.0), iron(), STATES)
    (alert, _) = [alert for alert in found.alerts if alert.code == "MOS-120"]
    assert "temperature" in alert.text
    assert not [item for item in found.items if ".x_" in item.key]


def without_T(recording: Recording) -> Recording:
    rest = {key: value for key, value in recording.conditions.items() if key != "T"}
    return replace(recording, conditions=rest)


def test_a_spectrum_without_a_temperature_is_named_and_left_out() -> None:
    samples = spectra(1, 125.0, 200.0, 300.0)
    _, found = series([without_T(samples[0]), *samples[1:]], iron())
    (alert,) = [alert for alert in found.alerts if alert.code == "MOS-120"]
    assert samples[0].name in alert.text
    assert found.charts
    _, none = series([without_T(one) for one in samples], iron())
    assert all(one.name in none.alerts[0].text for one in samples)
    assert none.items == ()


@pytest.mark.parametrize(
    ("law", "rejected"), [("shared", True), ("debye", False)], ids=["one shift", "debye"]
)
def test_a_joint_fit_whose_law_does_not_hold_is_rejected(law: str, rejected: bool) -> None:
    make: Callable[[float], Recording] = lambda T: recorded(  # noqa: E731
        replace(at(200.0, *WARM), T_K=T), f"{T:g}K.ws5", int(T)
    )
    settings = replace(ORIENTED, series_IS=law)  # type: ignore[arg-type]
    _, found = series([make(T) for T in (100.0, 150.0, 200.0, 300.0)], iron(), settings)
    assert ("MOS-121" in codes(found)) == rejected
