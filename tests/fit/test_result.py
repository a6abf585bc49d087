"""Results: errors or reasons, statistics, propagation, strict JSON, other forms."""

from __future__ import annotations

import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import FitError, ReadError, SettingsError
from spectrafit.fit import FitResult, Flag, ParameterChange, Problem, fit
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

X = np.linspace(-3.0, 3.0, 61)


def fitted(*, sigma: bool = True, scale: float = 1.0, **changes: ParameterChange) -> FitResult:
    rng = np.random.default_rng(1)
    y = Gaussian.function(X, 0.3, 1.2, 2.0)[0] + 0.5 + scale * 0.05 * rng.standard_normal(X.size)
    spectrum = Spectrum(X, y, np.full(X.size, 0.05) if sigma else None, x_unit="eV")
    model = Gaussian("p") + Polynomial(0, "base")
    parameters = {name.replace("_", "."): change for name, change in changes.items()}
    return fit(Problem(spectrum, model, parameters=parameters))


FREE = fitted()
ON_BOUND = fitted(p_fwhm=ParameterChange(start=1.0, max=1.1))
TIED = fitted(base_c0=ParameterChange(equals="0.25*p.height"))


def test_errors_are_numbers_or_reasons() -> None:
    held = fitted(p_center=ParameterChange(start=0.3, fixed=True))
    for result in (FREE, ON_BOUND, TIED, held):
        for name in result.names:
            error, reason = result.sigma(name), result.sigma_reason(name)
            assert (error is None) == bool(reason)
            assert error is None or (math.isfinite(error) and error > 0)
    assert held.sigma_reason("p.center") == "fixed"
    assert ON_BOUND.sigma_reason("p.fwhm") == "at bound"


def test_statistics_are_those_of_lmfit() -> None:
    import lmfit

    for has_sigma in (True, False):
        result = fitted(sigma=has_sigma)
        parameters = lmfit.Parameters()
        for name, value in zip(result.names, result.values, strict=True):
            parameters.add(name.replace(".", "_"), value=value)
        rng = np.random.default_rng(1)
        y = Gaussian.function(X, 0.3, 1.2, 2.0)[0] + 0.5 + 0.05 * rng.standard_normal(X.size)
        weight = 20.0 if has_sigma else 1.0

        def residuals(p: lmfit.Parameters, y: object = y, w: float = weight) -> object:
            v = [p[name].value for name in p]
            return (Gaussian.function(X, *v[:3])[0] + v[3] - y) * w

        peer = lmfit.Minimizer(residuals, parameters, scale_covar=not has_sigma).leastsq()
        assert result.chi2 == pytest.approx(peer.chisqr)
        assert result.nfree == peer.nfree
        assert result.redchi == pytest.approx(peer.redchi)
        assert result.aic == pytest.approx(peer.aic)
        assert result.bic == pytest.approx(peer.bic)
        assert result.covariance == pytest.approx(peer.covar, rel=1e-3, abs=1e-9)


def test_small_sample_term_of_aic() -> None:
    k, n = FREE.nvary, FREE.ndata
    assert FREE.aicc == pytest.approx(FREE.aic + 2 * k * (k + 1) / (n - k - 1))
    assert replace(FREE, ndata=k + 1).aicc is None


def test_estimated_noise_scales_errors_and_known_noise_does_not() -> None:
    known, twice = fitted(), fitted(scale=2.0)
    assert twice.sigma("p.center") == pytest.approx(known.sigma("p.center"), rel=0.1)
    known, twice = fitted(sigma=False), fitted(sigma=False, scale=2.0)
    one = known.sigma("p.center")
    assert one is not None
    assert twice.sigma("p.center") == pytest.approx(2 * one, rel=0.1)


def test_tied_errors_and_covariances_are_propagated() -> None:
    error = TIED.sigma("p.height")
    assert error is not None
    assert TIED.sigma("base.c0") == pytest.approx(0.25 * error)
    covariance = TIED.covariance_of(["p.height", "base.c0"])
    assert covariance[0, 1] == pytest.approx(0.25 * error**2)
    assert TIED.free == (True, True, True, False)
    assert TIED.nvary == 3


def test_covariance_of_refuses_what_has_no_error() -> None:
    assert FREE.covariance_of(["p.fwhm"]).shape == (1, 1)
    with pytest.raises(FitError, match=r"p\.fwhm has no error: at bound"):
        ON_BOUND.covariance_of(["p.center", "p.fwhm"])


def test_an_area_is_propagated_as_by_hand() -> None:
    component = Gaussian("p")
    value, error, reason = FREE.propagate(component.area)
    assert value == pytest.approx(component.area(FREE.by_name))
    factor = value / (FREE.value("p.fwhm") * FREE.value("p.height"))
    names = ("p.fwhm", "p.height")
    slopes = factor * np.array([FREE.value("p.height"), FREE.value("p.fwhm")])
    by_hand = np.sqrt(slopes @ FREE.covariance_of(names) @ slopes)
    assert error == pytest.approx(by_hand, rel=1e-6)
    assert reason == ""
    given_slopes = dict(zip(names, slopes, strict=True))
    assert FREE.propagate(component.area, given_slopes)[1] == pytest.approx(by_hand, rel=1e-12)


def test_what_depends_on_nothing_free_has_a_reason() -> None:
    assert FREE.propagate(lambda v: 3.0) == (3.0, None, "depends on no free parameter")
    assert ON_BOUND.propagate(lambda v: v["p.center"] + v["p.fwhm"])[2] == "p.fwhm: at bound"
    error = ON_BOUND.propagate(lambda v: v["p.center"])[1]
    assert error == pytest.approx(ON_BOUND.sigma("p.center"))


def test_a_function_that_cannot_be_computed_is_refused_or_has_a_reason() -> None:
    with pytest.raises(FitError, match="is nan"):
        FREE.propagate(lambda v: float("nan"))
    edge = FREE.value("p.center")
    value, error, reason = FREE.propagate(lambda v: math.sqrt(v["p.center"] - edge))
    assert (value, error, reason) == (0.0, None, "no derivative")


def test_unknown_names_are_answered_with_the_nearest() -> None:
    for ask in (FREE.value, FREE.sigma, FREE.sigma_reason, FREE.unit):
        with pytest.raises(SettingsError, match=r"did you mean p\.center"):
            ask("p.centre")
    with pytest.raises(SettingsError, match=r"did you mean p\.height"):
        FREE.propagate(lambda v: 1.0, {"p.hieght": 1.0})


def test_units_are_resolved() -> None:
    assert FREE.unit("p.center") == "eV"
    assert FREE.unit("p.height") == "1"


def test_json_is_strict_and_read_back() -> None:
    for result in (FREE, ON_BOUND, TIED, fitted(sigma=False)):
        text = result.to_json()
        json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        again = FitResult.from_json(text)
        assert again.to_json() == text
        assert np.array_equal(again.covariance, result.covariance)
        assert again.sigma("p.center") == result.sigma("p.center")
        assert again.flags == result.flags


finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.lists(st.text(min_size=1, max_size=8), max_size=5, unique=True)


@st.composite
def results(draw: st.DrawFn) -> FitResult:
    named = tuple(draw(names))
    size = len(named)

    def row(count: int) -> list[float]:
        return draw(st.lists(finite, min_size=count, max_size=count))

    texts = st.lists(st.text(max_size=9), min_size=size, max_size=size)
    return FitResult(
        names=named,
        values=np.array(row(size)),
        free=tuple(draw(st.lists(st.booleans(), min_size=size, max_size=size))),
        covariance=np.array(row(size * size)).reshape(size, size),
        reasons=tuple(draw(texts)),
        at_bound=named[:1],
        flags=tuple(draw(st.sets(st.sampled_from(Flag)))),
        chi2=draw(st.floats(0, 1e300)),
        ndata=draw(st.integers(1, 10**9)),
        nvary=size,
        noise=draw(st.sampled_from(["known", "estimated"])),
        engine=draw(st.text(max_size=5)),
        evaluations=draw(st.integers(0, 10**6)),
        digest=draw(st.text(max_size=5)),
        data_digest="",
        units=tuple(draw(texts)),
        starts=np.array(row(size)),
        message=draw(st.text(max_size=20)),
    )


@given(results())
def test_any_result_survives_json_and_pickle(result: FitResult) -> None:
    text = result.to_json()
    assert FitResult.from_json(text).to_json() == text
    again = pickle.loads(pickle.dumps(result))
    assert again.to_json() == text
    assert not again.values.flags.writeable


BODY = json.loads(FREE.to_json())


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"values": [1.0]},
        {"values": ["1", "2", "3", "4"]},
        {"values": [1.0, 2.0, 3.0, None]},
        {"values": [True, 2.0, 3.0, 4.0]},
        {"values": 3.0},
        {"values": [10**400, 1, 2, 3]},
        {"covariance": [[1.0], [2.0, 3.0]]},
        {"covariance": [1.0, 2.0, 3.0, 4.0]},
        {"flags": ["fine"]},
        {"flags": 3},
        {"noise": "none"},
        {"ndata": 61.0},
        {"ndata": True},
        {"chi2": "1"},
        {"chi2": None},
        {"names": "pppp"},
        {"names": [1, 2, 3, 4]},
        {"free": [1, 0, 1, 0]},
        {"extra": 1},
        {"engine": None},
    ],
)
def test_other_json_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ReadError):
        FitResult.from_json(json.dumps({**BODY, **change}))


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"schema": 1}', "NaN", "{", "1e999", "[" * 100000]
)
def test_text_that_is_no_result_is_refused(text: str) -> None:
    with pytest.raises(ReadError):
        FitResult.from_json(text)


def test_numbers_that_are_not_finite_are_no_result() -> None:
    with pytest.raises(FitError, match="not finite"):
        replace(FREE, chi2=float("inf"))
    with pytest.raises(FitError, match="one length"):
        replace(FREE, reasons=())
    with pytest.raises(ReadError):
        FitResult.from_json(FREE.to_json().replace('"chi2": ', '"chi2": 1e999, "x": '))


def test_alerts_say_what_is_wrong() -> None:
    assert FREE.alerts("scan 1") == ()
    (alert,) = ON_BOUND.alerts("scan 1")[:1]
    assert (alert.code, alert.where) == ("FIT-001", "scan 1")
    assert "p.fwhm" in alert.text
    assert "1.1" in alert.text
    codes = [a.code for a in fitted(scale=3.0).alerts()]
    assert codes == ["FIT-005"]
    reasons = tuple("near singular" for _ in FREE.names)
    odd = replace(FREE, reasons=reasons, flags=(Flag.SINGULAR, Flag.CALL_LIMIT))
    assert [a.code for a in odd.alerts()] == ["FIT-002", "FIT-003"]
    assert "p.center, p.fwhm" in odd.alerts()[1].text


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        (Flag.EQUALS_START, "FIT-004"),
        (Flag.NOT_AT_MINIMUM, "FIT-006"),
        (Flag.NOT_POSITIVE_DEFINITE, "FIT-006"),
        (Flag.OUTSIDE_BOUNDS, "FIT-007"),
        (Flag.NO_RESIDUAL, "FIT-008"),
        (Flag.NO_FREEDOM, "FIT-008"),
    ],
)
def test_every_flag_has_its_alert(flag: Flag, code: str) -> None:
    reasons = (flag.value, *FREE.reasons[1:])
    odd = replace(FREE, reasons=reasons, flags=(flag,))
    assert [alert.code for alert in odd.alerts()] == [code]


def test_lmfit_form_has_errors_and_correlations() -> None:
    import lmfit

    peer = FREE.to_lmfit()
    assert peer.params["p_center"].stderr == FREE.sigma("p.center")
    correlation = peer.params["p_fwhm"].correl["p_height"]
    assert -1 < correlation < 0
    assert peer.params["base_c0"].vary
    assert "p_center" in lmfit.fit_report(peer)
    assert peer.bic == FREE.bic
    held = ON_BOUND.to_lmfit()
    assert held.params["p_fwhm"].stderr is None
    assert not held.errorbars
    assert TIED.to_lmfit().params["base_c0"].vary is False
    with pytest.raises(FitError, match="no name of its own"):
        replace(FREE, names=("a.b", "a_b", "c", "d")).to_lmfit()
    with pytest.raises(FitError, match="no name of its own"):
        replace(FREE, names=("Fe-O.x", "b", "c", "d")).to_lmfit()


def test_table_and_html_show_values_errors_and_reasons() -> None:
    frame = ON_BOUND.to_frame()
    assert list(frame["name"]) == list(ON_BOUND.names)
    assert frame.loc[1, "sigma_reason"] == "at bound"
    assert bool(frame.loc[1, "at_bound"])
    page = replace(ON_BOUND, names=("<b>", *ON_BOUND.names[1:]))._repr_html_()
    assert "at bound" in page
    assert "<b>" not in page
