"""Many fits of one problem: the engine is chosen by the problem, the result is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.bins import bins_of
from spectrafit.fit.block import Block
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.minima import Settings
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Noise, Problem
from spectrafit.fit.stack import Stack, layout_of, starts_of
from spectrafit.lines.line import Component, Model
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["ENGINES", "REWEIGHTED", "count_weights", "engine_of", "fit_many"]

ENGINES = ("auto", "scipy", "batch", "compiled")
# fewer fits than this are not worth a batch, more than that are worth compiling
_BATCH_FROM = 50
_COMPILED_FROM = 100_000
# values in memory at a time: of NumPy's what the processor's cache holds; the compiled engine takes
# one spectrum after another, and what is done around it costs less the more there are
_BLOCK = 262_144
_COMPILED_BLOCK = 1_048_576
_WARM_DAMPING = 1e-4
REWEIGHTED = 3


def fit_many(
    x: ArrayLike | Problem,
    y: Any,
    model: Model | Component | None = None,
    *,
    start: Mapping[str, ArrayLike] | None = None,
    sigma: Any = None,
    parameters: Mapping[str, ParameterChange] | None = None,
    x_unit: str = "1",
    y_unit: str = "1",
    engine: str = "auto",
    counts: bool = False,
    warm: bool = False,
    max_evaluations: int = 2000,
    restarts: int = 4,
    threads: int = 1,
) -> FitStack:
    """Return the fits of many spectra on one grid with one model.

    A fit that ends on a bound, without a minimum or with a misfit is started again from other
    places. What a row becomes depends on the row alone, not on the others or on the threads.

    Parameters
    ----------
    x : array_like of shape (n,), or Problem
        Points; or a problem of one spectrum, whose model, bounds, ties and starts serve all.
    y : array_like, shape (N, n)
        One spectrum a row; a memory-mapped array is read block by block.
    model : Model or Component, optional
        With points only.
    start : mapping of str to float or ndarray of shape (N,), optional
        Start values by full name; of a fixed parameter the value at which each row holds it.
    sigma : array_like, shape (n,) or (N, n), optional
        Standard deviations; the noise is estimated from each fit where there is none.
    parameters : mapping of str to ParameterChange, optional
        Bounds, fixed and tied parameters, with points only.
    x_unit, y_unit : str, optional
        Units of the axes, with points only.
    engine : str, optional
        ``"scipy"`` (single fits), ``"batch"`` (NumPy), ``"compiled"`` (extra `fast`), or
        ``"auto"``: by the number of fits, under 50, from 50 and from 100,000.
    counts : bool, optional
        Whether y are counts: sigma is then the root of the model, found by fitting four times.
    warm : bool, optional
        Whether the starts are near the minima.
    max_evaluations : int, optional
        Calls of the model after which a fit is given up and flagged.
    restarts : int, optional
        Most other starts of a fit that is flagged.
    threads : int, optional
        Of the compiled engine.

    Returns
    -------
    FitStack

    Raises
    ------
    FitError
        When values, sigma and points do not fit together, a value is not finite, or the compiled
        engine lacks a line.
    SettingsError
        For an unknown engine, name or number.
    """
    problem = _problem(x, y, model, sigma, parameters, x_unit, y_unit, start)
    stack = Stack(problem, y if hasattr(y, "dtype") else np.asarray(y, dtype=float), _sigma(sigma))
    if counts and sigma is not None:
        raise SettingsError("counts and sigma are both given", do="leave out one of them")
    if max_evaluations < 1 or restarts < 0 or threads < 1:
        raise SettingsError(
            f"max_evaluations is {max_evaluations}, restarts {restarts}, threads {threads}",
            do="give at least 1, 0 and 1",
        )
    free, offset = starts_of(problem, start, len(stack))
    chosen = engine_of(problem, len(stack), engine)
    noise: Noise = "known" if counts else stack.noise
    layout = layout_of(problem)
    settings = Settings(
        limit=max_evaluations,
        damping=_WARM_DAMPING if warm else Settings.damping,
        neighbours=noise == "estimated",
        bins=None if warm else bins_of(layout, stack.x),
    )
    tried = restarts if chosen != "scipy" else 0
    parts = []
    at_once = _COMPILED_BLOCK if chosen == "compiled" else _BLOCK
    size = threads * max(64, at_once // stack.x.size)
    for begin in range(0, max(1, len(stack)), size):
        rows = slice(begin, begin + size)
        values = stack.values(rows)
        weights = count_weights(values) if counts else stack.weights(rows)
        block = Block(
            problem, layout, values, weights, free[rows], offset[rows], noise, chosen,
            settings, tried, threads,
        )  # fmt: skip
        parts.append(_of_counts(block) if counts else block.fitted())
    found = FitStack.joined(parts) if len(parts) > 1 else parts[0]
    return replace(found, y=stack.y, y_sigma=found.y_sigma if counts else stack.sigma)


def _of_counts(block: Block) -> FitStack:
    """Return the fits with the weights of the model, after fitting with those of the counts."""
    found = block.fitted()
    for _ in range(REWEIGHTED):
        again = replace(
            block,
            w=count_weights(block.models(found)),
            free=found.free_values,
            settings=replace(block.settings, damping=_WARM_DAMPING, bins=None),
        )
        found = again.fitted()
        block = again
    return replace(found, y_sigma=1.0 / block.w)


def count_weights(counts: FloatArray) -> FloatArray:
    """Return 1/sigma of counts.

    Parameters
    ----------
    counts : ndarray
        Or the model of them.

    Returns
    -------
    ndarray
        One over the root, of 1 where there are fewer.
    """
    # below one count the root is no error: Poisson's smallest informative count stands in
    return np.asarray(1.0 / np.sqrt(np.maximum(counts, 1.0)))


def _sigma(sigma: Any) -> Any:
    if sigma is None or hasattr(sigma, "dtype"):
        return sigma
    return np.asarray(sigma, dtype=float)


def _problem(
    x: ArrayLike | Problem, y: Any, model: Model | Component | None, sigma: Any,
    parameters: Mapping[str, ParameterChange] | None, x_unit: str, y_unit: str,
    start: Mapping[str, ArrayLike] | None,
) -> Problem:  # fmt: skip
    if isinstance(x, Problem):
        if model is not None or parameters is not None or (x_unit, y_unit) != ("1", "1"):
            raise FitError("a problem and a model", do="the problem has its model and parameters")
        return x
    if model is None:
        raise FitError("points without a model", do="write fit_many(x, y, model)")
    points = np.asarray(x, dtype=float)
    shape = np.shape(y)
    if len(shape) != 2 or shape[0] < 1:
        raise FitError(f"values of shape {shape}", do="give one row a spectrum")
    first = None if sigma is None else np.ones(points.size)
    spectrum = Spectrum(points, np.zeros(points.size), first, x_unit=x_unit, y_unit=y_unit)
    single = {name: float(np.ravel(value)[0]) for name, value in (start or {}).items()}
    return Problem(spectrum, model, start=single, parameters=parameters)


def engine_of(problem: Problem, count: int, engine: str = "auto") -> str:
    """Return the engine that so many fits of a problem go through.

    It depends on the problem and their number alone, not on what happens to be compiled already.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    count : int
        How many fits.
    engine : str, optional
        A name from `ENGINES`.

    Returns
    -------
    str

    Raises
    ------
    SettingsError
        For an unknown engine.
    FitError
        When the compiled engine is asked for and lacks a line.
    """
    from spectrafit.fit.compiled.engine import is_installed, not_compiled

    if engine not in ENGINES:
        raise SettingsError(
            f"no engine {engine!r}", do=nearest(engine, ENGINES, noun="the engines")
        )
    if engine == "auto":
        if count < _BATCH_FROM or not problem.free_names:
            return "scipy"
        if count < _COMPILED_FROM or not is_installed() or not_compiled(layout_of(problem)):
            return "batch"
        return "compiled"
    if engine == "compiled":
        lacking = not_compiled(layout_of(problem))
        if lacking:
            raise FitError(
                f"the compiled engine does not have the line {', '.join(lacking)}",
                do='leave out engine="compiled", or write engine="batch"',
            )
    return engine
