"""Alerts: every code declared once, raised by a test through the product, with what to do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from benchmarks.table import table
from reliability.promise import Promise, Section, share_text
from reliability.raised_alerts import REGISTER, register

from spectrafit.alert import CORE_ALERTS, AlertSpec, Level
from spectrafit.registry import technique

ROOT = Path(__file__).resolve().parents[2]
TECHNIQUES = (
    "composition", "herfd", "ir", "magnetism", "mossbauer", "pyro", "structure", "xanes",
)  # fmt: skip

# of texts without their fields, and of the words of text and advice together
_LIKE_TEXT = 0.8
_LIKE_WORDS = 0.35

_ITS_OWN = "each technique has one code for what it could not give, to be waived apart"
JUDGED: Mapping[tuple[str, str], str] = {
    ("READ-001", "READ-002"): "the words are the reader's: one is told, one to be looked at",
    ("READ-001", "READ-003"): "the words are the reader's: one is told, one to be quoted",
    ("READ-002", "READ-003"): "the words are the reader's: one to be looked at, one to be quoted",
    ("COMP-111", "IR-117"): _ITS_OWN,
    ("COMP-111", "STR-112"): _ITS_OWN,
    ("IR-117", "STR-112"): _ITS_OWN,
    ("XAS-116", "XAS-152"): "two numbers of a header: emission energy and resolution",
    ("XAS-140", "XAS-151"): "HERFD under the wrong technique, and what holds of it under its own",
    ("MOS-118", "MOS-119"): "the words are the fit's: a bound on a rate, a Debye temperature",
    ("PYRO-101", "PYRO-103"): "a field of the header that was taken, and one that was not",
    (
        "PYRO-107",
        "PYRO-117",
    ): "a current that does not follow the rate, and one that is no constant",
    ("STR-100", "STR-114"): "a direction was asked for that the group forbids; else a note",
}
"""Pairs of codes that read alike, and why they are two."""

_VERBS = (
    "ask bring calibrate check choose compare correct count declare determine dry end fit fix give "
    "hold leave look make measure mend merge name paste purge quote raise record say see set start "
    "state take try type use widen"
)
IMPERATIVES = frozenset(_VERBS.split())
"""Verbs that ask for something: no sentence to quote begins with them."""


@dataclass(frozen=True)
class Pair:
    """Two declarations that read alike."""

    one: str
    other: str
    text: float
    words: float


def declared() -> dict[str, AlertSpec]:
    """Return every declaration of the core and of the techniques, once each, by code."""
    found = {spec.code: spec for spec in CORE_ALERTS}
    for name in TECHNIQUES:
        for spec in technique(name).alerts:
            assert found.setdefault(spec.code, spec) == spec, f"{spec.code} is declared twice"
    return found


def unregistered() -> list[str]:
    """Return codes that are declared or registered, but not both, or with another level."""
    now = {code: spec.level.value for code, spec in declared().items()}
    kept = {each.code: each.level for each in register()}
    return [
        f"{code}: registered as {kept.get(code, 'nothing')}, declared as {now.get(code, 'nothing')}"
        for code in sorted(now.keys() | kept.keys())
        if now.get(code) != kept.get(code)
    ]


def without_test() -> list[str]:
    """Return codes whose test in the register is no function of its file."""
    wrong = []
    for each in register():
        file, _, name = each.test.partition("::")
        path = ROOT / file
        known = _functions(path) if path.is_file() else frozenset()
        if name.partition("[")[0].split("::")[-1] not in known:
            wrong.append(f"{each.code}: {each.test}")
    return wrong


def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inherited = {"reader_conformance.py", "technique_conformance.py"}
    sources = [tree]
    if "_conformance" in path.name:
        folder = ROOT / "spectrafit" / "testing"
        sources += [ast.parse((folder / name).read_text(encoding="utf-8")) for name in inherited]
    return frozenset(
        node.name for one in sources for node in ast.walk(one) if isinstance(node, ast.FunctionDef)
    )


def without_advice() -> list[str]:
    """Return alerts of level A or B without what to do, or whose sentence at B asks for something."""
    wrong = []
    for spec in declared().values():
        if spec.level in (Level.A, Level.B) and not spec.do.strip():
            wrong.append(f"{spec.code}: nothing to do")
        first = re.match(r"\w*", spec.do.strip())
        if spec.level is Level.B and first is not None and first[0].lower() in IMPERATIVES:
            wrong.append(f"{spec.code}: no sentence to quote: {spec.do}")
    return wrong


def raised_undeclared() -> list[str]:
    """Return places of the source where an alert is made other than from its declaration."""
    return [place for path in _sources() for place in _made_by_hand(path)]


def _sources() -> Iterator[Path]:
    for folder in ("spectrafit", "techniques"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "_plugin_template" not in path.parts:
                yield path


def _made_by_hand(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if "Alert" not in text:
        return
    place = path.relative_to(ROOT).as_posix()
    declares = path.name in ("alert.py", "alerts.py")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "AlertSpec" and not declares:
            yield f"{place}:{node.lineno}: AlertSpec"
        if node.func.id == "Alert" and path.name != "alert.py":
            given = [ast.unparse(each) for each in node.args[:2]]
            # of a declaration, or read back from results
            if given not in (["spec.code", "spec.level"], ["row['code']", "Level(row['level'])"]):
                yield f"{place}:{node.lineno}: Alert({', '.join(given)})"


@lru_cache(maxsize=1)
def alike() -> tuple[Pair, ...]:
    """Return pairs of codes that read alike; across techniques only where every word is the same."""
    specs = list(declared().values())
    plain = {spec.code: re.sub(r"\{[^}]*\}", "", spec.text) for spec in specs}
    words = {spec.code: _words(f"{spec.text} {spec.do}") for spec in specs}
    found = []
    for one, other in combinations(specs, 2):
        a, b = one.code, other.code
        shared = len(words[a] & words[b]) / max(1, len(words[a] | words[b]))
        near = a.partition("-")[0] == b.partition("-")[0]
        if not near and shared < 1.0:
            continue
        text = SequenceMatcher(None, plain[a], plain[b], autojunk=False).ratio()
        if text >= _LIKE_TEXT or shared >= _LIKE_WORDS:
            found.append(Pair(a, b, text, shared))
    return tuple(found)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{3,}", re.sub(r"\{[^}]*\}", " ", text.lower())))


def unjudged() -> list[str]:
    """Return pairs that read alike without a reason why they are two, and reasons without a pair."""
    pairs = {(each.one, each.other) for each in alike()}
    return [" and ".join(pair) for pair in sorted(pairs ^ set(JUDGED))]


def not_raised_by_their_tests() -> tuple[list[str], int]:
    """Return what fails where the tests of the register run alone, and how many there are."""
    tests = sorted({each.test for each in register()})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "--no-header", "--tb=line", *tests],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    wrong = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    passed = re.search(r"(\d+) passed", lines[-1] if lines else "")
    if not wrong and (done.returncode or passed is None):
        wrong = [f"the tests could not be run: {(lines or [done.stderr])[-1]}"]
    return wrong, int(passed[1]) if passed else 0


def section() -> Section:
    """Return the promises of alerts, in full size."""
    codes = declared()
    failed, tests = not_raised_by_their_tests()
    places, pairs = raised_undeclared(), alike()
    changed = unregistered()
    advice = [spec for spec in codes.values() if spec.level in (Level.A, Level.B)]
    failure = "an alert that is not there, or means something else"
    return Section(
        (
            Promise(
                failure,
                "every code that is declared is raised by a test, through the product",
                f"{share_text(len(codes) - len(failed), len(codes))} codes, by {tests} tests",
                len(codes),
                not failed and not without_test(),
                "; ".join([*failed, *without_test()][:3]),
            ),
            Promise(
                failure,
                "every alert that is raised is made from its declaration, with its level",
                f"{len(places)} places of the source make one otherwise",
                len(codes),
                not places,
                "; ".join(places[:3]),
            ),
            Promise(
                failure,
                "codes and levels are those of the register: none is dropped or changes its level",
                f"{share_text(len(changed), len(codes))} differ",
                len(codes),
                not changed,
                "; ".join(changed[:3]),
            ),
            Promise(
                failure,
                "no two codes for one thing",
                f"{len(pairs)} pairs read alike, {share_text(len(unjudged()), len(pairs))} without "
                "a reason why they are two",
                len(codes) * (len(codes) - 1) // 2,
                not unjudged(),
                "; ".join(unjudged()[:3]),
            ),
            Promise(
                failure,
                "at level A there is what to do, at level B the sentence to quote",
                f"{share_text(len(without_advice()), len(advice))} without",
                len(advice),
                not without_advice(),
                "; ".join(without_advice()[:3]),
            ),
        ),
        "\n".join(("## Alerts that read alike", "", _pairs_table(pairs))),
    )


def _pairs_table(pairs: tuple[Pair, ...]) -> str:
    head = ("code", "code", "likeness of the text", "shared words", "why they are two")
    rows = [
        (p.one, p.other, f"{p.text:.2f}", f"{p.words:.2f}", JUDGED.get((p.one, p.other), "?"))
        for p in pairs
    ]
    return f"{table(head, rows)}\nThe register of all codes is `{REGISTER.relative_to(ROOT).as_posix()}`."
