"""
An interval that is not symmetric
=================================

The width of a weak peak can be larger by far more than it can be smaller. A standard error cannot say
so; the profile of χ² can. **Simulated data**: a peak twice as high as the noise.
"""

# %%
# Fit it
# ------

import numpy as np

from spectrafit.fit import ParameterChange, Problem, fit
from spectrafit.lines import Lorentzian, Polynomial
from spectrafit.spectrum import Spectrum

rng = np.random.default_rng(4)
x = np.linspace(-6.0, 6.0, 90)
model = Lorentzian("peak") + Polynomial(0, "base")
truth = {"peak.center": 0.4, "peak.fwhm": 1.8, "peak.height": 0.2, "base.c0": 1.0}
sigma = np.full(x.size, 0.1)
y = model.evaluate(x, truth) + sigma * rng.standard_normal(x.size)
bounds = {
    "peak.center": ParameterChange(start=0.0, min=-5.0, max=5.0),
    "peak.fwhm": ParameterChange(start=1.5, min=0.2, max=10.0),
    "peak.height": ParameterChange(start=0.3, min=0.0),
}
problem = Problem(Spectrum(x, y, sigma), model, start={"base.c0": 1.0}, parameters=bounds)
result = fit(problem)
print(f"fwhm {result.value('peak.fwhm'):.2f} +- {result.sigma('peak.fwhm'):.2f} by linear theory")

# %%
# Profile
# -------
# The width is held at many values and all else fitted again. An end of the interval is where χ² has
# risen by the square of the normal quantile: 1 for 68 %, 3.84 for 95 % (Venzon and Moolgavkar, Appl.
# Stat. 37, 87 (1988)).

from spectrafit.fit.intervals import profile

for level in (0.683, 0.95):
    print(profile(problem, "peak.fwhm", result=result, level=level).interval)
width = profile(problem, "peak.fwhm", result=result, level=0.99, steps=12)

# %%
# An area is a function of two parameters; a limit has one side.

from spectrafit.fit.quantity import area_of

limit = profile(problem, area_of("peak"), name="area", result=result, level=0.95, side="upper")
print(limit.interval)

# %%
# See it
# ------
# The linear theory takes the profile for a parabola. Below, how the height follows the width.

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

rise = width.chi2 - width.chi2[width.minimum]
wide = np.linspace(width.theta[0], width.theta[-1], 200)
parabola = ((wide - width.interval.best) / width.sigma) ** 2
shown = parabola <= 1.15 * rise.max()
ends = width.theta[[0, -1]]
traces = (
    Trace("linear theory", wide[shown], parabola[shown], TraceKind.BACKGROUND),
    Trace("68 %", ends, np.full(2, 1.0), TraceKind.REFERENCE),
    Trace("95 %", ends, np.full(2, 3.84), TraceKind.REFERENCE),
    Trace("profile", width.theta, rise, TraceKind.TOTAL),
    Trace("refits", width.theta, rise, TraceKind.DATA),
)
height = width.values[:, width.names.index("peak.height")]
chart = Chart(
    "profile",
    "Width of a weak peak",
    "FWHM",
    (
        Panel("rise of χ²", traces, 2.0, zero_line=True),
        Panel("height", (Trace("height, refitted", width.theta, height, TraceKind.CURVE),)),
    ),
    simulated=True,
)
drawn = chart_figure(chart, DOUBLE_MM)
