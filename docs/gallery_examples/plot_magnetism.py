"""
From moments to χₘT: what the corrections make of a plateau
===========================================================

A run with heating and cooling becomes χₘT, raw and corrected; the transition is read from both branches, and the loop between
them is held against the lag of the sample. **Simulated data**: three states with declared populations, the diamagnetism
of the compound still in the moment, the sample half a kelvin behind the thermometer.
"""

# %%
# A run
# -----
# The text of a magnetometer, read back as any file is.

from pathlib import Path
from tempfile import TemporaryDirectory

from spectrafit_magnetism.readers.quantum_design import quantum_design_reader
from spectrafit_magnetism.simulate import MagnetismSimulation, simulated_log

with TemporaryDirectory() as folder:
    path = Path(folder) / "squid.dat"
    path.write_text(simulated_log(MagnetismSimulation(), seed=1), encoding="utf-8")
    run = quantum_design_reader.read(path)[0]
print(f"{len(run)} readings, mass {run.header['SAMPLE_MASS']} mg")

# %%
# What it shows
# -------------
# Diamagnetism, error of the mass and the time that the sample needs to follow are what only the user knows.

from spectrafit.observable import observable_text
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.technique import magnetism

settings = MagnetismSettings(
    mass_error_mg=0.02,
    chi_dia=-6.3e-4,
    settle_s=12.0,
    low_spin_K=(10.0, 60.0),
    high_spin_K=(130.0, 300.0),
    high_spins=(2.0,),
    g_high=2.024,
    rise_K=((120.0, 298.0),),
)
found = magnetism.observe({"sample": run}, settings)
for item in found.items:
    print(f"{item.key:34s} {observable_text(item):24s} {item.unit:12s} {item.verdict}")

# %%
# The rise of the plateau from 120 K on is mostly the correction: 6.3e-4 cm³ mol⁻¹ times T, good to 20 %.

from spectrafit.figures import plot

plot(found, name="chiT")

# %%
# The two maxima lie a kelvin apart, which is twice the lag and no hysteresis.

plot(found, name="slope")
