"""Areas of the bands of series S, fitted to simulated spectra; and laws with a step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spectrafit.constants import GAS_CONSTANT
from spectrafit.laws import ThreeStateLaw, three_state
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.linked import fit_linked
from spectrafit_ir.bands.profile import BandSpec

T: FloatArray = np.arange(10.0, 301.0, 10.0)
BRANCHES = {"heating": slice(0, T.size), "cooling": slice(T.size, 2 * T.size)}
STEPPED = ("1296", "1329", "1514")
TAILED = ("1485", "1556")
NOISE = 5e-4
COOPERATIVE = ThreeStateLaw(
    S12=93.6, T12=90.53, G12=835.0, H23=28371.0, S23=97.18, G23=-14577.0, rho=0.0488
)


def two_state(T: FloatArray, dH: float, T_half: float) -> FloatArray:
    """Return the fraction of the upper state; dH in J/mol, temperatures in K."""
    return np.asarray(1.0 / (1.0 + np.exp(dH / GAS_CONSTANT * (1.0 / T - 1.0 / T_half))))


def cooperative(T: FloatArray) -> dict[str, FloatArray]:
    """Return populations of the cooperative three-state law: changed, back, and the third."""
    p = three_state(T, COOPERATIVE)
    return {"n": p.x2 + p.x3, "x1": p.x1, "x3": p.x3}


def noisy(y: FloatArray, noise: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return values with noise, and their standard errors."""
    return y + np.random.default_rng(seed).normal(0.0, noise, y.size), np.full(y.size, noise)


def _clean() -> tuple[FloatArray, FloatArray]:
    x, both = np.arange(1200.0, 1601.0), np.tile(T, 2)
    above = 1.0 * (both > 88.0)
    share = above * two_state(both, 4000.0, 250.0)
    same = 0.15 + 0.0 * both
    bands = {
        1260: (12.0, same), 1296: (14.0, 0.08 * above), 1329: (12.0, 0.10 * (1.0 - above)),
        1380: (14.0, same), 1440: (13.0, same), 1485: (15.0, 0.30 * (1.0 - share)),
        1514: (13.0, 0.06 * above), 1556: (16.0, 0.25 * share),
    }  # fmt: skip
    Y = np.tile(0.05 + 0.02 * (x - 1200.0) / 400.0, (both.size, 1))
    for position, (fwhm, height) in bands.items():
        moved = position - 0.01 * (both - 10.0) * (position in (1260, 1380, 1440))
        u2 = (2.0 * (x - moved[:, None]) / fwhm) ** 2
        Y += height[:, None] * 0.5 * (1.0 / (1.0 + u2) + np.exp(-np.log(2.0) * u2))
    return x, Y


def areas_of_series_s(draws: int, seed: int) -> Iterator[dict[str, tuple[FloatArray, FloatArray]]]:
    """Return for every draw the fitted areas, with errors, of both branches by band."""
    x, clean = _clean()
    random = np.random.default_rng(seed)
    names = ("1260", "1296", "1329", "1380", "1440", "1485", "1514", "1556")
    bands = [BandSpec(name, float(name) - 8.0, float(name) + 8.0) for name in names]
    start = {name: (float(name) + 1.0, 13.0) for name in names}
    for _ in range(draws):
        Y = clean + random.normal(0.0, NOISE, clean.shape)
        found = fit_linked(x, Y, NOISE, np.tile(T, 2), bands, start=start)
        yield {
            name: (found.area.values[:, k], found.area.sigma[:, k])
            for k, name in ((found.place(name), name) for name in (*STEPPED, *TAILED))
        }
