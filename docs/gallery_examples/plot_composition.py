"""
Does the formula fit
====================

An elemental analysis and a mass spectrum against the formula of a salt with iron and cobalt.
**Simulated data**: three determinations, and the cation with a tenth of its dicobalt sibling.
"""

# %%
# Elemental analysis
# ------------------
# Three determinations of each element; their scatter gives the errors. What a file is made of stands
# in its header, so that no setting is needed.

import tempfile
from pathlib import Path

from spectrafit.observable import observable_text
from spectrafit.reader import read
from spectrafit_structure.composition import composition
from spectrafit_structure.composition.settings import CompositionSettings
from spectrafit_structure.composition.simulate import CompositionSimulation


def simulated(settings, name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(composition.simulated_text(settings, seed=1), encoding="utf-8")
        return read(path)[0]


analysis = simulated(CompositionSimulation(), "analysis.csv")
found = composition.observe({"sample": analysis})
for element in ("C", "H", "N", "Fe", "Co"):
    item = found[f"composition.{element}.deviation"]
    print(f"{element:2} {observable_text(item)} %: {item.verdict}")
ratio = found["composition.Co_Fe"]
print(f"Co/Fe {observable_text(ratio)}: {ratio.verdict}")

# %%
# The ratio is that of the compound, and of an even mixture of the diiron and the dicobalt compound.

from spectrafit.figures.chart import chart_figure

deviations = chart_figure(found.charts[0])

# %%
# Mass spectrum
# -------------
# The mixture shows in the ion that lost one anion: the dicobalt ion adds to the peak three above the
# highest one, and the peaks beyond have nothing of the iron–cobalt ion at all.

likely = {"CoCo": "C38H74N8O4F18P3Co2", "FeFe": "C38H74N8O4F18P3Fe2"}
mixed = CompositionSimulation(
    kind="mass-spectrum", admixture=likely["CoCo"], admixture_share=0.1, fwhm_mz=0.08
)
spectrum = simulated(mixed, "spectrum.csv")
seen = composition.observe({"sample": spectrum}, CompositionSettings(others=likely))
for key in ("observed_match", "pattern_rms", "CoCo.overlap", "FeFe.overlap"):
    item = seen[f"composition.mz.{key}"]
    print(f"{key}: {item.verdict or observable_text(item)}")
for alert in seen.alerts:
    if alert.code == "COMP-106":
        print(alert)

# %%
# Bars are calculated, the line and the points observed.

pattern = chart_figure(seen.charts[0])
