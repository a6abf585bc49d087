"""Pre-edge fits against xraylarch's and a published table, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from xas_data import peer_values, xas_file

from spectrafit.cli.main import commands

ANDRADITE = "soleil_lucia/Andradite_pt1_01.dat"
STAUROLITE = "soleil_lucia/Staurolite_pt1_01.dat"
GLASS = "soleil_lucia/GFL_PL_780_11_07_CORE_pt10_01.dat"
# larch's window rule takes the last point below the start too: 7104.0 eV in the glass spectrum
WINDOWS = {GLASS: [7103.9, 7119.0]}
SHAPES = {
    "pvoigt": ('"pseudo-voigt by area"', 0.5),
    "pearson7": ('"pearson7"', 1.913),
}
BACKGROUNDS = {"linear+lorentzian": "line+lorentzian", "constant+atan": "constant+arctan"}
TARGETS = [
    (ANDRADITE, "pvoigt", "linear+lorentzian"),
    (STAUROLITE, "pearson7", "linear+lorentzian"),
    (GLASS, "pvoigt", "linear+lorentzian"),
    (ANDRADITE, "pearson7", "linear+lorentzian"),
    (ANDRADITE, "pvoigt", "constant+atan"),
    (STAUROLITE, "pvoigt", "linear+lorentzian"),
]


def fitted(file: str, *arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(
        commands, ["fit", "xanes", str(xas_file(file)), "--json", *arguments], standalone_mode=False
    )
    assert result.exception is None, result.exception
    found: dict[str, Any] = json.loads(result.stdout)["results"][0]
    return found


def observable(found: dict[str, Any], name: str) -> dict[str, Any]:
    row: dict[str, Any] = next(
        row for row in found["observables"] if row["key"] == f"xanes.fe.preedge.{name}"
    )
    return row


@pytest.mark.parametrize(("file", "shape", "background"), TARGETS)
def test_the_same_model_gives_larchs_values(file: str, shape: str, background: str) -> None:
    peers = peer_values()["xraylarch"]
    peer = next(
        row
        for row in peers["fits"]
        if (row["file"], row["shape"], row["background"], row["shared_width"])
        == (file, shape, background, True)
    )
    spectrum = peers["spectra"][file]
    name, constant = SHAPES[shape]
    window = WINDOWS.get(file, [float(end) for end in spectrum["window"]])
    found = fitted(
        file,
        *("--set", "signal=fluorescence", "--set", "range_rule=larch", "--set", "peaks=2"),
        *("--set", f"e0_eV={float(spectrum['e0'])}", "--set", f"victoreen={spectrum['nvict']}"),
        *("--set", f"pre_eV={[float(end) for end in spectrum['pre']]}"),
        *("--set", f"post_eV={[float(end) for end in spectrum['post']]}"),
        *("--set", f"post_degree={spectrum['nnorm']}", "--set", f"window_eV={window}"),
        *("--set", f"centers_eV={[float(start) for start in spectrum['start']]}"),
        *("--set", "fwhm_eV=[0.4, 6.0]", "--set", f"shape={name}"),
        *("--set", f"{'fraction' if shape == 'pvoigt' else 'exponent'}={constant}"),
        *("--set", f"background={BACKGROUNDS[background]}", "--set", "method_spread=false"),
    )
    assert found["ndata"] == spectrum["n"]
    assert found["bic"] == pytest.approx(peer["bic"], abs=0.02)
    area = observable(found, "area_analytic")["value"]
    assert area == pytest.approx(peer["area_x100_analytic"], abs=2 * peer["area_se"])
    trapezoid = observable(found, "area")["value"]
    assert trapezoid == pytest.approx(
        peer["area_x100_trapezoid_in_window"], abs=2 * peer["area_se"]
    )
    centroid = observable(found, "centroid")["value"]
    assert centroid == pytest.approx(peer["centroid_eV"], abs=2 * peer["centroid_se"])
    for i, row in enumerate(peer["peaks"], start=1):
        energy = observable(found, f"peak{i}.energy")["value"]
        assert energy == pytest.approx(row["center_eV"], abs=2 * row["center_se"])
        fwhm = found["parameters"][f"peak{i}.fwhm"]
        assert fwhm["value"] == pytest.approx(row["fwhm_eV"], abs=2 * row["fwhm_se"])
        # larch's error moves a background that lies on its bound; ours holds it there
        bound = any(parameter["at_bound"] for parameter in found["parameters"].values())
        assert fwhm["sigma"] == pytest.approx(row["fwhm_se"], rel=0.2 if bound else 0.02)


PUBLISHED = """
signal = "fluorescence"
e0_eV = {e0}
victoreen = 4
pre_eV = [-50.0, -15.0]
post_eV = [110.0, 129.0]
post_degree = 1
window_eV = [7105.001, 7118.999]
peaks = 2
centers_eV = [7112.3, 7113.9]
shape = "pseudo-voigt by height"
fwhm_eV = [1.0, 3.0]
background = "exponential"
subtract_minimum = true
method_spread = false

[parameters]
"peak1.center" = {{ start = 7112.3, min = 7112.2, max = 7112.4 }}
"peak2.center" = {{ start = 7113.9, min = 7113.5, max = 7114.2 }}
"peak1.fraction" = {{ start = 0.5, min = 0.0, max = 1.0, fixed = false }}
"peak2.fraction" = {{ equals = "peak1.fraction" }}
"peak1.height" = {{ min = 0.0, max = 1.0 }}
"peak2.height" = {{ min = 0.0, max = 1.0 }}
"""


@pytest.mark.parametrize("row", [0, 1])
def test_published_rows(row: int, tmp_path: Path) -> None:
    published = peer_values()["published_mayotte"]["rows"][row]
    settings = tmp_path / "published.toml"
    settings.write_text(PUBLISHED.format(e0=published["e0"]), encoding="utf-8")
    found = fitted(published["file"], "--settings", str(settings))
    parameters = found["parameters"]
    assert parameters["peak1.center"]["value"] == pytest.approx(published["f1"], abs=1e-3)
    assert parameters["peak2.center"]["value"] == pytest.approx(published["f2"], abs=1e-3)
    heights = [parameters[f"peak{i}.height"]["value"] for i in (1, 2)]
    # the published ratio is Fe3+ over the sum: the second peak
    assert heights[1] / sum(heights) == pytest.approx(published["fe3_area_ratio"], abs=1e-3)
    centroid = observable(found, "centroid")["value"]
    assert centroid == pytest.approx(published["centroid"], abs=1e-3)
    on_bound = bool(published.get("f1_at_bound"))
    assert parameters["peak1.center"]["at_bound"] is on_bound
    if on_bound:
        assert parameters["peak1.center"]["sigma"] is None
        assert "bound" in parameters["peak1.center"]["sigma_reason"]
        assert any(alert["code"] == "XAS-109" for alert in found["alerts"])
