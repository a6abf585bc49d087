"""Measurements of many scans: one decision for all, merged spectra, the same for any processes."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from line_study import STUDY, installed, line_text, write_study

from spectrafit import registry
from spectrafit.errors import StudyError
from spectrafit.fit.journal import Journal
from spectrafit.reporting.alerts import raised_alerts
from spectrafit.reporting.results import results_dict
from spectrafit.strict_json import json_text
from spectrafit.study import tasks
from spectrafit.study.load import load_study
from spectrafit.study.long_series import LONG_SERIES, SAMPLED
from spectrafit.study.rules import cross_mistakes
from spectrafit.study.run import run_study
from spectrafit.technique import InputSpec

# What the author of a plugin adds, so that it decides for a series and merges scans.
SERIES = {
    'InputSpec("sample", "the spectrum to be fitted", required=True)': (
        'InputSpec("sample", "the spectrum to be fitted", required=True, many=True)'
    ),
    '(sample,) = inputs_of(inputs, self.inputs, where=self.name)["sample"]': (
        'sample = _mean(inputs_of(inputs, self.inputs, where=self.name)["sample"])'
    ),
    "alerts: tuple[AlertSpec, ...] = (WEAK,)": "alerts: tuple[AlertSpec, ...] = (WEAK, DECIDED)",
    "from dataclasses import dataclass\n": "from dataclasses import dataclass, replace\n",
    "from spectrafit.recording import Recording\n": (
        "from spectrafit.recording import Recording, joint_origin\n"
    ),
    "    ParameterRow,\n": "    ParameterRow,\n    SeriesRecipe,\n",
    "\n@dataclass(frozen=True)\nclass Epr:": '''
DECIDED = AlertSpec("EPR-002", Level.G, "decided by {names}")


def _mean(samples):
    """Return one recording, the mean of several."""
    if len(samples) == 1:
        return samples[0]
    source, conditions = joint_origin(samples)
    columns = []
    for column in samples[0].columns:
        rows = np.array([one.column(column.name).values for one in samples])
        values = rows.mean(axis=0)
        if column.name == "sigma":
            values = np.sqrt((rows**2).sum(axis=0)) / len(rows)
        columns.append(replace(column, values=values))
    return replace(
        samples[0], name=source.name, columns=tuple(columns), source=source, conditions=conditions
    )


@dataclass(frozen=True)
class Epr:''',
    "    def example(self)": '''    @property
    def series_settings(self):
        """Those of a single scan."""
        return self.settings

    def series_recipe(self, samples, inputs, settings=None, parameters=None):
        """Return a cubic base for all, and who decided."""
        if settings.degree == 0:
            raise ZeroDivisionError("a fault of the plugin")
        names = " ".join(f"{one.name}@{one.conditions['T']:g}" for one in samples)
        return SeriesRecipe(
            replace(settings, degree=3), parameters or {}, (DECIDED.alert(names=names),)
        )

    def example(self)''',
}
MERGED = STUDY.replace('files = ["raw/*.dat"]', 'files = ["raw/*.dat"]\nmerge_by = ["T"]')


@pytest.fixture(scope="module", autouse=True)
def technique(tmp_path_factory):
    """Hold a technique that decides for a series and merges scans installed."""
    with installed(tmp_path_factory.mktemp("series-plugin"), SERIES):
        yield


@pytest.fixture(scope="module")
def text(technique):
    return line_text()


def outcome_of(path, **options):
    return run_study(load_study(path), **options)


def many(text, count=LONG_SERIES + 1):
    """Return the texts of scans at rising temperatures; the tenth is no spectrum."""
    texts = {f"s{n}_{n}K.dat": text for n in range(1, count + 1)}
    return texts | {"s10_10K.dat": "torn\n"}


def degree(result):
    return sum(name.startswith("base.c") for name in result.observables.fit.names) - 1


def test_more_than_twenty_files_are_fitted_as_nine_decide(tmp_path, text):
    outcome = outcome_of(write_study(tmp_path, many(text)))
    (alert,) = outcome.measurement_alerts["field"]
    decided = alert.text.removeprefix("decided by ").split()
    assert len(decided) == SAMPLED
    # the middle of each ninth of 21 files in natural order; where the middle is torn, its neighbour
    assert decided == [f"s{n}_{n}K.dat@{n}" for n in (1, 3, 6, 8, 11, 13, 15, 17, 20)]
    status = [result.status for result in outcome.results]
    assert status.count("done") == LONG_SERIES
    assert status[9] == "refused"
    assert {degree(one) for one in outcome.done} == {3}


def test_twenty_files_decide_for_themselves(tmp_path, text):
    outcome = outcome_of(write_study(tmp_path, many(text, LONG_SERIES)))
    assert not outcome.measurement_alerts
    assert {degree(one) for one in outcome.done} == {1}


def test_files_that_are_left_out_do_not_count(tmp_path, text):
    study = f'{STUDY}\n[[measurement.except]]\nfiles = "raw/s3_*"\nuse = false\nreason = "dump"\n'
    outcome = outcome_of(write_study(tmp_path, many(text), study))
    assert not outcome.measurement_alerts
    assert {degree(one) for one in outcome.done} == {1}


def test_what_an_exception_says_of_a_file_stands(tmp_path, text):
    study = (
        f'{STUDY}\n[[measurement.except]]\nfiles = "raw/s3_*"\nreason = "sloping"\n'
        "settings = { degree = 2 }\n"
        '[measurement.except.parameters]\n"line.fwhm" = { start = 4.0, fixed = true }\n'
    )
    outcome = outcome_of(write_study(tmp_path, many(text), study))
    found = {result.label: result for result in outcome.done}
    assert degree(found.pop("s3_3K")) == 2
    assert {degree(one) for one in found.values()} == {3}


def test_a_technique_that_cannot_decide_leaves_it_to_the_scans(tmp_path, text):
    study = STUDY + "[measurement.settings]\ndegree = 0\n"
    outcome = outcome_of(write_study(tmp_path, many(text), study))
    (alert,) = outcome.measurement_alerts["field"]
    assert alert.code == "RUN-011"
    assert "ZeroDivisionError" in alert.text
    assert len(outcome.done) == LONG_SERIES
    assert {degree(one) for one in outcome.done} == {0}


def test_nothing_depends_on_processes_or_the_journal(tmp_path, monkeypatch):
    """Every scan and every merged spectrum, changed parameters included, can be handed over."""

    def computed_here(*_):
        raise AssertionError("a task could not be handed to another process")

    texts = {f"s{n}_{8 + n % 2}K.dat": line_text(seed=n) for n in range(1, LONG_SERIES + 3)}
    changed = '[measurement.parameters]\n"line.center" = { start = 336.0 }\n'
    path = write_study(tmp_path, texts, MERGED + changed)
    plain = json_text(results_dict(outcome_of(path), folder=Path()))
    journal = Journal(tmp_path / "journal")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(tasks, "_result_of", computed_here)
        first = outcome_of(path, journal=journal, jobs=2)
    assert [one.scans for one in first.done] == [1] * len(texts) + [11, 11]
    again = outcome_of(path, journal=journal)
    assert again.reuse.kept == len(texts) + 2
    assert again.reuse.computed == 0
    for kept in (first, again):
        assert json_text(results_dict(kept, folder=Path())) == plain


def test_scans_of_equal_conditions_are_merged_and_told_apart(tmp_path):
    texts = {f"s{n}_{8 if n < 5 else 20}K.dat": line_text(seed=n) for n in range(1, 7)}
    texts["s9_30K.dat"] = line_text(seed=9)
    outcome = outcome_of(write_study(tmp_path, texts, MERGED))
    rows = [(one.label, one.scans, one.conditions["T"]) for one in outcome.results]
    assert [row[1] for row in rows] == [1] * 7 + [4, 2]
    assert rows[-2:] == [("merged-T-8", 4, 8.0), ("merged-T-20", 2, 20.0)]
    single, merged = outcome.results[0], outcome.results[-2]
    assert merged.file == "merged: 4 scans, T = 8 K"
    assert merged.source.name == "4 scans, T = 8 K"
    assert len(merged.source.sha256) == 64
    assert merged.source.simulated
    ratio = merged.observables["epr.area"].sigma / single.observables["epr.area"].sigma
    assert ratio == pytest.approx(0.5, rel=0.05)
    (alert,) = outcome.measurement_alerts["field"]
    assert alert.code == "RUN-012"
    assert "s9_30K.dat" in alert.text


def test_the_merged_source_follows_from_its_scans_and_their_order(tmp_path):
    sources = []
    for folder, seeds in (("one", (1, 2)), ("same", (1, 2)), ("other", (2, 1))):
        texts = {f"s{n}_8K.dat": line_text(seed=seed) for n, seed in enumerate(seeds)}
        outcome = outcome_of(write_study(tmp_path / folder, texts, MERGED))
        sources.append(outcome.results[-1].source.sha256)
    assert sources[0] == sources[1] != sources[2]


def test_refused_and_excepted_scans_are_in_no_merged_spectrum(tmp_path, text):
    study = (
        f'{MERGED}\n[[measurement.except]]\nfiles = "raw/c_*"\nreason = "sloping"\n'
        "settings = { degree = 2 }\n"
    )
    texts = {f"{name}_8K.dat": line_text(seed=i) for i, name in enumerate("abc")}
    outcome = outcome_of(write_study(tmp_path, texts | {"d_8K.dat": "torn\n"}, study))
    assert [one.scans for one in outcome.results] == [1, 1, 1, 1, 2]
    (alert,) = outcome.measurement_alerts["field"]
    assert "settings of their own" in alert.text
    assert "raw/c_8K.dat" in alert.text


def test_merged_rows_bear_the_measurements_name_where_two_could_be_meant(tmp_path, text):
    second = MERGED.split("[[measurement]]")[1].replace('"field"', '"again"')
    texts = {f"{name}_8K.dat": line_text(seed=i) for i, name in enumerate("ab")}
    outcome = outcome_of(write_study(tmp_path, texts, f"{MERGED}\n[[measurement]]{second}"))
    merged = [one.label for one in outcome.results if one.scans > 1]
    assert merged == ["field-merged-T-8", "again-merged-T-8"]


def test_a_condition_that_no_file_has_is_refused_before_anything_is_fitted(tmp_path, text):
    path = write_study(tmp_path, {"a_8K.dat": text}, MERGED.replace('["T"]', '["t"]'))
    told = []
    with pytest.raises(StudyError, match="no file has a condition") as caught:
        outcome_of(path, progress=lambda *words: told.append(words))
    assert "T" in str(caught.value)
    assert told == []


def test_an_alert_of_a_measurement_is_told_once_and_can_be_waived(tmp_path, text):
    study = f'{STUDY}\n[[waive]]\ncode = "EPR-002"\nreason = "known"\nmeasurement = "field"\n'
    outcome = outcome_of(write_study(tmp_path, many(text), study))
    (raised,) = [one for one in raised_alerts(outcome) if one.alert.code == "EPR-002"]
    assert (raised.measurement, raised.label, raised.waived) == ("field", "", "known")
    assert raised.alert in outcome.all_alerts


def test_a_technique_of_single_scans_merges_none():
    single = replace(registry.technique("epr"), inputs=(InputSpec("sample", "a scan", True),))
    document = tomllib.loads(MERGED)
    assert list(cross_mistakes(document, {"epr": registry.technique("epr")}, ())) == []
    (mistake,) = cross_mistakes(document, {"epr": single}, ())
    assert mistake.steps == ("measurement", 0, "merge_by")
    assert "it merges none" in mistake.what


def test_few_scans_are_neither_merged_nor_decided_for(tmp_path, text):
    outcome = outcome_of(write_study(tmp_path, {"a_8K.dat": text, "b_8K.dat": text}))
    assert [one.scans for one in outcome.results] == [1, 1]
    assert outcome.measurement_alerts == {}
