"""What `xanes` and `herfd` make of a scan: known truth, alerts, refusals, conventions."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from xas_data import recording

from spectrafit.alert import Level
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.reader import read
from spectrafit.recording import Column, Recording
from spectrafit.reference import root
from spectrafit.technique import Observables
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import XanesSimulation, simulated_scan
from spectrafit_xas.technique import herfd, xanes

pytestmark = pytest.mark.xdist_group("xas-technique")
RAW = root() / "feco" / "raw"
WINDOW = (7107.0, 7118.0)
XANES = XanesSettings(foil_eV=7111.2, window_eV=WINDOW)
QUICK = dataclasses.replace(XANES, method_spread=False, peaks=2)


def scan(name: str) -> Recording:
    return read(RAW / name)[0]


@pytest.fixture(scope="module")
def foils() -> list[Recording]:
    return [scan("foil_fe_before.dat"), scan("foil_fe_after.dat")]


@pytest.fixture(scope="module")
def at_250K(foils: list[Recording]) -> Observables:
    return xanes.observe({"sample": scan("xanes_fe_250K.dat"), "calibration": foils}, XANES)


def test_the_area_of_the_simulated_scan_is_its_truth(at_250K: Observables) -> None:
    area = at_250K["xanes.fe.preedge.area"]
    assert isinstance(area.value, float)
    assert area.sigma is not None
    assert abs(area.value - 8.8) < 2 * area.sigma
    assert area.sigma < 0.08 * 8.8
    assert at_250K["xanes.fe.preedge.count_best"].value == "2"


def test_the_budget_adds_up_and_names_its_sources(at_250K: Observables) -> None:
    area = at_250K["xanes.fe.preedge.area"]
    choices = {"window", "background", "shape", "interaction"}
    assert {"statistics", "edge step", *choices} <= set(area.budget)
    assert area.sigma == pytest.approx(np.sqrt(sum(s**2 for s in area.budget.values())))
    centroid = at_250K["xanes.fe.preedge.centroid"]
    assert "calibration" in centroid.budget
    assert "edge step" not in centroid.budget


def test_the_covariance_is_that_of_the_errors(at_250K: Observables) -> None:
    covariance, keys = at_250K.covariance, at_250K.covariance_keys
    assert covariance is not None
    assert np.linalg.eigvalsh(covariance).min() > -1e-9 * np.abs(covariance).max()
    for i, key in enumerate(keys):
        assert at_250K[key].sigma == pytest.approx(np.sqrt(covariance[i, i]))
    area, analytic = (keys.index(f"xanes.fe.preedge.{n}") for n in ("area", "area_analytic"))
    correlation = covariance[area, analytic] / np.sqrt(
        covariance[area, area] * covariance[analytic, analytic]
    )
    # the shape moves the tails beyond the window, and so one of the two only
    assert correlation > 0.9


def test_energies_are_on_the_foil_and_every_convention_is_said(at_250K: Observables) -> None:
    peak = at_250K["xanes.fe.preedge.peak2.energy"]
    assert isinstance(peak.value, float)
    assert peak.sigma is not None
    assert abs(peak.value - 7112.7) < 3 * peak.sigma
    area = at_250K["xanes.fe.preedge.area"]
    assert area.conventions["energy_axis"] == "Fe foil 7111.2 eV"
    assert area.conventions["window_eV"] == WINDOW
    assert "Pearson VII with m = 1.91" in area.conventions["shape"]
    assert "trapezoid" in area.conventions["area_convention"]
    steps = [entry.step for entry in area.history]
    assert steps == ["roles", "calibrate", "normalise", "window"]
    assert area.source.simulated
    assert len(area.source.sha256) == 64
    assert area.conditions["element"] == "Fe"


def test_the_chart_is_the_papers_figure(at_250K: Observables) -> None:
    chart = at_250K.charts[0]
    assert chart.simulated
    assert chart.x_label == "energy / eV (Fe foil 7111.2 eV)"
    top, residual, bend = chart.panels
    assert [trace.label for trace in top.traces][:2] == ["data", "rising edge"]
    assert top.traces[-1].label == "fit"
    assert residual.y_label == "residual / σ"
    assert "second derivative" in bend.y_label
    data, fit = bend.traces
    # data and fit pass the same smoother, so their difference is noise in its own band
    assert data.sigma is not None
    inner = slice(5, -5)
    pulls = (data.y - fit.y)[inner] / data.sigma[inner]
    assert np.sqrt(np.mean(pulls**2)) < 2.0


def test_without_a_foil_energies_are_relative_and_it_is_said() -> None:
    found = xanes.observe({"sample": scan("xanes_fe_250K.dat")}, dataclasses.replace(QUICK))
    alert = next(alert for alert in found.alerts if alert.code == "XAS-100")
    assert alert.level is Level.B
    assert found["xanes.fe.preedge.area"].conventions["energy_axis"] == "as recorded"


def test_the_energy_of_a_foil_that_is_not_given_is_noted(at_250K: Observables) -> None:
    found = xanes.observe({"sample": scan("xanes_fe_250K.dat")}, QUICK)
    alert = next(alert for alert in found.alerts if alert.code == "XAS-130")
    assert alert.level is Level.C
    assert "with uses in the study or with --calibration FILE" in str(alert)
    assert "XAS-130" not in {alert.code for alert in at_250K.alerts}
    unset = dataclasses.replace(QUICK, foil_eV=None)
    alone = xanes.observe({"sample": scan("xanes_fe_250K.dat")}, unset)
    assert "XAS-130" not in {alert.code for alert in alone.alerts}


def test_a_foil_without_its_convention_is_refused(foils: list[Recording]) -> None:
    settings = dataclasses.replace(QUICK, foil_eV=None)
    with pytest.raises(SettingsError, match="energy of its first inflection"):
        xanes.observe({"sample": scan("xanes_fe_250K.dat"), "calibration": foils}, settings)


def test_the_foil_channel_of_the_same_scan_calibrates_it() -> None:
    scan_with_foil = recording("araucaria/20K_GOE_Fe_K_240.00000.xdi")
    names = {"energy": "enc_energy", "i0": "VFC01", "transmitted": "VFC02"}
    settings = XanesSettings(
        element="Fe",
        columns=names,
        foil_columns={"energy": "enc_energy", "i0": "VFC02", "transmitted": "VFC03"},
        foil_eV=7112.0,
        peaks=1,
        method_spread=False,
    )
    found = xanes.observe({"sample": scan_with_foil, "calibration": scan_with_foil}, settings)
    entry = next(
        entry for entry in found["xanes.fe.edge.e_half"].history if entry.step == "calibrate"
    )
    assert entry.settings["measured_eV"] == pytest.approx([7111.31], abs=0.03)
    assert entry.settings["shift_eV"] == pytest.approx(0.69, abs=0.03)


def test_what_a_fit_does_not_determine_has_no_error(foils: list[Recording]) -> None:
    # two peaks that start and stay on the same place share one height between them
    changes = {f"peak{i}.center": ParameterChange(start=7112.6, fixed=True) for i in (1, 2)}
    found = xanes.observe(
        {"sample": scan("xanes_fe_250K.dat"), "calibration": foils}, QUICK, changes
    )
    area = found["xanes.fe.preedge.peak1.area"]
    assert area.sigma is None
    assert "singular" in area.sigma_reason
    assert area.key not in found.covariance_keys


def test_a_foil_of_another_element_is_refused() -> None:
    with pytest.raises(SpectrafitError, match="edge"):
        xanes.observe(
            {"sample": scan("xanes_fe_250K.dat"), "calibration": scan("foil_co.dat")}, QUICK
        )


def test_the_convention_of_cobalt_is_noted() -> None:
    settings = XanesSettings(
        foil_eV=7713.0, window_eV=(7709.0, 7720.0), peaks=1, method_spread=False
    )
    found = xanes.observe(
        {"sample": scan("xanes_co_250K.dat"), "calibration": scan("foil_co.dat")}, settings
    )
    assert "XAS-103" in [alert.code for alert in found.alerts]
    assert "xanes.co.preedge.area" in found.keys


def test_herfd_needs_its_emission_energy_and_says_that_it_is_no_xanes() -> None:
    settings = HerfdSettings(foil_eV=7111.2, window_eV=WINDOW, peaks=3, method_spread=False)
    found = herfd.observe(
        {"sample": scan("herfd_fe_008K.dat"), "calibration": scan("foil_fe_herfd.dat")}, settings
    )
    codes = [alert.code for alert in found.alerts]
    assert "XAS-151" in codes
    assert "XAS-116" not in codes
    assert found["herfd.fe.preedge.area"].conditions["emission_eV"] == 6404.52
    bare = dataclasses.replace(scan("herfd_fe_008K.dat"), header={})
    codes = [alert.code for alert in herfd.observe({"sample": bare}, settings).alerts]
    assert "XAS-116" in codes


def test_no_point_errors_means_residual_errors_and_a_note(foils: list[Recording]) -> None:
    settings = dataclasses.replace(QUICK, weights="none")
    found = xanes.observe({"sample": scan("xanes_fe_250K.dat"), "calibration": foils}, settings)
    assert "XAS-119" in [alert.code for alert in found.alerts]
    assert found.fit is not None
    assert found.fit.noise == "estimated"
    assert found["xanes.fe.preedge.area"].sigma is not None


def test_structure_in_the_residual_widens_the_errors(foils: list[Recording]) -> None:
    settings = dataclasses.replace(QUICK, peaks=1)
    found = xanes.observe({"sample": scan("xanes_fe_250K.dat"), "calibration": foils}, settings)
    alert = next(alert for alert in found.alerts if alert.code == "XAS-118")
    assert "reduced chi2" in alert.text


def test_a_short_range_above_the_edge_is_said() -> None:
    whole = scan("xanes_fe_250K.dat")
    keep = whole.column("energy").values < 7145.0
    short = dataclasses.replace(
        whole, columns=tuple(Column(c.name, c.values[keep], c.unit) for c in whole.columns)
    )
    found = xanes.observe({"sample": short}, QUICK)
    alert = next(alert for alert in found.alerts if alert.code == "XAS-107")
    assert alert.level is Level.B


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"window_eV": (7118.0, 7107.0)}, "window_eV"),
        ({"window_eV": (7300.0, 7310.0)}, "not at the edge"),
        ({"window_eV": (7111.0, 7111.5)}, "points between"),
        ({"element": "Co"}, "Co"),
        ({"pre_eV": (-400.0, -300.0)}, "range below"),
    ],
)
def test_impossible_settings_are_refused(change: dict[str, object], words: str) -> None:
    settings = dataclasses.replace(QUICK, **change)  # type: ignore[arg-type]
    with pytest.raises(SpectrafitError, match=words):
        xanes.observe({"sample": scan("xanes_fe_250K.dat")}, settings)


def test_settings_of_another_technique_are_refused() -> None:
    with pytest.raises(SettingsError, match="settings"):
        herfd.observe({"sample": scan("herfd_fe_008K.dat")}, XanesSettings())


def test_suits_tells_xanes_from_herfd_and_says_why() -> None:
    sample, sharp = scan("xanes_fe_250K.dat"), scan("herfd_fe_250K.dat")
    assert xanes.suits(sample).suits
    assert xanes.suits(sample).conditions["element"] == "Fe"
    assert not herfd.suits(sample).suits
    assert herfd.suits(sharp).suits
    assert "emission energy" in xanes.suits(sharp).why


def test_a_simulated_scan_says_so_and_reads_back(tmp_path: Path) -> None:
    text = simulated_scan(XanesSimulation(T_K=8.0), 4, herfd=False)
    assert text.startswith("# SIMULATED DATA, not a measurement\n# Simulated: true\n")
    path = tmp_path / "scan.dat"
    path.write_text(text, encoding="utf-8")
    found = read(path)[0]
    assert found.source.simulated
    assert found.header["Temperature"] == "8.0 K"
    assert [column.unit for column in found.columns] == ["eV", "counts", "counts"]
    assert text == simulated_scan(XanesSimulation(T_K=8.0), 4, herfd=False)
    assert text != simulated_scan(XanesSimulation(T_K=8.0), 5, herfd=False)
    with pytest.raises(SettingsError, match="emission_eV"):
        simulated_scan(XanesSimulation(), 1, herfd=True)


def test_a_foil_energy_that_is_no_energy_of_the_edge_is_refused(foils: list[Recording]) -> None:
    settings = dataclasses.replace(QUICK, foil_eV=7.112, window_eV=None)
    with pytest.raises(SettingsError, match=r"7\.112 is 7105 eV from the tabulated K edge"):
        xanes.observe({"sample": scan("xanes_fe_250K.dat"), "calibration": foils}, settings)
