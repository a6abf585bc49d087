"""What a technique takes and gives: inputs by name, settings of its type, observables by key."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.observable import Observable
from spectrafit.recording import Column, Recording
from spectrafit.technique import InputSpec, Observables, checked_settings, inputs_of

RECORDING = Recording("a.dat", (Column("x", [1, 2]),))
SPECS = (
    InputSpec("sample", "what is measured", required=True, many=True),
    InputSpec("calibration", "a foil"),
)


@dataclass(frozen=True)
class Settings:
    peaks: int = 1


def test_inputs_become_tuples():
    found = inputs_of({"sample": [RECORDING, RECORDING]}, SPECS, where="xanes")
    assert found["sample"] == (RECORDING, RECORDING)
    assert found["calibration"] == ()
    assert inputs_of({"sample": RECORDING}, SPECS, where="xanes")["sample"] == (RECORDING,)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "input 'sample' is missing; what is measured"),
        ({"sample": []}, "input 'sample' is missing"),
        ({"sample": RECORDING, "foil": RECORDING}, "no input 'foil'; the inputs are: sample, cali"),
        ({"sample": RECORDING, "calibration": [RECORDING] * 2}, "takes one recording"),
    ],
)
def test_wrong_inputs_are_refused(inputs, words):
    with pytest.raises(SettingsError, match=words) as caught:
        inputs_of(inputs, SPECS, where="xanes")
    assert caught.value.where == "xanes"


def test_settings_are_of_the_technique_or_its_defaults():
    assert checked_settings(None, Settings, where="xanes") == Settings()
    assert checked_settings(Settings(3), Settings, where="xanes").peaks == 3
    for wrong in ({"peaks": 3}, Settings, 3):
        with pytest.raises(SettingsError, match="give Settings"):
            checked_settings(wrong, Settings, where="xanes")


def observables():
    items = tuple(Observable(f"xanes.{n}", "1", value=1.0, sigma=0.5) for n in "ab")
    return Observables("xanes", items, np.diag([0.25, 0.25]), ("xanes.a", "xanes.b"))


def test_observables_by_key():
    found = observables()
    assert found.keys == ("xanes.a", "xanes.b")
    assert found["xanes.b"].value == 1.0
    with pytest.raises(SettingsError, match=r"there are: xanes\.a, xanes\.b"):
        found["xanes.c"]
    assert "xanes.a" in found._repr_html_()


def test_observables_survive_pickling_with_their_covariance_read_only():
    twin = pickle.loads(pickle.dumps(observables()))
    assert twin.items == observables().items
    assert twin.covariance.tolist() == observables().covariance.tolist()
    assert not twin.covariance.flags.writeable


@pytest.mark.parametrize("covariance", [np.eye(3), np.eye(1), [[1.0, np.nan], [np.nan, 1.0]]])
def test_a_covariance_that_does_not_fit_is_refused(covariance):
    with pytest.raises(SettingsError, match="covariance"):
        Observables("xanes", (), covariance, ("xanes.a", "xanes.b"))
