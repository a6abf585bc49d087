"""A scan whose file names an emission energy is HERFD, whatever it is fitted as."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faults.beamline_seeds import herfd_spec

from spectrafit.recording import Recording
from spectrafit_xas import herfd, spec_reader, xanes
from spectrafit_xas.emission.energy import emission_energy, herfd_reason
from spectrafit_xas.simulate import example_recordings


@pytest.mark.parametrize(
    ("name", "header", "conditions", "energy", "reason"),
    [
        ("a.dat", {"Emission energy": "6404.5 eV"}, {}, 6404.5, "the header names"),
        ("a.dat", {}, {"emission_eV": 6404.8}, 6404.8, "the header names"),
        ("HERFD_a.dat", {}, {}, None, "its name says HERFD"),
        ("a.h5#1", {"user_scan_name": "SrCO3_HERFD"}, {}, None, "user_scan_name"),
        ("a.dat", {"comments": "compare with HERFD"}, {}, None, ""),
        ("a.dat", {}, {}, None, ""),
    ],
)
def test_what_says_herfd(name, header, conditions, energy, reason):
    one = Recording(name, (), header, conditions=conditions)
    assert emission_energy(one) == energy
    assert reason in herfd_reason(one)
    assert bool(herfd_reason(one)) == bool(reason)


def test_herfd_fitted_as_xanes_is_an_alert():
    scan = dict(example_recordings(herfd=True))["sample"]
    settings = xanes.settings(method_spread=False, peaks=1, signal="fluorescence")
    codes = [alert.code for alert in xanes.observe({"sample": scan}, settings).alerts]
    assert codes.count("XAS-140") == 1
    settings = herfd.settings(method_spread=False, peaks=1)
    codes = [alert.code for alert in herfd.observe({"sample": scan}, settings).alerts]
    assert "XAS-140" not in codes


def test_the_emission_energy_that_a_reader_states_reaches_the_result(tmp_path):
    path = tmp_path / "scan.spec"
    path.write_bytes(herfd_spec())
    (stated,) = spec_reader.read(path)
    scan = dict(example_recordings(herfd=True))["sample"]
    header = {k: v for k, v in scan.header.items() if "emission" not in k.lower()}
    settings = herfd.settings(method_spread=False, peaks=1)
    for conditions, missing in ((stated.conditions, False), ({}, True)):
        one = replace(scan, header=header, conditions={**scan.conditions, **conditions})
        found = herfd.observe({"sample": one}, settings)
        assert ("XAS-116" in [alert.code for alert in found.alerts]) is missing
