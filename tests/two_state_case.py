"""A joint fit of two states that takes milliseconds: two keys, one step, values that are made up."""

from dataclasses import replace

import numpy as np

from spectrafit.observable import ObservableSpec
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.joint import JointFit, fit_at
from spectrafit.states.model import Parameter, State, StateModel, Step, Story
from spectrafit.states.objective import objective_of

SPECS = {
    "demo.length": ObservableSpec("demo.length", "A", "a length"),
    "demo.moment": ObservableSpec("demo.moment", "cm3 K mol-1", "a moment"),
}
TEMPERATURES = np.arange(20.0, 201.0, 10.0)
SIGMA = 0.05
KNOWN = {
    "S.up": Parameter(40.0, 5.0, 150.0),
    "T.up": Parameter(100.0, 50.0, 160.0),
    "demo.length.low": Parameter(2.0),
    "demo.length.high": Parameter(3.0),
    "demo.moment.low": Parameter(0.0, fixed=True),
    "demo.moment.high": Parameter(3.0, sigma=0.05, source="assumed: for a test"),
}


def two_state_model(*stories: Story, **changed: Parameter) -> StateModel:
    """Return the model; names of `changed` have __ for the dots."""
    known = {**KNOWN, **{name.replace("__", "."): one for name, one in changed.items()}}
    return StateModel(
        (State("low"), State("high")), (Step("up", "low", "high", by_T=True),), tuple(SPECS),
        known, stories or (Story("right"),), (60.0, 150.0),
    )  # fmt: skip


def two_state_data(
    seed: int | None = 0, temperatures=TEMPERATURES, covariances=None, **more
) -> JoinedData:
    """Return data of the declared numbers with noise; of the numbers themselves without a seed."""
    data = tuple(
        Datum(key, float(T), 0.0, SIGMA, technique=key, **more)
        for key in SPECS
        for T in temperatures
    )
    plain = JoinedData(data, SPECS, covariances or {})
    values = objective_of(two_state_model(), Story("right"), plain)
    values = values.model_values(start_of(values), systematics=False)
    if seed is not None:
        rng = np.random.default_rng(seed)
        noise = SIGMA * rng.normal(size=values.size)
        for group, covariance in plain.covariances.items():
            places = [place for place, one in enumerate(data) if one.group == group]
            noise[places] = rng.multivariate_normal(np.zeros(len(places)), covariance)
        values = values + noise
    kept = tuple(replace(one, value=float(value)) for one, value in zip(data, values, strict=True))
    return JoinedData(kept, SPECS, plain.covariances)


def start_of(objective) -> np.ndarray:
    """Return the declared start of all free numbers."""
    numbers = objective.numbers
    return np.array([numbers.every[place].start or 0.0 for place in numbers.free])


def as_if(fit: JointFit, chi2: float) -> JointFit:
    """Return a fit that says it has another chi2."""
    return replace(fit, residuals=fit.residuals * np.sqrt(chi2 / fit.chi2))


def fit_of(model: StateModel, data: JoinedData, story: int = 0) -> JointFit:
    """Return the fit of a story from the declared start."""
    from spectrafit.states.joint import least_from

    objective = objective_of(model, model.stories[story], data)
    return fit_at(objective, least_from(objective, start_of(objective))[1])
