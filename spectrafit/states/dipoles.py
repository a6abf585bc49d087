"""What a fitted polarisation of the pure states says of the dipole of one molecule."""

from __future__ import annotations

import math

import numpy as np

from spectrafit.constants import LIGHT_SPEED
from spectrafit.errors import SettingsError
from spectrafit.rounding import number_text, value_text
from spectrafit.states.identify import estimable
from spectrafit.states.joint import JointFit
from spectrafit.states.model import StateModel

__all__ = ["debye_per_molecule", "dipole_changes"]

_DEBYE = 1e-21 / LIGHT_SPEED  # C m; 1e-18 statC cm
_POLARISATION = 1e-2  # uC cm-2 in C m-2
_VOLUME = 1e-30  # A3 in m3


def debye_per_molecule(polarisation: float, volume_A3: float) -> float:
    """Return the dipole of one molecule along the polarisation, D = P V/Z.

    Parameters
    ----------
    polarisation : float
        uC cm-2.
    volume_A3 : float
        Volume of the cell for each molecule in it, V/Z, A3.

    Returns
    -------
    float
        Debye; that of a molecule in its place in the crystal, neighbours included.

    Raises
    ------
    SettingsError
        When the volume is not above 0.
    """
    if not (math.isfinite(volume_A3) and volume_A3 > 0.0):
        raise SettingsError("a volume for each molecule that is not above 0", do="give V/Z in A3")
    return polarisation * _POLARISATION * volume_A3 * _VOLUME / _DEBYE


def dipole_changes(fit: JointFit, volume_A3: float, key: str = "") -> tuple[str, ...]:
    """Return the change of the dipole of one molecule in each step of a story.

    A step that starts from, or leads to, another step is counted between the lowest states of its
    branches.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    volume_A3 : float
        V/Z, A3.
    key : str, optional
        Whose pure-state values are polarisations in uC cm-2; the first key of slopes by
        temperature of the data when empty.

    Returns
    -------
    tuple of str
        Empty where there is no such key.
    """
    objective = fit.objective
    specs = objective.data.specs
    key = key or next((one for one in objective.data.keys if specs[one].of_slopes), "")
    values = fit.values()
    found = []
    for step in objective.model.steps if key else ():
        lower, upper = (_lowest(objective.model, branch) for branch in (step.lower, step.upper))
        names = f"{key}.{lower}", f"{key}.{upper}"
        if not all(name in values for name in names):
            continue
        slope = np.zeros(fit.theta.size)
        for sign, name in ((-1.0, names[0]), (1.0, names[1])):
            owner = _owner(fit, name)
            if owner >= 0:
                slope[owner] += sign
        told = estimable(fit, slope)
        change = debye_per_molecule(values[names[1]] - values[names[0]], volume_A3)
        if told.sigma is None:
            text = f"not determined: {told.reason}"
        elif told.sigma > 0.0:
            text = f"{value_text(change, debye_per_molecule(told.sigma, volume_A3))} D"
        else:
            text = f"{number_text(change, 4)} D, of fixed numbers"
        found.append(f"step {step.name} ({lower} to {upper}): {text}")
    return tuple(found)


def _lowest(model: StateModel, branch: str) -> str:
    """Return the state that the lower branches of a branch lead down to."""
    below = {step.name: step.lower for step in model.steps}
    while branch in below:
        branch = below[branch]
    return branch


def _owner(fit: JointFit, name: str) -> int:
    numbers = fit.objective.numbers
    names = [number.name for number in numbers.every]
    return numbers.owner[names.index(name)]
