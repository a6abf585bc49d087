"""Studies of random truths: drawn populations and pure states, data of them, and what is told of both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from states_case import STATES, STEPS, Array

from spectrafit.registry import spec_for
from spectrafit.states.assignment import PopulationRow
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.model import Parameter, State, StateModel, Story
from spectrafit.states.objective import Objective, objective_of
from spectrafit.states.stories import told_stories
from spectrafit.study.state_populations import population_rows

REPORT_T = (100.0, 125.0, 200.0, 300.0)
R = 8.314462618  # J/(mol K)
IR = tuple(f"ir.{band}.linked_area" for band in ("1485", "1556"))
PYRO_AREA, REFERENCE_AREA = "pyro: area", "pyro-reference: area"
CHI_DIA, MASS, VELOCITY = "squid: chi_dia", "squid: mass", "mossbauer: velocity"

# temperatures, and the middle of the standard uncertainties that are drawn
Plan = Mapping[str, tuple[Iterable[float], float]]
_MOSSBAUER = (25.0, 60.0, 80.0, 95.0, 110.0, 125.0, 150.0, 175.0, 200.0, 250.0, 300.0)
_CRYSTALS = (60.0, 100.0, 130.0, 170.0, 220.0, 300.0)
FULL: Plan = {
    "pyro.p": (np.arange(20.0, 299.0, 5.0), 0.15),
    "pyro.p_reference": (np.arange(30.0, 299.0, 15.0), 0.05),
    "magnetism.chiT": (np.arange(10.0, 301.0, 7.0), 0.02),
    "mossbauer.IS": (_MOSSBAUER, 0.01),
    "mossbauer.QS": (_MOSSBAUER, 0.015),
    "structure.Fe-O": (_CRYSTALS, 0.004),
    **{key: (np.arange(20.0, 301.0, 20.0), 0.01) for key in IR},
}
_FEW = ("pyro.p", "magnetism.chiT", "mossbauer.QS", "structure.Fe-O", "ir.1556.linked_area")
SMALL: Plan = {key: (tuple(FULL[key][0])[::2], FULL[key][1]) for key in _FEW}

# what one standard deviation of a shared error is, as a share of the values
_SHARES: Mapping[str, Mapping[str, float]] = {
    "pyro.p": {PYRO_AREA: 0.05},
    "pyro.p_reference": {REFERENCE_AREA: 0.05},
    "magnetism.chiT": {MASS: 0.01},
    "mossbauer.IS": {VELOCITY: 0.003},
    "mossbauer.QS": {VELOCITY: 0.003},
}
_CHI_DIA = 5e-5  # cm3/mol, of chi: times T of chi T

# pure states that show the same, as a study declares it
TIES = {"ir.1556.linked_area.FeIII_LS": "ir.1556.linked_area.FeIII_HS"}
# values of the three states, and by how much each is drawn about them
_MEMBERS: Mapping[str, tuple[tuple[float, float, float], float]] = {
    "pyro.p": ((0.0, 0.44, 1.8), 0.15),
    "mossbauer.IS": ((0.46, 0.77, 1.22), 0.05),
    "mossbauer.QS": ((1.63, 1.80, 2.50), 0.1),
    "structure.Fe-O": ((1.90, 2.00, 2.06), 0.01),
    "ir.1485.linked_area": ((1.0, 1.0, 0.0), 0.15),
    "ir.1556.linked_area": ((0.0, 0.0, 1.0), 0.15),
}
_UNMOVED = "pyro.p.FeIII_LS"  # polarisation counts from this state
_FIXED = {
    _UNMOVED: 0.0, "magnetism.chiT.FeIII_LS": 0.0, "S1.FeIII_HS": 2.5, "S2.FeIII_HS": 0.5,
    "gap_K.FeIII_HS": 4000.0, "S1.FeII_HS": 2.0, "theta_E_K": 150.0,
}  # fmt: skip
# priors of the study, from which the truths are drawn
_PRIORS = {
    "g.FeIII_HS": (2.0, 0.06), "g.FeII_HS": (2.1, 0.1), "TIP": (0.0, 2e-4),
    "theta_D_K": (180.0, 40.0),
}  # fmt: skip
_THETA = (60.0, 500.0)
STORIES = (
    Story("ideal"),
    Story("interaction", parameters={"G.23": Parameter(-5000.0, -60e3, 2e3)}),
)


@dataclass(frozen=True)
class Study:
    """What one truth is, and data of it."""

    truth: Mapping[str, float]
    story: str
    data: JoinedData
    x: Array  # populations, states by report temperatures


@dataclass(frozen=True)
class Told:
    """What is told of a study: the verdict on each story, and the populations of the true one."""

    story: str
    x: Mapping[str, tuple[float, ...]]
    verdicts: Mapping[str, str]
    rows: tuple[PopulationRow, ...]

    def as_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Told:
        """Return it from its text."""
        plain = json.loads(text)
        rows = tuple(
            PopulationRow(**{**row, "anchored_by": tuple(row["anchored_by"])})
            for row in plain["rows"]
        )
        x = {state: tuple(values) for state, values in plain["x"].items()}
        return cls(plain["story"], x, plain["verdicts"], rows)


def study_model(T_half: float) -> StateModel:
    """Return the model that a study declares, whose user saw half the change of chi T at `T_half`."""
    known = {
        "S.12": Parameter(80.0, 10.0, 200.0), "T.12": Parameter(float(np.clip(T_half, 51.0, 199.0)), 50.0, 200.0),
        "G.12": Parameter(800.0, 0.0, 3000.0), "rho.12": Parameter(0.05, 0.0, 0.3),
        "H.23": Parameter(8000.0, 100.0, 60e3), "S.23": Parameter(20.0, -25.0, 200.0),
        "psec_300": Parameter(0.2),
        "pyro.p.FeIII_HS": Parameter(0.4), "pyro.p.FeII_HS": Parameter(1.5),
    }  # fmt: skip
    known |= {
        name: Parameter(value, fixed=True, source="declared") for name, value in _FIXED.items()
    }
    known |= {
        name: Parameter(value, sigma=sigma, source="the distribution that truths are drawn from")
        for name, (value, sigma) in _PRIORS.items()
    }
    known["theta_D_K"] = replace(known["theta_D_K"], low=_THETA[0], high=_THETA[1])
    known |= {name: Parameter(equals=other, source="assumed") for name, other in TIES.items()}
    return StateModel(
        tuple(State(name) for name in STATES), STEPS, tuple(FULL), known, STORIES, REPORT_T
    )


def random_truth(rng: np.random.Generator, story: str) -> dict[str, float]:
    """Return every number of a truth that a story tells rightly."""
    T = rng.uniform(70.0, 150.0)
    equal, H = rng.uniform(150.0, 450.0), rng.uniform(3e3, 12e3)
    truth = {
        "S.12": rng.uniform(40.0, 120.0), "T.12": T,
        "G.12": rng.uniform(0.0, 0.95) * 2.0 * R * T, "rho.12": rng.uniform(0.0, 0.08),
        "H.23": H, "S.23": H / equal,
        "G.23": rng.uniform(-15e3, -2e3) if story == "interaction" else 0.0,
        "psec_300": rng.uniform(0.1, 0.35),
    }  # fmt: skip
    for key, (values, spread) in _MEMBERS.items():
        for state, value in zip(STATES, values, strict=True):
            truth[f"{key}.{state}"] = value + spread * rng.normal()
    truth |= {name: value + sigma * rng.normal() for name, (value, sigma) in _PRIORS.items()}
    truth["theta_D_K"] = float(np.clip(truth["theta_D_K"], *_THETA))
    truth |= _FIXED
    return truth | {name: truth[other] for name, other in TIES.items()}


def drawn_study(seed: int, story: str, plan: Plan = FULL) -> Study:
    """Return a truth and its data: own errors, shared errors and noise levels are drawn."""
    rng = np.random.default_rng((seed, story == "interaction"))
    truth = random_truth(rng, story)
    levels = {key: sigma * 2.0 ** rng.uniform(-1.0, 1.0) for key, (_, sigma) in plan.items()}
    specs = {key: spec for key in plan if (spec := spec_for(key)) is not None}
    exact = JoinedData(
        tuple(
            Datum(key, float(T), 0.0, levels[key], technique=key.partition(".")[0])
            for key, (places, _) in plan.items()
            for T in places
        ),
        specs,
    )
    own = _true_objective(truth, exact)
    values = own.model_values(_theta(own, truth))
    shared = dict.fromkeys(name for shares in _SHARES.values() for name in shares)
    drawn = {name: rng.normal() for name in (*shared, CHI_DIA)}
    data = tuple(
        _measured(one, float(value), drawn, rng.normal())
        for one, value in zip(exact.data, values, strict=True)
    )
    x = own.populations(_theta(own, truth), np.array(REPORT_T)).x
    return Study(truth, story, JoinedData(data, specs), x)


def _measured(exact: Datum, value: float, drawn: Mapping[str, float], noise: float) -> Datum:
    """Return a datum with its errors, and with what it says of those that it shares."""
    shares = _SHARES.get(exact.key, {})
    found = value * (1.0 + sum(share * drawn[name] for name, share in shares.items()))
    found += exact.sigma * noise
    moved = {}
    if exact.key == "magnetism.chiT":
        moved = {CHI_DIA: _CHI_DIA * exact.T}
        found += moved[CHI_DIA] * drawn[CHI_DIA]
    # as a budget has it: a share of what was measured
    moved |= {name: share * found for name, share in shares.items()}
    return replace(exact, value=found, shared=moved)


def _true_objective(truth: Mapping[str, float], data: JoinedData) -> Objective:
    free = {"G.23": Parameter(truth["G.23"])}
    return objective_of(study_model(truth["T.12"]), Story("the truth", parameters=free), data)


def _theta(objective: Objective, truth: Mapping[str, float]) -> Array:
    return np.array([truth[name] for name in objective.names])


def told(study: Study, *, starts: int, replicas: int, profiled: bool) -> Told:
    """Return what the public code says of a study, whose truth it does not know."""
    fits = told_stories(
        study_model(_T_half(study.data)), study.data, starts=starts, replicas=replicas
    )
    fit = next(one.fit for one in fits if one.story.name == study.story)
    rows = population_rows(fit, REPORT_T, profiled=profiled) if fit is not None else ()
    x = {state: tuple(row.tolist()) for state, row in zip(STATES, study.x, strict=True)}
    return Told(study.story, x, {one.story.name: one.verdict for one in fits}, rows)


def _T_half(data: JoinedData) -> float:
    """Return the first temperature above which chi T is over half of its largest value, K."""
    own = [(one.T, one.value or 0.0) for one in data.data if one.key == "magnetism.chiT"]
    half = 0.5 * max(value for _, value in own)
    return next(T for T, value in own if value > half)


@dataclass(frozen=True)
class Covered:
    """How often bands hold the truth, of one state at one temperature."""

    state: str
    T: float
    bands: int
    without: int
    in68: float
    in95: float

    @property
    def error(self) -> float:
        """Standard error of the share within the inner bands, were it 0.683."""
        return float(np.sqrt(0.683 * 0.317 / max(self.bands, 1)))


def coverage(every: Sequence[Told]) -> tuple[Covered, ...]:
    """Return the coverage of the bands of the true story, by state and temperature."""
    return tuple(
        _covered(every, state, T, column)
        for state in STATES[1:]
        for column, T in enumerate(REPORT_T)
    )


def _covered(every: Sequence[Told], state: str, T: float, column: int) -> Covered:
    banded = [
        (row, one.x[state][column])
        for one in every
        for row in one.rows
        if row.state == state and row.T == T and row.verdict == "determined"
    ]
    in68 = [_within(row.low, row.high, x) for row, x in banded]
    in95 = [_within(row.low95, row.high95, x) for row, x in banded]
    without = len(every) - len(banded)
    return Covered(state, T, len(banded), without, float(np.mean(in68)), float(np.mean(in95)))


def share_accepted(every: Sequence[Told], *, true: bool) -> float:
    """Return in which share of studies the true story is accepted, or the other one."""
    return float(
        np.mean(
            [
                verdict == "accepted"
                for one in every
                for name, verdict in one.verdicts.items()
                if (name == one.story) is true
            ]
        )
    )


def _within(low: float | None, high: float | None, x: float) -> bool:
    """Return whether a band holds a number; an open side ends nowhere."""
    return (low is None or low <= x) and (high is None or x <= high)
