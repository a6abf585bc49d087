"""What a long series gave: in memory, or in a folder that a later call goes on from."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spectrafit.code_digest import environment_versions, package_digest
from spectrafit.errors import SpectrafitError
from spectrafit.exact_json import value_digest
from spectrafit.files import write_whole
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.journal import Journal
from spectrafit.fit.series_data import Rows
from spectrafit.strict_json import json_text

if TYPE_CHECKING:
    from spectrafit.fit.series import Chunk

__all__ = ["SeriesStore"]

_ABOVE = ("cli", "reporting", "figures", "study", "states", "testing", "_plugin_template")
_SUMMARY = "series.json"


class SeriesStore:
    """Results of the chunks of a series.

    Parameters
    ----------
    whole : Chunk
        The series as one chunk.
    total : int
        Spectra.
    folder : Path or None
        Where the arrays are written; None for memory.

    Raises
    ------
    SpectrafitError
        When the folder cannot be written.
    """

    def __init__(self, whole: Chunk, total: int, folder: Path | None) -> None:
        self._whole, self._total, self._folder = whole, total, folder
        self._arrays: dict[str, Any] = {}
        self._journal: Journal | None = None
        self._stack: FitStack | None = None
        self._code = ""
        if folder is None:
            return
        self._code = _code_of(whole)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # who opens the arrays by hand must not take a half for the whole
            (folder / _SUMMARY).unlink(missing_ok=True)
            for name, (shape, kind) in _shapes(whole, total).items():
                self._arrays[name] = _array(folder / f"{name}.npy", shape, kind)
        except OSError as error:
            raise SpectrafitError(
                f"the results cannot be written: {error.strerror or error}",
                where=str(folder),
                do="free space, or choose another folder",
            ) from error
        self._journal = Journal(folder / "journal")

    def has(self, chunk: Chunk, piece: slice) -> bool:
        """Return whether an earlier call has left the results of a piece here.

        Parameters
        ----------
        chunk : Chunk
            The piece.
        piece : slice
            Where in the series.

        Returns
        -------
        bool
        """
        if self._journal is None:
            return False
        value = self._journal.get(self._key(chunk))
        return isinstance(value, dict) and value.get("sha256") == self._digest(piece)

    def put(self, chunk: Chunk, piece: slice, found: FitStack) -> None:
        """Keep the results of a piece.

        Parameters
        ----------
        chunk : Chunk
            The piece.
        piece : slice
            Where in the series.
        found : FitStack
            Its fits.
        """
        if self._stack is None:
            self._stack = found
        if not self._arrays:
            shapes = _shapes(self._whole, self._total)
            self._arrays = {name: np.empty(shape, kind) for name, (shape, kind) in shapes.items()}
        for name, array in self._arrays.items():
            array[piece] = getattr(found, name)
        if self._journal is not None:
            for array in self._arrays.values():
                array.flush()
            self._journal.put(self._key(chunk), {"sha256": self._digest(piece)})

    def close(self) -> None:
        """Bring to disk what has been put."""
        if self._journal is not None:
            self._journal.close()

    def result(self, y: Rows, sigma: Any) -> FitStack:
        """Return the fits of the whole series.

        Parameters
        ----------
        y : Rows
            Spectra.
        sigma : ndarray, Rows or None
            Their standard deviations.

        Returns
        -------
        FitStack
        """
        whole = self._whole
        arrays = dict(self._arrays)
        errors = arrays.pop("y_sigma", sigma)
        if self._journal is not None and self._folder is not None:
            self._journal.tidy()
            summary = {
                "spectra": self._total,
                "parameters": whole.problem.names,
                "units": whole.problem.units,
                "free_parameters": whole.problem.free_names,
                "noise": whole.noise,
                "engine": whole.engine,
                "problem": whole.problem.digest,
                "sha256": {name: _sha256(array) for name, array in sorted(arrays.items())},
            }
            write_whole(self._folder / _SUMMARY, json_text(summary, indent=2) + "\n")
        first = self._stack
        if first is not None:
            return replace(first, **arrays, y=y, y_sigma=errors)
        return FitStack(
            whole.problem, noise=whole.noise, engine=whole.engine, y=y, y_sigma=errors, **arrays
        )

    def _key(self, chunk: Chunk) -> str:
        digest = hashlib.sha256(np.asarray(chunk.y[:]).astype("<f8").tobytes())
        if chunk.sigma is not None:
            digest.update(np.asarray(chunk.sigma[:]).astype("<f8").tobytes())
        for name in sorted(chunk.start):
            digest.update(name.encode() + np.asarray(chunk.start[name]).astype("<f8").tobytes())
        settings = (chunk.engine, chunk.counts, chunk.max_evaluations, chunk.restarts)
        return value_digest(
            (self._code, chunk.problem.digest, settings, chunk.sigma is None, digest.hexdigest())
        )

    def _digest(self, piece: slice) -> str:
        digest = hashlib.sha256()
        for name in sorted(self._arrays):
            digest.update(np.ascontiguousarray(self._arrays[name][piece]).tobytes())
        return digest.hexdigest()


def _code_of(whole: Chunk) -> str:
    """Return the code that fits depend on: the core's, the lines', and the libraries'."""
    lines = {
        c.line.function.__module__.partition(".")[0] for c in whole.problem.model[0].components
    }
    packages = sorted(lines - {"spectrafit"})
    own = package_digest("spectrafit", _ABOVE)
    others = [package_digest(name) for name in packages]
    return value_digest((own, others, environment_versions(("spectrafit-suite",))))


def _shapes(whole: Chunk, total: int) -> dict[str, tuple[tuple[int, ...], type]]:
    size = len(whole.problem.free_names)
    shapes: dict[str, tuple[tuple[int, ...], type]] = {
        "values": ((total, len(whole.problem.names)), float),
        "free_covariance": ((total, size, size), float),
        "without_error": ((total, size), bool),
        "chi2": ((total,), float),
        "flags": ((total,), np.int64),
        "evaluations": ((total,), np.int64),
        "restarts": ((total,), np.int64),
    }
    if whole.counts:
        shapes["y_sigma"] = ((total, whole.problem.data[0].x.size), float)
    return shapes


def _array(path: Path, shape: tuple[int, ...], kind: type) -> Any:
    """Return an array that is mapped from a file, the one that is there where it has this form."""
    if path.exists():
        try:
            found = np.load(path, mmap_mode="r+", allow_pickle=False)
            if found.shape == shape and found.dtype == np.dtype(kind):
                return found
        except (ValueError, EOFError):
            path.unlink()  # damaged: it is computed again
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.dtype(kind), shape=shape)


def _sha256(array: Any) -> str:
    digest = hashlib.sha256()
    for begin in range(0, len(array), 100_000):
        digest.update(np.ascontiguousarray(array[begin : begin + 100_000]).tobytes())
    return digest.hexdigest()
