"""Loops in vectors of 512 bits, where the processor has them.

LLVM compiles for 256 bits even then, since early processors of the kind slowed down under wide vectors.
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

__all__ = ["widest_vectors"]


@intrinsic
def widest_vectors(context: Any) -> Any:
    """Let the function that calls this use vectors of 512 bits."""

    def generated(target: Any, builder: Any, signature: Any, values: Any) -> Any:
        # llvmlite lists the attributes it knows, and those that LLVM reads as text are not among them
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return target.get_dummy_value()

    return types.none(), generated
