"""
How fast the iron hops at least
===============================

Two states whose lines never split: the line that moves further between them is broader, and χ² along
the rate says what is excluded. **Simulated data**: 4×10⁶ counts a channel, k_ex 3×10⁹ and 10¹² 1/s.
"""

# %%
# A spectrometer and two samples
# ------------------------------

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from spectrafit.reader import read
from spectrafit_mossbauer.absorption.unfolded import unfolded
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.channels import channels_of
from spectrafit_mossbauer.simulate import MossbauerSimulation, simulated_run


def counted(settings, seed):
    with TemporaryDirectory() as folder:
        file = Path(folder) / "run.ws5"
        file.write_text(simulated_run(settings, seed), encoding="utf-8")
        return channels_of(read(file)[0])


calibration = calibrated(counted(MossbauerSimulation(absorber="alpha-Fe"), 1), orientation=1)
spectra = {}
for seed, rate in ((7, 3e9), (8, 1e12)):
    sample = MossbauerSimulation(
        T_K=125.0,
        populations=(0.5, 0.5),
        isomer_shifts_mm_s=(0.60, 1.20),
        splittings_mm_s=(1.0, 2.5),
        k_ex_per_s=rate,
        counts=4e6,
    )
    spectra[rate] = unfolded(counted(sample, seed), calibration)

# %%
# The bound
# ---------
# The values of both states are declared at the sample's temperature; they stand beside the bound.

from spectrafit.laws import second_order_doppler
from spectrafit_mossbauer.rate_bound import rate_bound
from spectrafit_mossbauer.two_states import HoppingState, TwoStates

moved = float(second_order_doppler(125.0, 180.0).value)
states = TwoStates(HoppingState(0.60 + moved, 1.0), HoppingState(1.20 + moved, 2.5))
places = np.linspace(8.5, 13.0, 91)
bounds = {rate: rate_bound(one, states, places=places) for rate, one in spectra.items()}
for bound in bounds.values():
    print(bound.sentence)
    print(f"  widths differ by {bound.widths.difference:.4f} +- {bound.widths.sigma:.4f} mm/s")

# %%
# See it
# ------
# A rate that is seen has a minimum; far in the fast limit χ² is flat above the bound.

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

panels = []
for rate, bound in bounds.items():
    rise = bound.along.chi2 - bound.along.chi2.min()
    near = rise < 12.0
    log_k = bound.along.number[near]
    limit = np.log10(bound.k_ex_min)
    traces = (
        Trace(
            "95 %, one-sided", places[[0, -1]], np.full(2, bound.along.rise), TraceKind.REFERENCE
        ),
        Trace("profile", log_k, rise[near], TraceKind.TOTAL),
        Trace("bound", np.array([limit]), np.array([bound.along.rise]), TraceKind.DATA),
    )
    panels.append(Panel(f"rise of χ², k_ex {rate:.0e} 1/s", traces, zero_line=True))
chart = Chart(
    "hopping-bound",
    "What the spectra exclude",
    "log₁₀ of k_ex in 1/s",
    tuple(panels),
    simulated=True,
)
drawn = chart_figure(chart, DOUBLE_MM)
