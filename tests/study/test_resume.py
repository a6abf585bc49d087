"""A run goes on where the last one stopped, computes only what has changed, and says the same."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from line_study import STUDY, installed, line_text, write_study

from spectrafit import code_digest, executor
from spectrafit.code_digest import package_digest
from spectrafit.errors import StudyError
from spectrafit.fit.journal import Journal
from spectrafit.reporting.results import results_dict
from spectrafit.reporting.write import write_report
from spectrafit.strict_json import json_text
from spectrafit.study import resume, tasks
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study

# The cheap technique with a second input and a decision for long series.
CHANGES = {
    '        InputSpec("sample", "the spectrum to be fitted", required=True),\n': """\
        InputSpec("sample", "the spectrum to be fitted", required=True),
        InputSpec("reference", "a spectrum to compare with"),
""",
    "    def example(self)": '''\
    series_settings = property(lambda self: self.settings)

    def series_recipe(self, samples, inputs, settings=None, parameters=None):
        """Return one start for all."""
        alert = WEAK.alert(ratio=f"{len(samples)} scans")
        starts = {**(parameters or {}), "line.fwhm": ParameterChange(start=4.0)}
        return SeriesRecipe(settings or self.settings(), starts, (alert,))

    def example(self)''',
    "    ParameterRow,\n": "    ParameterRow,\n    SeriesRecipe,\n",
}
NAMES = ("a_8K.dat", "b_9K.dat", "c_10K.dat", "d_11K.dat")


@pytest.fixture(scope="module", autouse=True)
def plugin(tmp_path_factory):
    """Hold the technique installed; return the folder it is installed in."""
    with installed(tmp_path_factory.mktemp("plugin"), CHANGES) as site:
        yield site


@pytest.fixture
def texts(plugin):
    return {name: line_text(seed=seed) for seed, name in enumerate(NAMES)}


@pytest.fixture
def study(tmp_path, texts):
    return write_study(tmp_path, texts)


@pytest.fixture
def fitted(monkeypatch):
    """Return the list of files that are fitted from now on, in this process."""
    names = []
    real = tasks._results_of

    def noted(task):
        names.append(Path(task.file).name)
        return real(task)

    monkeypatch.setattr(tasks, "_results_of", noted)
    return names


def run(path, *, fresh=False, **options):
    journal = Journal(path.parent / "out" / "journal", fresh=fresh)
    return run_study(load_study(path), journal=journal, **options)


def said(outcome):
    return json_text(results_dict(outcome, folder=Path()))


def edited(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def written(outcome, folder):
    """Return every file of a report by name."""
    write_report(outcome, folder, written="2025-01-01T00:00:00+00:00")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_second_run_fits_nothing_and_says_the_same(study, fitted):
    first = run(study)
    assert fitted == list(NAMES)
    second = run(study)
    assert fitted == list(NAMES)
    assert str(second.reuse) == "4 of 4 files as before (journal), 0 computed"
    assert second.reuse.digest == first.reuse.digest
    assert said(first) == said(second) == said(run_study(load_study(study)))


def test_a_report_from_the_journal_has_the_same_bytes(tmp_path, texts):
    text = f'{STUDY}\n[report]\nfigures = "none"\n'
    study = write_study(tmp_path, {NAMES[0]: texts[NAMES[0]]}, text)
    first, second = (run(study) for _ in range(2))
    assert (first.reuse.computed, second.reuse.kept) == (1, 1)
    found = written(second, tmp_path / "two")
    assert written(first, tmp_path / "one") == found
    assert {"report.html", "results.json", "observables.csv"} < found.keys()


def test_two_processes_keep_what_one_finds_and_the_other_way_round(study):
    two = run(study, jobs=2)
    one = run(study)
    assert (two.reuse.computed, one.reuse.kept) == (4, 4)
    assert said(one) == said(two) == said(run(study, fresh=True))


def test_an_edited_file_is_fitted_again_and_no_other(study, fitted):
    run(study)
    fitted.clear()
    file = study.parent / "raw" / "b_9K.dat"
    file.write_text(line_text(3.0), encoding="utf-8")
    assert str(run(study).reuse) == "3 of 4 files as before (journal), 1 computed"
    assert fitted == ["b_9K.dat"]


def test_a_renamed_and_a_new_file_are_fitted(study, fitted):
    run(study)
    fitted.clear()
    raw = study.parent / "raw"
    (raw / "b_9K.dat").rename(raw / "e_9K.dat")
    shutil.copy(raw / "a_8K.dat", raw / "f_8K.dat")
    outcome = run(study)
    assert fitted == ["e_9K.dat", "f_8K.dat"]
    assert [result.file for result in outcome.results][-1] == "raw/f_8K.dat"


TWO = STUDY + STUDY.split("[study]")[1].split("\n\n", 1)[1].replace('"field"', '"again"')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('technique = "epr"', 'technique = "epr"\nsettings = { degree = 2 }'),
        (
            'technique = "epr"',
            'technique = "epr"\nparameters = { "line.fwhm" = { start = 4.1 } }',
        ),
        ('technique = "epr"', 'technique = "epr"\nreader = "columns"'),
        ('pattern = "_{}K", unit = "K"', 'value = 8, unit = "K"'),
    ],
)
def test_an_edited_measurement_is_fitted_again_and_no_other(tmp_path, texts, fitted, old, new):
    study = write_study(tmp_path, texts, TWO)
    run(study)
    assert len(fitted) == 8
    fitted.clear()
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert str(run(study).reuse) == "4 of 8 files as before (journal), 4 computed"
    # who goes back finds the old results
    study.write_text(text, encoding="utf-8")
    assert run(study).reuse.kept == 8


def test_an_exception_is_fitted_again_alone(study, fitted):
    run(study)
    fitted.clear()
    exception = '\n[[measurement.except]]\nfiles = "raw/c*"\nreason = "drift"\n'
    with study.open("a", encoding="utf-8") as stream:
        stream.write(f"{exception}settings = {{ degree = 2 }}\n")
    run(study)
    assert fitted == ["c_10K.dat"]


def test_what_no_fit_depends_on_changes_the_outcome_and_fits_nothing(study, fitted):
    first = run(study)
    fitted.clear()
    edited(study, 'title = "one line"', 'title = "two lines"')
    second = run(study)
    assert fitted == []
    assert second.reuse.digest != first.reuse.digest


def test_a_changed_reference_is_a_change_of_all_that_use_it(tmp_path, texts, fitted):
    uses = 'files = ["raw/*.dat"]\nuses = { reference = "blank" }'
    blank = '\n[[measurement]]\nname = "blank"\ntechnique = "epr"\nrole = "reference"\n'
    text = STUDY.replace('files = ["raw/*.dat"]', uses) + f'{blank}files = ["blank.dat"]\n'
    study = write_study(tmp_path, texts, text)
    (tmp_path / "blank.dat").write_text(line_text(1.0, 8), encoding="utf-8")
    run(study)
    assert len(fitted) == 4
    run(study)
    assert len(fitted) == 4
    (tmp_path / "blank.dat").write_text(line_text(1.0, 9), encoding="utf-8")
    assert run(study).reuse.computed == 4


def test_a_changed_table_of_conditions_is_read_again(tmp_path, texts, fitted):
    condition = 'table = "T.csv", column = "T_K", unit = "K"'
    study = write_study(tmp_path, texts, STUDY.replace('pattern = "_{}K", unit = "K"', condition))
    rows = "".join(f"{name},{T}\n" for T, name in enumerate(NAMES, 8))
    (tmp_path / "T.csv").write_text(f"file,T_K\n{rows}", encoding="utf-8")
    run(study)
    edited(tmp_path / "T.csv", "b_9K.dat,9", "b_9K.dat,19")
    found = {result.file: result.conditions["T"] for result in run(study).results}
    assert found["raw/b_9K.dat"] == 19.0


def test_a_moved_study_keeps_its_results(study, fitted, tmp_path_factory):
    run(study)
    fitted.clear()
    moved = tmp_path_factory.mktemp("moved") / "here"
    shutil.copytree(study.parent, moved)
    assert run(moved / "study.toml").reuse.kept == 4
    assert fitted == []


def test_what_is_refused_is_tried_in_every_run(study, fitted):
    (study.parent / "raw" / "b_9K.dat").write_text("torn", encoding="utf-8")
    first = run(study)
    fitted.clear()
    second = run(study)
    assert fitted == ["b_9K.dat"]
    assert str(second.reuse) == "3 of 4 files as before (journal), 0 computed, 1 refused"
    assert second.reuse.digest == first.reuse.digest


def test_no_process_is_started_for_what_was_refused_before(study, monkeypatch):
    (study.parent / "raw" / "b_9K.dat").write_text("torn", encoding="utf-8")
    (study.parent / "raw" / "c_10K.dat").write_text("torn", encoding="utf-8")
    first = run(study)
    monkeypatch.setattr(executor, "_done_in_pool", lambda *rest: pytest.fail("processes"))
    assert said(run(study, jobs=2)) == said(first)


def test_fresh_computes_everything_anew_and_keeps_it(study, fitted):
    run(study)
    run(study, fresh=True)
    assert len(fitted) == 8
    run(study)
    assert len(fitted) == 8


@pytest.mark.parametrize("after", [1, 3])
def test_a_run_that_the_user_stops_goes_on(study, fitted, after):
    def stop(done, total, text):
        if done == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(study, progress=stop)
    assert fitted == list(NAMES[:after])
    told = []
    outcome = run(study, progress=lambda *words: told.append(words))
    assert fitted == list(NAMES)
    assert told[0] == (after, 4, "")
    assert told[-1] == (4, 4, f"raw/{NAMES[-1]}")
    assert said(outcome) == said(run_study(load_study(study)))


def test_a_journal_cut_anywhere_gives_the_same_results(tmp_path, texts):
    study = write_study(tmp_path, {name: texts[name] for name in NAMES[:2]})
    whole = said(run(study))
    (file,) = (tmp_path / "out" / "journal").glob("*.jsonl")
    raw = file.read_bytes()
    for part in range(1, 20, 2):
        shutil.rmtree(file.parent)
        file.parent.mkdir()
        file.write_bytes(left := raw[: len(raw) * part // 20])
        outcome = run(study)
        assert said(outcome) == whole
        assert outcome.reuse.kept == max(0, left.count(b"\n") - 1)


def test_a_damaged_or_foreign_entry_is_computed_again_and_said(study, fitted, tmp_path):
    whole = said(run(study))
    (file,) = (tmp_path / "out" / "journal").glob("*.jsonl")
    lines = file.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"status":"done"', b'"status":"gone"')
    file.write_bytes(b"".join(lines))
    # an entry that is whole, but no result of this version
    key = lines[3][9:73].decode()
    foreign = Journal(file.parent)
    foreign.put(key, [{"measurement": "field"}])
    foreign.close()
    fitted.clear()
    outcome = run(study)
    assert fitted == [NAMES[1], NAMES[2]]
    assert said(outcome) == whole
    assert len(outcome.reuse.faults) == 2
    assert "checksum does not agree" in outcome.reuse.faults[0]
    assert "no results of files" in outcome.reuse.faults[1]
    assert run(study).reuse.faults == ()


def test_another_version_of_the_technique_takes_nothing_over(study, fitted, plugin, monkeypatch):
    module = plugin / "spectrafit_epr" / "technique.py"
    run(study)
    text = module.read_text(encoding="utf-8")
    try:
        module.write_text(f"{text}\n# an edited line\n", encoding="utf-8")
        # this process has loaded the old lines: it can neither trust nor feed the journal
        outcome = run(study)
        assert (outcome.reuse.kept, outcome.reuse.computed) == (0, 4)
        assert "files of spectrafit_epr have changed" in outcome.reuse.faults[0]
        # one that starts with the new ones computes everything
        monkeypatch.setattr(code_digest, "_FIRST", {})
        assert run(study).reuse.computed == 4
        assert run(study).reuse.kept == 4
    finally:
        module.write_text(text, encoding="utf-8")
    monkeypatch.setattr(code_digest, "_FIRST", {})
    assert run(study).reuse.kept == 4


def test_another_library_takes_nothing_over(study, monkeypatch):
    run(study)
    versions = (("numpy", "9.9"), ("python", "3.99"))
    monkeypatch.setattr("spectrafit.study.code_version.environment_versions", lambda _: versions)
    assert run(study).reuse.kept == 0


def test_results_that_cannot_be_written_exactly_are_computed_each_time(study, fitted, monkeypatch):
    real = tasks._result_of

    def odd(task, scans):
        result = real(task, scans)
        items = tuple(
            replace(item, conventions={"odd": object()}) for item in result.observables.items
        )
        return replace(result, observables=replace(result.observables, items=items))

    monkeypatch.setattr(tasks, "_result_of", odd)
    run(study)
    fitted.clear()
    outcome = run(study)
    assert fitted == list(NAMES)
    assert "results of epr cannot be kept" in outcome.reuse.faults[0]


def test_a_file_that_changes_while_it_is_fitted_is_not_kept(study, monkeypatch):
    real = tasks._results_of

    def disturbed(task):
        if task.file.endswith("b_9K.dat"):
            task.paths[0].write_text(line_text(3.0), encoding="utf-8")
        return real(task)

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "_results_of", disturbed)
        run(study)
    assert run(study).reuse.computed == 1


def test_a_study_that_cannot_be_followed_touches_no_journal(study):
    edited(study, "raw/*.dat", "nowhere/*.dat")
    with pytest.raises(StudyError):
        run(study)
    assert not (study.parent / "out").exists()


def test_what_is_decided_for_a_long_series_is_decided_once(tmp_path, plugin, monkeypatch):
    text = line_text()
    study = write_study(tmp_path, {f"s{n}_{n}K.dat": text for n in range(1, 22)})
    decided = []
    real = resume.recipe_of
    monkeypatch.setattr(resume, "recipe_of", lambda series: decided.append(1) or real(series))
    first = run(study)
    second = run(study)
    assert decided == [1]
    assert second.reuse.kept == 21
    assert said(first) == said(second)
    (alert,) = second.measurement_alerts["field"]
    assert "9 scans" in alert.text
    # one of the scans that decide is another: the decision is another, and all that follows
    edited(tmp_path / "raw" / "s1_1K.dat", "# ", "#  ")
    run(study)
    assert len(decided) == 2


@pytest.mark.skipif(os.name == "nt", reason="folders are not made read-only by their mode there")
def test_a_read_only_study_is_run_elsewhere(study, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    before = sorted(study.parent.rglob("*"))
    study.parent.chmod(0o500)
    try:
        for _ in range(2):
            outcome = run_study(load_study(study), journal=Journal(elsewhere / "journal"))
    finally:
        study.parent.chmod(0o700)
    assert outcome.reuse.kept == 4
    assert sorted(study.parent.rglob("*")) == before


def test_a_fit_depends_on_the_core_below_the_report_and_on_its_technique(monkeypatch):
    from spectrafit.study import code_version as module

    def codes(changed):
        real = package_digest
        monkeypatch.setattr(
            module,
            "package_digest",
            lambda name, apart=(): changed if (name, bool(apart)) == part else real(name, apart),
        )
        return module.code_version({"epr"})

    for part in (("spectrafit", True), ("spectrafit", False), ("spectrafit_epr", False)):
        one, other = codes("one"), codes("other")
        assert one.whole != other.whole
        # what is above the studies writes the report and computes nothing
        assert (one.computing == other.computing) is (part == ("spectrafit", False))
