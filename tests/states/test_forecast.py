"""Which further measurement tells accepted stories apart, and which sharpens one."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from left_out_case import A, G
from states_case import (
    H0,
    PRIORS,
    Truth,
    fit_at_truth,
    measured,
    objective,
    planned,
    start_of,
    state_model,
)

from spectrafit.errors import SpectrafitError, UnitError
from spectrafit.observable import ObservableSpec
from spectrafit.registry import spec_for
from spectrafit.states.candidates import Candidate
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.forecast import candidate_rows, default_candidates, forecast
from spectrafit.states.joint import fit_at
from spectrafit.states.model import Parameter, Story

IS, QS, P, LINE = "mossbauer.IS", "mossbauer.QS", "pyro.p", "mossbauer.high_line"
BAND, BOND = "ir.1556.linked_area", "structure.Fe-O"
# with an interaction; what the record does not print of it is that of A
F = Truth(
    {**A.steps, "H.23": 12000.0, "S.23": 38.67, "G.23": -4762.0},
    {**A.members, IS: (0.46295, 0.77, 1.22), QS: (1.6244, 1.80, 2.50)},
    A.nuisances,
)
# where the line at higher velocity lies: shift and half of the splitting
HIGH_LINE = ObservableSpec(LINE, "mm/s", "line at higher velocity", mix=spec_for(IS).mix)
SPECS = {LINE: HIGH_LINE, BAND: spec_for(BAND), BOND: spec_for(BOND)}


@functools.cache
def known_story(name):
    """Return a story of which all numbers are known."""
    truth = {"A": A, "F": F, "G": G}[name]
    line = [d + e / 2.0 for d, e in zip(truth.members[IS], truth.members[QS], strict=True)]
    whole = replace(truth, members={**truth.members, LINE: tuple(line), BAND: (0.0, 0.0, 1.0)})
    held = {n: Parameter(v, fixed=True) for n, v in whole.steps.items()}
    held |= {
        f"{key}.{state}": Parameter(value, fixed=True)
        for key, values in whole.members.items()
        for state, value in zip(("FeIII_LS", "FeIII_HS", "FeII_HS"), values, strict=True)
    }
    held["rho.12"] = Parameter(whole.steps["rho.12"], sigma=1e-6)
    model = state_model(whole, free=(), ties={}, story=Story(name), **held)
    of = objective(model, planned(lambda key: key in (IS, QS)))
    return fit_at(of, start_of(of))


TABLE = [
    Candidate("high-velocity line at 300 K", LINE, 300.0, 0.02, "mm/s", rests_on="end members"),
    Candidate("QS at 300 K", QS, 300.0, 0.03, "mm/s"),
    Candidate("one anchored x3 at 300 K", BAND, 300.0, 0.05, "cm-1"),
    Candidate("QS at 200 K", QS, 200.0, 0.03, "mm/s"),
    Candidate("rise of IS", IS, 300.0, 0.02, "mm/s", 125.0, Quantity.CHANGE),
]


def test_what_would_decide_between_the_stories_of_the_record():
    fits = [known_story(name) for name in "AFG"]
    rows = candidate_rows(TABLE[::-1], fits, specs=SPECS)
    assert [row.name for row in rows] == [one.name for one in TABLE]
    told = {row.name: [value for _, value, _ in row.predicted] for row in rows}
    printed = {
        TABLE[0].name: (1.670, 1.831, 1.958), TABLE[1].name: (1.98, 2.13, 2.39),
        TABLE[2].name: (0.24, 0.48, 0.71), TABLE[3].name: (1.90, 1.97, 2.07),
        TABLE[4].name: (-0.001, 0.074, 0.055),
    }  # fmt: skip
    for name, values in printed.items():
        assert told[name] == pytest.approx(values, abs=0.006)
    apart = [row.separation for row in rows]
    assert apart == pytest.approx([6.4, 5.1, 4.6, 2.3, 0.9], abs=0.25)
    assert rows[0].rests_on == "end members"


def test_gain_is_what_the_datum_does_in_the_fit():
    data = planned(lambda key: key != QS)
    fit = fit_at_truth(H0, data, priors=PRIORS)
    plan = Candidate("p at 290 K", P, 290.0, 0.02, "nC cm-2 K-1")
    (row,) = candidate_rows([plan], [fit], population=("FeII_HS", 300.0))
    more = JoinedData(
        (*data.data, Datum(plan.key, plan.T, 0.0, plan.sigma, technique="pyro")), data.specs
    )
    sharper = fit_at_truth(H0, more, priors=PRIORS)

    def sigma(one):
        slope = one.objective.population_slopes(one.theta, np.array([300.0]))[:, 2, 0]
        return np.sqrt(slope @ one.covariance @ slope)

    assert row.gain == pytest.approx(1.0 - sigma(sharper) / sigma(fit), rel=1e-6)
    assert row.gain > 0.01
    ((story, value, error),) = row.predicted
    assert (story, row.separation) == ("A", None)
    assert value == pytest.approx(3.05, abs=0.05)
    assert 0.0 < error < 0.1


def test_a_key_that_was_never_measured_needs_its_pure_states():
    fit = fit_at_truth(H0, planned(lambda key: key != QS))
    row, other = candidate_rows(
        [TABLE[1], TABLE[4]], [fit], specs={QS: spec_for(QS)}, population=("FeII_HS", 300.0)
    )
    assert (row.name, other.name) == ("rise of IS", "QS at 300 K")
    assert (other.predicted, other.gain) == ((), None)
    assert "story A: cannot be predicted: needs a pure-state value" in other.rests_on
    (unknown,) = candidate_rows([TABLE[0]], [fit])
    assert unknown.rests_on.endswith(f"cannot be predicted: no technique declares {LINE}")


def test_a_prior_is_enough_to_predict_by():
    sigmas = {f"{QS}.FeIII_LS": 0.02, f"{QS}.FeIII_HS": 0.03, f"{QS}.FeII_HS": 0.2}
    fit = fit_at_truth(H0, planned(lambda key: key != QS), priors=sigmas)
    told = forecast(fit, TABLE[1], spec_for(QS))
    assert told.value == pytest.approx(1.9822, rel=0.003)
    assert 0.05 < told.sigma < 0.08  # 0.25 of 0.2, and what populations add
    (row,) = candidate_rows(
        [TABLE[1]], [fit], specs={QS: spec_for(QS)}, population=("FeII_HS", 300.0)
    )
    assert 0.0 <= row.gain < 0.2


def test_a_study_without_candidates_has_all_of_its_keys_once_more():
    data = measured(H0, planned(), np.random.default_rng(1))
    of = objective(state_model(H0, interaction=True), data)
    fit = fit_at(of, start_of(of))
    found = default_candidates(fit)
    assert {one.key for one in found} == set(data.keys)
    assert [one.T for one in found if one.key == QS] == [125.0, 300.0]
    assert next(one.sigma for one in found if one.key == QS) == 0.015
    assert "one more value of mossbauer.QS at 300 K" in {one.name for one in found}
    assert "structure.Fe-O at 125 K" in {one.name for one in found}
    rows = candidate_rows((), [fit], population=("FeII_HS", 300.0))
    gains = [row.gain for row in rows]
    assert gains == sorted(gains, reverse=True)
    assert 0.0 < gains[0] < 1.0
    assert len(rows) == len(found)


def test_what_nothing_determines_is_sharpened_from_a_guess():
    fit = fit_at_truth(H0, planned(lambda key: key == BOND), priors={f"{BOND}.FeII_HS": 0.02})
    plan = Candidate("an anchored band", BAND, 300.0, 0.05, "cm-1")
    anchored = {
        f"{BAND}.{s}": v
        for s, v in zip(("FeIII_LS", "FeIII_HS", "FeII_HS"), (0.0, 0.0, 1.0), strict=True)
    }
    model = state_model(H0, ties={}, **{n: Parameter(v, fixed=True) for n, v in anchored.items()})
    fit = fit_at(
        objective(model, fit.objective.data), start_of(objective(model, fit.objective.data))
    )
    told = forecast(fit, plan, spec_for(BAND))
    assert told.sigma is None
    assert "do not see" in told.reason
    (row,) = candidate_rows(
        [plan], [fit], specs={BAND: spec_for(BAND)}, population=("FeII_HS", 300.0)
    )
    # it measures the share itself: 0.05 in place of a guess, 0.29
    assert row.gain == pytest.approx(1.0 - 0.05 / 0.29, rel=1e-3)


def test_units_of_a_candidate():
    fit = fit_at_truth(H0, planned())
    peak = Candidate("peak", P, 120.0, 0.5, "K", 60.0, Quantity.T_OF_HIGHEST)
    assert forecast(fit, peak, spec_for(P)).value == pytest.approx(90.45, abs=0.05)
    here = forecast(fit, Candidate("p", P, 200.0, 0.1, "nC cm-2 K-1"), spec_for(P))
    there = forecast(fit, Candidate("p", P, 200.0, 1.0, "uC m-2 K-1"), spec_for(P))
    assert here.value == pytest.approx(3.890, rel=0.003)
    assert (there.value, there.sigma) == pytest.approx((10.0 * here.value, 10.0 * here.sigma))
    with pytest.raises(UnitError, match="velocity"):
        candidate_rows([replace(TABLE[1], unit="cm-1")], [fit])


def test_what_is_asked_for_must_be_there():
    fit = fit_at_truth(H0, planned(lambda key: key in (IS, QS)))
    with pytest.raises(SpectrafitError, match="no accepted story"):
        candidate_rows(TABLE, [])
    with pytest.raises(SpectrafitError, match="no fit of a story 'B'"):
        candidate_rows(TABLE, [fit], best="B")
    with pytest.raises(SpectrafitError, match="no state 'x3'"):
        candidate_rows([TABLE[1]], [fit], population=("x3", 300.0))
