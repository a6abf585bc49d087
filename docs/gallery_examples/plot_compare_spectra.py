"""
Are two spectra the same?
=========================

The HERFD at 135 K and at 250 K look alike. Whether they are equal depends on how large a difference
matters and how small a one would have been seen. **Simulated data**: the scans of the shipped study.
"""

# %%
# Two spectra on one axis
# -----------------------
# Both are calibrated with the same foil and normalised. What they do not share are the counts of their
# points, the noise of the lines below and above the edge, and a little of step and axis.

from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit_xas.comparison.difference import (
    ComparedSpectrum,
    aligned_difference,
    common_grid,
    noisy_curve,
    region_test,
)
from spectrafit_xas.normalisation.line_errors import line_errors
from spectrafit_xas.normalisation.step_ratio import relative_step_sigma
from spectrafit_xas.preparation import prepared_scan
from spectrafit_xas.settings import HerfdSettings

raw = root() / "feco" / "raw"
foil = read(raw / "foil_fe_herfd.dat")
settings = HerfdSettings(foil_eV=7111.2, window_eV=(7107.0, 7118.0))
scans = {
    T: prepared_scan(read(raw / f"herfd_fe_{T:03d}K.dat"), foil, settings) for T in (8, 135, 250)
}
spectra = {
    T: ComparedSpectrum(
        scan.normalised, relative_step_sigma(scan, scans[250]), 0.01, f"{T} K", line_errors(scan)
    )
    for T, scan in scans.items()
}
grid = common_grid([one.spectrum for one in spectra.values()], 7107.0, 7160.0)
difference = aligned_difference(spectra[135], spectra[250], grid)
for name, low, high in (("pre-edge", 7107, 7118), ("edge", 7118, 7124), ("all", 7107, 7160)):
    test = region_test(difference, name, low, high)
    print(f"{name:9s} chi2 {test.chi2:6.1f} of {test.points} points, p = {test.p:.2f}")

# %%
# Equal within a margin
# ---------------------
# A shift of 0.05 eV would matter. The interval lies inside, so the edges are equal within the margin;
# the last number is the shift that would have been found in 80 % of such measurements.

import numpy as np

from spectrafit_xas.comparison.equivalence import equivalence

sigma = float(np.hypot(difference.free_shift_sigma_eV, difference.axis_sigma_eV))
shift = equivalence(difference.free_shift_eV, sigma, margin=0.05)
print(f"shift {shift.value:+.3f}, {shift.low:+.3f} to {shift.high:+.3f} eV: {shift.verdict}")
print(f"smallest detectable {shift.smallest_detectable:.3f} eV")

# %%
# The change of population
# ------------------------
# Between 8 K and 250 K the spectrum changes from one state to another. How much of that change lies
# between 135 K and 250 K? The 250 K spectrum is in the pair and an end member: its noise is counted once.

from spectrafit_xas.comparison.population_change import population_change

curves = {T: noisy_curve(one, grid) for T, one in spectra.items()}
change = population_change(curves[135], curves[250], low=curves[8], high=curves[250])
print(f"x = {change.x:+.4f} +- {change.sigma:.4f}")
print(f"something else has changed: {change.else_changed} (p = {change.residual_p:.2f})")

# %%
# What is left of the difference
# ------------------------------

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind

between = curves[250].y - curves[8].y
chart = Chart(
    "difference",
    "HERFD at 135 K less that at 250 K",
    scans[250].axis,
    (
        Panel(
            "difference × 10³",
            (
                Trace(
                    "135 K − 250 K",
                    grid,
                    1e3 * difference.y,
                    TraceKind.RESIDUAL,
                    sigma=1e3 * difference.sigma,
                ),
                Trace("x ΔS", grid, 1e3 * change.x * between, TraceKind.TOTAL),
            ),
            zero_line=True,
        ),
        Panel(
            "ΔS",
            (Trace("250 K − 8 K", grid, between, TraceKind.CURVE),),
            0.6,
            zero_line=True,
        ),
    ),
    caption="The band is one standard uncertainty of the points.",
    simulated=True,
)
figure = chart_figure(chart)
