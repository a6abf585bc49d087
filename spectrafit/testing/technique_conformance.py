"""What every technique must do, as a pytest class to subclass."""

from __future__ import annotations

import dataclasses
import math
import re
import tempfile
import typing
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from spectrafit.alert import CORE_ALERTS, Alert, AlertSpec, Level
from spectrafit.errors import SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.observable import Kind, ObservableClass, ObservableSpec
from spectrafit.reader import Reader, read_with
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import finite_conditions
from spectrafit.technique import (
    DescribesMethods,
    Observables,
    Simulates,
    Suitability,
    Technique,
    inputs_of,
)
from spectrafit.testing.judgement import (
    digest,
    is_product_of_units,
    is_unit,
    missing_members,
    repeated,
    require,
    survives_pickling,
    writable_arrays,
)
from spectrafit.testing.methods_conformance import require_methods

__all__ = ["FOREIGN_RECORDINGS", "TechniqueConformance"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEY_PART = re.compile(r"(?:[A-Za-z0-9_+\-]|\{[a-z_]+\})+")
_CODE = re.compile(r"[A-Z][A-Z0-9]*-\d{3}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+\-]*")

FOREIGN_RECORDINGS: tuple[Recording, ...] = (
    Recording("no columns", ()),
    Recording("one column", (Column("count", np.arange(3.0)),)),
    Recording(
        "body weight",
        (
            Column("day", np.arange(4.0), "h"),
            Column("weight", np.array([70e3, 71e3, 70e3, 72e3]), "g"),
        ),
        {"Title": "a diary of body weight"},
        {"x": "day", "y": "weight"},
    ),
)
"""Recordings that are no spectroscopy's."""

_POPULATIONS: Mapping[str, float] = {"A": 0.2, "B": 0.3, "C": 0.5}
_MEMBERS: Mapping[str, float] = {"A": 1.5, "B": 2.5, "C": 0.75}
_TEMPERATURES = (5.0, 90.0, 300.0)


class TechniqueConformance:
    """Subclass it, set `technique`, and every rule for techniques is tested.

    Attributes
    ----------
    technique : Technique
        What is tested.
    nuisances : mapping of str to float
        Passed to every `mix` (a Debye temperature, for one).
    readers : sequence of Reader or None
        Who reads simulated text back; all installed ones when None.
    simulated_name : str
        File name for simulated text.
    """

    technique: ClassVar[Technique]
    nuisances: ClassVar[Mapping[str, float]] = {}
    readers: ClassVar[Sequence[Reader] | None] = None
    simulated_name: ClassVar[str] = "simulated.dat"

    def pure_value(self, key: str, member: float, temperature: float) -> float:
        """Return what a pure state shows; override where that is not its member value.

        Parameters
        ----------
        key : str
            Declared key.
        member : float
            The value of the pure state as a study gives it.
        temperature : float
            In K.

        Returns
        -------
        float
            The member itself, unless a law of temperature is added to it.
        """
        return member

    def test_protocol_is_complete(self) -> None:
        """The technique is an instance with every member of the protocol."""
        require(not isinstance(self.technique, type), "give an instance, not a class")
        missing = missing_members(self.technique, Technique)
        require(not missing, f"it lacks {', '.join(missing)}")
        require(isinstance(self.technique, Technique), "it does not satisfy the protocol")

    def test_name_title_and_unit(self) -> None:
        """The name is a lower-case identifier, the title one line, the unit in the table."""
        name, title = self.technique.name, self.technique.title
        require(_NAME.fullmatch(name), f"the name {name!r} is no lower-case identifier")
        require(title.strip() and "\n" not in title, "the title must be one line")
        _require_unit(self.technique.x_unit, "x_unit")

    def test_settings_are_a_frozen_dataclass_with_defaults(self) -> None:
        """Settings need no argument, cannot be changed, and have types that can be looked up."""
        kind = self.technique.settings
        require(dataclasses.is_dataclass(kind), "settings must be a dataclass type")
        _require_frozen(kind, "settings")
        _require_defaults(kind, "settings")
        digest(kind())

    def test_settings_have_unit_and_meaning(self) -> None:
        """Every setting says its unit and what it means."""
        _require_metadata(self.technique.settings, "settings")

    def test_inputs_are_declared(self) -> None:
        """Inputs have different names and a meaning, and one at least is required."""
        specs = self.technique.inputs
        twice = repeated(spec.name for spec in specs)
        require(not twice, f"input {', '.join(twice)} is declared twice")
        for spec in specs:
            require(_NAME.fullmatch(spec.name), f"input {spec.name!r} is no identifier")
            require(spec.meaning.strip(), f"input {spec.name} has no meaning")
        require(any(spec.required for spec in specs), "no input is required")

    def test_keys_follow_the_rule(self) -> None:
        """Keys read technique[.subject].quantity and start with the technique's name."""
        specs = self.technique.observables
        require(specs, "no observable is declared")
        for spec in specs:
            first, *rest = spec.key.split(".")
            require(
                first == self.technique.name,
                f"key {spec.key!r} does not start with {self.technique.name}.",
            )
            require(rest, f"key {spec.key!r} names no quantity")
            bad = [part for part in rest if not _KEY_PART.fullmatch(part)]
            require(not bad, f"key {spec.key!r} has an impossible part {bad[0] if bad else ''!r}")
        twice = repeated(re.sub(r"\{[^}]*\}", "{}", spec.key) for spec in specs)
        require(not twice, f"key {', '.join(twice)} is declared twice")

    def test_observables_are_declared_in_full(self) -> None:
        """Every observable has a unit, a meaning, and the time scale that its class needs."""
        for spec in self.technique.observables:
            _require_unit(spec.unit, f"unit of {spec.key}")
            require(spec.meaning.strip(), f"{spec.key} has no meaning")
            if spec.observable_class is ObservableClass.THERMODYNAMIC:
                require(
                    spec.time_scale is None,
                    f"{spec.key} is thermodynamic, always averaged: it has no time scale",
                )
            else:
                scale = spec.time_scale
                require(
                    scale is not None and 0 < scale < math.inf,
                    f"{spec.key} is a {spec.observable_class.value}: it needs a time scale in s",
                )
            if spec.kind is Kind.CATEGORY:
                require(not spec.additive, f"{spec.key} is a category, which is not additive")

    def test_parameters_are_declared(self) -> None:
        """Fit parameters have different names, a unit and a meaning."""
        rows = self.technique.parameters
        twice = repeated(row.name for row in rows)
        require(not twice, f"parameter {', '.join(twice)} is declared twice")
        for row in rows:
            require(row.name.strip() and row.meaning.strip(), f"{row.name!r} has no meaning")
            require(
                is_product_of_units(row.unit),
                f"unit {row.unit!r} of {row.name} is not of the table",
            )

    def test_alerts_are_declared(self) -> None:
        """Alert codes are stable codes of the technique's own, with words and advice."""
        specs = self.technique.alerts
        core = {spec.code for spec in CORE_ALERTS}
        twice = repeated(spec.code for spec in specs)
        require(not twice, f"alert {', '.join(twice)} is declared twice")
        for spec in specs:
            require(_CODE.fullmatch(spec.code), f"alert {spec.code!r} must read like XAS-012")
            require(spec.code not in core, f"alert {spec.code} belongs to the core")
            require(isinstance(spec.level, Level), f"{spec.code} has no level")
            require(spec.text.strip(), f"{spec.code} has no text")
            require(
                spec.level is not Level.B or spec.do.strip(),
                f"{spec.code} is level B and needs the sentence to quote",
            )

    def test_example_is_what_observe_takes(self) -> None:
        """The example gives every required input, and each is a recording with a source."""
        given = inputs_of(self.technique.example(), self.technique.inputs, where="example")
        for name, recordings in given.items():
            for recording in recordings:
                lacks = [part for part in ("source", "notices") if not hasattr(recording, part)]
                require(not lacks, f"{name} of the example has no {', '.join(lacks)}")

    def test_example_is_the_same_every_time(self) -> None:
        """Two examples are equal."""
        require(
            digest(self.technique.example()) == digest(self.technique.example()),
            "example() gives something else the second time: seed its noise",
        )

    def test_own_example_suits(self) -> None:
        """The technique knows its own example, and says why."""
        given = inputs_of(self.technique.example(), self.technique.inputs, where="example")
        required = [spec.name for spec in self.technique.inputs if spec.required]
        name = "sample" if "sample" in required else required[0]
        for recording in given[name]:
            answer = _answer(self.technique, recording)
            require(answer.suits, f"it does not know its own example: {answer.why}")

    @pytest.mark.parametrize("recording", FOREIGN_RECORDINGS, ids=lambda each: each.name)
    def test_foreign_recordings_do_not_suit(self, recording: Recording) -> None:
        """What is no spectrum of it is answered with no and a reason, never an error."""
        answer = _answer(self.technique, recording)
        require(not answer.suits, f"it takes {recording.name!r} for its own: {answer.why}")

    def test_observe_gives_declared_keys(self) -> None:
        """What is found is declared, once each, in the declared unit."""
        found = _first(type(self))
        require(found.technique == self.technique.name, "the observables name another technique")
        require(found.items, "nothing was observed in the example")
        twice = repeated(found.keys)
        require(not twice, f"{', '.join(twice)} is given twice")
        for item in found.items:
            specs = [spec for spec in self.technique.observables if spec.matches(item.key)]
            require(specs, f"{item.key} is not declared")
            require(len(specs) == 1, f"{item.key} is declared by {[spec.key for spec in specs]}")
            require(
                item.unit == specs[0].unit,
                f"{item.key} is in {item.unit}, declared in {specs[0].unit}",
            )

    def test_observables_remember_where_they_come_from(self) -> None:
        """Every observable has the source of one of the inputs, and a history."""
        given = inputs_of(self.technique.example(), self.technique.inputs, where="example")
        sources = {recording.source for recordings in given.values() for recording in recordings}
        for item in _first(type(self)).items:
            require(item.source in sources, f"{item.key} does not have the source of an input")
            require(item.history, f"{item.key} has no history")

    def test_methods_are_described(self) -> None:
        """Each step and convention has a sentence, and each cited key a work."""
        if not isinstance(self.technique, DescribesMethods):
            pytest.skip(f"{self.technique.name} does not describe its methods")
        require_methods(self.technique, _first(type(self)).items)

    def test_every_value_has_an_uncertainty_or_a_reason(self) -> None:
        """A value has a positive standard uncertainty, or says in words why it has none."""
        for item in _first(type(self)).items:
            if item.kind is not Kind.VALUE:
                continue
            if item.sigma is None:
                require(item.sigma_reason.strip(), f"{item.key} has neither sigma nor reason")
            else:
                require(0 < item.sigma < math.inf, f"sigma of {item.key} is {item.sigma}")

    def test_covariance_fits_the_uncertainties(self) -> None:
        """The covariance is symmetric, has no negative eigenvalue, and has sigma^2 as diagonal."""
        found = _first(type(self))
        if found.covariance is None:
            require(not found.covariance_keys, "there are covariance keys but no covariance")
            return
        covariance = found.covariance
        twice = repeated(found.covariance_keys)
        require(not twice, f"{', '.join(twice)} is twice in the covariance")
        sigmas = []
        for key in found.covariance_keys:
            require(key in found.keys, f"{key} is in the covariance but not observed")
            sigma = found[key].sigma
            if sigma is None:
                raise AssertionError(f"{key} is in the covariance but has no sigma")
            sigmas.append(sigma)
        scale = np.outer(sigmas, sigmas)
        correlation = covariance / scale
        require(np.allclose(correlation, correlation.T, atol=1e-9), "it is not symmetric")
        uneven = [
            f"{key}: sigma {sigma:g}, covariance gives {math.sqrt(abs(entry)):g}"
            for key, sigma, entry in zip(
                found.covariance_keys, sigmas, np.diag(covariance), strict=True
            )
            if not math.isclose(entry, sigma**2, rel_tol=1e-6)
        ]
        require(not uneven, "; ".join(uneven))
        lowest = float(np.linalg.eigvalsh(0.5 * (correlation + correlation.T)).min())
        require(lowest > -1e-8, f"its correlation matrix has the eigenvalue {lowest:g}")

    def test_raised_alerts_are_declared(self) -> None:
        """Alerts raised on the example are declared, at the declared level."""
        declared = {spec.code: spec for spec in (*CORE_ALERTS, *self.technique.alerts)}
        for alert in _first(type(self)).alerts:
            _require_declared(alert, declared)

    def test_charts_can_be_written(self) -> None:
        """Charts have different names that any file system takes."""
        charts = _first(type(self)).charts
        twice = repeated(chart.name.lower() for chart in charts)
        require(not twice, f"chart {', '.join(twice)} is there twice")
        for chart in charts:
            require(_FILE_NAME.fullmatch(chart.name), f"chart {chart.name!r} is no file name")
            require(chart.panels and chart.title.strip(), f"chart {chart.name} is empty")

    def test_inputs_are_not_changed(self) -> None:
        """Observing leaves its inputs as they were."""
        _first(type(self))
        before, after = _INPUTS[type(self)]
        require(before == after, "observe() changed its inputs")

    def test_same_inputs_give_the_same(self) -> None:
        """Observing again gives the same to the last digit."""
        first = digest(_first(type(self)))
        if _second(type(self)) == first:  # the same twice, whichever way the settings were given
            return
        again = self.technique.observe(self.technique.example())
        require(
            digest(again) == first,
            "observe() gives something else the second time: seed what is random",
        )

    def test_defaults_are_the_default_settings(self) -> None:
        """Giving the default settings is the same as giving none."""
        require(
            _second(type(self)) == digest(_first(type(self))),
            "observe(inputs, settings()) differs from observe(inputs)",
        )

    def test_results_are_read_only(self) -> None:
        """No array of the result can be written to, neither here nor in another process."""
        found = _first(type(self))
        for each in (found, survives_pickling(found, "the result")):
            open_arrays = tuple(writable_arrays(each))
            require(not open_arrays, f"can be written to: {', '.join(open_arrays)}")

    def test_everything_pickles(self) -> None:
        """Technique, settings, inputs, declarations and results travel to another process."""
        technique = survives_pickling(self.technique, "the technique")
        require(technique.name == self.technique.name, "the technique is another after pickling")
        inputs, found = self.technique.example(), _first(type(self))
        for value, what in (
            (self.technique.settings(), "the settings"),
            (dict(inputs), "the example"),
            (found, "the result"),
        ):
            twin = survives_pickling(value, what)
            require(digest(twin) == digest(value), f"{what} differs after pickling")
        for spec in self.technique.observables:
            survives_pickling(spec, f"the declaration of {spec.key}")

    def test_results_are_plain_json(self) -> None:
        """The result can be written as strict JSON."""
        digest(_first(type(self)))

    def test_mixing_is_deterministic_and_finite(self) -> None:
        """Mixing gives the same finite number twice and leaves what it was given alone."""
        for spec in self._additive_specs():
            for temperature in _TEMPERATURES:
                x, members = dict(_POPULATIONS), dict(_MEMBERS)
                first, second = (self._mixed(spec, x, members, temperature) for _ in "ab")
                require(math.isfinite(first), f"mix of {spec.key} gives {first}")
                require(first == second, f"mix of {spec.key} gives {first}, then {second}")
                require(
                    (x, members) == (_POPULATIONS, _MEMBERS), f"mix of {spec.key} changes its input"
                )

    def test_pure_states_keep_their_value(self) -> None:
        """A pure state shows its own value, whatever the other states would show."""
        for spec in self._additive_specs():
            for temperature in _TEMPERATURES:
                for state, member in _MEMBERS.items():
                    x = {other: float(other == state) for other in _MEMBERS}
                    found = self._mixed(spec, x, _MEMBERS, temperature)
                    expected = self.pure_value(spec.key, member, temperature)
                    require(
                        math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12),
                        f"mix of {spec.key} gives {found:g} for a pure state of {expected:g}",
                    )

    def test_unknown_input_is_refused(self) -> None:
        """An input that is not declared is refused, not ignored."""
        inputs = {**self.technique.example(), "no_such_input": FOREIGN_RECORDINGS[-1]}
        self._require_refusal("an unknown input", inputs)

    def test_missing_input_is_refused(self) -> None:
        """A required input that is missing is refused."""
        for spec in self.technique.inputs:
            if spec.required:
                rest = {k: v for k, v in self.technique.example().items() if k != spec.name}
                self._require_refusal(f"a missing {spec.name}", rest)

    def test_foreign_settings_are_refused(self) -> None:
        """Settings of another type are refused, not ignored."""
        for settings in ({"no_such_setting": 1}, object()):
            self._require_refusal("settings of another type", settings=settings)

    def test_unknown_parameter_is_refused(self) -> None:
        """A change of a parameter that does not exist is refused, not ignored."""
        changes = {"no_such.parameter": ParameterChange(start=1.0)}
        self._require_refusal("an unknown parameter", parameters=changes)

    def test_foreign_sample_is_refused(self) -> None:
        """A recording that is no spectrum of it is refused, never fitted."""
        name = next(spec.name for spec in self.technique.inputs if spec.required)
        for recording in FOREIGN_RECORDINGS:
            inputs = {**self.technique.example(), name: recording}
            self._require_refusal(f"the recording {recording.name!r}", inputs)

    def test_simulated_text_is_read_back(self) -> None:
        """Simulated text is the same for the same seed, says what it is, and is read back."""
        if not isinstance(self.technique, Simulates):
            pytest.skip(f"{self.technique.name} does not simulate")
        kind = self.technique.simulation
        require(dataclasses.is_dataclass(kind), "simulation must be a dataclass type")
        _require_frozen(kind, "simulation")
        _require_defaults(kind, "simulation")
        _require_metadata(kind, "simulation")
        text = self.technique.simulated_text(kind(), 1)
        require(text == self.technique.simulated_text(kind(), 1), "a seed gives two texts")
        require(text != self.technique.simulated_text(kind(), 2), "two seeds give one text")
        require("simulated" in text.lower(), "the text does not say that it is simulated")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.simulated_name
            path.write_text(text, encoding="utf-8", newline="\n")
            recordings = read_with(path, self._readers())
        for recording in recordings:
            require(recording.source.simulated, "read back, it does not say that it is simulated")
            answer = _answer(self.technique, recording)
            require(answer.suits, f"read back, it does not suit: {answer.why}")

    def _readers(self) -> Sequence[Reader]:
        if self.readers is not None:
            return self.readers
        from spectrafit import registry

        return registry.readers()

    def _additive_specs(self) -> list[ObservableSpec]:
        return [spec for spec in self.technique.observables if spec.additive]

    def _mixed(
        self,
        spec: ObservableSpec,
        x: Mapping[str, float],
        members: Mapping[str, float],
        temperature: float,
    ) -> float:
        try:
            return float(spec.mix(x, members, self.nuisances, temperature))
        except SpectrafitError as refusal:
            raise AssertionError(
                f"mix of {spec.key} refuses ({refusal}); if it needs nuisances, give `nuisances`"
            ) from None

    def _require_refusal(
        self,
        what: str,
        inputs: Any = None,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> None:
        given = self.technique.example() if inputs is None else inputs
        try:
            self.technique.observe(given, settings, parameters)
        except SpectrafitError as refusal:
            require(str(refusal).strip(), f"{what} is refused without a word")
        except Exception as error:
            raise AssertionError(
                f"{what} raises {type(error).__name__}, not a SpectrafitError: {error}"
            ) from error
        else:
            raise AssertionError(f"{what} is not refused")


_SEEN: dict[type[TechniqueConformance], Observables] = {}
_AGAIN: dict[type[TechniqueConformance], str] = {}
_INPUTS: dict[type[TechniqueConformance], tuple[str, str]] = {}


def _first(suite: type[TechniqueConformance]) -> Observables:
    """Return what is observed in the example, once for all checks of a class."""
    if suite not in _SEEN:
        inputs = suite.technique.example()
        before = digest(inputs)
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            _SEEN[suite] = suite.technique.observe(inputs)
        _INPUTS[suite] = before, digest(inputs)
    return _SEEN[suite]


def _second(suite: type[TechniqueConformance]) -> str:
    """Return the digest of what is observed again, with the default settings given."""
    if suite not in _AGAIN:
        technique = suite.technique
        _AGAIN[suite] = digest(technique.observe(technique.example(), technique.settings()))
    return _AGAIN[suite]


def _answer(technique: Technique, recording: Recording) -> Suitability:
    try:
        answer = technique.suits(recording)
    except Exception as error:
        raise AssertionError(
            f"suits() raises {type(error).__name__} for {recording.name!r}: {error}"
        ) from error
    require(isinstance(answer, Suitability), f"suits() gives {type(answer).__name__}")
    require(answer.why.strip(), f"suits() gives no reason for {recording.name!r}")
    try:
        finite_conditions(answer.conditions, where="suits()")
    except SpectrafitError as refusal:
        raise AssertionError(str(refusal)) from None
    return answer


def _require_unit(name: object, what: str) -> None:
    require(is_unit(name), f"{what}: {name!r} is not of the table of units")


def _require_frozen(kind: type[Any], what: str) -> None:
    require(kind.__dataclass_params__.frozen, f"{what} must be frozen")


def _require_defaults(kind: type[Any], what: str) -> None:
    without = [
        row.name
        for row in dataclasses.fields(kind)
        if row.default is dataclasses.MISSING and row.default_factory is dataclasses.MISSING
    ]
    require(not without, f"{what} without a default: {', '.join(without)}")
    try:
        kind()
        typing.get_type_hints(kind)
    except Exception as error:
        raise AssertionError(f"the defaults or types of {what} fail: {error}") from None


def _require_metadata(kind: type[Any], what: str) -> None:
    for row in dataclasses.fields(kind):
        meaning = row.metadata.get("meaning", "")
        require(
            isinstance(meaning, str) and meaning.strip(), f"{row.name} of {what} has no meaning"
        )
        require("unit" in row.metadata, f"{row.name} of {what} has no unit")
        _require_unit(row.metadata["unit"], f"unit of {row.name}")
        choices = row.metadata.get("choices")
        if choices is not None and row.default is not dataclasses.MISSING:
            require(row.default in choices, f"the default of {row.name} is none of its choices")


def _require_declared(alert: Alert, declared: Mapping[str, AlertSpec]) -> None:
    require(alert.code in declared, f"alert {alert.code} is not declared")
    level = declared[alert.code].level
    require(alert.level is level, f"alert {alert.code} is raised as {alert.level}, not {level}")
    require(alert.text.strip(), f"alert {alert.code} has no text")
