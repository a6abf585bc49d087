"""
Why the line shape needs its convention
=======================================

"A 50:50 pseudo-Voigt" means two curves: mixed by height or by area. A Pearson VII lies between a
Lorentzian and a Gaussian too, by its exponent. Curves of one height and one width differ in their
tails, and so in their areas. Nothing here is measured.
"""

# %%
# The curves
# ----------
# All have height 1 and FWHM 1. Mixed by height, half of the *height* is Lorentzian; mixed by area, half
# of the *area* is, and only 0.404 of the height.

import numpy as np

from spectrafit.lines import (
    Gaussian,
    Lorentzian,
    Pearson7,
    PseudoVoigtByArea,
    PseudoVoigtByHeight,
)

x = np.linspace(-4.0, 4.0, 801)


def of_height_one(line, *last):
    """Return a line's curve and area at height 1 and FWHM 1."""
    top = line.function(np.zeros(1), 0.0, 1.0, 1.0, *last)[0][0]
    return line.function(x, 0.0, 1.0, 1.0 / top, *last)[0], line.area(0.0, 1.0, 1.0 / top, *last)


shapes = {
    "Gaussian": of_height_one(Gaussian),
    "Lorentzian": of_height_one(Lorentzian),
    "pseudo-Voigt 50:50 by height": of_height_one(PseudoVoigtByHeight, 0.5),
    "pseudo-Voigt 50:50 by area": of_height_one(PseudoVoigtByArea, 0.5),
    "Pearson VII, m = 1.91": of_height_one(Pearson7, 1.91),
    "Pearson VII, m = 2.38": of_height_one(Pearson7, 2.38),
}

# %%
# The areas
# ---------
# Equal height and width, areas from 1.06 to 1.57. "height × FWHM", as older tables give an area, is 1
# for all of them. The last column is what a window of 4 FWHM holds of the area.

inside = np.abs(x) <= 2.0
print(f"{'shape':30} {'area':>6} {'within 4 FWHM':>14}")
for name, (curve, area) in shapes.items():
    held = np.trapezoid(curve[inside], x[inside]) / area
    print(f"{name:30} {area:6.3f} {100 * held:12.1f} %")

# %%
# Nearest exponents
# -----------------
# m = 1.91 and 2.38 are the exponents whose Pearson VII, of the same height and FWHM, has the least
# squared distance from the two pseudo-Voigts over 3 FWHM on either side. Over another range they would be
# others; the tails of the two shapes never agree.

from spectrafit.fit import ParameterChange, Problem, fit
from spectrafit.spectrum import Spectrum

held = ParameterChange(start=1.0, fixed=True)
changes = {"p.height": held, "p.fwhm": held, "p.exponent": ParameterChange(fixed=False)}
for rule in ("height", "area"):
    target = Spectrum(x, shapes[f"pseudo-Voigt 50:50 by {rule}"][0]).window(-3.0, 3.0)
    result = fit(Problem(target, Pearson7("p"), parameters=changes))
    print(f"50:50 by {rule}: m = {result.value('p.exponent'):.2f}")

# %%
# Draw
# ----

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

traces = tuple(Trace(name, x, curve, TraceKind.TOTAL) for name, (curve, _) in shapes.items())
by_height = shapes["pseudo-Voigt 50:50 by height"][0]
differences = tuple(
    Trace(name, x, curve - by_height, TraceKind.TOTAL) for name, (curve, _) in shapes.items()
)
chart = Chart(
    "shapes",
    "Six curves of height 1 and FWHM 1",
    "x / FWHM",
    (
        Panel("y / height", traces, 1.4),
        Panel("minus pseudo-Voigt by height", differences, 1.0, zero_line=True),
    ),
)
curves = chart_figure(chart, DOUBLE_MM)

# %%
# The Pearson VII was named by Hall, Veeraraghavan, Rubin and Winchell, J. Appl. Cryst. 10, 66 (1977).
# Every line of the suite, with its parameters and areas: :doc:`/explanation/line-shapes`.
