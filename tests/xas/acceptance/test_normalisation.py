"""Edges, normalisation, over-absorption and HERFD: items 2 and 10, and their bad input."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from xas_data import peer_values, recording

from spectrafit.alert import Level
from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit.table import ColumnsReader
from spectrafit_xas.emission.herfd_basis import comparison_alerts
from spectrafit_xas.normalisation.normalize import flattened, normalization, normalized
from spectrafit_xas.normalisation.over_absorption import corrected, fitted_ratio
from spectrafit_xas.preparation import PreparedScan, prepared_scan
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import HerfdSimulation, XanesSimulation, simulated_scan
from spectrafit_xas.technique import xanes

WINDOW = (7107.0, 7118.0)


def test_a_strong_pre_edge_is_never_the_edge() -> None:
    """Item 2: PyNa1200_pt1 has E0 in 7122.2-7122.6, not 7113, and says so."""
    settings = XanesSettings(signal="fluorescence")
    found = prepared_scan(recording("soleil_lucia/PyNa1200_pt1_01.dat"), (), settings)
    assert 7122.2 <= found.lines.e0_eV <= 7122.6
    assert "XAS-104" in [alert.code for alert in found.alerts]
    weak = prepared_scan(recording("soleil_lucia/Andradite_pt1_01.dat"), (), settings)
    assert "XAS-104" not in [alert.code for alert in weak.alerts]


def hematite(name: str) -> Spectrum:
    spectrum = absorption_spectrum(recording(name), XanesSettings(signal="mu"))[0]
    lines = normalization(spectrum, 7123.0, pre_eV=(-70.0, -25.0), post_eV=(100.0, 600.0), degree=2)
    return flattened(normalized(spectrum, lines), lines)


def test_the_pair_of_hematite_spectra() -> None:
    """Item 2: a = 1.01 +/- 0.05, +0.57 +/- 0.05 eV, rms <= 0.006; 0.061 by a shift alone."""
    thick = hematite("parseq/fe2o3_15_35.mu")
    found = fitted_ratio(thick, hematite("parseq/fe2o3_tr2.mu"), (7100.0, 7250.0))
    assert found.over_absorption.ratio == pytest.approx(1.01, abs=0.05)
    assert found.shift_eV == pytest.approx(0.57, abs=0.05)
    assert found.rms <= 0.006
    assert found.rms_uncorrected == pytest.approx(0.061, abs=0.001)
    true = corrected(thick, found.over_absorption)
    below = (true.x > 7110.0) & (true.x < 7116.0)
    # trap 9: 0.126 as measured, 0.062 in transmission
    assert thick.y[below].max() == pytest.approx(0.126, abs=0.002)
    assert true.y[below].max() == pytest.approx(0.065, abs=0.004)


@pytest.mark.parametrize(
    ("file", "larch", "closed"),
    [
        ("soleil_lucia/Andradite_pt1_01.dat", 21.165, 21.364),
        ("soleil_lucia/Staurolite_pt1_01.dat", 13.547, 13.614),
        ("soleil_lucia/GFL_PL_780_11_07_CORE_pt10_01.dat", 16.196, None),
    ],
)
def test_edge_steps_by_both_range_rules(file: str, larch: float, closed: float | None) -> None:
    """Item 10: the steps of xraylarch and those of closed ranges."""
    peer = peer_values()["xraylarch"]["spectra"][file]
    spectrum = absorption_spectrum(recording(file), XanesSettings(signal="fluorescence"))[0]
    for rule, step in (("larch", larch), ("closed", closed)):
        if step is None:
            continue
        found = normalization(
            spectrum,
            peer["e0"],
            pre_eV=tuple(peer["pre"]),
            post_eV=tuple(peer["post"]),
            degree=peer["nnorm"],
            victoreen=peer["nvict"],
            range_rule=rule,
        )
        assert found.step == pytest.approx(step, rel=1e-3 if rule == "larch" else 1e-4)


def scan(kind: type[XanesSimulation] = XanesSimulation, **changes: float) -> Recording:
    raw = simulated_scan(kind(**changes), 1, herfd=kind is HerfdSimulation).encode()  # type: ignore[arg-type]
    return ColumnsReader().recording(raw, Path(f"{kind.__name__}.dat"))


def cut(length_eV: float) -> Recording:
    """Return a scan that ends so far above the edge."""
    whole = scan()
    keep = whole.column(whole.names[0]).values < 7121.0 + length_eV
    columns = tuple(
        dataclasses.replace(column, values=column.values[keep]) for column in whole.columns
    )
    return dataclasses.replace(whole, columns=columns)


def test_a_short_range_above_the_edge_is_told_and_none_gives_no_area() -> None:
    """Bad input: told below 40 eV (XAS-107, B); without any range no area leaves (XAS-167, A)."""
    settings = XanesSettings(window_eV=WINDOW)
    told = {alert.code: alert for alert in prepared_scan(cut(40.0), (), settings).alerts}
    assert told["XAS-107"].level is Level.B
    assert "XAS-107" not in [alert.code for alert in prepared_scan(scan(), (), settings).alerts]
    quick = dataclasses.replace(settings, peaks=1, method_spread=False)
    whole, short = (xanes.observe({"sample": one}, quick) for one in (scan(), cut(10.0)))
    (alert,) = (one for one in short.alerts if one.code == "XAS-167")
    assert alert.level is Level.A
    lost = {item.key for item in whole.items} - {item.key for item in short.items}
    assert {key.rpartition(".")[2] for key in lost} == {
        "area", "area_analytic", "area_hxf", "area_data", "moment", "e_half", "e_int", "step",
    }  # fmt: skip
    for name in ("preedge.centroid", "preedge.peak1.fwhm", "edge.e_infl"):
        one, other = short[f"xanes.fe.{name}"], whole[f"xanes.fe.{name}"]
        assert float(one.value or 0.0) == pytest.approx(other.value, abs=3 * (one.sigma or 0.0))
    prepared = prepared_scan(cut(10.0), (), settings)
    assert prepared.normalised.y.max() == pytest.approx(1.0)
    with pytest.raises(SpectrafitError, match="no edge step"):
        _ = prepared.flat
    with pytest.raises(SpectrafitError, match="unnormalised"):
        comparison_alerts(herfd().normalised, prepared.normalised)
    thick = dataclasses.replace(
        settings, over_absorption="ratio", over_absorption_ratio=(1.0, 0.1), signal="fluorescence"
    )
    with pytest.raises(SpectrafitError, match="over-absorption of a scan that ends"):
        prepared_scan(cut(10.0), (), thick)


def test_likely_over_absorption_is_told() -> None:
    """Bad input, XAS-108: a signal that rises manyfold, or a concentrated formula."""
    thick = recording("soleil_lucia/Hematite_pt1_01.dat")
    found = prepared_scan(thick, (), XanesSettings(signal="fluorescence"))
    (alert,) = (alert for alert in found.alerts if alert.code == "XAS-108")
    assert alert.level is Level.B
    formula = XanesSettings(window_eV=WINDOW, composition={"Fe2O3": 1.0, "BN": 9.0})
    assert "XAS-108" in [alert.code for alert in prepared_scan(scan(), (), formula).alerts]


def herfd(**changes: float) -> PreparedScan:
    return prepared_scan(scan(HerfdSimulation, **changes), (), HerfdSettings(window_eV=WINDOW))


def test_herfd_is_compared_with_its_like_only() -> None:
    """Bad input, XAS-113 A, XAS-114 B, and a spectrum that is not normalised."""
    sharp, plain = herfd(), prepared_scan(scan(), (), XanesSettings(window_eV=WINDOW))
    (forbidden,) = comparison_alerts(sharp.normalised, plain.normalised)
    assert (forbidden.code, forbidden.level) == ("XAS-113", Level.A)
    low = herfd(emission_eV=6404.52)
    (limited,) = comparison_alerts(low.normalised, sharp.normalised)
    assert (limited.code, limited.level) == ("XAS-114", Level.B)
    with pytest.raises(SpectrafitError, match="unnormalised"):
        comparison_alerts(sharp.normalised, plain.raw)
