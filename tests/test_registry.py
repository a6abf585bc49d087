"""Plugins found by entry point: lazily, loudly where names clash, and without one stopping others."""

from __future__ import annotations

import itertools
import sys
import textwrap
from pathlib import Path

import pytest
from plugin_install import write_metadata

from spectrafit import registry
from spectrafit.alert import CORE_ALERTS
from spectrafit.errors import PluginError

TECHNIQUE = """
    from spectrafit.alert import AlertSpec, Level
    from spectrafit.observable import ObservableSpec

    class Technique:
        name = {name!r}
        title = "a technique"
        x_unit = "1"
        settings = int
        inputs = ()
        observables = (
            ObservableSpec({name!r} + ".g", "1", "g factor"),
            ObservableSpec({name!r} + ".{{site}}.width", "1", "width of a site"),
        )
        parameters = ()
        alerts = (AlertSpec({code!r}, Level.C, {text!r}),)
        def suits(self, recording): ...
        def observe(self, inputs, settings=None, parameters=None): ...
        def example(self): ...

    plugin = Technique()
"""

READER = """
    class Reader:
        name = {name!r}
        title = "a reader"
        extensions = (".dat",)
        def sniff(self, path, head): ...
        def read(self, path): ...

    plugin = Reader()
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a function that installs a distribution where nothing else is installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    plain = [place for place in sys.path if not any(Path(place).glob("*.*-info"))]
    monkeypatch.setattr(sys, "path", [str(folder), *plain])
    numbers = itertools.count()

    def install(name, source, *, distribution="", group=registry.TECHNIQUES, target="plugin"):
        module = f"plugin_{tmp_path.name.replace('-', '_')}_{next(numbers)}"
        (folder / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        write_metadata(
            folder, distribution or f"spectrafit-{name}", {group: {name: f"{module}:{target}"}}
        )
        registry._declared.cache_clear()
        return module

    yield install
    registry._declared.cache_clear()


def good(name, code="EPR-001", text="look at it"):
    return TECHNIQUE.format(name=name, code=code, text=text)


def test_names_are_listed_without_loading(site):
    modules = [site("nmr", good("nmr")), site("epr", good("epr"))]
    assert registry.technique_names() == ("epr", "nmr")
    mapping = registry.techniques()
    assert list(mapping) == ["epr", "nmr"]
    assert "epr" in mapping
    assert len(mapping) == 2
    assert not set(modules) & set(sys.modules)


def test_a_technique_is_loaded_when_asked_for(site):
    epr, nmr = site("epr", good("epr")), site("nmr", good("nmr"))
    assert registry.technique("epr").name == "epr"
    assert registry.techniques()["epr"] is registry.technique("epr")
    assert epr in sys.modules
    assert nmr not in sys.modules


def test_two_distributions_with_one_name_are_refused_naming_both(site):
    site("epr", good("epr"), distribution="spectrafit-epr")
    site("epr", good("epr"), distribution="lab-epr")
    for ask in (
        registry.technique_names,
        lambda: registry.technique("epr"),
        lambda: registry.techniques()["epr"],
        lambda: list(registry.techniques()),
    ):
        with pytest.raises(PluginError, match=r"lab-epr .*spectrafit-epr .*'epr'") as caught:
            ask()
        assert "pip uninstall" in caught.value.do


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import a_module_that_is_not_there", "No module named 'a_module_that_is_not_there'"),
        ("plugin = 1 / 0", "ZeroDivisionError"),
        ("", "no attribute 'plugin'"),
        ("plugin = (", "SyntaxError"),
    ],
)
def test_a_broken_plugin_is_named_and_stops_no_other(site, source, words):
    site("bad", source, distribution="spectrafit-bad")
    site("epr", good("epr"))
    assert registry.technique_names() == ("bad", "epr")
    assert registry.technique("epr").name == "epr"
    with pytest.raises(PluginError, match=words) as caught:
        registry.technique("bad")
    assert "spectrafit-bad 0.1.0" in str(caught.value)
    (fault,) = registry.broken_plugins()
    assert words in str(fault)


@pytest.mark.parametrize(
    "member",
    ["title", "x_unit", "settings", "inputs", "observables", "parameters", "alerts", "suits"],
)
def test_an_object_that_is_no_technique_is_refused_by_the_member_it_lacks(site, member):
    site("epr", good("epr") + f"    del Technique.{member}\n")
    with pytest.raises(PluginError, match=f"lacks '{member}'"):
        registry.technique("epr")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("    Technique.observe = 3\n", "'observe' cannot be called"),
        ("    plugin = Technique\n", "class"),
        ("    Technique.name = 'nmr'\n", "calls itself 'nmr'"),
        ("    Technique.title = property(lambda self: 1 / 0)\n", "ZeroDivisionError"),
    ],
)
def test_an_object_that_only_looks_like_a_technique_is_refused(site, change, words):
    site("epr", good("epr") + change)
    with pytest.raises(PluginError, match=words):
        registry.technique("epr")


def test_an_unknown_name_is_answered_with_the_nearest_and_the_line_to_type(site):
    site("mossbauer", good("mossbauer"))
    with pytest.raises(PluginError, match=r"mossbauer.*spectrafit techniques"):
        registry.technique("mosbauer")
    with pytest.raises(KeyError):
        registry.techniques()["mosbauer"]
    assert registry.techniques().get("mosbauer") is None


def test_an_unknown_name_where_nothing_is_installed(site):
    with pytest.raises(PluginError, match="there are none"):
        registry.technique("epr")


def test_what_was_installed_meanwhile_is_found(site, tmp_path):
    with pytest.raises(PluginError):
        registry.technique("epr")
    site("epr", good("epr"))
    assert registry.technique("epr").name == "epr"


def test_readers(site):
    site("lab", READER.format(name="lab"), group=registry.READERS)
    site("ark", READER.format(name="ark"), group=registry.READERS)
    assert registry.reader_names() == ("ark", "lab")
    assert registry.reader("lab").name == "lab"
    assert [each.name for each in registry.readers()] == ["ark", "lab"]
    with pytest.raises(PluginError, match=r"lab.*spectrafit readers"):
        registry.reader("labb")


def test_a_broken_reader_is_left_out_with_a_warning(site):
    site("lab", READER.format(name="lab"), group=registry.READERS)
    site("bad", "import nowhere_to_be_found", group=registry.READERS)
    for _ in range(2):
        with pytest.warns(UserWarning, match="spectrafit-bad"):
            assert [each.name for each in registry.readers()] == ["lab"]


def test_spec_of_a_key(site):
    epr, nmr = site("epr", good("epr")), site("nmr", good("nmr"))
    found = registry.spec_for("epr.g")
    assert found is not None
    assert found.key == "epr.g"
    found = registry.spec_for("epr.A1.width")
    assert found is not None
    assert found.meaning == "width of a site"
    assert registry.spec_for("epr.nonsense") is None
    assert registry.spec_for("uv.g") is None
    assert epr in sys.modules
    assert nmr not in sys.modules


def test_alerts_of_core_and_techniques_are_one_table(site):
    site("epr", good("epr", code="EPR-001"))
    site("nmr", good("nmr", code="NMR-001"))
    codes = [spec.code for spec in registry.alert_table()]
    assert codes == [*(spec.code for spec in CORE_ALERTS), "EPR-001", "NMR-001"]


def test_an_alert_shared_word_for_word_is_one(site):
    site("epr", good("epr"))
    site("endor", good("endor"))
    assert [spec.code for spec in registry.alert_table()].count("EPR-001") == 1


@pytest.mark.parametrize(("code", "owner"), [("EPR-001", "endor"), ("FIT-001", "the core")])
def test_an_alert_code_with_two_meanings_is_refused(site, code, owner):
    site("epr", good("epr", code=code, text="something else"))
    site("endor", good("endor", code="EPR-001"))
    with pytest.raises(PluginError, match=f"{code} is declared by {owner}"):
        registry.alert_table()


def test_the_other_spectrafit_is_noticed(site, tmp_path):
    assert registry.name_clash() == ""
    write_metadata(tmp_path / "site", "spectrafit", {}, version="1.5.1")
    clash = registry.name_clash()
    assert "spectrafit 1.5.1" in clash
    assert "pip uninstall spectrafit &&" in clash
    with pytest.raises(PluginError, match="unrelated distribution"):
        registry.technique("epr")


def test_our_own_distribution_is_no_clash(site, tmp_path):
    write_metadata(tmp_path / "site", "spectrafit-suite", {})
    assert registry.name_clash() == ""
