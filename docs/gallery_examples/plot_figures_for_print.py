"""
Figures for print
=================

One function draws nearly anything: ``spectrafit.figures.plot``. Figures are 89 mm (a column) or 183 mm
(a page) wide, with letters of 7 or 8 points that stay text in SVG and PDF. No curve needs its colour to
be told from its neighbours. **Simulated data**: a scan of the shipped study, and infrared spectra made here.
"""

# %%
# A raw file
# ----------
# A recording is drawn as its reader found it, a panel for each column. "Simulated data" stands in every
# figure of such a file.

from spectrafit.figures import charts_of, plot
from spectrafit.reader import read
from spectrafit.reference import root

(scan,) = read(root() / "feco" / "raw" / "herfd_fe_250K.dat")
raw = plot(scan)

# %%
# A spectrum and its noise
# ------------------------
# Where σ of each point is known, the band is one standard uncertainty (k = 1). These are counts, so σ is
# the square root of IF; below the peaks it can be seen.

import numpy as np

from spectrafit.recording import Column

counts = scan.column("IF").values
noisy = scan.with_columns(Column("noise", np.sqrt(counts), "counts"), roles={"sigma": "noise"})
spectrum = noisy.spectrum(x="energy", y="IF", sigma_origin="counts").window(7106.0, 7110.0)
band = plot(spectrum)

# %%
# Thirty spectra over each other
# ------------------------------
# Many curves run through one scale of brightness, which survives a copy in grey. Neighbours differ in
# their dashes, and the legend names the first, the last and some between. Wavenumbers run from high to
# low.

from spectrafit.history import Source
from spectrafit.laws import two_state
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import Spectrum

noise = np.random.default_rng(1)
wavenumbers = np.linspace(1500.0, 1600.0, 300)
spectra = []
for T in np.linspace(10.0, 300.0, 30):
    upper = float(two_state(T, 5000.0, 35.0).value)
    bands = ((1556.0, 1.0 - upper), (1530.0, upper))
    y = sum(share * np.exp(-(((wavenumbers - centre) / 9.0) ** 2)) for centre, share in bands)
    y = 0.1 + y + 0.004 * noise.standard_normal(wavenumbers.size)
    source = Source(f"{T:03.0f}K", simulated=True)
    spectra.append(Spectrum(wavenumbers, y, x_unit="cm-1", conditions={"T": T}, source=source))
series = SpectrumSeries(tuple(spectra))
wide = plot(series, 183)

# %%
# A fit of your own
# -----------------
# Data are points, the background is broken, each peak is tinted down to it, the total is the full line.

from spectrafit.fit import Problem, fit
from spectrafit.lines import Gaussian, Polynomial

model = Gaussian("band 1") + Gaussian("band 2") + Polynomial(0, name="background")
start = {
    "band 1.center": 1556.0,
    "band 1.fwhm": 14.0,
    "band 1.height": 0.5,
    "band 2.center": 1530.0,
    "band 2.fwhm": 14.0,
    "band 2.height": 0.5,
    "background.c0": 0.1,
}
problem = Problem(series[13], model, start=start)
result = fit(problem)
fitted = plot(result, problem=problem)

# %%
# The numbers behind it
# ---------------------
# Every noun becomes a table of pandas; units and conditions are in ``attrs``.

print(result.to_frame()[["name", "value", "sigma", "unit"]].round(4).to_string(index=False))
frame = series.to_frame()
print(frame.shape, frame.attrs["units"])

# %%
# A chart of your own
# -------------------
# A chart is data: panels, curves, labels. The same value is drawn by ``plot``, by the page of a report,
# and written as CSV.

from spectrafit.panel import Chart, Panel, Trace

temperatures = series.values
heights = np.array([one.y[np.argmin(np.abs(one.x - 1530.0))] for one in series])
points = Trace("height at 1530 cm⁻¹", temperatures, heights, sigma=np.full(heights.size, 0.004))
panel = Panel("absorbance", (points,))
chart = Chart("height", "The upper state grows", "temperature / K", (panel,), simulated=True)
trend = plot(chart)
print([one.name for one in charts_of(chart)], list(chart.to_frame().columns))
