"""A study is read as it is meant, or every mistake in it is named."""

from __future__ import annotations

import math
import pickle
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_corpus import BAD, EXAMPLE, GOOD, HEAD, READERS, TECHNIQUES, Bad

from spectrafit.errors import PluginError, ReadError, SpectrafitError, StudyError
from spectrafit.fit.problem import ParameterChange
from spectrafit.study.load import LoadedStudy, load_study, study_of_text
from spectrafit.study.schema import Condition, ExpectedValue


def loaded(text: str) -> LoadedStudy:
    return study_of_text(text, folder=Path(), techniques=TECHNIQUES, readers=READERS)


def refusal(text: str) -> StudyError:
    with pytest.raises(StudyError) as caught:
        loaded(text)
    return caught.value


def test_the_example_is_read_as_meant() -> None:
    study = loaded(EXAMPLE).study
    foil, herfd = study.measurement
    assert (foil.name, foil.role, foil.files) == ("foil", "calibration", ("raw/foil/*.dat",))
    assert herfd.uses == {"calibration": ("foil",)}
    assert herfd.conditions == {"T": Condition(pattern="_{}K", unit="K")}
    assert herfd.settings == {"peaks": 3, "window_eV": (7108.0, 7118.0)}
    assert herfd.parameters == {
        "peak1.center": ParameterChange(start=7112.3, min=7111.5, max=7113.0),
        "peak2.fwhm": ParameterChange(equals="peak1.fwhm"),
    }
    assert [e.files for e in herfd.exceptions] == [("raw/herfd/scan_0117.dat",)]
    assert not herfd.exceptions[0].use
    assert study.waive[0].reason == "relative energies only"
    assert study.sample["FeCo"].formula.startswith("C38")
    assert study.state["FeIII_LS"].expect["mossbauer.QS"] == ExpectedValue(
        source="floquet2005", low=2.0, unit="mm/s"
    )


def test_a_key_that_no_technique_declares_is_a_notice() -> None:
    notices = loaded(EXAMPLE).notices
    assert [(n.code, n.where) for n in notices] == [
        ("STU-002", '$.state.FeIII_LS.expect."structure.Fe-O"')
    ]
    assert "structure.Fe-O" in notices[0].text


def test_a_technique_that_no_measurement_or_key_names_is_not_loaded() -> None:
    class Watched(dict[str, object]):
        asked: list[str]

        def __getitem__(self, name: str) -> object:
            self.asked.append(name)
            return super().__getitem__(name)

    watched = Watched(TECHNIQUES)
    watched.asked = []
    study_of_text(HEAD, folder=Path(), techniques=watched, readers=READERS)  # type: ignore[arg-type]
    assert set(watched.asked) == {"xanes"}


def test_a_broken_technique_is_a_mistake_of_the_study() -> None:
    class Broken(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            raise PluginError(f"{name} cannot be loaded", do="pip install it")

    with pytest.raises(StudyError, match=r"technique: xanes cannot be loaded; pip install it"):
        study_of_text(HEAD, folder=Path(), techniques=Broken(xanes=None), readers=READERS)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", GOOD.values(), ids=list(GOOD))
def test_right_studies_are_read(text: str) -> None:
    assert loaded(text).study.measurement


def test_a_study_stays_as_it_is_and_pickles() -> None:
    study = loaded(EXAMPLE).study
    copy = pickle.loads(pickle.dumps(study))
    assert copy == study
    for each in (study, copy):
        with pytest.raises(TypeError):
            each.measurement[1].settings["peaks"] = 4  # type: ignore[index]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_mistake_is_named_with_its_place(bad: Bad) -> None:
    error = refusal(bad.text)
    at_place = [str(m) for m in error.mistakes if m.where == bad.where]
    assert at_place, str(error)
    assert any(bad.words in text for text in at_place), str(error)


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len({bad.name for bad in BAD}) == len(BAD) >= 40
    assert len({bad.text for bad in BAD}) == len(BAD)


def test_every_mistake_is_listed_at_once_in_the_order_of_the_file() -> None:
    text = """
[study]
nam = "s"
[[measurement]]
name = "a"
technique = "xannes"
files = ["/abs/*.dat", 3]
rol = "sample"
[measurement.conditions]
T = { pattern = "_K", value = 3 }
[[measurement]]
name = "a"
technique = "xanes"
files = "x.dat"
uses = { calibration = "foil", foil = "a" }
[measurement.settings]
peaks = 3.7
shap = "voigt"
window_eV = "wide"
[measurement.parameters]
p1.center = { start = 3, max = 1 }
p2.center = { begin = 1 }
[state.A.expect]
mossbauer.QS = { value = "x", low = 1, unit = "furlong" }
[[waive]]
code = "XAS-1"
reason = ""
"""
    error = refusal(text)
    assert [m.where for m in error.mistakes] == [
        "$.study.name",
        "$.study.nam",
        "$.measurement[0].technique",
        "$.measurement[0].files[0]",
        "$.measurement[0].files[1]",
        "$.measurement[0].rol",
        "$.measurement[0].conditions.T",
        "$.measurement[0].conditions.T.unit",
        "$.measurement[0].conditions.T.pattern",
        "$.measurement[1].name",
        "$.measurement[1].uses.calibration",
        "$.measurement[1].uses.foil",
        "$.measurement[1].uses.foil",
        "$.measurement[1].settings.peaks",
        "$.measurement[1].settings.shap",
        "$.measurement[1].settings.window_eV",
        '$.measurement[1].parameters."p1.center"',
        '$.measurement[1].parameters."p2.center".begin',
        '$.state.A.expect."mossbauer.QS"',
        '$.state.A.expect."mossbauer.QS".source',
        '$.state.A.expect."mossbauer.QS".value',
        '$.state.A.expect."mossbauer.QS".unit',
        "$.waive[0].reason",
    ]
    assert error.where == "study.toml"
    assert str(error).startswith("study.toml: 23 mistakes in the study\n  $.study.name: is missing")


def test_keys_mean_the_same_with_and_without_quotes() -> None:
    def of(key: str, table: str) -> object:
        expected = f"[state.A.expect]\n{key} = {table}\n"
        parameters = f"[measurement.parameters]\n{key} = {{start = 1}}\n"
        return loaded(HEAD + parameters + expected).study

    table = '{ value = 1, source = "a" }'
    assert of("ir.1556.area", table) == of('"ir.1556.area"', table) == of('ir."1556.area"', table)
    study = of("ir.1556.area", table)
    assert list(study.state["A"].expect) == ["ir.1556.area"]  # type: ignore[attr-defined]
    assert list(study.measurement[0].parameters) == ["ir.1556.area"]  # type: ignore[attr-defined]


def test_paths_outside_are_allowed_when_the_study_says_so() -> None:
    text = HEAD.replace('"s"', '"s"\nallow_outside = true').replace("raw/", "../raw/")
    assert loaded(text).study.measurement[0].files == ("../raw/*.dat",)


@pytest.mark.parametrize(
    ("coding", "mark", "notice"),
    [
        ("utf-8", b"", ""),
        ("utf-8", b"\xef\xbb\xbf", "STU-001"),
        ("utf-16-le", b"\xff\xfe", "STU-001"),
        ("utf-16-be", b"\xfe\xff", "STU-001"),
        ("utf-32-le", b"\xff\xfe\0\0", "STU-001"),
        ("cp1252", b"", "READ-001"),
    ],
)
def test_every_usual_encoding_is_read_with_a_notice(
    tmp_path: Path, coding: str, mark: bytes, notice: str
) -> None:
    file = tmp_path / "study.toml"
    text = HEAD + '[sample.A]\nnote = "Å and é"\n'
    file.write_bytes(mark + text.replace("\n", "\r\n").encode(coding))
    result = load_study(file, techniques=TECHNIQUES, readers=READERS)
    assert result.study.sample["A"].note == "Å and é"
    assert result.folder == tmp_path
    assert result.text == text
    assert [n.code for n in result.notices] == ([notice] if notice else [])


def test_a_file_without_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    for content in (HEAD.encode("utf-16-le"), b"PK\x03\x04\0\0", b"\xff\xfe\x00"):
        file.write_bytes(content)
        with pytest.raises(ReadError, match=r"binary or damaged|damaged or cut off"):
            load_study(file, techniques=TECHNIQUES, readers=READERS)


def test_a_file_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        load_study(tmp_path / "none.toml", techniques=TECHNIQUES, readers=READERS)
    with pytest.raises(ReadError):
        load_study(tmp_path, techniques=TECHNIQUES, readers=READERS)
    (tmp_path / "empty.toml").touch()
    with pytest.raises(ReadError):
        load_study(tmp_path / "empty.toml", techniques=TECHNIQUES, readers=READERS)


def test_deep_nesting_is_refused() -> None:
    assert "nested too deeply" in str(refusal("x = " + "[" * 5000))
    dotted = ".".join("a" * 3000)
    assert "nested too deeply" in str(refusal(f"{HEAD}[state.A.expect]\n{dotted} = 1\n"))


def test_a_number_of_too_many_digits_is_refused() -> None:
    assert refusal(f"x = {'9' * 5000}").mistakes[0].where.startswith("line 1")
    big = refusal(f"{HEAD}[sample.A]\nmolar_mass_g_mol = {'9' * 400}\n")
    assert "finite" in str(big)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.one_of(st.integers(), st.floats(), st.booleans(), TEXTS, st.dates(), st.times())
KEYS = st.sampled_from(
    [
        "study",
        "measurement",
        "sample",
        "waive",
        "state",
        "report",
        "name",
        "technique",
        "files",
        "role",
        "uses",
        "reader",
        "conditions",
        "settings",
        "parameters",
        "except",
        "reason",
        "use",
        "expect",
        "value",
        "low",
        "high",
        "unit",
        "source",
        "T",
        "table",
        "column",
        "pattern",
        "header",
        "code",
        "start",
        "equals",
        "A",
        "peaks",
        "window_eV",
        "a.b",
        "title",
        "truth",
        "formats",
    ]
)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["xanes", "herfd", "K", "raw/*.dat", "assumed: x", "columns"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)


def toml_of(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(f"\\U{ord(c):08x}" for c in value) + '"'
        case float() if not math.isfinite(value):
            return "nan" if math.isnan(value) else "-inf" if value < 0 else "inf"
        case float():
            return repr(value) if "." in repr(value) or "e" in repr(value) else f"{value!r}.0"
        case list():
            return f"[{', '.join(map(toml_of, value))}]"
        case dict():
            return "{" + ", ".join(f'"{k}" = {toml_of(v)}' for k, v in value.items()) + "}"
        case _:
            return str(value)


def places(value: object) -> list[tuple[object, object]]:
    """Return every (container, key) of a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    own = [(value, key) for key, _ in items]
    inner = value.values() if isinstance(value, dict) else value
    below = [p for item in inner if isinstance(item, dict | list) for p in places(item)]  # type: ignore[attr-defined]
    return own + below


@given(st.data(), st.integers(1, 3))
@settings(max_examples=80)
def test_any_document_is_read_or_refused_with_mistakes(data: st.DataObject, count: int) -> None:
    document = tomllib.loads(EXAMPLE)
    for _ in range(count):
        container, key = data.draw(st.sampled_from(places(document)))
        if isinstance(container, dict) and data.draw(st.booleans()):
            key = data.draw(KEYS)
        container[key] = data.draw(VALUES)  # type: ignore[index]
    text = "".join(f'"{key}" = {toml_of(value)}\n' for key, value in document.items())
    found = refused_or_none(text)
    if found is not None:
        assert found.mistakes
        assert all(m.where.startswith("$") and m.what for m in found.mistakes), text
        assert len(set(found.mistakes)) == len(found.mistakes)


def refused_or_none(text: str) -> StudyError | None:
    try:
        loaded(text)
    except StudyError as error:
        return error
    return None


@given(st.data())
@settings(max_examples=100)
def test_any_damage_to_the_example_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(EXAMPLE) - 1))
    length = data.draw(st.integers(0, 20))
    new = data.draw(st.text(alphabet="[]{}=\"'.,#\n\\ 0aé+-", max_size=6))
    found = refused_or_none(EXAMPLE[:at] + new + EXAMPLE[at + length :])
    assert found is None or found.mistakes


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "random_study.toml"
    file.write_bytes(raw)
    with pytest.raises(SpectrafitError):
        load_study(file, techniques=TECHNIQUES, readers=READERS)
