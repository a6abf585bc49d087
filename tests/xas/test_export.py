"""Exports: what is written reads back as the same numbers, with the conventions beside them."""

from __future__ import annotations

import csv
import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.table import ColumnsReader
from spectrafit_xas.export.prepared import (
    to_larch,
    write_athena,
    write_csv,
    write_nxfit,
    write_nxxas,
)
from spectrafit_xas.preedge.model import PreedgeFit
from spectrafit_xas.preedge.peak_count import counted_peaks
from spectrafit_xas.preparation import PreparedScan, fit_region, prepared_scan
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import HerfdSimulation, XanesSimulation, simulated_scan

SETTINGS = XanesSettings(window_eV=(7107.0, 7118.0), peaks=1)


def scan(kind: type[XanesSimulation] = XanesSimulation, **changes: float) -> Recording:
    raw = simulated_scan(kind(**changes), 1, herfd=kind is HerfdSimulation).encode()  # type: ignore[arg-type]
    found = ColumnsReader().recording(raw, Path("scan.dat"))
    T = changes.get("T_K")
    return found if T is None else dataclasses.replace(found, conditions={"T": T})


@pytest.fixture(scope="module")
def prepared() -> PreparedScan:
    return prepared_scan(scan(T_K=8.0), (), SETTINGS)


@pytest.fixture(scope="module")
def coarse() -> PreparedScan:
    return prepared_scan(scan(step_eV=0.4, T_K=250.0), (), SETTINGS)


@pytest.fixture(scope="module")
def fitted(prepared: PreparedScan) -> PreedgeFit:
    return counted_peaks(fit_region(prepared, SETTINGS), SETTINGS, prepared.window_eV).fit


def test_csv_keeps_each_spectrum_on_its_own_energies(
    prepared: PreparedScan, coarse: PreparedScan, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "all.csv", {"8 K": prepared, "=250 K": coarse})
    text = file.read_text(encoding="utf-8").splitlines()
    comments = [line for line in text if line.startswith("#")]
    assert len(comments) == 2
    assert all("simulated data" in line and "edge step" in line for line in comments)
    rows = list(csv.reader(text[2:]))
    assert rows[0][0] == "8 K energy / eV"
    assert rows[0][5].startswith("'=250 K")  # no formula for a spreadsheet
    assert len(rows) == 1 + max(len(prepared.raw), len(coarse.raw))
    columns = list(zip(*rows[1:], strict=True))
    for place, one in ((0, prepared), (5, coarse)):
        for k, values in enumerate((one.raw.x, one.raw.y, one.normalised.y, one.flat.y)):
            found = [float(cell) for cell in columns[place + k] if cell]
            assert found == pytest.approx(values, rel=1e-9)
    with pytest.raises(SpectrafitError, match="no spectrum"):
        write_csv(tmp_path / "none.csv", {})


def test_nxxas_reads_back_with_its_element_temperature_and_steps(
    prepared: PreparedScan, coarse: PreparedScan, tmp_path: Path
) -> None:
    h5py = pytest.importorskip("h5py")
    file = write_nxxas(tmp_path / "iron.h5", {"8 K": prepared, "250 K": coarse})
    first, second = read(file)
    assert first.conditions["element"] == "Fe"
    assert (first.conditions["T"], second.conditions["T"]) == (8.0, 250.0)
    spectrum = first.spectrum()
    assert spectrum.x == pytest.approx(prepared.normalised.x)
    assert spectrum.y == pytest.approx(prepared.normalised.y)
    with h5py.File(file) as content:
        entry = content["_8_K"]
        assert entry.attrs["NX_class"] == "NXentry"
        assert entry["definition"].asstr()[()] == "NXxas"
        assert entry["mode"].asstr()[()] == "fluorescence yield"
        assert entry["intensity_errors"][:] == pytest.approx(prepared.normalised.sigma)
        steps = entry["process"]
        said = [steps[name]["description"].asstr()[()] for name in steps if "step_" in name]
        assert "normalise" in said
        assert steps["simulated"][()]
        plot = entry[entry.attrs["default"]]
        assert plot[plot.attrs["signal"]][:] == pytest.approx(prepared.normalised.y)


def test_herfd_keeps_its_emission_and_is_refused_without(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    settings = HerfdSettings(window_eV=(7107.0, 7118.0), resolution_eV=0.8)
    sharp = prepared_scan(scan(HerfdSimulation), (), settings)
    file = write_nxxas(tmp_path / "herfd.h5", {"sharp": sharp})
    (back,) = read(file)
    assert back.conditions["emission_eV"] == 6404.8
    with h5py.File(file) as content:
        assert content["sharp/mode"].asstr()[()] == "HERFD"
        assert content["sharp/emission_line/resolution"][()] == 0.8
    conditions = {k: v for k, v in sharp.raw.conditions.items() if k != "emission_eV"}
    without = dataclasses.replace(sharp, raw=dataclasses.replace(sharp.raw, conditions=conditions))
    with pytest.raises(SpectrafitError, match="without its emission energy"):
        write_nxxas(tmp_path / "herfd.h5", {"sharp": without})


def test_another_version_of_nxxas_is_refused(prepared: PreparedScan, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="2024-draft"):
        write_nxxas(tmp_path / "iron.h5", {"8 K": prepared}, "2031")  # type: ignore[arg-type]


def test_nxfit_holds_peaks_background_errors_and_reasons(
    prepared: PreparedScan, fitted: PreedgeFit, tmp_path: Path
) -> None:
    h5py = pytest.importorskip("h5py")
    file = write_nxfit(tmp_path / "fit.h5", {"8 K": (prepared, fitted)})
    with h5py.File(file) as content:
        fit = content["_8_K/fit"]
        assert fit.attrs["NX_class"] == "NXfit"
        data = fit["data"]
        total = sum(fit[name]["data/intensity"][:] for name in fit if "peak_" in name)
        total = total + sum(fit[n]["data/intensity"][:] for n in fit if "background_" in n)
        assert total == pytest.approx(data["fit_sum"][:])
        assert data["fit_sum"][:] + data["residual"][:] == pytest.approx(fitted.spectrum.y)
        area = fit["peak_0/total_area"]
        assert area[()] == fitted.model.component(fitted.peaks[0]).area(fitted.values)
        assert area.attrs["units"] == "eV"
        center = fit["peak_0/function/fit_parameters/center"]
        assert center[()] == fitted.values[f"{fitted.peaks[0]}.center"]
        assert center.attrs["standard_uncertainty"] == fitted.result.sigma("peak1.center")
        exponent = fit["peak_0/function/fit_parameters/exponent"]
        assert exponent.attrs["no_error_because"] == "fixed"
        assert fit["figure_of_merit_chi2"][()] == fitted.result.chi2


def test_two_entries_of_one_name_and_no_entries_are_refused(
    prepared: PreparedScan, tmp_path: Path
) -> None:
    pytest.importorskip("h5py")
    with pytest.raises(SpectrafitError, match="two entries"):
        write_nxxas(tmp_path / "iron.h5", {"8 K": prepared, "8_K": prepared})
    assert not (tmp_path / "iron.h5").exists()
    with pytest.raises(SpectrafitError, match="nothing to write"):
        write_nxfit(tmp_path / "fit.h5", {})


def test_what_is_not_installed_is_named_with_the_command(
    prepared: PreparedScan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("larch", "larch.io", "h5py"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError, match="xraylarch") as caught:
        to_larch(prepared)
    assert "pip install" in caught.value.do
    with pytest.raises(SettingsError, match="xraylarch"):
        write_athena(tmp_path / "iron.prj", {"8 K": prepared})
    with pytest.raises(SettingsError, match="h5py"):
        write_nxxas(tmp_path / "iron.h5", {"8 K": prepared})


def test_larch_normalises_the_group_to_the_same_spectrum() -> None:
    pytest.importorskip("larch", reason="xraylarch is not installed")
    from larch.xafs import pre_edge

    settings = XanesSettings(window_eV=(7107.0, 7118.0), range_rule="larch")
    one = prepared_scan(scan(), (), settings)
    group = to_larch(one, "8 K")
    details = group.pre_edge_details
    kept = np.array(group.norm)
    pre_edge(
        group, e0=group.e0, pre1=details.pre1, pre2=details.pre2, norm1=details.norm1,
        norm2=details.norm2, nnorm=details.nnorm, nvict=details.nvict,
    )  # fmt: skip
    assert kept == pytest.approx(group.norm, abs=1e-6)
    assert one.flat.y == pytest.approx(group.flat, abs=1e-6)


def test_an_athena_project_reads_back(
    prepared: PreparedScan, coarse: PreparedScan, tmp_path: Path
) -> None:
    pytest.importorskip("larch", reason="xraylarch is not installed")
    file = write_athena(tmp_path / "iron.prj", {"8 K": prepared, "250 K": coarse})
    back = read(file)
    assert len(back) == 2
    for recording, one in zip(back, (prepared, coarse), strict=True):
        spectrum = recording.spectrum()
        assert spectrum.x == pytest.approx(one.raw.x, abs=1e-5)
        assert spectrum.y == pytest.approx(one.raw.y, rel=1e-6)
