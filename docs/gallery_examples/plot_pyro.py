"""
Pyroelectric currents of both branches
======================================

A crystal is heated at 5 K/min and cooled at 2 K/min. The electrometer has an offset, and the crystal lags behind the
thermometer. **Simulated data**: p follows the populations of three states.
"""

# %%
# One run
# -------
# Area and polarity are what only the user knows. The uncertainty of the area is a common factor of all values.

from pathlib import Path

from spectrafit.observable import observable_text
from spectrafit.technique import SeriesScan
from spectrafit_pyro.readers.current_log import current_log_reader
from spectrafit_pyro.settings import PyroSettings
from spectrafit_pyro.simulation import PyroSimulation
from spectrafit_pyro.technique import pyro


def simulated(name, seed, **changes):
    text = pyro.simulated_text(PyroSimulation(header_states=False, **changes), seed)
    return current_log_reader.recordings(text.encode(), Path(name))[0]


settings = PyroSettings(
    area_mm2=0.3036, area_error_mm2=0.015, polarity=1,
    reference_area_mm2=0.5, reference_area_error_mm2=0.02, reference_polarity=1,
)  # fmt: skip
crystal = simulated("crystal.csv", 1, offset_pA=0.3, lag_s=24.0, cooling_rate=2.0)
reference = simulated("reference.csv", 2, reference_crystal=True, area_mm2=0.5)
found = pyro.observe({"sample": crystal, "reference": reference}, settings)
for key in ("peak_height", "peak_T", "plateau_mean", "I0", "lag", "dP_total", "ref_ratio"):
    item = found[f"pyro.{key}"]
    print(f"{key:13} {observable_text(item)} {item.unit}  {item.verdict}")

# %%
# What to know before quoting
# ---------------------------

for alert in found.alerts:
    print(alert)

# %%
# Points of the curves
# --------------------
# Each has its parts of uncertainty by name; that of the area is the same factor for all.

scan = SeriesScan("crystal", {"sample": crystal}, settings, {}, found)
for item in pyro.observe_series([scan]).items:
    if item.conditions["T"] in (75.0, 90.0, 200.0):
        parts = ", ".join(f"{name} {part:.2g}" for name, part in item.budget.items())
        print(f"{item.key} at {item.conditions['T']:g} K: {observable_text(item)} ({parts})")

# %%
# Figures
# -------

from spectrafit import figures

coefficient = figures.plot(found, name="p")
change = figures.plot(found, name="dP")
share = figures.plot(found, name="reference")
