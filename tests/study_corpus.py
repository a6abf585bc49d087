"""Studies that are right and studies that are wrong, with what is to be said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from spectrafit.observable import ObservableSpec
from spectrafit.technique import InputSpec


@dataclass(frozen=True)
class PeakSettings:
    """Settings as a technique declares them."""

    peaks: int = field(default=2, metadata={"unit": "1", "meaning": "number of peaks"})
    window_eV: tuple[float, float] = field(
        default=(7108.0, 7118.0), metadata={"unit": "eV", "meaning": "fit window"}
    )
    anchors_eV: tuple[float, ...] = field(
        default=(), metadata={"unit": "eV", "meaning": "points of the baseline"}
    )
    shape: str = field(
        default="pearson7",
        metadata={"unit": "1", "meaning": "line shape", "choices": ("pearson7", "voigt")},
    )
    deglitch: bool = field(default=True, metadata={"unit": "1", "meaning": "remove glitches"})
    width_eV: float | None = field(default=None, metadata={"unit": "eV", "meaning": "resolution"})
    columns: Mapping[str, str] = field(
        default_factory=dict, metadata={"unit": "1", "meaning": "column by role"}
    )
    labels: tuple[str, ...] = field(default=(), metadata={"unit": "1", "meaning": "names"})

    def __post_init__(self) -> None:
        if self.window_eV[0] >= self.window_eV[1]:
            raise ValueError("window_eV begins above its end")


def technique_named(name: str, *, required: bool = False, key: str = "") -> Any:
    """Return the part of a technique that a study is checked against."""
    return SimpleNamespace(
        name=name,
        settings=PeakSettings,
        inputs=(
            InputSpec("sample", "the scan", required=True),
            InputSpec("calibration", "scan of a foil", required=required),
        ),
        observables=(ObservableSpec(key or f"{name}.fe.area", "1", "an area"),),
    )


TECHNIQUES: Mapping[str, Any] = {
    "xanes": technique_named("xanes"),
    "herfd": technique_named("herfd", required=True),
    "mossbauer": technique_named("mossbauer", key="mossbauer.{quantity}"),
}
READERS = ("columns", "xdi")

EXAMPLE = """\
#:schema study.schema.json
[study]
name = "feco"
title = "[FeCo] dinuclear complex: three electronic states"

[sample.FeCo]                         # facts that several techniques need, once
formula = "C38H74N8O4F18P3FeCo"

[[measurement]]
name = "foil"
technique = "xanes"
role = "calibration"                  # sample | calibration | reference | background
files = ["raw/foil/*.dat"]            # globs, relative to this file

[[measurement]]
name = "herfd"
technique = "herfd"
sample = "FeCo"
files = ["raw/herfd/*.dat"]
uses = { calibration = "foil" }       # other measurements, by name
[measurement.conditions]              # T is never guessed from file order
T = { pattern = "_{}K", unit = "K" }
[measurement.settings]                # only what differs
peaks = 3
window_eV = [7108.0, 7118.0]
[measurement.parameters]              # any parameter of any fit
"peak1.center" = { start = 7112.3, min = 7111.5, max = 7113.0 }
"peak2.fwhm" = { equals = "peak1.fwhm" }
[[measurement.except]]                # the recipe applies to all, except
files = ["raw/herfd/scan_0117.dat"]
use = false
reason = "beam dump at 7130 eV"

[[waive]]
code = "XAS-100"
measurement = "herfd"
reason = "relative energies only"

[state.FeIII_LS]
label = "Fe3+(LS)-dhbq3-"
[state.FeIII_LS.expect]
"mossbauer.QS" = { low = 2.0, unit = "mm/s", source = "floquet2005" }
"structure.Fe-O" = { value = 1.904, sigma = 0.005, unit = "A", source = "assumed: 60 K is this state" }
"""

HEAD = """\
[study]
name = "s"
[[measurement]]
name = "m"
technique = "xanes"
files = "raw/*.dat"
"""
EXPECT = HEAD + "[state.A.expect]\n"

GOOD: Mapping[str, str] = {
    "the example": EXAMPLE,
    "the least": HEAD,
    "a text is a list of one": HEAD + 'uses = { calibration = "foil" }\n'
    '[[measurement]]\nname = "foil"\ntechnique = "xanes"\nfiles = "foil.dat"\n',
    "a whole number is a number": HEAD + "[sample.S]\nmolar_mass_g_mol = 1120\n",
    "every way to T": HEAD
    + '[measurement.conditions]\nT = { header = "Sample.temperature", unit = "K" }\n'
    'T2 = { table = "T.csv", column = "T_K", unit = "K" }\nT3 = { value = 8, unit = "degC" }\n'
    'branch = { value = "heating" }\nangle = { pattern = "a{}_", unit = "deg" }\n',
    "keys without quotes": EXPECT + 'ir.1556.area = { value = 1, source = "assumed: so" }\n'
    'mossbauer.QS = { low = 2, high = 2.5, unit = "mm/s", source = "floquet2005" }\n',
    "keys in tables": HEAD + "[measurement.parameters.peak1.center]\nstart = 7112.0\n"
    "[measurement.parameters.peak1.fwhm]\nfixed = true\n",
    "an exception with settings": HEAD
    + '[[measurement.except]]\nfiles = "raw/a.dat"\nreason = "thin"\nsettings = { peaks = 1 }\n',
    "quoted state": HEAD + '[state."Fe3+"]\nlabel = "x"\n',
    "report": HEAD + '[report]\nfigures = "none"\ndraw = "scan_1*"\nformats = "png"\n',
    "choices": HEAD + '[measurement.settings]\nshape = "voigt"\nwidth_eV = 1\nlabels = "a"\n'
    'columns = { x = "energy" }\nanchors_eV = [1, 2.5]\n',
}


@dataclass(frozen=True)
class Bad:
    """A study with one mistake, its place and some of the words said about it."""

    name: str
    text: str
    where: str
    words: str
    seen_by_schema: bool = True


def _condition(text: str) -> str:
    return f"{HEAD}[measurement.conditions]\nT = {{ {text} }}\n"


def _settings(text: str) -> str:
    return f"{HEAD}[measurement.settings]\n{text}\n"


def _expected(text: str) -> str:
    return f'{EXPECT}"mossbauer.QS" = {{ {text} }}\n'


def _parameter(text: str) -> str:
    return f'{HEAD}[measurement.parameters]\n"p1.center" = {{ {text} }}\n'


M = "$.measurement[0]"
T = f"{M}.conditions.T"
QS = '$.state.A.expect."mossbauer.QS"'
P1 = f'{M}.parameters."p1.center"'
EXCEPT = "[[measurement.except]]\n"

# fmt: off
BAD: tuple[Bad, ...] = (
    # keys
    Bad("no study", HEAD.replace('[study]\nname = "s"\n', ""), "$.study", "is missing"),
    Bad("no measurement", '[study]\nname = "s"\n', "$.measurement", "is missing"),
    Bad("empty list", 'measurement = []\n[study]\nname = "s"\n', "$.measurement", "is empty"),
    Bad("no name", HEAD.replace('name = "m"\n', ""), f"{M}.name", "give name: unique"),
    Bad("no files", HEAD.replace("files", "file"), f"{M}.file", "did you mean files"),
    Bad("key of the top", HEAD + "[samples.A]\n", "$.samples", "did you mean sample"),
    Bad("far key", HEAD + "[xyz]\n", "$.xyz", "the keys are: study, measurement, sample"),
    Bad("key of a measurement", HEAD + 'tecnique = "x"\n', f"{M}.tecnique", "mean technique"),
    Bad("field name is no key", HEAD + "exceptions = []\n", f"{M}.exceptions", "no such key"),
    Bad("key of a condition", _condition('patern = "_{}K"'), f"{T}.patern", "mean pattern"),
    Bad("key of an expectation", _expected('vale = 1, source = "a"'), f"{QS}.vale", "value"),
    Bad("key of a parameter", _parameter("strat = 1"), f"{P1}.strat", "did you mean start"),
    # kinds
    Bad("table for list", "[measurement]\n[study]\nname='s'\n", "$.measurement", "[[name]]"),
    Bad("list for table", HEAD.replace("[study]", "[[study]]"), "$.study", "single brackets"),
    Bad("number for text", HEAD.replace('"s"', "3"), "$.study.name", "put it in quotes"),
    Bad("list for text", HEAD + '[sample.A]\nnote = ["a"]\n', "$.sample.A.note", "a list where"),
    Bad("text for truth value", HEAD.replace("[study]", "[study]\nallow_outside = \"false\""), "$.study.allow_outside", "write false"),
    Bad("number for truth value", HEAD.replace("[study]", "[study]\nallow_outside = 1"), "$.study.allow_outside", "write true or false"),
    Bad("truth value for a word", HEAD + "[report]\nfigures = true\n", "$.report.figures", "shown"),
    Bad("text for number", _expected('value = "2.5", source = "a"'), f"{QS}.value", "write 2.5 without quotes"),
    Bad("decimal comma in quotes", _parameter('start = "7112,3"'), f"{P1}.start", "write 7112.3 without"),
    Bad("truth value for number", _expected('value = true, source = "a"'), f"{QS}.value", "true where a number"),
    Bad("list for number", _parameter("start = [1]"), f"{P1}.start", "a list where a number"),
    Bad("nan", _expected('value = nan, source = "a"'), f"{QS}.value", "finite", False),
    Bad("infinite", _parameter("max = inf"), f"{P1}.max", "finite", False),
    Bad("beyond double", _parameter("max = 1e999"), f"{P1}.max", "finite", False),
    Bad("date", _parameter("start = 2024-01-01"), f"{P1}.start", "the date or time 2024-01-01"),
    Bad("date as condition", _condition('value = 2024-01-01, unit = "K"'), f"{T}.value", "a finite number or a text"),
    Bad("number in a list of texts", HEAD.replace('"raw/*.dat"', '["a", 3]'), f"{M}.files[1]", "text"),
    Bad("empty list of files", HEAD.replace('"raw/*.dat"', "[]"), f"{M}.files", "at least one"),
    Bad("text for a table", HEAD + 'conditions = "8 K"\n', f"{M}.conditions", "a table is meant"),
    Bad("text for a parameter", HEAD + "[measurement.parameters]\np1 = 3\n", f"{M}.parameters.p1", "a table is meant"),
    # words
    Bad("role", HEAD + 'role = "calibrate"\n', f"{M}.role", "did you mean calibration"),
    Bad("format", HEAD + '[report]\nformats = ["svg", "gif"]\n', "$.report.formats[1]", "svg, pdf, png"),
    Bad("name with slash", HEAD.replace('"s"', '"a/b"'), "$.study.name", "becomes a file name"),
    Bad("empty name", HEAD.replace('"m"', '""'), f"{M}.name", "not empty"),
    Bad("line break in a path", HEAD.replace("raw/*", "raw\\n*"), f"{M}.files", "backslash"),
    Bad("code", HEAD + '[[waive]]\ncode = "xas"\nreason = "a"\n', "$.waive[0].code", "XAS-100"),
    Bad("waiver without reason", HEAD + '[[waive]]\ncode = "XAS-1"\n', "$.waive[0].reason", "missing"),
    Bad("waiver with empty reason", HEAD + '[[waive]]\ncode = "XAS-1"\nreason = " "\n', "$.waive[0].reason", "empty"),
    Bad("empty exception reason", f"{HEAD}{EXCEPT}files='a'\nuse=false\nreason=''\n", f"{M}.except[0].reason", "is empty"),
    Bad("unit", _condition('value = 8, unit = "kalvin"'), f"{T}.unit", "kelvin"),
    Bad("unit of an expectation", _expected('value = 1, unit = "mm/sec", source = "a"'), f"{QS}.unit", "mean mm/s"),
    # conditions
    Bad("two ways", _condition('pattern = "_{}K", value = 8, unit = "K"'), T, "pattern and value exclude each other"),
    Bad("no way", _condition('unit = "K"'), T, "says nothing"),
    Bad("pattern without place", _condition('pattern = "_K", unit = "K"'), f"{T}.pattern", "exactly one {}"),
    Bad("pattern with two places", _condition('pattern = "{}_{}K", unit = "K"'), f"{T}.pattern", "exactly one {}"),
    Bad("table without column", _condition('table = "T.csv", unit = "K"'), T, "table without column"),
    Bad("column and header", _condition('column = "T", header = "T", unit = "K"'), T, "exclude each other"),
    Bad("empty header", _condition('header = "", unit = "K"'), f"{T}.header", "is empty"),
    Bad("T without unit", _condition("value = 8"), f"{T}.unit", 'unit = "K"', False),
    Bad("T in eV", _condition('value = 8, unit = "eV"'), f"{T}.unit", "no unit of it", False),
    Bad("T as text", _condition('value = "8", unit = "K"'), f"{T}.value", "without quotes", False),
    # expectations and parameters
    Bad("no source", _expected("value = 1"), f"{QS}.source", "is missing"),
    Bad("assumed without why", _expected('value = 1, source = "assumed: "'), f"{QS}.source", "assumed: "),
    Bad("assumed alone", _expected('value = 1, source = "assumed"'), f"{QS}.source", "the reason"),
    Bad("source with spaces", _expected('value = 1, source = "a paper"'), f"{QS}.source", "bibliography key"),
    Bad("neither value nor range", _expected('source = "a"'), QS, "give value or low/high"),
    Bad("value and range", _expected('value = 1, low = 0, source = "a"'), QS, "value and low exclude"),
    Bad("range upside down", _expected('low = 2, high = 1, source = "a"'), QS, "low 2 is above high 1", False),
    Bad("sigma zero", _expected('value = 1, sigma = 0, source = "a"'), f"{QS}.sigma", "not above 0"),
    Bad("sigma below zero", _expected('value = 1, sigma = -0.1, source = "a"'), f"{QS}.sigma", "not above 0"),
    Bad("below absolute zero", _expected('value = 1, T = -4, source = "a"'), f"{QS}.T", "not above 0"),
    Bad("can be read twice", EXPECT + 'pyro.T = { value = 1, source = "a" }\n', "$.state.A.expect.pyro", "quotes"),
    Bad("with and without quotes", EXPECT + '"a.b" = {value = 1, source = "s"}\na.b = {value = 1, source = "s"}\n', '$.state.A.expect."a.b"', "with and without quotes", False),
    Bad("nothing changed", _parameter(""), P1, "says nothing"),
    Bad("tied and fixed", _parameter('equals = "a", fixed = true'), P1, "equals and fixed exclude"),
    Bad("start outside", _parameter("start = 3, max = 2"), P1, "start 3 is above max 2", False),
    # names
    Bad("technique", HEAD.replace("xanes", "xannes"), f"{M}.technique", "did you mean xanes", False),
    Bad("reader", HEAD + 'reader = "colums"\n', f"{M}.reader", "did you mean columns", False),
    Bad("sample", HEAD + 'sample = "A"\n[sample.B]\n', f"{M}.sample", "add [sample.A] or", False),
    Bad("name twice", HEAD + HEAD[len('[study]\nname = "s"\n'):], "$.measurement[1].name", "own name", False),
    Bad("used measurement", HEAD + 'uses = { calibration = "foil" }\n', f"{M}.uses.calibration", "no measurement", False),
    Bad("itself", HEAD + 'uses = { calibration = "m" }\n', f"{M}.uses.calibration", "itself", False),
    Bad("waived measurement", HEAD + '[[waive]]\ncode="X-1"\nreason="a"\nmeasurement="n"\n', "$.waive[0].measurement", "there is no measurement", False),
    Bad("needed input", HEAD.replace("xanes", "herfd"), f"{M}.uses", "needs the input calibration", False),
    Bad("exception without effect", f"{HEAD}{EXCEPT}files='a'\nreason='b'\n", f"{M}.except[0]", "changes nothing", False),
    # settings
    Bad("setting", _settings("peeks = 3"), f"{M}.settings.peeks", "did you mean peaks"),
    Bad("3.7 peaks", _settings("peaks = 3.7"), f"{M}.settings.peaks", "3.7 where a whole number"),
    Bad("true peaks", _settings("peaks = true"), f"{M}.settings.peaks", "true where a whole number"),
    Bad("three numbers", _settings("window_eV = [7108, 7110, 7118]"), f"{M}.settings.window_eV", "3 items where 2"),
    Bad("comma window", _settings("window_eV = [7108,5, 7118,0]"), f"{M}.settings.window_eV", "decimal point"),
    Bad("text in a window", _settings('window_eV = [7108, "7118"]'), f"{M}.settings.window_eV[1]", "without quotes"),
    Bad("shape", _settings('shape = "pearson"'), f"{M}.settings.shape", "did you mean pearson7"),
    Bad("number in a table", _settings("columns = { x = 1 }"), f"{M}.settings.columns.x", "a text is meant"),
    Bad("nan setting", _settings("anchors_eV = [1, nan]"), f"{M}.settings.anchors_eV[1]", "finite", False),
    Bad("window upside down", _settings("window_eV = [2, 1]"), f"{M}.settings", "begins above its end", False),
    Bad("setting of an exception", f"{HEAD}{EXCEPT}files='a'\nreason='b'\nsettings={{peaks=1.5}}\n", f"{M}.except[0].settings.peaks", "whole number", False),
    Bad("exception against the recipe", f"{_settings('window_eV = [1, 2]')}{EXCEPT}files='a'\nreason='b'\nsettings={{window_eV=[5, 4]}}\n", f"{M}.except[0].settings", "begins above its end", False),
    # paths
    Bad("absolute path", HEAD.replace("raw/", "/raw/"), f"{M}.files", "an absolute path", False),
    Bad("drive", HEAD.replace("raw/", "C:/raw/"), f"{M}.files", "an absolute path", False),
    Bad("path upwards", HEAD.replace("raw/", "raw/../../"), f"{M}.files", "leaves the study's folder", False),
    Bad("backslashes upwards", HEAD.replace('"raw/*.dat"', "'..\\raw\\*.dat'"), f"{M}.files", "leaves", False),
    Bad("table outside", _condition('table = "../T.csv", column = "T", unit = "K"'), f"{T}.table", "allow_outside", False),
    Bad("truth outside", HEAD.replace('"s"', '"s"\ntruth = "../t.toml"'), "$.study.truth", "leaves", False),
    Bad("exception outside", f"{HEAD}{EXCEPT}files='../a'\nuse=false\nreason='b'\n", f"{M}.except[0].files", "leaves", False),
)
# fmt: on
