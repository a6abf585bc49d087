"""A fit that has the numbers of keys of which it holds no datum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.states.datum import JoinedData
from spectrafit.states.information import information_of
from spectrafit.states.joint import JointFit
from spectrafit.states.objective import objective_of

__all__ = ["with_keys"]


def with_keys(fit: JointFit, data: JoinedData) -> JointFit:
    """Return a fit that has the numbers of further keys too: known values, priors or ties.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    data : JoinedData
        With keys that may have no datum in the fit.

    Returns
    -------
    JointFit
        The same where there is no such key. Numbers that only a further key needs stand at the
        centre of their priors.

    Raises
    ------
    SpectrafitError
        When a further key needs a pure-state value that has neither a value nor a prior.
    """
    own = fit.objective
    added = [key for key in data.keys if key not in own.data.keys]
    if not added:
        return fit
    one_each = [next(datum for datum in data.data if datum.key == key) for key in added]
    more = tuple(replace(datum, shared={}, group="") for datum in one_each)
    joined = JoinedData(
        (*own.data.data, *more), {**own.data.specs, **data.specs}, own.data.covariances
    )
    objective = objective_of(own.model, own.story, joined)
    values = fit.values()
    priors = {column: (value, sigma) for column, value, sigma in objective.numbers.priors()}
    new = [place for place, name in enumerate(objective.names) if name not in values]
    lacking = [objective.names[place] for place in new if place not in priors]
    if lacking:
        raise SpectrafitError(
            f"cannot be predicted: needs a pure-state value: {', '.join(lacking)}",
            where=", ".join(added),
            do="give it a value, or a prior",
        )
    known = [place for place in range(len(objective.names)) if place not in new]
    theta = np.array([values.get(name, 0.0) for name in objective.names])
    theta[new] = [priors[place][0] for place in new]
    came_from = {name: column for column, name in enumerate(fit.names)}
    jacobian = np.zeros((fit.jacobian.shape[0] + len(new), theta.size))
    for place in known:
        if objective.names[place] in came_from:
            jacobian[: fit.jacobian.shape[0], place] = fit.jacobian[
                :, came_from[objective.names[place]]
            ]
    for row, place in enumerate(new, fit.jacobian.shape[0]):
        jacobian[row, place] = 1.0 / priors[place][1]
    told = information_of(jacobian, np.isin(objective.names, fit.bounds_hit))
    return replace(
        fit, objective=objective, theta=theta, jacobian=jacobian,
        residuals=np.concatenate([fit.residuals, np.zeros(len(new))]),
        covariance=told.covariance, null=told.null, scale=told.scale,
        second_theta=None,
    )  # fmt: skip
