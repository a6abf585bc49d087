"""Fit parameters that a user changes: held, bounded, tied and started, in free and linked fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ir_technique_case import NAMED, ONE, recorded

from spectrafit.errors import SettingsError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_area
from spectrafit.technique import Observables, SeriesScan
from spectrafit_ir.bands.groups import BandGroup
from spectrafit_ir.bands.linked import fit_linked
from spectrafit_ir.bands.profile import BandSpec, fit_bands
from spectrafit_ir.technique import infrared
from spectrafit_ir.window_parameters import window_parameters

X = np.arange(1440.0, 1560.0)
T = np.linspace(10.0, 300.0, 8)
NOISE = 5e-4
BANDS = [BandSpec("a", 1485.0, 1505.0), BandSpec("b", 1512.0, 1532.0)]


def series(seed=1, rows=T.size):
    clean = 0.05 + pseudo_voigt_by_area(X, 1497.0, 14.0, 3.0, 0.5)[0]
    clean = clean + pseudo_voigt_by_area(X, 1521.0, 14.0, 2.0, 0.5)[0]
    return clean + np.random.default_rng(seed).normal(0.0, NOISE, (rows, X.size))


def free(parameters, rows):
    return fit_bands(X, series(rows=rows), NOISE, BANDS, parameters=parameters)


def linked(parameters, rows):
    return fit_linked(X, series(rows=rows), NOISE, T[:rows], BANDS, parameters=parameters)


FITS = pytest.mark.parametrize(
    ("fit", "rows"), [(free, 1), (free, T.size), (linked, T.size)], ids=["one", "many", "linked"]
)


@FITS
def test_what_is_fixed_is_held_and_has_no_error(fit, rows):
    found = fit({"a.fwhm": ParameterChange(start=13.0, fixed=True)}, rows)
    assert (found.fwhm.values[:, 0] == 13.0).all()
    assert found.fwhm.reason(0, 0) == "fixed"
    assert np.isfinite(found.area.sigma).all()
    assert np.isfinite(found.fwhm.sigma[:, 1]).all()


@FITS
def test_what_is_tied_follows_with_its_error(fit, rows):
    found = fit({"b.fwhm": ParameterChange(equals="a.fwhm")}, rows)
    assert found.fwhm.values[:, 1] == pytest.approx(found.fwhm.values[:, 0], abs=1e-12)
    assert found.fwhm.sigma[:, 1] == pytest.approx(found.fwhm.sigma[:, 0])
    apart = fit({}, rows)
    assert (found.fwhm.sigma[:, 1] < apart.fwhm.sigma[:, 1]).all()
    assert np.abs(found.area.values - [3.0, 2.0]).max() < 0.1


@FITS
def test_a_bound_is_kept_and_told(fit, rows):
    found = fit({"a.center": ParameterChange(max=1495.0)}, rows)
    assert found.position.values[:, 0] == pytest.approx(1495.0)
    assert "position at bound" in found.flags(0, "a")


@FITS
def test_areas_and_baseline_may_be_fixed(fit, rows):
    changes = {
        "b.area": ParameterChange(start=2.0, fixed=True),
        "baseline.c1": ParameterChange(start=0.0, fixed=True),
    }
    found = fit(changes, rows)
    assert (found.area.values[:, 1] == 2.0).all()
    assert found.area.reason(0, 1) == "fixed"
    assert found.seen.all()
    assert np.isfinite(found.area.sigma[:, 0]).all()
    assert found.baseline(0)[0] == pytest.approx(found.baseline(0)[-1])


@FITS
def test_a_start_changes_where_a_fit_begins_but_not_where_it_ends(fit, rows):
    found = fit({"a.fwhm": ParameterChange(start=10.0)}, rows)
    assert found.chi2 == pytest.approx(fit({}, rows).chi2, rel=1e-5)


@FITS
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"a.centre": ParameterChange(min=1490.0)}, "a.center"),
        ({"c.center": ParameterChange(min=1490.0)}, "no parameter 'c.center'"),
        ({"a.center": ParameterChange(fixed=True)}, "fixed without a value"),
        ({"a.center": ParameterChange(start=1400.0)}, "outside its bounds"),
        ({"a.center": ParameterChange(equals="c.center")}, "c.center"),
    ],
)
def test_what_is_no_parameter_is_refused_with_what_to_write(fit, rows, changes, said):
    with pytest.raises(SettingsError) as refused:
        fit(changes, rows)
    assert said in f"{refused.value.what} {refused.value.do}"


def test_an_absent_band_with_a_tied_width_still_has_an_area():
    y = 0.05 + pseudo_voigt_by_area(X, 1497.0, 14.0, 3.0, 0.5)[0]
    y = y + np.random.default_rng(3).normal(0.0, NOISE, (6, X.size))
    found = fit_bands(X, y, NOISE, BANDS, parameters={"b.fwhm": ParameterChange(equals="a.fwhm")})
    assert (~found.seen[:, 1]).sum() >= 4
    pulls = found.area.values[:, 1] / found.area.sigma[:, 1]
    assert (np.abs(pulls) < 4.0).all()


def test_each_window_gets_its_own_and_a_name_of_no_band_is_refused():
    groups = [BandGroup((BANDS[0],), 1450.0, 1508.0), BandGroup((BANDS[1],), 1509.0, 1550.0)]
    change = ParameterChange(min=1490.0)
    assert window_parameters(groups, {"a.center": change}) == ({"a.center": change}, {})
    for wrong in ("c.center", "baseline.c0"):
        with pytest.raises(SettingsError, match="no parameter"):
            window_parameters(groups, {wrong: change})
    with pytest.raises(SettingsError, match="no bands are named"):
        window_parameters([], {"a.center": change})
    assert window_parameters(groups[:1], {"baseline.c0": change}) == ({"baseline.c0": change},)


HELD = {"1485.fwhm": ParameterChange(start=13.0, fixed=True)}


def series_with(changes):
    """Return what a series shows whose spectra have these changes of parameters."""
    scans = []
    for place, asked in enumerate(changes):
        T_K = 50 + 20 * place
        sample = recorded(replace(ONE, T_K=float(T_K)), f"{T_K}K.jdx", place)
        scans.append(
            SeriesScan(sample.name, {"sample": sample}, NAMED, asked, Observables("ir", ()))
        )
    return infrared.observe_series(scans)


def test_a_series_is_linked_with_the_parameters_of_its_spectra():
    found = series_with([HELD] * 6)
    assert not {"IR-111", "IR-117"} & {
        alert.code for alert in found.alerts if "parameter" in alert.text
    }
    widths = [item for item in found.items if item.key == "ir.1485.linked_width"]
    assert len(widths) == 6
    assert {item.value for item in widths} == {13.0}
    assert {item.sigma for item in widths} == {None}


def test_spectra_with_other_parameters_are_not_linked():
    found = series_with([*[HELD] * 5, {}])
    (alert,) = [one for one in found.alerts if one.code == "IR-111"]
    assert "1485.fwhm" in alert.text
    assert not [item for item in found.items if "linked" in item.key]
