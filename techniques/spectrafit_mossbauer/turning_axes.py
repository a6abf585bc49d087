"""A doublet that hops between two states whose field gradients have different axes, signs or eta.

Axes that turn with a jump mix both lines of the doublet: the relaxation matrix of M. Blume, Phys.
Rev. 174, 351 (1968), with random jumps as in M. J. Clauser and M. Blume, Phys. Rev. B 3, 583 (1971).
A quadrupole interaction splits only the excited level, I = 3/2, where every one is ``(QS/2) n.G``
with five matrices G that anticommute and a unit vector n. Two of them span a space in which both
are 2 x 2, at the angle whose cosine is the overlap of the tensors, so that for a powder

    I(v) = (1/2 pi) Re Tr S/(1 - K S),  S = sum_j p_j / [w/2 + K + i(v - IS_j) - i (QS_j/2) n_j.s]

with K = k_ex/kappa and Pauli's s, and the trace has a closed form. An overlap of 1 is
`hopping.HoppingDoublet`; the fast limit is a doublet of the mean tensor (`tensor.tensor_average`).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.lines.line import KnownAnswer, Line, LineParameter
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.hopping import LOG_K_RANGE, HoppingDoublet

__all__ = ["TurningDoublet", "axial_overlap", "tensor_overlap", "turning_doublet"]

_LN10 = math.log(10.0)


class _State(NamedTuple):
    """Of one state: its part of S, of 1 - K S, and along n; then their slopes by g, q and K."""

    value: tuple[Any, Any, Any]
    by_g: tuple[Any, Any, Any]
    by_q: tuple[Any, Any, Any]
    by_jumps: tuple[Any, Any, Any]


def _state(g: Any, q: Any, jumps: Any) -> _State:
    a = g + jumps
    w = 1.0 / (a * a + q * q)
    s, rest, along = a * w, (a * g + q * q) * w, q * w
    ds = w - 2.0 * s * s
    return _State(
        (s, rest, along),
        (ds, (g + a) * w - 2.0 * s * rest, -2.0 * s * along),
        (-2.0 * s * along, 2.0 * along * (1.0 - rest), w - 2.0 * along * along),
        (ds, g * w - 2.0 * s * rest, -2.0 * s * along),
    )


def turning_doublet(
    x: Any,
    center1: Any,
    splitting1: Any,
    center2: Any,
    splitting2: Any,
    p2: Any,
    log_k: Any,
    fwhm: Any,
    area: Any,
    overlap: Any,
) -> tuple[Any, ...]:
    """Return a doublet that hops between states of different axes, and its derivatives.

    Parameters
    ----------
    x : ndarray
        Velocities, mm/s.
    center1, splitting1, center2, splitting2 : float
        Isomer shift and quadrupole splitting of each state, mm/s.
    p2 : float
        Population of state 2.
    log_k : float
        log10 of k_ex = k12 + k21 in 1/s.
    fwhm : float
        Full width at half maximum of every line without hopping, mm/s.
    area : float
        In units of x times y; negative for absorption in transmitted counts.
    overlap : float
        Scalar product of both field gradients as tensors of length 1, -1 to 1.

    Returns
    -------
    tuple of ndarray
        Value, then the derivative by every parameter in the order of the arguments.
    """
    jumps, p1 = np.power(10.0, np.clip(log_k, *LOG_K_RANGE)) / KAPPA, 1.0 - p2
    one = _state(0.5 * fwhm + 1j * (x - center1), 0.5 * splitting1, jumps)
    two = _state(0.5 * fwhm + 1j * (x - center2), 0.5 * splitting2, jumps)
    s = p1 * one.value[0] + p2 * two.value[0]
    rest = p1 * one.value[1] + p2 * two.value[1]
    r1, r2 = p1 * one.value[2], p2 * two.value[2]
    cross = r1 * r2
    square = r1 * r1 + r2 * r2 + 2.0 * overlap * cross
    top, inverse = s * rest - jumps * square, 1.0 / (rest * rest + jumps * jumps * square)
    shape = top * inverse
    by_s, by_rest = rest * inverse, (s - 2.0 * shape * rest) * inverse
    by_square = -jumps * (1.0 + shape * jumps) * inverse
    by_jumps = -square * (1.0 + 2.0 * shape * jumps) * inverse

    def chain(slopes: tuple[Any, Any, Any], share: Any, which: int) -> Any:
        own, other = (r1, r2) if which == 1 else (r2, r1)
        along = 2.0 * (own + overlap * other) * share * slopes[2]
        return by_s * share * slopes[0] + by_rest * share * slopes[1] + by_square * along

    by_g1, by_g2 = chain(one.by_g, p1, 1), chain(two.by_g, p2, 2)
    by_q1, by_q2 = chain(one.by_q, p1, 1), chain(two.by_q, p2, 2)
    moved = by_jumps + chain(one.by_jumps, p1, 1) + chain(two.by_jumps, p2, 2)
    shared = chain(two.value, 1.0, 2) - chain(one.value, 1.0, 1)
    scale = 1.0 / math.pi
    size = scale * area
    return (
        size * np.real(shape),
        size * np.imag(by_g1),
        0.5 * size * np.real(by_q1),
        size * np.imag(by_g2),
        0.5 * size * np.real(by_q2),
        size * np.real(shared),
        size * _LN10 * jumps * np.real(moved),
        0.5 * size * np.real(by_g1 + by_g2),
        scale * np.real(shape),
        2.0 * size * np.real(by_square * cross),
    )


def axial_overlap(angle_deg: float) -> float:
    """Return the overlap of two axial field gradients, ``P2(cos b)``, signs left to the splittings.

    Parameters
    ----------
    angle_deg : float
        b, between their axes, degrees.

    Returns
    -------
    float
        1 for common axes, -1/2 at right angles.
    """
    return 1.5 * math.cos(math.radians(angle_deg)) ** 2 - 0.5


def tensor_overlap(first: ArrayLike, second: ArrayLike) -> float:
    """Return the overlap of two field gradients of any axes and eta.

    Parameters
    ----------
    first, second : array_like, shape (3, 3)
        Symmetric and traceless, in any unit, in one frame. Splittings are then positive.

    Returns
    -------
    float
        -1 to 1.

    Raises
    ------
    SettingsError
        When one is not symmetric, not traceless, or zero.
    """
    both = [np.asarray(one, dtype=float) for one in (first, second)]
    for one in both:
        size = float(np.abs(one).max()) if one.shape == (3, 3) else 0.0
        if not size > 0.0 or np.abs(one - one.T).max() + abs(np.trace(one)) > 1e-9 * size:
            raise SettingsError(
                "a field gradient is not a symmetric traceless 3 x 3 tensor", where="turning axes"
            )
    lengths = [np.sqrt((one**2).sum()) for one in both]
    return float((both[0] * both[1]).sum() / (lengths[0] * lengths[1]))


def _area(*p: Any) -> Any:
    return p[7]


def _draw(rng: np.random.Generator) -> tuple[float, ...]:
    assert HoppingDoublet.draw is not None
    return (*HoppingDoublet.draw(rng), float(rng.uniform(-0.9, 0.9)))


TurningDoublet = Line(
    name="turning_doublet",
    meaning="doublet that hops between two states of different axes, for a powder",
    function=turning_doublet,
    parameters=(
        *HoppingDoublet.parameters,
        LineParameter(
            "overlap", "1", 1.0, -1.0, 1.0, "scalar product of the unit field gradients", fixed=True
        ),
    ),
    area=_area,
    known=(
        KnownAnswer(
            0.0,
            (0.5, 1.0, 0.5, 1.0, 0.4, 9.0, 1.0, math.pi, 1.0),
            1.2,
            "equal states: half an area in each Lorentzian, 1 + 1/(1 + 4) of its maximum",
        ),
    ),
    draw=_draw,
    sources=(
        "M. Blume, Phys. Rev. 174, 351 (1968)",
        "M. J. Clauser and M. Blume, Phys. Rev. B 3, 583 (1971)",
    ),
    constants=(("kappa", KAPPA),),
)
