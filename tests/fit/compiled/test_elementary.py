"""The compiled engine's elementary functions over the whole range, infinities and NaN included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

numba = pytest.importorskip("numba", reason="the extra fast is not installed")

from spectrafit.fit.compiled import elementary  # noqa: E402

pytestmark = pytest.mark.xdist_group("compiled")

RNG = np.random.default_rng(17)
ENDS = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 5e-324, 1e-310, 1e308, -1e308]
WIDE = np.concatenate(
    [
        RNG.uniform(-700, 709.7, 40_000),
        RNG.uniform(-1, 1, 40_000),
        RNG.uniform(-1, 1, 40_000) * 10.0 ** RNG.uniform(-300, 2, 40_000),
        RNG.standard_normal(40_000) * 10.0 ** RNG.uniform(-300, 300, 40_000),
        [709.7, 709.8, -745.0, -746.0, *ENDS],
    ]
)
POSITIVE = np.concatenate(
    [
        10.0 ** RNG.uniform(-323, 308, 40_000),
        RNG.uniform(0.5, 2.0, 40_000),
        1.0 + RNG.uniform(-1e-8, 1e-8, 10_000),
        [-2.0, -0.5, *ENDS],
    ]
)
ABOVE_ONE = np.concatenate(
    [POSITIVE, -RNG.uniform(0, 1, 40_000), RNG.uniform(-1, 1, 40_000) * 10.0 ** RNG.uniform(-20, 0, 40_000)]
)  # fmt: skip

FROM_ONE = np.concatenate(
    [
        10.0 ** RNG.uniform(0, 307.3, 40_000),
        1.0 + RNG.uniform(0, 1, 40_000),
        1.0 + RNG.uniform(0, 1e-8, 10_000),
        [1.0, 1e308, np.inf, np.nan],
    ]
)


def vectorised(loop: Any) -> bool:
    text = "".join(loop.inspect_llvm().values())
    return any(f"<{wide} x double>" in text for wide in (2, 4, 8))


def looped(function: Any) -> tuple[Callable[[np.ndarray], np.ndarray], Any]:
    @numba.njit(fastmath=set(elementary.EXACT), error_model="numpy")
    def loop(x: Any, out: Any) -> None:
        for i in range(x.size):
            out[i] = function(x[i])

    def values(x: np.ndarray) -> np.ndarray:
        out = np.empty_like(x)
        loop(x, out)
        return out

    return values, loop


@pytest.mark.parametrize(
    ("function", "reference", "x", "digits"),
    [
        (elementary.exp, np.exp, WIDE, 3.0),
        (elementary.log, np.log, POSITIVE, 3.0),
        (elementary.log1p, np.log1p, ABOVE_ONE, 3.0),
        (elementary.expm1, np.expm1, WIDE, 6.0),
        (elementary.erf, special.erf, WIDE, 6.0),
        (elementary.arctan, np.arctan, WIDE, 12.0),
        (elementary.reciprocal, np.reciprocal, FROM_ONE, 1.0),
    ],
    ids=["exp", "log", "log1p", "expm1", "erf", "arctan", "reciprocal"],
)
def test_within_a_few_units_of_the_last_place(
    function: Any, reference: Any, x: np.ndarray, digits: float
) -> None:
    values, loop = looped(function)
    found = values(x)
    with np.errstate(all="ignore"):
        exact = reference(x)
    special_values = ~np.isfinite(exact)
    assert np.array_equal(found[special_values], exact[special_values], equal_nan=True)
    ordinary = ~special_values & (np.abs(exact) > 3e-308)
    units = np.abs(found[ordinary] - exact[ordinary]) / np.spacing(np.abs(exact[ordinary]))
    assert units.max() <= digits
    # below the least normal number the result may be 0
    tiny = ~special_values & ~ordinary
    assert (np.abs(found[tiny] - exact[tiny]) <= 3e-308).all()
    assert vectorised(loop)


def test_two_reciprocals_by_one_division() -> None:
    @numba.njit(fastmath=set(elementary.EXACT), error_model="numpy")
    def loop(a: Any, b: Any, of_a: Any, of_b: Any) -> None:
        for i in range(a.size):
            of_a[i], of_b[i] = elementary.reciprocals(a[i], b[i])

    a, b = FROM_ONE, RNG.permutation(FROM_ONE)
    of_a, of_b = np.empty_like(a), np.empty_like(b)
    loop(a, b, of_a, of_b)
    known = np.isfinite(a) & np.isfinite(b)
    for number, found in ((a, of_a), (b, of_b)):
        exact = 1.0 / number[known]
        ordinary = exact > 2.0**-511
        units = np.abs(found[known] - exact)[ordinary] / np.spacing(exact[ordinary])
        assert units.max() <= 2.0
        # of what is larger it may be 2^-511
        assert (np.abs(found[known] - exact)[~ordinary] <= 2.0**-511).all()
        assert np.isfinite(found[~np.isnan(a) & ~np.isnan(b)]).all()
    assert np.isnan(of_a[np.isnan(a)]).all()
    assert np.isnan(of_b[np.isnan(b)]).all()
    assert vectorised(loop)


@pytest.mark.parametrize("line", ["_gaussian", "_pearson7_held", "_doublet"])
def test_the_loop_over_points_is_vectorised(line: str) -> None:
    from spectrafit.fit.compiled import lines

    kernel = getattr(lines, line)
    if not kernel.signatures:
        kernel.compile("void(f8[::1],f8[::1],i8,f8[::1],f8[::1],f8[:,::1])")
    assert vectorised(kernel)
