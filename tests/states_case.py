"""Two declared sets of populations and pure-state values, and data of every technique made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.registry import spec_for
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.joint import JointFit, fit_at
from spectrafit.states.model import Parameter, State, StateModel, Step, Story
from spectrafit.states.objective import Objective, objective_of

Array = NDArray[np.float64]
STATES = ("FeIII_LS", "FeIII_HS", "FeII_HS")
STEPS = (
    Step("23", "FeIII_HS", "FeII_HS"),
    Step("12", "FeIII_LS", "23", by_T=True),
)
MOSSBAUER_T = (25.0, 50.0, 75.0, 85.0, 95.0, 110.0, 125.0, 150.0, 200.0, 250.0, 300.0)
INFRARED = tuple(f"ir.{band}.linked_area" for band in ("1556", "1485", "1514", "1329"))
# temperatures, and the standard uncertainty of each datum
MEASURED: Mapping[str, tuple[Iterable[float], float]] = {
    "pyro.p": (np.arange(20.0, 299.0, 2.0), 0.15),
    "magnetism.chiT": (np.arange(10.0, 301.0, 5.0), 0.02),
    "mossbauer.IS": (MOSSBAUER_T, 0.01),
    "mossbauer.QS": (MOSSBAUER_T, 0.015),
    "structure.Fe-O": ((60.0, 100.0, 130.0, 160.0, 200.0, 240.0, 270.0, 300.0), 0.004),
    "xanes.fe.preedge.area": ((10.0, 135.0, 250.0), 0.4),
    **{key: (np.arange(10.0, 301.0, 10.0), 0.01) for key in INFRARED},
}
FREE_NUISANCES = ("g.FeII_HS", "TIP", "psec_300")
# pure states that absorb alike: a band on a background has two numbers, not three
TIES = {
    "ir.1556.linked_area.FeIII_LS": "ir.1556.linked_area.FeIII_HS",
    "ir.1514.linked_area.FeII_HS": "ir.1514.linked_area.FeIII_HS",
    "ir.1329.linked_area.FeII_HS": "ir.1329.linked_area.FeIII_HS",
}
PRIORS = {
    "mossbauer.IS.FeIII_HS": 0.06, "mossbauer.IS.FeII_HS": 0.06, "mossbauer.QS.FeII_HS": 0.25,
    "structure.Fe-O.FeII_HS": 0.02, "xanes.fe.preedge.area.FeII_HS": 2.0,
    "g.FeII_HS": 0.06, "TIP": 1e-4, "psec_300": 0.15,
}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """Numbers that data are made of."""

    steps: Mapping[str, float]
    members: Mapping[str, tuple[float, float, float]]
    nuisances: Mapping[str, float]


def _nuisances(g2: float, g3: float, TIP: float, psec: float) -> dict[str, float]:
    return {
        "S1.FeIII_HS": 2.5, "S2.FeIII_HS": 0.5, "g.FeIII_HS": g2, "gap_K.FeIII_HS": 4000.0,
        "S1.FeII_HS": 2.0, "g.FeII_HS": g3, "TIP": TIP, "psec_300": psec, "theta_E_K": 150.0,
        "theta_D_K": 180.0,
    }  # fmt: skip


# the parameters and pure states of a first set, with bands on a background of 0.1
H0 = Truth(
    {
        "S.12": 79.1, "T.12": 91.0, "G.12": 962.0, "rho.12": 0.045,
        "H.23": 4070.0, "S.23": 4.43, "G.23": 0.0,
    },
    {
        "pyro.p": (0.0, 0.413, 3.024), "mossbauer.IS": (0.46, 0.77, 1.28),
        "mossbauer.QS": (1.63, 1.81, 2.50), "structure.Fe-O": (1.904, 1.985, 2.07),
        "xanes.fe.preedge.area": (5.1, 8.3, 10.5), "ir.1556.linked_area": (0.1, 0.1, 1.1),
        "ir.1485.linked_area": (1.095, 1.05, 0.15), "ir.1514.linked_area": (0.05, 0.65, 0.65),
        "ir.1329.linked_area": (0.8, 0.1, 0.1),
    },
    _nuisances(2.0, 2.1, 2e-4, 0.29),
)  # fmt: skip
# the set behind the shipped files
P = Truth(
    {
        "S.12": 93.6, "T.12": 90.53, "G.12": 835.0, "rho.12": 0.0488,
        "H.23": 28371.0, "S.23": 97.18, "G.23": -14577.0,
    },
    {
        "pyro.p": (0.0, 0.438, 1.715), "mossbauer.IS": (0.4668, 0.7745, 1.22),
        "mossbauer.QS": (1.6272, 1.7992, 2.5), "structure.Fe-O": (1.8989, 2.0029, 2.06),
        "xanes.fe.preedge.area": (4.9102, 8.8, 8.8), "ir.1556.linked_area": (0.0, 0.0, 1.0),
        "ir.1485.linked_area": (1.0, 1.0, 0.0), "ir.1514.linked_area": (0.0, 0.6, 0.6),
        "ir.1329.linked_area": (0.7, 0.0, 0.0),
    },
    _nuisances(2.024, 2.053, 0.0, 0.25),
)  # fmt: skip


def state_model(
    truth: Truth,
    *,
    free: Sequence[str] = FREE_NUISANCES,
    interaction: bool = False,
    priors: Mapping[str, float] | None = None,
    ties: Mapping[str, str] = TIES,
    story: Story | None = None,
    **changed: Parameter,
) -> StateModel:
    """Return a model that starts at the truth; `free` are its free nuisances."""
    known = {
        name: Parameter(value, fixed=name not in free, source="declared")
        for name, value in truth.nuisances.items()
    }
    known |= {name: Parameter(value) for name, value in truth.steps.items() if name != "G.23"}
    known["G.12"] = Parameter(truth.steps["G.12"], 0.0, 1490.0)
    known["G.23"] = Parameter(truth.steps["G.23"], fixed=not interaction, source="assumed: ideal")
    for key, values in truth.members.items():
        for state, value in zip(STATES, values, strict=True):
            known[f"{key}.{state}"] = Parameter(value)
    known["pyro.p.FeIII_LS"] = Parameter(0.0, fixed=True, source="P is counted from this state")
    known["magnetism.chiT.FeIII_LS"] = Parameter(0.0, fixed=True, source="no spin")
    known |= {name: Parameter(equals=other, source="assumed") for name, other in ties.items()}
    for name, sigma in (priors or {}).items():
        known[name] = replace(known[name], sigma=sigma, source=f"prior of {name}")
    known |= changed
    keys = ("pyro.p", "magnetism.chiT", *[key for key in truth.members if key != "pyro.p"])
    return StateModel(
        tuple(State(name) for name in STATES), STEPS, keys, known,
        (story or Story("A"),), (125.0, 300.0),
    )  # fmt: skip


def planned(wanted: Callable[[str], bool] = lambda key: True) -> JoinedData:
    """Return data of the wanted keys without their values."""
    data = tuple(
        Datum(key, float(T), 0.0, sigma, technique=key.partition(".")[0])
        for key, (places, sigma) in MEASURED.items()
        if wanted(key)
        for T in places
    )
    specs = {key: spec for key in MEASURED if (spec := spec_for(key)) is not None}
    return JoinedData(data, specs)


def measured(truth: Truth, data: JoinedData, rng: np.random.Generator | None = None) -> JoinedData:
    """Return data with the values of the truth, and noise where there is a generator."""
    model = state_model(truth, interaction=True)
    objective = objective_of(model, model.stories[0], data)
    values = objective.model_values(start_of(objective), systematics=False)
    if rng is not None:
        values = values + rng.normal(size=values.size) * [one.sigma for one in data.data]
    return JoinedData(
        tuple(
            replace(one, value=float(value)) for one, value in zip(data.data, values, strict=True)
        ),
        data.specs,
        data.covariances,
    )


def objective(model: StateModel, data: JoinedData) -> Objective:
    """Return the objective of the first story."""
    return objective_of(model, model.stories[0], data)


def start_of(objective: Objective) -> Array:
    """Return the declared start of all free numbers, 0 where there is none."""
    numbers = objective.numbers
    return np.array([numbers.every[place].start or 0.0 for place in numbers.free])


def fit_at_truth(truth: Truth, data: JoinedData, **options: object) -> JointFit:
    """Return the fit of exact data, which is the truth; `options` are those of `state_model`."""
    of = objective(state_model(truth, **options), measured(truth, data))  # type: ignore[arg-type]
    return fit_at(of, start_of(of))
