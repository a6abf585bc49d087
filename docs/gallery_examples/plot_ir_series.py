"""
From infrared spectra to bands, steps and populations
=====================================================

Twenty-one spectra from 10 to 300 K are fitted as one problem. Beside it stands what is usually plotted: absorbance
at one wavenumber. Then: between which temperatures the sample changes, and whether the bands tell an enthalpy.
**Simulated data**: the series of the shipped study.
"""

# %%
# Spectra
# -------
# Temperatures are those of the headers. The noise of each spectrum comes from its own points.

import numpy as np

from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit_ir.absorbance import absorbance_of
from spectrafit_ir.noise import noise_of

recordings = [read(path)[0] for path in sorted((root() / "feco" / "ir").glob("*K.jdx"))]
spectra = [absorbance_of(recording).spectrum for recording in recordings]
T = np.array([float(one.conditions["T"]) for one in spectra])
x = spectra[0].x
Y = np.stack([one.y for one in spectra])
sigma = np.array([noise_of(x, y).sigma for y in Y])
print(f"{len(T)} spectra of {x.size} points, {T[0]:g} to {T[-1]:g} K, noise {np.median(sigma):.1e}")

# %%
# Bands
# -----
# One fit of all spectra: positions go linearly with temperature, widths too where the data ask for it, shapes are shared,
# areas are free in every spectrum.

from spectrafit_ir.bands.linked import fit_linked
from spectrafit_ir.bands.profile import BandSpec

names = ("1260", "1296", "1329", "1380", "1440", "1485", "1514", "1556")
bands = [BandSpec(name, float(name) - 10.0, float(name) + 6.0) for name in names]
fits = fit_linked(x, Y, sigma, T, bands)
area, error = fits.area.values, fits.area.sigma
print(f"reduced chi2 {fits.redchi:.3f}")
for row in range(0, len(T), 4):
    found = "  ".join(
        f"{value:7.3f} +- {e:.3f}" for value, e in zip(area[row, 5:], error[row, 5:], strict=True)
    )
    print(f"{T[row]:5.0f} K  {found}")

# %%
# The map
# -------
# Rows stand at their true temperatures. Below: the difference to the coldest spectrum. A step is a bracket: the change
# lies between two temperatures that were measured.

from spectrafit.figures.chart import chart_figure
from spectrafit.style import SINGLE_MM
from spectrafit_ir.charts.map_chart import map_chart
from spectrafit_ir.charts.series_axes import StepMark
from spectrafit_ir.regimes.joint import joint_step

stepped = [(name, names.index(name)) for name in ("1296", "1329", "1514")]
step = joint_step({name: (T, area[:, k], error[:, k]) for name, k in stepped})
print(f"one step between {step.low:g} and {step.high:g} K, shared by {', '.join(step.shared)}")
marks = [StepMark(step.low, step.high)]
middle = dict(zip(names, fits.position.values.mean(axis=0), strict=True))
spectral_map = chart_figure(
    map_chart(x, Y, T, bands=middle, steps=marks, title="Simulated series", simulated=True),
    SINGLE_MM,
)

# %%
# Trace and area
# --------------
# The band at 1440 has the same area at all temperatures. Its absorbance at 1440 falls by more than a quarter, since the band moves
# and broadens: such a trace is no population.

from spectrafit_ir.bands.trace import trace_above_line
from spectrafit_ir.charts.traces_chart import Followed, traces_chart

shown = ("1296", "1440", "1485")
low, high = x[0], x[-1]
followed = []
for name in shown:
    one = trace_above_line(x, Y, sigma, float(name), low, high, 4)
    followed.append(Followed(name, T, one.value, one.sigma))
    print(f"{name}: trace {one.value[0]:.4f} to {one.value[-1]:.4f}")
    k = names.index(name)
    print(
        f"      area {area[0, k]:.3f}({error[0, k]:.3f}) to {area[-1, k]:.3f}({error[-1, k]:.3f})"
    )
areas = [Followed(n, T, area[:, names.index(n)], error[:, names.index(n)]) for n in shown]
traces = chart_figure(traces_chart(followed, areas, steps=marks, simulated=True), SINGLE_MM)

# %%
# What the bands say of an enthalpy
# ---------------------------------
# Above the step 1485 falls and 1556 grows. A two-state law is fitted twice, with constant end members and with such as
# drift linearly. Here the law does not hold (the truth of the simulation is a cooperative change of three states),
# and the program says so: what is left is the progress of a band.

from spectrafit_ir.charts.population_charts import dH_chart
from spectrafit_ir.population.band_series import band_series
from spectrafit_ir.population.verdict import van_t_hoff

above = step.high <= T
pair = [names.index("1485"), names.index("1556")]
regime = band_series(
    T[above], area[np.ix_(above, pair)], sigma=error[np.ix_(above, pair)], names=("1485", "1556")
)
law = van_t_hoff(regime, brackets=[(step.low, step.high)])
print(law.sentence)
profile = chart_figure(dH_chart(law, simulated=True), SINGLE_MM)
