"""
A pre-edge from file to numbers
===============================

One scan of the shipped study, the Fe K edge of the [FeCo] complex at 250 K, is read, calibrated
against its foil, normalised and fitted. **Simulated data**: the file says so in its header.
"""

# %%
# Read
# ----
# A reader returns every column. It proposes no roles here, since which columns make μ is a question
# for the technique.

from spectrafit.reader import read
from spectrafit.reference import root

raw = root() / "feco" / "raw"
(scan,) = read(raw / "xanes_fe_250K.dat")
foils = [*read(raw / "foil_fe_before.dat"), *read(raw / "foil_fe_after.dat")]

print("simulated:", scan.source.simulated)
for column in scan.columns:
    print(f"{column.name} [{column.unit}]: {column.values.min():g} to {column.values.max():g}")

# %%
# Observe
# -------
# The technique looks for the columns it needs. The energy that the foil's first inflection is given
# (``foil_eV``) is a convention, so it has no default; 7111.2 eV is the one of the paper that this
# study follows. I0 and IF are declared as counts, so every point has a Poisson error.

from spectrafit.registry import technique

xanes = technique("xanes")
settings = xanes.settings(foil_eV=7111.2, window_eV=(7107.0, 7118.0))
found = xanes.observe({"sample": scan, "calibration": foils}, settings)

for item in found.items:
    unit = "" if item.unit == "1" else item.unit
    if isinstance(item.value, str):
        shares = ", ".join(f"{count}: {100 * share:.0f} %" for count, share in item.shares.items())
        print(f"{item.key:30} {item.value:>9}    {shares}")
    elif item.sigma is None:
        print(f"{item.key:30} {item.value:9.2f} {unit:2} no error: {item.sigma_reason}")
    else:
        print(f"{item.key:30} {item.value:9.3f} {unit:2} ± {item.sigma:.3f}")

# %%
# Three numbers are called "area": the window's trapezoid of the fitted peaks, their analytic area, and
# height times width. Literature uses all three, so all three are given, each with its convention.
#
# Where the error comes from
# --------------------------
# The error of the area is split by source. *Statistics* would fall with more counts; *background and
# window* is the spread over other forms of the rising edge under the peaks, and would not.

area = found["xanes.fe.preedge.area"]
for source, sigma in area.budget.items():
    print(f"{source:24} {sigma:.3f}")
print(f"{'all together':24} {area.sigma:.3f}")

# %%
# What to know before quoting
# ---------------------------

for alert in found.alerts:
    print(alert)

# %%
# Look
# ----
# The residual is in units of the point errors. The lowest panel shows the second derivative of data
# and fit, both through the same local cubic: a shoulder that the fit lacks shows there first.

from spectrafit.figures.chart import chart_figure
from spectrafit.style import DOUBLE_MM

preedge = chart_figure(found.charts[0], DOUBLE_MM)
