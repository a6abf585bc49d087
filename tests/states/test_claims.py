"""Claims and rules held against observables and the accepted stories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError, UnitError
from spectrafit.history import Source
from spectrafit.observable import Kind, Observable
from spectrafit.states.assignment import ParameterValue, PopulationRow
from spectrafit.states.claim_verdicts import claim_rows
from spectrafit.states.claims import (
    Claim,
    ClaimTest,
    PopulationChange,
    StoryNumbers,
    changes_asked,
    populations_asked,
)
from spectrafit.states.datum import Quantity


def seen(value, sigma=None, *, key="m.QS", unit="mm/s", T=None, branch="", file="a.ws5", **more):
    """Return an observable of one file."""
    conditions = {} if T is None else {"T": T}
    if branch:
        conditions["branch"] = branch
    if isinstance(value, str):
        more = {"kind": Kind.CATEGORY, **more}
    elif value is not None and sigma is None:
        more = {"sigma_reason": "held fixed", **more}
    return Observable(
        key, unit, value=value, sigma=sigma, conditions=conditions, source=Source(file), **more
    )


def limit(kind, *, low=None, high=None, level=0.95, value=None):
    """Return a limit or an interval."""
    return seen(value, kind=kind, low=low, high=high, level=level)


def told(data, *tests, stories=()):
    """Return the row of a claim with these tests."""
    claim = Claim("C1", "a claim", "a caveat", tests)
    (row,) = claim_rows([claim], {"m": data}, stories)
    assert (row.name, row.text, row.caveat) == ("C1", "a claim", "a caveat")
    return row


def verdict(data, stories=(), **test):
    """Return the verdict of the only test, by that of its claim."""
    row = told(data, ClaimTest(**test), stories=stories)
    word, _, rest = row.lines[0].partition(": ")
    assert rest
    same = {"supported": "supports", "contradicted": "against"}
    assert same.get(row.verdict, row.verdict) == word
    return word


# --- one number ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.95, "cannot tell"), (1.93, "supports"), (2.05, "cannot tell"), (2.07, "against")],
)
def test_a_value_must_be_beyond_1_96_standard_uncertainties(value, expected):
    assert verdict([seen(value, 0.03)], key="m.QS", below=2.0) == expected
    mirrored = {"supports": "against", "against": "supports"}.get(expected, expected)
    assert verdict([seen(value, 0.03)], key="m.QS", above=2.0) == mirrored


@given(st.floats(-5, 5), st.floats(0.01, 2.0), st.floats(-5, 5))
def test_above_and_below_never_both_hold(value, sigma, end):
    words = {"supports": "against", "against": "supports", "cannot tell": "cannot tell"}
    below = verdict([seen(value, sigma)], key="m.QS", below=end)
    assert verdict([seen(value, sigma)], key="m.QS", above=end) == words[below]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, "supports"), (0.15, "cannot tell"), (-0.5, "against"), (2.5, "against")],
)
def test_within_is_inside_against_is_wholly_outside(value, expected):
    assert verdict([seen(value, 0.1)], key="m.QS", within=(0.0, 2.0)) == expected


def test_a_number_without_uncertainty_decides_nothing():
    row = told([seen(1.0)], ClaimTest(key="m.QS", below=2.0))
    assert row.verdict == "cannot tell"
    assert "no uncertainty: held fixed" in row.lines[0]


@pytest.mark.parametrize(
    ("datum", "below", "above"),
    [
        (limit(Kind.UPPER_LIMIT, high=0.9), "supports", "against"),
        (limit(Kind.UPPER_LIMIT, high=1.1), "cannot tell", "cannot tell"),
        (limit(Kind.UPPER_LIMIT, high=0.9, level=0.68), "cannot tell", "cannot tell"),
        (limit(Kind.LOWER_LIMIT, low=1.1), "against", "supports"),
        (limit(Kind.LOWER_LIMIT, low=0.9), "cannot tell", "cannot tell"),
        (limit(Kind.INTERVAL, low=0.2, high=0.9), "supports", "against"),
        (limit(Kind.INTERVAL, low=0.2, high=1.1), "cannot tell", "cannot tell"),
        # at 68 % half as wide as at 95 %
        (limit(Kind.INTERVAL, low=0.3, high=0.9, level=0.6827), "cannot tell", "cannot tell"),
        (limit(Kind.INTERVAL, low=0.3, high=0.6, level=0.6827), "supports", "against"),
    ],
)
def test_limits_say_one_side_and_intervals_are_taken_at_95_percent(datum, below, above):
    assert verdict([datum], key="m.QS", below=1.0) == below
    assert verdict([datum], key="m.QS", above=1.0) == above


def test_unequal_ends_of_a_value_are_widened_each_on_its_side():
    skew = seen(1.0, 0.3, low=0.9, high=1.5, level=0.6827)
    assert verdict([skew], key="m.QS", above=0.79) == "supports"
    assert verdict([skew], key="m.QS", below=1.9) == "cannot tell"


def test_limits_are_converted_into_the_unit_of_the_datum():
    datum = seen(30.0, 1.0, key="p.p", unit="nC cm-2 K-1")
    assert verdict([datum], key="p.p", above=200.0, unit="uC m-2 K-1") == "supports"
    assert verdict([datum], key="p.p", above=400.0, unit="uC m-2 K-1") == "against"
    with pytest.raises(UnitError):
        verdict([datum], key="p.p", above=200.0, unit="K")


# --- words ---


@pytest.mark.parametrize(
    ("datum", "expected"),
    [
        (seen("gradual"), "supports"),
        (seen("abrupt"), "against"),
        (seen("undecided: power too low"), "cannot tell"),
        (seen("not_decided"), "cannot tell"),
        (seen("gradual", shares={"gradual": 0.97, "abrupt": 0.03}), "supports"),
        (seen("gradual", shares={"gradual": 0.9, "abrupt": 0.1}), "cannot tell"),
        (seen("abrupt", shares={"gradual": 0.02, "abrupt": 0.98}), "against"),
        (seen(1.0, 0.1), "cannot tell"),
    ],
)
def test_a_word_is_weighed_by_its_share(datum, expected):
    assert verdict([datum], key="m.QS", is_="gradual") == expected


def test_words_that_are_numbers_can_be_counted():
    counted = seen("3", shares={"3": 0.94, "4": 0.06})
    assert verdict([counted], key="m.QS", above=2.5) == "supports"
    assert verdict([counted], key="m.QS", above=3.5) == "cannot tell"
    assert verdict([counted], key="m.QS", below=2.5) == "against"
    assert verdict([seen("many")], key="m.QS", above=2.5) == "cannot tell"


# --- which data ---


def test_the_nearest_datum_of_each_file_and_branch_is_taken():
    data = [
        seen(1.0, 0.1, T=118.9, branch="heating"),
        seen(3.0, 0.1, T=120.1, branch="heating"),
        seen(3.1, 0.1, T=119.8, branch="cooling"),
        seen(9.0, 0.1, T=125.0, branch="cooling"),
    ]
    row = told(data, ClaimTest(key="m.QS", T=120.0, above=2.0))
    assert row.verdict == "supported"
    assert [line.split(" (a.ws5)")[0] for line in row.lines] == [
        "supports: m.QS 3.00(10) mm/s at 120.1 K, heating",
        "supports: m.QS 3.10(10) mm/s at 119.8 K, cooling",
    ]
    assert verdict(data, key="m.QS", T=140.0, above=2.0) == "silent"


def test_data_that_disagree_cannot_tell_and_each_is_shown():
    data = [seen(1.0, 0.1, T=8.0, file="first"), seen(3.0, 0.1, T=8.0, file="second")]
    row = told(data, ClaimTest(key="m.QS", T=8.0, above=2.0))
    assert row.verdict == "cannot tell"
    assert [line.split(":")[0] for line in row.lines] == ["against", "supports"]
    assert "(first)" in row.lines[0]
    assert "(second)" in row.lines[1]


def test_of_many_data_the_closest_to_the_limit_is_shown():
    data = [seen(2.0 + 0.1 * i, 0.01, T=float(10 * i), file=f"f{i}") for i in range(1, 9)]
    row = told(data[::-1], ClaimTest(key="m.QS", above=2.0))
    assert row.verdict == "supported"
    assert row.lines == ("supports: m.QS 2.100(10) mm/s at 10 K (f1), the closest of 8, above 2",)


def test_a_test_of_one_measurement_leaves_others_out():
    claim = Claim("C", "text", tests=(ClaimTest(key="m.QS", measurement="one", above=2.0),))
    data = {"one": [seen(3.0, 0.1)], "two": [seen(1.0, 0.1)]}
    assert claim_rows([claim], data, ())[0].verdict == "supported"


# --- quantities of a curve ---


def test_a_change_has_the_error_of_both_ends():
    data = [seen(0.69, 0.01, T=125.0), seen(0.73, 0.01, T=300.0, file="b.ws5")]
    change = {"key": "m.QS", "quantity": Quantity.CHANGE, "from_T": 125.0, "T": 300.0}
    row = told(data, ClaimTest(**change, above=0.0, supports="it rises"))
    assert row.verdict == "supported"
    assert row.lines == (
        "supports: change of m.QS 0.040(14) mm/s from 125 to 300 K (a.ws5, b.ws5), above 0:"
        " it rises",
    )
    assert verdict(data, **change, above=0.02) == "cannot tell"
    assert verdict(data, **change, below=0.0) == "against"


def test_a_change_between_limits_is_bounded():
    data = [
        seen(None, kind=Kind.UPPER_LIMIT, high=0.2, level=0.95, T=10.0),
        seen(1.0, 0.1, T=300.0),
    ]
    change = {"key": "m.QS", "quantity": Quantity.CHANGE, "from_T": 10.0, "T": 300.0}
    assert verdict(data, **change, above=0.5) == "supports"
    assert verdict(data, **change, below=2.0) == "cannot tell"


def test_both_ends_of_a_change_are_of_one_branch():
    data = [seen(1.0, 0.1, T=10.0, branch="heating"), seen(3.0, 0.1, T=300.0, branch="cooling")]
    change = {"key": "m.QS", "quantity": Quantity.CHANGE, "from_T": 10.0, "T": 300.0}
    assert verdict(data, **change, above=0.5) == "silent"


def test_highest_and_lowest_of_a_range():
    data = [seen(y, 0.1, T=T) for T, y in ((80, 9.0), (120, 3.8), (200, 3.9), (290, 3.4))]
    inside = {"key": "m.QS", "from_T": 120.0, "T": 300.0}
    assert verdict(data, **inside, quantity=Quantity.HIGHEST, below=5.0) == "supports"
    assert verdict(data, **inside, quantity=Quantity.HIGHEST, below=3.5) == "against"
    assert verdict(data, **inside, quantity=Quantity.LOWEST, above=2.4) == "supports"


def test_the_temperature_of_the_highest_lies_between_the_neighbours_of_its_rivals():
    data = [seen(y, 0.1, T=T) for T, y in ((80, 2.0), (85, 8.9), (90, 9.0), (95, 2.0), (99, 1.0))]
    peak = {"key": "m.QS", "from_T": 70.0, "T": 110.0, "quantity": Quantity.T_OF_HIGHEST}
    assert verdict(data, **peak, within=(79.0, 96.0)) == "supports"
    assert verdict(data, **peak, within=(86.0, 94.0)) == "cannot tell"
    assert verdict(data, **peak, above=96.0) == "against"
    # at the end of the data it may lie beyond
    assert verdict(data[:3], **peak, below=96.0) == "cannot tell"


# --- stories ---


def story(name, value, sigma=0.02, T=300.0, **more):
    """Return the numbers of a story with one population, one change and one parameter."""
    return StoryNumbers(
        name,
        (PopulationRow(name, "S3", T, value, sigma, **more),),
        (PopulationChange("S3", 125.0, T, value, sigma),),
        (ParameterValue("P.23", "uC cm-2", value, sigma),),
    )


KINDS = [
    {"state": "S3", "T": 300.0},
    {"change_of": "S3", "from_T": 125.0, "T": 300.0},
    {"parameter": "P.23"},
]


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0.6, 0.7), "supports"),
        ((0.3, 0.4), "against"),
        ((0.3, 0.7), "cannot tell"),
        ((0.6, 0.51), "cannot tell"),
        ((), "silent"),
    ],
)
def test_every_accepted_story_must_say_so(what, values, expected):
    stories = [story(name, value) for name, value in zip("AF", values, strict=False)]
    assert verdict([], stories, **what, above=0.5) == expected


def test_stories_that_disagree_are_named_with_their_numbers():
    test = ClaimTest(state="S3", T=300.0, above=0.5, supports="dominates")
    (line,) = told([], test, stories=[story("A", 0.242), story("G", 0.71, 0.03)]).lines
    assert line == (
        "cannot tell: x(S3) at 300 K (A: 0.242(20), G: 0.710(30)), cannot be told to be above 0.5"
    )


def test_intervals_of_a_population_count_before_its_sigma():
    skew = story("A", 0.6, low95=0.4, high95=0.65)
    assert verdict([], [skew], state="S3", T=300.0, above=0.5) == "cannot tell"
    open_end = story("A", 0.6, low95=0.55, reason="open above")
    assert verdict([], [open_end], state="S3", T=300.0, above=0.5) == "supports"
    assert verdict([], [open_end], state="S3", T=300.0, below=0.9) == "cannot tell"
    row = told([], ClaimTest(state="S3", T=300.0, above=0.5), stories=[open_end])
    assert "0.6, 95 %: 0.55 to 1.00 (open above)" in row.lines[0]


@pytest.mark.parametrize("word", ["affine only", "not determined"])
def test_a_population_that_is_not_determined_decides_nothing(word):
    test = ClaimTest(state="S3", T=300.0, above=0.5)
    row = told([], test, stories=[story("A", 0.9, verdict=word)])
    assert row.verdict == "cannot tell"
    assert word in row.lines[0]


def test_a_population_at_another_temperature_is_no_datum():
    assert verdict([], [story("A", 0.9, T=200.0)], state="S3", T=300.0, above=0.5) == "silent"


def test_a_story_without_the_parameter_cannot_tell():
    stories = [story("A", 0.9), StoryNumbers("B")]
    row = told([], ClaimTest(parameter="P.23", above=0.5), stories=stories)
    assert row.verdict == "cannot tell"
    assert "B: not in it" in row.lines[0]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "supports"),
        ({"status": "fixed"}, "cannot tell"),
        ({"status": "set by bound"}, "cannot tell"),
        ({"status": "prior", "prior": 0.9, "prior_sigma": 0.021}, "cannot tell"),
        ({"status": "prior", "prior": 0.9, "prior_sigma": 0.2}, "supports"),
        ({"low": 0.6, "high": 0.91}, "cannot tell"),
        ({"low": 0.8, "reason": "open above"}, "supports"),
        ({"high": 0.95, "reason": "open below"}, "cannot tell"),
    ],
)
def test_a_parameter_decides_only_where_the_data_do(more, expected):
    numbers = StoryNumbers("A", parameters=(ParameterValue("H", "J mol-1", 0.9, 0.02, **more),))
    assert verdict([], [numbers], parameter="H", above=0.5) == expected


# --- a claim ---


def test_the_verdict_of_a_claim_is_that_of_its_tests():
    yes = ClaimTest(key="m.QS", above=1.0)
    no = ClaimTest(key="m.QS", below=1.0)
    open_test = ClaimTest(key="m.QS", above=2.99)
    silent = ClaimTest(key="m.other", above=1.0)
    data = [seen(3.0, 0.1)]
    assert told(data, yes, open_test, silent).verdict == "supported"
    assert told(data, no, open_test, silent).verdict == "contradicted"
    assert told(data, yes, no).verdict == "cannot tell"
    assert told(data, open_test, silent).verdict == "cannot tell"
    assert told(data, silent).verdict == "silent"
    assert told(data).verdict == "silent"
    assert [line.split(":")[0] for line in told(data, yes, no, silent).lines] == [
        "supports",
        "against",
        "silent",
    ]


def test_a_line_says_what_it_means():
    words = {"supports": "strong field", "against": "weak field"}
    data = [seen(1.0, 0.1, T=8.0)]
    test = ClaimTest(key="m.QS", T=8.0, above=2.0, **words)
    (line,) = told(data, test).lines
    assert line == "against: m.QS 1.00(10) mm/s at 8 K (a.ws5), not above 2: weak field"


def test_populations_and_changes_that_are_needed_are_told_once():
    state = ClaimTest(state="S3", T=300.0, above=0.5)
    change = ClaimTest(change_of="S3", from_T=125.0, T=300.0, above=0.2)
    claims = [Claim("C1", "a", tests=(state, change)), Claim("C2", "b", tests=(change, state))]
    assert populations_asked(claims) == (("S3", 300.0),)
    assert changes_asked(claims) == (("S3", 125.0, 300.0),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"above": 1.0},
        {"key": "a.b", "state": "S3", "T": 8.0, "above": 1.0},
        {"key": "a.b"},
        {"key": "a.b", "above": 1.0, "below": 2.0},
        {"key": "a.b", "within": (2.0, 1.0)},
        {"state": "S3", "above": 0.5},
        {"state": "S3", "T": 8.0, "is_": "large"},
        {"change_of": "S3", "T": 300.0, "above": 0.5},
        {"change_of": "S3", "T": 125.0, "from_T": 300.0, "above": 0.5},
        {"key": "a.b", "quantity": Quantity.CHANGE, "T": 300.0, "above": 0.5},
        {"key": "a.b", "from_T": 100.0, "T": 300.0, "above": 0.5},
        {"parameter": "H", "quantity": Quantity.HIGHEST, "from_T": 1.0, "T": 2.0, "above": 0.5},
    ],
)
def test_a_test_names_one_number_and_one_condition(wrong):
    with pytest.raises(SettingsError):
        ClaimTest(**wrong)
