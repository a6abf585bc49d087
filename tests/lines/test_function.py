"""A function of the user's own: derivatives verified, faults refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import Problem, fit
from spectrafit.lines import Function, LineParameter
from spectrafit.spectrum import Spectrum

X = np.linspace(0.1, 4.0, 30)


def decay(x: Any, amplitude: Any, rate: Any) -> Any:
    return amplitude * np.exp(-rate * x)


def decay_slopes(x: Any, amplitude: Any, rate: Any) -> tuple[Any, Any]:
    return np.exp(-rate * x), -amplitude * x * np.exp(-rate * x)


def test_parameters_are_read_from_the_arguments() -> None:
    component = Function(decay, name="decay")
    assert component.parameter_names == ("decay.amplitude", "decay.rate")


def test_complex_step_equals_the_given_jacobian() -> None:
    one = Function(decay).line.function(X, 2.0, 0.7)
    other = Function(decay, decay_slopes).line.function(X, 2.0, 0.7)
    for ours, theirs in zip(one, other, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-14)


def test_a_function_is_fitted_with_its_parameters_and_defaults() -> None:
    y = decay(X, 2.0, 0.7)
    sigma = np.full(X.size, 0.01)
    rows = (LineParameter("amplitude", "y", 1.0), LineParameter("rate", "1/x", 0.3, 0.0))
    for parameters in (rows, {"amplitude": 1.0, "rate": 0.3}, ("amplitude", "rate")):
        result = fit(Spectrum(X, y, sigma), Function(decay, parameters=parameters))
        assert result.values == pytest.approx([2.0, 0.7], rel=1e-9)
        assert result.sigma("function.rate") is not None


def real_only(x: Any, a: Any) -> Any:
    return np.real(a) * x


def half_real(x: Any, a: Any) -> Any:
    return a * x + np.abs(a) * x**2


def scalar_only(x: Any, a: Any) -> Any:
    return x * math.exp(a)


def wrong_shape(x: Any, a: Any) -> Any:
    return a * x[:-1]


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (real_only, "drops the imaginary part"),
        (half_real, "disagrees with central differences"),
        (scalar_only, "does not take a complex"),
        (wrong_shape, "gives shape"),
    ],
)
def test_a_function_whose_complex_step_is_wrong_is_refused(f: Any, words: str) -> None:
    with pytest.raises(FitError, match=words):
        Problem(Spectrum(X, X), Function(f))


def test_the_same_functions_work_with_their_jacobian() -> None:
    component = Function(half_real, lambda x, a: (x + np.sign(a) * x**2,))
    result = fit(Spectrum(X, 1.5 * X + 1.5 * X**2, np.ones(X.size)), component)
    assert result.value("function.a") == pytest.approx(1.5)


def test_a_wrong_jacobian_is_refused() -> None:
    def wrong(x: Any, amplitude: Any, rate: Any) -> tuple[Any, Any]:
        return np.exp(-rate * x), amplitude * x * np.exp(-rate * x)

    with pytest.raises(FitError, match="jacobian by rate disagrees"):
        Problem(Spectrum(X, X), Function(decay, wrong))
    with pytest.raises(FitError, match="1 derivatives for 2"):
        Problem(Spectrum(X, X), Function(decay, lambda x, a, b: (x,)))


@pytest.mark.parametrize("parameters", [("a", "a"), "ab"])
def test_parameters_without_names_of_their_own_are_refused(parameters: Any) -> None:
    with pytest.raises(SettingsError):
        Function(decay, parameters=parameters)


def test_a_function_without_parameters_is_refused() -> None:
    with pytest.raises(SettingsError, match="parameters"):
        Function(lambda x: x)


def test_what_a_function_encloses_tells_problems_apart() -> None:
    def scaled(factor: float) -> Any:
        def inner(x: Any, a: Any) -> Any:
            return factor * a * x

        return inner

    spectrum = Spectrum(X, X)
    digests = {Problem(spectrum, Function(scaled(f), name="f")).digest for f in (1.0, 2.0, 1.0)}
    assert len(digests) == 2
