"""Channels of a detector are summed with their dead time; dead and drifting ones are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from faults.seed_files import COLUMNS_SEEDS
from xas_data import recording

from spectrafit.errors import SettingsError
from spectrafit.recording import Column, Recording
from spectrafit_xas.readers.detector_elements import fluorescence_sum, with_element_sums
from spectrafit_xas.readers.made_columns import corrected_yield, with_made_columns
from spectrafit_xas.scans.absorption import absorption_roles, absorption_spectrum
from spectrafit_xas.settings import XanesSettings

N = 400
ENERGY = np.linspace(7050.0, 7250.0, N)
I0 = np.linspace(1.1e6, 1e6, N)
EDGE = 1.0 / (1.0 + np.exp(-(ENERGY - 7120.0) / 2.0))


def channels(count: int = 4, seed: int = 3, *, k: float = 1.1) -> dict[str, np.ndarray]:
    """Return Poisson counts of channels that see 2000 to 22000 counts, at a dead-time factor k."""
    rng = np.random.default_rng(seed)
    true = 2000.0 + 20_000.0 * EDGE
    found = {f"Fe_Ka_mca{n}": rng.poisson(true / k).astype(float) for n in range(1, count + 1)}
    return found | {f"DTFactor_mca{n}": np.full(N, k) for n in range(1, count + 1)}


def scan(values: dict[str, np.ndarray], **conditions: str) -> tuple[Recording, str]:
    columns = [Column("energy", ENERGY, "eV"), Column("i0", I0, "counts")]
    columns += [Column(name, each, "counts") for name, each in values.items()]
    found, notices = with_element_sums(columns, "scan.dat")
    return Recording("scan.dat", found, conditions=conditions), "\n".join(n.text for n in notices)


def test_the_sum_is_that_of_the_true_counts():
    one, said = scan(channels())
    total = one.column("Fe_Ka_sum").values
    assert said == ""
    # four channels of Poisson counts: the pulls against the truth are standard normal
    truth = 4 * (2000.0 + 20_000.0 * EDGE)
    pulls = (total - truth) / np.sqrt(one.column("Fe_Ka_sum_variance").values)
    assert abs(pulls.mean()) < 4 / np.sqrt(N)
    assert 0.87 < pulls.std() < 1.13


def test_the_errors_of_the_sum_are_those_of_raw_counts():
    one, _ = scan(channels(k=1.5), element="Fe")
    spectrum, roles, _ = absorption_spectrum(one, XanesSettings())
    assert roles.formula == "Fe_Ka_sum/i0"
    variance = one.column("Fe_Ka_sum_variance").values
    np.testing.assert_allclose(variance, 1.5 * one.column("Fe_Ka_sum").values, rtol=1e-12)
    expected = np.sqrt(variance / I0**2 + spectrum.y**2 / I0)
    np.testing.assert_allclose(spectrum.sigma, expected, rtol=1e-9)


def test_rates_in_and_out_give_the_factor():
    values = {k: v for k, v in channels().items() if k.startswith("Fe")}
    for n in range(1, 5):
        values[f"ICR_mca{n}"], values[f"OCR_mca{n}"] = np.full(N, 1.2e5), np.full(N, 1e5)
    one, _ = scan(values)
    total = sum(values[f"Fe_Ka_mca{n}"] for n in range(1, 5))
    np.testing.assert_allclose(one.column("Fe_Ka_sum").values, 1.2 * total, rtol=1e-12)
    assert one.column("Fe_Ka_sum").made_from.endswith("x rate in / rate out")


def test_a_dead_channel_is_left_out():
    values = channels()
    values["Fe_Ka_mca3"] = np.zeros(N)
    one, said = scan(values)
    assert "next to none, in channel 3" in said
    assert one.column("Fe_Ka_sum").made_from.startswith("sum of Fe_Ka, channels 1, 2, 4")


@pytest.mark.parametrize("drift", [0.5, -0.4])
def test_a_drifting_channel_is_left_out(drift):
    values = channels(6)
    values["Fe_Ka_mca2"] = values["Fe_Ka_mca2"] * (1.0 + drift * np.linspace(0, 1, N))
    one, said = scan(values)
    assert "drifts in channel 2" in said
    assert "channels 1, 3-6" in one.column("Fe_Ka_sum").made_from


def test_sound_channels_are_never_left_out():
    for seed in range(40):
        _, said = scan(channels(7, seed))
        assert said == ""


def test_weak_channels_do_not_drift_by_chance():
    rng = np.random.default_rng(5)
    for _ in range(40):
        values = {f"Fe_Ka_mca{n}": rng.poisson(3 + 20 * EDGE).astype(float) for n in range(1, 5)}
        _, said = scan(values)
        assert "drifts" not in said


def test_without_a_factor_it_is_said():
    values = {k: v for k, v in channels().items() if k.startswith("Fe")}
    _, said = scan(values)
    assert "no dead-time factor of channels 1-4, summed as recorded" in said


def test_of_several_lines_that_of_the_absorber_is_meant():
    values = channels()
    values |= {name.replace("Fe", "Mn"): each for name, each in values.items() if "Fe" in name}
    for element, name in (("Fe", "Fe_Ka_sum"), ("Mn", "Mn_Ka_sum"), ("", ""), ("Co", "")):
        assert fluorescence_sum(scan(values)[0], element) == name


def test_two_signals_are_not_guessed():
    values = channels() | {"i1": np.full(N, 5e5) * np.exp(-EDGE)}
    one, _ = scan(values, element="Fe")
    with pytest.raises(SettingsError, match="more than one signal could be meant"):
        absorption_roles(one, XanesSettings())


def test_the_sum_of_a_file_is_reproduced():
    one = recording("larch_examples/fexanes_a.001")
    for line in ("Ca_Ka", "Fe_Ka"):
        given, made = one.column(f"Sum_{line}").values, one.column(f"{line}_sum").values
        np.testing.assert_allclose(made, given, rtol=1e-6)


def test_a_sum_in_the_settings_needs_columns_of_one_unit():
    one, _ = scan(channels())
    with pytest.raises(SettingsError, match="different units"):
        with_made_columns(one, {"fluorescence": "Fe_Ka_mca1 + energy"})
    with pytest.raises(SettingsError, match="no column 'Fe_Ka_mca9'"):
        with_made_columns(one, {"fluorescence": "Fe_Ka_mca1 + Fe_Ka_mca9"})


FLUX = np.linspace(1e6, 9e5, 60)


def counted_scan(weights: tuple[float, ...] = (1.0, 1.0), dead_s: float = 0.0) -> Recording:
    """Return counts of two channels of unequal rate, with the dead time of real counting."""
    step = 1.0 / (1.0 + np.exp(-(np.linspace(7000.0, 7400.0, 60) - 7122.0)))
    true = [rate * (0.2 + step) for rate in (4e4, 9e4)]
    counted = [one * 2.0 / (1.0 + one * dead_s) / w for one, w in zip(true, weights, strict=True)]
    names = ("vortDT", "vortDT2")
    return Recording(
        "scan",
        (
            Column("energy", np.linspace(7000.0, 7400.0, 60), "eV"),
            Column("I0", FLUX, "counts"),
            Column("sec", np.full(60, 2.0), "s"),
            *(Column(name, one, "counts") for name, one in zip(names, counted, strict=True)),
        ),
    )


def test_a_sum_in_the_settings_takes_weights() -> None:
    one = counted_scan(weights=(0.5, 1.25))
    settings = XanesSettings(
        signal="fluorescence", columns={"fluorescence": "0.5*vortDT + 1.25*vortDT2"}
    )
    spectrum, roles, _ = absorption_spectrum(one, settings)
    plain, _, _ = absorption_spectrum(
        counted_scan(),
        XanesSettings(signal="fluorescence", columns={"fluorescence": "vortDT + vortDT2"}),
    )
    np.testing.assert_allclose(spectrum.y, plain.y, rtol=1e-12)
    assert roles.formula == "0.5*vortDT + 1.25*vortDT2/I0"
    raw = [one.column(name).values for name in ("vortDT", "vortDT2")]
    variance = (0.25 * raw[0] + 1.5625 * raw[1]) / FLUX**2 + spectrum.y**2 / FLUX
    assert spectrum.sigma == pytest.approx(np.sqrt(variance))


@pytest.mark.parametrize("text", ["x*vortDT + vortDT2", "0*vortDT", "-1*vortDT", "nan*vortDT"])
def test_a_weight_that_is_no_number_above_zero_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is no weight"):
        with_made_columns(counted_scan(), {"fluorescence": text})


def test_a_dead_time_of_each_channel_is_corrected_by_its_own_rate() -> None:
    dead_s = 1.5e-6
    columns = {"fluorescence": "vortDT + 2*vortDT2"}
    settings = XanesSettings(signal="fluorescence", columns=columns, dead_time_s=1.5e-6)
    spectrum, roles, alerts = absorption_spectrum(counted_scan(dead_s=dead_s), settings)
    true, _, _ = absorption_spectrum(
        counted_scan(), XanesSettings(signal="fluorescence", columns=columns)
    )
    np.testing.assert_allclose(spectrum.y, true.y, rtol=1e-12)
    assert "k = 1/(1 - rate x 1.5e-06 s)" in roles.formula
    assert alerts == ()
    one = counted_scan(dead_s=dead_s)
    raw = np.array([one.column(name).values for name in ("vortDT", "vortDT2")])
    k = 1.0 / (1.0 - raw / 2.0 * dead_s)
    variance = (k[0] ** 2 * raw[0] + 4 * k[1] ** 2 * raw[1]) / FLUX**2 + spectrum.y**2 / FLUX
    assert spectrum.sigma == pytest.approx(np.sqrt(variance))


def test_a_high_dead_time_is_told_and_an_impossible_one_leaves_the_row_out() -> None:
    one = counted_scan(dead_s=5e-6)
    settings = XanesSettings(signal="fluorescence", dead_time_s=5e-6)
    columns = {"fluorescence": "vortDT2"}
    codes = [a.code for a in absorption_spectrum(one, replace(settings, columns=columns))[2]]
    assert codes == ["XAS-117"]
    beyond = replace(settings, columns=columns, dead_time_s=2e-5)
    found, _, alerts = absorption_spectrum(one, beyond)
    assert len(found) < 60
    assert "XAS-105" in [alert.code for alert in alerts]


def test_a_dead_time_needs_raw_counts_and_their_time() -> None:
    one = counted_scan()
    settings = XanesSettings(signal="fluorescence", dead_time_s=1e-6)
    without = replace(one, columns=tuple(c for c in one.columns if c.name != "sec"))
    with pytest.raises(SettingsError, match="counting time") as asked:
        absorption_spectrum(without, settings)
    assert 'columns.time="NAME"' in asked.value.do
    summed, _ = scan(channels())
    timed = summed.with_columns(Column("sec", np.ones(N), "s"))
    with pytest.raises(SettingsError, match="a correction of its own"):
        absorption_spectrum(timed, settings)
    with pytest.raises(SettingsError, match="positive"):
        absorption_spectrum(one, replace(settings, dead_time_s=-1.0))


def test_yield_without_its_correction_is_corrected(tmp_path):
    """A LUCIA file that holds FY and DeadTime only."""
    from spectrafit.table import reader

    path = tmp_path / "lucia.dat"
    path.write_bytes(COLUMNS_SEEDS["lucia.dat"])
    (one,) = reader.read(path)
    spectrum, roles, _ = absorption_spectrum(one, XanesSettings())
    assert roles.formula == "FY_c/Io"
    expected = one.column("FY").values / 0.925 / one.column("Io").values
    np.testing.assert_allclose(spectrum.y, expected, rtol=1e-12)


def test_dead_time_outside_0_to_100_gives_no_number():
    found = corrected_yield(np.full(4, 10.0), np.array([0.0, 50.0, 100.0, -1.0]))
    np.testing.assert_array_equal(found, [10.0, 20.0, np.nan, np.nan])


def test_a_correction_that_does_not_fit_is_an_alert():
    columns = (
        Column("energy", ENERGY, "eV"),
        Column("Io", I0),
        Column("FY", 100 + 1000 * EDGE),
        Column("DeadTime", 10.0 + 2.0 * EDGE),
        Column("FY_c", 1.2 * (100 + 1000 * EDGE)),
    )
    _, _, alerts = absorption_spectrum(Recording("scan.dat", columns), XanesSettings())
    assert [alert.code for alert in alerts] == ["XAS-142"]
    assert "by up to 8 %" in alerts[0].text


def test_energies_in_keV_without_a_unit_are_converted_and_said():
    columns = (Column("energy", ENERGY / 1000), Column("mu", EDGE))
    spectrum, _, alerts = absorption_spectrum(Recording("scan.dat", columns), XanesSettings())
    np.testing.assert_allclose(spectrum.x, ENERGY)
    assert [alert.code for alert in alerts] == ["XAS-141"]
