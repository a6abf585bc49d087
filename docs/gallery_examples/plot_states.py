"""
Populations of three states, and a technique predicted by the others
====================================================================

A joint fit finds which share of the molecules is in each state from what several techniques show
at each temperature. **The data are simulated** here, from declared populations with noise. The
magnetic moment, isomer shift, splitting and two infrared bands are fitted together; the
pyroelectric coefficient is left out and predicted.
"""

# %%
# States and steps
# ----------------
# State 1 passes to 2 and 3 together (step 12), which share what has changed (step 23). A step in
# equilibrium has H and S, or S and the temperature T of equal energy; G is the interaction of like
# neighbours.

import numpy as np

from spectrafit.states.model import Parameter, State, StateModel, Step, Story

states = (State("A", "state 1"), State("B", "state 2"), State("C", "state 3"))
steps = (Step("23", "B", "C"), Step("12", "A", "23", by_T=True))
truth = {"H.23": 4070.0, "S.23": 4.43, "S.12": 79.1, "T.12": 91.0, "G.12": 962.0}

# %%
# What the pure states show
# -------------------------
# Numbers by name: ``KEY.STATE`` is the value of a pure state. Those of state 3 are known from other
# compounds, with an error; without them the scale of its population would rest on the law alone.

pure = {
    "magnetism.chiT": (0.0, 3.0, 3.31),  # cm3 K/mol
    "mossbauer.IS": (0.46, 0.77, 1.28),  # mm/s, without the second-order Doppler shift
    "mossbauer.QS": (1.63, 1.81, 2.50),  # mm/s
    "ir.1485.linked_area": (1.0, 1.0, 0.1),
    "ir.1514.linked_area": (0.0, 0.6, 0.6),
    "pyro.p": (0.0, 0.413, 3.024),  # polarisations, uC/cm2; p is their slope by T
}
priors = {"magnetism.chiT.C": 0.1, "mossbauer.IS.C": 0.06, "mossbauer.QS.C": 0.25}
known = {name: Parameter(value) for name, value in truth.items()}
for key, values in pure.items():
    for state, value in zip("ABC", values, strict=True):
        known[f"{key}.{state}"] = Parameter(value)
for name, sigma in priors.items():
    value = known[name].value
    known[name] = Parameter(value, sigma=sigma, source="assumed: as in like compounds")
known["magnetism.chiT.A"] = Parameter(0.0, fixed=True, source="assumed: no spin")
known["pyro.p.A"] = Parameter(0.0, fixed=True, source="assumed: polarisations count from here")
known["theta_D_K"] = Parameter(180.0, fixed=True, source="assumed: usual of molecular crystals")
known["ir.1514.linked_area.C"] = Parameter(equals="ir.1514.linked_area.B", source="assumed")
story = Story("ideal", "the steps are in equilibrium; states 2 and 3 do not interact")
model = StateModel(states, steps, tuple(pure), known, (story,), (125.0, 200.0, 300.0))

# %%
# Simulated data
# --------------

from dataclasses import replace

from spectrafit.registry import spec_for
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.objective import objective_of

measured = {
    "magnetism.chiT": (np.arange(10.0, 301.0, 10.0), 0.02),
    "mossbauer.IS": (np.arange(25.0, 301.0, 25.0), 0.01),
    "mossbauer.QS": (np.arange(25.0, 301.0, 25.0), 0.015),
    "ir.1485.linked_area": (np.arange(20.0, 301.0, 20.0), 0.01),
    "ir.1514.linked_area": (np.arange(20.0, 301.0, 20.0), 0.01),
    "pyro.p": (np.arange(20.0, 299.0, 3.0), 0.15),
}
planned = JoinedData(
    tuple(
        Datum(key, float(T), 0.0, sigma, technique=key.partition(".")[0])
        for key, (places, sigma) in measured.items()
        for T in places
    ),
    {key: spec for key in measured if (spec := spec_for(key)) is not None},
)
made = objective_of(model, story, planned)
exact = made.model_values(np.array([known[name].value for name in made.names], float))
noise = np.random.default_rng(2).normal(size=exact.size)
data = replace(
    planned,
    data=tuple(
        replace(one, value=float(value + one.sigma * z))
        for one, value, z in zip(planned.data, exact, noise, strict=True)
    ),
)

# %%
# Fit, and leave a technique out
# ------------------------------
# The verdict on the technique left out says what was tested. Without priors its own numbers are
# fitted to its data, with the populations held, so that the shape of p is a test and its level none.

from spectrafit.states.joint import fit_story
from spectrafit.states.leave_out import leave_out

fit = fit_story(objective_of(model, story, data), starts=2)
row, told = leave_out(fit, "pyro")
print(f"all data: chi2 {fit.chi2:.0f} for {len(data.data)} data")
print(row.text)

# %%
# Is the answer the law's or the data's?
# --------------------------------------
# The check maps x3 to a n + b x3, refits all else, and says how far x3 may go without the assumed law.

from spectrafit.states.affine import axis_check

check = axis_check(fit, "23")
print(check.text)

# %%
# Draw
# ----

from spectrafit.figures.chart import chart_figure
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.states.predict import sigmas_of
from spectrafit.style import DOUBLE_MM

T = np.linspace(20.0, 300.0, 281)
x = fit.objective.populations(fit.theta, T).x
slopes = fit.objective.population_slopes(fit.theta, T)


def share(place: int) -> Trace:
    """Return the population of a state with its 95 % band."""
    sigmas, _ = sigmas_of(fit, slopes[:, place, :].T)
    half = 1.96 * np.array([np.nan if one is None else one for one in sigmas])
    low, high = (np.clip(x[place] + side * half, 0.0, 1.0) for side in (-1, 1))
    return Trace(states[place].label, T, x[place], TraceKind.CURVE, low95=low, high95=high)


at = np.array([one.T for one in told])
found = np.array([one.predicted for one in told])
low, high = (np.array([getattr(one, end) for one in told]) for end in ("low", "high"))
points = Trace(
    "p, simulated data",
    at,
    np.array([one.measured for one in told]),
    sigma=np.array([one.sigma for one in told]),
)
curve = Trace("p, predicted without it", at, found, TraceKind.TOTAL, low95=low, high95=high)
chart = Chart(
    "states",
    "Populations by all data; p predicted by the other techniques",
    "temperature / K",
    (
        Panel("population", tuple(share(place) for place in range(3))),
        Panel("p / nC cm⁻² K⁻¹", (points, curve)),
    ),
    simulated=True,
)
populations = chart_figure(chart, DOUBLE_MM)
