"""From a spectrum to its bands, and what is refused or said, as a user sees it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from ir_technique_case import NAMED, ONE, alert_of, axes, codes, recorded, with_y

from spectrafit.errors import ReadError, SettingsError, SpectrafitError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.reference import root
from spectrafit.technique import Observables
from spectrafit_ir.alerts import INFRARED_ALERTS
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.simulate import InfraredSimulation, band_values
from spectrafit_ir.technique import infrared

TABLE = tomllib.loads((root() / "feco" / "study.toml").read_text(encoding="utf-8"))
FECO = next(one for one in TABLE["measurement"] if one["name"] == "ir")["settings"]["bands"]
BANDS = {name: (float(low), float(high)) for name, (low, high) in FECO.items()}
WHOLE = InfraredSettings(window_cm=(1200.0, 1600.0), bands=BANDS)
TWO = InfraredSimulation(
    T_K=120.0, positions_cm=(1300.0, 1485.0), fwhm_cm=(12.0, 14.0), heights=((0.2,), (0.3,))
)
PROFILE = ("area", "position", "width", "height")


@cache
def shipped(T: int = 110) -> Recording:
    return read(root() / "feco" / "ir" / f"{T:03d}K.jdx")[0]


@cache
def of_shipped() -> Observables:
    return infrared.observe({"sample": shipped()}, WHOLE)


def observed(recording: Recording, settings: InfraredSettings = NAMED, **more: Recording):
    return infrared.observe({"sample": recording, **more}, settings)


def test_every_band_has_its_trace_its_areas_and_its_profile() -> None:
    found = of_shipped()
    expected = {f"ir.{band}.{key}" for band in BANDS for key in ("trace", "window_area", *PROFILE)}
    assert set(found.keys) == expected
    assert found["ir.1485.trace"].conventions["trace_cm"] == 1485.0
    assert found["ir.1485.area"].conventions["window_cm"] == [1200.0, 1600.0]
    assert found["ir.1485.area"].conditions["T"] == 110.0
    assert found["ir.1485.area"].source.simulated
    assert [chart.simulated for chart in found.charts] == [True]


def test_errors_are_the_sum_of_their_budget_and_the_covariance_is_that_of_the_areas() -> None:
    found = of_shipped()
    for item in found.items:
        if item.sigma is not None:
            assert item.sigma == pytest.approx(np.hypot.reduce(list(item.budget.values())))
    assert set(found["ir.1485.area"].budget) == {"noise", "baseline"}
    assert set(found["ir.1485.position"].budget) == {"noise", "axis"}
    assert found["ir.1485.position"].budget["axis"] == pytest.approx(0.1)
    assert found.covariance_keys == tuple(f"ir.{band}.area" for band in BANDS)
    sigma = [found[key].sigma for key in found.covariance_keys]
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(sigma)


def test_the_profile_is_where_it_was_put() -> None:
    (truth,) = band_values(ONE)
    pulls = []
    for seed in range(24):
        found = observed(recorded(ONE, seed=seed))
        values = (truth.area, truth.position, truth.fwhm, truth.height)
        pulls.append(
            [
                (found[f"ir.1485.{key}"].value - value) / found[f"ir.1485.{key}"].budget["noise"]
                for key, value in zip(PROFILE, values, strict=True)
            ]
        )
    spread = np.std(pulls, axis=0)
    assert (np.abs(np.mean(pulls, axis=0)) < 4.0 / np.sqrt(24)).all()
    assert ((spread > 0.6) & (spread < 1.5)).all()


def test_a_declared_scale_is_in_the_budget_of_areas_and_of_nothing_else() -> None:
    found = observed(recorded(ONE), replace(NAMED, scale_sigma=0.03))
    area = found["ir.1485.area"]
    assert area.budget["scale"] == pytest.approx(0.03 * area.value)
    assert area.conventions["scale"] == "as measured, to 3 %"
    assert "scale" in found["ir.1485.trace"].budget
    assert "scale" not in found["ir.1485.position"].budget
    assert "IR-105" not in codes(found)
    assert "IR-105" in codes(observed(recorded(ONE)))


def test_a_parameter_is_held_and_an_unknown_one_is_refused() -> None:
    given = {"sample": recorded(ONE)}
    held = {"1485.fwhm": ParameterChange(start=13.0, fixed=True)}
    width = infrared.observe(given, NAMED, held)["ir.1485.width"]
    assert (width.value, width.sigma) == (13.0, None)
    assert width.sigma_reason
    for wrong in ("1486.center", "1485.centre", "baseline.c7"):
        with pytest.raises(SettingsError, match=wrong):
            infrared.observe(given, NAMED, {wrong: ParameterChange(min=1.0)})
    with pytest.raises(SettingsError, match="no parameter"):
        infrared.observe(given, InfraredSettings(), held)


def test_a_held_mixing_and_a_chosen_line_are_told() -> None:
    found = observed(recorded(ONE), replace(NAMED, mixing=0.5))
    assert found["ir.1485.area"].conventions["mixing"] == 0.5
    gaussian = observed(recorded(ONE), replace(NAMED, line="gaussian"))
    assert gaussian["ir.1485.area"].conventions["line"] == "gaussian"
    # half of the truth is Lorentzian: a Gaussian misses it, and its errors say so
    alert = alert_of(gaussian, "IR-102")
    assert "1485" in alert.text
    area = gaussian["ir.1485.area"]
    assert area.budget["misfit"] > area.budget["noise"]


def test_neighbouring_bands_share_a_window_and_distant_ones_do_not() -> None:
    two = replace(TWO, heights=((0.2,), (0.3,)))
    bands = {"1300": (1290.0, 1310.0), "1485": (1475.0, 1495.0)}
    found = observed(recorded(two), InfraredSettings(bands=bands))
    windows = [found[f"ir.{band}.area"].conventions["window_cm"] for band in bands]
    assert windows == [[1250.0, 1350.0], [1435.0, 1535.0]]
    assert [chart.name for chart in found.charts] == ["fit-1300", "fit-1485"]
    size = len(found.covariance_keys)
    assert found.covariance.shape == (size, size) == (2, 2)
    assert found.covariance[0, 1] == 0.0


# what a user is told -----------------------------------------------------------------------------


def test_without_named_bands_a_peak_list_with_the_table_to_paste() -> None:
    found = observed(shipped(), InfraredSettings(window_cm=(1200.0, 1600.0)))
    alert = alert_of(found, "IR-100")
    pasted = tomllib.loads(alert.text.split("To paste: ")[1])["bands"]
    again = InfraredSettings(window_cm=(1200.0, 1600.0), bands=pasted)
    named = observed(shipped(), again)
    assert all(low < float(name) < high for name, (low, high) in pasted.items())
    strong = (1260, 1296, 1440, 1485, 1514)
    for position in strong:
        name = min(pasted, key=lambda one: abs(float(one) - position))
        assert abs(float(name) - position) < 2.0
        peak, fit = (one[f"ir.{name}.position"] for one in (found, named))
        assert peak.value == pytest.approx(fit.value, abs=4.0 * np.hypot(peak.sigma, fit.sigma))


def test_a_spectrum_of_noise_alone_has_no_bands() -> None:
    x, _ = axes(recorded(ONE))
    noise = 0.05 + np.random.default_rng(4).normal(0.0, 5e-4, x.size)
    found = observed(with_y(recorded(ONE), noise), InfraredSettings())
    assert found.items == ()
    assert "IR-100" not in codes(found)
    assert "IR-117" in codes(found)


def test_a_band_that_nobody_named_is_seen_in_the_residual() -> None:
    two = replace(
        ONE, positions_cm=(1485.0, 1520.0), fwhm_cm=(14.0, 10.0), heights=((0.3,), (0.01,))
    )
    found = observed(recorded(two))
    assert "1520 cm-1" in alert_of(found, "IR-110").text
    assert "IR-110" not in codes(observed(recorded(ONE)))


def clipped(*, ceiling: float = 2.0) -> Recording:
    strong = recorded(replace(ONE, heights=((4.0,),)))
    return with_y(strong, np.minimum(axes(strong)[1], ceiling))


def test_a_saturated_band_has_no_area_and_the_masked_fit_is_offered() -> None:
    with pytest.raises(SettingsError, match="saturated") as caught:
        observed(clipped())
    assert "fit_saturated = true" in caught.value.do
    found = observed(clipped(), replace(NAMED, fit_saturated=True))
    assert "saturated" in alert_of(found, "IR-101").text
    assert set(found.keys) == {f"ir.1485.{key}" for key in PROFILE}
    assert found["ir.1485.position"].value == pytest.approx(1485.0, abs=0.1)
    assert found["ir.1485.height"].value == pytest.approx(4.0, rel=0.05)


def test_a_saturated_band_spares_those_of_other_windows() -> None:
    strong = recorded(replace(TWO, heights=((0.3,), (4.0,))))
    cut = with_y(strong, np.minimum(axes(strong)[1], 2.0))
    bands = {"1300": (1290.0, 1310.0), "1485": (1475.0, 1495.0)}
    found = observed(cut, InfraredSettings(bands=bands))
    assert "1485" in alert_of(found, "IR-101").text
    assert {key.split(".")[1] for key in found.keys} == {"1300"}


def test_attenuated_total_reflection_is_told() -> None:
    header = {**recorded(ONE).header, "technique": "ATR"}
    found = observed(replace(recorded(ONE), header=header))
    assert "IR-107" in codes(found)
    assert "attenuated" in found["ir.1485.area"].conventions["sampling"]


def test_a_baseline_that_follows_the_band_is_left_out_and_named() -> None:
    broad = replace(ONE, fwhm_cm=(110.0,), range_cm=(1300.0, 1670.0))
    settings = replace(
        NAMED, window_cm=(1300.0, 1670.0), baselines=("linear", "rubberband", "snip")
    )
    found = observed(recorded(broad), settings)
    assert "snip: " in alert_of(found, "IR-104").text
    assert any("snip" in one for one in found["ir.1485.trace"].conventions["baselines_left_out"])


def test_a_band_at_the_end_of_its_range_is_told() -> None:
    found = observed(recorded(ONE), InfraredSettings(bands={"b": (1485.2, 1495.0)}))
    assert "position at bound" in alert_of(found, "IR-103").text
    assert found["ir.b.position"].sigma is None
    assert "bound" in found["ir.b.position"].sigma_reason


def test_bands_that_cannot_be_told_apart_are_told() -> None:
    close = replace(
        ONE, positions_cm=(1482.0, 1488.0), fwhm_cm=(14.0, 14.0), heights=((0.2,), (0.2,))
    )
    bands = {"low": (1475.0, 1485.0), "high": (1485.5, 1495.0)}
    found = observed(recorded(close), InfraredSettings(bands=bands))
    alert = alert_of(found, "IR-120")
    assert "low and high" in alert.text


def test_points_that_share_noise_count_for_less() -> None:
    rng = np.random.default_rng(3)
    one = recorded(replace(ONE, noise=0.0, range_cm=(1200.0, 1800.0)))
    white = rng.normal(0.0, 5e-4, axes(one)[1].size + 2)
    smooth = np.convolve(white, [0.25, 0.5, 0.25], mode="valid")
    found = observed(with_y(one, axes(one)[1] + smooth))
    assert "IR-109" in codes(found)
    assert not {"IR-109", "IR-118"} & codes(of_shipped())
    # too narrow to tell: said, since errors may then be too small
    assert "independent" in alert_of(observed(recorded(ONE)), "IR-118").text


def test_noise_that_only_the_residual_tells_is_doubted() -> None:
    rng = np.random.default_rng(3)
    one = recorded(replace(ONE, noise=0.0))
    white = rng.normal(0.0, 5e-4, axes(one)[1].size + 2)
    smooth = np.convolve(white, [0.25, 0.5, 0.25], mode="valid")
    found = observed(with_y(one, axes(one)[1] + smooth), replace(NAMED, window_cm=(1400.0, 1570.0)))
    assert "of the residual" in alert_of(found, "IR-118").text


def test_a_vapour_spectrum_is_fitted_and_taken_off() -> None:
    sample = recorded(ONE)
    x, y = axes(sample)
    rng = np.random.default_rng(8)
    lines = sum(
        h / (1 + ((x - at) / 0.8) ** 2) for at, h in ((1473, 0.3), (1490, 0.5), (1506, 0.4))
    )
    gas = replace(with_y(sample, lines + rng.normal(0, 5e-4, x.size)), name="vapour.jdx")
    wet = with_y(sample, y + 0.1 * lines)
    found = observed(wet, background=gas)
    (entry,) = [e for e in found["ir.1485.area"].history if e.step == "vapour"]
    assert entry.settings["factor"] == pytest.approx(0.1, abs=0.01)
    dry = observed(sample)["ir.1485.area"]
    assert found["ir.1485.area"].value == pytest.approx(dry.value, abs=3 * dry.sigma)
    other = recorded(replace(ONE, step_cm=0.5), "gas.jdx")
    with pytest.raises(SettingsError, match="other points"):
        observed(sample, background=other)


# what is refused ---------------------------------------------------------------------------------


def in_unit(recording: Recording, unit: str) -> Recording:
    columns = tuple(
        replace(column, unit=unit) if column.name == "wavenumber" else column
        for column in recording.columns
    )
    return replace(recording, columns=columns)


@pytest.mark.parametrize("unit", ["um", "nm"])
def test_an_axis_in_wavelengths_is_refused(unit: str) -> None:
    with pytest.raises(SettingsError, match="not in cm-1") as caught:
        observed(in_unit(recorded(ONE), unit))
    assert "nothing is converted silently" in caught.value.do


@pytest.mark.parametrize("kind", ["reflectance", "single beam", "interferogram"])
def test_what_is_no_absorbance_is_refused_and_named(kind: str) -> None:
    one = recorded(ONE)
    with pytest.raises(SettingsError) as caught:
        observed(replace(one, header={**one.header, "y kind": kind}))
    assert kind in str(caught.value)


def transmitting(top: float) -> Recording:
    one = recorded(ONE)
    y = 10.0 ** -axes(one)[1]
    columns = tuple(replace(c, unit="%") if c.name == one.roles["y"] else c for c in one.columns)
    header = {**one.header, "y kind": "transmittance"}
    return with_y(replace(one, columns=columns, header=header), y / y.max() * top)


def test_transmittance_above_a_hundred_per_cent() -> None:
    with pytest.raises(ReadError, match="no transmittance"):
        observed(transmitting(160.0))
    between = observed(transmitting(103.0))
    assert any("103" in alert.text for alert in between.alerts)
    right = observed(transmitting(95.0))
    assert not any("transmittance" in alert.text for alert in right.alerts)
    assert right["ir.1485.height"].value == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize(
    "settings",
    [
        InfraredSettings(window_cm=(1000.0, 1100.0)),
        InfraredSettings(window_cm=(1000.0, 1100.0), bands={"b": (1040.0, 1060.0)}),
        InfraredSettings(bands={"b": (2040.0, 2060.0)}),
    ],
    ids=["window", "window of bands", "band"],
)
def test_a_window_outside_the_data_is_refused_with_their_range(settings: InfraredSettings) -> None:
    with pytest.raises(SpectrafitError) as caught:
        observed(recorded(ONE), settings)
    assert "the data run from 1400" in caught.value.do


def test_a_range_that_does_not_rise_is_refused_by_the_name_of_the_band() -> None:
    with pytest.raises(SettingsError, match="1485"):
        observed(recorded(ONE), InfraredSettings(bands={"1485": (1495.0, 1475.0)}))


def test_values_without_noise_are_refused() -> None:
    one = recorded(replace(ONE, noise=0.0, heights=((0.0,),), baseline=(0.05, 0.0, 0.0)))
    with pytest.raises(SettingsError, match="noise"):
        observed(one)


def test_every_code_is_raised_somewhere() -> None:
    """A code that no line raises is a promise that nobody keeps."""
    from pathlib import Path

    import spectrafit_ir

    folder = Path(spectrafit_ir.__file__).parent
    text = "".join(
        file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.py"))
        if file.name != "alerts.py"
    )
    missing = [spec.code for spec in INFRARED_ALERTS if f'"{spec.code}"' not in text]
    assert missing == []
