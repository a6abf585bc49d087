"""What was done to scans before they were normalised, in the sentences of a paper."""

from __future__ import annotations

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence

__all__ = ["SCAN_CITATIONS", "SCAN_METHODS"]

SCAN_CITATIONS: tuple[Citation, ...] = (
    Citation(
        "beaton1974",
        "article",
        {
            "author": "Beaton, A. E. and Tukey, J. W.",
            "journal": "Technometrics",
            "volume": "16",
            "pages": "147–185",
            "year": "1974",
        },
    ),
    Citation(
        "kendall1938",
        "article",
        {
            "author": "Kendall, M. G.",
            "journal": "Biometrika",
            "volume": "30",
            "pages": "81–93",
            "year": "1938",
        },
    ),
    Citation(
        "sen1968",
        "article",
        {
            "author": "Sen, P. K.",
            "journal": "Journal of the American Statistical Association",
            "volume": "63",
            "pages": "1379–1389",
            "year": "1968",
        },
    ),
    Citation(
        "holm1979",
        "article",
        {
            "author": "Holm, S.",
            "journal": "Scandinavian Journal of Statistics",
            "volume": "6",
            "pages": "65–70",
            "year": "1979",
        },
    ),
)


def _deglitch(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Single points that lie far from a robust cubic through their neighbours were left out as "
        "glitches ({points}), not interpolated.",
        {"points": facts.steps["deglitch"]["points"]},
        ("beaton1974",),
    )


def _point_errors(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence("Point errors were taken from third differences of neighbouring points.")


def _set_aside(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "First points of scans at which the monochromator had not settled were left out."
    )


def _align(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Scans were aligned by their foil channel over the whole edge before they were merged."
    )


def _rebin(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence("Scans were averaged over the bins of a coarser grid.")


def _damage(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["damage test"]
    return MethodsSentence(
        "Repeated scans were tested for radiation damage in bands of the pre-edge, of the rising edge "
        "and of the white line, in the shift of the edge and in the projection on last minus first, "
        "by Kendall's exact test and the slope of Theil and Sen, by weighted slopes for fewer than "
        "eight scans, corrected after Holm; {verdict}.",
        {"verdict": "; ".join(dict.fromkeys(step["verdict"]))},
        ("kendall1938", "sen1968", "holm1979"),
    )


def _zero_dose(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The drifting scans ({count}) were extrapolated to zero dose by a line at every point.",
        {"count": len(facts.steps["zero dose"]["scans"])},
    )


def _in_time(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps["calibrate"]
    if step.get("rule") != "interpolated in time":
        return None
    return MethodsSentence(
        "Between foil scans the inflection was interpolated in time; its drift is {drift} eV.",
        {"drift": step["drift_eV"]},
    )


def _in_angle(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps["calibrate"]
    if step.get("d_spacing_A") is None:
        return None
    return MethodsSentence(
        "The shift is one of the Bragg angle of planes {spacing:5} Å apart.",
        {"spacing": step["d_spacing_A"]},
    )


SCAN_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_deglitch, steps=("deglitch",)),
    MethodsRule(_point_errors, steps=("point errors",)),
    MethodsRule(_in_time, steps=("calibrate",)),
    MethodsRule(_in_angle, steps=("calibrate",)),
    MethodsRule(_set_aside, steps=("set aside",)),
    MethodsRule(_align, steps=("align",)),
    MethodsRule(_rebin, steps=("rebin",)),
    MethodsRule(_damage, steps=("damage test",)),
    MethodsRule(_zero_dose, steps=("zero dose",)),
)
"""In the order of the steps."""
