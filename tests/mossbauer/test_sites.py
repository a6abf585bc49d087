"""Sites: what is declared is what is fitted, and what cannot be meant is refused."""

from __future__ import annotations

import numpy as np
import pytest
from mossbauer_axes import measured_axis, simulated_axis, simulated_scale

from spectrafit.errors import SettingsError
from spectrafit.lines.sextet import sextet
from spectrafit_mossbauer.absorption.sites import Site, checked_sites
from spectrafit_mossbauer.absorption.starts import starts_of
from spectrafit_mossbauer.absorption.voigt_site import VoigtDoublet, voigt_doublet
from spectrafit_mossbauer.constants import NATURAL_FWHM

FLAT = simulated_axis(np.full(512, 1e5), simulated_scale(), 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "quartet"},
        {"kind": "singlet", "asymmetry": "texture"},
        {"kind": "sextet", "shape": "voigt"},
        {"kind": "sextet", "asymmetry": "relaxation"},
        {"shape": "voigt", "asymmetry": "both"},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Site(**wrong)  # type: ignore[arg-type]


def test_two_sites_of_one_label_are_refused() -> None:
    with pytest.raises(SettingsError, match="a label of its own"):
        checked_sites([Site(), Site()])


@pytest.mark.parametrize(
    ("asymmetry", "free_ratio", "free_width"),
    [
        ("none", None, False),
        ("texture", False, False),
        ("relaxation", None, True),
        ("both", False, True),
    ],
)
def test_areas_and_widths_are_free_only_where_declared(
    asymmetry: str, free_ratio: bool | None, free_width: bool
) -> None:
    changes = Site(asymmetry=asymmetry).changes(FLAT, several=False)  # type: ignore[arg-type]
    ratio = changes.get("site1.ratio")
    assert (ratio.fixed if ratio else None) is free_ratio
    assert (changes["site1.fwhm_high"].equals is None) is free_width


def test_a_splitting_is_never_negative_and_a_width_never_below_the_natural_one() -> None:
    changes = Site().changes(FLAT, several=False)
    assert changes["site1.splitting"].min == 0.0
    assert changes["site1.fwhm_low"].min == NATURAL_FWHM


def test_the_lines_of_a_sextet_at_33_tesla() -> None:
    splitting = 2.0 * 5.3123 * 33.0 / 33.04
    start = Site("sextet").start(
        {"center": 0.0, "splitting": splitting, "width": 0.05, "area": 1.0}, FLAT
    )
    v = np.arange(-6.0, 6.0, 0.0005)
    y = sextet(v, 0.0, splitting, 0.0, 0.05, 0.05, 0.05, 1.0, start["site1.spacing"], 2.0)[0]
    tops = v[1:-1][(y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])]
    assert tops == pytest.approx([-5.306, -3.072, -0.839, 0.839, 3.072, 5.306], abs=1e-3)


def test_starts_lie_apart_and_off_the_middle_of_the_bounds() -> None:
    axis = measured_axis("grigg/2L_Fh/95.0K_0.0h30.0m.dat")
    starts = starts_of(axis, [Site()])
    places = {(one["site1.center"], one["site1.splitting"]) for one in starts}
    assert len(places) == len(starts) == 8
    changes = Site().changes(axis, several=False)
    for one in starts:
        for name in ("site1.center", "site1.splitting"):
            low, high = changes[name].min, changes[name].max
            assert low is not None
            assert high is not None
            assert low < one[name] < high
            assert abs(one[name] - (low + high) / 2) > 1e-3 * (high - low)


@pytest.mark.parametrize("seed", range(3))
def test_derivatives_of_the_voigt_doublet(seed: int) -> None:
    assert VoigtDoublet.draw is not None
    p = VoigtDoublet.draw(np.random.default_rng(seed))
    x = np.linspace(-6.0, 6.0, 61)
    _, *slopes = voigt_doublet(x, *p)
    for j, slope in enumerate(slopes):
        step = 1e-5 * max(1.0, abs(p[j]))
        up = voigt_doublet(x, *p[:j], p[j] + step, *p[j + 1 :])[0]
        down = voigt_doublet(x, *p[:j], p[j] - step, *p[j + 1 :])[0]
        assert np.abs(slope - (up - down) / (2 * step)).max() <= 1e-6 * max(
            1.0, np.abs(slope).max()
        )
