"""The conformance suite passes what is good and catches what is broken, by the right check."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from spectrafit.alert import Alert, AlertSpec, Level
from spectrafit.citation import Citation
from spectrafit.errors import ReadError, SettingsError, SpectrafitError
from spectrafit.history import HistoryEntry, Source, file_source
from spectrafit.methods import MethodsRule, MethodsSentence
from spectrafit.observable import Kind, Observable, ObservableClass, ObservableSpec, linear_mix
from spectrafit.panel import Chart, Panel, Trace
from spectrafit.recording import Column, Recording
from spectrafit.technique import (
    InputSpec,
    Observables,
    ParameterRow,
    Suitability,
    checked_settings,
    inputs_of,
)
from spectrafit.testing import FOREIGN_RECORDINGS, ReaderConformance, TechniqueConformance
from spectrafit.testing.judgement import is_product_of_units, is_unit

HEAD = "# drift log"


def meant(default, unit="1", **more):
    return field(default=default, metadata={"meaning": "what it is", "unit": unit, **more})


@dataclass(frozen=True)
class DriftSettings:
    scale: float = meant(1.0)


@dataclass(frozen=True)
class DriftSimulation:
    slope: float = meant(0.1)
    noise: float = meant(0.01, "V")


def drift_text(slope=0.1, noise=0.01, seed=1):
    t = np.arange(12.0)
    u = 2.0 + slope * t + np.random.default_rng(seed).normal(0, noise, t.size)
    rows = "\n".join(f"{a:.1f} {b:.6f}" for a, b in zip(t, u, strict=True))
    return f"{HEAD}, simulated\n{rows}\nend\n"


class DriftReader:
    """A small format with a head, two columns and an end."""

    name = "drift"
    title = "drift logs"
    extensions = (".log",)

    def sniff(self, path, head):
        return 0.9 if head.startswith(HEAD.encode()) else 0.0

    def read(self, path):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ReadError("cannot be opened", where=path.name) from error
        try:
            head, *rows, end = content.decode("ascii").splitlines()
            values = np.array([[float(word) for word in row.split()] for row in rows])
        except ValueError as error:
            raise ReadError("this is no drift log", where=path.name) from error
        sound = values.ndim == 2 and values.shape[1] == 2 and np.isfinite(values).all()
        if not head.startswith(HEAD) or end != "end" or not sound:
            raise ReadError("this is no drift log", where=path.name)
        return self.recordings(path, content, values, simulated="simulated" in head)

    def recordings(self, path, content, values, simulated):
        source = file_source(path, content, simulated=simulated)
        columns = (Column("t", values[:, 0], "s"), Column("u", values[:, 1], "V"))
        return [self.recording(path, columns, source)]

    def recording(self, path, columns, source):
        return Recording(
            path.name, columns, roles={"x": "t", "y": "u"}, source=source, reader="drift"
        )


class Drift:
    """A straight line through a voltage over time: the smallest technique that does all."""

    name = "drift"
    title = "drift of a voltage"
    x_unit = "s"
    settings = DriftSettings
    inputs = (InputSpec("sample", "a log", required=True),)
    observables = (
        ObservableSpec("drift.offset", "V", "voltage at the start"),
        ObservableSpec(
            "drift.{part}.change",
            "V",
            "change over the log",
            observable_class=ObservableClass.SNAPSHOT,
            time_scale=1.0,
        ),
        ObservableSpec("drift.sign", "1", "direction", kind=Kind.CATEGORY, additive=False),
    )
    parameters = (ParameterRow("slope", "V/s", "0", "none", "change in a second"),)
    alerts = (AlertSpec("DRI-001", Level.B, "the drift is {size}", "say that it drifts"),)
    simulation = DriftSimulation

    def __reduce__(self):
        return (Drift, ())

    def suits(self, recording):
        units = {column.unit for column in recording.columns}
        return Suitability({"s", "V"} <= units, f"units {', '.join(sorted(units)) or 'none'}")

    def observe(self, inputs, settings=None, parameters=None):
        given = inputs_of(inputs, self.inputs, where=self.name)
        settings = checked_settings(settings, DriftSettings, where=self.name)
        if set(parameters or {}) - {"slope"}:
            raise SettingsError("no such parameter", where=self.name)
        (recording,) = given["sample"]
        answer = self.suits(recording)
        if not answer.suits:
            raise SpectrafitError(answer.why, where=recording.name)
        spectrum = recording.spectrum()
        matrix = np.column_stack([np.ones(len(spectrum)), spectrum.x / spectrum.x[-1]])
        found, squares, _, _ = np.linalg.lstsq(matrix, spectrum.y * settings.scale)
        noise = float(squares[0]) / (len(spectrum) - 2)
        return self.result(recording, found, noise * np.linalg.inv(matrix.T @ matrix))

    def result(self, recording, found, covariance):
        sigma = np.sqrt(np.diag(covariance))
        origin = {"source": recording.source, "history": (HistoryEntry("straight line"),)}
        offset, change = (
            Observable(key, "V", value=float(value), sigma=float(error), **origin)
            for key, value, error in zip(
                ("drift.offset", "drift.all.change"), found, sigma, strict=True
            )
        )
        word = "up" if found[1] > 0 else "down"
        sign = Observable("drift.sign", "1", Kind.CATEGORY, word, **origin)
        spectrum = recording.spectrum()
        panel = Panel("u (V)", (Trace("data", spectrum.x, spectrum.y),))
        return Observables(
            self.name,
            (offset, change, sign),
            covariance,
            (offset.key, change.key),
            None,
            (Chart("drift", "Drift", "t (s)", (panel,)),),
            (self.alerts[0].alert(size=f"{change.value:.2g}"),),
        )

    def example(self):
        rows = [line.split() for line in drift_text().splitlines()[1:-1]]
        t, u = np.array(rows, dtype=float).T
        columns = (Column("t", t, "s"), Column("u", u, "V"))
        source = Source("example.log")
        return {"sample": Recording("example", columns, roles={"x": "t", "y": "u"}, source=source)}

    def simulated_text(self, settings, seed):
        return drift_text(settings.slope, settings.noise, seed)


SAMPLES = {"a.log": drift_text().encode(), "b.log": drift_text(-0.3, seed=2).encode()}


def suite_for(technique, **more):
    given = {"technique": technique, "readers": (DriftReader(),), "simulated_name": "a.log"}
    return type("Suite", (TechniqueConformance,), given | more)


def reader_suite_for(reader, **more):
    given = {"reader": reader, "samples": SAMPLES, "mutations": 25}
    return type("Suite", (ReaderConformance,), given | more)


def failed_checks(suite):
    """Return the names of the checks that a plugin fails, with the words of each."""
    instance = suite()
    failed = {}
    for name in sorted(name for name in dir(suite) if name.startswith("test_")):
        check = getattr(instance, name)
        several = name == "test_foreign_recordings_do_not_suit"
        for arguments in [(each,) for each in FOREIGN_RECORDINGS] if several else [()]:
            try:
                check(*arguments)
            except pytest.skip.Exception:
                continue
            except Exception as failure:
                failed[name] = f"{type(failure).__name__}: {failure}"
    return failed


def line_sentence(facts):
    return MethodsSentence("A straight line was fitted.", {}, ("drift1999", "harris2020"))


def zero_sentence(facts):
    return MethodsSentence("The zero is {zero}.", {"zero": facts.conventions["zero"]})


class TellingDrift(Drift):
    """Says what it did in the sentences of a paper."""

    citations = (Citation("drift1999", "misc", {"author": "Wong, A.", "title": "Drifts"}),)
    methods = (
        MethodsRule(line_sentence, steps=("straight line",)),
        MethodsRule(zero_sentence, conventions=("zero",)),
    )

    def result(self, recording, found, covariance):
        result = super().result(recording, found, covariance)
        items = tuple(replace(item, conventions={"zero": "t = 0"}) for item in result.items)
        return replace(result, items=items)


class TestGoodTellingPlugin(TechniqueConformance):
    technique = TellingDrift()
    readers = (DriftReader(),)
    simulated_name = "a.log"


class TestGoodPlugins(TechniqueConformance):
    technique = Drift()
    readers = (DriftReader(),)
    simulated_name = "a.log"


class TestGoodReader(ReaderConformance):
    reader = DriftReader()
    samples = SAMPLES


def changed(**members):
    """Return a good technique with some members replaced."""
    return type("Drift", (Drift,), members)()


def telling(**members):
    """Return a technique that describes its methods, with some members replaced."""
    return type("TellingDrift", (TellingDrift,), members)()


def telling_of(sentence):
    """Return a technique whose rule for its step says something else."""
    rule = MethodsRule(sentence, steps=("straight line",))
    return telling(methods=(rule, TellingDrift.methods[1]))


def with_result(change):
    """Return a technique whose result is changed."""

    def result(self, recording, found, covariance):
        return change(Drift.result(self, recording, found, covariance))

    return changed(result=result)


def with_items(change):
    """Return a technique each of whose observables is changed."""
    return with_result(lambda found: replace(found, items=tuple(map(change, found.items))))


def with_covariance(change):
    """Return a technique whose covariance is changed."""
    return with_result(lambda found: replace(found, covariance=change(np.array(found.covariance))))


def without_sigma(item):
    """Return an observable that went round the constructor's check."""
    if item.kind is Kind.VALUE:
        object.__setattr__(item, "sigma", None)
    return item


def with_spec(**changes):
    first, *rest = Drift.observables
    return changed(observables=(replace(first, **changes), *rest))


def without(member):
    class Lacking:
        def __getattr__(self, name):
            if name == member or name.startswith("__"):
                raise AttributeError(name)
            return getattr(Drift(), name)

    return Lacking()


def negative_unless_pure(x, members, nuisances, temperature):
    return -linear_mix(x, members, nuisances, temperature) if max(x.values()) < 1 else 0.0


def not_a_number(x, members, nuisances, temperature):
    return math.nan if max(x.values()) < 1 else linear_mix(x, members, nuisances, temperature)


def with_temperature(x, members, nuisances, temperature):
    return linear_mix(x, members, nuisances, temperature) - nuisances["slope"] * temperature


def emptied(x, members, nuisances, temperature):
    value = linear_mix(x, members, nuisances, temperature)
    members.clear() if isinstance(members, dict) and max(x.values()) < 1 else None
    return value


def counting_mix():
    counter = itertools.count()

    def mix(x, members, nuisances, temperature):
        return linear_mix(x, members, nuisances, temperature) + 1e-13 * next(counter)

    return mix


NOISE = itertools.count(100)


def restless_result(self, recording, found, covariance):
    return Drift.result(self, recording, found + 1e-12 * next(NOISE), covariance)


def restless_example(self):
    text = drift_text(seed=next(NOISE))
    u = np.array([line.split()[1] for line in text.splitlines()[1:-1]], dtype=float)
    return {"sample": Drift.example(self)["sample"].with_columns(Column("u", u, "V"))}


class ChangingDrift(Drift):
    """Writes into the columns that it was given."""

    def result(self, recording, found, covariance):
        values = recording.columns[1].values
        values.setflags(write=True)
        values[0] = 7.0
        return super().result(recording, found, covariance)


class DeafDrift(Drift):
    """Takes no notice of what it does not know."""

    def observe(self, inputs, settings=None, parameters=None):
        known = {name: each for name, each in inputs.items() if name == "sample"}
        fitting = settings if isinstance(settings, DriftSettings) else None
        return super().observe(known, fitting, None)


class CredulousDrift(Drift):
    """Takes everything for its own."""

    def suits(self, recording):
        return Suitability(True, "why not")


class FragileDrift(Drift):
    """Falls over what it does not know."""

    def suits(self, recording):
        return Suitability(recording.columns[1].unit == "V", "the second column")

    def observe(self, inputs, settings=None, parameters=None):
        inputs["sample"].columns[0].values  # noqa: B018
        return super().observe(inputs, settings, parameters)


@dataclass
class OpenSettings:
    scale: float = meant(1.0)


@dataclass(frozen=True)
class DemandingSettings:
    scale: float = field(metadata={"meaning": "what it is", "unit": "1"})


@dataclass(frozen=True)
class SilentSettings:
    scale: float = 1.0


@dataclass(frozen=True)
class FarSettings:
    scale: float = meant(1.0, "furlong")


@dataclass(frozen=True)
class ChoiceSettings:
    shape: str = meant("line", choices=("gaussian", "lorentzian"))


@dataclass(frozen=True)
class UnknownTypeSettings:
    scale: NoSuchType = meant(1.0)  # noqa: F821


def with_settings(kind):
    """Return a technique of other settings, which it takes for what they are."""

    def observe(self, inputs, settings=None, parameters=None):
        if settings is not None and not isinstance(settings, kind):
            raise SettingsError("other settings", where="drift")
        return Drift.observe(self, inputs, None, parameters)

    return changed(settings=kind, observe=observe)


KEYS = "test_keys_follow_the_rule"
FULL = "test_observables_are_declared_in_full"
DECLARED = "test_observe_gives_declared_keys"
ALERTS = "test_alerts_are_declared"
RAISED = "test_raised_alerts_are_declared"
COVARIANCE = "test_covariance_fits_the_uncertainties"
VALUES = "test_every_value_has_an_uncertainty_or_a_reason"
ORIGIN = "test_observables_remember_where_they_come_from"
CHARTS = "test_charts_can_be_written"
SAME = "test_same_inputs_give_the_same"
DEFAULTS = "test_defaults_are_the_default_settings"
EXAMPLE = "test_example_is_what_observe_takes"
EXAMPLES = "test_example_is_the_same_every_time"
OWN = "test_own_example_suits"
FOREIGN = "test_foreign_recordings_do_not_suit"
SETTINGS = "test_settings_are_a_frozen_dataclass_with_defaults"
METADATA = "test_settings_have_unit_and_meaning"
MIX = "test_mixing_is_deterministic_and_finite"
PURE = "test_pure_states_keep_their_value"
PICKLES = "test_everything_pickles"
SIMULATED = "test_simulated_text_is_read_back"
READ_ONLY = "test_results_are_read_only"
INPUTS = "test_inputs_are_declared"
PARAMETERS = "test_parameters_are_declared"
WORDS = "test_name_title_and_unit"
PROTOCOL = "test_protocol_is_complete"
CHANGED = "test_inputs_are_not_changed"
UNKNOWN_INPUT = "test_unknown_input_is_refused"
MISSING_INPUT = "test_missing_input_is_refused"
OTHER_SETTINGS = "test_foreign_settings_are_refused"
UNKNOWN_PARAMETER = "test_unknown_parameter_is_refused"
FOREIGN_SAMPLE = "test_foreign_sample_is_refused"
JSON = "test_results_are_plain_json"
METHODS = "test_methods_are_described"

OFFSET, *OTHERS = Drift.observables

# what is broken, the check that must find it, a word of what it says, other checks that may
BROKEN_TECHNIQUES = {
    "no title": (without("title"), PROTOCOL, "lacks title", {WORDS, PICKLES}),
    "no suits": (
        without("suits"), PROTOCOL, "lacks suits", {OWN, FOREIGN, SIMULATED, PICKLES, FOREIGN_SAMPLE},
    ),
    "name with a space": (
        changed(name="my drift"), WORDS, "identifier", {KEYS, DECLARED, PICKLES},
    ),
    "title of two lines": (changed(title="a\nb"), WORDS, "one line", set()),
    "x unit unknown": (changed(x_unit="furlong"), WORDS, "furlong", set()),
    "settings that change": (with_settings(OpenSettings), SETTINGS, "frozen", set()),
    "settings without default": (
        with_settings(DemandingSettings), SETTINGS, "without a default: scale", {DEFAULTS, SAME, PICKLES},
    ),
    "settings without meaning": (with_settings(SilentSettings), METADATA, "no meaning", set()),
    "settings in an unknown unit": (with_settings(FarSettings), METADATA, "furlong", set()),
    "default outside the choices": (with_settings(ChoiceSettings), METADATA, "choices", set()),
    "settings of an unknown type": (
        with_settings(UnknownTypeSettings), SETTINGS, "NoSuchType", set(),
    ),
    "settings that are no dataclass": (
        with_settings(dict), SETTINGS, "dataclass", {METADATA, OTHER_SETTINGS},
    ),
    "two inputs of one name": (changed(inputs=Drift.inputs * 2), INPUTS, "twice", set()),
    "input without meaning": (
        changed(inputs=(InputSpec("sample", " ", True),)), INPUTS, "no meaning", set(),
    ),
    "key of another technique": (
        with_spec(key="xanes.offset"), KEYS, "start with drift.", {DECLARED},
    ),
    "key with a space": (with_spec(key="drift.the offset"), KEYS, "impossible", {DECLARED}),
    "key without quantity": (with_spec(key="drift"), KEYS, "no quantity", {DECLARED}),
    "key declared twice": (
        changed(observables=(*Drift.observables, replace(OFFSET, meaning="again"))),
        KEYS, "twice", {DECLARED},
    ),
    "key that two declarations match": (
        changed(observables=(*Drift.observables, replace(OFFSET, key="drift.{any}"))),
        DECLARED, "declared by", set(),
    ),
    "observable without meaning": (with_spec(meaning=""), FULL, "no meaning", set()),
    "snapshot without time scale": (
        with_spec(observable_class=ObservableClass.SNAPSHOT), FULL, "time scale", set(),
    ),
    "thermodynamic with time scale": (with_spec(time_scale=1.0), FULL, "always averaged", set()),
    "additive category": (
        changed(observables=(OFFSET, OTHERS[0], replace(OTHERS[1], additive=True))),
        FULL, "not additive", set(),
    ),
    "parameter in an unknown unit": (
        changed(parameters=(ParameterRow("slope", "V/furlong", "0", "", "a slope"),)),
        PARAMETERS, "furlong", set(),
    ),
    "alert code in small letters": (
        changed(alerts=(replace(Drift.alerts[0], code="dri-1"),)), ALERTS, "XAS-012", set(),
    ),
    "alert code of the core": (
        changed(alerts=(*Drift.alerts, AlertSpec("FIT-001", Level.C, "a"))),
        ALERTS, "core", {RAISED},
    ),
    "level B without a sentence": (
        changed(alerts=(AlertSpec("DRI-001", Level.B, "{size}"),)), ALERTS, "sentence", set(),
    ),
    "alert not declared": (
        with_result(lambda f: replace(f, alerts=(Alert("DRI-9", Level.C, "a"),))),
        RAISED, "not declared", set(),
    ),
    "alert at another level": (
        with_result(lambda f: replace(f, alerts=(replace(f.alerts[0], level=Level.G),))),
        RAISED, "raised as", set(),
    ),
    "example that lacks an input": (
        changed(example=lambda self: {}),
        EXAMPLE, "missing",
        {OWN, DECLARED, ORIGIN, VALUES, COVARIANCE, RAISED, CHARTS, CHANGED, SAME, DEFAULTS,
         READ_ONLY, PICKLES, JSON},
    ),
    "example that changes": (changed(example=restless_example), EXAMPLES, "seed", {SAME, DEFAULTS}),
    "example not recognised": (
        changed(suits=lambda self, recording: Suitability(False, "never")),
        OWN, "does not know",
        {DECLARED, ORIGIN, VALUES, COVARIANCE, RAISED, CHARTS, CHANGED, SAME, DEFAULTS,
         READ_ONLY, PICKLES, JSON, SIMULATED},
    ),
    "answer without a reason": (
        changed(suits=lambda self, r: Suitability(Drift.suits(self, r).suits, "")),
        OWN, "no reason", {FOREIGN, SIMULATED, FOREIGN_SAMPLE},
    ),
    "takes everything for its own": (
        CredulousDrift(), FOREIGN, "for its own", {FOREIGN_SAMPLE},
    ),
    "falls over a foreign recording": (
        FragileDrift(), FOREIGN, "IndexError", {FOREIGN_SAMPLE, MISSING_INPUT},
    ),
    "falls over a missing input": (
        FragileDrift(), MISSING_INPUT, "KeyError", {FOREIGN_SAMPLE, FOREIGN},
    ),
    "observable not declared": (
        changed(observables=(OFFSET, OTHERS[1])), DECLARED, "not declared", set(),
    ),
    "observable in another unit": (with_spec(unit="mV"), DECLARED, "declared in mV", set()),
    "observable given twice": (
        with_result(lambda f: replace(f, items=(*f.items, f.items[0]))), DECLARED, "twice", set(),
    ),
    "nothing observed": (
        with_result(lambda f: Observables("drift", ())), DECLARED, "nothing", set(),
    ),
    "source lost": (
        with_items(lambda item: replace(item, source=Source("in memory"))),
        ORIGIN, "source of an input", set(),
    ),
    "history lost": (with_items(lambda i: replace(i, history=())), ORIGIN, "no history", set()),
    "neither sigma nor reason": (
        with_items(without_sigma), VALUES, "neither", {COVARIANCE, READ_ONLY, PICKLES},
    ),
    "covariance not symmetric": (
        with_covariance(lambda c: c + [[0, 0.3 * c[0, 0]], [0, 0]]), COVARIANCE, "symmetric", set(),
    ),
    "covariance with a negative eigenvalue": (
        with_covariance(lambda c: np.diag(np.diag(c)) + 1.5 * np.sqrt(c[0, 0] * c[1, 1]) * (1 - np.eye(2))),
        COVARIANCE, "eigenvalue", set(),
    ),
    "covariance of other uncertainties": (
        with_covariance(lambda c: 4 * c), COVARIANCE, "covariance gives", set(),
    ),
    "covariance of a key that is not there": (
        with_result(lambda f: replace(f, covariance_keys=("drift.offset", "drift.b.change"))),
        COVARIANCE, "not observed", set(),
    ),
    "chart with a slash in its name": (
        with_result(lambda f: replace(f, charts=(replace(f.charts[0], name="a/b"),))),
        CHARTS, "no file name", set(),
    ),
    "inputs changed": (ChangingDrift(), CHANGED, "changed its inputs", set()),
    "result that changes": (changed(result=restless_result), SAME, "second time", {DEFAULTS}),
    "other defaults than its settings": (
        changed(
            observe=lambda self, inputs, settings=None, parameters=None: Drift.observe(
                self, inputs, DriftSettings(2.0) if settings is None else settings, parameters
            )
        ),
        DEFAULTS, "differs", set(),
    ),
    "result that can be written to": (
        with_items(lambda i: replace(i, conventions={"window": np.arange(2.0)})),
        READ_ONLY, "conventions", set(),
    ),
    "result that is no JSON": (
        with_items(lambda i: replace(i, conventions={"window": object()})),
        JSON, "JSON", {SAME, DEFAULTS, PICKLES},
    ),
    "cited key in no bibliography": (
        telling(citations=()), METHODS, "cites drift1999", set(),
    ),
    "key given twice": (telling(citations=TellingDrift.citations * 2), METHODS, "twice", set()),
    "key of another work in the core": (
        telling(citations=(*TellingDrift.citations,
                           Citation("hall1977", "misc", {"author": "Hall, B.", "title": "Halls"}))),
        METHODS, "another work in the core", set(),
    ),
    "citation that is none": (telling(citations=("drift1999",)), METHODS, "no Citation", set()),
    "rule that is none": (telling(methods=(line_sentence,)), METHODS, "no MethodsRule", set()),
    "convention without a sentence": (
        telling(methods=TellingDrift.methods[:1]), METHODS, "the convention zero", set(),
    ),
    "step without a sentence": (
        telling(methods=TellingDrift.methods[1:]), METHODS, "the step straight line", set(),
    ),
    "rule that never says anything": (
        telling_of(lambda facts: None), METHODS, "the step straight line", set(),
    ),
    "rule that gives a text": (
        telling_of(lambda facts: "A line."), METHODS, "gives str", set(),
    ),
    "rule that falls over the facts": (
        telling_of(lambda facts: facts.steps["no such"]), METHODS, "KeyError", set(),
    ),
    "sentence without an end": (
        telling_of(lambda facts: MethodsSentence("A line")), METHODS, "full stop", set(),
    ),
    "technique that cannot travel": (
        changed(__reduce__=lambda self: (lambda: None, ())), PICKLES, "the technique", set(),
    ),
    "mix that is a lambda": (
        with_spec(mix=lambda x, m, n, t: linear_mix(x, m, n, t)), PICKLES, "drift.offset", set(),
    ),
    "mix that is no number": (with_spec(mix=not_a_number), MIX, "nan", set()),
    "mix that remembers": (with_spec(mix=counting_mix()), MIX, "then", {PICKLES}),
    "mix that empties its members": (with_spec(mix=emptied), MIX, "", set()),
    "mix that loses a pure state": (with_spec(mix=negative_unless_pure), PURE, "pure state", set()),
    "unknown input ignored": (
        DeafDrift(), UNKNOWN_INPUT, "not refused", {OTHER_SETTINGS, UNKNOWN_PARAMETER},
    ),
    "other settings ignored": (
        DeafDrift(), OTHER_SETTINGS, "not refused", {UNKNOWN_INPUT, UNKNOWN_PARAMETER},
    ),
    "unknown parameter ignored": (
        DeafDrift(), UNKNOWN_PARAMETER, "not refused", {UNKNOWN_INPUT, OTHER_SETTINGS},
    ),
    "foreign sample fitted": (CredulousDrift(), FOREIGN_SAMPLE, "", {FOREIGN}),
    "simulation without a seed": (
        changed(simulated_text=lambda self, settings, seed: drift_text(seed=1)),
        SIMULATED, "two seeds", set(),
    ),
    "simulation that does not say so": (
        changed(simulated_text=lambda self, s, seed: drift_text(seed=seed).replace("simulated", "")),
        SIMULATED, "does not say", set(),
    ),
    "simulation that is not read back": (
        changed(simulated_text=lambda self, settings, seed: f"simulated {seed}"),
        SIMULATED, "no drift log", set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN_TECHNIQUES)
def test_a_broken_technique_fails_the_right_check(broken):
    technique, check, words, others = BROKEN_TECHNIQUES[broken]
    failed = failed_checks(suite_for(technique))
    assert check in failed
    assert words in failed[check]
    assert set(failed) <= {check, *others}


def test_a_class_in_place_of_an_instance_is_noticed():
    assert "instance" in failed_checks(suite_for(Drift))[PROTOCOL]


def test_a_law_of_temperature_needs_its_nuisances_and_its_pure_value():
    technique = with_spec(mix=with_temperature)
    nuisances = {"slope": 1e-3}
    assert set(failed_checks(suite_for(technique, nuisances=nuisances))) == {PURE}

    def pure_value(self, key, member, temperature):
        return member - 1e-3 * temperature if key == "drift.offset" else member

    assert not failed_checks(suite_for(technique, nuisances=nuisances, pure_value=pure_value))


def test_the_text_of_a_step_stands_for_its_sentence():
    def with_text(cites):
        def result(self, recording, found, covariance):
            entry = HistoryEntry("straight line", {}, "A line was fitted.", cites)
            whole = TellingDrift.result(self, recording, found, covariance)
            items = tuple(replace(item, history=(entry,)) for item in whole.items)
            return replace(whole, items=items)

        return telling(methods=TellingDrift.methods[1:], result=result)

    assert not failed_checks(suite_for(with_text(("drift1999",))))
    failed = failed_checks(suite_for(with_text(("nobody1999",))))
    assert set(failed) == {METHODS}
    assert "nobody1999, in no bibliography" in failed[METHODS]


def test_a_technique_that_does_not_simulate_is_not_asked_to():
    class Silent(Drift):
        simulated_text = None

    assert not failed_checks(suite_for(Silent()))


RECOGNISED = "test_own_files_are_recognised"
STRANGE = "test_foreign_files_are_not_recognised"
READ = "test_own_files_are_read"
ROWS = "test_no_row_is_lost_unnoticed"
TWICE = "test_reading_twice_gives_the_same"
TRAVEL = "test_recordings_travel"
MISSING = "test_missing_files_are_refused"
EMPTY = "test_empty_files_are_refused"
BINARY = "test_binary_files_are_refused"
TRUNCATED = "test_truncated_files_are_read_or_refused"
DAMAGED = "test_damaged_files_are_read_or_refused"
NAMES = "test_name_title_and_extensions"


def reading(**members):
    """Return a good reader with some members replaced."""
    return type("DriftReader", (DriftReader,), members)()


def recording_as(change):
    """Return a reader each of whose recordings is changed."""

    def recording(self, path, columns, source):
        return change(DriftReader.recording(self, path, columns, source))

    return reading(recording=recording)


class HastyReader(DriftReader):
    """Lets errors of its own making out."""

    def read(self, path):
        content = path.read_bytes()
        rows = content.decode("ascii").splitlines()[1:-1]
        values = np.array([[float(word) for word in row.split()] for row in rows])
        return self.recordings(path, content, values, simulated=True)


class LenientReader(DriftReader):
    """Reads anything as something."""

    def read(self, path):
        try:
            return super().read(path)
        except ReadError:
            if not path.exists():
                raise
            return self.recordings(path, path.read_bytes(), np.ones((3, 2)), simulated=False)


class InfiniteReader(DriftReader):
    """Lets infinite numbers through."""

    def recordings(self, path, content, values, simulated):
        return super().recordings(path, content, values / 0.0, simulated)


class SwallowingReader(DriftReader):
    """Returns nothing where it should refuse."""

    def read(self, path):
        try:
            return super().read(path)
        except ReadError:
            return []


class Shuffling(Recording):
    """Loses a row on the way to the spectrum."""

    def spectrum(self, **roles):
        return super().spectrum(**roles).window(1.0, 100.0)


def shuffled(recording):
    return Shuffling(
        recording.name, recording.columns, recording.header, recording.roles,
        recording.conditions, recording.source, recording.notices, recording.reader,
    )  # fmt: skip


def opened(recording):
    recording.columns[0].values.setflags(write=True)
    return recording


BROKEN_READERS = {
    "no extensions": (
        type("Bare", (), {n: getattr(DriftReader, n) for n in ("name", "title", "sniff", "read", "recordings", "recording")})(),
        PROTOCOL, "extensions", {NAMES},
    ),
    "extension without a dot": (reading(extensions=("log",)), NAMES, "no dot", set()),
    "too sure": (reading(sniff=lambda s, p, h: 7 * DriftReader.sniff(s, p, h)), RECOGNISED, "0 to 1", {TRUNCATED, DAMAGED}),
    "does not know its own": (reading(sniff=lambda s, p, h: 0.0), RECOGNISED, "not recognised", set()),
    "goes by the name of the file": (
        reading(sniff=lambda s, p, h: 0.5), STRANGE, "recognised by 0.5", set(),
    ),
    "falls over a foreign head": (
        reading(sniff=lambda s, p, h: float(h.decode("ascii").startswith(HEAD))),
        STRANGE, "UnicodeDecodeError", {DAMAGED},
    ),
    "checksum of something else": (
        recording_as(lambda r: replace(r, source=replace(r.source, sha256="0" * 64))),
        READ, "checksum", {TRUNCATED, DAMAGED},
    ),
    "folder in the name of the source": (
        reading(recording=lambda s, path, columns, source: DriftReader.recording(
            s, path, columns, replace(source, name=str(path)))),
        READ, "source is named", {TRUNCATED, DAMAGED, TWICE},
    ),
    "another reader's name": (
        recording_as(lambda r: replace(r, reader="columns")), READ, "names reader", {TRUNCATED, DAMAGED},
    ),
    "role of a column that is not there": (
        recording_as(lambda r: replace(r, roles={"x": "t", "y": "volts"})),
        READ, "not there", {TRUNCATED, DAMAGED, ROWS},
    ),
    "role that does not exist": (
        recording_as(lambda r: replace(r, roles={**r.roles, "z": "u"})),
        READ, "proposes the role", {TRUNCATED, DAMAGED},
    ),
    "notice not declared": (
        recording_as(lambda r: replace(r, notices=(Alert("DRI-001", Level.G, "a"),))),
        READ, "not declared", {TRUNCATED, DAMAGED},
    ),
    "infinite numbers": (InfiniteReader(), READ, "infinite", {ROWS, TRUNCATED, DAMAGED}),
    "row lost": (recording_as(shuffled), ROWS, "accounted for", set()),
    "counts its calls": (
        recording_as(lambda r: replace(r, header={"call": str(next(NOISE))})),
        TWICE, "second time", set(),
    ),
    "arrays left open": (recording_as(opened), TRAVEL, "written to", set()),
    "errors of its own": (
        HastyReader(), MISSING, "FileNotFoundError", {EMPTY, BINARY, TRUNCATED, DAMAGED},
    ),
    "errors of its own for damage": (
        HastyReader(), DAMAGED, "not a ReadError", {EMPTY, BINARY, TRUNCATED, MISSING},
    ),
    "reads anything as something": (LenientReader(), EMPTY, "read as", {BINARY}),
    "reads noise as something": (LenientReader(), BINARY, "read as", {EMPTY}),
    "nothing in place of a refusal": (SwallowingReader(), EMPTY, "read as 0", {BINARY, MISSING}),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN_READERS)
@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_broken_reader_fails_the_right_check(broken):
    reader, check, words, others = BROKEN_READERS[broken]
    failed = failed_checks(reader_suite_for(reader))
    assert check in failed
    assert words in failed[check]
    assert set(failed) <= {check, *others}


def test_a_reader_without_samples_is_not_tested_at_all():
    failed = failed_checks(reader_suite_for(DriftReader(), samples={}))
    assert "test_there_are_samples" in failed


@pytest.mark.parametrize("name", ["eV", "1", "mm/s", "cm-1", "%"])
def test_units(name):
    assert is_unit(name)
    assert is_product_of_units(name)


@pytest.mark.parametrize("name", ["1/eV", "counts eV", "counts/(mm/s)", "1/eV^2", "counts/K"])
def test_products_of_units(name):
    assert not is_unit(name)
    assert is_product_of_units(name)


@pytest.mark.parametrize("name", ["furlong", "eV/furlong", "", "(", "/", "eV/", "^2", None, 3])
def test_what_is_no_unit(name):
    assert not is_unit(name)
    assert not is_product_of_units(name)
