"""Numbers of the parts between bands and observables, each against a figure worked out apart."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from ir_technique_case import of, recorded, series_of

from spectrafit.recording import Column, Recording
from spectrafit_ir.bands.groups import band_groups, bands_of
from spectrafit_ir.exchange_bound import width_bound
from spectrafit_ir.measured import measured_bands
from spectrafit_ir.rows import WindowRows, spectrum_row, window_rows
from spectrafit_ir.series_bands import SeriesBands, series_bands
from spectrafit_ir.series_items import ratio_items, trace_items
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.simulate import InfraredSimulation, expected_absorbance

PAIR = InfraredSimulation(
    positions_cm=(1440.0, 1452.0), fwhm_cm=(12.0, 14.0), heights=((0.2,), (0.3,)),
    range_cm=(1380.0, 1520.0),
)  # fmt: skip
PAIR_SETTINGS = InfraredSettings(
    bands={"1440": (1434.0, 1444.0), "1452": (1448.0, 1458.0)}, window_cm=(1380.0, 1520.0)
)
KELVIN = tuple(np.arange(100.0, 301.0, 20.0))
R = 8.314462618


def series_at(settings: InfraredSettings, simulated: InfraredSimulation) -> SeriesBands:
    rows = []
    for T in KELVIN:
        made = recorded(replace(simulated, T_K=T), f"{T:.0f}K.jdx", int(T))
        rows.append(spectrum_row(replace(made, conditions={"T": T}), settings))
    return series_bands(rows, settings)


def test_a_straight_line_under_the_bands_changes_no_window_area_and_no_trace() -> None:
    row = spectrum_row(recorded(PAIR), PAIR_SETTINGS)
    (group,) = band_groups(bands_of(PAIR_SETTINGS.bands), row.x, window=(1380.0, 1520.0))
    rows = window_rows([row], group)
    tilted = WindowRows(
        group, rows.x, rows.Y + 0.3 + 2e-3 * (rows.x - 1380.0), rows.sigma, rows.share
    )
    plain, lifted = (measured_bands(one, PAIR_SETTINGS) for one in (rows, tilted))
    for name in PAIR_SETTINGS.bands:
        assert lifted.windows[name].value == pytest.approx(plain.windows[name].value, abs=1e-9)
        assert lifted.traces[name].value == pytest.approx(plain.traces[name].value, abs=1e-9)


def test_the_error_of_a_ratio_holds_the_covariance_of_both_areas() -> None:
    series = series_at(PAIR_SETTINGS, PAIR)
    (group,) = series.groups
    items = ratio_items(series, [("1440", "1452")])
    for place, item in enumerate(items):
        up, down = group.fits.area.values[place]
        slopes = np.array([1.0 / down, -up / down**2])
        noise = group.fits.area_covariance[place] * group.fits.misfit.scale[place] ** 2
        assert item.value == pytest.approx(up / down)
        assert item.sigma == pytest.approx(math.sqrt(slopes @ noise @ slopes))
        # bands that overlap take from each other: without the covariance it would be smaller
        assert item.sigma > 1.05 * math.sqrt(slopes**2 @ np.diag(noise))


def test_the_bias_of_a_trace_is_what_shift_and_width_do_to_it() -> None:
    moving = InfraredSimulation(
        positions_cm=(1485.0,), fwhm_cm=(14.0,), heights=((0.3,),), mixing=0.6, T_ref_K=100.0,
        shift_cm_per_K=-0.04, broadening_per_K=5e-4, range_cm=(1400.0, 1570.0), noise=1e-5,
        baseline=(0.0, 0.0, 0.0),
    )  # fmt: skip
    settings = InfraredSettings(bands={"1485": (1474.0, 1488.0)}, trace_cm={"1485": 1485.0})
    _, _, biases = trace_items(series_at(settings, moving))
    for T, found in zip(KELVIN, biases["1485"].bias_percent, strict=True):
        at = np.array([1485.0])
        cold, here = (expected_absorbance(replace(moving, T_K=one), at)[1][0] for one in (100.0, T))
        assert found == pytest.approx(100.0 * (here / cold - 1.0), abs=0.15)


def test_an_enthalpy_is_given_in_kilojoule_and_the_bound_on_the_rate_by_the_stated_errors() -> None:
    settings = InfraredSettings(
        bands={"1485": (1475.0, 1491.0), "1556": (1546.0, 1562.0)}, window_cm=(1440.0, 1600.0),
        population_bands=("1485", "1556"), exchange_bands=("1485", "1556"), resolution_cm=1e-4,
        steps=0,
    )  # fmt: skip
    samples = []
    for T in np.arange(60.0, 301.0, 10.0):
        f = 1.0 / (1.0 + math.exp(4000.0 / R * (1.0 / T - 1.0 / 200.0)))
        one = InfraredSimulation(
            T_K=T, positions_cm=(1485.0, 1556.0), fwhm_cm=(16.0, 15.0),
            heights=((0.3 * (1.0 - f),), (0.25 * f,)), range_cm=(1440.0, 1600.0), noise=1e-4,
        )  # fmt: skip
        samples.append(replace(recorded(one, f"{T:.0f}K.jdx", int(T)), conditions={"T": T}))
    found = series_of(samples, settings)
    enthalpy = of(found, "ir.dH")
    assert enthalpy.unit == "kJ mol-1"
    assert 3.5 < enthalpy.low < 4.0 < enthalpy.high < 4.5
    kelvin = [float(one.conditions["T"]) for one in samples]
    widths = [of(found, "ir.1485.linked_width", T=T) for T in kelvin]
    apart = width_bound(
        kelvin, [one.value for one in widths], [one.sigma for one in widths],
        resolution=1e-4, separation=71.0,  # so fine that the errors of widths decide
    )  # fmt: skip
    for T, limit in zip(apart.T, apart.k_max, strict=True):
        assert of(found, "ir.k_max", T=T).high == pytest.approx(limit, rel=1e-6)


def test_calculations_are_held_against_the_spectra_below_the_step() -> None:
    samples = []
    for T in (20.0, 40.0, 60.0, 70.0, 80.0, 90.0, 100.0, 150.0, 200.0):
        hot = T > 85.0
        one = InfraredSimulation(
            T_K=T, positions_cm=(1329.0, 1380.0, 1440.0), fwhm_cm=(14.0, 14.0, 12.0),
            heights=((0.0 if hot else 0.1,), (0.15,), (0.15,)), range_cm=(1290.0, 1500.0),
        )  # fmt: skip
        samples.append(replace(recorded(one, f"{T:.0f}K.jdx", int(T)), conditions={"T": T}))
    bands = {"1329": (1319.0, 1335.0), "1380": (1370.0, 1386.0), "1440": (1430.0, 1446.0)}
    settings = InfraredSettings(bands=bands, window_cm=(1290.0, 1500.0), scale_factor=(1.0, 0.01))
    modes = Recording(
        "cold.csv",
        (
            Column("frequency", np.array([1329.0, 1380.0, 1440.0]), "cm-1"),
            Column("intensity", np.array([100.0, 150.0, 130.0]), "km mol-1"),
        ),
    )
    found = series_of(samples, settings, reference=[modes])
    score = next(item for item in found.items if item.key.startswith("ir.match."))
    (step,) = [entry for entry in score.history if entry.step == "calculated"]
    assert step.settings["rows"] == "20 to 80 K"
    assert score.value > 0.98


def test_calculations_that_are_not_distinguishable_and_what_limits_them_are_told() -> None:
    one = InfraredSimulation(
        positions_cm=(1329.0, 1440.0), fwhm_cm=(14.0, 12.0), heights=((0.1,), (0.15,)),
        range_cm=(1290.0, 1500.0),
    )  # fmt: skip
    bands = {"1329": (1319.0, 1335.0), "1440": (1430.0, 1446.0)}
    settings = InfraredSettings(bands=bands, window_cm=(1290.0, 1500.0))
    modes = Recording(
        "elsewhere.csv",
        (
            Column("frequency", np.array([1295.0, 1385.0, 1495.0]), "cm-1"),
            Column("intensity", np.array([100.0, 150.0, 130.0]), "km mol-1"),
        ),
    )
    samples = [
        replace(recorded(replace(one, T_K=T), f"{T:.0f}K.jdx", int(T)), conditions={"T": T})
        for T in (20.0, 40.0)
    ]
    held = replace(settings, scale_factor=(1.0, 0.01))
    told = {a.code: a.text for a in series_of(samples, held, reference=[modes]).alerts}
    assert "not_distinguishable: the calculated spectrum of elsewhere" in told["IR-119"]
    told = {a.code: a.text for a in series_of(samples, settings, reference=[modes]).alerts}
    assert "the scale factor is that of the best match" in told["IR-122"]
