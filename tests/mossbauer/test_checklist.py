"""The reporting checklist: what is on record, from where, and how to give what is not."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache

import numpy as np
import pytest

from spectrafit.reader import read
from spectrafit.recording import Column, Recording
from spectrafit.reference import root
from spectrafit_mossbauer.absorption.fitted import FittedSites, fit_sites
from spectrafit_mossbauer.absorption.unfolded import one_branch, unfolded
from spectrafit_mossbauer.checklist import CITED, Checklist, checklist
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.channels import channels_of
from spectrafit_mossbauer.methods import MOSSBAUER_CITATIONS
from spectrafit_mossbauer.settings import MossbauerSettings

RAW = root() / "feco" / "mossbauer"
DECLARED = MossbauerSettings(
    orientation=1, source="57Co/Rh", source_T_K=295.0, thickness="30 mg/cm2 in BN", t_a=0.4
)


@lru_cache(maxsize=2)
def fits(orientation: int | None = 1) -> tuple[FittedSites, ...]:
    iron = channels_of(read(RAW / "alphaFe.ws5")[0])
    scale = calibrated(iron, orientation=orientation)
    return tuple(
        fit_sites(unfolded(channels_of(read(RAW / name)[0]), scale))
        for name in ("075K.ws5", "125K.ws5")
    )


def without(found: Checklist) -> list[str]:
    return [row.item for row in found.missing]


def test_what_was_declared_and_fitted_is_on_record_with_its_origin() -> None:
    found = checklist(fits(), DECLARED)
    assert without(found) == []
    assert found.sentence == ""
    for item, words, origin in (
        ("source and matrix", "57Co/Rh", "settings"),
        ("source temperature", "295 K", "settings"),
        ("absorber and its thickness", "30 mg/cm2 in BN, effective thickness 0.4", "settings"),
        ("sample temperature", "75, 125 K", "file"),
        ("isomer shift reference", "alpha-iron at room temperature", "calibration"),
        (
            "velocity calibration",
            "convention A: 5.3123, 3.0760, 0.8397 mm/s, 33.04 T",
            "calibration",
        ),
        ("date of the calibration", "2024-03-01", "calibration"),
        ("sign of velocity", "orientation +1", "settings"),
        ("statistic", "Poisson, both branches unfolded", "fit"),
        ("errors", "not scaled by chi2", "fit"),
        ("software", "spectrafit-suite", "program"),
    ):
        row = found.row(item)
        assert words in row.text
        assert row.origin == origin
    assert "0.254" in found.row("line widths").text
    assert found.row("counts").text == "1e+06 per channel off resonance"
    assert found.simulated


def test_what_is_not_given_says_which_setting_gives_it() -> None:
    found = checklist(fits(), MossbauerSettings(orientation=1))
    assert without(found) == [
        "source and matrix",
        "source temperature",
        "absorber and its thickness",
    ]
    names = {one.name for one in fields(MossbauerSettings)}
    for row in found.missing:
        assert row.text == f"not given: {row.do}"
        assert row.do.split("set ")[1].split(",")[0].split(" ")[0] in names
        assert row.item in found.sentence
        assert row.do in found.sentence


def test_an_undeclared_orientation_and_an_undated_calibration_are_missing() -> None:
    one = fits(None)[0]
    scale = one.axis.calibration
    assert scale is not None
    found = checklist([one], DECLARED, replace(scale, date=""))
    assert without(found) == ["date of the calibration", "sign of velocity"]


def test_a_spectrum_without_a_temperature_is_named() -> None:
    one = fits()[0]
    spectrum = replace(one.axis.spectrum, conditions={})
    bare = replace(one, axis=replace(one.axis, spectrum=spectrum))
    found = checklist([bare, fits()[1]], DECLARED)
    assert without(found) == ["sample temperature"]
    assert "075K.ws5" in found.row("sample temperature").text


def test_velocities_of_a_file_have_no_known_reference() -> None:
    rng = np.random.default_rng(3)
    velocity = np.linspace(-4.0, 4.0, 256)
    dip = 0.05 / (1.0 + (2.0 * (np.abs(velocity - 0.4) - 0.8) / 0.3) ** 2)
    counts = rng.poisson(1e5 * (1.0 - dip)).astype(float)
    columns = (Column("velocity", velocity, "mm/s"), Column("counts", counts, "counts"))
    axis = one_branch(Recording("table.csv", columns, conditions={"T": 80.0}))
    found = checklist([fit_sites(axis)], DECLARED)
    assert without(found) == [
        "isomer shift reference",
        "velocity calibration",
        "date of the calibration",
    ]
    assert found.row("statistic").text.startswith("Poisson;")
    assert not found.simulated


def test_the_list_is_a_table_and_cites_known_works() -> None:
    found = checklist(fits(), MossbauerSettings(orientation=1))
    frame = found.to_frame()
    assert list(frame.columns) == ["item", "statement", "from"]
    assert list(frame["item"]) == [row.item for row in found.rows]
    assert frame["from"][0] == "not given"
    assert "simulated data" in found._repr_html_()
    assert found.lines[0] == f"source and matrix: {found.rows[0].text}"
    assert set(CITED) < {one.key for one in MOSSBAUER_CITATIONS}
    with pytest.raises(KeyError):
        found.row("weather")
