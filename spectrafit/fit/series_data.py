"""Where the spectra of a series lie: an array, a .npy file, or a dataset of an HDF5 file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError, ReadError, SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["ArrayRows", "HdfRows", "NpyRows", "Rows", "rows_of"]


class Rows(Protocol):
    """Spectra one below another, read in pieces; a map's pixels follow each other line by line."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of spectra and of points."""
        ...

    @property
    def ndim(self) -> int:
        """2; NumPy asks for it and would otherwise read everything."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the numbers that are read."""
        ...

    def __getitem__(self, key: Any) -> Any:
        """Return one row or some."""
        ...

    def piece(self, begin: int, end: int) -> Rows:
        """Return some of the rows, as cheaply as can be handed to another process."""
        ...


class _ByPiece(ABC):
    """What all kinds do with a key: read the rows it reaches, then choose."""

    shape: tuple[int, int]

    @property
    def ndim(self) -> int:
        """Rows and points."""
        return 2

    @abstractmethod
    def _read(self, begin: int, end: int) -> FloatArray:
        """Return rows from one up to another, as an array of its own."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Double precision, whatever the file has."""
        return np.dtype(float)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            begin, end, step = key.indices(self.shape[0])
            if step > 0:
                return self._read(begin, max(begin, end))[::step]
        if isinstance(key, int | np.integer):
            place = range(self.shape[0])[int(key)]
            return self._read(place, place + 1)[0]
        places = np.arange(self.shape[0])[key]
        if not places.size:
            return np.empty((0, self.shape[1]))
        low = int(places.min())
        return self._read(low, int(places.max()) + 1)[places - low]


@dataclass(frozen=True, eq=False)
class ArrayRows(_ByPiece):
    """Rows of an array in memory, or of one that is mapped from a file.

    Parameters
    ----------
    array : ndarray, shape (N, n)
        Values.
    """

    array: Any

    @property
    def shape(self) -> tuple[int, int]:  # type: ignore[override]
        """Number of spectra and of points."""
        return int(self.array.shape[0]), int(self.array.shape[1])

    def _read(self, begin: int, end: int) -> FloatArray:
        return np.array(self.array[begin:end], dtype=float)

    def piece(self, begin: int, end: int) -> ArrayRows:
        """Return some of the rows, not copied.

        Parameters
        ----------
        begin, end : int
            From and up to which.

        Returns
        -------
        ArrayRows
        """
        return ArrayRows(self.array[begin:end])


@dataclass(frozen=True, eq=False)
class NpyRows(_ByPiece):
    """Rows of a .npy file; the last axis of what it holds are the points.

    Parameters
    ----------
    path : Path
        The file.
    first, shape : int, and tuple of int
        Which row is the first, and how many rows and points.
    """

    path: Path
    first: int
    shape: tuple[int, int]

    def _read(self, begin: int, end: int) -> FloatArray:
        whole = _mapped(self.path)
        flat = whole.reshape(-1, whole.shape[-1])
        return np.array(flat[self.first + begin : self.first + end], dtype=float)

    def piece(self, begin: int, end: int) -> NpyRows:
        """Return some of the rows: the file's name and where they are in it.

        Parameters
        ----------
        begin, end : int
            From and up to which.

        Returns
        -------
        NpyRows
        """
        return NpyRows(self.path, self.first + begin, (end - begin, self.shape[1]))


@dataclass(frozen=True, eq=False)
class HdfRows(_ByPiece):
    """Rows of a dataset of an HDF5 file; its last axis are the points.

    Parameters
    ----------
    path : Path
        The file.
    dataset : str
        Path inside the file.
    first, shape : int, and tuple of int
        Which row is the first, and how many rows and points.
    """

    path: Path
    dataset: str
    first: int
    shape: tuple[int, int]

    def _read(self, begin: int, end: int) -> FloatArray:
        begin, end = self.first + begin, self.first + end
        with _opened(self.path) as file:
            data = file[self.dataset]
            # whole slabs of the first axis, as chunked files are laid out
            inner = prod(data.shape[1:-1])
            low = begin // inner if inner else 0
            high = -(-end // inner) if inner else 0
            slab = np.asarray(data[low:high], dtype=float).reshape(-1, self.shape[1])
        return np.array(slab[begin - low * inner : end - low * inner])

    def piece(self, begin: int, end: int) -> HdfRows:
        """Return some of the rows: the file's name and where they are in it.

        Parameters
        ----------
        begin, end : int
            From and up to which.

        Returns
        -------
        HdfRows
        """
        shape = (end - begin, self.shape[1])
        return HdfRows(self.path, self.dataset, self.first + begin, shape)


def rows_of(values: ArrayLike | str | Path | Rows, points: int) -> Rows:
    """Return the spectra of a series.

    Parameters
    ----------
    values : array_like, str, Path or Rows
        An array whose last axis are the points; ``"map.npy"``; ``"scan.h5::/entry/data"``.
    points : int
        How many points a spectrum must have.

    Returns
    -------
    Rows

    Raises
    ------
    ReadError
        When a file is missing, is no such file, or has no such dataset.
    FitError
        When the last axis has another length.
    SettingsError
        For another kind of file, or a dataset that is not named.
    """
    if isinstance(values, str | Path):
        return _rows_of_file(str(values), points)
    if isinstance(values, NpyRows | HdfRows | ArrayRows):
        _check(values.shape, points, "")
        return values
    array = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=float)
    _check(array.shape, points, "")
    return ArrayRows(array.reshape(-1, points))


def _rows_of_file(text: str, points: int) -> Rows:
    name, _, dataset = text.partition("::")
    path = Path(name).absolute()
    if not path.is_file():
        raise ReadError("no such file", where=name, do="see how it is spelt")
    if path.suffix == ".npy":
        shape = _mapped(path).shape
        _check(shape, points, name)
        return NpyRows(path, 0, (prod(shape[:-1]), points))
    if path.suffix not in (".h5", ".hdf5", ".hdf", ".nxs"):
        raise SettingsError(
            f"a series in a {path.suffix or 'nameless'} file",
            where=name,
            do="give a .npy file, or an HDF5 file and its dataset: scan.h5::/entry/data",
        )
    if not dataset:
        raise SettingsError(
            "which dataset is not said", where=name, do=f"write {name}::/path/in/the/file"
        )
    with _opened(path) as file:
        if dataset not in file or not hasattr(file[dataset], "shape"):
            raise ReadError(f"no dataset {dataset}", where=name, do="look at the file's tree")
        shape = file[dataset].shape
    _check(shape, points, name)
    return HdfRows(path, dataset, 0, (prod(shape[:-1]), points))


def _check(shape: tuple[int, ...], points: int, where: str) -> None:
    if len(shape) < 2 or shape[-1] != points or not prod(shape):
        turned = len(shape) == 2 and shape[0] == points
        raise FitError(
            f"values of shape {shape} for {points} points",
            where=where,
            do="turn the array: one spectrum a row" if turned else "the last axis are the points",
        )


def _mapped(path: Path) -> Any:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ReadError(
            f"no .npy file of numbers ({error})", where=path.name, do="save it with numpy.save"
        ) from error


def _opened(path: Path) -> Any:
    try:
        import h5py
    except ImportError as error:
        raise SettingsError(
            "an HDF5 file needs h5py", where=path.name, do='pip install "spectrafit-suite[formats]"'
        ) from error
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise ReadError(
            f"no HDF5 file ({error})", where=path.name, do="see whether it is complete"
        ) from error
