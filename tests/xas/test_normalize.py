"""Edge steps against xraylarch's, known answers, and the spread over ranges."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.reader import read
from spectrafit.spectrum import Spectrum
from spectrafit_xas.normalisation.edge import half_height_energy
from spectrafit_xas.normalisation.edge_step import edge_step_spread
from spectrafit_xas.normalisation.normalize import flattened, normalization, normalized
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.settings import XanesSettings

RealData = Callable[..., Path]


def edge(step: float = 2.0, slope: float = -1e-4) -> Spectrum:
    x = np.arange(7000.0, 7500.0, 0.5)
    y = 0.3 + slope * (x - 7120.0) + step * (x >= 7120.0)
    return Spectrum(x, y, np.full(x.size, 1e-3), "eV")


@pytest.mark.parametrize("rule", ["closed", "larch"])
@pytest.mark.parametrize("degree", [1, 2])
def test_a_step_on_a_line_is_recovered_exactly(rule: str, degree: int) -> None:
    spectrum = edge()
    found = normalization(spectrum, 7120.0, degree=degree, range_rule=rule)
    flat = normalized(spectrum, found)
    assert found.step == pytest.approx(2.0, rel=1e-9)
    assert flat.y[spectrum.x < 7120] == pytest.approx(0.0, abs=1e-9)
    assert flat.y[spectrum.x >= 7120] == pytest.approx(1.0, abs=1e-9)
    assert flat.sigma is not None
    assert flat.sigma == pytest.approx(np.full(len(flat), 5e-4))
    assert edge_step_spread(spectrum, found) == pytest.approx(0.0, abs=1e-9)


def test_every_range_is_in_the_history() -> None:
    spectrum = edge()
    entry = normalized(spectrum, normalization(spectrum, 7120.0)).history[-1]
    assert entry.settings["pre_eV"] == [7000.0, 7090.0]
    assert entry.settings["post_eV"] == [7170.0, 7499.5]
    assert entry.settings["post_degree"] == 2
    assert entry.settings["range_rule"] == "closed"


def test_a_falling_edge_and_an_empty_range_are_refused() -> None:
    with pytest.raises(SpectrafitError, match="edge step"):
        normalization(edge(step=-1.0), 7120.0)
    with pytest.raises(SpectrafitError, match="range below"):
        normalization(edge(), 7120.0, pre_eV=(-300.0, -200.0))


def test_half_height_is_found_between_grid_points() -> None:
    x = np.arange(7100.0, 7160.0, 0.7)
    y = np.clip((x - 7119.13) / 4.0, 0.0, 1.0)
    found = half_height_energy(Spectrum(x, y, x_unit="eV"), 7110.0)
    assert found == pytest.approx(7121.13, abs=1e-9)
    flat = Spectrum(x, np.zeros(x.size), x_unit="eV")
    with pytest.raises(SpectrafitError, match="half height"):
        half_height_energy(flat, 7110.0)


LARCH = json.loads((Path(__file__).parent / "larch_norm.json").read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("row", LARCH, ids=[row["file"] for row in LARCH])
def test_the_larch_rule_gives_larchs_spectrum_on_the_same_points(
    real_data: RealData, row: dict[str, Any]
) -> None:
    recording = read(real_data("xas", *row["file"].split("/")))[0]
    spectrum = absorption_spectrum(recording, XanesSettings(signal=row["signal"]))[0]
    found = normalization(
        spectrum,
        row["e0"],
        pre_eV=(row["pre1"], row["pre2"]),
        post_eV=(row["norm1"], row["norm2"]),
        degree=row["nnorm"],
        victoreen=row["nvict"],
        range_rule="larch",
    )
    norm = normalized(spectrum, found)
    assert found.step == pytest.approx(row["edge_step"], rel=1e-6)
    assert norm.y[row["index"]] == pytest.approx(row["norm"], abs=1e-6)
    assert flattened(norm, found).y[row["index"]] == pytest.approx(row["flat"], abs=1e-6)


def test_flattening_leaves_the_pre_edge_and_levels_the_rest() -> None:
    x = np.arange(7000.0, 7500.0, 0.5)
    above = x >= 7120.0
    y = 0.3 - 1e-4 * (x - 7120.0) + above * (2.0 + 1e-3 * (x - 7120.0))
    spectrum = Spectrum(x, y, x_unit="eV")
    found = normalization(spectrum, 7120.0)
    flat = flattened(normalized(spectrum, found), found)
    assert flat.y[above] == pytest.approx(1.0, abs=1e-9)
    assert flat.y[~above] == pytest.approx(0.0, abs=1e-9)
    assert flat.history[-1].step == "flatten"


def test_a_scan_that_ends_on_the_white_line_has_no_range_above_the_edge() -> None:
    spectrum = edge().window(7000.0, 7130.0)
    with pytest.raises(SpectrafitError, match="no range above the edge") as caught:
        normalization(spectrum, 7120.0)
    assert "post_eV" in caught.value.do
    assert normalization(spectrum, 7120.0, post_eV=(2.0, 10.0)).step == pytest.approx(2.0, rel=1e-6)


def test_an_edge_before_the_first_point_above_the_window_is_found() -> None:
    x = np.arange(7100.0, 7160.0, 0.7)
    y = np.clip((x - 7119.13) / 4.0, 0.0, 1.0)
    spectrum = Spectrum(x, y, x_unit="eV")
    window_end = float(x[x < 7121.13][-1]) + 0.1
    assert half_height_energy(spectrum, window_end) == pytest.approx(7121.13, abs=1e-9)
