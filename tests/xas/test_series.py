"""Long series of scans: votes, common starts, and what saves a scan that is not like the others."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spectrafit.alert import Level
from spectrafit.errors import SpectrafitError
from spectrafit.exact_json import decoded, encoded
from spectrafit.fit.problem import ParameterChange
from spectrafit.recording import Column, Recording
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study
from spectrafit.table import ColumnsReader
from spectrafit.technique import Observables, ObservesSeries, SeriesRecipe
from spectrafit_xas.preparation import fit_region, prepared_scan
from spectrafit_xas.series import (
    HerfdSeriesSettings,
    SeriesDecision,
    XanesSeriesSettings,
    decision_for,
    series_count,
    vote_alerts,
    voted_count,
)
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import HerfdSimulation, XanesSimulation, simulated_scan
from spectrafit_xas.technique import herfd, xanes

pytestmark = pytest.mark.xdist_group("xas-series")
WINDOW = (7107.0, 7118.0)
ONE_PEAK = XanesSettings(window_eV=WINDOW, peaks=1)
TWO_AT_MOST = XanesSettings(window_eV=WINDOW, max_peaks=2)


def text(seed: int, *, sharp: bool = False, **changes: Any) -> str:
    kind = HerfdSimulation if sharp else XanesSimulation
    return simulated_scan(kind(**changes), seed, herfd=sharp)


def scan(seed: int, **changes: Any) -> Recording:
    raw = text(seed, **changes).encode()
    return ColumnsReader().recording(raw, Path(f"scan_{seed}.dat"))


def glitched(recording: Recording, factor: float = 3.0) -> Recording:
    """Return a scan with two points of its pre-edge far too high."""
    column = recording.column("IF")
    values = np.array(column.values)
    near = np.argsort(np.abs(recording.column("energy").values - 7112.0))[:2]
    values[near] *= factor
    columns = [
        Column(c.name, values if c is column else c.values, c.unit) for c in recording.columns
    ]
    return replace(recording, name="glitched.dat", columns=tuple(columns))


def codes(found: Observables) -> set[str]:
    return {alert.code for alert in found.alerts}


@pytest.fixture(scope="module")
def low_scans() -> list[Recording]:
    return [scan(seed) for seed in range(1, 5)]


@pytest.fixture(scope="module")
def low_recipe(low_scans: list[Recording]) -> SeriesRecipe:
    return xanes.series_recipe(low_scans, {}, ONE_PEAK)


@pytest.fixture(scope="module")
def transition() -> SeriesRecipe:
    """Return the recipe of a series in which one peak becomes two."""
    samples = [scan(10 + i, share_high=share) for i, share in enumerate((0.0, 0.0, 1.0, 1.0))]
    return xanes.series_recipe(samples, {}, TWO_AT_MOST)


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ([3], 3),
        ([3, 3, 3, 3], 3),
        ([1, 1, 1, 1, 1, 1, 2, 2, 2], 1),
        ([1, 1, 1, 1, 1, 2, 2, 2, 2], 2),
        ([1, 1, 2, 2], 2),
        ([2, 2, 2, 2, 3, 3, 3, 3, 4], 3),
        ([1, 2, 3], 3),
    ],
)
def test_two_thirds_agree_or_the_larger_number_that_two_ask_for(
    asked: list[int], taken: int
) -> None:
    assert voted_count(asked) == taken


def test_both_techniques_decide_for_series() -> None:
    assert isinstance(xanes, ObservesSeries)
    assert isinstance(herfd, ObservesSeries)


def test_starts_are_the_medians_of_the_scans_own_fits(
    low_scans: list[Recording], low_recipe: SeriesRecipe
) -> None:
    settings = low_recipe.settings
    assert isinstance(settings, XanesSeriesSettings)
    assert settings.series is not None
    own = replace(ONE_PEAK, method_spread=False)
    fits = [xanes.observe({"sample": one}, own).fit for one in low_scans]
    for name, start in settings.series.starts.items():
        values = [fit.value(name) for fit in fits if fit is not None]
        assert start == pytest.approx(np.median(values), rel=1e-9), name
    largest = 1.5 * np.quantile([fit.redchi for fit in fits if fit is not None], 0.75)
    assert settings.series.most_redchi == pytest.approx(largest)


def test_what_the_user_has_set_stays(low_recipe: SeriesRecipe, low_scans: list[Recording]) -> None:
    assert low_recipe.settings.peaks == 1
    assert low_recipe.settings.series.votes == ()
    assert low_recipe.settings.series.rule == "set"
    changes = {"peak1.center": ParameterChange(start=7112.3, fixed=True)}
    asked = replace(ONE_PEAK, method_spread=True)
    recipe = xanes.series_recipe(low_scans[:1], {}, asked, changes)
    assert recipe.parameters == changes
    assert recipe.settings.method_spread is True
    assert {alert.code for alert in recipe.alerts} == {"XAS-121"}
    quick = replace(recipe.settings, method_spread=False)
    found = xanes.observe({"sample": low_scans[2]}, quick, recipe.parameters)
    assert found.fit is not None
    assert found.fit.value("peak1.center") == 7112.3


def test_errors_without_the_spread_are_said_with_its_size(low_recipe: SeriesRecipe) -> None:
    assert low_recipe.settings.method_spread is False
    quote = next(alert for alert in low_recipe.alerts if alert.code == "XAS-122")
    assert quote.level is Level.B
    assert "move the area by" in quote.do
    assert "method_spread = true" in quote.do


def test_scans_that_do_not_agree_get_the_larger_number_and_a_sentence(
    transition: SeriesRecipe,
) -> None:
    decision = transition.settings.series
    assert decision.votes == ((1, 2), (2, 2))
    assert transition.settings.peaks == 2
    told = next(alert for alert in transition.alerts if alert.code == "XAS-123")
    assert told.level is Level.B
    assert "1 peak: 2 scans, 2 peaks: 2 scans" in told.text
    assert decision.rule == "voted on by 2 of 4 scans of the series"


def test_scans_that_ask_for_more_peaks_than_all_were_given_are_told() -> None:
    decision = SeriesDecision(6, ((1, 5), (2, 1)), 1, {}, 1.5)
    (_, told) = vote_alerts(decision, ["a.dat"], 0)
    assert told.code == "XAS-124"
    assert told.text.startswith("1 of 6 scans ask for more peaks")


def test_a_row_has_the_votes_and_no_invented_shares(transition: SeriesRecipe) -> None:
    found = xanes.observe({"sample": scan(30, share_high=0.8)}, transition.settings)
    count = found["xanes.fe.preedge.count_best"]
    assert count.value == "2"
    assert count.shares == {}
    assert count.verdict == "voted on by 2 of 4 scans of the series"
    assert "voted on by 2 of 4" in str(count.conventions["peaks_rule"])
    assert set(found["xanes.fe.preedge.area"].budget) == {"statistics", "edge step"}
    assert "XAS-110" not in codes(found)


def test_one_start_finds_what_the_ordinary_starts_find(
    low_scans: list[Recording], low_recipe: SeriesRecipe
) -> None:
    new = scan(40)
    own = xanes.observe({"sample": new}, replace(ONE_PEAK, method_spread=False))
    found = xanes.observe({"sample": new}, low_recipe.settings)
    assert own.fit is not None
    assert found.fit is not None
    assert found.fit.chi2 == pytest.approx(own.fit.chi2, abs=1e-3)
    assert "XAS-126" not in codes(found)
    key = "xanes.fe.preedge.area"
    assert found[key].value == pytest.approx(own[key].value, abs=0.01 * (own[key].sigma or 0.0))


def test_a_wrong_start_is_caught(transition: SeriesRecipe) -> None:
    settings = transition.settings
    starts = dict(settings.series.starts)
    # both peaks at the foot of the edge, where neither of them is
    starts |= {"peak1.center": 7116.9, "peak2.center": 7117.4, "peak1.fwhm": 1.0}
    wrong = replace(settings, series=replace(settings.series, starts=starts))
    new = scan(50, share_high=1.0)
    right = xanes.observe({"sample": new}, settings)
    found = xanes.observe({"sample": new}, wrong)
    assert "XAS-126" in codes(found)
    assert right.fit is not None
    assert found.fit is not None
    assert found.fit.chi2 == pytest.approx(right.fit.chi2, abs=1e-3)


def test_a_broken_scan_is_told_and_not_hidden_by_the_series(low_recipe: SeriesRecipe) -> None:
    found = xanes.observe({"sample": glitched(scan(60))}, low_recipe.settings)
    told = [alert for alert in found.alerts if alert.code == "XAS-125"]
    assert [alert.level for alert in told] == [Level.C]
    sound = xanes.observe({"sample": scan(60)}, low_recipe.settings)
    assert "XAS-125" not in codes(sound)


def test_scans_that_cannot_be_fitted_do_not_vote(low_scans: list[Recording]) -> None:
    short = [replace(one, columns=tuple(_head(c) for c in one.columns)) for one in low_scans[:2]]
    recipe = xanes.series_recipe([*short, low_scans[0]], {}, ONE_PEAK)
    assert recipe.settings.series.sampled == 1
    assert "2 more could not be fitted" in recipe.alerts[0].text
    with pytest.raises(SpectrafitError, match="edge"):
        xanes.series_recipe(short, {}, ONE_PEAK)


def _head(column: Column) -> Column:
    return Column(column.name, column.values[:40], column.unit)


def test_another_model_for_one_scan_leaves_the_series(low_recipe: SeriesRecipe) -> None:
    settings = low_recipe.settings
    assert decision_for(settings, WINDOW) is settings.series
    assert decision_for(replace(settings, foil_eV=7112.0), WINDOW) is settings.series
    assert decision_for(replace(settings, peaks=2), WINDOW) is None
    assert decision_for(replace(settings, background="constant+erf"), WINDOW) is None
    assert decision_for(ONE_PEAK, WINDOW) is None


def test_a_decision_goes_to_other_processes_and_into_the_journal(low_recipe: SeriesRecipe) -> None:
    settings = low_recipe.settings
    for copy in (
        pickle.loads(pickle.dumps(settings)),
        decoded(encoded(settings, xanes.series_settings), xanes.series_settings),
    ):
        assert copy == settings
        assert dict(copy.series.starts) == dict(settings.series.starts)


@pytest.mark.parametrize("count", [24, pytest.param(60, marks=pytest.mark.accept)])
def test_areas_of_many_scans_scatter_as_their_errors_say(count: int) -> None:
    # The simulated rising edge (arctan and white line) is none of the fitted forms, which biases
    # every area alike by 2 to 4 %: the errors of single scans do not hold that, and say so.
    shares = np.linspace(0.0, 1.0, count)
    scans = [
        scan(300 + i, sharp=True, share_high=float(share), counts=1e5)
        for i, share in enumerate(shares)
    ]
    settings = HerfdSettings(window_eV=WINDOW, peaks=3, method_spread=False)
    recipe = herfd.series_recipe(scans[count // 12 :: count // 3], {}, settings)
    assert isinstance(recipe.settings, HerfdSeriesSettings)
    found = [herfd.observe({"sample": one}, recipe.settings) for one in scans]
    areas = [one["herfd.fe.preedge.area"] for one in found]
    values = np.array([area.value for area in areas], dtype=float)
    sigmas = np.array([area.sigma for area in areas], dtype=float)
    truth = 5.1 + 3.7 * shares
    bias = float(np.mean(values / truth) - 1.0)
    assert -0.01 < bias < 0.04
    pulls = (values - truth * (1.0 + bias)) / sigmas
    # a mean of n pulls scatters by n^-1/2, their width by (2 n)^-1/2
    assert abs(pulls.mean()) < 2.7 / np.sqrt(count)
    assert abs(pulls.std() - 1.0) < 2.2 / np.sqrt(2 * count)


STUDY = """
[study]
name = "series"

[[measurement]]
name = "xanes"
technique = "xanes"
files = ["raw/*.dat"]

[measurement.settings]
window_eV = [7107.0, 7118.0]
peaks = 1

[[measurement.except]]
files = "raw/scan_7.dat"
reason = "another background here"
settings = { background = "constant+erf" }
"""


def test_a_study_of_twenty_four_scans(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for seed in range(1, 25):
        (raw / f"scan_{seed}.dat").write_text(text(seed), encoding="utf-8")
    lines = text(13).splitlines(keepends=True)
    (raw / "scan_13.dat").write_text("".join(lines[:60]), encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    outcome = run_study(load_study(tmp_path / "study.toml"), jobs=1)
    status = {result.label: result.status for result in outcome.results}
    assert [label for label, word in status.items() if word == "refused"] == ["scan_13"]
    alerts = outcome.measurement_alerts["xanes"]
    assert [alert.code for alert in alerts] == ["XAS-121", "XAS-122"]
    found = {one.label: one.observables for one in outcome.done}
    backgrounds = {
        label: one["xanes.fe.preedge.area"].conventions["background"]
        for label, one in found.items()
        if one is not None
    }
    assert backgrounds.pop("scan_7") == "constant+erf"
    assert set(backgrounds.values()) == {"line+lorentzian"}


def test_a_series_fit_is_that_of_the_region(low_recipe: SeriesRecipe) -> None:
    prepared = prepared_scan(scan(70), (), low_recipe.settings)
    region = fit_region(prepared, low_recipe.settings)
    decision = low_recipe.settings.series
    counted, alerts = series_count(region, low_recipe.settings, decision, prepared.window_eV)
    assert counted.best == 1
    assert counted.fit.spectrum is region
    assert counted.bic == {}
    assert alerts == ()
