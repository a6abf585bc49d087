"""
Where the energy scale comes from
=================================

The energy axis is tied to the first inflection of a metal foil. That point lies between the points
of the grid, is one of several candidates, and moves with the smoothing. All three are part of the
record. **Simulated data**: the foil scan of the shipped study.
"""

# %%
# Candidates
# ----------
# The absorption is smoothed by a local cubic with tricube weights (Cleveland, J. Am. Stat. Assoc. 74,
# 829 (1979)). Every zero of its second derivative with a falling sign is an inflection. Of those at
# least 0.3 times as steep as the steepest point, the lowest is taken, so that the second inflection
# of a metal is never chosen.

from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit_xas.scans.absorption import absorption_spectrum, tabulated_edge
from spectrafit_xas.scans.calibrate import first_inflection, inflection_candidates, shift_record
from spectrafit_xas.settings import XanesSettings

raw = root() / "feco" / "raw"
foils = [read(raw / f"foil_fe_{when}.dat")[0] for when in ("before", "after")]
mu, roles, _ = absorption_spectrum(foils[0], XanesSettings())
edge = tabulated_edge("Fe")

energies, slopes = inflection_candidates(mu, edge, half_width_eV=1.5)
chosen = first_inflection(mu, edge, half_width_eV=1.5)
print(f"mu = {roles.formula}, tabulated edge {edge:.1f} eV")
for energy, slope in zip(energies, slopes, strict=True):
    mark = "chosen" if abs(energy - chosen.energy_eV) < 0.01 else ""
    print(f"{energy:9.3f} eV  slope {slope:5.2f} of the steepest  {mark}")

# %%
# The kernel moves it
# -------------------
# A wider kernel mixes in what lies further away, and the inflection moves. This simulated foil is
# made of symmetric steps and moves little. Measured ones move more: the scan
# ``Fe_Foil_rt_2016Foils.xdi`` of the XAS Data Library gives 7110.78, 7110.84 and 7110.96 eV with
# half-widths of 1, 2 and 3 eV. So the half-width is part of the record, and half the spread over 1,
# 1.5 and 2 eV is part of the error.

import numpy as np

from spectrafit_xas.smoothing import local_cubic

widths = (1.0, 1.5, 2.0, 4.0, 6.0)
for width in widths:
    one = first_inflection(mu, edge, half_width_eV=width)
    print(f"half-width {width:.1f} eV: {one.energy_eV:.3f} eV")
print(f"statistics {chosen.sigma_eV:.4f} eV, kernel {chosen.kernel_eV:.4f} eV")

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

grid = np.arange(7104.0, 7124.0, 0.05)
maps = {width: local_cubic(mu.x, grid, width) for width in widths}
near = mu.window(7104.0, 7124.0)
first = [
    Trace(f"half-width {width:.1f} eV", grid, maps[width].derivative(1, mu.y), TraceKind.REFERENCE)
    for width in widths[1:]
]
second = [
    Trace(f"half-width {width:.1f} eV", grid, maps[width].derivative(2, mu.y), TraceKind.REFERENCE)
    for width in widths[1:]
]
shown = energies[energies > grid[0]]
at = np.interp(shown, grid, maps[1.5].derivative(1, mu.y))
marks = Trace("candidates", shown, at)
chart = Chart(
    "foil",
    "Fe foil: absorption and its derivatives",
    "energy / eV (as recorded)",
    (
        Panel("μ", (Trace("data", near.x, near.y),)),
        Panel("dμ/dE / eV⁻¹", (*first, marks)),
        Panel("d²μ/dE² / eV⁻²", tuple(second), zero_line=True),
    ),
    simulated=True,
)
derivatives = chart_figure(chart, DOUBLE_MM)

# %%
# The record
# ----------
# Scans before and after the sample give one shift. Half their difference joins its error, and the
# record says which energy the inflection was given: the same file on another convention has other
# energies.

record = shift_record(
    tuple(first_inflection(absorption_spectrum(foil, XanesSettings())[0], edge) for foil in foils),
    "Fe",
    assigned_eV=7111.2,
)
print(record.label)
for one in record.measured:
    print(f"{one.source}: {one.energy_eV:.3f} ± {one.total_sigma_eV:.3f} eV")
print(f"shift {record.shift_eV:+.3f} ± {record.sigma_eV:.3f} eV")

# %%
# The figure of the report
# ------------------------
# Every spectrum with a foil has it: the slope of each foil scan, all inflections, the one taken.

from spectrafit_xas.scans.foil_chart import foil_chart

drawn = foil_chart(record, edge, title="Fe foil", simulated=True)
print(drawn.caption)
report_figure = chart_figure(drawn, DOUBLE_MM)
