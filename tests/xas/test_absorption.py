"""Which columns make mu, and with which errors."""

from __future__ import annotations

import shlex
from dataclasses import replace

import numpy as np
import pytest
from xas_data import recording

from spectrafit.cli.values import set_values
from spectrafit.errors import ReadError, SettingsError
from spectrafit.recording import Column, Recording
from spectrafit_xas.k_edges import K_EDGES_EV
from spectrafit_xas.scans.absorption import (
    HARD_XRAY_ELEMENTS,
    absorber,
    absorption_roles,
    absorption_spectrum,
    tabulated_edge,
)
from spectrafit_xas.scans.visible_edge import edge_clarity
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.technique import xanes

AUTO = XanesSettings()
N = 5
ENERGY = np.linspace(7000.0, 7400.0, N)
I0 = np.array([1e6, 9e5, 8e5, 9e5, 1e6])
SIGNAL = np.array([1e5, 2e5, 3e5, 2e5, 1e5])


def scan(**columns: object) -> Recording:
    made = [Column("energy", ENERGY, "eV")]
    for name, values in columns.items():
        data, unit = values if isinstance(values, tuple) else (values, "1")
        made.append(Column(name, data, unit))  # type: ignore[arg-type]
    return Recording("scan", tuple(made))


def test_transmission_with_poisson_errors() -> None:
    rec = scan(i0=(I0, "counts"), itrans=(SIGNAL, "counts"))
    spectrum, roles, alerts = absorption_spectrum(rec, AUTO)
    assert roles.formula == "ln(i0/itrans)"
    assert spectrum.y == pytest.approx(np.log(I0 / SIGNAL))
    assert spectrum.sigma == pytest.approx(np.sqrt(1 / I0 + 1 / SIGNAL))
    assert spectrum.sigma_origin == "counts"
    assert alerts == ()


def test_fluorescence_with_poisson_errors() -> None:
    rec = scan(i0=(I0, "counts"), fluor=(SIGNAL, "counts"))
    spectrum, roles, _ = absorption_spectrum(rec, AUTO)
    mu = SIGNAL / I0
    assert roles.signal == "fluorescence"
    assert spectrum.y == pytest.approx(mu)
    assert spectrum.sigma == pytest.approx(np.sqrt(SIGNAL / I0**2 + mu**2 / I0))


def test_poisson_errors_are_the_scatter_of_repeats() -> None:
    rng = np.random.default_rng(3)
    repeats = []
    for _ in range(400):
        rec = scan(
            i0=(rng.poisson(I0).astype(float), "counts"),
            itrans=(rng.poisson(SIGNAL).astype(float), "counts"),
        )
        repeats.append(absorption_spectrum(rec, AUTO)[0])
    scatter = np.std([one.y for one in repeats], axis=0, ddof=1)
    claimed = np.mean([one.sigma for one in repeats], axis=0)
    # 400 repeats fix a standard deviation to 3.5 %; three of those errors
    assert scatter / claimed == pytest.approx(np.ones(N), abs=0.11)


def test_detectors_that_do_not_count_give_no_error_but_a_reason() -> None:
    spectrum, _, _ = absorption_spectrum(scan(i0=I0, itrans=SIGNAL), AUTO)
    assert spectrum.sigma is None
    assert "not declared to be counts" in spectrum.sigma_origin
    declared, _, _ = absorption_spectrum(scan(i0=I0, itrans=SIGNAL), XanesSettings(counts=True))
    assert declared.sigma is not None


def test_two_signals_are_refused_with_both_lines_to_type() -> None:
    rec = scan(i0=I0, itrans=SIGNAL, fluor=SIGNAL)
    with pytest.raises(SettingsError, match="more than one signal") as caught:
        absorption_roles(rec, AUTO)
    assert "signal=transmission" in caught.value.do
    assert "signal=fluorescence" in caught.value.do
    assert absorption_roles(rec, XanesSettings(signal="fluorescence")).formula == "fluor/i0"


def test_a_flat_column_is_no_signal() -> None:
    rec = scan(i0=I0, itrans=np.zeros(N), fluor=SIGNAL)
    assert absorption_roles(rec, AUTO).signal == "fluorescence"


def test_i0_must_be_positive_and_names_its_row() -> None:
    bad = I0.copy()
    bad[2] = 0.0
    with pytest.raises(ReadError, match="i0 is 0 in row 3"):
        absorption_spectrum(scan(i0=bad, fluor=SIGNAL), AUTO)


def test_a_negative_signal_is_left_out_and_counted() -> None:
    bad = SIGNAL.copy()
    bad[1] = -5.0
    spectrum, _, alerts = absorption_spectrum(scan(i0=I0, itrans=bad), AUTO)
    assert len(spectrum) == N - 1
    assert [alert.code for alert in alerts] == ["XAS-105"]


def test_unknown_roles_and_columns_are_refused() -> None:
    rec = scan(i0=I0, fluor=SIGNAL)
    with pytest.raises(SettingsError, match="no role 'flux'"):
        absorption_roles(rec, XanesSettings(columns={"flux": "i0"}))
    with pytest.raises(SettingsError, match="no column 'I9'"):
        absorption_roles(rec, XanesSettings(columns={"i0": "I9"}))
    with pytest.raises(SettingsError, match="which columns make mu"):
        absorption_roles(scan(other=I0), AUTO)


def test_the_absorber_is_set_or_found_or_refused() -> None:
    rec = scan(i0=I0, fluor=SIGNAL)
    assert absorber(rec, ENERGY, AUTO) == "Fe"
    with pytest.raises(SettingsError, match=r"ends at 7400.0 eV, before the K edge of Co"):
        absorber(rec, ENERGY, XanesSettings(element="Co"))
    with pytest.raises(SettingsError, match="K edges between"):
        absorber(rec, np.linspace(7000.0, 9200.0, 50), AUTO)
    with pytest.raises(SettingsError, match="no element"):
        tabulated_edge("Xx")
    assert tabulated_edge("Fe") == pytest.approx(7112.0, abs=0.5)
    assert tabulated_edge("Co") == pytest.approx(7709.0, abs=0.5)


def test_a_scan_that_broke_off_is_told_by_the_element_of_its_header() -> None:
    short = np.linspace(7000.0, 7105.0, 50)
    rec = scan(i0=I0, fluor=SIGNAL)
    with pytest.raises(SettingsError, match="name the absorber"):
        absorber(rec, short, AUTO)
    named = replace(rec, header={"Detector.element": "Si", "Element": "Fe"})
    with pytest.raises(SettingsError, match=r"ends at 7105.0 eV, before the K edge of Fe"):
        absorber(named, short, AUTO)
    with pytest.raises(SettingsError, match="does not hold the K edge of Fe"):
        absorber(named, np.linspace(7200.0, 7300.0, 50), AUTO)
    assert absorber(named, np.linspace(7000.0, 7114.8, 50), AUTO) == "Fe"


def test_dead_time_of_real_scans_is_reproduced_and_noted() -> None:
    settings = XanesSettings(signal="fluorescence")
    rec = recording("soleil_lucia/Andradite_pt1_01.dat")
    dead, raw, corrected = (rec.column(name).values for name in ("DeadTime", "FY", "FY_c"))
    assert corrected == pytest.approx(raw / (1 - dead / 100), rel=2e-5)
    assert absorption_roles(rec, settings).formula == "FY_c/Io"
    hot = recording("soleil_lucia/Hematite_pt2_01.dat")
    codes = [alert.code for alert in absorption_spectrum(hot, settings)[2]]
    assert "XAS-117" in codes


def test_calibration_scans_without_fluorescence_are_transmission() -> None:
    assert absorption_roles(recording("soleil_lucia/calib_Fe_01.dat"), AUTO).formula == "ln(Io/It)"


def test_a_declared_mu_goes_before_its_detectors() -> None:
    rec = recording("xdi_baddata/bad_00.xdi")
    spectrum, roles, _ = absorption_spectrum(rec, AUTO)
    assert roles.formula == "mutrans"
    assert "without its counts" in spectrum.sigma_origin


def test_every_tabulated_edge_is_that_of_the_database():
    import xraydb

    for symbol, energy in K_EDGES_EV.items():
        assert energy == pytest.approx(float(xraydb.xray_edge(symbol, "K").energy), rel=1e-12)
    assert (HARD_XRAY_ELEMENTS[0], HARD_XRAY_ELEMENTS[-1]) == ("Al", "Pr")


@pytest.mark.parametrize(
    "file",
    [
        "parseq/Co-foil_EXAFS_23107.dat",
        "parseq/Fe-foil_EXAFS_23147.dat",
        "parseq/20230318.h5",
        "araucaria/20K_GOE_Fe_K_240.00000.xdi",
    ],
)
def test_what_is_asked_for_can_be_typed_as_it_stands(file: str) -> None:
    one = recording(file)
    with pytest.raises(SettingsError, match="which columns make mu") as asked:
        absorption_roles(one, AUTO)
    words = shlex.split(asked.value.do[asked.value.do.index("--set") :])
    pairs = [word for word in words if word != "--set"]
    settings = XanesSettings(**set_values(pairs))
    made, roles, _ = absorption_spectrum(one, settings)
    edge = tabulated_edge(absorber(one, made.x, settings))
    assert roles.signal == "transmission"
    assert (edge_clarity(made, edge) or 0.0) > 50
    assert asked.value.do in xanes.suits(one).why


def test_columns_without_an_edge_are_not_suggested() -> None:
    rng = np.random.default_rng(2)
    energy = np.arange(7000.0, 7300.0, 0.5)
    names = ("ch1", "ch2", "ch3")
    noise = [Column(name, 1e5 + rng.normal(0.0, 100.0, energy.size), "1") for name in names]
    one = Recording("scan", (Column("energy", energy, "eV"), *noise))
    with pytest.raises(SettingsError, match="which columns make mu") as asked:
        absorption_roles(one, AUTO)
    assert 'columns.mu="NAME"' in asked.value.do
