"""
Populations against temperature
===============================

What a spectrum shows at a temperature is a sum over states, weighted by their populations. The laws
that give populations are shared by all techniques. Nothing here is measured: the parameters are
chosen to look like a material with an abrupt and a gradual transition.
"""

# %%
# Two states
# ----------
# Two states in equilibrium: the upper one holds 1/(1 + exp[ΔH/(RT) − ΔS/R]), half at T = ΔH/ΔS. The
# slopes are exact, so that fits of ΔH and ΔS need no differences.

import numpy as np

from spectrafit.laws import ThreeStateLaw, limits_of_stability, three_state, two_state

T = np.linspace(5.0, 400.0, 400)
entropy = 50.0  # J/(mol K)
fractions = {
    f"ΔH = {enthalpy / 1000:g} kJ/mol, half at {enthalpy / entropy:g} K": two_state(
        T, enthalpy, entropy
    )
    for enthalpy in (5000.0, 10000.0, 15000.0)
}
for name, fraction in fractions.items():
    print(f"{name}: steepest slope {100 * fraction.by_T.max():.2f} % per K")

# %%
# Three states with cooperativity
# -------------------------------
# State 1 passes to the pair 2, 3. Like neighbours lower the energy by the interaction G12 (Slichter
# and Drickamer, J. Chem. Phys. 56, 2142 (1972)), which makes the transition abrupt; above
# G12 = 2 R T heating and cooling differ. States 2 and 3 share the rest by their own ΔH and ΔS.

law = ThreeStateLaw(S12=60.0, T12=120.0, G12=2600.0, H23=6000.0, S23=20.0)
heating = three_state(T, law, branch="heating")
cooling = three_state(T, law, branch="cooling")
print("sum of the populations:", np.ptp(heating.x1 + heating.x2 + heating.x3 - 1.0).round(15))
limits = limits_of_stability(law)
print(
    "loop:", "none" if limits is None else f"{limits[0]:.1f} K heating, {limits[1]:.1f} K cooling"
)

# %%
# Draw
# ----

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import DOUBLE_MM

two = tuple(Trace(name, T, one.value, TraceKind.TOTAL) for name, one in fractions.items())
three = (
    Trace("state 1, heating", T, heating.x1, TraceKind.REFERENCE),
    Trace("state 2, heating", T, heating.x2, TraceKind.REFERENCE),
    Trace("state 3, heating", T, heating.x3, TraceKind.REFERENCE),
    Trace("state 1, cooling", T, cooling.x1, TraceKind.BACKGROUND),
)
chart = Chart(
    "populations",
    "Two states, and three with cooperativity",
    "temperature / K",
    (Panel("upper fraction", two), Panel("population", three)),
)
populations = chart_figure(chart, DOUBLE_MM)
