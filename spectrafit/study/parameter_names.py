"""Which names the numbers of a joint fit may have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from spectrafit.errors import nearest
from spectrafit.study.mistakes import Wrong, shown

__all__ = ["ParameterNames", "is_joined", "step_parameters"]

_HEADS = ("H", "S", "T", "G", "rho", "x")
_SYSTEMATIC = ": "


def is_joined(key: str, patterns: Iterable[str]) -> bool:
    """Return whether a key is one of those that are joined.

    Parameters
    ----------
    key : str
        A full key.
    patterns : iterable of str
        Keys; ``*`` stands for any letters.

    Returns
    -------
    bool
    """
    return any(fnmatchcase(key, pattern) for pattern in patterns)


def step_parameters(step: Mapping[str, Any], laws: Collection[Any]) -> tuple[str, ...]:
    """Return the names of the numbers of a step under some laws.

    Parameters
    ----------
    step : mapping
        ``name``, ``by_T`` and ``nodes`` of the step, as written.
    laws : collection of str
        Its own law and those that stories give it.

    Returns
    -------
    tuple of str
    """
    name, nodes, found = step.get("name"), step.get("nodes"), []
    if "equilibrium" in laws:
        first = "T" if step.get("by_T") is True else "H"
        found += [f"{head}.{name}" for head in (first, "S", "G", "rho")]
    if "constant" in laws:
        found.append(f"x.{name}")
    if "free" in laws and isinstance(nodes, list | tuple):
        found += [f"x.{name}@{T:g}" for T in nodes if isinstance(T, int | float)]
    return tuple(found)


@dataclass(frozen=True)
class ParameterNames:
    """What decides whether a name is one of a number of the joint fit.

    Parameters
    ----------
    of_steps : tuple of str
        Names of the numbers of all steps.
    keys : tuple of str
        Keys that are joined; ``*`` stands for any letters.
    states : tuple of str
        Names of the states.
    """

    of_steps: tuple[str, ...]
    keys: tuple[str, ...]
    states: tuple[str, ...]

    def member(self, name: str) -> tuple[str, str] | None:
        """Return key and state of the value of a pure state; None of another name.

        Parameters
        ----------
        name : str
            Like ``mossbauer.IS.FeIII_HS``.

        Returns
        -------
        tuple of (str, str) or None
        """
        key, _, state = name.rpartition(".")
        return (key, state) if state in self.states and is_joined(key, self.keys) else None

    def is_nuisance(self, name: str) -> bool:
        """Return whether a name is of neither a step nor the value of a pure state."""
        return name not in self.of_steps and self.member(name) is None

    def fault(self, name: str) -> Wrong | None:
        """Return why a name is none of a number of the joint fit.

        What looks like neither a number of a step nor the value of a pure state is taken for a
        number that a mixing rule knows, like ``theta_D_K`` or ``g.FeIII_HS``.

        Parameters
        ----------
        name : str
            As written.

        Returns
        -------
        Wrong or None
            With the nearest name.
        """
        if name in self.of_steps or self.member(name) is not None:
            return None
        if _SYSTEMATIC in name:
            what = f"{shown(name)} is an error that data share"
            return Wrong(what, "leave it out: its prior is its own standard uncertainty")
        head, _, rest = name.partition(".")
        if head in _HEADS and rest:
            advice = nearest(name, self.of_steps, noun="the numbers of steps")
            return Wrong(f"no step has the number {shown(name)}", advice)
        key, _, state = name.rpartition(".")
        first = key.partition(".")[0]
        if "." not in key or not (
            state in self.states or any(one.partition(".")[0] == first for one in self.keys)
        ):
            return None
        if is_joined(key, self.keys):
            return Wrong(f"there is no state {shown(state)}", nearest(state, self.states))
        return Wrong(f"{shown(key)} is not joined", nearest(key, self.keys, noun="the joined keys"))
