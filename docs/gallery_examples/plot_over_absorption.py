"""
What a thick sample does to a pre-edge
======================================

Fluorescence of a thick, concentrated sample is damped where it absorbs most. The white line sinks, and the
pre-edge, which is not damped, stands too high beside it: its area may double. Simulated data.
"""

# %%
# The effect
# ----------
# N = μ (1 + a)/(μ + a), where a is what else absorbs over the jump of the edge. Here a = 1, as in 10 % of
# hematite in boron nitride, with a little noise.

import numpy as np

from spectrafit.figures import plot
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import Spectrum
from spectrafit_xas.normalisation.over_absorption import composition_ratio, corrected, fitted_ratio
from spectrafit_xas.simulate import XanesSimulation, absorption_curve

energy = np.arange(7090.0, 7200.0, 0.25)
noise = np.random.default_rng(3).standard_normal(energy.size)
thin = Spectrum(energy, absorption_curve(XanesSimulation(), energy), x_unit="eV")
a = 1.0
damped = thin.y * (1 + a) / (thin.y + a) + 1e-3 * noise
thick = Spectrum(energy, damped, np.full(energy.size, 1e-3), "eV")

# %%
# How large is it?
# ----------------
# From the composition, with 5 % for every tabulated coefficient and 2° for every angle; or from a spectrum of the
# same substance in transmission.

of = composition_ratio({"Fe2O3": 10, "BN": 90}, "Fe")
print(f"by composition: a = {of.ratio:.2f} ± {of.sigma:.2f}")
found = fitted_ratio(thick, thin, (7100.0, 7190.0))
print(f"fitted: a = {found.over_absorption.ratio:.3f} ± {found.over_absorption.sigma:.3f}")
print(f"rms difference {found.rms_uncorrected:.4f} before, {found.rms:.4f} after")

# %%
# The correction
# --------------
# μ = N a/(1 + a − N). The pre-edge is multiplied by a/(1 + a), the white line comes back, and the noise of the
# white line grows.

true = corrected(thick, found.over_absorption)
panel = Panel(
    "normalised absorption",
    (
        Trace("thick sample", energy, thick.y, TraceKind.DATA),
        Trace("corrected", energy, true.y, TraceKind.TOTAL),
        Trace("thin sample", energy, thin.y, TraceKind.REFERENCE),
    ),
)
caption = "Thick, corrected and thin sample; simulated."
chart = Chart("thick", "Over-absorption", "energy / eV", (panel,), caption, True)

figure = plot(chart, 183)
