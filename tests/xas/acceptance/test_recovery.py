"""Recovery of known truth over many draws, with a background that no fitted form is."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectrafit.reference import root
from spectrafit.study.settings import settings_of
from spectrafit.table import ColumnsReader
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import simulated_scan
from spectrafit_xas.technique import XrayAbsorption, herfd, xanes

CASES = [
    pytest.param(xanes, "xanes_fe", 0.0, 5.1, "1", id="XANES 8 K"),
    pytest.param(xanes, "xanes_fe", 1.0, 8.8, "2", id="XANES 250 K"),
    pytest.param(herfd, "herfd_fe", 0.0, 5.1, "3", id="HERFD 8 K"),
    pytest.param(herfd, "herfd_fe", 1.0, 8.8, "3", id="HERFD 250 K"),
]
DRAWS = 40
LEANING = pytest.mark.xfail(
    reason="the ensemble's mean leans upward by 10 % for sharp peaks of this area: two standard errors "
    "cover 92.5 %, 93 % are asked"
)
COVERED = [
    pytest.param(*case.values, id=case.id, marks=LEANING if case.id == "HERFD 8 K" else ())
    for case in CASES
]
HIDDEN = pytest.mark.xfail(
    reason="noise of 4e-3 hides a peak, and BIC then gives fewer peaks more than 95 % of the weight in "
    "6 (XANES 250 K) and 8 (HERFD 8 K) of 20 spectra: what could not have been seen is not asked"
)
NOISY = [
    pytest.param(xanes, "xanes_fe", 0.0, "1", id="XANES 8 K"),
    pytest.param(xanes, "xanes_fe", 1.0, "2", id="XANES 250 K", marks=HIDDEN),
    pytest.param(herfd, "herfd_fe", 0.0, "3", id="HERFD 8 K", marks=HIDDEN),
    pytest.param(herfd, "herfd_fe", 1.0, "3", id="HERFD 250 K"),
]


def recording(technique: XrayAbsorption, file: str, seed: int, **changes: Any) -> Any:
    values = tomllib.loads(
        (root() / "feco" / "simulation" / f"{file}.toml").read_text(encoding="utf-8")
    )
    settings = settings_of(technique.simulation, values | changes)
    text = simulated_scan(settings, seed, herfd=technique.name == "herfd").encode()
    return ColumnsReader().recording(text, Path(f"{file}_{seed}.dat"))


@pytest.mark.accept
@pytest.mark.parametrize(("technique", "file", "share", "truth", "count"), COVERED)
def test_areas_and_counts_of_many_draws(
    technique: XrayAbsorption, file: str, share: float, truth: float, count: str
) -> None:
    settings: XanesSettings = replace(
        technique.settings(), foil_eV=7111.2, window_eV=(7107.0, 7118.0)
    )
    areas, pulls, counts = [], [], []
    for seed in range(900, 900 + DRAWS):
        changes: dict[str, Any] = {"share_high": share}
        if technique.name == "herfd":
            changes["emission_eV"] = 6404.8
        found = technique.observe(
            {
                "sample": recording(technique, file, seed, **changes),
                "calibration": recording(xanes, "foil_fe", seed + 5000),
            },
            settings,
        )
        area = found[f"{technique.name}.fe.preedge.area"]
        assert isinstance(area.value, float)
        assert area.sigma is not None
        areas.append(area.value)
        pulls.append((area.value - truth) / area.sigma)
        counts.append(found[f"{technique.name}.fe.preedge.count_best"].value)
    inside = np.mean(np.abs(pulls) < 2)
    right = np.mean([found == count for found in counts])
    off = np.mean(areas) / truth - 1.0
    print(
        f"{technique.name} {file} share {share:g}: mean area {100 * off:+.1f} %, pull {np.mean(pulls):+.2f} "
        f"sd {np.std(pulls):.2f}, within 2 sigma {inside:.3f}, count right {right:.3f} "
        f"of {DRAWS}"
    )
    assert inside >= 0.93
    assert right >= 0.9


@pytest.mark.accept
@pytest.mark.parametrize(("technique", "file", "share", "truth", "count"), CASES)
def test_areas_of_the_form_that_was_simulated_are_right_to_a_twentieth(
    technique: XrayAbsorption, file: str, share: float, truth: float, count: str
) -> None:
    """Pearson VII peaks alone; the ensemble holds shapes that are wider at their foot too."""
    settings: XanesSettings = replace(
        technique.settings(), window_eV=(7107.0, 7118.0), background="constant+arctan",
        method_spread=False, peaks=int(count),
    )  # fmt: skip
    areas = []
    for seed in range(800, 840):
        changes: dict[str, Any] = {"share_high": share}
        if technique.name == "herfd":
            changes["emission_eV"] = 6404.8
        found = technique.observe({"sample": recording(technique, file, seed, **changes)}, settings)
        area = found[f"{technique.name}.fe.preedge.area"].value
        assert isinstance(area, float)
        areas.append(area)
    off = np.array(areas) / truth - 1.0
    print(
        f"{technique.name} {file} share {share:g}: mean {100 * np.mean(off):+.1f} %, scatter "
        f"{100 * np.std(off):.1f} %, within 5 % {np.mean(np.abs(off) < 0.05):.2f} of {len(areas)}"
    )
    assert abs(np.mean(off)) <= 0.05


@pytest.mark.accept
@pytest.mark.parametrize(("technique", "file", "share", "count"), NOISY)
def test_ten_times_the_noise_is_not_decided(
    technique: XrayAbsorption, file: str, share: float, count: str
) -> None:
    """Noise of 4e-3: a hundredth of the counts."""
    settings: XanesSettings = replace(technique.settings(), window_eV=(7107.0, 7118.0))
    told = decided = wrong = 0
    for seed in range(700, 720):
        changes: dict[str, Any] = {"share_high": share, "counts": 6e3, "i0_counts": 5e5}
        if technique.name == "herfd":
            changes["emission_eV"] = 6404.8
        found = technique.observe({"sample": recording(technique, file, seed, **changes)}, settings)
        said = any(alert.code == "XAS-112" for alert in found.alerts)
        right = found[f"{technique.name}.fe.preedge.count_best"].value == count
        told += said
        decided += right and not said
        wrong += not right and not said
    print(
        f"{technique.name} {file} share {share:g}, counts 6e3: not decided {told}, "
        f"right and decided {decided}, wrong and decided {wrong} of 20"
    )
    assert wrong <= 2
