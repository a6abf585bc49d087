"""Every line shape: derivatives, area, width, known answers, extreme arguments, draws."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit import lines
from spectrafit.errors import FitError, SettingsError
from spectrafit.lines import (
    ArctanStep,
    AsymmetricDoublet,
    Component,
    Doublet,
    ErfStep,
    Exponential,
    Gaussian,
    Line,
    LineParameter,
    Lorentzian,
    Pearson7,
    Polynomial,
    PseudoVoigtByArea,
    PseudoVoigtByHeight,
    Sextet,
    Template,
    Voigt,
)
from spectrafit.spectrum import FloatArray

PEAKS = [Gaussian, Lorentzian, Voigt, PseudoVoigtByHeight, PseudoVoigtByArea, Pearson7]
GRID = np.linspace(-8.0, 8.0, 400)
LINES = [
    *PEAKS,
    Doublet,
    AsymmetricDoublet,
    Sextet,
    ArctanStep,
    ErfStep,
    Exponential().line,
    Exponential(origin=2.5).line,
    Polynomial(0).line,
    Polynomial(4, origin=1.5).line,
    Template(GRID, np.cos(GRID)).line,
]
SHIFTABLE = [line for line in LINES if line.parameters[0].name == "center"]
X = np.linspace(-6.0, 6.0, 61)
# Voigt is a real part in the complex plane: there a tiny imaginary step is lost in the width
TINY = {"voigt": (1e-5, 1e-8)}


def each(lines: list[Line]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return pytest.mark.parametrize("line", lines, ids=[f"{x.name}{i}" for i, x in enumerate(lines)])


def drawn(line: Line, count: int = 20) -> list[tuple[float, ...]]:
    assert line.draw is not None
    rng = np.random.default_rng(2)
    return [line.draw(rng) for _ in range(count)]


@each(LINES)
def test_derivatives_agree_with_complex_steps(line: Line) -> None:
    h, tolerance = TINY.get(line.name, (1e-30, 1e-12))
    for p in drawn(line):
        value, *slopes = line.function(X, *p)
        assert len(slopes) == len(line.parameters)
        for j, slope in enumerate(slopes):
            moved = [complex(v) for v in p]
            moved[j] += 1j * h
            exact = np.imag(line.function(X, *moved)[0]) / h
            scale = max(np.abs(exact).max(), np.abs(value).max())
            assert np.abs(slope - exact).max() <= tolerance * scale


@each(LINES)
def test_derivatives_agree_with_central_differences(line: Line) -> None:
    for p in drawn(line):
        _, *slopes = line.function(X, *p)
        for j, slope in enumerate(slopes):
            step = 1e-5 * max(1.0, abs(p[j]))
            up = line.function(X, *p[:j], p[j] + step, *p[j + 1 :])[0]
            down = line.function(X, *p[:j], p[j] - step, *p[j + 1 :])[0]
            difference = (up - down) / (2 * step)
            assert np.abs(slope - difference).max() <= 1e-6 * max(1.0, np.abs(difference).max())


@each(SHIFTABLE)
def test_complex_points_give_the_slope_and_the_curvature_along_x(line: Line) -> None:
    step, tolerance = TINY.get(line.name, (1e-30, 1e-10))
    for p in drawn(line, 5):
        value, by_center, *_ = line.function(X + 1j * step, *p)
        slope = -line.function(X, *p)[1]
        assert np.abs(np.imag(value) / step - slope).max() <= tolerance * np.abs(slope).max()
        h = 1e-4
        bend = (line.function(X + h, *p)[1] - line.function(X - h, *p)[1]) / (2 * h)
        assert np.abs(np.imag(by_center) / step - bend).max() <= 1e-5 * np.abs(bend).max()


def integral(f: Callable[[FloatArray], FloatArray], center: float, scale: float) -> float:
    """Integral over all x by the double exponential rule."""
    u = np.arange(-5.5, 5.5, 1 / 64)
    inner = np.pi / 2 * np.sinh(u)
    x, weight = np.sinh(inner), np.cosh(inner) * np.pi / 2 * np.cosh(u)
    return float((f(center + scale * x) * weight).sum() * scale / 64)


@each(PEAKS)
def test_area_by_quadrature(line: Line) -> None:
    assert line.area is not None
    assert line.fwhm is not None
    for p in drawn(line):
        found = integral(lambda x, p=p: line.function(x, *p)[0], p[0], line.fwhm(*p))
        assert found == pytest.approx(line.area(*p), rel=1e-9)


def test_the_area_of_a_doublet_by_quadrature() -> None:
    assert Doublet.area is not None
    for p in drawn(Doublet):
        found = integral(lambda x, p=p: Doublet.function(x, *p)[0], p[0], p[2])
        assert found == pytest.approx(Doublet.area(*p), rel=1e-9)


@each([AsymmetricDoublet, Sextet])
def test_the_area_of_several_lines_by_quadrature(line: Line) -> None:
    assert line.area is not None
    for p in drawn(line):
        found = integral(lambda x, p=p: line.function(x, *p)[0], p[0], 2.0)
        # the widest sextet has its lines fifteen widths apart, which the rule resolves to this
        assert found == pytest.approx(line.area(*p), rel=1e-5)


def test_an_asymmetric_doublet_of_equal_lines_is_the_symmetric_one() -> None:
    for center, splitting, fwhm, height in drawn(Doublet):
        value, by_center, by_splitting, *_ = Doublet.function(X, center, splitting, fwhm, height)
        area = np.pi * height * fwhm
        found = AsymmetricDoublet.function(X, center, splitting, fwhm, fwhm, area, 1.0)
        assert np.allclose(found[:3], [value, by_center, by_splitting], rtol=1e-12, atol=1e-13)


def test_a_sextet_is_six_lorentzians_at_the_positions_of_alpha_iron() -> None:
    positions = (5.3123, 3.0760, 0.8397)
    x = np.linspace(-8.0, 8.0, 201)
    found = Sextet.function(x, -0.1, 10.6246, 0.2, 0.3, 0.4, 0.5, 12.0, 0.210483, 2.0)[0]
    expected = np.zeros_like(x)
    for at, move, fwhm, area in zip(
        positions, (0.1, -0.1, -0.1), (0.3, 0.4, 0.5), (3.0, 2.0, 1.0), strict=True
    ):
        for sign in (-1.0, 1.0):
            height = 2.0 * area / (np.pi * fwhm)
            expected += Lorentzian.function(x, -0.1 + sign * at + move, fwhm, height)[0]
    # the spacing has six digits
    assert np.allclose(found, expected, atol=1e-4)


def test_no_line_is_left_out() -> None:
    declared = [getattr(lines, name) for name in lines.__all__]
    assert {one.name for one in declared if isinstance(one, Line)} <= {one.name for one in LINES}


HELD = [line for line in LINES if line.held is not None]


def test_a_line_has_a_held_form() -> None:
    assert Pearson7 in HELD


@each(HELD)
def test_the_held_form_is_the_function_without_its_last_derivative(line: Line) -> None:
    assert line.held is not None
    defaults = tuple(row.default for row in line.parameters)
    ends = tuple(row.low if np.isfinite(row.low) else row.default for row in line.parameters[-1:])
    sets = [*drawn(line), defaults, (*defaults[:-1], *ends)]
    for p in sets:
        whole = line.function(X, *p)
        held = line.held(X, *p)
        assert len(held) == len(whole) - 1 == len(line.parameters)
        for ours, theirs in zip(held, whole[:-1], strict=True):
            assert np.array_equal(ours, theirs)
    # and many spectra at once, as the batch calls it
    together = line.held(X, *np.array(sets).T[:, :, None])
    for row, p in enumerate(sets):
        for whole, single in zip(together, line.held(X, *p), strict=True):
            assert np.array_equal(np.broadcast_to(whole, (len(sets), X.size))[row], single)


@each(HELD)
def test_only_a_line_whose_last_parameter_may_be_fixed_has_a_held_form(line: Line) -> None:
    assert line.parameters[-1].fixed


@each(PEAKS)
def test_width_at_half_maximum(line: Line) -> None:
    from scipy.optimize import brentq

    assert line.fwhm is not None
    for p in drawn(line):
        top = line.function(np.array([p[0]]), *p)[0][0]

        def excess(x: float, p: tuple[float, ...] = p, top: float = top) -> float:
            return float(line.function(np.array([x]), *p)[0][0] / top - 0.5)

        width = line.fwhm(*p)
        right = brentq(excess, p[0], p[0] + 3 * width, xtol=1e-14)
        left = brentq(excess, p[0] - 3 * width, p[0], xtol=1e-14)
        assert right - left == pytest.approx(width, rel=1e-9)


@each(LINES)
def test_known_answers(line: Line) -> None:
    assert line.known
    for known in line.known:
        value = line.function(np.array([known.x]), *known.parameters)[0]
        assert np.broadcast_to(value, 1)[0] == pytest.approx(known.value, rel=1e-13), known.source


@each(LINES)
def test_table_and_draws_are_consistent(line: Line) -> None:
    names = [row.name for row in line.parameters]
    assert len(set(names)) == len(names)
    assert line.sources
    for row in line.parameters:
        assert row.low <= row.default <= row.high
        assert row.meaning
    for p in drawn(line):
        for value, row in zip(p, line.parameters, strict=True):
            assert row.low < value < row.high


@each(LINES)
def test_linear_parameters_scale_the_line(line: Line) -> None:
    for p in drawn(line, 3):
        doubled = [2 * v if row.linear else v for v, row in zip(p, line.parameters, strict=True)]
        assert line.function(X, *doubled)[0] == pytest.approx(
            2 * line.function(X, *p)[0], rel=1e-12
        )


@each(LINES)
def test_many_spectra_at_once_broadcast(line: Line) -> None:
    sets = drawn(line, 4)
    together = line.function(X, *np.array(sets).T[:, :, None])
    for i, p in enumerate(sets):
        for whole, single in zip(together, line.function(X, *p), strict=True):
            row = np.broadcast_to(whole, (4, X.size))[i]
            assert row == pytest.approx(np.broadcast_to(single, X.shape), rel=1e-13, abs=1e-15)


@each(LINES)
def test_components_survive_a_process_boundary_and_compare_equal(line: Line) -> None:
    component = line("one")
    again = pickle.loads(pickle.dumps(component))
    assert again == component
    values = dict(zip(component.parameter_names, drawn(line, 1)[0], strict=True))
    assert np.array_equal(again.evaluate(X, values), component.evaluate(X, values))


@given(m=st.floats(0.6, 1e6), t=st.floats(-50, 50), width=st.floats(0.01, 100))
def test_pearson_lies_between_zero_and_its_height_and_is_symmetric(
    m: float, t: float, width: float
) -> None:
    x = np.array([t, -t]) * width
    value, *slopes = Pearson7.function(x, 0.0, width, 2.0, m)
    assert value[0] == value[1]
    assert 0 <= value[0] <= 2
    assert np.isfinite(slopes).all()


def test_pearson_is_lorentzian_at_one_and_gaussian_far_above() -> None:
    p = (0.3, 1.4, 2.0)
    lorentz, gauss = Lorentzian.function(X, *p), Gaussian.function(X, *p)
    for ours, theirs in zip(Pearson7.function(X, *p, 1.0)[:4], lorentz, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-14)
    for m, tolerance in ((1.001e3, 1e-3), (1e4, 1e-4), (1e6, 1e-6)):
        assert np.abs(Pearson7.function(X, *p, m)[0] / 2 - gauss[0] / 2).max() < tolerance


@pytest.mark.parametrize("m", [1e3, 1e4, 1e5, 1e6])
def test_pearson_keeps_its_digits_at_large_exponents(m: float) -> None:
    # to first order in 1/m: ln S = -ln2 t^2 (1 + ln2/(2m) (1 - t^2)), by expansion of the formula
    t = np.linspace(0, 2, 9)
    series = -np.log(2) * t**2 * (1 + np.log(2) / (2 * m) * (1 - t**2))
    found = np.log(Pearson7.function(t / 2, 0.0, 1.0, 1.0, m)[0])
    assert np.abs(found - series).max() < 20 / m**2 + 1e-14
    by_m = Pearson7.function(t / 2, 0.0, 1.0, 1.0, m)[4]
    expected = np.exp(series) * np.log(2) ** 2 / (2 * m**2) * t**2 * (1 - t**2)
    assert np.abs(by_m - expected).max() < 40 / m**3 + 1e-16 / m
    area = np.sqrt(np.pi / np.log(2)) / 2
    assert Pearson7.area is not None
    assert Pearson7.area(0.0, 1.0, 1.0, m) == pytest.approx(area, rel=1.0 / m)


def test_pearson_of_exponent_one_half_has_no_area() -> None:
    assert Pearson7.area is not None
    with pytest.raises(FitError, match="no finite area"):
        Pearson7.area(0.0, 1.0, 1.0, 0.5)


def test_shares_and_ratios_of_the_fifty_fifty_conventions() -> None:
    by_area, by_height = (0.0, 1.0, 1.0, 0.5), (0.0, 1.0, 1.0, 0.5)
    top = PseudoVoigtByArea.function(np.zeros(1), *by_area)[0][0]
    assert 0.5 * 2 / np.pi / top == pytest.approx(0.404, abs=5e-4)
    assert 1 / top == pytest.approx(1.27, abs=5e-3)
    assert PseudoVoigtByHeight.area is not None
    assert Pearson7.area is not None
    assert PseudoVoigtByHeight.area(*by_height) == pytest.approx(1.32, abs=5e-3)
    assert Pearson7.area(0.0, 1.0, 1.0, 1.91) == pytest.approx(1.23, abs=5e-3)


@pytest.mark.parametrize(
    ("line", "nearest"), [(PseudoVoigtByHeight, 1.91), (PseudoVoigtByArea, 2.38)]
)
def test_nearest_exponent_to_a_fifty_fifty_pseudo_voigt(line: Line, nearest: float) -> None:
    from scipy.optimize import minimize_scalar

    x = np.linspace(-3, 3, 1201)
    y = line.function(x, 0.0, 1.0, 1.0, 0.5)[0]

    def misfit(m: float) -> float:
        return float(((Pearson7.function(x, 0.0, 1.0, y.max(), m)[0] - y) ** 2).sum())

    assert minimize_scalar(misfit, bounds=(0.8, 9)).x == pytest.approx(nearest, abs=5e-3)


@pytest.mark.parametrize(
    ("line", "equal"), [(PseudoVoigtByHeight, 1.45), (PseudoVoigtByArea, 1.66)]
)
def test_exponent_of_equal_breadth(line: Line, equal: float) -> None:
    from scipy.optimize import brentq

    assert line.area is not None
    top = line.function(np.zeros(1), 0.0, 1.0, 1.0, 0.5)[0][0]
    breadth = line.area(0.0, 1.0, 1.0, 0.5) / top
    area = Pearson7.area
    assert area is not None
    found = brentq(lambda m: area(0.0, 1.0, 1.0, m) - breadth, 0.6, 50)
    assert found == pytest.approx(equal, abs=5e-3)


@pytest.mark.parametrize(
    ("line", "p", "shares"),
    [
        (PseudoVoigtByArea, (0.0, 1.0, 1.0, 0.5), (0.897, 0.947, 0.968)),
        (PseudoVoigtByHeight, (0.0, 1.0, 1.0, 0.5), (0.878, 0.937, 0.962)),
        (Pearson7, (0.0, 1.0, 1.0, 1.9), (0.950, 0.991, 0.998)),
    ],
)
def test_shares_of_area_inside_windows(
    line: Line, p: tuple[float, ...], shares: tuple[float, ...]
) -> None:
    assert line.area is not None
    for half, share in zip((1.5, 3.0, 5.0), shares, strict=True):
        x = np.linspace(-half, half, 20001)
        inside = np.trapezoid(line.function(x, *p)[0], x)
        assert inside / line.area(*p) == pytest.approx(share, abs=6e-4)


@pytest.mark.parametrize("gauss", [1e-9, 1e-3, 0.3, 1.0, 30.0])
@pytest.mark.parametrize("lorentz", [1e-9, 1e-3, 0.3, 1.0, 30.0])
def test_voigt_agrees_with_scipy_and_its_derivatives_hold_at_any_ratio(
    gauss: float, lorentz: float
) -> None:
    from scipy.special import voigt_profile

    def peer(x: FloatArray, gauss: float, lorentz: float) -> FloatArray:
        return np.asarray(voigt_profile(x, gauss / np.sqrt(8 * np.log(2)), lorentz / 2))

    x = np.linspace(-20, 20, 81) * max(gauss, lorentz)
    value, *slopes = Voigt.function(x, 0.0, gauss, lorentz, 1.0)
    assert np.abs(value - peer(x, gauss, lorentz)).max() <= 1e-13 * value.max()
    h = 1e-4 * gauss
    by_gauss = (peer(x, gauss + h, lorentz) - peer(x, gauss - h, lorentz)) / (2 * h)
    assert (
        np.abs(slopes[1] - by_gauss).max()
        <= 1e-7 * np.abs(by_gauss).max() + 1e-15 * value.max() / h
    )
    h = 1e-4 * lorentz
    by_lorentz = (peer(x, gauss, lorentz + h) - peer(x, gauss, lorentz - h)) / (2 * h)
    rounding = 1e-15 * value.max() / h
    assert np.abs(slopes[2] - by_lorentz).max() <= 1e-7 * np.abs(by_lorentz).max() + rounding


def test_voigt_width_within_the_published_formula() -> None:
    assert Voigt.fwhm is not None
    for gauss, lorentz in ((0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.2, 1.0), (1.0, 0.2)):
        formula = 0.5346 * lorentz + np.sqrt(0.2166 * lorentz**2 + gauss**2)
        assert Voigt.fwhm(0.0, gauss, lorentz, 1.0) == pytest.approx(formula, rel=3e-4)
    with pytest.raises(FitError, match="widths"):
        Voigt.fwhm(0.0, 0.0, 0.0, 1.0)


@each([*PEAKS, ArctanStep, ErfStep])
def test_far_points_and_narrow_widths_stay_finite(line: Line) -> None:
    p = list(drawn(line, 1)[0])
    p[0], p[1] = 7112.0, 1e-6
    for x in (np.array([-1e8, 0.0, 7112.0, 7113.0, 1e8]),):
        for part in line.function(x, *p):
            assert np.isfinite(np.broadcast_to(part, x.shape)).all()


def test_steps_rise_from_zero_to_their_height() -> None:
    for line in (ArctanStep, ErfStep):
        value = line.function(np.array([-1e9, 5.0, 1e9]), 5.0, 2.0, 3.0)[0]
        assert value == pytest.approx([0.0, 1.5, 3.0], abs=1e-7)


def test_an_exponential_about_an_origin_does_not_overflow_at_7000_ev() -> None:
    component = Exponential("tail", origin=7118.0)
    values = {"tail.amplitude": 0.1, "tail.rate": 0.7}
    y = component.evaluate(np.linspace(7105.0, 7118.0, 5), values)
    assert np.isfinite(y).all()
    assert y[-1] == pytest.approx(0.1)


def test_a_polynomial_knows_its_degree_origin_and_units() -> None:
    component = Polynomial(2, "base", origin=7112.0)
    assert component.parameter_names == ("base.c0", "base.c1", "base.c2")
    assert dict(component.line.constants) == {"degree": 2, "origin": 7112.0}
    units = [row.resolved_unit("eV", "1") for row in component.line.parameters]
    assert units == ["1", "1/eV", "1/eV^2"]
    values = {"base.c0": 1.0, "base.c1": 2.0, "base.c2": 3.0}
    assert component.evaluate(np.array([7113.0]), values) == pytest.approx([6.0])


@pytest.mark.parametrize("degree", [-1, 13, 1.0, True, "1"])
def test_a_polynomial_of_no_whole_degree_is_refused(degree: object) -> None:
    with pytest.raises(SettingsError, match="degree"):
        Polynomial(degree)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [Polynomial, Exponential])
def test_an_origin_that_is_no_number_is_refused(make: Callable[..., Component]) -> None:
    arguments = (1, "a") if make is Polynomial else ("a",)
    with pytest.raises(SettingsError, match="finite origin"):
        make(*arguments, origin=float("nan"))


@pytest.mark.parametrize(
    ("unit", "resolved"),
    [
        ("x", "mm/s"),
        ("y", "counts"),
        ("x y", "mm/s counts"),
        ("y/x", "counts/(mm/s)"),
        ("1/x", "1/(mm/s)"),
        ("1", "1"),
        ("y/x^3", "counts/(mm/s)^3"),
        ("K", "K"),
        ("kJ/mol", "kJ/mol"),
        ("", ""),
    ],
)
def test_units_are_resolved_by_the_axes(unit: str, resolved: str) -> None:
    assert LineParameter("a", unit, 1.0).resolved_unit("mm/s", "counts") == resolved


def test_a_template_interpolates_and_never_extrapolates() -> None:
    component = Template([0.0, 1.0, 3.0], [0.0, 2.0, 0.0], "ref")
    assert component.evaluate(np.array([0.5, 2.0]), {"ref.scale": 2.0}) == pytest.approx([2.0, 2.0])
    with pytest.raises(FitError, match="template runs from 0 to 3"):
        component.evaluate(np.array([-0.1, 2.0]), {"ref.scale": 1.0})


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0.0], [1.0]),
        ([0.0, 1.0], [1.0]),
        ([0.0, 0.0], [1.0, 2.0]),
        ([0.0, 1.0], [1.0, float("nan")]),
        ([[0.0, 1.0]], [[1.0, 2.0]]),
    ],
)
def test_a_faulty_template_is_refused(x: list[float], y: list[float]) -> None:
    with pytest.raises(SettingsError):
        Template(x, y)


def test_templates_of_different_columns_differ() -> None:
    one, other = Template([0, 1], [0, 1]), Template([0, 1], [0, 2])
    assert one == Template([0, 1], [0, 1])
    assert one != other
    assert one.line.constants != other.line.constants


def test_lines_without_area_or_width_say_so() -> None:
    step = ErfStep("edge")
    values = {"edge.center": 0.0, "edge.width": 1.0, "edge.height": 1.0}
    with pytest.raises(FitError, match="has no area"):
        step.area(values)
    with pytest.raises(FitError, match="has no width"):
        step.fwhm(values)


@each([line for line in LINES if line.area is not None])
def test_areas_of_many_fits_at_once(line: Line) -> None:
    assert line.area is not None
    rows = drawn(line, 4)
    expected = [line.area(*row) for row in rows]
    assert np.allclose(line.area(*np.array(rows).T), expected, rtol=1e-14)
