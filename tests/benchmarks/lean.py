"""The same problems for lmfit's Model: functions of the bare values, one a component."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import numpy as np
from benchmarks.cases import Case
from scipy.special import erf

from spectrafit.lines.line import Component

_LN2 = float(np.log(2.0))


def _pearson7(x: Any, center: Any, fwhm: Any, height: Any, exponent: Any) -> Any:
    t = 2.0 * (x - center) / fwhm
    return height * (1.0 + (2.0 ** (1.0 / exponent) - 1.0) * t * t) ** -exponent


def _pseudo_voigt(x: Any, center: Any, fwhm: Any, height: Any, fraction: Any) -> Any:
    t = 2.0 * (x - center) / fwhm
    t *= t
    return height * (fraction / (1.0 + t) + (1.0 - fraction) * np.exp(-_LN2 * t))


def _erf_step(x: Any, center: Any, width: Any, height: Any) -> Any:
    return 0.5 * height * (1.0 + erf((x - center) / width))


def _arctan_step(x: Any, center: Any, width: Any, height: Any) -> Any:
    return height * (0.5 + np.arctan((x - center) / width) / np.pi)


def _doublet(x: Any, center: Any, splitting: Any, fwhm: Any, height: Any) -> Any:
    left = 2.0 * (x - center + 0.5 * splitting) / fwhm
    right = 2.0 * (x - center - 0.5 * splitting) / fwhm
    return height * (1.0 / (1.0 + left * left) + 1.0 / (1.0 + right * right))


def _line(x: Any, c0: Any, c1: Any) -> Any:
    return c0 + c1 * x


def _exponential_about(origin: float) -> Any:
    def exponential(x: Any, amplitude: Any, rate: Any) -> Any:
        return amplitude * np.exp(rate * (x - origin))

    return exponential


_FUNCTIONS = {
    "pearson7": _pearson7,
    "pseudo_voigt_by_height": _pseudo_voigt,
    "erf_step": _erf_step,
    "arctan_step": _arctan_step,
    "doublet": _doublet,
    "polynomial": _line,
}


class LeanModel:
    """An lmfit Model of a case; its Parameters are made once and get each spectrum's starts."""

    def __init__(self, case: Case) -> None:
        from lmfit import Parameters

        problem = case.problem
        self.case = case
        self.model: Any = reduce(add, (_model(c) for c in problem.model[0].components))
        self.names = {name: name.replace(".", "_") for name in problem.names}
        self.parameters = Parameters()
        for i, name in enumerate(problem.names):
            self.parameters.add(
                self.names[name],
                float(problem.start_values[i]),
                vary=name in problem.free_names,
                min=float(problem.min_values[i]),
                max=float(problem.max_values[i]),
            )

    def fit(self, row: int) -> Any:
        """Return lmfit's result of a spectrum, covariance included."""
        for name, value in self.case.start.items():
            self.parameters[self.names[name]].value = value[row]
        return self.model.fit(
            self.case.y[row],
            self.parameters,
            x=self.case.x,
            weights=1.0 / self.case.sigma[row],
            scale_covar=False,
        )


def _model(component: Component) -> Any:
    from lmfit import Model

    line = component.line
    origin = float(dict(line.constants).get("origin", 0.0))
    function = _exponential_about(origin) if line.name == "exponential" else _FUNCTIONS[line.name]
    return Model(function, prefix=f"{component.name}_")
