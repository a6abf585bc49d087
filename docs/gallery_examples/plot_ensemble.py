"""
The area under a pre-edge depends on what it is fitted with
===========================================================

One spectrum, fitted in every window, over every background and with every number of peaks that one
could defend. **Simulated data**: three peaks before an error-function edge, noise 4e-4 of the step.
"""

# %%
# A function makes the problem of one combination
# -----------------------------------------------

from functools import reduce
from operator import add

import numpy as np

from spectrafit.fit import ParameterChange, Problem
from spectrafit.lines import ArctanStep, ErfStep, Pearson7, Polynomial
from spectrafit.spectrum import Spectrum

noise = 4e-4
x = np.linspace(-4.0, 9.0, 150)
peaks = [Pearson7(f"p{k}") for k in (1, 2, 3)]
model = reduce(add, peaks, ErfStep("edge") + Polynomial(1, "base"))
truth = {"edge.center": 10.5, "edge.width": 3.5, "edge.height": 0.95}
truth |= {"base.c0": 0.005, "base.c1": 0.001}
for name, center, height in (("p1", 1.4, 0.05), ("p2", 2.9, 0.08), ("p3", 4.7, 0.04)):
    truth |= {f"{name}.center": center, f"{name}.fwhm": 1.4, f"{name}.height": height}
    truth |= {f"{name}.exponent": 1.91}
y = model.evaluate(x, truth) + noise * np.random.default_rng(1).standard_normal(x.size)

centers = {"2": (1.9, 4.0), "3": (1.4, 2.9, 4.7), "4": (0.9, 2.1, 3.5, 5.0)}


def problem(window, edge, count):
    inside = (x >= window[0]) & (x <= window[1])
    spectrum = Spectrum(x[inside], y[inside], np.full(inside.sum(), noise), x_unit="eV")
    changes = {
        "edge.center": ParameterChange(start=10.4, min=8.0, max=14.0),
        "edge.width": ParameterChange(start=3.0, min=0.5, max=8.0),
        "edge.height": ParameterChange(start=0.9, min=0.1, max=3.0),
    }
    for k, center in enumerate(centers[count], start=1):
        reach = {"min": center - 1.2, "max": center + 1.2}
        changes[f"p{k}.center"] = ParameterChange(start=center, **reach)
        changes[f"p{k}.fwhm"] = ParameterChange(start=1.4, min=0.4, max=4.0)
        changes[f"p{k}.height"] = ParameterChange(start=0.05, min=0.0, max=1.0)
    lines = [Pearson7(f"p{k}") for k in range(1, len(centers[count]) + 1)]
    whole = reduce(add, lines, edge("edge") + Polynomial(1, "base"))
    return Problem(spectrum, whole, parameters=changes)


# %%
# What is read off each fit is a function of the fitted values
# ------------------------------------------------------------

from spectrafit.fit.quantity import Quantity

unit_area = Pearson7("p").line.area(0.0, 1.0, 1.0, 1.91)


def area(problem, values):
    names = [name for name in values if name.endswith(".fwhm")]
    return unit_area * sum(values[name] * values[name.replace("fwhm", "height")] for name in names)


# %%
# All combinations at once
# ------------------------

from spectrafit.fit.ensemble import ensemble

choices = {
    "window": {f"{a:g} to {b:g} eV": (a, b) for a, b in ((-4, 9), (-3.5, 8.5), (-3, 8), (-2, 7))},
    "edge": {"erf": ErfStep, "arctan": ArctanStep},
    "count": {n: n for n in centers},
}
found = ensemble(problem, choices, {"area": Quantity(area, "eV")}, resamples=100, seed=1)
one = found.estimates["area"]
true_area = unit_area * 1.4 * (0.05 + 0.08 + 0.04)
print(f"area {one.value:.4f} +- {one.sigma:.4f} eV (made with {true_area:.4f})")
for source, sigma in one.budget.items():
    print(f"  {source:12} {sigma:.4f} eV")
print(f"{len(found.kept)} of {len(found.members)} combinations count; {found.fits} fits")

# %%
# Why the others do not count
# ---------------------------

for name, why in list(found.not_kept.items())[:6]:
    print(f"{name}: {why}")

# %%
# See it
# ------
# Each combination that counts, with its own statistical error. Members of one window share its
# weight by BIC; the line is the weighted mean, the band its total error.

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

place = np.arange(1, len(found.kept) + 1)
ends = np.array([0.5, len(place) + 0.5])
level = np.full(2, one.value)
traces = (
    Trace("mean, total error", ends, level, TraceKind.TOTAL, sigma=np.full(2, one.sigma)),
    Trace("each combination", place, one.values, TraceKind.DATA, sigma=one.sigmas),
    Trace("made with", ends, np.full(2, true_area), TraceKind.REFERENCE),
)
weights = (Trace("weight", place, one.weights, TraceKind.DATA),)
chart = Chart(
    "ensemble",
    "Area of the pre-edge by combination",
    "combination, in the order of the choices",
    (Panel("area / eV", traces, 2.0), Panel("weight", weights, zero_line=True)),
    simulated=True,
)
members = chart_figure(chart, DOUBLE_MM)
