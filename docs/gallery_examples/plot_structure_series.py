"""
Bond lengths through a spin transition
======================================

Structures of an Fe-Co complex at seven temperatures: which bonds change, and below which size the others stay.
**Simulated data**: lengths follow the populations of three states.
"""

# %%
# One structure
# -------------
# A CIF becomes a recording that holds the crystal. Every length has its s.u.; the polar axis comes from
# the symmetry operations, its sense from the two atoms that are named.

import tempfile
from pathlib import Path

from spectrafit.observable import observable_text
from spectrafit.reader import read
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.simulate import StructureSimulation
from spectrafit_structure.technique import structure


def simulated(T):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"feco_{T:03d}K.cif"
        text = structure.simulated_text(StructureSimulation(T_K=float(T)), seed=T)
        path.write_text(text, encoding="ascii")
        return read(path)[0]


settings = StructureSettings(axis="Fe1->Co1", slope_K=(120.0, 310.0))
structures = {T: simulated(T) for T in (60, 80, 90, 100, 130, 200, 300)}
cold = structure.observe({"sample": structures[60]}, settings)
for key in ("Fe-O", "Fe-N", "Co-O", "Co-N", "Fe.Sigma", "VZ", "polar_axis", "cos_u"):
    item = cold[f"structure.{key}"]
    print(f"{key:10} {observable_text(item)} {item.unit}  {item.verdict}")

# %%
# All temperatures
# ----------------
# Everything is compared with the coldest structure. "Unchanged" is said only where the change stays below a limit
# with 95 % confidence.

from spectrafit.technique import SeriesScan

scans = [
    SeriesScan(
        f"{T} K", {"sample": one}, settings, {}, structure.observe({"sample": one}, settings)
    )
    for T, one in structures.items()
]
series = structure.observe_series(scans)
for item in series.items:
    if item.key in ("structure.Fe-O.change", "structure.Co-N.unchanged"):
        print(
            f"{item.conditions['T']:4.0f} K {item.key}: {observable_text(item)} Å, {item.verdict}"
        )
for key in ("Fe-O", "Co-N"):
    item = series[f"structure.{key}.per_100K"]
    print(f"{key} above the transition: {observable_text(item)} Å per 100 K, {item.verdict}")

# %%
# Figures
# -------
# Ranges of spin states are drawn where you give some, with their source; none are assumed.

from spectrafit import figures

lengths = figures.plot(series, name="bonds")
bridge = figures.plot(series, name="bridge")
volume = figures.plot(series, name="volume")
