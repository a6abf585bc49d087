"""
A width shared by a series
==========================

Spectra of one series often share something: a width that grows in proportion to temperature, a
splitting that stays. One fit of all spectra uses it. **Simulated data**: an infrared band that
broadens by a fifth and moves, on a sloping base, at twelve temperatures.
"""

# %%
# Simulate
# --------
# The band loses intensity on warming, so that hot spectra say little about its width.

import numpy as np

from spectrafit.lines import Lorentzian, Polynomial

T = np.linspace(10.0, 300.0, 12)
wavenumber = np.arange(1420.0, 1551.0, 2.0)
model = Lorentzian("band") + Polynomial(1, name="base", origin=1485.0)
truth = {
    "band.center": 1486.0 - 0.01 * (T - 155.0),
    "band.fwhm": 16.5 + 0.0103 * (T - 155.0),
    "band.height": 0.1 / (1.0 + np.exp((T - 170.0) / 40.0)) + 0.008,
    "base.c0": np.full(T.size, 0.02),
    "base.c1": np.linspace(1e-4, -1e-4, T.size),
}
noise = 8e-4
rows = [{name: values[i] for name, values in truth.items()} for i in range(T.size)]
rng = np.random.default_rng(1485)
clean = np.array([model.evaluate(wavenumber, row) for row in rows])
y = clean + noise * rng.standard_normal(clean.shape)

# %%
# Fit with laws
# -------------
# Position and width are linear in temperature, height and base free in every spectrum. Whether the
# laws hold is tested: χ² rises above that of the spectra fitted by themselves, and by how much it
# may rise by chance is known.

from spectrafit.fit import Problem, constant_law, fit_shared, linear_law
from spectrafit.spectrum import Spectrum

sigma = np.full(wavenumber.size, noise)
start = {"band.center": 1486.0, "band.fwhm": 15.0, "band.height": 0.05}
problem = Problem(Spectrum(wavenumber, y[0], sigma, x_unit="cm-1", y_unit="1"), model, start=start)
linear = linear_law(T, unit="K")
laws = {"band.center": linear, "band.fwhm": linear}
found = fit_shared(problem, y, laws, sigma=sigma)
own = found.coefficients
for name, unit in zip(own.names, own.units, strict=True):
    print(f"{name:22} {own.value(name):10.4f} +- {own.sigma(name):.4f} {unit}")

one_width = fit_shared(problem, y, {**laws, "band.fwhm": constant_law(T.size)}, sigma=sigma)
for text, one in (("width linear in T", found), ("one width", one_width)):
    test = one.test
    rise = test.chi2 - test.chi2_independent
    print(
        f"{text}: chi2 rises by {rise:.1f} for {test.freedom} parameters less, p = {test.p_value:.2g}"
    )

# %%
# See it
# ------
# Above, points are fits of each spectrum by itself, and the line is the law with its error. Below,
# with one width for all, cold heights come out too low and warm ones too high, by up to four errors:
# a law that does not hold is worse than none.

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

alone = found.independent
width, height = "band.fwhm", "band.height"
widths = (
    Trace("each by itself", T, alone.value(width), TraceKind.DATA, sigma=alone.sigma(width)),
    Trace("linear in T", T, found.value(width), TraceKind.TOTAL, sigma=found.sigma(width)),
    Trace("one width", T, one_width.value(width), TraceKind.BACKGROUND),
)
pulls = (
    Trace(
        "height, linear in T",
        T,
        (found.value(height) - truth[height]) / found.sigma(height),
        TraceKind.DATA,
    ),
    Trace(
        "height, one width",
        T,
        (one_width.value(height) - truth[height]) / one_width.sigma(height),
        TraceKind.DATA,
    ),
)
chart = Chart(
    "shared_width",
    "A width linear in temperature",
    "temperature / K",
    (Panel("FWHM / cm⁻¹", widths), Panel("(height − truth)/σ", pulls, zero_line=True)),
    simulated=True,
)
shared_width = chart_figure(chart, DOUBLE_MM)

# %%
# What the law brings: errors in cm⁻¹ of the width in a spectrum, and of its height.

for i in (0, 6, 11):
    print(
        f"{T[i]:5.0f} K: {alone.sigma(width)[i]:.2f} alone, {found.sigma(width)[i]:.2f} with the law;"
        f" height {alone.sigma(height)[i]:.5f} and {found.sigma(height)[i]:.5f}"
    )
