"""New data as the noise of the old would make them: Gaussian, counted, or the fit's own residual."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.compare import effective_count
from spectrafit.fit.problem import Problem
from spectrafit.spectrum import FloatArray
from spectrafit.strict_json import json_text

__all__ = ["RESAMPLINGS", "Resampling", "member_generator", "resampled"]

Resampling = Literal["noise", "residuals"]
RESAMPLINGS: tuple[Resampling, ...] = ("noise", "residuals")


def member_generator(seed: int, labels: Mapping[str, str]) -> np.random.Generator:
    """Return the random numbers of one member of an ensemble.

    They depend on the seed and on the member's own labels, not on which others there are, nor on
    their order.

    Parameters
    ----------
    seed : int
        Of the ensemble, not negative.
    labels : mapping of str to str
        What is chosen, by name of the choice.

    Returns
    -------
    numpy.random.Generator
    """
    digest = hashlib.sha256(json_text(sorted(labels.items())).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(words)))


def resampled(
    problem: Problem,
    model: FloatArray,
    count: int,
    rng: np.random.Generator,
    *,
    resampling: Resampling = "noise",
    counts: bool = False,
) -> FloatArray:
    """Return spectra that the fitted model and noise could have given.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    model : ndarray, shape (n,)
        The fitted curve.
    count : int
        How many.
    rng : numpy.random.Generator
        Random numbers.
    resampling : str, optional
        ``"noise"``: independent normal numbers of the known sigma, or of the root of the reduced
        chi2 where none is known. ``"residuals"``: blocks of the fit's own weighted residual, which
        carry the size of a misfit and the correlation of neighbouring points.
    counts : bool, optional
        Whether y are counts; noise is then Poisson's.

    Returns
    -------
    ndarray, shape (count, n)

    Raises
    ------
    SettingsError
        For an unknown way.
    FitError
        When there are counts and the model is negative, or no residual is left.

    Notes
    -----
    Parametric bootstrap: Efron, Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 6.
    Circular blocks: Politis, Romano, in *Exploring the Limits of Bootstrap* (1992), p. 263; their
    length is the correlation length times the cube root of the number of points, the order of
    Künsch, Ann. Statist. 17, 1217 (1989), at most a quarter of the points. Residuals are
    multiplied by the root of n/(n - k) for the k parameters fitted to them.
    """
    if resampling not in RESAMPLINGS:
        raise SettingsError(
            f"no resampling {resampling!r}", do=nearest(resampling, RESAMPLINGS, noun="the ways")
        )
    if counts and (model < 0.0).any():
        raise FitError(
            "the fitted number of counts is negative",
            where=problem.data[0].source.name,
            do="bound the model's heights, or give a sigma instead of counts",
        )
    if counts and resampling == "noise":
        return np.asarray(rng.poisson(model, (count, model.size)), dtype=float)
    spectrum = problem.data[0]
    sigma = np.ones(model.size) if spectrum.sigma is None else np.asarray(spectrum.sigma)
    if counts:
        sigma = np.sqrt(np.maximum(model, 1.0))
    weighted = (spectrum.y - model) / sigma
    freedom = max(1, model.size - len(problem.free_names))
    if resampling == "residuals":
        drawn = _blocks(weighted - weighted.mean(), count, rng)
        return model + sigma * math.sqrt(model.size / freedom) * drawn
    if spectrum.sigma is None:
        sigma = sigma * math.sqrt(float(weighted @ weighted) / freedom)
    drawn = rng.standard_normal((count, model.size))
    drawn *= sigma
    drawn += model
    return drawn


def _blocks(residual: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """Return rows that are made of blocks of a residual, which is closed to a ring."""
    n = residual.size
    length = math.ceil(n / effective_count(residual) * n ** (1.0 / 3.0))
    length = max(1, min(length, n // 4))
    begins = rng.integers(0, n, (count, math.ceil(n / length)))
    places = (begins[:, :, None] + np.arange(length)) % n
    return np.asarray(residual[places.reshape(count, -1)[:, :n]])
