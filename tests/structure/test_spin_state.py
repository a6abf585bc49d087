from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, uniform

from spectrafit.errors import SettingsError
from spectrafit_structure.spin_state import LengthWindow, state_reading
from spectrafit_structure.uncertainty import Measured

SOURCE = "paper on the [FeCo] crystals, 60 K and 100 K"
WINDOWS = [
    LengthWindow("Fe LS", "Fe-O", 1.899, 1.909, SOURCE),
    LengthWindow("Fe LS", "Fe-N", 2.026, 2.060, SOURCE),
    LengthWindow("Fe HS", "Fe-O", 1.987, 1.991, SOURCE),
    LengthWindow("Fe HS", "Fe-N", 2.109, 2.145, SOURCE),
]


def test_lengths_at_60_and_100_kelvin_read_as_low_and_high_spin() -> None:
    cold = state_reading({"Fe-O": Measured(1.904, 0.005), "Fe-N": Measured(2.043, 0.003)}, WINDOWS)
    assert cold.states[0].state == "Fe LS"
    assert cold.states[0].fits
    assert cold.states[0].outside == 0.0
    assert cold.states[0].share == pytest.approx(1.0)
    assert not cold.states[1].fits
    warm = state_reading({"Fe-O": Measured(1.9886, 0.0031)}, WINDOWS)
    assert warm.states[0].state == "Fe HS"
    assert warm.bonds == ("Fe-O",)


def test_the_likelihood_is_the_window_blurred_by_the_su() -> None:
    length, window = Measured(1.92, 0.01), WINDOWS[0]
    found = state_reading({"Fe-O": length}, WINDOWS[:1])
    width = window.high - window.low
    x = np.linspace(window.low, window.high, 4001)
    density = norm.pdf(length.value, x, 0.01) * uniform.pdf(x, window.low, width)
    expected = math.log(np.trapezoid(density, x))
    assert found.states[0].log_likelihood == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("value", [0.5, 1.899, 1.904, 1.909, 4.0])
def test_far_tails_stay_finite_and_ordered(value: float) -> None:
    found = state_reading({"Fe-O": Measured(value, 0.005)}, WINDOWS)
    logs = [each.log_likelihood for each in found.states]
    assert all(math.isfinite(each) for each in logs)
    assert logs[0] >= logs[1]
    assert sum(each.share for each in found.states) == pytest.approx(1.0)


def test_a_length_between_the_states_fits_none_and_says_so() -> None:
    found = state_reading({"Fe-O": Measured(1.945, 0.004)}, WINDOWS)
    assert found.reason == "the lengths fit none of the given states"
    assert found.states[0].share > 0.5  # a share alone would mislead


def test_no_su_no_reading_but_a_reason() -> None:
    found = state_reading({"Fe-O": Measured(1.904)}, WINDOWS)
    assert not found.states
    assert found.reason == "Fe-O: no s.u. is written"


def test_a_single_reported_value_is_a_window_of_no_width() -> None:
    point = LengthWindow("Co LS", "Co-O", 1.892, 1.892, SOURCE)
    found = state_reading({"Co-O": Measured(1.893, 0.004)}, [point])
    assert found.states[0].log_likelihood == pytest.approx(norm.logpdf(1.893, 1.892, 0.004))


def test_windows_need_a_source_and_a_range_and_a_common_bond() -> None:
    with pytest.raises(SettingsError, match="without a source"):
        LengthWindow("Fe LS", "Fe-O", 1.8, 1.9, " ")
    with pytest.raises(SettingsError, match="no range"):
        LengthWindow("Fe LS", "Fe-O", 1.9, 1.8, SOURCE)
    with pytest.raises(SettingsError, match="no bond was measured"):
        state_reading({"Co-O": Measured(1.9, 0.01)}, WINDOWS)
    with pytest.raises(SettingsError, match="two ranges"):
        state_reading({"Fe-O": Measured(1.9, 0.01)}, [WINDOWS[0], WINDOWS[0]])
