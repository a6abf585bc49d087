"""One form of a pre-edge (shape, rising edge, number of peaks) fitted in all windows at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import Flag
from spectrafit.lines import Model
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.preedge.model import StartedModel, preedge_model, started_models
from spectrafit_xas.preedge.peak_count import FEWEST_POINTS, POINTS_A_PEAK, faults_of
from spectrafit_xas.preedge.rising_edge import EDGE_BOUNDS, STEPS, scaled_above
from spectrafit_xas.settings import Shape, XanesSettings

__all__ = ["Form", "FormFit", "form_fits", "user_changes"]

Window = tuple[float, float]

# what stands for "not fitted": its weight is lost beside one of a measured point
_OUTSIDE = 1e30
EVALUATIONS = 300
_LIMITED = Flag.CALL_LIMIT.value.replace("_", " ")
REGION_FWHM = 1.5
# of the range between two bounds: nearer counts as on one where there is no error
_NEAR = 1e-3


@dataclass(frozen=True)
class Form:
    """What is fitted, but for the window.

    Parameters
    ----------
    shape : str
        Line shape of the peaks.
    background : str
        Form of the rising edge.
    count : int
        Number of peaks.
    """

    shape: Shape
    background: str
    count: int


@dataclass(frozen=True, eq=False)
class FormFit:
    """The fit of one form in one window.

    Parameters
    ----------
    form : Form
        What was fitted.
    window_eV : tuple of float
        Where.
    started : StartedModel
        Model and bounds; its guess is the fitted value of every parameter.
    chi2 : float
        Sum of squared residuals, weighted where there are point errors.
    points, free : int
        How many points and free parameters.
    residual : ndarray
        Of the points of the window, weighted where there are point errors.
    faults : tuple of str
        Why it does not count by itself.
    """

    form: Form
    window_eV: Window
    started: StartedModel
    chi2: float
    points: int
    free: int
    residual: FloatArray
    faults: tuple[str, ...]

    @property
    def rms(self) -> float:
        """Root mean square of the residual, weighted where there are point errors."""
        return float(np.sqrt(self.chi2 / self.points))

    def problem(self, region: Spectrum) -> Problem:
        """Return the fit as a problem that starts at its minimum.

        Parameters
        ----------
        region : Spectrum
            The points of its window.

        Returns
        -------
        Problem
        """
        changes = dict(self.started.parameters)
        for name, change in changes.items():
            if change.start is not None:
                # converted between windows, a start may miss its bound by rounding
                low = -math.inf if change.min is None else change.min
                high = math.inf if change.max is None else change.max
                changes[name] = replace(change, start=min(max(change.start, low), high))
        return Problem(region, self.started.model, parameters=changes)


def user_changes(
    parameters: Mapping[str, ParameterChange] | None, names: Sequence[str]
) -> dict[str, ParameterChange]:
    """Return what the user changes of the peaks that a form has.

    Parameters
    ----------
    parameters : mapping of str to ParameterChange or None
        The user's.
    names : sequence of str
        Parameters of the form.

    Returns
    -------
    dict of str to ParameterChange
        Changes of the rising edge are left out, since its form differs.
    """
    return {
        name: change
        for name, change in (parameters or {}).items()
        if name.startswith("peak") and name in names
    }


def form_fits(
    spectrum: Spectrum,
    settings: XanesSettings,
    form: Form,
    windows: Sequence[Window],
    centers: Sequence[Sequence[float]],
    parameters: Mapping[str, ParameterChange] | None = None,
    evaluations: int = EVALUATIONS,
) -> list[FormFit]:
    """Return the fits of a form in some windows, each the best of its starts.

    All windows go through one batch of fits: points outside of one have no weight in it. The
    rising edge is centred above the upper end of each.

    Parameters
    ----------
    spectrum : Spectrum
        The points of all windows, normalised.
    settings : XanesSettings
        Bounds, exponent and fraction.
    form : Form
        Shape, background, number of peaks.
    windows : sequence of tuple of float
        Where to fit.
    centers : sequence of sequences of float
        Sets of centres to start from.
    parameters : mapping of str to ParameterChange, optional
        What the user changes.
    evaluations : int, optional
        Calls of the model after which a fit is given up, and flagged unless the number is smaller
        than usual.

    Returns
    -------
    list of FormFit
        In the order of the windows.
    """
    hull = (min(low for low, _ in windows), max(high for _, high in windows))
    own = replace(settings, shape=form.shape)
    model, _ = preedge_model(own, form.count, form.background, hull)
    user = user_changes(parameters, model.parameter_names)
    region = spectrum.window(*hull)
    started = [
        started_models(region, own, form.count, form.background, hull, [one], user)[0]
        for one in centers
    ]
    base = replace(started[0], changes=_joint_bounds([one.changes for one in started]))
    sigma = np.ones(len(region)) if region.sigma is None else np.asarray(region.sigma)
    problem = _joint_problem(replace(region, sigma=sigma), base, form, hull)
    rows = [(window, one) for window in windows for one in started]
    masks = np.array([_inside(region, window) for window, _ in rows])
    guesses = [_joint_values(one.model, one.guess, hull[1], high) for (_, high), one in rows]
    start = {
        name: np.clip([guess[name] for guess in guesses], low, high)
        for name, low, high in zip(
            problem.free_names, problem.free_min, problem.free_max, strict=True
        )
    }
    if "edge.end" in problem.names:
        start["edge.end"] = np.array([high for (_, high), _ in rows])
    found = fit_many(
        problem, np.tile(region.y, (len(rows), 1)), sigma=np.where(masks, sigma, _OUTSIDE),
        start=start, engine="batch", restarts=0, max_evaluations=evaluations,
    )  # fmt: skip
    best = []
    for k, window in enumerate(windows):
        places = range(k * len(started), (k + 1) * len(started))
        row = min(places, key=lambda i: float(found.chi2[i]))
        fitted = _window_model(own, form, window, hull, base.changes, found, row)
        one = _form_fit(form, windows[k], fitted, found, row, masks[row], region, bool(user))
        # the caller's own limit is a look: what is taken after it is fitted to the end
        looked = bool(found.flag(Flag.CALL_LIMIT)[row]) and evaluations < EVALUATIONS
        faults = tuple(fault for fault in one.faults if fault != _LIMITED or not looked)
        best.append(replace(one, faults=faults))
    return best


def _joint_problem(region: Spectrum, base: StartedModel, form: Form, hull: Window) -> Problem:
    """Return the problem of all windows: the centre of the edge counts from the end of each."""
    edge = form.background.rpartition("+")[2]
    if edge == "exponential":
        return Problem(region, base.model, parameters=base.parameters)
    components = [c for c in base.model.components if c.name != "edge"]
    model = Model((*components, scaled_above(STEPS[edge])("edge")))
    given = dict(base.parameters)
    given.pop("edge.center")
    least, most = EDGE_BOUNDS[edge]["center"]
    start = base.guess["edge.center"] - hull[1]
    given["edge.offset"] = ParameterChange(start=min(max(start, least), most), min=least, max=most)
    given["edge.end"] = ParameterChange(start=hull[1], fixed=True)
    return Problem(region, model, parameters=given)


def _joint_values(
    model: Model, values: Mapping[str, float], end: float, high: float
) -> dict[str, float]:
    """Return parameters of a window that ends at `end` as starts for one that ends at `high`."""
    if "edge.center" not in values:
        return dict(values)
    edge = model.component("edge")
    shifted = {
        "edge.offset": values["edge.center"] - high,
        "edge.top": float(edge.evaluate(np.array([high]), values)[0]),
    }
    return {**values, **shifted}


def _window_model(
    settings: XanesSettings, form: Form, window: Window, hull: Window,
    changes: Mapping[str, ParameterChange], found: FitStack, row: int,
) -> StartedModel:  # fmt: skip
    """Return a row's fit as the model of its own window."""
    model, bounds = preedge_model(settings, form.count, form.background, window)
    values = dict(zip(found.names, map(float, found.values[row]), strict=True))
    if "base.c1" in values:
        values["base.c0"] += values["base.c1"] * (sum(window) - sum(hull)) / 2.0
    if "edge.offset" in values:
        values["edge.center"] = values.pop("edge.offset") + values.pop("edge.end")
    else:
        values["edge.amplitude"] *= math.exp(values["edge.rate"] * (window[1] - hull[1]))
    edge = {name: change for name, change in bounds.items() if name.startswith("edge.")}
    guess = {name: values[name] for name in model.parameter_names}
    return StartedModel(model, {**changes, **edge}, guess, 0.5 * float(found.chi2[row]))


def _inside(spectrum: Spectrum, window: Window) -> FloatArray:
    return np.asarray((spectrum.x >= window[0]) & (spectrum.x <= window[1]))


def _joint_bounds(
    each: Sequence[Mapping[str, ParameterChange]],
) -> dict[str, ParameterChange]:
    """Return bounds that enclose those of all starts, so that one batch serves them."""
    joint = dict(each[0])
    for name, change in joint.items():
        lows = [one[name].min for one in each]
        highs = [one[name].max for one in each]
        low = None if None in lows else min(value for value in lows if value is not None)
        high = None if None in highs else max(value for value in highs if value is not None)
        joint[name] = replace(change, min=low, max=high)
    return joint


def _form_fit(
    form: Form, window: Window, base: StartedModel, found: FitStack, row: int,
    mask: FloatArray, spectrum: Spectrum, ordered_by_user: bool,
) -> FormFit:  # fmt: skip
    """Return one row of a batch, with its peaks named by rising centre."""
    peaks = tuple(f"peak{i + 1}" for i in range(form.count))
    values = dict(base.guess)
    sigma = None if spectrum.sigma is None else spectrum.sigma[mask]
    x, y = spectrum.x[mask], spectrum.y[mask]
    residual = y - base.model.evaluate(x, values)
    residual = residual if sigma is None else residual / sigma
    chi2, free = float(residual @ residual), len(found.free_names)
    points = int(mask.sum())
    scale = 1.0 if sigma is not None else float(np.sqrt(chi2 / max(1, points - free)))
    errors = np.sqrt(np.diag(found.covariance[row])) * scale
    held = dict(zip(found.free_names, found.without_error[row], strict=True))
    sigmas: dict[str, float | None] = {
        name: None if held.get(name, False) or error == 0.0 else float(error)
        for name, error in zip(found.names, errors, strict=True)
        if name.startswith("peak")
    }
    faults = _stopped(found, row)
    if points < FEWEST_POINTS + POINTS_A_PEAK * (form.count - 1):
        faults += (f"{points} points",)
    on = _on_bound(found, row)
    order = sorted(peaks, key=lambda name: values[f"{name}.center"])
    if x.size and tuple(order) != peaks and not ordered_by_user:
        new = dict(zip(order, peaks, strict=True))
        values = {_renamed(name, new): value for name, value in values.items()}
        sigmas = {_renamed(name, new): value for name, value in sigmas.items()}
        on = [_renamed(name, new) for name in on]
        base = replace(base, changes=_renamed_centers(base.changes, new))
    if x.size:
        faults += faults_of(base.model, peaks, values, sigmas, on, (float(x[0]), float(x[-1])))
        faults += _background_faults(base.model, peaks, values, x)
    fitted = replace(base, guess=values)
    return FormFit(form, window, fitted, chi2, points, free, residual, faults)


def _renamed(name: str, new: Mapping[str, str]) -> str:
    head, _, short = name.partition(".")
    return f"{new.get(head, head)}.{short}"


def _renamed_centers(
    changes: Mapping[str, ParameterChange], new: Mapping[str, str]
) -> dict[str, ParameterChange]:
    centers = {_renamed(f"{old}.center", new): changes[f"{old}.center"] for old in new}
    return {**changes, **centers}


def _stopped(found: FitStack, row: int) -> tuple[str, ...]:
    flags = (Flag.CALL_LIMIT, Flag.NOT_AT_MINIMUM, Flag.NOT_POSITIVE_DEFINITE, Flag.NOT_FINITE)
    return tuple(flag.value.replace("_", " ") for flag in flags if found.flag(flag)[row])


def _on_bound(found: FitStack, row: int) -> list[str]:
    """Return the free parameters that ended on a bound: within 1e-3 of the range, or without error."""
    problem, values = found.problem, found.free_values[row]
    on = []
    for i, name in enumerate(found.free_names):
        low, high = problem.free_min[i], problem.free_max[i]
        width = high - low if np.isfinite(high - low) else 1.0
        near = min(values[i] - low, high - values[i]) <= _NEAR * width
        if near and (found.without_error[row, i] or values[i] in (low, high)):
            on.append(name)
    return on


def _background_faults(
    model: Model, peaks: Sequence[str], values: Mapping[str, float], x: FloatArray
) -> tuple[str, ...]:
    """Return what speaks against a rising edge: it falls, or it has a hump larger than the peaks."""
    low = values[f"{peaks[0]}.center"] - REGION_FWHM * values[f"{peaks[0]}.fwhm"]
    high = values[f"{peaks[-1]}.center"] + REGION_FWHM * values[f"{peaks[-1]}.fwhm"]
    grid = np.linspace(max(low, x[0]), min(high, x[-1]), 101)
    rest = Model(tuple(c for c in model.components if c.name not in peaks))
    edge = rest.evaluate(np.concatenate([x[[0, -1]], grid]), values)
    faults: tuple[str, ...] = ()
    if edge[1] < edge[0]:
        faults += ("the rising edge falls",)
    hump = edge[2:] - np.interp(grid, grid[[0, -1]], edge[[2, -1]])
    area = sum(model.component(name).area(values) for name in peaks)
    if float(np.trapezoid(hump, grid)) > area:
        faults += ("the rising edge takes more than the peaks where they are",)
    return faults
