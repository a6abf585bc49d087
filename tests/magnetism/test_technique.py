"""From a run to its numbers: values, budgets, both branches, spins, laws and bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from magnetism_case import (
    ONE,
    STILL,
    TOLD,
    codes,
    measured,
    observed,
    published,
    recorded,
    table_of,
)

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.observable import Kind
from spectrafit_magnetism.simulate import MagnetismSimulation, expected_chiT
from spectrafit_magnetism.spin_only import spin_only_chiT
from spectrafit_magnetism.technique import magnetism

MAGNETOPY = replace(
    TOLD, header_convention="magnetopy", chi_dia=0.0, settle_s=None, mass_error_mg=0.05
)


def test_named_value_is_the_truth_within_its_statistical_error():
    pulls = []
    for seed in range(8):
        found = observed(recorded(STILL, seed), replace(TOLD, named_K=(200.0,), transition="no"))
        item = found["magnetism.200K.chiT"]
        truth = expected_chiT(STILL, np.array([200.0]), "heating")[0]
        pulls.append((item.value - truth) / item.budget["stat"])
    assert abs(np.mean(pulls)) < 0.75
    assert 0.4 < np.std(pulls) < 1.6


def test_raw_stands_beside_corrected_with_chi_dia_varied():
    found = observed(recorded(), replace(TOLD, named_K=(200.0,), rise_K=((120.0, 200.0),)))
    item, raw = found["magnetism.200K.chiT"], found["magnetism.200K.chiT_raw"]
    assert item.value - raw.value == pytest.approx(6.3e-4 * 200.0, rel=1e-3)
    assert item.conventions["dia_20_percent_more"] == pytest.approx(0.2 * 6.3e-4 * 200.0)
    assert item.budget["chi_dia"] == pytest.approx(0.2 * 6.3e-4 * 200.0)
    assert item.budget["mass"] == pytest.approx(item.value * 0.02 / 9.84)
    assert "chi_dia" not in raw.budget
    assert item.sigma == pytest.approx(np.sqrt(sum(part**2 for part in item.budget.values())))
    rise, bare = found["magnetism.120-200K.rise"], found["magnetism.120-200K.rise_raw"]
    assert rise.value - bare.value == pytest.approx(6.3e-4 * 80.0, rel=1e-3)
    assert rise.conventions["dia_20_percent_more"] == pytest.approx(0.2 * 6.3e-4 * 80.0)
    assert found["magnetism.correction_slope"].value == pytest.approx(6.3e-4)


def test_half_the_difference_of_branches_is_in_the_budget():
    exact = replace(ONE, noise=0.0, noise_emu=0.0, noise_K=0.0)
    told = replace(TOLD, named_K=(95.0,), transition="no")
    heating, cooling = (
        observed(recorded(replace(exact, branches=(one,))), told)["magnetism.95K.chiT"].value
        for one in ("heating", "cooling")
    )
    both = observed(recorded(exact), told)["magnetism.95K.chiT"]
    assert abs(cooling - heating) > 0.05  # the sample is behind, at a steep place
    assert both.budget["branches"] == pytest.approx(0.5 * abs(cooling - heating), rel=0.02)


def test_mass_without_an_error_gives_a_value_without_one():
    item = observed(recorded(), replace(TOLD, mass_error_mg=0.0))["magnetism.200K.chiT"]
    assert item.sigma is None
    assert "mass_error_mg" in item.sigma_reason
    assert item.budget["stat"] > 0.0


def test_transition_of_both_branches_by_both_ways():
    windows = {"low_spin_K": (10.0, 60.0), "high_spin_K": (150.0, 300.0)}
    found = observed(recorded(), replace(TOLD, **windows))
    heating, cooling = (found[f"magnetism.{one}.T_half"] for one in ("heating", "cooling"))
    # the sample is half a kelvin behind: truth 90.0 K, where p has its peak
    assert heating.value == pytest.approx(90.5, abs=1.0)
    assert cooling.value == pytest.approx(89.5, abs=1.0)
    assert heating.low <= heating.value <= heating.high
    assert heating.high - heating.low == pytest.approx(2.5, abs=0.1)
    assert found["magnetism.T_half"].value == pytest.approx(90.0, abs=0.7)
    gap = found["magnetism.heating.T_half_gap"].value
    half = found["magnetism.heating.T_half_fraction"].value
    assert gap == pytest.approx(half - heating.value)
    brackets = [found[f"magnetism.heating.{one}"] for one in ("T_half", "T_half_fraction")]
    sampling = [one.budget["sampling"] for one in brackets]
    assert found["magnetism.heating.T_half_gap"].sigma == pytest.approx(np.hypot(*sampling))


def test_lag_alone_is_no_loop_and_a_true_loop_is_found():
    fine = MagnetismSimulation(step_K=0.5, range_K=(60.0, 130.0))
    late = observed(recorded(fine), replace(TOLD, settle_s=12.0))["magnetism.hysteresis"]
    assert late.kind is Kind.UPPER_LIMIT
    assert late.verdict.startswith("not resolved")
    assert 1.0 < late.high < 3.0
    wide = replace(fine, G12=2500.0, rho=0.0)
    found = observed(recorded(wide), TOLD)["magnetism.hysteresis"]
    assert (found.kind, found.verdict) == (Kind.VALUE, "resolved")
    # spinodals of the law, and twice the lag of 0.5 K
    assert found.value == pytest.approx(12.0, abs=2.0)
    unknown = observed(recorded(wide), replace(TOLD, settle_s=None))["magnetism.hysteresis"]
    assert unknown.kind is Kind.UPPER_LIMIT
    assert "not testable" in unknown.verdict


def test_one_branch_gives_no_loop():
    found = observed(recorded(replace(ONE, branches=("heating",))))
    assert "magnetism.hysteresis" not in found.keys
    assert "magnetism.cooling.T_half" not in found.keys
    assert "MAG-110" in codes(found)


def test_residual_share_is_the_trapped_one():
    spins = {"high_spins": (2.0,), "g_high": 2.024}
    item = observed(recorded(STILL), replace(TOLD, **spins))["magnetism.residual"]
    assert item.value == pytest.approx(0.0488, abs=3.0 * item.sigma)
    assert item.sigma < 0.002
    assert item.conditions["T"] >= 20.0
    cold = observed(recorded(STILL), replace(TOLD, residual_K=8.0, **spins))["magnetism.residual"]
    assert "zero-field splitting" in cold.verdict


def test_curie_weiss_of_free_spins():
    free = MagnetismSimulation(
        S1=(2.0, 2.0, 2.0), S2=(0.0,) * 3, g=(2.1,) * 3, gap_K=(0.0,) * 3, lag_K=0.0, tip=3e-4
    )
    settings = replace(TOLD, curie_K=(50.0, 300.0), curie_tip=True, settle_s=0.0)
    found = observed(recorded(free), settings)
    C = found["magnetism.curie.C"]
    assert C.value == pytest.approx(spin_only_chiT(2.0, g=2.1), abs=4.0 * C.sigma)
    assert found["magnetism.curie.theta"].value == pytest.approx(
        0.0, abs=4.0 * found["magnetism.curie.theta"].sigma
    )
    tip = found["magnetism.curie.tip"]
    assert tip.value == pytest.approx(3e-4, abs=3.0 * tip.sigma)
    assert tip.budget["chi_dia"] == pytest.approx(0.2 * 6.3e-4)
    moment = found["magnetism.curie.moment"].value
    assert moment == pytest.approx(2.1 * np.sqrt(6.0), rel=0.01)
    assert "magnetism.T_half" not in found.keys


def test_pair_of_a_simulated_dimer_is_found_again():
    pair = MagnetismSimulation(
        S1=(0.5,) * 3, S2=(0.5,) * 3, g=(2.05,) * 3, gap_K=(200.0,) * 3, lag_K=0.0, noise_K=0.0,
        mass_mg=40.0, range_K=(20.0, 300.0),
    )  # fmt: skip
    settings = replace(TOLD, S1=0.5, S2=0.5)
    pulls = []
    for seed in range(3):
        found = observed(recorded(pair, seed), settings)
        assert found["magnetism.pair.verdict"].value == "accepted"
        J, g = found["magnetism.pair.J"], found["magnetism.pair.g"]
        pulls.append((J.value + 100.0) / J.budget["fit"])
        assert g.value == pytest.approx(2.05, abs=4.0 * g.sigma)
        assert found["magnetism.pair.gap"].value == pytest.approx(-2.0 * J.value)
        assert found["magnetism.pair.J_cm"].value == pytest.approx(0.695035 * J.value, rel=1e-5)
        assert J.conventions["hamiltonian"] == "H = -2J S1.S2"
    assert np.abs(pulls).max() < 4.0


def test_gap_beyond_the_temperatures_is_a_bound():
    far = MagnetismSimulation(
        S1=(2.5,) * 3, S2=(0.5,) * 3, g=(2.02,) * 3, gap_K=(4000.0,) * 3, lag_K=0.0, noise_K=0.0,
        range_K=(20.0, 300.0), step_K=5.0,
    )  # fmt: skip
    found = observed(recorded(far), replace(TOLD, S1=2.5, S2=0.5))
    gap = found["magnetism.pair.gap"]
    assert gap.kind is Kind.LOWER_LIMIT
    assert 600.0 < gap.low < 4000.0
    assert "magnetism.pair.J" not in found.keys
    assert {"MAG-115", "MAG-125"} <= codes(found)


def test_table_of_chi_T_gives_chi_T_itself():
    T = np.arange(20.0, 301.0, 5.0)
    rows = "\n".join(f"{t},{1.5 + 1e-3 * t + 1e-3 * (-1) ** i},0.001" for i, t in enumerate(T))
    table = table_of(f"T (K),chiT (cm3 K mol-1),sigma\n{rows}\n")
    found = observed(table, replace(TOLD, chi_dia=0.0, mass_error_mg=0.0, scale_error=0.01))
    item = found["magnetism.200K.chiT"]
    assert item.value == pytest.approx(1.7, abs=2e-3)
    assert item.budget["mass"] == pytest.approx(0.017, rel=0.01)
    assert "magnetism.200K.chiT_raw" not in found.keys
    assert "MAG-121" in codes(found)


@pytest.mark.parametrize(
    ("name", "raw", "corrected", "at_100", "slope"),
    [
        ("magnetopy_fc11.dat", 11.451, 11.858, 11.527, 1.3577e-3),
        ("magnetopy_zfc11.dat", 11.448, 11.856, 11.530, 1.3577e-3),
        ("magnetopy_fc5.dat", 23.383, 24.447, None, None),
        ("magnetopy_zfc5.dat", 23.323, 24.387, None, None),
    ],
)
def test_real_files_give_their_known_numbers(name, raw, corrected, at_100, slope):
    """Values of an independent program, MagnetoPy's corrections."""
    found = observed(measured(name), replace(MAGNETOPY, named_K=(100.0, 299.9)))
    assert found["magnetism.299_9K.chiT_raw"].value == pytest.approx(raw, abs=0.005)
    assert found["magnetism.299_9K.chiT"].value == pytest.approx(corrected, abs=0.005)
    if at_100 is not None:
        assert found["magnetism.100K.chiT"].value == pytest.approx(at_100, abs=0.005)
        assert found["magnetism.correction_slope"].value == pytest.approx(slope, rel=1e-4)


def test_real_header_fields_are_not_read_without_a_convention():
    found = observed(measured("magnetopy_fc11.dat"), replace(MAGNETOPY, header_convention="none"))
    assert found["magnetism.300K.chiT"].value == found["magnetism.300K.chiT_raw"].value
    words = next(str(alert) for alert in found.alerts if alert.code == "MAG-101")
    assert "SAMPLE_VOLUME = 17.3" in words
    assert "SAMPLE_SIZE = -0.000319" in words


@pytest.mark.parametrize("name", ["magnetopy_zfcfc1.dat", "qdsquid_pb6051_ZFC_0p1T.dc.dat"])
def test_real_file_without_a_molar_mass_is_refused_with_the_line(name):
    with pytest.raises(SettingsError, match="molar mass missing") as refusal:
        observed(measured(name), MAGNETOPY)
    assert "--set molar_mass=" in refusal.value.do
    known = replace(MAGNETOPY, molar_mass=500.0, chi_dia_rule=True, most_chiT=2e4)
    assert observed(measured(name), known).items


def test_real_field_sweep_gives_the_susceptibility_of_palladium():
    found = observed(measured("magnetopy_Pd_std1.dat"), replace(MAGNETOPY, mass_error_mg=0.1))
    item = found["magnetism.chi_g"]
    assert item.value == pytest.approx(5.269e-6, rel=1e-3)
    assert found["magnetism.linearity"].value == "linear"
    assert "magnetism.chi_m" not in found.keys
    fixed = observed(measured("magnetopy_Pd_std1.dat"), replace(MAGNETOPY, moment="fixed"))
    assert fixed["magnetism.chi_g"].value == pytest.approx(item.value, rel=1e-4)
    molar = observed(measured("magnetopy_Pd_std1.dat"), replace(MAGNETOPY, molar_mass=106.42))[
        "magnetism.chi_m"
    ]
    assert molar.value == pytest.approx(5.269e-6 * 106.42, rel=1e-3)


def test_published_pairs_are_found_again():
    plain = observed(published("spinner_d-nit2.exp"), replace(TOLD, chi_dia=0.0, S1=0.5, S2=0.5))
    assert plain["magnetism.pair.J"].value == pytest.approx(-229.9, abs=0.9)
    assert plain["magnetism.pair.g"].value == pytest.approx(1.9844, abs=0.006)
    rich = observed(published("spinner_3d-nit2.exp"), replace(TOLD, chi_dia=0.0, S1=0.5, S2=0.5))
    assert rich["magnetism.pair.model"].value == "with theta"
    values = [rich[f"magnetism.pair.{name}"].value for name in ("g", "J", "theta", "rms")]
    assert values == pytest.approx([1.9855, -48.27, -24.73, 0.0041], rel=0.01)
    wrong = observed(published("spinner_manganese.exp"), replace(TOLD, chi_dia=0.0, S1=2.5, S2=0.5))
    assert wrong["magnetism.pair.verdict"].value == "rejected"
    assert "magnetism.pair.J" not in wrong.keys
    assert "magnetism.pair.g" not in wrong.keys


def test_empty_holder_is_taken_off():
    empty = measured("magnetopy_fc5.dat")
    sample = measured("magnetopy_fc11.dat")
    settings = replace(MAGNETOPY, named_K=(200.0,))
    plain, less = observed(sample, settings), observed(sample, settings, background=empty)
    ratio = _moment_by_field(empty, 200.0) / (10.1e-3 / 704.95)
    fall = plain["magnetism.200K.chiT"].value - less["magnetism.200K.chiT"].value
    assert fall == pytest.approx(200.0 * ratio, rel=0.01)
    with pytest.raises(SettingsError, match="a holder for a field sweep"):
        observed(measured("magnetopy_Pd_std1.dat"), settings, background=empty)


def _moment_by_field(recording, T):
    column = recording.column("DC Moment Free Ctr (emu)").values
    near = np.argmin(np.abs(recording.column("Temperature (K)").values - T))
    return column[near] / recording.column("Magnetic Field (Oe)").values[near]


def test_fit_parameters_are_refused_with_the_settings_that_serve():
    with pytest.raises(SpectrafitError, match="no fit parameter") as refusal:
        magnetism.observe({"sample": recorded()}, TOLD, {"pair.J": ParameterChange(start=-1.0)})
    assert "pair_free" in refusal.value.do
