"""The main job: the shipped study, from raw files to numbers that the declared truth confirms."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from spectrafit.cli.run import exit_code, summary_lines
from spectrafit.reference import root
from spectrafit.reporting.check import check_lines, stands
from spectrafit.reporting.figures import drawn_stems, figure_stems
from spectrafit.reporting.results import fit_json, results_dict, results_schema
from spectrafit.reporting.write import write_report
from spectrafit.strict_json import json_text, json_value
from spectrafit.study.schema import ReportOptions

pytestmark = pytest.mark.xdist_group("feco")


@pytest.fixture(scope="module")
def results(feco_outcome):
    return json_value(json_text(results_dict(feco_outcome)))


def test_every_file_is_done_and_says_that_it_is_simulated(feco_outcome):
    assert {result.status for result in feco_outcome.results} == {"done"}
    # X-ray absorption, Mössbauer, infrared, magnetometer, two currents, structures
    assert len(feco_outcome.results) == 12 + 21 + 21 + 1 + 2 + 8
    assert all(result.source.simulated for result in feco_outcome.results)
    assert feco_outcome.simulated


def test_the_declared_truth_is_found_again(feco_outcome):
    rows = {(row.observable.key, row.label): row for row in feco_outcome.truth}
    curves = 2 * 119 + 282 + 283  # chi T of both branches; p; dP, which is 0 at T0
    assert len(rows) == 8 + 3 * 20 + 8 * 21 + 4 * 8 + curves
    pulls = [row.pull for row in rows.values() if row.observable.key.startswith("mossbauer")]
    assert abs(sum(pulls) / len(pulls)) < 0.5
    assert 0.75 < (sum(pull**2 for pull in pulls) / len(pulls)) ** 0.5 < 1.25
    for row in rows.values():
        assert row.pull is not None
        assert abs(row.pull) < 3.5


def test_areas_rise_with_temperature_as_printed(feco_outcome):
    found = {
        row.label: row
        for row in feco_outcome.truth
        if row.observable.key == "xanes.fe.preedge.area"
    }
    assert found["xanes_fe_008K"].paper == 5.1
    assert found["xanes_fe_250K"].paper == 8.8
    low, high = (found[f"xanes_fe_{T}K"].observable for T in ("008", "250"))
    assert high.value - low.value > 3 * (low.sigma**2 + high.sigma**2) ** 0.5


def test_shifts_and_splittings_are_those_the_paper_prints(feco_outcome):
    """0.42 and 1.64 mm/s at 75 K, 0.69 and 1.83 at 125 K: the truth was made for them."""
    found = {(row.observable.key, row.label): row for row in feco_outcome.truth}
    for label, printed in {"075K": (0.42, 1.64), "125K": (0.69, 1.83)}.items():
        for key, value in zip(("mossbauer.IS", "mossbauer.QS"), printed, strict=True):
            row = found[key, f"mossbauer-{label}"]  # the infrared has files of these names too
            assert row.paper == value
            assert abs(row.observable.value - value) < 0.005


def test_the_mossbauer_series_is_told_as_a_whole(feco_outcome):
    series = feco_outcome.series[0]
    assert (series.measurement, series.status, len(series.scans)) == ("mossbauer", "done", 20)
    drawn = {chart.name for chart in series.observables.charts}
    assert {"stack", "trends"} <= drawn
    reference = series.observables["mossbauer.checklist.isomer_shift_reference"]
    assert "alpha-iron" in reference.value


def test_the_infrared_series_shows_the_step_and_no_enthalpy(feco_outcome):
    series = feco_outcome.series[1]
    assert (series.measurement, series.status, len(series.scans)) == ("ir", "done", 21)
    step = series.observables["ir.step"]
    assert step.low < 90.0 < step.high
    assert series.observables["ir.population_verdict"].value != "identified"
    assert {"ir.1329.presence", "ir.1556.presence", "ir.k_max"} <= set(series.observables.keys)


@pytest.mark.parametrize(
    ("key", "largest_mean", "most"),
    [
        ("magnetism.chiT", 0.5, 1.5),
        ("pyro.p", 0.5, 3.0),
        ("pyro.dP", 0.5, 1.5),
        ("structure.Fe-O", 1.0, 1.5),
        ("structure.Fe-N", 1.0, 1.5),
    ],
)
def test_curves_follow_the_declared_populations(feco_outcome, key, largest_mean, most):
    """Errors hold what all points of a curve share, so that the scatter is below them."""
    pulls = [row.pull for row in feco_outcome.truth if row.observable.key == key]
    mean = sum(pulls) / len(pulls)
    assert abs(mean) < largest_mean
    assert (sum(pull**2 for pull in pulls) / len(pulls)) ** 0.5 < most


def test_the_peak_the_plateau_and_the_reference_are_those_of_the_truth(feco_outcome):
    (current,) = [one for one in feco_outcome.results if one.measurement == "pyro"]
    found = current.observables
    assert abs(found["pyro.plateau_mean"].value - 3.73) < 0.3  # 5 % of the area
    assert abs(found["pyro.peak_T"].value - 90.0) < 1.0
    assert abs(found["pyro.I0"].value - 0.3) < 0.02
    assert found["pyro.ref_ratio"].high < 0.15
    rows = [row for row in feco_outcome.truth if row.observable.key == "pyro.dP"]
    at = [row.observable.conditions["T"] for row in rows]
    assert np.interp(250.0, at, [row.truth for row in rows]) == pytest.approx(0.9632, abs=0.001)
    assert np.interp(250.0, at, [row.observable.value for row in rows]) == pytest.approx(
        0.9632, abs=0.03
    )


def test_every_figure_of_a_measurement_of_one_file_is_in_the_report(feco_outcome):
    """The change of polarisation is what the current is measured for; of spectra one figure each."""
    drawn = drawn_stems(feco_outcome, figure_stems(feco_outcome))
    assert {"feco-p", "feco-dP", "feco-reference", "feco_5000Oe-slope"} <= drawn
    assert not {"structure-100K-shells", "znco-p"} & drawn


def test_a_typed_energy_without_an_error_is_silent(results):
    (gap,) = results["typed"]
    assert (gap["key"], gap["sigma"], gap["verdict"]) == ("dft.gap_LS", None, "silent")


def test_comparisons_agree_with_the_declared_truth(feco_outcome):
    """The Co edge does not change; HERFD follows x1, the same spectrum for the other two states."""
    edge, sharp = feco_outcome.comparisons
    assert (edge.status, sharp.status) == ("done", "done")
    truth = tomllib.loads((root() / "feco" / "truth.toml").read_text(encoding="utf-8"))
    x1 = {row["T"]: row["x"][0] for row in truth["population"]}
    change = (x1[250.0] - x1[135.0]) / (x1[8.0] - x1[250.0])
    areas = truth["member"]["herfd.fe.preedge.area"]
    declared = {
        "xanes.co.difference.250K.8K": {"shift": 0.0, "e_half": 0.0, "area": 0.0},
        "herfd.fe.difference.135K.250K": {
            "": change,
            "shift": 0.0,
            "area": (x1[250.0] - x1[135.0]) * (areas["FeIII_HS"] - areas["FeIII_LS"]),
        },
    }
    for one, (prefix, expected) in zip((edge, sharp), declared.items(), strict=True):
        for name, value in expected.items():
            found = one.observables[f"{prefix}.{name}" if name else prefix]
            assert abs(found.value - value) < 3 * found.sigma
        assert one.observables[f"{prefix}.verdict"].value != "different"
        assert one.observables[f"{prefix}.rms"].verdict == "equal within margin"
    population = sharp.observables["herfd.fe.difference.135K.250K"]
    assert 0 < population.conventions["smallest_detectable"] < 0.05


def test_nothing_stands_against_the_shipped_study(feco_outcome, results):
    assert exit_code(feco_outcome) == 0
    assert not stands(results)
    assert check_lines(results)[-1].startswith("verdict: clean")


def test_results_follow_the_schema_of_the_command_line(feco_outcome, results):
    jsonschema.validate(results, results_schema())
    printed = json_value(fit_json(feco_outcome))
    assert printed == {"schema": 1, "results": results["results"]}
    for row in printed["results"]:
        if row["observables"]:
            # bands of several windows, a curve, a structure are no single fit
            fitted = ("xanes", "herfd", "mossbauer")
            assert (row["bic"] is not None) == (row["technique"] in fitted)
            assert row["history"]


def test_the_summary_names_samples_and_what_serves_them(feco_outcome):
    lines = "\n".join(summary_lines(feco_outcome))
    assert lines.startswith("simulated data: nothing here is a measurement")
    for name in ("xanes_fe_008K", "herfd_fe_250K", "xanes_co_008K", "foil_fe_before"):
        assert name in lines
    assert lines.encode("cp1252", "strict")


def test_the_report_names_no_folder_of_this_machine(feco_outcome, tmp_path):
    study = replace(feco_outcome.study, report=ReportOptions(figures="none"))
    file = feco_outcome.study_file
    for path in write_report(replace(feco_outcome, study=study), tmp_path / "results"):
        if path.name != "results.json":  # it names the study relative to itself
            assert str(file.parent).encode() not in path.read_bytes()
