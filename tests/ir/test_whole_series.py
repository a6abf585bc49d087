"""The shipped series and small ones of known truth, taken through the technique as a user would."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest
from ir_technique_case import alert_of, axes, codes, of, recorded, series_of, with_y

from spectrafit.errors import SettingsError
from spectrafit.observable import Kind
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.reference import root
from spectrafit.study.truth import load_truth
from spectrafit.technique import Observables
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.simulate import InfraredSimulation, band_values, pseudo_voigt_area

pytestmark = pytest.mark.xdist_group("ir-series")
FOLDER = root() / "feco"
TABLE = tomllib.loads((FOLDER / "study.toml").read_text(encoding="utf-8"))
STATED = next(one for one in TABLE["measurement"] if one["name"] == "ir")["settings"]
BANDS = {name: (float(low), float(high)) for name, (low, high) in STATED["bands"].items()}
SETTINGS = InfraredSettings(
    window_cm=(1200.0, 1600.0),
    bands=BANDS,
    population_bands=("1485", "1556"),
    exchange_bands=("1485", "1556"),
)
SHIPPED = sorted((FOLDER / "ir").glob("*K.jdx"))

# two bands that stand, one that grows and one that vanishes between 80 and 90 K
STEP = InfraredSimulation(
    populations=(1.0, 0.0),
    positions_cm=(1329.0, 1380.0, 1440.0, 1514.0),
    fwhm_cm=(14.0, 14.0, 12.0, 13.0),
    heights=((0.10, 0.0), (0.15, 0.15), (0.15, 0.15), (0.0, 0.06)),
    range_cm=(1290.0, 1560.0),
)
STEP_BANDS = {name: BANDS[name] for name in ("1329", "1380", "1440", "1514")}
STEPPED = InfraredSettings(bands=STEP_BANDS, window_cm=(1290.0, 1560.0))
TEMPERATURES = (20.0, 40.0, 60.0, 70.0, 80.0, 90.0, 100.0, 150.0, 200.0)


@pytest.fixture(scope="module")
def feco() -> Observables:
    return series_of([read(file)[0] for file in SHIPPED], SETTINGS)


@pytest.fixture(scope="module")
def truth() -> dict[tuple[str, float], float]:
    declared = load_truth(FOLDER / "truth.toml")
    found = {}
    for band in BANDS:
        pure = declared.members[f"ir.{band}.linked_area"].values
        for file in SHIPPED:
            T = float(file.stem.rstrip("K"))
            x = declared.populations(T)
            found[band, T] = sum(x[state] * pure[state] for state in pure)
    return found


def spectrum(T: float, seed: int, branch: str = "", **changed: object) -> Recording:
    shares = (1.0, 0.0) if T < 85.0 else (0.0, 1.0)
    settings = replace(STEP, T_K=T, populations=shares, **changed)  # type: ignore[arg-type]
    made = recorded(settings, f"{T:03.0f}K{branch}.jdx", seed)
    return replace(made, conditions={"T": T} | ({"branch": branch} if branch else {}))


def stepped(seed: int = 0, branch: str = "", **changed: object) -> list[Recording]:
    return [spectrum(T, 100 * seed + int(T), branch, **changed) for T in TEMPERATURES]


# the shipped series -------------------------------------------------------------------------------


def test_linked_areas_are_those_of_the_declared_truth(feco: Observables, truth: dict) -> None:
    pulls = []
    for (band, T), expected in truth.items():
        item = of(feco, f"ir.{band}.linked_area", T=T)
        pulls.append((item.value - expected) / item.budget["noise"])
        assert abs(item.value - expected) < 4.0 * item.sigma
    assert len(pulls) == 8 * 21
    # neighbouring bands share one baseline: their pulls are no independent numbers
    assert abs(np.mean(pulls)) < 0.5
    assert 0.8 < np.std(pulls) < 1.25
    assert np.abs(pulls).max() < 4.0


def test_positions_and_widths_follow_the_declared_laws(feco: Observables) -> None:
    declared = tomllib.loads((FOLDER / "simulation" / "ir.toml").read_text(encoding="utf-8"))
    start = dict(zip(BANDS, declared["fwhm_cm"], strict=True))
    for band, fwhm in start.items():
        for T in (10.0, 300.0):
            position = of(feco, f"ir.{band}.linked_position", T=T)
            width = of(feco, f"ir.{band}.linked_width", T=T)
            moved = float(band) - 0.01 * (T - 10.0)
            wider = fwhm * (1.0 + declared["broadening_per_K"] * (T - 10.0))
            assert abs(position.value - moved) < 4.0 * position.budget["noise"]
            assert abs(width.value - wider) < 4.0 * width.sigma


def test_the_step_is_a_bracket_around_90_K_shared_by_the_bands_that_show_it(
    feco: Observables,
) -> None:
    step = of(feco, "ir.step")
    assert step.kind is Kind.INTERVAL
    assert step.low < 90.0 < step.high
    assert {"1329", "1514"} <= set(step.verdict.removeprefix("shared by ").split(", "))
    assert of(feco, "ir.1380.regime").value == "constant"
    assert of(feco, "ir.1260.regime").value == "constant"


def test_where_bands_are(feco: Observables) -> None:
    words = {band: of(feco, f"ir.{band}.presence").value for band in BANDS}
    # 5 % of the second state is left at low temperature: of the stronger of its bands that is seen,
    # of the weaker (0.05 cm-1) it is less than what baselines leave open
    assert words["1296"] == "present"
    assert words["1514"] == "appears"
    assert of(feco, "ir.1514.detection_limit").high > 0.05
    assert words["1329"] == "vanishes"
    assert words["1556"] == "appears"
    limit = of(feco, "ir.1556.detection_limit")
    assert limit.kind is Kind.UPPER_LIMIT
    assert 0.0 < limit.high < 0.2  # of 2.5 at 300 K; most of it is what baselines leave open


def test_traces_of_bands_that_stand_are_no_populations(feco: Observables) -> None:
    verdicts = {band: of(feco, f"ir.{band}.trace_verdict") for band in BANDS}
    for band in ("1260", "1380", "1440"):
        assert verdicts[band].value == "trace_moved"
        assert band in alert_of(feco, "IR-106").text
    for band in ("1329", "1514", "1556"):
        assert verdicts[band].value == "trace_ok"


def test_the_two_state_law_is_rejected_and_gives_no_headline(feco: Observables) -> None:
    """Three states and an interaction made the populations: no two-state law holds above the step."""
    assert of(feco, "ir.population_verdict").value != "identified"
    assert {"IR-113", "IR-114"} <= codes(feco)
    assert not [item for item in feco.items if item.key == "ir.T_half"]
    for item in feco.items:
        if item.key == "ir.dH":
            assert "linear" in item.conventions["ends"]
    progress = [item for item in feco.items if item.key == "ir.1556.progress"]
    lowest, highest = (min(p.conditions["T"] for p in progress), 300.0)
    assert of(feco, "ir.1556.progress", T=lowest).value == 0.0
    assert of(feco, "ir.1556.progress", T=highest).value == 1.0


def test_the_rate_is_bounded_from_above(feco: Observables) -> None:
    bounds = [item for item in feco.items if item.key == "ir.k_max"]
    assert bounds
    for item in bounds:
        assert item.kind is Kind.UPPER_LIMIT
        assert item.conventions["resolution_cm"] == 2.0
        assert "same oscillator" in item.conventions["assumption"]
    # 20 % of 16 cm-1, since 110 K only: pi c dw of some 2 cm-1
    assert 1e11 < of(feco, "ir.k_max", T=300.0).high < 1e12


def test_there_is_a_figure_of_everything_and_it_says_that_it_is_simulated(
    feco: Observables,
) -> None:
    names = [chart.name for chart in feco.charts]
    assert len(set(names)) == len(names)
    for wanted in (
        "map",
        "waterfall",
        "residuals",
        "traces",
        "positions",
        "dH-profile",
        "fraction",
    ):
        assert any(name.startswith(wanted) for name in names), wanted
    assert all(chart.simulated for chart in feco.charts)


def test_all_keys_are_declared_and_none_is_given_twice(feco: Observables) -> None:
    from spectrafit.testing.methods_conformance import require_methods
    from spectrafit_ir.technique import infrared

    seen = set()
    for item in feco.items:
        specs = [spec for spec in infrared.observables if spec.matches(item.key)]
        assert [spec.unit for spec in specs] == [item.unit], item.key
        place = (item.key, tuple(sorted(item.conditions.items())))
        assert place not in seen
        seen.add(place)
    require_methods(infrared, feco.items)


# series of known truth ----------------------------------------------------------------------------


def test_two_branches_are_told_apart_and_have_no_hysteresis() -> None:
    found = series_of([*stepped(1, "heating"), *stepped(2, "cooling")], STEPPED)
    for branch in ("heating", "cooling"):
        step = of(found, "ir.step", branch=branch)
        assert (step.low, step.high) == (80.0, 90.0)
    assert of(found, "ir.hysteresis").value == "none resolved"
    areas = [item for item in found.items if item.key == "ir.1514.linked_area"]
    assert len(areas) == 2 * len(TEMPERATURES)


def test_a_step_elsewhere_is_named() -> None:
    later = STEP.positions_cm.index(1440.0)
    samples = []
    for T in TEMPERATURES:
        heights = [list(row) for row in STEP.heights]
        heights[later] = [0.15, 0.15] if T < 125.0 else [0.05, 0.05]
        samples.append(spectrum(T, int(T), heights=tuple(map(tuple, heights))))
    found = series_of(samples, STEPPED)
    assert "1440" in alert_of(found, "IR-115").text


def test_two_files_of_one_temperature_are_refused_by_name() -> None:
    samples = stepped()
    twin = replace(samples[3], name="again.jdx")
    with pytest.raises(SettingsError) as caught:
        series_of([*samples, twin], STEPPED)
    assert samples[3].name in caught.value.what
    assert "again.jdx" in caught.value.what


def test_files_without_a_temperature_are_refused_by_name() -> None:
    samples = stepped()
    bare = [replace(one, conditions={}) for one in samples[:2]]
    with pytest.raises(SettingsError) as caught:
        series_of([*bare, *samples[2:]], STEPPED)
    assert all(one.name in caught.value.what for one in bare)
    assert "[measurement.conditions]" in caught.value.do


def test_spectra_on_different_grids_are_not_fitted_together() -> None:
    samples = stepped()
    samples[4] = spectrum(TEMPERATURES[4], 7, step_cm=0.5)
    found = series_of(samples, STEPPED, alone=True)
    assert "different points" in alert_of(found, "IR-111").text
    assert not [key for key in found.keys if "linked_" in key]


@pytest.mark.parametrize("standard", ["1380", ""])
def test_an_internal_standard_takes_the_scale_of_each_spectrum_off(standard: str) -> None:
    scales = np.exp(np.random.default_rng(5).normal(0.0, 0.04, len(TEMPERATURES)))
    samples = [
        spectrum(T, int(T), scale=float(scale))
        for T, scale in zip(TEMPERATURES, scales, strict=True)
    ]
    settings = replace(STEPPED, standard=standard, scale_sigma=None if standard else 0.04)
    found = series_of(samples, settings)
    expected = pseudo_voigt_area(0.15, 12.0, 0.5)
    items = [of(found, "ir.1440.linked_area", T=T) for T in TEMPERATURES]
    values = np.array([item.value for item in items])
    if standard:
        # areas over that of the standard: those of one sample, without the scatter of 4 %
        assert np.std(values) / np.mean(values) < 0.005
        ratio = np.mean(values) / np.mean(
            [of(found, "ir.1380.linked_area", T=T).value for T in TEMPERATURES]
        )
        assert ratio == pytest.approx(expected / pseudo_voigt_area(0.15, 14.0, 0.5), rel=0.005)
    else:
        assert np.std(values) / np.mean(values) > 0.02
        for item in items:
            assert item.budget["scale"] == pytest.approx(0.04 * item.value, rel=0.01)
            assert abs(item.value - expected) < 4.0 * item.sigma


def test_without_named_bands_they_are_found_and_the_table_can_be_pasted() -> None:
    found = series_of(stepped(), InfraredSettings())
    text = alert_of(found, "IR-100").text
    table = tomllib.loads(text.split("To paste: ")[1])["bands"]
    for position in STEP.positions_cm:
        name = min(table, key=lambda one, at=position: abs(float(one) - at))
        assert abs(float(name) - position) < 3.0
        low, high = table[name]
        assert low < position < high
    pasted = series_of(stepped(), InfraredSettings(bands=table))
    assert "IR-100" not in codes(pasted)
    assert {key for key in found.keys if "linked_area" in key} == {
        key for key in pasted.keys if "linked_area" in key
    }


def test_four_temperatures_are_tracked_and_give_no_regimes() -> None:
    settings = replace(STEPPED, population_bands=("1514",))
    found = series_of([spectrum(T, int(T)) for T in (20.0, 60.0, 100.0, 200.0)], settings)
    assert len([item for item in found.items if item.key == "ir.1380.linked_area"]) == 4
    refused = [alert.text for alert in found.alerts if alert.code == "IR-117"]
    assert any("regimes and steps" in text for text in refused)
    assert any("two-state law" in text for text in refused)
    assert not [key for key in found.keys if key.endswith((".regime", ".step", ".dH"))]


def test_lines_that_come_and_go_together_are_vapour() -> None:
    rng = np.random.default_rng(12)
    samples = []
    for one, wet in zip(stepped(), rng.uniform(0.0, 0.01, len(TEMPERATURES)), strict=True):
        x, y = axes(one)
        lines = sum(h * np.exp(-(((x - at) / 0.7) ** 2)) for at, h in ((1400, 1.0), (1465, 0.8)))
        samples.append(with_y(one, y + wet * lines))
    found = series_of(samples, STEPPED)
    assert "1400" in alert_of(found, "IR-108").text
    assert "IR-108" not in codes(series_of(stepped(), STEPPED))


def test_laws_that_do_not_hold_are_named_where_single_spectra_are_fitted_well() -> None:
    # a position that jumps with the step is no line in temperature
    jumped = {False: STEP.positions_cm, True: (1329.0, 1382.0, 1440.0, 1514.0)}
    samples = [spectrum(T, int(T), positions_cm=jumped[T > 85.0]) for T in TEMPERATURES]
    found = series_of(samples, STEPPED, alone=True)
    assert "IR-112" in codes(found)
    freed = series_of(samples, replace(STEPPED, position_law="free"), alone=True)
    assert "IR-112" not in codes(freed)


def test_laws_are_not_blamed_where_single_spectra_had_no_bands_to_fit() -> None:
    jumped = {False: STEP.positions_cm, True: (1329.0, 1382.0, 1440.0, 1514.0)}
    samples = [spectrum(T, int(T), positions_cm=jumped[T > 85.0]) for T in TEMPERATURES]
    unnamed = InfraredSettings(window_cm=STEPPED.window_cm)
    found = codes(series_of(samples, unnamed, alone=True))
    assert "IR-102" in found
    assert "IR-112" not in found


def test_a_moving_band_is_no_new_species() -> None:
    samples = [
        spectrum(T, int(T), heights=((0.1, 0.1), (0.15, 0.15), (0.15, 0.15), (0.06, 0.06)),
                 shift_cm_per_K=-0.015, broadening_per_K=1e-3)
        for T in TEMPERATURES
    ]  # fmt: skip
    found = series_of(samples, STEPPED)
    assert "IR-116" in codes(found)
    assert of(found, "ir.species").value not in ("species", "two", "more_than_two")
    assert not [key for key in found.keys if key.endswith("isosbestic")]


def test_resolved_spectra_come_on_request_with_what_they_are_worth() -> None:
    settings = replace(STEPPED, mcr_components=2, correlation_2d=True)
    found = series_of(stepped(), settings)
    assert "IR-121" in codes(found)
    names = {chart.name.split("-")[0] for chart in found.charts}
    assert {"resolved", "shares", "correlation"} <= names


def test_the_truth_of_the_small_series_is_found() -> None:
    found = series_of(stepped(), STEPPED)
    for T in TEMPERATURES:
        settings = replace(STEP, T_K=T, populations=(1.0, 0.0) if T < 85.0 else (0.0, 1.0))
        for name, band in zip(STEP_BANDS, band_values(settings), strict=True):
            item = of(found, f"ir.{name}.linked_area", T=T)
            assert abs(item.value - band.area) < 4.0 * item.sigma
    assert of(found, "ir.1329.presence").value == "vanishes"
    assert of(found, "ir.1514.presence").value == "appears"
