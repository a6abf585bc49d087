"""What `xanes` and `herfd` did, in the sentences of a paper."""

from __future__ import annotations

from collections.abc import Mapping

from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, Stated
from spectrafit_xas.areas import CONVENTIONS
from spectrafit_xas.peak_count import AREA_ERRORS, AREA_SHARE, SEPARATION_FWHM
from spectrafit_xas.uncertainty import MISFIT_P, RMS_LIMIT

__all__ = ["XAS_CITATIONS", "XAS_METHODS"]

XAS_CITATIONS: tuple[Citation, ...] = (
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


def _calibration(facts: MethodsFacts) -> MethodsSentence:
    step = facts.steps.get("calibrate")
    if step is None:
        return MethodsSentence("Energies are as recorded, without calibration by a foil.")
    return MethodsSentence(
        "Energies were shifted by {shift} eV so that the first inflection of the {element} foil lies "
        "at {assigned:8} eV; it was found between the points of the grid by local cubic regression "
        "with tricube weights of half-width {half_width} eV.",
        {
            "shift": (step["shift_eV"], step["sigma_eV"]),
            "element": step["element"],
            "assigned": step["assigned_eV"],
            "half_width": step["half_width_eV"],
        },
        ("cleveland1979",),
    )


def _normalisation(facts: MethodsFacts) -> MethodsSentence | None:
    step = facts.steps.get("normalise")
    if step is None:
        return None
    e0 = step["e0_eV"]
    values: dict[str, Stated] = {
        "e0": e0,
        "pre_low": step["pre_eV"][0] - e0,
        "pre_high": step["pre_eV"][1] - e0,
        "post_low": step["post_eV"][0] - e0,
        "post_high": step["post_eV"][1] - e0,
        "degree": step["post_degree"],
    }
    cites: tuple[str, ...] = ()
    line = "a line below the edge"
    if step["victoreen"]:
        values["v"] = step["victoreen"]
        line = "a line through μ times the energy to the power of {v} below the edge"
        cites = ("victoreen1949",)
    rule = " (ranges cut as in xraylarch)" if step["range_rule"] == "larch" else ""
    return MethodsSentence(
        f"Spectra were normalised to an edge step of one at E0 = {{e0}} eV, with {line} (from "
        "{pre_low:3} eV on, up to {pre_high:3} eV from E0) and a polynomial above it (degree "
        f"{{degree}}, from {{post_low:3}} eV on, up to {{post_high:3}} eV){rule}.",
        values,
        cites,
    )


def _window(facts: MethodsFacts) -> MethodsSentence | None:
    window = facts.conventions.get("window_eV")
    if window is None:
        return None
    first = "; its smallest value was subtracted first" if "subtract minimum" in facts.steps else ""
    return MethodsSentence(
        f"The pre-edge was fitted in a window from {{low}} eV on, up to {{high}} eV{first}.",
        {"low": float(window[0]), "high": float(window[1])},
    )


def _shape(facts: MethodsFacts) -> MethodsSentence | None:
    shape = facts.conventions.get("shape")
    if not isinstance(shape, str):
        return None
    width = "with one width" if facts.conventions.get("shared_width") else "each with its own width"
    cites = ("hall1977",) if shape.startswith("Pearson VII") else ()
    return MethodsSentence(
        f"The shape of the peaks is {{shape}}; those of one spectrum were fitted {width}.",
        {"shape": shape},
        cites,
    )


def _background(facts: MethodsFacts) -> MethodsSentence | None:
    background = facts.conventions.get("background")
    if not isinstance(background, str):
        return None
    words = " and ".join(_FORMS.get(form, form) for form in background.split("+"))
    return MethodsSentence(
        "The rising edge below them is {form}, fitted together with the peaks.", {"form": words}
    )


def _count(facts: MethodsFacts) -> MethodsSentence | None:
    count = facts.conventions.get("count")
    if count is None:
        return None
    peaks, rule = facts.conventions["peaks"], count["chosen_by"]
    if rule == "set":
        return MethodsSentence("The number of peaks was set to {peaks}.", {"peaks": peaks})
    if rule != "BIC":
        return MethodsSentence(
            "The number of peaks was {rule}; it is {peaks}.", {"rule": rule, "peaks": peaks}
        )
    return MethodsSentence(
        "One more peak was taken only where Bayes' information criterion, on the effective number of "
        "points, fell by {margin} for each, and where no peak ended on a bound, held less than "
        "{errors} standard errors or {share} % of the area, or lay within {gap} FWHM of another or "
        "one FWHM of an end of the window; peaks found: {peaks}.",
        {
            "margin": count["margin"],
            "errors": AREA_ERRORS,
            "share": 100 * AREA_SHARE,
            "gap": SEPARATION_FWHM,
            "peaks": peaks,
        },
        ("schwarz1978", "kass1995", "sokal1997"),
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


def _method_spread(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The mean square distance to fits with other forms of the rising edge and in windows shorter "
        "by a twentieth at either end, of which all count whose rms residual is at most {limit} times "
        "the best of their window, is part of every error.",
        {"limit": RMS_LIMIT},
    )


def _calibration_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The error of the calibration (noise and kernel of the foil's inflection, spread of the foil "
        "scans) is part of every energy's."
    )


def _half_height_error(facts: MethodsFacts) -> MethodsSentence:
    return MethodsSentence(
        "The error of the half-height energy holds those of the points about it and of the edge step."
    )


XAS_METHODS: tuple[MethodsRule, ...] = (
    MethodsRule(_emission),
    MethodsRule(_signal, steps=("roles",), conventions=("signal",)),
    MethodsRule(_calibration, steps=("calibrate",), conventions=("energy_axis",)),
    MethodsRule(_normalisation, steps=("normalise",), conventions=("normalisation", "range_rule")),
    MethodsRule(_window, steps=("window", "subtract minimum"), conventions=("window_eV",)),
    MethodsRule(_shape, conventions=("shape", "shared_width")),
    MethodsRule(_background, conventions=("background",)),
    MethodsRule(_count, conventions=("peaks", "peaks_rule", "count")),
    MethodsRule(_area, conventions=("area_convention",)),
    MethodsRule(_moment, conventions=("moment_reference_eV",)),
    MethodsRule(_half_height, conventions=("rule",)),
    MethodsRule(_steepest, conventions=("kernel",)),
    MethodsRule(_statistics, budget=("statistics",)),
    MethodsRule(_step_error, budget=("edge step", "ranges")),
    MethodsRule(_method_spread, budget=("background and window",)),
    MethodsRule(_calibration_error, budget=("calibration",)),
    MethodsRule(_half_height_error, budget=("point errors and edge step",)),
)
"""In reading order: preparation, model, what is read off, errors."""
