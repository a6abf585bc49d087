"""What is found on one branch: its regimes, the steps between them and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from spectrafit_ir.regimes.brackets import StepBracket, Verdict
from spectrafit_ir.regimes.law_fit import LawFit, LawParameter
from spectrafit_ir.regimes.second_step import GainTest
from spectrafit_ir.regimes.smooth_law import Rows

__all__ = ["Ranked", "Regime", "Regimes"]


@dataclass(frozen=True)
class Regime:
    """A range of temperature with one law.

    Parameters
    ----------
    low, high : float
        Temperatures of its first and last row, K.
    rows : int
        How many.
    fit : LawFit
        The law, its parameters and its values at other temperatures.
    """

    low: float
    high: float
    rows: int
    fit: LawFit

    @property
    def law(self) -> str:
        """Name of the law."""
        return self.fit.law

    @property
    def parameters(self) -> Mapping[str, LawParameter]:
        """Parameters of the law, with their errors."""
        return self.fit.parameters


@dataclass(frozen=True)
class Ranked:
    """A candidate in the ranking.

    Parameters
    ----------
    name : str
        Laws from cold to warm.
    verdict : str
        What it would mean.
    delta_bic : float
        Its BIC less that of the chosen one; negative for one with a step that was refused.
    chi2 : float
        Of all rows.
    parameters : int
        How many.
    transitions : int
        How many.
    """

    name: str
    verdict: Verdict
    delta_bic: float
    chi2: float
    parameters: int
    transitions: int


@dataclass(frozen=True)
class Regimes:
    """Regimes of an observable on one branch.

    Parameters
    ----------
    verdict : str
        ``constant``, ``gradual``, ``step``, ``step_with_gradual``, or ``abrupt`` and
        ``abrupt_with_gradual`` where rows lie inside the change.
    regimes : tuple of Regime
        From cold to warm.
    steps : tuple of StepBracket
        From cold to warm.
    ranking : tuple of Ranked
        The chosen candidate first, then the others by BIC.
    tests : tuple of GainTest
        Of the first and of the second step, where one was proposed.
    rivals : tuple of str
        Other verdicts between which and the chosen one the rows do not decide: those with no more
        steps and a BIC within 2, and a step that BIC prefers and the simulations refuse.
    noise_scale : float
        Factor on the given errors, above 1 where the rows scatter more than these.
    rows : Rows
        As fitted, the errors scaled.
    """

    verdict: Verdict
    regimes: tuple[Regime, ...]
    steps: tuple[StepBracket, ...]
    ranking: tuple[Ranked, ...]
    tests: tuple[GainTest, ...]
    rivals: tuple[Verdict, ...]
    noise_scale: float
    rows: Rows

    @property
    def decided(self) -> bool:
        """Whether no other verdict is as good: see ``rivals``."""
        return not self.rivals

    @property
    def next_candidate(self) -> Ranked | None:
        """The best other candidate, None where there is none."""
        return self.ranking[1] if len(self.ranking) > 1 else None

    @property
    def delta_bic(self) -> float:
        """BIC of the next candidate less that of the chosen one; inf where there is none."""
        return self.ranking[1].delta_bic if len(self.ranking) > 1 else math.inf
