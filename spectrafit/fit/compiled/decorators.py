"""Ways a function of arrays is compiled; all of them let other threads run and keep the code."""

from __future__ import annotations

from typing import Any

import numba

__all__ = ["allocating", "any_order", "in_order", "plain"]

# what calls no allocator need not count who holds an array: the counts, in every function that is
# handed one, took an eighth of a fit
_KEPT: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_UNCOUNTED: dict[str, Any] = {**_KEPT, "_nrt": False}

plain = numba.njit(**_UNCOUNTED)
allocating = numba.njit(**_KEPT)
# products may be fused; sums over points may be taken in any order, or stay in the order written:
# for a few numbers vectors cost more than they save
any_order = numba.njit(**_UNCOUNTED, fastmath={"contract", "arcp", "nsz", "reassoc"})
in_order = numba.njit(**_UNCOUNTED, fastmath={"contract", "arcp", "nsz"})
