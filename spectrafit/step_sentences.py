"""Sentences for the steps that the core itself makes: roles, stack, window."""

from __future__ import annotations

from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence

__all__ = ["STEP_RULES"]


def _roles(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps["roles"]
    if not ("x" in step and "y" in step):
        return None
    return MethodsSentence(
        "The column {y} was evaluated against {x}.",
        {"x": str(step["x"]), "y": str(step["y_made_from"] or step["y"])},
    )


def _window(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["window"]
    return MethodsSentence(
        "The points from {low} on, up to {high}, were used.",
        {"low": float(step["low"]), "high": float(step["high"])},
    )


def _stack(facts: MethodsFacts) -> MethodsSentence:
    interpolated = any(facts.steps["stack"]["interpolated_points_of_each"])
    return MethodsSentence(
        "The spectra were interpolated linearly onto their common grid."
        if interpolated
        else "The spectra were taken on the grid that they share."
    )


def _series(_: MethodsFacts) -> MethodsSentence | None:
    """Say nothing: which files a series is made of is told with the measurement."""
    return None


STEP_RULES: tuple[MethodsRule, ...] = (
    MethodsRule(_roles, steps=("roles",)),
    MethodsRule(_stack, steps=("stack",)),
    MethodsRule(_window, steps=("window",)),
    MethodsRule(_series, steps=("series",)),
)
"""For techniques that have no sentence of their own for these steps."""
