"""The run of a study: one bad file never stops the others, and nothing depends on the processes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from line_study import AREA, STUDY, TRUTH, installed, line_text, write_study

from spectrafit.errors import StudyError
from spectrafit.reference import root
from spectrafit.reporting.alerts import raised_alerts
from spectrafit.reporting.results import results_dict
from spectrafit.strict_json import json_text
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study

# What third parties' code may do to a run, by the name of the file.
FRAGILE = {
    "        chosen = checked_settings(": """\
        import multiprocessing
        import os

        (whole,) = inputs_of(inputs, self.inputs, where=self.name)["sample"]
        print("the chatter of a plugin")
        if whole.name.startswith("fault"):
            raise ZeroDivisionError("a fault of the plugin")
        if whole.name.startswith("dies") and multiprocessing.parent_process() is not None:
            os._exit(1)
        chosen = checked_settings(""",
    "        return self._observables(sample, spectrum, model, result)": """\
        found = self._observables(sample, spectrum, model, result)
        if whole.name.startswith("stays"):
            found = replace(found, alerts=(replace(WEAK.alert(ratio="1"), do=_Stays("here")),))
        return found""",
    "from dataclasses import dataclass\n": "from dataclasses import dataclass, replace\n",
    "def _roles(": """\
class _Stays(str):
    def __reduce__(self):
        raise TypeError("cannot be handed to another process")


def _roles(""",
}


@pytest.fixture(scope="module", autouse=True)
def technique(tmp_path_factory):
    """Hold the cheap technique, with the faults of a bad plugin, installed."""
    with installed(tmp_path_factory.mktemp("plugin"), FRAGILE):
        yield


@pytest.fixture(scope="module")
def text(technique):
    return line_text()


def outcome_of(path, **options):
    return run_study(load_study(path), **options)


def plain_results(outcome):
    return json_text(results_dict(outcome, folder=Path()))


def by_file(outcome):
    return {Path(result.file).name: result for result in outcome.results}


def test_files_come_in_natural_order_under_their_stems(tmp_path, text):
    path = write_study(tmp_path, {f"s{n}_{n}K.dat": text for n in (10, 2, 100)})
    outcome = outcome_of(path)
    assert [result.label for result in outcome.results] == ["s2_2K", "s10_10K", "s100_100K"]
    assert [result.conditions["T"] for result in outcome.results] == [2.0, 10.0, 100.0]
    assert outcome.study_file == path
    assert outcome.simulated
    assert outcome.versions["spectrafit-epr"] == "0.1.0"


def test_refused_files_never_stop_the_others(tmp_path, text):
    texts = {
        "a_8K.dat": text,
        "b_9K.dat": "",
        "c_10K.dat": "no numbers at all\n",
        "d_11K.dat": text.replace("# field(mT) signal sigma", "# wavelength(nm) signal sigma"),
        "e.dat": text,
        "fault_12K.dat": text,
        "g_13K.dat": text,
    }
    outcome = outcome_of(write_study(tmp_path, texts))
    status = {name: result.status for name, result in by_file(outcome).items()}
    assert [name for name, word in status.items() if word == "done"] == ["a_8K.dat", "g_13K.dat"]
    assert set(status.values()) == {"done", "refused"}
    for result in outcome.results:
        if result.status == "refused":
            assert result.why
            assert [alert.code for alert in result.alerts] == ["RUN-002"]
            assert result.observables is None
    assert "empty" in by_file(outcome)["b_9K.dat"].why
    assert '"_{}K" is not in the name e.dat' in by_file(outcome)["e.dat"].why
    # what was read keeps its checksum, though it was refused afterwards
    assert len(by_file(outcome)["e.dat"].source.sha256) == 64


def test_a_fault_of_a_technique_is_told_as_one(tmp_path, text):
    (result,) = outcome_of(write_study(tmp_path, {"fault_8K.dat": text})).results
    assert result.status == "refused"
    assert "the technique epr failed: ZeroDivisionError: a fault of the plugin" in result.why
    assert "technique.py:" in result.why
    assert "report it to its authors" in result.why


def test_a_file_is_left_out_for_a_written_reason(tmp_path, text):
    study = (
        f'{STUDY}\n[[measurement.except]]\nfiles = "raw/b*"\nuse = false\nreason = "beam dump"\n'
    )
    outcome = outcome_of(write_study(tmp_path, {"a_8K.dat": text, "b_9K.dat": text}, study))
    kept, left = outcome.results
    assert (kept.status, left.status, left.why) == ("done", "left out", "beam dump")
    assert left.observables is None


def test_an_exception_changes_its_files_only(tmp_path, text):
    study = (
        f'{STUDY}\n[[measurement.except]]\nfiles = "raw/b*"\nreason = "drift above"\n'
        "settings = { window_mT = [328.0, 344.0] }\n"
        '[measurement.except.parameters]\n"line.fwhm" = { start = 4.0, fixed = true }\n'
    )
    outcome = outcome_of(write_study(tmp_path, {"a_8K.dat": text, "b_9K.dat": text}, study))
    a, b = (result.observables.fit for result in outcome.results)
    assert a.ndata > b.ndata
    assert a.sigma_reason("line.fwhm") == ""
    assert b.sigma_reason("line.fwhm") == "fixed"


def test_parameters_of_the_study_hold_for_every_file(tmp_path, text):
    study = (
        f'{STUDY}\n[measurement.parameters]\n"line.center" = {{ start = 336.0, fixed = true }}\n'
    )
    outcome = outcome_of(write_study(tmp_path, {"a_8K.dat": text, "b_9K.dat": text}, study))
    for result in outcome.results:
        assert result.observables.fit.value("line.center") == 336.0


def test_a_waiver_keeps_the_alert_and_its_reason(tmp_path):
    study = f'{STUDY}\n[[waive]]\ncode = "EPR-001"\nreason = "a blank"\nmeasurement = "field"\n'
    outcome = outcome_of(write_study(tmp_path, {"blank_8K.dat": line_text(0.02)}, study))
    waived = [one for one in raised_alerts(outcome) if one.alert.code == "EPR-001"]
    assert [one.waived for one in waived] == ["a blank"]
    assert outcome.waiver_reason("EPR-001", "another") == ""


def test_progress_is_told_after_each_file(tmp_path, text):
    told = []
    path = write_study(tmp_path, {"a_8K.dat": text, "b_9K.dat": "bad"})
    outcome_of(path, progress=lambda *words: told.append(words))
    assert told == [(1, 2, "raw/a_8K.dat"), (2, 2, "raw/b_9K.dat")]


def test_two_processes_give_the_same_as_one_and_print_nothing(tmp_path, text, capfd):
    texts = {"a_8K.dat": text, "b_9K.dat": "bad", "stays_10K.dat": text, "d_11K.dat": line_text(3)}
    path = write_study(tmp_path, texts)
    two = outcome_of(path, jobs=2)
    # the one that cannot be handed over is computed here
    assert capfd.readouterr().out.count("chatter") == 1
    one = outcome_of(path, jobs=1)
    assert [result.status for result in one.results] == ["done", "refused", "done", "done"]
    assert plain_results(one) == plain_results(two)


def test_a_worker_that_dies_takes_no_other_result_with_it(tmp_path, text):
    names = ["a_8K.dat", "b_9K.dat", "dies_10K.dat", "e_11K.dat"]
    outcome = outcome_of(write_study(tmp_path, dict.fromkeys(names, text)), jobs=2)
    assert len(outcome.results) == 4
    for result in outcome.results:
        assert result.status == "done" or "the process that worked on it has ended" in result.why


HOSTILE = [
    "<script>alert(1)<-script>_8K.dat",
    "=cmd_9K.dat",
    "-rf_10K.dat",
    "a b  c_11K.dat",
    "[x]*?_12K.dat",
    "鉄_13K.dat",
    f"{'x' * 200}_14K.dat",
    "$(touch y)_15K.dat",
    "nul_16K.dat",
    "x...,_17K.dat",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_hostile_names_are_files_like_others(tmp_path, text):
    path = write_study(tmp_path, dict.fromkeys(HOSTILE, text))
    outcome = outcome_of(path)
    assert {result.status for result in outcome.results} == {"done"}
    assert {Path(result.file).name for result in outcome.results} == set(HOSTILE)
    labels = [result.label for result in outcome.results]
    assert len(set(labels)) == len(HOSTILE)
    for label in labels:
        assert not set(label) & set('<>:"/\\|?*$() ')
        assert not label.startswith((".", "-", "="))
        assert len(label) <= 80


def test_equal_stems_are_told_apart_by_their_measurement(tmp_path, text):
    second = STUDY.split("[[measurement]]")[1].replace('"field"', '"again"')
    study = f"{STUDY}\n[[measurement]]{second}"
    outcome = outcome_of(write_study(tmp_path, {"a_8K.dat": text, "b_9K.dat": text}, study))
    assert [result.label for result in outcome.results] == [
        "field-a_8K",
        "field-b_9K",
        "again-a_8K",
        "again-b_9K",
    ]


def test_stems_that_differ_in_case_only_stay_two_files_everywhere(tmp_path, text):
    names = ["A_8K.dat", "a_8K.txt"]
    study = STUDY.replace("raw/*.dat", "raw/*")
    outcome = outcome_of(write_study(tmp_path, dict.fromkeys(names, text), study))
    assert len({result.label.lower() for result in outcome.results}) == 2


@pytest.mark.parametrize("glob", ["../other/*.dat", "/etc/*", "C:/x/*.dat"])
def test_a_study_that_leaves_its_folder_is_refused(tmp_path, text, glob):
    path = write_study(tmp_path / "own", {"a_8K.dat": text}, STUDY.replace("raw/*.dat", glob))
    write_study(tmp_path / "other", {"b_9K.dat": text})
    with pytest.raises(StudyError, match="allow_outside"):
        outcome_of(path)


def test_a_link_that_leaves_the_folder_is_refused(tmp_path, text):
    path = write_study(tmp_path / "own", {"a_8K.dat": text})
    outside = tmp_path / "secret_9K.dat"
    outside.write_text(text, encoding="utf-8")
    try:
        (tmp_path / "own" / "raw" / "b_9K.dat").symlink_to(outside)
    except OSError:
        pytest.skip("no symbolic links here")
    with pytest.raises(StudyError, match="symbolic link"):
        outcome_of(path)
    path.write_text(STUDY.replace("[study]", "[study]\nallow_outside = true"), encoding="utf-8")
    assert len(outcome_of(path).results) == 2


def truth_study(folder, heights, truth=TRUTH):
    """Write a study of lines with a declared truth."""
    texts = {f"s_{T}K.dat": line_text(h, seed) for seed, (T, h) in enumerate(heights.items())}
    study = STUDY.replace("[study]", '[study]\ntruth = "truth.toml"')
    path = write_study(folder, texts, study)
    (folder / "truth.toml").write_text(truth, encoding="utf-8")
    return path


def test_values_stand_beside_the_declared_truth(tmp_path):
    outcome = outcome_of(truth_study(tmp_path, {8: 1.5, 20: 2.0}))
    assert [row.observable.key for row in outcome.truth] == ["epr.area", "epr.area"]
    for row, height in zip(outcome.truth, (1.5, 2.0), strict=True):
        assert row.truth == pytest.approx(AREA * height, rel=1e-6)
        assert row.pull == (row.observable.value - row.truth) / row.observable.sigma
        assert abs(row.pull) < 4
    assert not any("declared truth" in line for line in outcome.checks_not_performed)


def test_a_temperature_without_declared_populations_is_told_not_guessed(tmp_path):
    outcome = outcome_of(truth_study(tmp_path, {8: 1.5, 15: 2.0}))
    assert [row.label for row in outcome.truth] == ["s_8K"]
    assert [result.status for result in outcome.results] == ["done", "done"]
    (line,) = [line for line in outcome.checks_not_performed if "declared truth" in line]
    assert "epr.area" in line
    assert "15 K" in line


def test_a_key_that_does_not_add_is_not_compared(tmp_path):
    truth = TRUTH + '[member."epr.position"]\nA = 336.0\nB = 336.0\nunit = "mT"\n'
    outcome = outcome_of(truth_study(tmp_path, {8: 1.5}, truth))
    assert [row.observable.key for row in outcome.truth] == ["epr.area"]
    assert any("does not add over states" in line for line in outcome.checks_not_performed)


def test_a_faulty_truth_is_told_before_anything_is_fitted(tmp_path):
    path = truth_study(tmp_path, {8: 1.5}, TRUTH.replace("x = [0.75, 0.25]", "x = [0.75, 0.35]"))
    told = []
    with pytest.raises(StudyError, match="sum to 1"):
        outcome_of(path, progress=lambda *words: told.append(words))
    assert told == []


XANES = """
[study]
name = "foil"

[[measurement]]
name = "foil"
technique = "xanes"
role = "calibration"
files = ["raw/foil*.dat"]

[[measurement]]
name = "scan"
technique = "xanes"
files = ["raw/scan.dat"]
uses = { calibration = "foil" }
[measurement.settings]
foil_eV = 7111.2
peaks = 1
method_spread = false
"""


def shipped(name):
    return (root() / "feco" / "raw" / name).read_text(encoding="utf-8")


def test_files_without_a_usable_foil_are_refused_with_the_foils_fault(tmp_path):
    texts = {"foil1.dat": "torn\n", "foil2.dat": "", "scan.dat": shipped("xanes_fe_008K.dat")}
    outcome = outcome_of(write_study(tmp_path, texts, XANES))
    assert {result.status for result in outcome.results} == {"refused"}
    scan = by_file(outcome)["scan.dat"]
    assert "no usable calibration in foil" in scan.why
    assert "foil2.dat: the file is empty" in scan.why


def test_one_broken_foil_of_two_is_told_and_the_other_serves(tmp_path):
    texts = {
        "foil1.dat": "",
        "foil2.dat": shipped("foil_fe_before.dat"),
        "scan.dat": shipped("xanes_fe_008K.dat"),
    }
    outcome = outcome_of(write_study(tmp_path, texts, XANES))
    status = {name: result.status for name, result in by_file(outcome).items()}
    assert status == {"foil1.dat": "refused", "foil2.dat": "done", "scan.dat": "done"}
    foil = by_file(outcome)["foil2.dat"]
    assert foil.observables is None
    assert foil.source.simulated


def test_results_name_the_study_relative_to_their_folder(tmp_path, text):
    outcome = outcome_of(write_study(tmp_path / "own", {"a_8K.dat": text}))
    file = results_dict(outcome, folder=tmp_path / "results")["study"]["file"]
    assert file == "../own/study.toml"
    assert results_dict(replace(outcome, study_file=None))["study"]["file"] == ""
