from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit_structure.uncertainty import Measured
from spectrafit_structure.unchanged import ChangeVerdict, change_of_bonds, change_of_means

CO_O = {"Co-O1": Measured(1.893, 0.004), "Co-O2": Measured(1.891, 0.005)}


def test_printed_iron_oxygen_lengths_changed() -> None:
    later = [Measured(1.987, 0.004), Measured(1.991, 0.005)]
    found = change_of_means([Measured(1.904, 0.005)], later)
    assert found.mean.value == pytest.approx(0.0846, abs=5e-5)
    assert found.mean.su == pytest.approx(0.0059, abs=5e-5)
    assert found.z == pytest.approx(14.3, abs=0.05)
    assert found.verdict is ChangeVerdict.CHANGED


def test_printed_cobalt_oxygen_lengths_did_not_change_by_a_stated_limit() -> None:
    for found in (
        change_of_bonds(CO_O, CO_O),
        change_of_means(list(CO_O.values()), list(CO_O.values())),
    ):
        assert found.mean.value == pytest.approx(0.0, abs=1e-12)
        assert found.mean.su == pytest.approx(0.0044, abs=5e-5)
        assert found.statement == "|dL| < 0.0073 Å (95 %)"
        assert found.verdict is ChangeVerdict.UNCHANGED
        assert found.excludes(0.15)
        assert not found.excludes(-0.005)


def test_printed_cobalt_nitrogen_range_ends() -> None:
    earlier = {"low": Measured(1.987, 0.005), "high": Measured(2.026, 0.005)}
    later = {"low": Measured(1.979, 0.005), "high": Measured(2.024, 0.005)}
    found = change_of_bonds(earlier, later)
    assert [each.z for each in found.bonds] == pytest.approx([-1.1, -0.3], abs=0.05)
    assert found.chi2 == pytest.approx((0.008**2 + 0.002**2) / 5e-5, rel=1e-9)
    assert found.freedom == 2


def test_a_large_p_value_alone_is_no_evidence() -> None:
    vague = {"a": Measured(2.0, 0.05)}
    found = change_of_bonds(vague, {"a": Measured(2.01, 0.05)})
    assert found.p_value is not None
    assert found.p_value > 0.5
    assert found.verdict is ChangeVerdict.CANNOT_TELL
    assert "may be as large as" in found.reason


def test_opposite_shifts_do_not_hide_in_their_mean() -> None:
    earlier = {"a": Measured(2.0, 0.001), "b": Measured(2.0, 0.001)}
    later = {"a": Measured(2.03, 0.001), "b": Measured(1.97, 0.001)}
    found = change_of_bonds(earlier, later)
    assert found.mean.value == pytest.approx(0.0, abs=1e-9)
    assert found.below is not None
    assert found.below > 0.03
    assert found.verdict is ChangeVerdict.CHANGED


def test_a_significant_but_small_change_is_called_so() -> None:
    earlier = {"a": Measured(2.0, 0.001)}
    found = change_of_bonds(earlier, {"a": Measured(2.01, 0.001)})
    assert found.verdict is ChangeVerdict.SMALL
    stricter = change_of_bonds(earlier, {"a": Measured(2.01, 0.001)}, limit=0.005)
    assert stricter.verdict is ChangeVerdict.CHANGED


def test_without_su_there_is_no_verdict() -> None:
    found = change_of_bonds({"a": Measured(2.0)}, {"a": Measured(2.0, 0.01)})
    assert found.verdict is ChangeVerdict.CANNOT_TELL
    assert found.reason == "no s.u. is written"
    assert found.excludes(0.15) is None
    assert found.statement == "no limit of |dL|: no s.u. is written"


def test_different_bonds_and_impossible_limits_are_refused() -> None:
    with pytest.raises(SettingsError, match="Co-O2"):
        change_of_bonds(CO_O, {"Co-O1": Measured(1.9, 0.01)})
    with pytest.raises(SettingsError, match="not above 0"):
        change_of_bonds(CO_O, CO_O, limit=0.0)


def test_the_limit_covers_a_true_change_in_95_of_100_cases() -> None:
    rng = np.random.default_rng(8)
    true, su, runs = 0.006, 0.005, 2000
    covered = 0
    for noise in rng.normal(0.0, su, (runs, 4)):
        earlier = {"a": Measured(2.0 + noise[0], su), "b": Measured(2.1 + noise[1], su)}
        later = {
            "a": Measured(2.0 + true + noise[2], su),
            "b": Measured(2.1 + true + noise[3], su),
        }
        below = change_of_bonds(earlier, later).below
        assert below is not None
        covered += below > true
    # 0.95 at least (|mean| and the scaled s.u. only add), three sigma of the count allowed
    assert covered / runs > 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)
