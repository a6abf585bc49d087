"""A crystal of known p(T), and logs of it: the parameter set H0 with an Einstein lattice part."""

from __future__ import annotations

from functools import cache

import numpy as np

from spectrafit.laws import ThreeStateLaw, three_state
from spectrafit_pyro.antisymmetric import Antisymmetric, antisymmetric
from spectrafit_pyro.log import Area, CurrentLog
from spectrafit_pyro.simulate import ramps, simulated_log
from spectrafit_pyro.sweeps import Sweep, one_sweep

AREA = Area(0.3036e-2)
RATE = 5.0 / 60.0
# faults; mean p of heating, cooling and both at 120-298 K; peak of both; I0 near 294 K
CASES = {
    "clean": ({}, 3.602, 3.601, 3.602, 30.9, 0.0),
    "offset 0.1 pA": ({"offset": 0.1}, 3.998, 3.208, 3.603, 30.9, 0.099),
    "offset 0.9 pA": ({"offset": 0.9}, 7.159, 0.048, 3.603, 30.9, 0.900),
    "leakage": ({"leakage": 0.5}, 4.017, 3.186, 3.601, 31.0, 0.424),
    "lag 2 K": ({"lag": 24.0}, 3.610, 3.595, 3.602, 25.6, 0.0),
    "wobble": ({"wobble": 0.2}, 3.603, 3.603, 3.603, 30.9, 0.0),
}
_LAW = ThreeStateLaw(S12=79.1, T12=91.0, G12=962.0, H23=4070.0, S23=4.43, rho=0.045)
_P12, _P23, _LATTICE = 0.413, 2.611, 0.29  # uC/cm2 twice, nC/(cm2 K) at 300 K


def _heat_capacity(T):
    half = 75.0 / T
    return (half / np.sinh(half)) ** 2


@cache
def truth():
    """Return T (K) and p (nC cm-2 K-1) of the crystal."""
    T = np.arange(4.0, 306.0, 0.25)
    found = three_state(T, _LAW)
    states = 1e3 * (_P12 * (found.dx2 + found.dx3) + _P23 * found.dx3)
    return T, states + _LATTICE * _heat_capacity(T) / _heat_capacity(300.0)


def true_dP(low, high):
    T, p = truth()
    inside = (low <= T) & (high >= T)
    return 1e-3 * np.trapezoid(p[inside], T[inside])


def true_mean(low, high):
    T, p = truth()
    return p[(low <= T) & (high >= T)].mean()


def branch_log(begin, end, rate=5.0, seed=0, **faults) -> CurrentLog:
    rng = np.random.default_rng(seed)
    return simulated_log(*truth(), ramps((begin, end), (rate,)), AREA, rng, **faults)


def branches(rates=(5.0, 5.0), seed=0, **faults) -> tuple[Sweep, Sweep]:
    up = branch_log(10.0, 300.0, rates[0], 2 * seed, **faults)
    down = branch_log(300.0, 10.0, rates[1], 2 * seed + 1, **faults)
    return one_sweep(up), one_sweep(down)


def joint(polarity=1, **case) -> Antisymmetric:
    return antisymmetric(*branches(**case), AREA, polarity=polarity)


def mean_between(T, values, low, high):
    return float(values[(low <= T) & (high >= T)].mean())
