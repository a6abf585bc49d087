"""Elementary functions of one number, free of branches, so that a loop over points is vectorised.

Numba without Intel's vector library calls `exp` or `log` once a point; these are sums and products
alone. They take the places of those in `spectrafit.lines.elementary` inside compiled lines. Errors
are a few units in the last place over the whole range (tested), infinities and NaN included.

Sources: Cody, Waite, *Software manual for the elementary functions* (1980): reduction of the
argument; coefficients of erf (Taylor below 0.5) and
arctan are Chebyshev fits to scipy's erfcx and numpy's arctan.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from spectrafit.lines import elementary

__all__ = [
    "EXACT",
    "INLINED",
    "arctan",
    "erf",
    "exp",
    "expm1",
    "log",
    "log1p",
    "reciprocal",
    "reciprocals",
]

# products may be fused and divisions by a common number shared, but sums are never reordered: the
# functions split numbers in high and low parts
EXACT = frozenset({"contract", "arcp", "nsz"})

# LLVM puts the functions into the loop: numba's own inlining gives the same code, but takes half a
# minute for one Pearson VII, since it finds the types of everything anew with each
INLINED: dict[str, Any] = {"fastmath": set(EXACT), "error_model": "numpy", "forceinline": True}
_inlined = numba.njit(**INLINED)

_ROUND = 6755399441055744.0
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG2E = 1.4426950408889634
_TINY = 2.2250738585072014e-308
_TWO54 = 18014398509481984.0
_BIAS = np.int64(1023)
_BELOW = np.int64(1022)
_SHIFT = np.int64(52)
# bits of sqrt(1/2), and of 2^1 as an exponent that keeps the difference positive
_HALF_ROOT = np.int64(0x3FE6A09E667F3BCD)
_LIFT = np.int64(0x4000000000000000)
_LIFTED = np.int64(1024)
_INTEGER = np.int64(0x4330000000000000)
_TWO52 = 4503599627370496.0
# bits less those of x are 1/x within 12 %; 1/x of what is larger would be below the normal numbers
_RECIPROCAL = np.int64(0x7FDE623822FC16E6)
_LARGE = 2.0**1022
# of two numbers whose product no double would hold
_ROOT = 2.0**511
_INFINITE = math.inf
_NAN = math.nan


@intrinsic
def _bits(context: Any, x: Any) -> Any:
    """Return the 64 bits of a number as an integer."""

    def generated(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.IntType(64))

    return types.int64(types.float64), generated


@intrinsic
def _number(context: Any, x: Any) -> Any:
    """Return the number that 64 bits are."""

    def generated(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.DoubleType())

    return types.float64(types.int64), generated


@intrinsic
def _exponent_bits(context: Any, x: Any) -> Any:
    """Return the bits shifted right by 52, zeros coming in: AVX2 has no other 64-bit right shift."""

    def generated(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.lshr(values[0], ir.Constant(ir.IntType(64), 52))

    return types.int64(types.int64), generated


@intrinsic
def _not_larger(context: Any, x: Any, limit: Any) -> Any:
    """Return the number, of a larger one the limit; not a number stays what it is."""

    def generated(_: Any, builder: Any, __: Any, values: Any) -> Any:
        number, most = values
        return builder.select(builder.fcmp_ordered(">", number, most), most, number)

    return types.float64(types.float64, types.float64), generated


@_inlined
def exp(x: float) -> Any:
    """Return e to the power x; 0 where it is below the least normal number."""
    # written so that NaN goes through
    y = -707.5 if x < -707.5 else x
    y = 709.79 if y > 709.79 else y
    t = y * _LOG2E + _ROUND
    n = t - _ROUND
    r = (y - n * _LN2_HIGH) - n * _LN2_LOW
    p0 = 1.0 + 1.0 * r
    p1 = 0.5 + 0.16666666666666666 * r
    p2 = 0.041666666666666664 + 0.008333333333333333 * r
    p3 = 0.001388888888888889 + 0.0001984126984126984 * r
    p4 = 2.48015873015873e-05 + 2.7557319223985893e-06 * r
    p5 = 2.755731922398589e-07 + 2.505210838544172e-08 * r
    p6 = 2.08767569878681e-09
    r2 = r * r
    p0 = p0 + p1 * r2
    p2 = p2 + p3 * r2
    p4 = p4 + p5 * r2
    r4 = r2 * r2
    p0 = p0 + p2 * r4
    p4 = p4 + p6 * r4
    r8 = r4 * r4
    p0 = p0 + p4 * r8
    # one factor 2 apart, so that the largest results do not overflow on the way
    value = (p0 + p0) * _number((_bits(t) + _BELOW) << _SHIFT)
    return 0.0 if x < -707.5 else value


@_inlined
def reciprocal(x: float) -> Any:
    """Return 1/x of x from 1 on, in a third of a division's time; never below 2^-1022."""
    # a choice between two values here would be a branch once the function stands in a line twice
    y = _not_larger(x, _LARGE)
    first = _number(_RECIPROCAL - _bits(y))
    # what is missing becomes its third power, twice, and then its square
    missing = 1.0 - y * first
    second = first + first * (missing + missing * missing)
    less = 1.0 - y * second
    third = second + second * (less + less * less)
    return third + third * (1.0 - y * third)


@_inlined
def reciprocals(a: float, b: float) -> Any:
    """Return 1/a and 1/b of numbers from 1 on by one division; never below 2^-511."""
    c, d = _not_larger(a, _ROOT), _not_larger(b, _ROOT)
    both = 1.0 / (c * d)
    return d * both, c * both


@_inlined
def _log_of_sum(high: float, low: float, scale: float) -> Any:
    """Return log((high + low)/2^scale), a normal high part and a low one below its last digit."""
    bits = _bits(high)
    lifted = _exponent_bits(bits - _HALF_ROOT + _LIFT)
    e = lifted - _LIFTED
    m = _number(bits - (e << _SHIFT))
    # the low part on the scale of m
    rest = low * _number((_BIAS - e) << _SHIFT)
    power = (_number(lifted + _INTEGER) - _TWO52) - (1024.0 + scale)
    s = ((m - 1.0) + rest) / (m + 1.0)
    z = s * s
    p0 = 0.6666666666666735 + 0.3999999999940942 * z
    p1 = 0.2857142874366239 + 0.22222198432149784 * z
    p2 = 0.1818357216161805 + 0.15313837699209373 * z
    p3 = 0.14798198605116586
    z2 = z * z
    p0 = p0 + p1 * z2
    p2 = p2 + p3 * z2
    z4 = z2 * z2
    p0 = p0 + p2 * z4
    value = power * _LN2_HIGH + (2.0 * s + (s * z * p0 + power * _LN2_LOW))
    value = -_INFINITE if high == 0.0 else value
    value = value if high >= 0.0 else _NAN
    return high if high == _INFINITE else value


@_inlined
def log(x: float) -> Any:
    """Return the natural logarithm of x."""
    small = x < _TINY
    return _log_of_sum(x * _TWO54 if small else x, 0.0, 54.0 if small else 0.0)


@_inlined
def log1p(x: float) -> Any:
    """Return the natural logarithm of 1 + x, exact near 0."""
    high = 1.0 + x
    return _log_of_sum(high, x - (high - 1.0), 0.0)


@_inlined
def expm1(x: float) -> Any:
    """Return e to the power x less 1, exact near 0 (Kahan's quotient of exp and its logarithm)."""
    u = exp(x)
    less = u - 1.0
    logarithm = log(u)
    value = x if less == 0.0 else less * x / logarithm
    value = less if less == -1.0 else value
    return u if x > 700.0 else value


@_inlined
def erf(x: float) -> Any:
    """Return the error function of x."""
    a = abs(x)
    s = 2.0 / (2.0 + a)
    u = 2.0 * s - 1.0
    p0 = 0.5107913526210119 + 0.34358034220690353 * u
    p1 = 0.1397360462780414 + 0.01822111575339348 * u
    p2 = -0.010755330944917058 - 0.0032395925316348003 * u
    p3 = 0.0015453060251765102 + 0.0004186479988554431 * u
    p4 = -0.00033153664545066596 - 1.7185466408815323e-05 * u
    p5 = 7.223440504598796e-05 - 1.7075663452730713e-05 * u
    p6 = -1.0843233041059284e-05 + 8.064294007134176e-06 * u
    p7 = -5.781632515730695e-07 - 1.8298572147273286e-06 * u
    p8 = 1.0329640170642844e-06 + 9.489472013661753e-09 * u
    p9 = -3.3024154918904693e-07 + 1.5433299237313152e-07 * u
    p10 = 3.956206131706188e-08 - 5.3391495984698996e-08 * u
    p11 = 4.840302133672992e-09 + 6.947644559217695e-09 * u
    p12 = -1.5805068191585278e-09
    u2 = u * u
    p0 = p0 + p1 * u2
    p2 = p2 + p3 * u2
    p4 = p4 + p5 * u2
    p6 = p6 + p7 * u2
    p8 = p8 + p9 * u2
    p10 = p10 + p11 * u2
    u4 = u2 * u2
    p0 = p0 + p2 * u4
    p4 = p4 + p6 * u4
    p8 = p8 + p10 * u4
    u8 = u4 * u4
    p0 = p0 + p4 * u8
    p8 = p8 + p12 * u8
    u16 = u8 * u8
    p0 = p0 + p8 * u16
    z = x * x
    q0 = 1.1283791670955126 - 0.37612638903183754 * z
    q1 = 0.11283791670955126 - 0.026866170645131252 * z
    q2 = 0.005223977625442188 - 0.0008548327023450852 * z
    q3 = 0.00012055332981789664 - 1.492565035840625e-05 * z
    q4 = 1.6462114365889246e-06 - 1.6365844691234924e-07 * z
    q5 = 1.4807192815879218e-08 - 1.2290555301717926e-09 * z
    q6 = 9.422759064650411e-11
    z2 = z * z
    q0 = q0 + q1 * z2
    q2 = q2 + q3 * z2
    q4 = q4 + q5 * z2
    z4 = z2 * z2
    q0 = q0 + q2 * z4
    q4 = q4 + q6 * z4
    z8 = z4 * z4
    q0 = q0 + q4 * z8
    value = a * q0 if a < 0.5 else 1.0 - exp(-z) * s * p0
    return math.copysign(value, x)


@_inlined
def arctan(x: float) -> Any:
    """Return the angle in radians whose tangent is x."""
    a = abs(x)
    large = a > 2.414213562373095
    middle = a > 0.4142135623730951
    above = -1.0 if large else (a - 1.0 if middle else a)
    below = a if large else (a + 1.0 if middle else 1.0)
    base = 1.5707963267948966 if large else (0.7853981633974483 if middle else 0.0)
    v = above / below
    u = v * v * 11.65685424949238 - 1.0
    p0 = 0.9727918173603548 - 0.02590019545981253 * u
    p1 = 0.0012335918790059536 - 6.980070657527919e-05 * u
    p2 = 4.296549777762739e-06 - 2.780680471615114e-07 * u
    p3 = 1.8605603234650246e-08 - 1.275386763627664e-09 * u
    p4 = 8.928864597741241e-11 - 5.348739773450497e-12 * u
    p5 = 1.095296499177803e-13 - 8.264966702511397e-13 * u
    p6 = 1.2058310082691396e-13 + 2.572439484307498e-13 * u
    u2 = u * u
    p0 = p0 + p1 * u2
    p2 = p2 + p3 * u2
    p4 = p4 + p5 * u2
    u4 = u2 * u2
    p0 = p0 + p2 * u4
    p4 = p4 + p6 * u4
    u8 = u4 * u4
    p0 = p0 + p4 * u8
    return math.copysign(base + v * p0, x)


def _takes_the_place_of(original: Any, scalar: Any) -> None:
    """Let compiled lines call the scalar function where they say the elementary one."""
    overload(original, jit_options=INLINED)(lambda x: lambda x: scalar(x))


for _name, _scalar in (
    ("exp", exp),
    ("expm1", expm1),
    ("log", log),
    ("log1p", log1p),
    ("erf", erf),
    ("arctan", arctan),
    ("reciprocal", reciprocal),
    ("sqrt", math.sqrt),
    ("sin", math.sin),
    ("cos", math.cos),
):
    _takes_the_place_of(getattr(elementary, _name), _scalar)

overload(elementary.reciprocals, jit_options=INLINED)(lambda a, b: lambda a, b: reciprocals(a, b))
overload(elementary.power, jit_options=INLINED)(
    lambda x, exponent: lambda x, exponent: math.pow(x, exponent)
)
