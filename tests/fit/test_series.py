"""Long series: the answers of `fit_many`, from files, in pieces, and nothing computed twice."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from engine_cases import Case, edge_case

from spectrafit.errors import FitError, ReadError, SettingsError
from spectrafit.fit import series
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import Flag
from spectrafit.fit.series import Chunk, fit_series
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum
from spectrafit.strict_json import json_value


@pytest.fixture(scope="module")
def case() -> Case:
    return edge_case(240)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "_CHUNK", 100)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the chunks that are fitted."""
    sizes: list[int] = []
    real = series.fitted_chunk

    def noted(chunk: Chunk) -> FitStack:
        sizes.append(chunk.y.shape[0])
        return real(chunk)

    monkeypatch.setattr(series, "fitted_chunk", noted)
    return sizes


def same(one: FitStack, other: FitStack) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "chi2")
        for name in FitStack.per_row()
        if name != "values"
    ) and np.array_equal(one.values, other.values, equal_nan=True)


def test_neighbours_starts_change_no_answer(case: Case) -> None:
    found = fit_series(case.problem, case.y, sigma=case.sigma, engine="batch")
    plain = fit_many(case.problem, case.y, sigma=case.sigma, engine="batch")
    assert found.converged.all()
    assert np.allclose(found.chi2, plain.chi2, rtol=1e-6)
    for name in found.free_names:
        assert np.all(np.abs(found.value(name) - plain.value(name)) < 0.01 * plain.sigma(name))
    single = found.result(37)
    assert single.value("p1.center") == pytest.approx(found.value("p1.center")[37])


def test_files_and_arrays_are_one(case: Case, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    cube = case.y.reshape(12, 20, -1)
    np.save(tmp_path / "y.npy", cube)
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file.create_dataset("entry/data", data=cube, chunks=(5, 7, 120))
        file.create_dataset("entry/sigma", data=case.sigma)
    expected = fit_series(case.problem, case.y, sigma=case.sigma, engine="batch")
    of_npy = fit_series(case.problem, str(tmp_path / "y.npy"), sigma=case.sigma, engine="batch")
    scan = f"{tmp_path / 'scan.h5'}::/entry"
    of_hdf = fit_series(case.problem, f"{scan}/data", sigma=f"{scan}/sigma", engine="batch")
    assert same(expected, of_npy)
    assert same(expected, of_hdf)
    for found in (of_npy, of_hdf):
        assert np.array_equal(found.y[113], case.y[113])
        assert np.array_equal(found.y[::-50], case.y[::-50])
        assert np.array_equal(found.y[np.arange(240) % 7 == 0], case.y[::7])
        assert found.result(113).chi2 == pytest.approx(found.chi2[113])


def test_a_row_that_is_not_finite_is_kept_and_spoils_nothing(case: Case) -> None:
    y = case.y.copy()
    y[[0, 16, 150], [3, 4, 5]] = [np.nan, np.inf, np.nan]
    sigma = case.sigma.copy()
    sigma[51, 7] = 0.0
    found = fit_series(case.problem, y, sigma=sigma, engine="batch")
    lost = np.flatnonzero(found.flag(Flag.NOT_FINITE))
    assert list(lost) == [0, 16, 51, 150]
    assert np.isnan(found.values[lost]).all()
    assert np.isnan(found.sigma("p1.center")[lost]).all()
    assert found.reason("p1.center", 16) == "not finite"
    assert not found.converged[lost].any()
    with pytest.raises(FitError, match="not fitted"):
        found.result(0)
    rest = np.setdiff1d(np.arange(240), lost)
    plain = fit_many(case.problem, y[rest], sigma=sigma[rest], engine="batch")
    assert np.allclose(found.chi2[rest], plain.chi2, rtol=1e-6)
    empty = fit_series(case.problem, np.full((120, 120), np.nan), engine="batch")
    assert empty.flag(Flag.NOT_FINITE).all()


def test_only_what_changed_is_computed_again(
    case: Case, tmp_path: Path, computed: list[int]
) -> None:
    more = {"sigma": case.sigma[0], "engine": "batch", "out": tmp_path / "results"}
    first = fit_series(case.problem, case.y, **more)
    assert computed == [100, 100, 40]
    assert same(first, fit_series(case.problem, case.y, **more))
    assert computed == [100, 100, 40]
    y = case.y.copy()
    y[230] += 1e-4
    changed = fit_series(case.problem, y, **more)
    assert computed == [100, 100, 40, 40]
    assert np.array_equal(changed.values[:200], first.values[:200])
    fit_series(case.problem, y, **more, restarts=2)
    assert computed[4:] == [100, 100, 40]
    started = np.full(240, 1.9)
    started[150] = 2.0
    fit_series(case.problem, y, **more, start={"p1.center": started})
    assert computed[7:] == [100, 100, 40]
    started[30] = 2.0
    fit_series(case.problem, y, **more, start={"p1.center": started})
    assert computed[10:] == [100]


def test_a_stopped_series_goes_on(case: Case, tmp_path: Path, computed: list[int]) -> None:
    more = {"sigma": case.sigma, "engine": "batch", "out": tmp_path / "results"}

    def stop(done: int, total: int) -> None:
        if done == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_series(case.problem, case.y, **more, progress=stop)
    assert not (tmp_path / "results" / "series.json").exists()
    said: list[tuple[int, int]] = []
    found = fit_series(case.problem, case.y, **more, progress=lambda a, b: said.append((a, b)))
    assert computed == [100, 100, 40]
    assert said == [(200, 240), (240, 240)]
    assert same(found, fit_series(case.problem, case.y, sigma=case.sigma, engine="batch"))
    summary = json_value((tmp_path / "results" / "series.json").read_text(encoding="utf-8"))
    assert summary["spectra"] == 240


def test_a_damaged_result_is_computed_again(
    case: Case, tmp_path: Path, computed: list[int]
) -> None:
    more = {"sigma": case.sigma, "engine": "batch", "out": tmp_path / "results"}
    first = fit_series(case.problem, case.y, **more)
    values = np.array(first.values)
    del first
    array = np.load(tmp_path / "results" / "values.npy", mmap_mode="r+")
    array[150, 0] += 1.0
    array.flush()
    again = fit_series(case.problem, case.y, **more)
    assert computed == [100, 100, 40, 100]
    assert np.array_equal(again.values, values)


def test_an_anchor_in_a_wrong_valley_does_not_mislead_its_neighbours() -> None:
    x = np.linspace(0.0, 10.0, 80)
    model = Gaussian("p") + Polynomial(0, "base")
    bounds = {"p.center": ParameterChange(start=3.0, min=0.0, max=10.0)}
    rng = np.random.default_rng(5)
    centers = np.where(np.arange(64) % 16 == 0, 8.5, 3.0)
    y = np.array(
        [
            model.evaluate(x, {"p.center": c, "p.fwhm": 1.0, "p.height": 1.0, "base.c0": 0.0})
            for c in centers
        ]
    )
    y += 0.01 * rng.standard_normal(y.shape)
    problem = Problem(
        Spectrum(x, y[0], np.full(x.size, 0.01)),
        model,
        start={"p.fwhm": 1.0, "p.height": 1.0},
        parameters=bounds,
    )
    # anchors that find their own peak are good minima, but no starts for the rows after them;
    # without restarts, which could lead out of the valley as well
    found = fit_series(
        problem,
        y,
        sigma=np.full(x.size, 0.01),
        start={"p.center": centers},
        engine="batch",
        restarts=0,
    )
    assert found.redchi.max() < 1.8
    ordinary = np.arange(64) % 16 != 0
    assert np.allclose(found.value("p.center")[ordinary], 3.0, atol=0.05)
    assert found.redchi[ordinary].max() < 1.8


def test_counts_are_reweighted(case: Case) -> None:
    x = np.linspace(-3.0, 3.0, 60)
    model = Gaussian("p") + Polynomial(0, "base")
    truth = {"p.center": 0.2, "p.fwhm": 1.2, "p.height": 60.0, "base.c0": 100.0}
    y = np.random.default_rng(2).poisson(model.evaluate(x, truth), (300, 60)).astype(float)
    problem = Problem(
        Spectrum(x, y[0], np.sqrt(y[0])), model, start={"p.fwhm": 1.0, "p.height": 50.0}
    )
    found = fit_series(problem, y, counts=True, engine="batch")
    pull = (found.value("base.c0") - 100.0) / found.sigma("base.c0")
    assert abs(pull.mean()) < 3.0 / np.sqrt(300)
    assert found.noise == "known"
    assert found.y_sigma.shape == y.shape


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    case = edge_case(400)
    more = {"sigma": case.sigma[0], "engine": "batch"}
    peaks = []
    for repeat in (1, 8):
        np.save(tmp_path / "y.npy", np.tile(case.y, (repeat, 1)))
        fit_series(case.problem, tmp_path / "y.npy", **more, out=tmp_path / f"r{repeat}")
        tracemalloc.start()
        found = fit_series(
            case.problem, tmp_path / "y.npy", **more, restarts=3, out=tmp_path / f"r{repeat}"
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(found) == 400 * repeat
    assert peaks[1] < 1.5 * peaks[0]


def test_bad_input_is_refused(case: Case, tmp_path: Path) -> None:
    with pytest.raises(FitError, match=r"turn the array"):
        fit_series(case.problem, case.y.T)
    with pytest.raises(FitError, match="sigma of 240 spectra for 200"):
        fit_series(case.problem, case.y[:200], sigma=case.sigma)
    with pytest.raises(ReadError, match="no such file"):
        fit_series(case.problem, tmp_path / "none.npy")
    (tmp_path / "text.npy").write_text("1 2 3", encoding="utf-8")
    with pytest.raises(ReadError, match=r"no \.npy file of numbers"):
        fit_series(case.problem, tmp_path / "text.npy")
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ReadError, match=r"no \.npy file of numbers"):
        fit_series(case.problem, tmp_path / "objects.npy")
    (tmp_path / "y.csv").write_text("1", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\.csv file"):
        fit_series(case.problem, tmp_path / "y.csv")
    with pytest.raises(SettingsError, match="no engine"):
        fit_series(case.problem, case.y, engine="gpu")
