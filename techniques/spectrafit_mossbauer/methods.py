"""What `mossbauer` did, in the sentences of a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, Stated
from spectrafit_mossbauer.drive.conventions import CONVENTIONS
from spectrafit_mossbauer.series_methods import SERIES_METHODS

__all__ = ["MOSSBAUER_CITATIONS", "MOSSBAUER_METHODS"]


def _article(
    key: str,
    author: str,
    title: str,
    journal: str,
    volume: str,
    pages: str,
    year: str,
    doi: str = "",
) -> Citation:
    fields = {"author": author, "title": title, "journal": journal, "volume": volume}
    fields |= {"pages": pages, "year": year}
    return Citation(key, "article", fields | ({"doi": doi} if doi else {}))


MOSSBAUER_CITATIONS: tuple[Citation, ...] = (
    _article(
        "violet1971",
        "Violet, C. E. and Pipkorn, D. N.",
        "Mössbauer line positions and hyperfine interactions in α iron",
        "Journal of Applied Physics",
        "42",
        "4339",
        "1971",
    ),
    _article(
        "baker1984",
        "Baker, S. and Cousins, R. D.",
        "Clarification of the use of chi-square and likelihood functions in fits to histograms",
        "Nuclear Instruments and Methods in Physics Research",
        "221",
        "437–442",
        "1984",
    ),
    _article(
        "iupac1976",
        "International Union of Pure and Applied Chemistry",
        "Nomenclature and conventions for reporting Mössbauer spectroscopic data",
        "Pure and Applied Chemistry",
        "45",
        "211",
        "1976",
        "10.1351/pac197645030211",
    ),
    _article(
        "grandjean2021",
        "Grandjean, F. and Long, G. J.",
        "Best practices and protocols in Mössbauer spectroscopy",
        "Chemistry of Materials",
        "33",
        "3878–3904",
        "2021",
        "10.1021/acs.chemmater.1c00326",
    ),
)
"""The positions of alpha-iron, statistics of counts, and recommendations for reporting."""

_POSITIONS_FROM: Mapping[str, tuple[str, ...]] = {"A": ("violet1971",)}
_SHAPES: Mapping[str, str] = {"lorentzian": "Lorentzian", "voigt": "Voigt"}
_TIES: Mapping[str, str] = {
    "none": "The lines of a doublet have equal areas and equal widths.",
    "texture": "The lines of a doublet have equal widths; the ratio of their areas is free, as texture "
    "or an anisotropic recoil-free fraction makes it.",
    "relaxation": "The lines of a doublet have equal areas; their widths are free, as relaxation makes "
    "them.",
}
_UNDECLARED = "undeclared"


def _summed(facts: MethodsFacts) -> MethodsSentence:
    runs = facts.steps["summed"].get("runs", ())
    return MethodsSentence(
        "The counts of runs at one temperature ({count}) were summed channel by channel, after a test "
        "that none contains another.",
        {"count": len(runs)},
    )


def _velocity(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["velocity"]
    values: dict[str, Stated] = {
        "file": str(step.get("file") or step.get("name") or "alpha-iron"),
        "drive": str(step["drive"]),
        "reduced": float(step["reduced_chi2"]),
    }
    parts = []
    for name, words in (
        ("k", "{k} mm/s a channel"),
        ("c0", "folding centre at channel {c0}"),
        ("d0", "zero velocity {d0} channels from it"),
        ("A", "largest velocity {A} mm/s"),
        ("phi", "zero of the sine at channel {phi}"),
        ("v0", "shift of alpha-iron {v0} mm/s"),
    ):
        if name in step:
            values[name] = (float(step[name]), _number(step.get(f"{name}_sigma")))
            parts.append(words)
    found = f": {', '.join(parts)}, channels counted from 0" if parts else ""
    return MethodsSentence(
        "Velocities were calibrated with a run of alpha-iron ({file}), all of whose channels in both "
        f"branches were fitted at once with six lines on a {{drive}} drive{found}; reduced χ² "
        "{reduced:4}.",
        values,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _unfolded(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Both branches were fitted as they were counted, without folding ({points} channels); figures "
        "alone are folded, by sums of whole channels.",
        {"points": int(facts.steps["unfolded"]["points"])},
    )


def _one_branch(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The spectrum was fitted on the velocities of its file ({points} points), of one branch or "
        "folded before.",
        {"points": int(facts.steps["one branch"]["points"])},
    )


def _reference(facts: MethodsFacts) -> MethodsSentence:
    if not str(facts.conventions["IS_reference"]).startswith("alpha-Fe"):
        return MethodsSentence(
            "Isomer shifts are given against the zero of the file's velocities, whose reference is not "
            "known."
        )
    return MethodsSentence(
        "Isomer shifts are given against the centroid of alpha-iron at room temperature, and named as "
        "IUPAC recommends.",
        {},
        ("iupac1976",),
    )


def _positions(facts: MethodsFacts) -> MethodsSentence:
    name = str(facts.conventions["alpha_Fe_convention"])
    if name not in CONVENTIONS:
        return MethodsSentence("The scale of velocity is that of the file.")
    known = CONVENTIONS[name]
    outer, middle, inner = (f"±{one:.4f}" for one in known.positions)
    return MethodsSentence(
        f"The lines of alpha-iron are taken at {outer}, {middle} and {inner} mm/s (convention {name}, "
        f"{known.field:g} T).",
        {},
        _POSITIONS_FROM.get(name, ()),
    )


def _orientation(facts: MethodsFacts) -> MethodsSentence:
    given = facts.conventions["orientation"]
    if given in (None, _UNDECLARED):
        return MethodsSentence(
            "Which branch has rising velocity was not declared, so that the sign of isomer shifts is not "
            "determined."
        )
    told = facts.steps.get("velocity", {}).get("orientation_from", "declared")
    if told not in ("", "declared"):
        return MethodsSentence(
            "The orientation of the drive is {orientation}, from a spectrum of known isomer shift "
            "({reference}): velocity times it rises with the channel in the second branch.",
            {"orientation": str(given), "reference": str(told)},
        )
    return MethodsSentence(
        "The orientation of the drive was declared as {orientation}: velocity times it rises with the "
        "channel in the second branch.",
        {"orientation": str(given)},
    )


def _sites(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The model of the absorption is {sites}.", {"sites": str(facts.conventions["sites"])}
    )


def _shares(facts: MethodsFacts) -> MethodsSentence:
    given = facts.conventions["site_theta_K"]
    thetas = given if isinstance(given, Sequence) and not isinstance(given, str) else (given,)
    return MethodsSentence(
        "Shares of the iron are absorption areas divided by the recoil-free fractions of the Debye model "
        "with {thetas} K.",
        {"thetas": " and ".join(f"{float(theta):g}" for theta in thetas)},
    )


def _line(facts: MethodsFacts) -> MethodsSentence:
    given = str(facts.conventions["line"])
    return MethodsSentence(
        "The lines are {line}; widths are full widths at half maximum.",
        {"line": _SHAPES.get(given, given)},
    )


def _asymmetry(facts: MethodsFacts) -> MethodsSentence:
    given = str(facts.conventions["asymmetry"])
    if given in _TIES:
        return MethodsSentence(_TIES[given])
    return MethodsSentence("What differs between the lines of a doublet: {what}.", {"what": given})


def _absorber(facts: MethodsFacts) -> MethodsSentence:
    given = str(facts.conventions["absorber"])
    if given == "thin":
        return MethodsSentence(
            "The absorber was taken as thin, so that absorption adds up site by site."
        )
    return MethodsSentence("The absorber was treated as {absorber}.", {"absorber": given})


def _area(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Areas are absorption as a share of the counts off resonance, integrated over velocity."
    )


def _statistics(facts: MethodsFacts) -> MethodsSentence:
    if not str(facts.conventions["statistics"]).startswith("Poisson"):
        return MethodsSentence(
            "The numbers of the file are no counts, so that χ² says nothing and standard errors rest on "
            "an assumed variance."
        )
    return MethodsSentence(
        "Fits minimise χ² with the variance that the model expects of the counts, refreshed until it "
        "rests, which agrees with Poisson's maximum likelihood; standard errors are from the covariance "
        "and not scaled by χ².",
        {},
        ("baker1984",),
    )


def _reduced(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The reduced χ² of the fit is {reduced:4}.",
        {"reduced": float(facts.conventions["reduced_chi2"])},
    )


def _drive_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The errors of the calibration's parameters are part of the errors of positions, widths and "
        "areas."
    )


MOSSBAUER_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_summed, steps=("summed",)),
    MethodsRule(_velocity, steps=("velocity",)),
    MethodsRule(_positions, conventions=("alpha_Fe_convention",)),
    MethodsRule(_orientation, conventions=("orientation",)),
    MethodsRule(_reference, conventions=("IS_reference",)),
    MethodsRule(_unfolded, steps=("unfolded",)),
    MethodsRule(_one_branch, steps=("one branch",)),
    MethodsRule(_statistics, conventions=("statistics",)),
    MethodsRule(_sites, conventions=("sites",)),
    MethodsRule(_line, conventions=("line",)),
    MethodsRule(_asymmetry, conventions=("asymmetry",)),
    MethodsRule(_absorber, conventions=("absorber",)),
    MethodsRule(_shares, conventions=("site_theta_K",)),
    MethodsRule(_area, conventions=("area",)),
    MethodsRule(_reduced, conventions=("reduced_chi2",)),
    MethodsRule(_drive_error, budget=("calibration",)),
    *SERIES_METHODS,
)
"""In reading order: the scale of velocity, the fit, what is read off, errors, series and states."""
