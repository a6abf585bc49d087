"""Studies of random truths, fitted without knowing them: bands, and the stories that are accepted.

Two hundred larger ones, of both kinds, with profiles and bootstraps are acceptance runs. Here bands
are those of the covariance, which hold the truth as often as they say for ideal equilibria only.
"""

import pytest
from random_truth_case import SMALL, coverage, drawn_study, share_accepted, told

IDEAL, INTERACTION = 50, 6
# the acceptance runs are to tell 60 to 76 % of two hundred: as many standard errors of fifty
LOW, HIGH = 0.52, 0.84

pytestmark = pytest.mark.xdist_group("random truths")


def _told(story, count):
    studies = (drawn_study(seed, story, SMALL) for seed in range(count))
    return [told(one, starts=2, replicas=0, profiled=False) for one in studies]


@pytest.fixture(scope="module")
def ideal():
    return _told("ideal", IDEAL)


@pytest.fixture(scope="module")
def interaction():
    return _told("interaction", INTERACTION)


def test_bands_hold_the_truth_as_often_as_they_say(ideal):
    for one in coverage(ideal):
        assert one.bands >= 0.9 * IDEAL, one
        assert LOW <= one.in68 <= HIGH, one


def test_the_true_story_is_accepted(ideal, interaction):
    assert share_accepted([*ideal, *interaction], true=True) >= 0.9


def test_an_interaction_that_data_show_rejects_the_ideal_story(interaction):
    assert share_accepted(interaction, true=False) <= 0.5
