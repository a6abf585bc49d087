"""An ensemble's mean, error and shares: by hand where they are known, and on simulated spectra."""

from __future__ import annotations

import numpy as np
import pytest
from ensemble_case import CHOICES, QUANTITIES, Recipe, spectrum

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import fit
from spectrafit.fit.ensemble import Ensemble, ensemble
from spectrafit.fit.member import Member
from spectrafit.fit.problem import Problem
from spectrafit.fit.quantity import parameter
from spectrafit.lines import Polynomial
from spectrafit.spectrum import Spectrum

pytestmark = pytest.mark.xdist_group("ensemble")

X = np.linspace(0.0, 1.0, 40)


def flat(level: float = 0.0, offset: float = 0.0) -> Problem:
    """Return a constant fitted to data that lie higher by two choices' amounts."""
    y = 1.0 + level + offset + 0.1 * np.cos(np.pi * np.arange(X.size))
    return Problem(Spectrum(X, y, np.full(X.size, 0.1)), Polynomial(0, "base"))


LEVELS = {"level": {"low": 0.0, "high": 0.6}, "offset": {"none": 0.0, "some": 0.2}}
FEWER = {
    **CHOICES,
    "window": dict(list(CHOICES["window"].items())[:2]),
    "background": {name: CHOICES["background"][name] for name in ("erf", "arctan")},
}
CONSTANT = {"constant": parameter("base.c0")}


def test_an_additive_design_is_taken_apart_exactly() -> None:
    found = ensemble(flat, LEVELS, CONSTANT, resamples=0)
    one = found.estimates["constant"]
    assert len(found.kept) == 4
    assert one.value == pytest.approx(1.4)
    error = 0.1 / np.sqrt(X.size)
    assert one.budget["statistics"] == pytest.approx(error)
    assert one.budget["level"] == pytest.approx(0.3)
    assert one.budget["offset"] == pytest.approx(0.1)
    assert one.budget["interaction"] == pytest.approx(0.0, abs=1e-9)
    assert one.sigma == pytest.approx(np.sqrt(error**2 + 0.3**2 + 0.1**2))
    assert one.dominant == "level"
    assert sum(one.shares.values()) == pytest.approx(1.0)


def test_one_member_is_a_plain_fit() -> None:
    problem = flat()
    found = ensemble(lambda only: problem, {"only": {"one": 1}}, CONSTANT, resamples=2000)
    one, plain = found.estimates["constant"], fit(problem)
    assert one.value == pytest.approx(plain.value("base.c0"))
    assert one.sigma == pytest.approx(plain.sigma("base.c0"), rel=3 / np.sqrt(2 * 2000))
    assert found.fits == 2001
    assert one.dominant == ""


def test_what_cannot_be_made_is_left_out_with_its_reason() -> None:
    def make(level: float) -> Problem:
        if level > 0.5:
            raise FitError("no such level")
        return flat(level)

    found = ensemble(make, {"level": LEVELS["level"]}, CONSTANT, resamples=0)
    assert found.not_kept == {"level: high": "no such level"}
    with pytest.raises(FitError, match="no such level"):
        ensemble(make, {"level": {"high": 0.6}}, CONSTANT)


def test_equal_weights_and_a_screen_of_the_callers_own() -> None:
    def screen(member: Member) -> list[str]:
        return ["too high"] if member.values[0] > 1.7 else []

    found = ensemble(flat, LEVELS, CONSTANT, resamples=0, weighing="equal", screen=screen)
    assert found.not_kept == {"level: high, offset: some": "too high"}
    assert [one.weight for one in found.kept] == pytest.approx([1 / 3] * 3)
    assert found.estimates["constant"].value == pytest.approx((1.0 + 1.2 + 1.6) / 3)
    # one window, two constants: by BIC the same data would decide between them
    shapes = {"degree": {"flat": 0, "slope": 1}}
    slope = Spectrum(X, 1.0 + X, np.full(X.size, 0.1))
    both = ensemble(
        lambda degree: Problem(slope, Polynomial(degree, "base")),
        shapes, CONSTANT, resamples=0, weighing="equal",
    )  # fmt: skip
    assert [one.weight for one in both.members] == [0.5, 0.5]
    with pytest.raises(SettingsError, match="weighing"):
        ensemble(flat, LEVELS, CONSTANT, weighing="fair")  # type: ignore[arg-type]


def test_bad_input_is_refused() -> None:
    with pytest.raises(SettingsError, match="without choices"):
        ensemble(flat, {}, CONSTANT)
    with pytest.raises(SettingsError, match="resamples"):
        ensemble(flat, LEVELS, CONSTANT, resamples=-1)


@pytest.fixture(scope="module")
def pre_edge() -> Ensemble:
    return ensemble(Recipe(spectrum()), FEWER, QUANTITIES, resamples=20, engine="batch", seed=3)


def test_too_few_peaks_and_wrong_backgrounds_do_not_count(pre_edge: Ensemble) -> None:
    assert len(pre_edge.members) == 16
    counts = {one.labels["count"] for one in pre_edge.kept}
    assert "3" in counts
    assert not counts & {"1", "2"}
    assert all(pre_edge.not_kept.values())
    windows = {}
    for one in pre_edge.kept:
        windows[one.labels["window"]] = windows.get(one.labels["window"], 0.0) + one.weight
    assert sum(windows.values()) == pytest.approx(1.0)
    assert np.ptp(list(windows.values())) < 1e-9


def test_draws_depend_on_seed_and_labels_alone(pre_edge: Ensemble) -> None:
    reverse = {name: dict(reversed(labels.items())) for name, labels in FEWER.items()}
    again = ensemble(Recipe(spectrum()), reverse, QUANTITIES, resamples=20, engine="batch", seed=3)
    one, other = pre_edge.estimates["area"], again.estimates["area"]
    assert one.value == pytest.approx(other.value, rel=1e-12)
    assert one.sigma == pytest.approx(other.sigma, rel=1e-9)


def test_total_intervals_hold_the_truth_often_enough() -> None:
    unit = 1.4 * QUANTITIES["area"].function(
        None,
        {"p1.fwhm": np.ones(1), "p1.height": np.ones(1)},  # type: ignore[arg-type]
    )
    truth = float(unit[0]) * (0.05 + 0.08 + 0.04)
    few = {**CHOICES, "window": dict(list(CHOICES["window"].items())[:2])}
    few["background"] = {name: few["background"][name] for name in ("erf", "arctan")}
    few["count"] = {"3": 3}
    inside = []
    for seed in range(30):
        found = ensemble(Recipe(spectrum(seed)), few, QUANTITIES, resamples=0, engine="batch")
        one = found.estimates["area"]
        inside.append(abs(one.value - truth) <= one.sigma)
    assert np.mean(inside) >= 0.68 - 3 * np.sqrt(0.68 * 0.32 / len(inside))


def test_what_cannot_count_is_not_finished_and_says_so(pre_edge: Ensemble) -> None:
    one = next(m for m in pre_edge.members if m.labels["count"] == "1")
    assert one.status == "pruned"
    assert one.weight == 0.0
    assert "after 25 evaluations" in pre_edge.not_kept[one.name]


def test_resamples_follow_the_weights(pre_edge: Ensemble) -> None:
    found = ensemble(Recipe(spectrum()), FEWER, QUANTITIES, resamples=100, engine="batch", seed=3)
    for window in FEWER["window"]:
        own = [one for one in found.kept if one.labels["window"] == window]
        sizes = [len(one.samples) + one.lost for one in own]
        heaviest = max(one.weight for one in own)
        assert sizes == [max(25, round(100 * one.weight / heaviest)) for one in own]
