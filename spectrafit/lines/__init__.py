"""Line shapes: one a file, each with its table, derivatives, area, width, known answers and sources."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spectrafit.lines.asymmetric_doublet import AsymmetricDoublet
    from spectrafit.lines.doublet import Doublet
    from spectrafit.lines.exponential import Exponential
    from spectrafit.lines.function import Function
    from spectrafit.lines.gaussian import Gaussian
    from spectrafit.lines.line import Component, Line, LineParameter, Model
    from spectrafit.lines.lorentzian import Lorentzian
    from spectrafit.lines.pearson7 import Pearson7
    from spectrafit.lines.polynomial import Polynomial
    from spectrafit.lines.pseudo_voigt import PseudoVoigtByArea, PseudoVoigtByHeight
    from spectrafit.lines.sextet import Sextet
    from spectrafit.lines.step import ArctanStep, ErfStep
    from spectrafit.lines.template import Template
    from spectrafit.lines.voigt import Voigt

_HOME = {
    "ArctanStep": "step",
    "AsymmetricDoublet": "asymmetric_doublet",
    "Component": "line",
    "Doublet": "doublet",
    "ErfStep": "step",
    "Exponential": "exponential",
    "Function": "function",
    "Gaussian": "gaussian",
    "Line": "line",
    "LineParameter": "line",
    "Lorentzian": "lorentzian",
    "Model": "line",
    "Pearson7": "pearson7",
    "Polynomial": "polynomial",
    "PseudoVoigtByArea": "pseudo_voigt",
    "PseudoVoigtByHeight": "pseudo_voigt",
    "Sextet": "sextet",
    "Template": "template",
    "Voigt": "voigt",
}

__all__ = [
    "ArctanStep",
    "AsymmetricDoublet",
    "Component",
    "Doublet",
    "ErfStep",
    "Exponential",
    "Function",
    "Gaussian",
    "Line",
    "LineParameter",
    "Lorentzian",
    "Model",
    "Pearson7",
    "Polynomial",
    "PseudoVoigtByArea",
    "PseudoVoigtByHeight",
    "Sextet",
    "Template",
    "Voigt",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"spectrafit.lines.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
