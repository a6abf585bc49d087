"""The pre-edge model: peaks over a rising edge, fitted together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import FitResult, Flag
from spectrafit.fit.single import fit
from spectrafit.lines import (
    Component,
    Model,
    Pearson7,
    Polynomial,
    PseudoVoigtByArea,
    PseudoVoigtByHeight,
)
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.preedge.rising_edge import EDGE_BOUNDS, EDGE_STARTS, rising_edge
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.smoothing import local_cubic

__all__ = [
    "PreedgeFit",
    "StartedModel",
    "fitted_preedge",
    "peak_starts",
    "preedge_model",
    "refitted_preedge",
    "restarted_model",
    "started_models",
]

STARTS = 3
SCREENING = 120
EVALUATIONS = 5000
SMOOTHING_SHARE = 0.6
START_FWHM_EV = 1.6
SHAPES = {
    "pearson7": Pearson7,
    "pseudo-voigt by height": PseudoVoigtByHeight,
    "pseudo-voigt by area": PseudoVoigtByArea,
}
SHAPE_CONSTANT = {
    "pearson7": "exponent",
    "pseudo-voigt by height": "fraction",
    "pseudo-voigt by area": "fraction",
}


@dataclass(frozen=True, eq=False)
class PreedgeFit:
    """A fitted pre-edge with one number of peaks and one form of the rising edge.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window, normalised.
    model : Model
        Peaks and background.
    peaks : tuple of str
        Component names, by rising centre.
    background : str
        Form of the rising edge.
    result : FitResult
        Of the best of the starts.
    """

    spectrum: Spectrum
    model: Model
    peaks: tuple[str, ...]
    background: str
    result: FitResult

    @property
    def values(self) -> dict[str, float]:
        """Fitted parameters by name."""
        return dict(zip(self.result.names, map(float, self.result.values), strict=True))

    @property
    def residual(self) -> FloatArray:
        """Data minus model, in units of y."""
        return self.spectrum.y - self.model.evaluate(self.spectrum.x, self.values)

    @property
    def rms(self) -> float:
        """Root mean square of the residual."""
        return float(np.sqrt(np.mean(self.residual**2)))

    def background_curve(self, x: FloatArray) -> FloatArray:
        """Return the rising edge without the peaks.

        Parameters
        ----------
        x : ndarray
            Energies in eV.

        Returns
        -------
        ndarray
        """
        total = np.zeros(x.shape)
        for component in self.model.components:
            if component.name not in self.peaks:
                total += component.evaluate(x, self.values)
        return total


def preedge_model(
    settings: XanesSettings, count: int, background: str, window_eV: tuple[float, float]
) -> tuple[Model, dict[str, ParameterChange]]:
    """Return the model of some peaks over a rising edge, and the bounds of its parameters.

    Parameters
    ----------
    settings : XanesSettings
        Shape, shared width, bounds of the width.
    count : int
        Number of peaks.
    background : str
        One of the forms in `settings.Background`.
    window_eV : tuple of float
        The fit window; the rising edge is centred above it.

    Returns
    -------
    model : Model
        Components ``peak1`` ..., ``base`` and ``edge``.
    changes : dict of str to ParameterChange
        Bounds and ties.
    """
    low, high = window_eV
    base, _, edge = background.rpartition("+")
    components: list[Component] = [SHAPES[settings.shape](f"peak{i + 1}") for i in range(count)]
    if base:
        degree = {"constant": 0, "line": 1}[base]
        components.append(Polynomial(degree, name="base", origin=(low + high) / 2.0))
    changes: dict[str, ParameterChange] = {}
    edge_component = rising_edge(edge, high)
    components.append(edge_component)
    for name, (least, most) in EDGE_BOUNDS[edge].items():
        offset = high if name == "center" else 0.0
        changes[f"edge.{name}"] = ParameterChange(min=least + offset, max=most + offset)
    changes[f"edge.{edge_component.line.amplitude}"] = ParameterChange(min=0.0)
    constant = SHAPE_CONSTANT[settings.shape]
    value = settings.exponent if constant == "exponent" else settings.fraction
    for i in range(count):
        name = f"peak{i + 1}"
        amplitude = SHAPES[settings.shape].amplitude
        changes[f"{name}.{amplitude}"] = ParameterChange(min=0.0)
        changes[f"{name}.{constant}"] = ParameterChange(start=value, fixed=True)
        changes[f"{name}.fwhm"] = ParameterChange(min=settings.fwhm_eV[0], max=settings.fwhm_eV[1])
        if settings.shared_width and i:
            changes[f"{name}.fwhm"] = ParameterChange(equals="peak1.fwhm")
    return Model(tuple(components)), changes


def peak_starts(spectrum: Spectrum, settings: XanesSettings) -> tuple[float, ...]:
    """Return likely peak positions, the most pronounced first.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window.
    settings : XanesSettings
        `centers_eV` decides where given.

    Returns
    -------
    tuple of float
        Minima of the smoothed second derivative that are negative, in eV.
    """
    if settings.centers_eV:
        return settings.centers_eV
    x, y = spectrum.x, spectrum.y
    width = np.clip(START_FWHM_EV, *settings.fwhm_eV)
    grid = np.arange(x[0] + 0.6 * width, x[-1] - 0.6 * width, 0.05)
    if grid.size < 3:
        return ((float(x[0]) + float(x[-1])) / 2.0,)
    bend = local_cubic(x, grid, SMOOTHING_SHARE * width).derivative(2, y)
    turns = 1 + np.flatnonzero((bend[1:-1] < bend[:-2]) & (bend[1:-1] <= bend[2:]))
    deep = [i for i in turns if bend[i] < 0]
    found = sorted(deep, key=lambda i: float(bend[i]))
    return tuple(float(grid[i]) for i in found) or ((float(x[0]) + float(x[-1])) / 2.0,)


@dataclass(frozen=True, eq=False)
class StartedModel:
    """A model with bounds and start values.

    Parameters
    ----------
    model : Model
        Peaks and background.
    changes : dict of str to ParameterChange
        Bounds, ties and what the user changes.
    guess : dict of str to float
        Start of every parameter; heights and base fit best for the others.
    cost : float
        Half the sum of squared weighted residuals there.
    """

    model: Model
    changes: dict[str, ParameterChange]
    guess: dict[str, float]
    cost: float

    @property
    def parameters(self) -> dict[str, ParameterChange]:
        """The changes, with the guess as the start of what is not tied."""
        given = {name: ParameterChange(start=value) for name, value in self.guess.items()}
        for name, change in self.changes.items():
            start = self.guess.get(name) if change.equals is None else None
            given[name] = replace(change, start=start)
        return given


def started_models(
    spectrum: Spectrum,
    settings: XanesSettings,
    count: int,
    background: str,
    window_eV: tuple[float, float],
    starts: Sequence[Sequence[float]],
    parameters: Mapping[str, ParameterChange],
) -> list[StartedModel]:
    """Return the starts of a form: every set of centres with every start of the rising edge.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window, normalised.
    settings : XanesSettings
        Shape, bounds and weights.
    count : int
        Number of peaks.
    background : str
        Form of the rising edge.
    window_eV : tuple of float
        The fit window.
    starts : sequence of sequences of float
        Sets of centres in eV.
    parameters : mapping of str to ParameterChange
        What the user changes; it overrides the rest.

    Returns
    -------
    list of StartedModel
        The best first.
    """
    model, changes = preedge_model(settings, count, background, window_eV)
    form = background.rpartition("+")[2]
    found: list[StartedModel] = []
    for centers in starts:
        merged = _positioned(changes, sorted(centers), settings, window_eV, parameters)
        for edge in EDGE_STARTS[form]:
            guess = _guess(model, settings, window_eV, edge, merged, parameters)
            cost, guess = _with_linear_start(model, spectrum, guess, merged)
            found.append(StartedModel(model, merged, guess, cost))
    return sorted(found, key=lambda one: one.cost)


def fitted_preedge(
    spectrum: Spectrum,
    settings: XanesSettings,
    count: int,
    background: str,
    window_eV: tuple[float, float],
    *,
    starts: Sequence[Sequence[float]],
    parameters: Mapping[str, ParameterChange] | None = None,
    edge_starts: int = STARTS,
) -> PreedgeFit:
    """Return the best fit of a number of peaks from several starts.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window, normalised.
    settings : XanesSettings
        Shape, bounds and weights.
    count : int
        Number of peaks.
    background : str
        Form of the rising edge.
    window_eV : tuple of float
        The fit window.
    starts : sequence of sequences of float
        Sets of centres in eV to start from.
    parameters : mapping of str to ParameterChange, optional
        What the user changes; it overrides the rest.
    edge_starts : int
        How many of the combined starts are refined.

    Returns
    -------
    PreedgeFit
        Peaks are named by rising centre.

    Raises
    ------
    SettingsError
        When a changed parameter does not exist.
    """
    user = dict(parameters or {})
    ranked = started_models(spectrum, settings, count, background, window_eV, starts, user)
    if not ranked:
        raise SettingsError("no start centres were given", do="give centers_eV")
    model = ranked[0].model
    tried = [(_fit(spectrum, one, SCREENING), one) for one in ranked[:edge_starts]]
    result, best = min(tried, key=lambda row: row[0].chi2)
    if Flag.CALL_LIMIT in result.flags:
        reached = dict(zip(result.names, map(float, result.values), strict=True))
        result = _fit(spectrum, replace(best, guess=reached), EVALUATIONS)
    peaks = tuple(f"peak{i + 1}" for i in range(count))
    _, changes = preedge_model(settings, count, background, window_eV)
    return _ordered(PreedgeFit(spectrum, model, peaks, background, result), user, changes)


def restarted_model(
    spectrum: Spectrum,
    settings: XanesSettings,
    count: int,
    window_eV: tuple[float, float],
    values: Mapping[str, float],
    parameters: Mapping[str, ParameterChange],
    background: str,
) -> StartedModel:
    """Return a model that starts at the values of another fit, heights computed anew.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window, normalised.
    settings : XanesSettings
        Shape, bounds.
    count : int
        Number of peaks.
    window_eV : tuple of float
        The fit window.
    values : mapping of str to float
        Every parameter of such a fit by name.
    parameters : mapping of str to ParameterChange
        What the user changes; it overrides the rest.
    background : str
        Form of the rising edge.

    Returns
    -------
    StartedModel
    """
    model, changes = preedge_model(settings, count, background, window_eV)
    centers = [values[f"peak{i + 1}.center"] for i in range(count)]
    merged = _positioned(changes, centers, settings, window_eV, parameters)
    guess = {}
    for name in model.parameter_names:
        change = merged.get(name, ParameterChange())
        guess[name] = _within(change, values[name] if change.start is None else change.start)
    cost, guess = _with_linear_start(model, spectrum, guess, merged)
    return StartedModel(model, merged, guess, cost)


def refitted_preedge(
    spectrum: Spectrum,
    settings: XanesSettings,
    count: int,
    window_eV: tuple[float, float],
    values: Mapping[str, float],
    parameters: Mapping[str, ParameterChange] | None = None,
) -> PreedgeFit:
    """Return the fit of a number of peaks from the values of another fit, heights computed anew.

    Parameters
    ----------
    spectrum : Spectrum
        The points of the window, normalised.
    settings : XanesSettings
        Shape, background, bounds.
    count : int
        Number of peaks.
    window_eV : tuple of float
        The fit window.
    values : mapping of str to float
        Every parameter of such a fit by name: where this one starts.
    parameters : mapping of str to ParameterChange, optional
        What the user changes; it overrides the rest.

    Returns
    -------
    PreedgeFit
        Peaks are named by rising centre.
    """
    user, background = dict(parameters or {}), settings.background
    started = restarted_model(spectrum, settings, count, window_eV, values, user, background)
    result = _fit(spectrum, started, EVALUATIONS)
    peaks = tuple(f"peak{i + 1}" for i in range(count))
    found = PreedgeFit(spectrum, started.model, peaks, background, result)
    _, changes = preedge_model(settings, count, background, window_eV)
    return _ordered(found, user, changes)


def _positioned(
    changes: Mapping[str, ParameterChange],
    centers: Sequence[float],
    settings: XanesSettings,
    window_eV: tuple[float, float],
    user: Mapping[str, ParameterChange],
) -> dict[str, ParameterChange]:
    """Return the changes with each centre at its start and within reach, the user's last."""
    positions = dict(changes)
    for i, found_center in enumerate(centers):
        reach = settings.center_reach_eV
        wish = user.get(f"peak{i + 1}.center", ParameterChange())
        center = found_center if wish.start is None else wish.start
        positions[f"peak{i + 1}.center"] = ParameterChange(
            start=center,
            min=max(center - reach, window_eV[0]),
            max=min(center + reach, window_eV[1]),
        )
    return _merged(positions, user)


def _within(change: ParameterChange, value: float) -> float:
    least = -np.inf if change.min is None else change.min
    most = np.inf if change.max is None else change.max
    return float(np.clip(value, least, most))


def _merged(
    changes: Mapping[str, ParameterChange], user: Mapping[str, ParameterChange]
) -> dict[str, ParameterChange]:
    merged = dict(changes)
    for name, change in user.items():
        base = ParameterChange() if change.equals else merged.get(name, ParameterChange())
        given = {k: v for k, v in vars(change).items() if v is not None}
        if (change.start is not None or change.fixed is False) and base.equals:
            base = replace(base, equals=None)
        merged[name] = replace(base, **given)
    return merged


def _guess(
    model: Model,
    settings: XanesSettings,
    window_eV: tuple[float, float],
    edge: Mapping[str, float],
    changes: Mapping[str, ParameterChange],
    user: Mapping[str, ParameterChange],
) -> dict[str, float]:
    low, high = settings.fwhm_eV
    width = min(max(START_FWHM_EV, low + 0.1 * (high - low)), high - 0.1 * (high - low))
    guess: dict[str, float] = {}
    for name in model.parameter_names:
        component, _, short = name.partition(".")
        change = changes.get(name, ParameterChange())
        if user.get(name, ParameterChange()).start is not None and change.start is not None:
            guess[name] = change.start
            continue
        if change.start is not None:
            guess[name] = change.start
        elif component == "edge" and short in edge:
            guess[name] = edge[short] + (window_eV[1] if short == "center" else 0.0)
        elif short == "fwhm":
            guess[name] = width
        else:
            guess[name] = model.parameter(name).default
        guess[name] = _within(change, guess[name])
    return guess


def _with_linear_start(
    model: Model,
    spectrum: Spectrum,
    guess: Mapping[str, float],
    changes: Mapping[str, ParameterChange],
) -> tuple[float, dict[str, float]]:
    """Heights and base that fit best for the given centres and widths."""
    from scipy.optimize import lsq_linear

    x, y = spectrum.x, spectrum.y
    weight = np.ones(x.size) if spectrum.sigma is None else 1.0 / spectrum.sigma
    point = np.array([guess[name] for name in model.parameter_names])
    free = [
        i
        for i, name in enumerate(model.parameter_names)
        if model.parameter(name).linear
        and not changes.get(name, ParameterChange()).fixed
        and changes.get(name, ParameterChange()).equals is None
        and changes.get(name, ParameterChange()).start is None
    ]
    point[free] = 0.0
    rest, _ = model.value_and_derivatives(x, point)
    unit = point.copy()
    unit[free] = 1.0
    _, slopes = model.value_and_derivatives(x, unit)
    ends = [changes.get(model.parameter_names[i], ParameterChange()) for i in free]
    low = [-np.inf if end.min is None else end.min for end in ends]
    high = [np.inf if end.max is None else end.max for end in ends]
    matrix, target = (slopes[free] * weight).T, (y - rest) * weight
    # an active set: scipy's interior method multiplies by an infinite step without bounds
    solved = lsq_linear(matrix, target, bounds=(low, high), method="bvls")
    out = dict(guess)
    least = 1e-4 * float(np.ptp(y))
    for i, value, end in zip(free, map(float, solved.x), ends, strict=True):
        out[model.parameter_names[i]] = max(value, least) if end.min == 0.0 else value
    return float(solved.cost), out


def _fit(spectrum: Spectrum, started: StartedModel, evaluations: int) -> FitResult:
    problem = Problem(spectrum, started.model, parameters=started.parameters)
    return fit(problem, max_evaluations=evaluations)


def _ordered(
    found: PreedgeFit, user: Mapping[str, ParameterChange], changes: Mapping[str, ParameterChange]
) -> PreedgeFit:
    """Give the peaks their names by rising centre, where the user did not tie a name down."""
    values = found.values
    order = sorted(found.peaks, key=lambda name: values[f"{name}.center"])
    if tuple(order) == found.peaks or any(name.startswith("peak") for name in user):
        return found
    guess = dict(values)
    for new, old in zip(found.peaks, order, strict=True):
        for name in found.model.component(new).parameter_names:
            short = name.partition(".")[2]
            guess[name] = values[f"{old}.{short}"]
    given = _merged(changes, user)
    for name in found.peaks:
        center = guess[f"{name}.center"]
        given[f"{name}.center"] = ParameterChange(start=center, min=center - 0.5, max=center + 0.5)
    result = _fit(found.spectrum, StartedModel(found.model, given, guess, 0.0), EVALUATIONS)
    return replace(found, result=result)
