"""What `structure` did, in the sentences of a paper."""

from __future__ import annotations

from typing import Any

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence

__all__ = ["STRUCTURE_CITATIONS", "STRUCTURE_METHODS"]


def _article(
    key: str, author: str, title: str, journal: str, volume: str, pages: str, year: str, doi: str
) -> Citation:
    fields = {"author": author, "title": title, "journal": journal, "volume": volume}
    fields |= {"pages": pages, "year": year, "doi": doi}
    return Citation(key, "article", fields)


STRUCTURE_CITATIONS: tuple[Citation, ...] = (
    _article(
        "ketkaew2021",
        "Ketkaew, R. and Tantirungrotechai, Y. and Harding, P. and Chastanet, G. and Guionneau, P. "
        "and Marchivie, M. and Harding, D. J.",
        "OctaDist: a tool for calculating distortion parameters in spin crossover and coordination "
        "complexes",
        "Dalton Transactions",
        "50",
        "1086–1096",
        "2021",
        "10.1039/d0dt03988h",
    ),
    _article(
        "schuirmann1987",
        "Schuirmann, D. J.",
        "A comparison of the two one-sided tests procedure and the power approach for assessing the "
        "equivalence of average bioavailability",
        "Journal of Pharmacokinetics and Biopharmaceutics",
        "15",
        "657–680",
        "1987",
        "10.1007/bf01068419",
    ),
    _article(
        "flack1983",
        "Flack, H. D.",
        "On enantiomorph-polarity estimation",
        "Acta Crystallographica Section A",
        "39",
        "876–881",
        "1983",
        "10.1107/s0108767383001762",
    ),
)
"""Distortion of shells, tests of equivalence, absolute structure."""


def _read(facts: MethodsFacts) -> MethodsSentence:
    if facts.steps["crystal structure"].get("bonds_listed"):
        return MethodsSentence(
            "Bond lengths and their standard uncertainties were taken as listed in the structure file."
        )
    return MethodsSentence(
        "Bond lengths were computed from coordinates and symmetry, without standard uncertainties, "
        "as the covariance of the coordinates is not in the file."
    )


def _shells(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["shells"]
    elements = ", ".join(str(one) for one in step.get("ligands", ()))
    return MethodsSentence(
        "The first shell of a metal holds the six nearest {atoms} within {farthest} Å.",
        {
            "atoms": f"atoms of {elements}" if elements else "atoms that are neither hydrogen nor metal",
            "farthest": float(step["farthest_A"]),
        },
    )  # fmt: skip


def _mean(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Mean lengths are inverse-variance means; where bonds scatter by more than their standard "
        "uncertainties, that of the mean is multiplied by the root of the reduced χ²."
    )


def _distortion(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The distortion of a shell is told by Δ, the mean square of relative deviations of its six "
        "lengths, and Σ, the sum of the deviations of its 12 cis angles from 90°.",
        {}, ("ketkaew2021",),
    )  # fmt: skip


def _compared(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Lengths were compared with those at {reference} K; a mean length counts as unchanged where "
        "|ΔL| + 1.645 s stays below {limit} Å (95 %).",
        {
            "reference": float(facts.conventions["reference_T_K"]),
            "limit": float(facts.conventions["limit_A"]),
        },
        ("schuirmann1987",),
    )


def _expected(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The limit is held against an expected change of {expected} Å.",
        {"expected": float(facts.conventions["expected_A"])},
    )


def _slope(facts: MethodsFacts) -> MethodsSentence:
    low, high = _ends(facts.conventions["slope_K"])
    return MethodsSentence(
        "Slopes are those of weighted straight lines from {low} to {high} K, their errors multiplied by "
        "the root of the reduced χ² where it exceeds 1; lengths are not corrected for libration.",
        {"low": low, "high": high},
    )


def _windows(facts: MethodsFacts) -> MethodsSentence:
    cited = "; ".join(str(one) for one in facts.conventions["windows"])
    return MethodsSentence(
        "The likelihood of each spin state is that of the mean lengths in ranges of the literature, "
        "uniform in the range and blurred by the standard uncertainty ({windows}); no state is favoured "
        "beforehand.",
        {"windows": cited},
    )


def _mixture(facts: MethodsFacts) -> MethodsSentence:
    low, high = _ends(facts.conventions["mixture_ends_A"])
    return MethodsSentence(
        "A mixture of two states of lengths {low} and {high} Å adds x(1 − x)(ΔL)² to the mean-square "
        "displacement along the bond, x by the mean length.",
        {"low": low, "high": high},
    )


def _axis(facts: MethodsFacts) -> MethodsSentence:
    u, v, w = (float(one) for one in facts.conventions["uvw"])
    return MethodsSentence(
        "The polar axis u is [{uvw}], by the rotation parts of the symmetry operations, with the sense of "
        "{axis}; its absolute sense rests on the Flack parameter.",
        {"uvw": " ".join(f"{one:g}" for one in (u, v, w)), "axis": str(facts.conventions["axis"])},
        ("flack1983",),
    )


def _ends(given: Any) -> tuple[float, float]:
    low, high = given
    return float(low), float(high)


STRUCTURE_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_read, steps=("crystal structure",)),
    MethodsRule(_shells, steps=("shells",)),
    MethodsRule(_mean, conventions=("bonds",), budget=("scatter",)),
    MethodsRule(_distortion, conventions=("shell",)),
    MethodsRule(_windows, conventions=("windows", "bonds_read")),
    MethodsRule(_compared, steps=("compared",), conventions=("reference_T_K", "limit_A")),
    MethodsRule(_expected, conventions=("expected_A",)),
    MethodsRule(_slope, steps=("line over temperature",), conventions=("slope_K",)),
    MethodsRule(_mixture, conventions=("mixture_ends_A", "share")),
    MethodsRule(_axis, conventions=("axis", "uvw")),
)
"""In reading order: lengths, shells, states, changes, slopes, polarity."""
