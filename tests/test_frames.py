"""Tables of pandas: the numbers as they are, and their units beside them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from reporting.outcomes import fit_result, observables, preedge_chart, synthetic_outcome

from spectrafit.history import Source
from spectrafit.panel import Chart, Panel, Trace
from spectrafit.recording import Column, Recording
from spectrafit.reporting.figures import chart_csv
from spectrafit.reporting.observed import fits_table
from spectrafit.reporting.table_csv import csv_text
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import Spectrum

SOURCE = Source("a.dat", "f" * 64, simulated=True)


def spectrum(temperature: float, sigma=(0.1, 0.2)) -> Spectrum:
    return Spectrum(
        [1.0, 2.0], [3.0, temperature], sigma, "eV", "counts", conditions={"T": temperature},
        source=SOURCE,
    )  # fmt: skip


def test_a_recording_keeps_every_column_with_its_unit():
    frame = Recording(
        "a.dat",
        (Column("energy", [1.0, 2.0], "eV"), Column("IF", [np.nan, 4.0], "counts")),
        roles={"x": "energy"},
        conditions={"T": 8.0},
        source=SOURCE,
    ).to_frame()
    assert frame["energy"].tolist() == [1.0, 2.0]
    assert np.isnan(frame["IF"][0])
    assert frame.attrs["units"] == {"energy": "eV", "IF": "counts"}
    assert frame.attrs["roles"] == {"x": "energy"}
    assert frame.attrs["conditions"] == {"T": 8.0}
    assert frame.attrs["simulated"] is True


def test_a_spectrum_has_sigma_only_where_it_is_known():
    frame = spectrum(8.0).to_frame()
    assert frame.columns.tolist() == ["x", "y", "sigma"]
    assert frame.attrs["units"] == {"x": "eV", "y": "counts", "sigma": "counts"}
    assert (frame.attrs["source"], frame.attrs["sha256"]) == ("a.dat", "f" * 64)
    assert "one standard uncertainty" in frame.attrs["note"]
    assert spectrum(8.0, None).to_frame().columns.tolist() == ["x", "y"]


def test_a_frame_can_be_changed_without_changing_the_spectrum():
    one = spectrum(8.0)
    frame = one.to_frame()
    frame["y"] += 1.0
    assert one.y.tolist() == [3.0, 8.0]


def test_a_series_is_one_long_table():
    frame = SpectrumSeries((spectrum(100.0), spectrum(8.0))).to_frame()
    assert frame["T"].tolist() == [8.0, 8.0, 100.0, 100.0]
    assert frame["y"].tolist() == [3.0, 8.0, 3.0, 100.0]
    assert frame.attrs["units"]["T"] == "K"
    mixed = SpectrumSeries((spectrum(100.0), spectrum(8.0, None)), condition="").to_frame()
    assert mixed.columns.tolist() == ["place", "x", "y", "source"]
    assert mixed["place"].tolist() == [0, 0, 1, 1]


def test_a_fit_has_an_error_or_a_reason_for_each_parameter():
    frame = fit_result().to_frame().set_index("name")
    assert frame.loc["peak1.center", "sigma"] == pytest.approx(0.02)
    assert np.isnan(frame.loc["peak2.fwhm", "sigma"])
    assert frame.loc["peak2.fwhm", "sigma_reason"] == "at bound"
    assert frame["sigma"].dtype == np.float64
    assert frame.attrs["ndata"] == 121
    assert frame.attrs["flags"] == ["converged", "at bound"]


def test_observables_hold_numbers_words_and_limits_in_columns_of_their_own():
    frame = observables(8.0, SOURCE).to_frame().set_index("key")
    assert frame.loc["herfd.fe.preedge.area", "value"] == pytest.approx(5.1)
    assert frame.loc["herfd.fe.preedge.area", "T"] == 8.0
    assert frame.loc["herfd.fe.preedge.count_best", "word"] == "2"
    assert np.isnan(frame.loc["herfd.fe.preedge.count_best", "value"])
    assert frame.loc["herfd.fe.preedge.shift", "high"] == 0.05
    assert frame.loc["herfd.fe.preedge.fwhm", "sigma_reason"] == "at bound"
    assert frame[["value", "sigma", "low", "high", "level"]].dtypes.unique() == [np.float64]
    assert frame.attrs["units"] == {"T": "K"}


def test_an_outcome_is_the_wide_table_of_the_report():
    outcome = synthetic_outcome()
    frame = outcome.to_frame()
    told = pd.read_csv(io.StringIO(csv_text(fits_table(outcome))))
    assert frame.columns.tolist() == told.columns.tolist()
    assert frame["label"].tolist() == [result.label for result in outcome.results]
    for name in told.columns:
        if told[name].dtype == np.float64 and told[name].notna().any():
            assert np.array_equal(frame[name].astype(float), told[name], equal_nan=True)
    assert frame.attrs["units"]["herfd.fe.preedge.centroid"] == "eV"
    assert frame["herfd.fe.preedge.area_standard_uncertainty"].dtype == np.float64
    assert "k = 1" in frame.attrs["note"]
    assert len(replace(outcome, results=()).to_frame()) == 0


def test_a_chart_is_the_table_beside_its_figure():
    chart = replace(preedge_chart(), reverse_x=True)
    frame = chart.to_frame()
    told = pd.read_csv(io.StringIO(chart_csv(chart)))
    assert told.columns.tolist() == [
        chart.x_label if name == "x" else name for name in frame.columns
    ]
    for name in ("y", "y_standard_uncertainty", "base"):
        assert np.array_equal(frame[name], told[name], equal_nan=True)
    assert frame.attrs["units"] == {"x": "energy / eV (Fe foil 7111.2 eV)"}
    assert frame["x"][0] == 7118.0


def test_a_curve_with_gaps_keeps_them():
    panel = Panel("y", (Trace("d", [1.0, 2.0], [np.nan, 2.0]),))
    assert Chart("c", "", "x", (panel,)).to_frame()["y"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    "thing", [spectrum(8.0), fit_result(), observables(8.0, SOURCE), preedge_chart()]
)
def test_what_goes_with_a_frame_is_plain_json(thing):
    attrs = thing.to_frame().attrs
    assert json.loads(json.dumps(attrs)) == attrs


def test_the_nouns_load_no_pandas():
    code = (
        "import sys, spectrafit.technique, spectrafit.study.outcome, spectrafit.figures\n"
        "heavy = {'pandas', 'matplotlib', 'scipy', 'lmfit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
