"""Foils in time, in the Bragg angle, of other beamtimes, and what only passes for a foil."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit.constants import HC_EV_ANGSTROM
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.history import Source
from spectrafit.reader import read
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import Spectrum
from spectrafit_xas.readers.scan_times import same_beamtime, start_time
from spectrafit_xas.scans.calibrate import (
    Inflection,
    calibrated,
    first_inflection,
    shift_record,
)
from spectrafit_xas.scans.foil_calibration import foil_calibration
from spectrafit_xas.scans.repeated_scans import combined_scan
from spectrafit_xas.settings import XanesSettings

RealData = Callable[..., Path]
EDGE = 7112.0
SETTINGS = XanesSettings(foil_eV=7112.0, foil_signal="mu", signal="mu")
X = np.arange(7000.0, 7300.0, 0.25)


def metal(x: np.ndarray, at: float = 7111.0) -> np.ndarray:
    """Return a curve whose steepest inflection is the first, like that of a foil."""
    first = 0.5 + np.arctan((x - at) / 0.8) / np.pi
    return 0.3 * first + 0.7 * (0.5 + np.arctan((x - at - 9.0) / 4.0) / np.pi)


def recording(y: np.ndarray, name: str, **header: str) -> Recording:
    rng = np.random.default_rng(len(name))
    columns = (
        Column("energy", X, "eV"),
        Column("mu", y + rng.normal(0.0, 1e-4, X.size), "1"),
    )
    return Recording(
        name,
        columns,
        {k.replace("_", ".", 1): v for k, v in header.items()},
        source=Source(name, name),
    )


def at_time(clock: str, energy: float, name: str) -> Recording:
    return recording(metal(X, energy), name, Scan_start_time=f"2021-05-26 {clock}")


def inflection(energy: float, time: float | None) -> Inflection:
    return Inflection(energy, 0.01, 0.05, 1.5, 12.0, "foil", time_s=time)


def test_between_two_foils_the_shift_is_interpolated_in_time() -> None:
    measured = inflection(7111.0, 0.0), inflection(7111.2, 100.0)
    record = shift_record(measured, "Fe", 7112.0, at_s=25.0)
    assert record.shift_eV == pytest.approx(0.95)
    assert record.rule == "interpolated in time"
    assert record.drift_eV == pytest.approx(0.2)
    expected = np.sqrt(0.01**2 / 2 + 0.05**2 + 0.2**2 / 12)
    assert record.sigma_eV == pytest.approx(expected)
    outside = shift_record(measured, "Fe", 7112.0, at_s=150.0)
    assert outside.shift_eV == pytest.approx(0.9)
    assert outside.rule == "mean of the foil scans"
    untimed = shift_record((inflection(7111.0, None), measured[1]), "Fe", 7112.0, at_s=25.0)
    assert untimed.rule == "mean of the foil scans"


def test_the_times_of_the_headers_are_used_and_the_record_is_whole() -> None:
    foils = at_time("10:00:00", 7111.0, "before"), at_time("12:00:00", 7111.2, "after")
    sample = at_time("10:30:00", 7115.0, "sample")
    record, alerts = foil_calibration(foils, (sample,), "Fe", EDGE, SETTINGS)
    assert record is not None
    assert record.rule == "interpolated in time"
    later = foil_calibration(foils, (at_time("11:30:00", 7115.0, "s"),), "Fe", EDGE, SETTINGS)[0]
    assert later is not None
    assert record.shift_eV - later.shift_eV == pytest.approx(0.1, abs=0.01)
    assert "XAS-102" in [alert.code for alert in alerts]
    spectrum = combined_scan([sample], foils, SETTINGS).spectrum
    entry = {one.step: one.settings for one in spectrum.history}["calibrate"]
    assert entry["channels"] == ["mu", "mu"]
    assert entry["half_width_eV"] == 1.5
    assert all(value is not None and value > 0 for value in entry["statistical_eV"])
    assert min(entry["candidates_eV"][0]) == pytest.approx(entry["measured_eV"][0])


def test_a_shift_of_the_angle_grows_with_the_energy_above_the_foil() -> None:
    spacing = 3.1356
    record = shift_record((inflection(7101.0, None),), "Fe", 7112.0, d_spacing_A=spacing)
    x = np.array([7000.0, 7101.0, 8000.0])
    moved = calibrated(Spectrum(x, x, x_unit="eV"), record)
    assert moved.x[1] == pytest.approx(7112.0, abs=1e-6)
    angle = np.arcsin(HC_EV_ANGSTROM / (2 * spacing * x))
    turned = np.arcsin(HC_EV_ANGSTROM / (2 * spacing * moved.x))
    np.testing.assert_allclose(turned - angle, (turned - angle)[0], rtol=1e-9)
    assert moved.x[2] - 8000.0 > 11.0 > moved.x[0] - 7000.0
    assert moved.history[-1].settings["shift_in"] == "Bragg angle"
    with pytest.raises(SpectrafitError, match="reflect nothing below"):
        calibrated(Spectrum(np.array([1000.0, 1500.0]), np.ones(2), x_unit="eV"), record)


def test_a_large_shift_is_told_and_the_angle_needs_the_planes() -> None:
    foil = recording(metal(X, 7104.5), "foil")
    codes = [a.code for a in foil_calibration((foil,), (foil,), "Fe", EDGE, SETTINGS)[1]]
    assert "XAS-162" in codes
    turned = replace(SETTINGS, shift_in="angle")
    with pytest.raises(SettingsError, match="spacing of the monochromator's planes"):
        foil_calibration((foil,), (foil,), "Fe", EDGE, turned)
    named = recording(metal(X, 7104.5), "foil", Mono_d_spacing="3.1355 A")
    record, alerts = foil_calibration((named,), (named,), "Fe", EDGE, turned)
    assert record is not None
    assert record.d_spacing_A == 3.1355
    assert "XAS-162" not in [alert.code for alert in alerts]


def test_foils_of_another_beamtime_are_told() -> None:
    foil = recording(metal(X), "foil", Scan_start_time="2001-08-09 14:04:00")
    sample = recording(metal(X), "sample", Scan_start_time="2002-03-16 14:18:25")
    (alert,) = [
        one
        for one in foil_calibration((foil,), (sample,), "Fe", EDGE, SETTINGS)[1]
        if one.code == "XAS-161"
    ]
    assert "219 days apart" in alert.text
    there = recording(metal(X), "foil", Beamline_name="A")
    here = recording(metal(X), "sample", Beamline_name="B")
    assert same_beamtime(there, here) == "beamline.name is A and B"
    assert same_beamtime(there, recording(metal(X), "x")) == ""


@pytest.mark.parametrize(
    ("file", "is_metal"),
    [
        ("xdi/Fe_Foil_rt_2016Foils.xdi", True),
        ("xdi/Fe_metal_rt_01.xdi", True),
        ("xdi/Fe_metal_rt_02.xdi", True),
        ("xdi/Hansel2001_Fe_foil_xanes_001.xdi", True),
        ("xdi/Fe3O4_rt_01.xdi", False),
        ("xdi/FeO_rt_01.xdi", False),
        ("xdi/FeS2_rt_01.xdi", False),
        ("xdi/Fe2O3_rt_01.xdi", False),
        ("xdi/Hansel2001_greenrust_Cl_xanes_001.xdi", False),
        ("xdi/Hansel2001_magnetite_xanes_001.xdi", False),
        ("xdi/Hansel2001_siderite_xanes_001.xdi", False),
    ],
)
def test_an_oxide_is_no_foil(real_data: RealData, file: str, is_metal: bool) -> None:
    foil = read(real_data("xas", file))[0]
    settings = XanesSettings(foil_eV=7112.0)
    _, alerts = foil_calibration((foil,), (foil,), "Fe", EDGE, settings)
    assert ("XAS-160" in [alert.code for alert in alerts]) is not is_metal


def test_a_foil_needs_its_energy() -> None:
    foil = recording(metal(X), "foil")
    with pytest.raises(SettingsError, match="not the energy of its first inflection"):
        foil_calibration((foil,), (foil,), "Fe", EDGE, replace(SETTINGS, foil_eV=None))
    with pytest.raises(SettingsError, match=r"71\.1"):
        foil_calibration((foil,), (foil,), "Fe", EDGE, replace(SETTINGS, foil_eV=71.12))
    assert foil_calibration((), (foil,), "Fe", EDGE, SETTINGS) == (None, ())


def test_channels_of_one_run_are_checked_and_aligned_only_where_they_agree() -> None:
    def run(name: str, foil_at: float, sample_at: float) -> Recording:
        return recording(metal(X, sample_at), name).with_columns(
            Column("reference", metal(X, foil_at), "1")
        )

    settings = replace(SETTINGS, foil_columns={"mu": "reference"}, columns={"mu": "mu"})
    same = [run("one", 7111.0, 7115.0), run("other", 7111.1, 7115.1)]
    plain = combined_scan(same, tuple(same), settings)
    aligned = combined_scan(same, tuple(same), replace(settings, align=True))
    assert not [a for a in aligned.alerts if "channel" in a.text]
    # the mean of both scans lies halfway, the aligned one on the first, both on the foil's axis
    found = [first_inflection(one.spectrum, 7116.0).energy_eV for one in (plain, aligned)]
    assert found[0] - found[1] == pytest.approx(0.05, abs=0.01)
    astray = [run("one", 7111.0, 7115.0), run("other", 7111.3, 7115.0)]
    contradicted = combined_scan(astray, tuple(astray), replace(settings, align=True))
    (alert,) = [a for a in contradicted.alerts if "sample channel" in a.text]
    assert alert.code == "XAS-102"
    assert contradicted.spectrum.x == pytest.approx(
        combined_scan(astray, tuple(astray), settings).spectrum.x
    )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"Scan.start_time": "2002-03-16 14:18:25"}, "2002-03-16T14:18:25"),
        (
            {"comments": "Scan started at 22-11-2020 01:47:54, finished at 22-11-2020 01:52:57"},
            "2020-11-22T01:47:54",
        ),
        ({"date": "Fri Aug 10 11:45:00 2001"}, "2001-08-10T11:45:00"),
        (
            {
                "Date": "jeu. 27 mai 2021",
                "Start of this scan": "12:08:11",
                "End of this scan": "1:2:3",
            },
            "2021-05-27T12:08:11",
        ),
        ({"Scan.end_time": "2002-03-16 14:18:25"}, None),
        ({"Scan.start_time": "2002-13-16 14:18:25"}, None),
        ({"sample": "2002-03-16 14:18:25"}, None),
    ],
)
def test_start_times_of_headers(header: dict[str, str], expected: str | None) -> None:
    from datetime import UTC, datetime

    found = start_time(Recording("scan", (), header))
    told = None if found is None else datetime.fromtimestamp(found, UTC).isoformat()[:19]
    assert told == expected
