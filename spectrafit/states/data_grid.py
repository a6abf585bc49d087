"""All temperatures at which the curves of a joint fit are needed, and which datum takes which part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SpectrafitError
from spectrafit.laws import Branch
from spectrafit.observable import ObservableSpec
from spectrafit.spectrum import FloatArray
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.feature import feature_grid
from spectrafit.states.populations import branch_of

__all__ = ["DataGrid", "GridPiece", "data_grid"]

_SIGN = {Branch.HEATING: 1, Branch.COOLING: -1, Branch.MAXWELL: 0}
_COLDEST = 0.1  # K, of a sample whose temperature is moved


@dataclass(frozen=True, eq=False)
class GridPiece:
    """The curve of one key, and which part of it each datum takes.

    Parameters
    ----------
    key : str
        The key.
    spec : ObservableSpec
        Its declaration.
    own : slice
        Of the whole grid.
    rows : tuple of (int, int, int)
        Place of each datum among the data, first and last place in the piece.
    places : tuple of int
        Of the data, where each is the value at its temperature; empty else.
    """

    key: str
    spec: ObservableSpec
    own: slice
    rows: tuple[tuple[int, int, int], ...]
    places: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class DataGrid:
    """The temperatures of all pieces, one after the other.

    Parameters
    ----------
    pieces : tuple of GridPiece
        In the order of the keys.
    T : ndarray, shape (n,)
        K, as the thermometers say.
    branch : ndarray of int, shape (n,)
        1 for heating, -1 for cooling, 0 for neither.
    delays : tuple of (int, ndarray)
        Column of a systematic, and by how much one of it moves the sample at each place, K.
    """

    pieces: tuple[GridPiece, ...]
    T: FloatArray
    branch: NDArray[np.int8]
    delays: tuple[tuple[int, FloatArray], ...]

    def sample_T(self, theta: FloatArray) -> FloatArray:
        """Return the temperatures of the sample, K."""
        moved = self.T.copy()
        for column, kelvin in self.delays:
            moved += theta[column] * kelvin
        return np.maximum(moved, _COLDEST) if self.delays else moved


def data_grid(data: JoinedData, column: Callable[[str], int]) -> DataGrid:
    """Return the grid of the data of a joint fit.

    Parameters
    ----------
    data : JoinedData
        The data.
    column : callable
        ``column(name)``, place of a systematic among the free numbers, -1 where it is held.

    Returns
    -------
    DataGrid

    Raises
    ------
    SpectrafitError
        For a delay of a datum that is no value at a temperature.
    """
    pieces: list[GridPiece] = []
    grids: list[FloatArray] = []
    owners: list[Datum] = []
    for key in data.keys:
        own = [(place, datum) for place, datum in enumerate(data.data) if datum.key == key]
        start, rows = len(owners), []
        for place, datum in own:
            grid = feature_grid(datum)
            first = len(owners) - start
            rows.append((place, first, first + grid.size))
            grids.append(grid)
            owners += [datum] * grid.size
        plain = all(datum.quantity is Quantity.VALUE for _, datum in own)
        if not plain and any(datum.delays for _, datum in own):
            raise SpectrafitError(
                "a delay of the sample is taken for values at a temperature only", where=key
            )
        places = tuple(place for place, _ in own) if plain else ()
        pieces.append(
            GridPiece(key, data.specs[key], slice(start, len(owners)), tuple(rows), places)
        )
    branch = np.array([_SIGN[branch_of(datum.branch)] for datum in owners], dtype=np.int8)
    return DataGrid(tuple(pieces), np.concatenate(grids), branch, _delays(owners, column))


def _delays(
    owners: Sequence[Datum], column: Callable[[str], int]
) -> tuple[tuple[int, FloatArray], ...]:
    names = dict.fromkeys(name for datum in owners for name in datum.delays)
    return tuple(
        (place, np.array([datum.delays.get(name, 0.0) for datum in owners]))
        for name in names
        if (place := column(name)) >= 0
    )
