"""
The pre-edge area under every defensible choice
===============================================

Window, rising edge, line shape, number of peaks: each could have been chosen otherwise, and the area
moves with each. The technique fits them all. **Simulated data**: the Fe K edge of the shipped study
at 250 K, made with two peaks and an area of 8.8.
"""

# %%
# Prepare one scan
# ----------------

from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit_xas.preedge.peak_count import counted_peaks
from spectrafit_xas.preparation import fit_region, prepared_scan
from spectrafit_xas.settings import XanesSettings

raw = root() / "feco" / "raw"
(scan,) = read(raw / "xanes_fe_250K.dat")
foils = (*read(raw / "foil_fe_before.dat"), *read(raw / "foil_fe_after.dat"))
settings = XanesSettings(foil_eV=7111.2, window_eV=(7107.0, 7118.0))
prepared = prepared_scan((scan,), foils, settings)
counted = counted_peaks(fit_region(prepared, settings), settings, prepared.window_eV)

# %%
# Fit everything
# --------------
# Five windows, five forms of the rising edge, three shapes, and the number of peaks with its
# neighbours. ``xanes.observe`` does the same.

from spectrafit_xas.preedge.scan_ensemble import scan_ensemble

result = scan_ensemble(prepared, counted, settings)
area = result.found.estimates["area"]
print(f"{result.kept} of {result.tried} fits pass the screen")
print(f"area {area.value:.2f} ± {area.sigma:.2f}, from {area.range[0]:.2f} to {area.range[1]:.2f}")
for source, sigma in area.budget.items():
    print(f"  {source:12} {sigma:.3f}")
print(f"the choice that moves it most: {area.dominant}")

# %%
# Why the others do not count
# ---------------------------

from collections import Counter

for why, times in Counter(result.found.not_kept.values()).most_common(4):
    print(f"{times:3} x {why}")

# %%
# How many peaks
# --------------
# The weights are averages over windows, each with the best rising edge and shape of every number. The
# least number is one that no window, rising edge or shape does without.

evidence = result.evidence
for count, share in evidence.shares.items():
    print(f"{count} peaks: {100 * share:.1f} %")
print(evidence.least_words)

# %%
# See it
# ------
# Each fit with its statistical error, sorted by rising edge; the band is the mean and its total error.

import numpy as np

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

forms = [one.labels["background"] for one in result.found.kept]
order = np.argsort(forms, kind="stable")
place = np.arange(1.0, len(order) + 1.0)
ends = np.array([0.5, len(order) + 0.5])
traces = [
    Trace(
        "mean, total error",
        ends,
        np.full(2, area.value),
        TraceKind.TOTAL,
        sigma=np.full(2, area.sigma),
    ),
    Trace("made with", ends, np.full(2, 8.8), TraceKind.REFERENCE),
    Trace("each fit", place, area.values[order], TraceKind.DATA, sigma=area.sigmas[order]),
]
members = chart_figure(
    Chart(
        "ensemble",
        "Pre-edge area by fit: " + ", ".join(sorted(set(forms))),
        "fit, sorted by rising edge",
        (Panel("area × 100", tuple(traces)),),
        simulated=True,
    ),
    DOUBLE_MM,
)

# %%
# What moves the area moves the centroid
# --------------------------------------
# The figures below are those that every report draws. First the corner: the same fits, area against
# centroid. The cross is the mean with its total errors.

from spectrafit_xas.preedge.chart import corner_chart
from spectrafit_xas.preedge.count_chart import count_chart

corner = corner_chart(result, title="Area and centroid", axis=prepared.axis, simulated=True)
print(corner.caption)
corner_figure = chart_figure(corner, DOUBLE_MM)

# %%
# Then BIC by number of peaks, a line a shape, above the best of each window. The second panel is the
# part where the margin decides.

by_count = count_chart(
    result, known=True, margin=settings.bic_margin, title="Number of peaks", simulated=True
)
print(by_count.caption)
count_figure = chart_figure(by_count, DOUBLE_MM)
