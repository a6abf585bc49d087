"""Whether a series may be called a mixture of two species."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit_ir.species.isosbestic import IsosbesticTest
from spectrafit_ir.species.rank import SpeciesRank

__all__ = ["SpeciesVerdict", "species_verdict"]


@dataclass(frozen=True)
class SpeciesVerdict:
    """What a series says of its species.

    Parameters
    ----------
    word : str
        ``one_species``, ``shift``, ``two_species``, ``more_than_two`` or ``not_decided``.
    reasons : tuple of str
        What it rests on, or what is missing for a claim of two species.
    """

    word: str
    reasons: tuple[str, ...]

    @property
    def two_species(self) -> bool:
        """Whether two species may be claimed."""
        return self.word == "two_species"

    @property
    def sentence(self) -> str:
        """The verdict with its reasons."""
        return f"{self.word.replace('_', ' ')}: {'; '.join(self.reasons)}"


def species_verdict(rank: SpeciesRank, isosbestic: IsosbesticTest) -> SpeciesVerdict:
    """Return whether two species may be claimed.

    A claim needs all three: rank 2, a second vector that is no shift, and crossings that are
    isosbestic within the errors, those of the baseline in them.

    Parameters
    ----------
    rank : SpeciesRank
        Of the rows of one regime.
    isosbestic : IsosbesticTest
        Of the same rows.

    Returns
    -------
    SpeciesVerdict
        Word and reasons.
    """
    if rank.rank == 0:
        return SpeciesVerdict("not_decided", ("no spectrum above noise",))
    if rank.rank == 1:
        return SpeciesVerdict("one_species", ("rank 1: one spectrum, scaled, describes every row",))
    if rank.verdict == "shift":
        return SpeciesVerdict(
            "shift",
            (rank.sentence, "bands that move or broaden raise the rank; no species is claimed"),
        )
    reasons = (rank.sentence, *(one.sentence for one in isosbestic.points))
    failed = not isosbestic.all_hold
    if rank.verdict == "species" and rank.rank == 2 and not failed:
        return SpeciesVerdict("two_species", reasons)
    if not isosbestic.points:
        reasons += (isosbestic.reason,)
    third = [one for one in rank.vectors[1:] if one.verdict == "species"]
    if rank.verdict == "species" and third and failed and isosbestic.points:
        return SpeciesVerdict(
            "more_than_two", (*reasons, "a third vector is no shift, and the crossings fail")
        )
    missing = [
        *(["the second vector is not told from a shift"] if rank.verdict != "species" else []),
        *([f"rank {rank.rank}, not 2"] if rank.rank > 2 else []),
        *(
            ["a crossing is not isosbestic within the errors"]
            if isosbestic.points and failed
            else []
        ),
    ]
    return SpeciesVerdict("not_decided", (*reasons, *missing))
