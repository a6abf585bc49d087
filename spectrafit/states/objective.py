"""The objective of a joint fit: residuals of all techniques' data, priors and claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray
from spectrafit.states.curve import curve_slopes, curve_values
from spectrafit.states.data_grid import DataGrid, GridPiece, data_grid
from spectrafit.states.data_weights import Whitening, allowed_ends, shared_shift, whitening
from spectrafit.states.datum import JoinedData
from spectrafit.states.feature import feature_of
from spectrafit.states.model import Requirement, StateModel, Story
from spectrafit.states.numbers import Numbers, numbers_of
from spectrafit.states.populations import PopulationLaw, Populations, branch_of

__all__ = ["Counts", "Objective", "objective_of"]


_KELVIN = 1e-3  # K, of a difference by temperature


class Counts(NamedTuple):
    """How many residuals of each kind, and how many free numbers.

    Parameters
    ----------
    data, priors, requirements, free : int
        Systematics are free numbers with a prior each.
    """

    data: int
    priors: int
    requirements: int
    free: int


@dataclass(frozen=True, eq=False)
class Objective:
    """Residuals of a story, and their derivatives by its free numbers.

    Parameters
    ----------
    model : StateModel
        The model.
    story : Story
        One of it.
    data : JoinedData
        What it is held against.
    numbers : Numbers
        All numbers.
    shifts : ndarray, shape (N,), or None
        In place of the values and limits of the data: by how much each is moved (replicas).
    """

    model: StateModel
    story: Story
    data: JoinedData
    numbers: Numbers
    shifts: FloatArray | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the free numbers."""
        return self.numbers.names

    @property
    def low(self) -> FloatArray:
        """Lower bounds of the free numbers."""
        return self.numbers.low

    @property
    def high(self) -> FloatArray:
        """Upper bounds of the free numbers."""
        return self.numbers.high

    @cached_property
    def law(self) -> PopulationLaw:
        """The law of the populations."""
        return PopulationLaw(self.model.steps_of(self.story), self.model.names)

    @property
    def counts(self) -> Counts:
        """Residuals and free numbers."""
        return Counts(len(self.data.data), len(self._priors[0]), len(self._claims), len(self.names))

    def with_shifts(self, shifts: FloatArray) -> Objective:
        """Return the same objective of data that are moved by so much.

        Parameters
        ----------
        shifts : ndarray, shape (N,)
            In the units of the data; those of the first N residuals.

        Returns
        -------
        Objective
        """
        moved = replace(self, shifts=shifts)
        for name in ("law", "_grid", "_weight", "_columns", "_priors", "_claims", "_asked"):
            if name in self.__dict__:
                moved.__dict__[name] = self.__dict__[name]
        return moved

    def with_numbers(self, numbers: Numbers) -> Objective:
        """Return the same objective with other bounds, priors or fixed numbers."""
        return replace(self, numbers=numbers)

    def populations(
        self, theta: FloatArray, T: FloatArray, branch: str = "", *, derivatives: bool = False
    ) -> Populations:
        """Return populations at temperatures.

        Parameters
        ----------
        theta : ndarray, shape (P,)
            Free numbers.
        T : ndarray, shape (n,)
            K.
        branch : str, optional
            ``heating``, ``cooling``; that of the lowest free energy when empty.
        derivatives : bool, optional
            Whether to give those by the step parameters too.

        Returns
        -------
        Populations
        """
        values = self.numbers.values(theta)
        return self.law.at(values, np.asarray(T, float), branch_of(branch), derivatives=derivatives)

    def population_slopes(self, theta: FloatArray, T: FloatArray, branch: str = "") -> FloatArray:
        """Return the derivatives of populations by the free numbers.

        Parameters
        ----------
        theta : ndarray, shape (P,)
            Free numbers.
        T : ndarray, shape (n,)
            K.
        branch : str, optional
            As for `populations`.

        Returns
        -------
        ndarray, shape (P, K, n)
        """
        found = self.populations(theta, T, branch, derivatives=True)
        assert found.by is not None
        slopes = np.zeros((len(self.names), *found.x.shape))
        for row, column in self._step_columns:
            slopes[column] += found.by[row]
        return slopes

    def residuals(self, theta: FloatArray) -> FloatArray:
        """Return data, then priors, then claims, each over its standard uncertainty.

        Parameters
        ----------
        theta : ndarray, shape (P,)
            Free numbers.

        Returns
        -------
        ndarray, shape (M,)
        """
        return self._residuals(theta, derivatives=False)[0]

    def residuals_and_jacobian(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the residuals and their derivatives by the free numbers.

        Parameters
        ----------
        theta : ndarray, shape (P,)
            Free numbers.

        Returns
        -------
        ndarray, shape (M,)
        ndarray, shape (M, P)
        """
        residuals, jacobian = self._residuals(theta, derivatives=True)
        assert jacobian is not None
        return residuals, jacobian

    def model_values(self, theta: FloatArray, *, systematics: bool = True) -> FloatArray:
        """Return what the model says of each datum, in the units of the data.

        Parameters
        ----------
        theta : ndarray, shape (P,)
            Free numbers.
        systematics : bool, optional
            Whether to add what the shared errors move.

        Returns
        -------
        ndarray, shape (N,)
        """
        model, _ = self._modelled(theta, derivatives=False)
        if systematics:
            model = model + self._systematic_part(theta, model)
        return model

    def model_slopes(self, theta: FloatArray) -> FloatArray:
        """Return the derivatives of what the model says, without shared errors, by the free numbers.

        Parameters
        ----------
        theta : ndarray, shape (P,)
            Free numbers.

        Returns
        -------
        ndarray, shape (N, P)
        """
        slopes = self._modelled(theta, derivatives=True)[1]
        assert slopes is not None
        return slopes

    def _systematic_part(self, theta: FloatArray, model: FloatArray) -> FloatArray:
        """Return by how much the shared errors move what the model says."""
        part = np.zeros(len(self.data.data))
        for column, vector, relative in self._columns:
            part += theta[column] * (vector + relative * model)
        return part

    def _residuals(
        self, theta: FloatArray, *, derivatives: bool
    ) -> tuple[FloatArray, FloatArray | None]:
        plain, slopes = self._modelled(theta, derivatives=derivatives)
        model = plain + self._systematic_part(theta, plain)
        low, high = self._limits
        shift = 0.0 if self.shifts is None else self.shifts
        distance = np.where(
            model < low + shift, model - low - shift,
            np.where(model > high + shift, model - high - shift, np.where(np.isnan(model), np.nan, 0.0)),
        )  # fmt: skip
        diagonal, grouped, root = self._weight
        of_data = diagonal * distance
        if grouped.size:
            of_data[grouped] = root @ distance[grouped]
        columns, values, sigmas = self._priors
        priors = (theta[columns] - values) / sigmas
        jacobian = None
        if derivatives:
            assert slopes is not None
            factor = 1.0 + sum(theta[column] * r for column, _, r in self._columns)
            slopes *= factor[:, None] if np.ndim(factor) else factor
            for column, vector, relative in self._columns:
                slopes[:, column] += vector + relative * plain
            slopes[self._is_limit & (distance == 0.0)] = 0.0
            block = diagonal[:, None] * slopes
            if grouped.size:
                block[grouped] = root @ slopes[grouped]
            of_priors = np.zeros((columns.size, theta.size))
            of_priors[np.arange(columns.size), columns] = 1.0 / sigmas
            jacobian = np.concatenate([block, of_priors])
        claims, of_claims = self._claimed(theta, derivatives=derivatives)
        if jacobian is not None and of_claims is not None:
            jacobian = np.concatenate([jacobian, of_claims])
        return np.concatenate([of_data, priors, claims]), jacobian

    def _modelled(
        self, theta: FloatArray, *, derivatives: bool
    ) -> tuple[FloatArray, FloatArray | None]:
        values = self.numbers.values(theta)
        grid = self._grid
        model = np.empty(len(self.data.data))
        slopes = np.zeros((model.size, theta.size)) if derivatives else None
        T = grid.sample_T(theta)
        found = self._grid_populations(values, T, slice(None), derivatives=derivatives)
        nuisances = {name: values[name] for name in self._nuisance_names}
        for piece in grid.pieces:
            whole = found.dx if piece.spec.of_slopes else found.x
            members = {
                state: values[name]
                for state in self.model.names
                if (name := f"{piece.key}.{state}") in values
            }
            given = (self.model.names, whole[:, piece.own], members, nuisances, T[piece.own])
            curve = curve_values(piece.spec, *given)
            rates = None if slopes is None else self._rates(piece, found, curve, values, *given[1:])
            if piece.places:
                model[list(piece.places)] = curve
                if slopes is not None and rates is not None:
                    slopes[list(piece.places)] = rates
                continue
            for place, first, last in piece.rows:
                quantity = self.data.data[place].quantity
                own = slice(first, last)
                value, weights = feature_of(quantity, T[piece.own][own], curve[own])
                model[place] = value
                if slopes is not None and rates is not None:
                    slopes[place] = weights @ rates[own]
        return model, slopes

    def _grid_populations(
        self, values: Mapping[str, float], T: FloatArray, own: slice, *, derivatives: bool = False
    ) -> Populations:
        """Return the populations at places of the grid, each on its branch."""
        return self.law.at(values, T[own], self._grid.branch[own], derivatives=derivatives)

    def _rates(
        self,
        piece: GridPiece,
        found: Populations,
        curve: FloatArray,
        values: Mapping[str, float],
        x: FloatArray,
        members: Mapping[str, float],
        nuisances: Mapping[str, float],
        T: FloatArray,
    ) -> FloatArray:
        """Return the derivatives of a curve by the free numbers, shape (n, P)."""
        states = self.model.names
        by = found.dby if piece.spec.of_slopes else found.by
        assert by is not None
        told = curve_slopes(
            piece.spec, states, x, members, nuisances, T, curve, self._asked[piece.key]
        )
        rates = np.zeros((T.size, len(self.names)))
        by_step = np.einsum("kn,pkn->np", told.by_x, by[:, :, piece.own])
        for row, column in self._step_columns:
            rates[:, column] += by_step[:, row]
        place = self._place
        for state, slope in told.by_member.items():
            owner = self.numbers.owner[place[f"{piece.key}.{state}"]]
            if owner >= 0:
                rates[:, owner] += slope
        for name, slope in told.by_nuisance.items():
            rates[:, self.numbers.owner[place[name]]] += slope
        delays = [(column, kelvin[piece.own]) for column, kelvin in self._grid.delays]
        if any(kelvin.any() for _, kelvin in delays):
            there = x + _KELVIN * found.dx[:, piece.own]
            if piece.spec.of_slopes:
                warmer = self._grid_populations(values, self._warmed(T, piece), piece.own)
                there = warmer.dx
            moved = curve_values(piece.spec, states, there, members, nuisances, T + _KELVIN)
            for column, kelvin in delays:
                rates[:, column] += kelvin * (moved - curve) / _KELVIN
        return rates

    def _claimed(
        self, theta: FloatArray, *, derivatives: bool
    ) -> tuple[FloatArray, FloatArray | None]:
        count = len(self._claims)
        if not count:
            return np.zeros(0), np.zeros((0, theta.size)) if derivatives else None
        T = np.array([claim.T for claim in self._claims])
        x = self.populations(theta, T).x
        slopes = self.population_slopes(theta, T) if derivatives else None
        residuals = np.zeros(count)
        jacobian = np.zeros((count, theta.size)) if derivatives else None
        for row, claim in enumerate(self._claims):
            state = self.model.names.index(claim.state)
            value = x[state, row]
            low = -np.inf if claim.at_least is None else claim.at_least
            high = np.inf if claim.at_most is None else claim.at_most
            beyond = min(value - low, 0.0) + max(value - high, 0.0)
            residuals[row] = beyond / claim.sigma
            if jacobian is not None and slopes is not None and beyond:
                jacobian[row] = slopes[:, state, row] / claim.sigma
        return residuals, jacobian

    def _warmed(self, T: FloatArray, piece: GridPiece) -> FloatArray:
        """Return the whole grid with the temperatures of a piece a little higher."""
        whole = self._grid.T.copy()
        whole[piece.own] = T + _KELVIN
        return whole

    @cached_property
    def _place(self) -> dict[str, int]:
        return {number.name: row for row, number in enumerate(self.numbers.every)}

    @cached_property
    def _step_columns(self) -> tuple[tuple[int, int], ...]:
        """Row of each step parameter, and its column among the free numbers."""
        return tuple(
            (row, self.numbers.owner[self._place[name]])
            for row, name in enumerate(self.law.names)
            if self.numbers.owner[self._place[name]] >= 0
        )

    @cached_property
    def _nuisance_names(self) -> tuple[str, ...]:
        return tuple(number.name for number in self.numbers.every if number.kind == "nuisance")

    @cached_property
    def _asked(self) -> dict[str, tuple[str, ...]]:
        """Return the free nuisances that each key feels."""
        free = [name for name in self._nuisance_names if self.numbers.owner[self._place[name]] >= 0]
        values = {
            number.name: (1.0 if number.start is None else number.start)
            for number in self.numbers.every
        }
        states = self.model.names
        T = np.array([80.0, 160.0, 290.0])
        x = np.full((len(states), T.size), 1.0 / len(states))
        asked = {}
        for key in self.data.keys:
            spec = self.data.specs[key]
            members = {s: values[f"{key}.{s}"] for s in states if f"{key}.{s}" in values}
            own = {name: values[name] for name in self._nuisance_names}
            base = curve_values(spec, states, x, members, own, T)
            asked[key] = tuple(
                name
                for name in free
                if not np.array_equal(
                    base,
                    curve_values(
                        spec, states, x, members, {**own, name: own[name] * 1.1 + 1e-3}, T
                    ),
                )
            )
        return asked

    @cached_property
    def _grid(self) -> DataGrid:
        return data_grid(self.data, lambda name: self.numbers.owner[self._place[name]])

    @cached_property
    def _limits(self) -> tuple[FloatArray, FloatArray]:
        return allowed_ends(self.data.data)

    @cached_property
    def _is_limit(self) -> np.ndarray:
        return np.array([datum.value is None for datum in self.data.data])

    @cached_property
    def _weight(self) -> Whitening:
        return whitening(self.data)

    @cached_property
    def _columns(self) -> tuple[tuple[int, FloatArray, FloatArray], ...]:
        """Column of each systematic, what it moves, and what it moves as a share of the model."""
        names = dict.fromkeys(name for datum in self.data.data for name in datum.shared)
        columns = []
        for name in names:
            owner = self.numbers.owner[self._place[name]]
            if owner >= 0:
                columns.append((owner, *shared_shift(self.data.data, name)))
        return tuple(columns)

    @cached_property
    def _priors(self) -> tuple[np.ndarray, FloatArray, FloatArray]:
        rows = self.numbers.priors()
        return (
            np.array([row[0] for row in rows], dtype=int),
            np.array([row[1] for row in rows]),
            np.array([row[2] for row in rows]),
        )

    @cached_property
    def _claims(self) -> tuple[Requirement, ...]:
        return self.story.require


def objective_of(model: StateModel, story: Story, data: JoinedData) -> Objective:
    """Return the objective of a story.

    Parameters
    ----------
    model : StateModel
        The model.
    story : Story
        One of it.
    data : JoinedData
        What it is held against; keys that are not the model's are no part of it.

    Returns
    -------
    Objective

    Raises
    ------
    SpectrafitError
        When no datum is left, no number is free, or a number is not known.
    """
    if not data.data:
        raise SpectrafitError(
            "no datum for the populations", where=f"story {story.name}",
            do="name the keys of what was measured: keys = [...]",
        )  # fmt: skip
    numbers = numbers_of(model, story, data)
    if not numbers.free:
        raise SpectrafitError(
            "no free number", where=f"story {story.name}", do="leave a parameter free"
        )
    return Objective(model, story, data, numbers)
