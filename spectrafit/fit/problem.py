"""What is to be fitted: data, a model, and which parameters are free, fixed, bounded or tied."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError
from spectrafit.fit.parameters import ParameterChange, ParameterSpace, parameter_space
from spectrafit.fit.tie import LinearForm
from spectrafit.history import frozen_mapping
from spectrafit.lines.line import Component, LineParameter, Model
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit.strict_json import json_text

__all__ = ["Noise", "ParameterChange", "Problem"]

Noise = Literal["known", "estimated"]


@dataclass(frozen=True, eq=False, init=False)
class Problem:
    """Data, a model for each spectrum, and the state of every parameter.

    Parameters of equal full name are one parameter, also across spectra: that is the whole syntax
    of a series fit. A start value is the table's default, overruled by `start`, overruled by a
    `ParameterChange`. The free parameters q make all parameters ``p = A q + b``.

    Parameters
    ----------
    data : Spectrum or sequence of Spectrum
        What is fitted.
    model : Model, Component, or sequence of them
        One for all spectra, or one each.
    start : mapping of str to float
        Start values by full name; a value for a tied parameter is not used.
    parameters : mapping of str to ParameterChange
        Starts, bounds, fixed and tied parameters by full name.

    Raises
    ------
    SettingsError
        For an unknown name, a start outside its bounds, impossible bounds, or a tie that is not
        linear.
    FitError
        When the data are fewer than the free parameters, mix known and unknown noise, or a line
        cannot serve them.
    """

    data: tuple[Spectrum, ...]
    model: tuple[Model, ...]
    start: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, ParameterChange] = field(default_factory=dict)

    names: tuple[str, ...] = field(init=False, repr=False)
    units: tuple[str, ...] = field(init=False, repr=False)
    free_names: tuple[str, ...] = field(init=False, repr=False)
    tied: Mapping[str, LinearForm] = field(init=False, repr=False)
    start_values: FloatArray = field(init=False, repr=False)
    min_values: FloatArray = field(init=False, repr=False)
    max_values: FloatArray = field(init=False, repr=False)
    free_start: FloatArray = field(init=False, repr=False)
    free_min: FloatArray = field(init=False, repr=False)
    free_max: FloatArray = field(init=False, repr=False)
    tie_matrix: FloatArray = field(init=False, repr=False)
    tie_offset: FloatArray = field(init=False, repr=False)
    noise: Noise = field(init=False, repr=False)
    _places: tuple[NDArray[np.intp], ...] = field(init=False, repr=False)
    _varied: tuple[tuple[NDArray[np.intp], FloatArray], ...] = field(init=False, repr=False)

    def __init__(
        self,
        data: Spectrum | Sequence[Spectrum],
        model: Model | Component | Sequence[Model | Component],
        *,
        start: Mapping[str, float] | None = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> None:
        spectra = (data,) if isinstance(data, Spectrum) else tuple(data)
        each = (model,) if isinstance(model, Model | Component) else tuple(model)
        models = tuple(Model((m,)) if isinstance(m, Component) else m for m in each)
        if len(models) == 1:
            models = models * len(spectra)
        put = object.__setattr__
        put(self, "data", spectra)
        put(self, "model", models)
        put(self, "start", frozen_mapping(start))
        put(self, "parameters", frozen_mapping(parameters))
        put(self, "noise", _noise(spectra))
        if not spectra or len(models) != len(spectra):
            raise FitError(
                f"{len(spectra)} spectra and {len(models)} models",
                do="give one model (components added with +), or one each",
            )
        rows = _rows(spectra, models)
        put(self, "units", tuple(unit for _, unit in rows.values()))
        table = {name: row for name, (row, _) in rows.items()}
        self._set_space(parameter_space(table, self.start, self.parameters))
        if self.ndata < len(self.free_names):
            raise FitError(
                f"{self.ndata} points and {len(self.free_names)} free parameters",
                where=spectra[0].source.name,
                do="fix or tie parameters, or widen the window",
            )
        put(self, "_places", tuple(self._place(m) for m in models))
        put(self, "_varied", tuple(self._varied_of(place) for place in self._places))
        for spectrum, one, place in zip(spectra, models, self._places, strict=True):
            _check_lines(spectrum, one, self.start_values[place])

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (self.data, self.model, dict(self.start), dict(self.parameters)))

    def _set_space(self, space: ParameterSpace) -> None:
        for one in fields(ParameterSpace):
            object.__setattr__(self, one.name, getattr(space, one.name))

    def _place(self, model: Model) -> NDArray[np.intp]:
        index = {name: i for i, name in enumerate(self.names)}
        return np.array([index[name] for name in model.parameter_names], dtype=np.intp)

    def _varied_of(self, place: NDArray[np.intp]) -> tuple[NDArray[np.intp], FloatArray]:
        """Return which parameters of a model vary, and by which free ones."""
        matrix = self.tie_matrix[place]
        used = np.flatnonzero(matrix.any(axis=1))
        return used, matrix[used]

    @property
    def ndata(self) -> int:
        """Number of points of all spectra."""
        return sum(len(spectrum) for spectrum in self.data)

    def values(self, q: FloatArray) -> FloatArray:
        """Return all parameters for the free ones.

        Parameters
        ----------
        q : ndarray, shape (Q,)
            In the order of `free_names`.

        Returns
        -------
        ndarray, shape (P,)
            In the order of `names`.
        """
        return self.tie_matrix @ q + self.tie_offset

    def residuals_and_jacobian(self, q: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the weighted residuals and their derivatives by the free parameters.

        Parameters
        ----------
        q : ndarray, shape (Q,)
            In the order of `free_names`.

        Returns
        -------
        residuals : ndarray, shape (N,)
            ``(model - y)/sigma``, spectra one after another; sigma is 1 where it is not known.
        jacobian : ndarray, shape (N, Q)
        """
        p = self.values(q)
        residuals = np.empty(self.ndata)
        jacobian = np.empty((self.ndata, len(self.free_names)))
        begin = 0
        with np.errstate(all="ignore"):
            parts = zip(self.data, self.model, self._places, self._varied, strict=True)
            for spectrum, model, place, varied in parts:
                part = slice(begin, begin + len(spectrum))
                value, slopes = model.value_and_derivatives(spectrum.x, p[place])
                used, matrix = varied
                # rows of fixed parameters are left out: 0 times an infinite derivative is no number
                rows = slopes[used].T @ matrix
                weight = 1.0 if spectrum.sigma is None else 1.0 / spectrum.sigma
                residuals[part] = (value - spectrum.y) * weight
                jacobian[part] = (rows.T * weight).T
                begin = part.stop
        return residuals, jacobian

    def residuals(self, q: FloatArray) -> FloatArray:
        """Return the weighted residuals ``(model - y)/sigma`` of all spectra.

        Parameters
        ----------
        q : ndarray, shape (Q,)
            In the order of `free_names`.

        Returns
        -------
        ndarray, shape (N,)
        """
        return self.residuals_and_jacobian(q)[0]

    def jacobian(self, q: FloatArray) -> FloatArray:
        """Return the derivatives of the weighted residuals by the free parameters.

        Parameters
        ----------
        q : ndarray, shape (Q,)
            In the order of `free_names`.

        Returns
        -------
        ndarray, shape (N, Q)
        """
        return self.residuals_and_jacobian(q)[1]

    def noise_level(self, residuals: FloatArray) -> float:
        """Return the standard deviation of a weighted residual: 1 where sigma is known.

        Parameters
        ----------
        residuals : ndarray, shape (N,)
            Weighted residuals at the minimum.

        Returns
        -------
        float
            Else the root of the reduced chi2.
        """
        if self.noise == "known":
            return 1.0
        freedom = max(1, residuals.size - len(self.free_names))
        return float(np.sqrt(residuals @ residuals / freedom))

    def log_likelihood(self, q: FloatArray) -> float:
        """Return the Gaussian log-likelihood; at its best noise level where the noise is not known.

        Parameters
        ----------
        q : ndarray, shape (Q,)
            In the order of `free_names`.

        Returns
        -------
        float
        """
        residuals = self.residuals(q)
        chi2 = float(residuals @ residuals)
        if self.noise == "estimated":
            mean = max(chi2 / self.ndata, np.finfo(float).tiny)
            return -0.5 * self.ndata * (math.log(2.0 * math.pi * mean) + 1.0)
        log_sigma = sum(float(np.log(s.sigma).sum()) for s in self.data if s.sigma is not None)
        return -0.5 * (chi2 + self.ndata * math.log(2.0 * math.pi)) - log_sigma

    @property
    def data_digest(self) -> str:
        """Hexadecimal sha256 of the data alone."""
        digest = hashlib.sha256()
        for spectrum in self.data:
            units = json_text([len(spectrum), spectrum.x_unit, spectrum.y_unit, self.noise])
            digest.update(units.encode())
            for column in (spectrum.x, spectrum.y, spectrum.sigma):
                if column is not None:
                    digest.update(column.astype("<f8").tobytes())
        return digest.hexdigest()

    @property
    def digest(self) -> str:
        """Hexadecimal sha256 of data, lines with their constants, starts, bounds and ties."""
        lines = [
            [[c.name, c.line.name, c.line.constants, list(c.parameter_names)] for c in m.components]
            for m in self.model
        ]
        settings = [self.free_names, list(self.names), self.units, lines]
        digest = hashlib.sha256((self.data_digest + json_text(settings)).encode())
        for values in (self.start_values, self.min_values, self.max_values, self.free_min):
            digest.update(values.astype("<f8").tobytes())
        for values in (self.free_max, self.tie_matrix, self.tie_offset):
            digest.update(values.astype("<f8").tobytes())
        return digest.hexdigest()


def _rebuilt(
    data: tuple[Spectrum, ...],
    model: tuple[Model, ...],
    start: Mapping[str, float],
    parameters: Mapping[str, ParameterChange],
) -> Problem:
    return Problem(data, model, start=start, parameters=parameters)


def _noise(spectra: Sequence[Spectrum]) -> Noise:
    kinds = {spectrum.sigma is not None for spectrum in spectra}
    if len(kinds) > 1:
        without = next(s.source.name for s in spectra if s.sigma is None)
        raise FitError(
            "some spectra have a sigma and others have none",
            where=without,
            do="give every spectrum a sigma, or none",
        )
    return "known" if kinds == {True} else "estimated"


def _rows(
    spectra: Sequence[Spectrum], models: Sequence[Model]
) -> dict[str, tuple[LineParameter, str]]:
    """Return table row and resolved unit by full name; shared names must agree in unit."""
    rows: dict[str, tuple[LineParameter, str]] = {}
    for spectrum, model in zip(spectra, models, strict=True):
        names = model.parameter_names
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise FitError(f"two parameters are called {twice}", do="rename a component")
        tables = [row for component in model.components for row in component.line.parameters]
        for name, row in zip(names, tables, strict=True):
            unit = row.resolved_unit(spectrum.x_unit, spectrum.y_unit)
            known = rows.setdefault(name, (row, unit))
            if known[1] != unit:
                raise FitError(
                    f"{name} is shared but is in {known[1]} and in {unit}",
                    where=spectrum.source.name,
                    do="convert the spectra to one unit, or name the components differently",
                )
            if known[0] != row:
                rows[name] = (_narrower(known[0], row), unit)
    return rows


def _narrower(one: LineParameter, other: LineParameter) -> LineParameter:
    return LineParameter(
        one.name,
        one.unit,
        one.default,
        max(one.low, other.low),
        min(one.high, other.high),
        one.meaning,
        one.linear and other.linear,
        one.fixed and other.fixed,
    )


def _check_lines(spectrum: Spectrum, model: Model, parameters: FloatArray) -> None:
    begin = 0
    for component in model.components:
        count = len(component.line.parameters)
        if component.line.check is not None:
            component.line.check(spectrum.x, *map(float, parameters[begin : begin + count]))
        begin += count
