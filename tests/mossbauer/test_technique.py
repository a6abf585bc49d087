"""From raw counts to isomer shift and splitting, and what is refused or withheld, as a user sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.observable import Kind
from spectrafit.recording import Recording
from spectrafit_mossbauer.readers.wissel import wissel_reader
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.simulate import MossbauerSimulation, simulated_run
from spectrafit_mossbauer.technique import mossbauer

IRON = MossbauerSimulation(absorber="alpha-Fe", date="2024-03-01T09:00:00")
SAMPLE = MossbauerSimulation(T_K=120.0, date="2024-03-02T09:00:00")
ORIENTED = MossbauerSettings(orientation=1)


def recorded(settings: MossbauerSimulation, name: str, seed: int = 1) -> Recording:
    text = simulated_run(settings, seed).encode("utf-8")
    return wissel_reader.recordings(text, Path(name))[0]


@pytest.fixture(scope="module")
def iron() -> Recording:
    return recorded(IRON, "alphaFe.ws5", 99)


def observed(sample: Recording, iron: Recording, settings: MossbauerSettings = ORIENTED):
    return mossbauer.observe({"sample": sample, "calibration": iron}, settings)


def codes(found) -> set[str]:
    return {alert.code for alert in found.alerts}


def test_shift_and_splitting_with_counts_and_calibration_in_the_budget(iron: Recording) -> None:
    found = observed(recorded(SAMPLE, "120K.ws5"), iron)
    shift, splitting = found["mossbauer.IS"], found["mossbauer.QS"]
    assert set(shift.budget) == {"counts", "calibration"}
    assert shift.sigma == pytest.approx(np.hypot(*shift.budget.values()))
    assert abs(splitting.value - 1.8) < 4 * splitting.sigma
    assert shift.conventions["IS_reference"] == "alpha-Fe, room temperature"
    assert shift.conventions["alpha_Fe_convention"] == "A"
    assert shift.conditions["T"] == 120.0
    place = [found.covariance_keys.index(key) for key in ("mossbauer.IS", "mossbauer.QS")]
    diagonal = np.sqrt(np.diag(found.covariance)[place])
    assert diagonal == pytest.approx([shift.sigma, splitting.sigma])


def test_pulls_of_many_draws_are_those_of_the_stated_errors(iron: Recording) -> None:
    from spectrafit.laws import second_order_doppler

    truth = 0.7 + float(second_order_doppler(120.0, SAMPLE.theta_D_K).value)
    triangle = replace(ORIENTED, drive="triangle")  # as found, without the fits of a sine
    pulls = []
    for seed in range(24):
        # an alpha-iron run of its own for each: its errors are part of the budget
        run = recorded(IRON, "fe.ws5", 500 + seed)
        found = observed(recorded(SAMPLE, "s.ws5", seed), run, triangle)
        for key, expected in (("mossbauer.IS", truth), ("mossbauer.QS", 1.8)):
            pulls.append((found[key].value - expected) / found[key].sigma)
    pulls = np.reshape(pulls, (24, 2))
    assert (np.abs(pulls.mean(axis=0)) < 0.5).all()
    assert ((pulls.std(axis=0) > 0.7) & (pulls.std(axis=0) < 1.3)).all()


def test_without_a_calibration_the_line_to_type_is_the_answer() -> None:
    with pytest.raises(SettingsError, match="velocity_uncalibrated") as caught:
        mossbauer.observe({"sample": recorded(SAMPLE, "120K.ws5")}, ORIENTED)
    assert "--calibration" in str(caught.value)


def test_undeclared_orientation_is_an_alert_that_forbids_quoting(iron: Recording) -> None:
    found = observed(recorded(SAMPLE, "120K.ws5"), iron, MossbauerSettings())
    (alert,) = [alert for alert in found.alerts if alert.code == "MOS-100"]
    assert alert.level == "A"
    assert "--set orientation=1" in alert.do
    assert found["mossbauer.IS"].conventions["orientation"] == "undeclared"


def test_the_other_orientation_turns_the_sign_and_contradicts_the_source(iron: Recording) -> None:
    sample = recorded(SAMPLE, "120K.ws5")
    right = observed(sample, iron)
    wrong = observed(sample, iron, MossbauerSettings(orientation=-1, source="57Co/Rh"))
    assert wrong["mossbauer.IS"].value == pytest.approx(-right["mossbauer.IS"].value, abs=1e-3)
    assert wrong["mossbauer.QS"].value == pytest.approx(right["mossbauer.QS"].value, abs=1e-3)
    assert "MOS-101" in codes(wrong)
    assert "MOS-101" not in codes(right)


def test_a_shift_is_carried_with_the_range_of_theta_in_its_budget(iron: Recording) -> None:
    settings = replace(ORIENTED, theta_K=(150.0, 210.0), T_ref_K=300.0)
    found = observed(recorded(SAMPLE, "120K.ws5"), iron, settings)
    raw, carried = found["mossbauer.IS"], found["mossbauer.IS_ref"]
    assert carried.value < raw.value - 0.1
    assert carried.budget["theta"] > 0
    assert carried.sigma > raw.sigma


def test_no_absorption_gives_no_numbers_but_the_area(iron: Recording) -> None:
    found = observed(recorded(replace(SAMPLE, area_mm_s=1e-5), "empty.ws5"), iron)
    assert "MOS-102" in codes(found)
    assert not {"mossbauer.IS", "mossbauer.QS"} & set(found.keys)
    assert found["mossbauer.verdict"].value.startswith("no_resonance")


def test_a_single_line_gives_no_splitting_and_its_upper_limit(iron: Recording) -> None:
    single = replace(SAMPLE, splittings_mm_s=(0.0,))
    found = observed(recorded(single, "single.ws5"), iron)
    (alert,) = [alert for alert in found.alerts if alert.code == "MOS-103"]
    assert "below" in alert.text
    assert "mossbauer.QS" not in found.keys
    assert "mossbauer.IS" in found.keys


def test_a_sextet_fitted_as_a_doublet_is_not_paramagnetic(iron: Recording) -> None:
    magnetic = recorded(replace(IRON, label="magnet"), "magnet.ws5", 5)
    found = observed(magnetic, iron)
    assert found["mossbauer.verdict"].value.startswith("not_paramagnetic")
    assert "mossbauer.QS" not in found.keys
    six = observed(magnetic, iron, replace(ORIENTED, sites=("sextet",)))
    assert six["mossbauer.B"].value == pytest.approx(33.04, abs=0.05)


def test_runs_are_summed_and_a_snapshot_is_refused(iron: Recording) -> None:
    first, second = (recorded(SAMPLE, f"run{i}.ws5", i) for i in (1, 2))
    both = mossbauer.observe({"sample": (first, second), "calibration": iron}, ORIENTED)
    one = observed(first, iron)
    assert both["mossbauer.IS"].budget["counts"] == pytest.approx(
        one["mossbauer.IS"].budget["counts"] / np.sqrt(2), rel=0.1
    )
    counts = first.column("counts").values + second.column("counts").values
    later = replace(
        second,
        columns=tuple(
            replace(column, values=counts) if column.name == "counts" else column
            for column in second.columns
        ),
    )
    with pytest.raises(SettingsError, match="snapshots of one run"):
        mossbauer.observe({"sample": (first, later), "calibration": iron}, ORIENTED)


def test_the_verdict_is_a_category_with_conditions(iron: Recording) -> None:
    item = observed(recorded(SAMPLE, "120K.ws5"), iron)["mossbauer.verdict"]
    assert item.kind is Kind.CATEGORY
    assert item.value == "as modelled"


def test_a_measured_non_resonant_share_gives_the_thickness(iron: Recording) -> None:
    sample = recorded(SAMPLE, "120K.ws5")
    thin = observed(sample, iron)
    thick = observed(sample, iron, replace(ORIENTED, non_resonant=0.3))
    assert not {"mossbauer.t_a", "mossbauer.thick_IS"} & set(thin.keys)
    assert 0.0 < thick["mossbauer.t_a"].value < 1.0  # the simulated absorber is thin
    both = (thick["mossbauer.thick_IS"].value, thin["mossbauer.IS"].value)
    assert both[0] == pytest.approx(both[1], abs=2 * thin["mossbauer.IS"].sigma)
    assert "0.3" in thick["mossbauer.t_a"].conventions["absorber"]
    with pytest.raises(SettingsError, match="one doublet"):
        observed(sample, iron, replace(ORIENTED, non_resonant=0.3, sites=("singlet",)))


def test_parameters_can_be_held_and_bounded(iron: Recording) -> None:
    from spectrafit.fit.parameters import ParameterChange

    given = {"sample": recorded(SAMPLE, "120K.ws5"), "calibration": iron}
    held = {"site1.splitting": ParameterChange(start=1.75, fixed=True)}
    found = mossbauer.observe(given, ORIENTED, held)
    assert found["mossbauer.QS"].value == 1.75
    assert found["mossbauer.QS"].sigma is None
    with pytest.raises(SettingsError, match="splitting"):
        mossbauer.observe(given, ORIENTED, {"site1.spliting": ParameterChange(fixed=True)})


def test_a_site_that_is_not_there_has_no_shift_and_what_tells_sites_apart_comes_first(
    iron: Recording,
) -> None:
    sample = recorded(SAMPLE, "120K.ws5")
    found = observed(sample, iron, replace(ORIENTED, sites=("doublet", "singlet")))
    (alert,) = [alert for alert in found.alerts if alert.code == "MOS-102"]
    absent = "site1" if "of site1" in alert.text else "site2"
    present = "site2" if absent == "site1" else "site1"
    assert f"mossbauer.{absent}.IS" not in found.keys
    assert found.keys[0] == f"mossbauer.{present}.IS"
    place = found.covariance_keys.index(f"mossbauer.{present}.IS")
    sigma = found[f"mossbauer.{present}.IS"].sigma
    assert np.sqrt(found.covariance[place, place]) == pytest.approx(sigma)


def test_a_reference_of_known_shift_tells_the_orientation(iron: Recording) -> None:
    known = recorded(replace(SAMPLE, isomer_shifts_mm_s=(1.2,), area_mm_s=0.1), "known.ws5", 7)
    given = {"sample": recorded(SAMPLE, "120K.ws5"), "calibration": iron, "reference": known}
    found = mossbauer.observe(given, MossbauerSettings(reference_IS=1.15))
    assert found["mossbauer.IS"].conventions["orientation"] == 1
    assert "MOS-100" not in codes(found)
    turned = mossbauer.observe(given, MossbauerSettings(reference_IS=-1.15))
    assert turned["mossbauer.IS"].conventions["orientation"] == -1
    with pytest.raises(SettingsError, match="reference_IS"):
        mossbauer.observe(given, MossbauerSettings())
    with pytest.raises(SettingsError, match="declared as -1, the reference says 1"):
        mossbauer.observe(given, MossbauerSettings(orientation=-1, reference_IS=1.15))


def test_shares_of_the_iron_are_areas_over_recoil_free_fractions(iron: Recording) -> None:
    from spectrafit.laws import recoil_free_fraction

    one = recorded(SAMPLE, "a_120K.ws5", 3)
    other = recorded(
        replace(SAMPLE, isomer_shifts_mm_s=(0.2,), splittings_mm_s=(0.6,), area_mm_s=0.08),
        "b.ws5",
        4,
    )
    both = mossbauer.observe(
        {"sample": (one, replace(other, conditions=one.conditions)), "calibration": iron},
        replace(ORIENTED, sites=("doublet", "doublet"), site_theta_K=(150.0, 200.0)),
    )
    areas = [both[f"mossbauer.site{i}.area"].value for i in (1, 2)]
    f = [float(recoil_free_fraction(120.0, theta).value) for theta in (150.0, 200.0)]
    amounts = np.divide(areas, f)
    share = both["mossbauer.site1.fraction_f"]
    assert share.value == pytest.approx(amounts[0] / amounts.sum())
    assert share.value != pytest.approx(both["mossbauer.site1.fraction"].value, abs=0.02)
    # equal recoil-free fractions leave the shares of the absorption, and their errors
    equal = mossbauer.observe(
        {"sample": (one, replace(other, conditions=one.conditions)), "calibration": iron},
        replace(ORIENTED, sites=("doublet", "doublet"), site_theta_K=(150.0, 150.0)),
    )
    plain, divided = (equal[f"mossbauer.site1.{key}"] for key in ("fraction", "fraction_f"))
    assert divided.value == pytest.approx(plain.value)
    assert divided.sigma == pytest.approx(plain.sigma)
    with pytest.raises(SettingsError, match="1 Debye temperatures for 2 sites"):
        mossbauer.observe(
            {"sample": (one, replace(other, conditions=one.conditions)), "calibration": iron},
            replace(ORIENTED, sites=("doublet", "doublet"), site_theta_K=(150.0,)),
        )
