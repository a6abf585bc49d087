"""What `xanes` and `herfd` did, in the sentences of a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, Stated
from spectrafit_xas.preedge.areas import AREA_OF_DATA, CONVENTIONS
from spectrafit_xas.preedge.count_evidence import RMS_LIMIT
from spectrafit_xas.preedge.ensemble import MISFIT_P
from spectrafit_xas.preedge.peak_count import AREA_ERRORS, AREA_SHARE, SEPARATION_FWHM
from spectrafit_xas.scans.methods import SCAN_CITATIONS, SCAN_METHODS

__all__ = ["XAS_CITATIONS", "XAS_METHODS"]

XAS_CITATIONS: tuple[Citation, ...] = (
    *SCAN_CITATIONS,
    Citation(
        "white1982",
        "article",
        {
            "author": "White, H.",
            "title": "Maximum likelihood estimation of misspecified models",
            "journal": "Econometrica",
            "volume": "50",
            "pages": "1–25",
            "year": "1982",
        },
    ),
    Citation(
        "elam2002",
        "article",
        {
            "author": "Elam, W. T. and Ravel, B. D. and Sieber, J. R.",
            "title": "A new atomic database for X-ray spectroscopic calculations",
            "journal": "Radiation Physics and Chemistry",
            "volume": "63",
            "pages": "121–128",
            "year": "2002",
            "doi": "10.1016/S0969-806X(01)00227-4",
        },
    ),
    Citation(
        "weng2005",
        "article",
        {
            "author": "Weng, T.-C. and Waldo, G. S. and Penner-Hahn, J. E.",
            "title": "A method for normalization of X-ray absorption spectra",
            "journal": "Journal of Synchrotron Radiation",
            "volume": "12",
            "pages": "506–510",
            "year": "2005",
            "doi": "10.1107/S0909049504034193",
        },
    ),
    Citation(
        "chantler1995",
        "article",
        {
            "author": "Chantler, C. T.",
            "journal": "Journal of Physical and Chemical Reference Data",
            "volume": "24",
            "pages": "71",
            "year": "1995",
            "doi": "10.1063/1.555974",
        },
    ),
    Citation(
        "victoreen1949",
        "article",
        {
            "author": "Victoreen, J. A.",
            "journal": "Journal of Applied Physics",
            "volume": "20",
            "pages": "1141",
            "year": "1949",
        },
    ),
)

_FORMS: Mapping[str, str] = {
    "constant": "a constant",
    "line": "a line",
    "lorentzian": "the tail of a Lorentzian",
    "arctan": "an arctangent step",
    "erf": "an error-function step",
    "exponential": "an exponential",
}
_AREAS: Mapping[str, str] = {
    CONVENTIONS[
        "area"
    ]: "The pre-edge area is the trapezoid of the fitted peaks over the window on a "
    "grid of 0.01 eV, times 100, the edge step being one.",
    CONVENTIONS["area_analytic"]: "Analytic areas are those of the fitted peaks over all energies, "
    "times 100.",
    CONVENTIONS["area_hxf"]: "Areas as height times FWHM, summed over the fitted peaks and times "
    "100, are given for comparison with older tables.",
    AREA_OF_DATA: "Areas of the data minus the fitted background, times 100, are given beside them, "
    "without errors of their own.",
}


def _emission(facts: MethodsFacts) -> MethodsSentence | None:
    conditions = facts.conditions
    values: dict[str, Stated] = {
        name: conditions[name]
        for name in ("emission_line", "emission_eV", "analyser", "resolution_eV")
        if name in conditions
    }
    if "emission_line" not in values:
        return None
    parts = ["The spectra are those of the {emission_line} emission"]
    parts += [" at {emission_eV} eV"] if "emission_eV" in values else []
    parts += [", analysed by {analyser}"] if "analyser" in values else []
    parts += (
        [", with a total resolution of {resolution_eV} eV"] if "resolution_eV" in values else []
    )
    return MethodsSentence(f"{''.join(parts)}.", values)


def _signal(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps.get("roles", {})
    formula = step.get("y_made_from") or facts.conventions.get("signal")
    if not isinstance(formula, str):
        return None
    made = "computed as" if "/" in formula else "taken from the column"
    errors = (
        ", and the Poisson errors of the counts were propagated to every point"
        if step.get("sigma")
        else ""
    )
    return MethodsSentence(
        f"The absorption μ was {made} {{formula}}{errors}.", {"formula": formula}
    )


def _merge(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["merge"]
    values: dict[str, Stated] = {"count": len(step["scans"]) - len(step["left_out"])}
    if step["weights"] == "equal":
        return MethodsSentence(
            "Of repeated scans ({count}) the mean was evaluated, with the error that their scatter "
            "gives.",
            values,
        )
    return MethodsSentence(
        "Of repeated scans ({count}) the mean was evaluated, each weighing by its mean variance; its "
        "errors are those of the counts, multiplied by the square root of χ² over the scans against "
        "its median where they scatter more.",
        values,
        ("navas2024",),
    )


def _left_out(facts: MethodsFacts) -> MethodsSentence | None:
    count = len(facts.steps["merge"]["left_out"])
    if not count:
        return None
    return MethodsSentence(
        "Scans that deviate from the others were left out of the mean ({count}).", {"count": count}
    )


def _calibration(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps.get("calibrate")
    if step is None:
        return MethodsSentence("Energies are as recorded, without calibration by a foil.")
    return MethodsSentence(
        "Energies were calibrated by the first inflection of a foil, found between the points of its "
        "grid by local cubic regression with tricube weights of half-width {half_width} eV.",
        {"half_width": step["half_width_eV"]},
        ("cleveland1979",),
    )


def _shift(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["calibrate"]
    return MethodsSentence(
        "Energies were shifted by {shift} eV, so that the first inflection of the {element} foil lies "
        "at {assigned:8} eV.",
        {
            "shift": (step["shift_eV"], step["sigma_eV"]),
            "element": step["element"],
            "assigned": step["assigned_eV"],
        },
    )


def _normalisation(facts: MethodsFacts) -> MethodsSentence:
    if "scale" in facts.steps:
        return MethodsSentence(
            "The scan has no range above the edge: a line below it was subtracted and the highest "
            "point set to one, so that no edge step and no area is given."
        )
    step = facts.steps.get("normalise", {})
    if step.get("method") == "MBACK":
        return MethodsSentence(
            "Spectra were normalised to an edge step of one by MBACK: a polynomial of degree 3 and a "
            "scale match them to tabulated absorption below and above the edge.",
            {},
            ("weng2005", "chantler1995"),
        )
    rule = ", ranges cut as in xraylarch" if step.get("range_rule") == "larch" else ""
    if not step.get("victoreen"):
        return MethodsSentence(
            "Spectra were normalised to an edge step of one between a line below the edge and a "
            f"polynomial above it{rule}."
        )
    return MethodsSentence(
        "Spectra were normalised to an edge step of one between a line through μ times the energy to "
        f"the power of {{v}} below the edge and a polynomial above it{rule}.",
        {"v": step["victoreen"]},
        ("victoreen1949",),
    )


def _ranges(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps["normalise"]
    e0 = step["e0_eV"]
    return MethodsSentence(
        "The step was taken at E0 = {e0} eV; relative to it, the range of the line begins at "
        "{pre_low:3} eV and ends at {pre_high:3} eV, and that of the polynomial, of degree {degree}, "
        "begins at {post_low:3} eV and ends at {post_high:3} eV.",
        {
            "e0": e0,
            "pre_low": step["pre_eV"][0] - e0,
            "pre_high": step["pre_eV"][1] - e0,
            "degree": step["post_degree"],
            "post_low": step["post_eV"][0] - e0,
            "post_high": step["post_eV"][1] - e0,
        },
    )


def _flattened(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Above the edge the polynomial was taken off, so that the normalised absorption levels at one."
    )


def _over_absorption(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps.get("over-absorption")
    if step is None:
        return None
    return MethodsSentence(
        "Over-absorption was taken off for a sample of infinite thickness, with a ratio of other "
        "absorption to the jump of the edge of {ratio} from {origin}.",
        {"ratio": (step["ratio"], step["ratio_sigma"]), "origin": str(step["origin"])},
        ("elam2002",) if "composition" in step else (),
    )


def _over_absorption_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence("The error of that ratio is part of that of every area.")


def _window(facts: MethodsFacts) -> MethodsSentence | None:
    window = facts.conventions.get("window_eV")
    if window is None:
        return None
    first = "; its smallest value was subtracted first" if "subtract minimum" in facts.steps else ""
    return MethodsSentence(
        f"The window of the pre-edge fit begins at {{low}} eV and ends at {{high}} eV{first}.",
        {"low": float(window[0]), "high": float(window[1])},
    )


def _shape(facts: MethodsFacts) -> MethodsSentence:
    shape = facts.conventions["shape"]
    each = [shape] if isinstance(shape, str) else list(shape)
    cites = ("hall1977",) if any(one.startswith("Pearson VII") for one in each) else ()
    words = "shape" if len(each) == 1 else "shapes"
    verb = "is" if len(each) == 1 else "are, in turn,"
    return MethodsSentence(
        f"The {words} of the peaks {verb} {{shape}}.", {"shape": _and(each)}, cites
    )


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _width(facts: MethodsFacts) -> MethodsSentence:
    if facts.conventions["shared_width"]:
        return MethodsSentence("The peaks of a spectrum have one width.")
    return MethodsSentence("Every peak has a width of its own.")


def _background(facts: MethodsFacts) -> MethodsSentence:
    given = facts.conventions["background"]
    each = [given] if isinstance(given, str) else list(given)
    texts = [" with ".join(_FORMS.get(form, form) for form in one.split("+")) for one in each]
    words = texts[0].replace(" with ", " and ") if len(texts) == 1 else f"in turn {_and(texts)}"
    return MethodsSentence(
        "The rising edge below the peaks is {form}, fitted together with them.", {"form": words}
    )


def _count(facts: MethodsFacts) -> MethodsSentence:
    count = facts.conventions.get("count") or {"chosen_by": facts.conventions["peaks_rule"]}
    if count["chosen_by"] == "set":
        return MethodsSentence("The number of peaks was set.")
    if count["chosen_by"] != "BIC":
        return MethodsSentence("The number of peaks was {rule}.", {"rule": count["chosen_by"]})
    return MethodsSentence(
        "One more peak was taken only where Bayes' information criterion, on the effective number of "
        "points, fell by at least {margin} for each, and where no peak ended on a bound, had a height "
        "below {errors} standard errors, held less than {share} % of the area, or lay within {gap} "
        "FWHM of another or one FWHM of an end of the window.",
        {
            "margin": count["margin"],
            "errors": AREA_ERRORS,
            "share": 100 * AREA_SHARE,
            "gap": SEPARATION_FWHM,
        },
        ("schwarz1978", "kass1995", "sokal1997"),
    )


def _peaks(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The number of peaks fitted is {peaks}.", {"peaks": facts.conventions["peaks"]}
    )


def _area(facts: MethodsFacts) -> MethodsSentence | None:
    convention = str(facts.conventions["area_convention"])
    if convention in _AREAS:
        return MethodsSentence(_AREAS[convention])
    return MethodsSentence("Areas are also given as {convention}.", {"convention": convention})


def _moment(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "First moments are taken about the tabulated K edge of {element}, {edge:8} eV.",
        {
            "element": str(facts.conditions.get("element", "the absorber")),
            "edge": facts.conventions["moment_reference_eV"],
        },
        ("elam2002",),
    )


def _half_height(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The half-height energy of the edge is the {rule} by the normalised absorption.",
        {"rule": str(facts.conventions["rule"])},
    )


def _steepest(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The steepest point of the edge was found with a kernel ({kernel}).",
        {"kernel": str(facts.conventions["kernel"])},
        ("cleveland1979",),
    )


def _statistics(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Statistical errors were propagated from the covariance of the fit, multiplied by the square "
        "root of the reduced χ² where the residual exceeds the noise (p < {p}).",
        {"p": MISFIT_P},
        ("navas2024",),
    )


def _step_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The error of the edge step, its standard deviation over other ranges of the normalisation, "
        "enters every area."
    )


def _emphasis(facts: MethodsFacts) -> MethodsSentence:
    found = facts.conventions["emphasis"]
    return MethodsSentence(
        "The fits of the pre-edge minimise the squared residual and that of its second derivative "
        "(local cubic of half-width {width} eV, scaled so that white noise counts alike in both), "
        "weighed {plain} to {weight}; their errors are those of the sandwich covariance, and the "
        "number of peaks rests on fits of the data alone.",
        {
            "width": found["half_width_eV"],
            "plain": 1.0 - found["weight"],
            "weight": found["weight"],
        },
        ("white1982", "cleveland1979"),
    )


def _ensemble(facts: MethodsFacts) -> MethodsSentence:
    found = facts.conventions["ensemble"]
    weighed = "weighed alike" if found["weighing"] == "equal" else "weighed by BIC in each window"
    return MethodsSentence(
        "The spectrum was fitted under every combination of windows, rising edges, shapes and numbers "
        "of peaks ({tried}); those whose peaks all count and whose rms residual is at most {limit} "
        f"times the best of their window ({{kept}}) were {weighed}, and pre-edge values are their "
        "means.",
        {"tried": found["tried"], "kept": found["kept"], "limit": RMS_LIMIT},
    )


def _choices_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The variance between these fits was added to the mean of their own, and split by choice."
    )


def _calibration_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The error of the calibration (noise and kernel of the foil's inflection, spread of the foil "
        "scans) is part of that of every energy."
    )


def _edge_noise(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "Edge energies were read off again after adding noise as large as the point errors; their "
        "standard deviation is part of their error."
    )


def _edge_step_at_edge(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The error of the edge step is part of that of the half-height energy and of the energy by "
        "the integral."
    )


def _kernel_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The error of the steepest point holds half its spread over kernels of half-width 1, 1.5 "
        "and 2 eV."
    )


def _integral(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The energy of the edge by its integral is that of a sharp step of equal area, integrated "
        "{integral}.",
        {"integral": str(facts.conventions["integral"])},
    )


XAS_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_emission),
    MethodsRule(_signal, steps=("roles",), conventions=("signal",)),
    *SCAN_METHODS,
    MethodsRule(_merge, steps=("merge",)),
    MethodsRule(_left_out, steps=("merge",)),
    MethodsRule(_calibration, conventions=("energy_axis",)),
    MethodsRule(_shift, steps=("calibrate",)),
    MethodsRule(_normalisation, steps=("scale",), conventions=("normalisation", "range_rule")),
    MethodsRule(_ranges, steps=("normalise",)),
    MethodsRule(_flattened, steps=("flatten",)),
    MethodsRule(_over_absorption, steps=("over-absorption",), conventions=("over_absorption",)),
    MethodsRule(_window, steps=("window", "subtract minimum"), conventions=("window_eV",)),
    MethodsRule(_shape, conventions=("shape",)),
    MethodsRule(_width, conventions=("shared_width",)),
    MethodsRule(_background, conventions=("background",)),
    MethodsRule(_emphasis, conventions=("emphasis",)),
    MethodsRule(_ensemble, conventions=("ensemble",)),
    MethodsRule(_count, conventions=("count", "peaks_rule")),
    MethodsRule(_peaks, conventions=("peaks",)),
    MethodsRule(_area, conventions=("area_convention",)),
    MethodsRule(_moment, conventions=("moment_reference_eV",)),
    MethodsRule(_half_height, conventions=("rule",)),
    MethodsRule(_steepest, conventions=("kernel",)),
    MethodsRule(_integral, conventions=("integral",)),
    MethodsRule(_statistics, budget=("statistics",)),
    MethodsRule(_step_error, budget=("edge step", "ranges")),
    MethodsRule(_choices_error, budget=("window", "background", "shape", "peaks", "interaction")),
    MethodsRule(_calibration_error, budget=("calibration",)),
    MethodsRule(_over_absorption_error, budget=("over-absorption",)),
    MethodsRule(_edge_noise, budget=("point errors of the edge",)),
    MethodsRule(_edge_step_at_edge, budget=("step at the edge",)),
    MethodsRule(_kernel_error, budget=("kernel",)),
)
"""In reading order: preparation, model, what is read off, errors."""
