"""What came of the states of a study: simple values, as tables, figures and JSON need them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Assignment",
    "AxisCheck",
    "Bound",
    "CandidateRow",
    "ClaimRow",
    "ConsistencyRow",
    "CurvePoint",
    "EvidenceRow",
    "KeyPopulation",
    "LeftOut",
    "LevelRow",
    "ParameterValue",
    "PopulationRow",
    "PredictionRow",
    "RateBound",
    "StateEvidence",
    "StoryRow",
    "WeakDirection",
]


@dataclass(frozen=True)
class PopulationRow:
    """The population of one state at one temperature by one story.

    Parameters
    ----------
    story, state : str
        Names.
    T : float
        K.
    value : float
        Of the best fit.
    sigma : float or None
        Standard uncertainty; None with `reason`.
    low, high : float or None
        Ends of the 68.3 % interval; None where open, with `reason`.
    low95, high95 : float or None
        Ends of the 95 % interval.
    verdict : str
        ``determined``, ``affine only`` or ``not determined``.
    anchored_by : tuple of str
        What fixed it, in words.
    reason : str
        Why there is no uncertainty, or why an end is open.
    """

    story: str
    state: str
    T: float
    value: float
    sigma: float | None = None
    low: float | None = None
    high: float | None = None
    low95: float | None = None
    high95: float | None = None
    verdict: str = "determined"
    anchored_by: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ParameterValue:
    """One number of a story's fit.

    Parameters
    ----------
    name, unit : str
        As in the study.
    value : float
        Of the best fit.
    sigma : float or None
        Standard uncertainty; None with `reason`.
    low, high : float or None
        Ends of the 68.3 % profile interval, where one was made.
    status : str
        ``free``, ``prior``, ``fixed``, ``tied``, ``at bound`` or ``set by bound``.
    prior : float or None
        Value of its prior.
    prior_sigma : float or None
        Sigma of its prior.
    source : str
        Where its value, prior or tie comes from.
    reason : str
        Why there is no sigma, or that an end is open.
    """

    name: str
    unit: str
    value: float
    sigma: float | None = None
    low: float | None = None
    high: float | None = None
    status: str = "free"
    prior: float | None = None
    prior_sigma: float | None = None
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class StoryRow:
    """What came of one story.

    Parameters
    ----------
    name, meaning : str
        Of the story.
    chi2 : float or None
        None where it could not be fitted.
    data, priors, free : int
        Counts of data, priors and free parameters.
    aicc : float or None
        Akaike's criterion with the correction for small samples.
    second_chi2 : float or None
        Of the second-best minimum from other starts; None where all starts ended in one.
    p_value : float or None
        Of the parametric bootstrap.
    p_note : str
        How it was found: how many replicas, how many as large.
    bounds : tuple of str
        Parameters set by a bound, in words.
    tensions : tuple of str
        Residuals above 2 sigma, in words, largest first.
    verdict : str
        ``accepted``, ``rejected`` or ``not fitted``.
    why : str
        The reason, in words.
    parameters : tuple of ParameterValue
        All numbers.
    dipoles : tuple of str
        Change of the dipole per molecule for each step, in words.
    """

    name: str
    meaning: str = ""
    chi2: float | None = None
    data: int = 0
    priors: int = 0
    free: int = 0
    aicc: float | None = None
    second_chi2: float | None = None
    p_value: float | None = None
    p_note: str = ""
    bounds: tuple[str, ...] = ()
    tensions: tuple[str, ...] = ()
    verdict: str = "not fitted"
    why: str = ""
    parameters: tuple[ParameterValue, ...] = ()
    dipoles: tuple[str, ...] = ()


@dataclass(frozen=True)
class CurvePoint:
    """Populations of all states at one temperature, for figures.

    Parameters
    ----------
    story : str
        Name.
    T : float
        K.
    x, low, high : tuple of float
        By state; the 95 % band by the covariance.
    """

    story: str
    T: float
    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class PredictionRow:
    """One datum beside what the joint fit, or the fit without its technique, says.

    Parameters
    ----------
    story, technique, key : str
        Names.
    left_out : bool
        Whether the technique had no part in the populations.
    T : float
        K.
    branch : str
        Or empty.
    measured, sigma : float or None
        The datum; sigma holds all of its errors.
    predicted : float
        By the populations.
    low, high : float
        95 % band of the prediction.
    pull : float or None
        (measured - predicted) over both errors.
    """

    story: str
    technique: str
    key: str
    left_out: bool
    T: float
    branch: str
    measured: float | None
    sigma: float | None
    predicted: float
    low: float
    high: float
    pull: float | None = None


@dataclass(frozen=True)
class LeftOut:
    """What one technique, or set of data, does for the populations.

    Parameters
    ----------
    technique : str
        Name.
    story : str
        By which story.
    chi2 : float or None
        Of its data against the prediction of the rest.
    count : int
        Of its data.
    verdict : str
        ``predicted``, ``shape predicted``, ``not predicted`` or ``cannot tell``.
    text : str
        One sentence: what it says, and fitted beside prior end members.
    sigma_without, sigma_alone : tuple of (str, float, float or None, str)
        State, T, standard uncertainty of the population, and why there is none: without the
        technique, and by the technique alone.
    """

    technique: str
    story: str
    chi2: float | None
    count: int
    verdict: str
    text: str
    sigma_without: tuple[tuple[str, float, float | None, str], ...] = ()
    sigma_alone: tuple[tuple[str, float, float | None, str], ...] = ()


@dataclass(frozen=True)
class WeakDirection:
    """A combination of numbers that the data hardly see.

    Parameters
    ----------
    story : str
        Name.
    text : str
        In words.
    share : float
        Its singular value over the largest.
    """

    story: str
    text: str
    share: float


@dataclass(frozen=True)
class AxisCheck:
    """The test whether another set of populations fits as well: x_upper -> a n + b x_upper.

    Parameters
    ----------
    story : str
        Name.
    step : str
        The step whose branches are exchanged.
    left_out : str
        Technique or keys left out; empty for all data.
    a, b : tuple of float
        Lowest and highest among the sets that fit within 4 of the least chi2; not each a goes with
        each b.
    x : tuple of (float, float, float)
        T, lowest and highest population of the step's upper branch among them.
    chi2 : tuple of float
        Above the least, where the population at the highest T is lowest and highest.
    verdict : str
        ``fixed`` or ``known up to a n + b x``.
    text : str
        One sentence.
    """

    story: str
    step: str
    left_out: str
    a: tuple[float, ...]
    b: tuple[float, ...]
    x: tuple[tuple[float, float, float], ...]
    chi2: tuple[float, ...]
    verdict: str
    text: str


@dataclass(frozen=True)
class EvidenceRow:
    """One observable against each pure state.

    Parameters
    ----------
    key, technique : str
        Names.
    T : float or None
        K.
    group : str
        What is judged together, like ``below 80 K``.
    value, sigma : float
        The observable.
    unit : str
        Of them.
    log_likelihood : tuple of (str, float)
        By state.
    verdict : str
        ``supports``, ``weak``, ``silent``, ``against`` or ``explained by no state``.
    text : str
        One line.
    sources : tuple of str
        Of the expectations.
    expected : tuple of str
        States of which something is expected for this key; the others have no vote by it.
    """

    key: str
    technique: str
    T: float | None
    group: str
    value: float
    sigma: float
    unit: str
    log_likelihood: tuple[tuple[str, float], ...]
    verdict: str
    text: str
    sources: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class StateEvidence:
    """All observables of one group together; never printed without its conflicts.

    Parameters
    ----------
    group : str
        Like ``below 80 K``.
    posterior : tuple of (str, float)
        By state, equal priors.
    winner : str
        State of the largest.
    conflicts : tuple of str
        In words.
    unexplained : tuple of str
        Keys that no pure state explains.
    silent : tuple of str
        Keys without a vote.
    without : tuple of (str, str)
        Key left out, and the winner then.
    """

    group: str
    posterior: tuple[tuple[str, float], ...]
    winner: str
    conflicts: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    without: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class KeyPopulation:
    """The population that one key alone gives for one pair of states.

    Parameters
    ----------
    key : str
        Name.
    T : float
        K.
    lower, upper : str
        The two states.
    low, high : float or None
        95 % interval of the share of `upper`; None where the key cannot tell.
    text : str
        One sentence: with which expectations, at which temperature they hold.
    """

    key: str
    T: float
    lower: str
    upper: str
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True)
class Bound:
    """A bound of the rate of exchange k12 + k21 by one observable.

    Parameters
    ----------
    key, technique : str
        Names.
    T : float or None
        K.
    lower, upper : float or None
        s-1; the one that it gives.
    text : str
        What it needs.
    """

    key: str
    technique: str
    T: float | None
    lower: float | None
    upper: float | None
    text: str


@dataclass(frozen=True)
class RateBound:
    """The bounds of the rate of exchange, joined.

    Parameters
    ----------
    lower, upper : float or None
        s-1, 95 % one-sided each; None where nothing bounds it.
    bounds : tuple of Bound
        What they come from.
    text : str
        One sentence, a conflict included.
    regimes : tuple of (str, str, str)
        Key, ``averaged``, ``resolved``, ``in between`` or ``not known``, and why.
    """

    lower: float | None
    upper: float | None
    bounds: tuple[Bound, ...] = ()
    text: str = ""
    regimes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class CandidateRow:
    """A further measurement and what it would decide.

    Parameters
    ----------
    name : str
        What to measure.
    key : str
        Name of the observable.
    T : float
        K.
    sigma : float
        Planned standard uncertainty.
    unit : str
        Of them.
    predicted : tuple of (str, float, float)
        Story, what it predicts, and its standard uncertainty.
    separation : float or None
        Least separation of two accepted stories, in standard uncertainties.
    total : float or None
        Sum of the squared separations over the pairs, weighted.
    gain : float or None
        Share by which it lowers the standard uncertainty of the reported population.
    rests_on : str
        The assumption it relies on.
    exists : bool
        Whether the datum is measured already.
    """

    name: str
    key: str
    T: float
    sigma: float
    unit: str
    predicted: tuple[tuple[str, float, float], ...]
    separation: float | None
    total: float | None
    gain: float | None = None
    rests_on: str = ""
    exists: bool = False


@dataclass(frozen=True)
class ClaimRow:
    """A claim or rule of inference, and what became of it.

    Parameters
    ----------
    name, text : str
        Like ``C1`` and what it says.
    verdict : str
        ``supported``, ``contradicted``, ``silent`` or ``cannot tell``.
    lines : tuple of str
        A line an observable or population, with its number.
    caveat : str
        What limits it.
    """

    name: str
    text: str
    verdict: str
    lines: tuple[str, ...] = ()
    caveat: str = ""


@dataclass(frozen=True)
class ConsistencyRow:
    """A line that is computed from numbers of the study alone.

    Parameters
    ----------
    text : str
        What is computed.
    value : float
        The result.
    unit : str
        Its unit.
    against : str
        What it is held against, in words.
    verdict : str
        In words.
    """

    text: str
    value: float
    unit: str
    against: str
    verdict: str


@dataclass(frozen=True)
class LevelRow:
    """A line of what the data cannot decide, or of how it was reached.

    Parameters
    ----------
    text : str
        One sentence.
    """

    text: str


@dataclass(frozen=True)
class Assignment:
    """All that came of the states of a study.

    Parameters
    ----------
    states : tuple of (str, str)
        Name and label.
    verdict : str
        ``decided``, ``undecided``, ``no story accepted`` or ``not addressed``.
    text : str
        The verdict in one or two sentences.
    best : str
        Story of the reported populations: of the accepted ones that of the least AICc.
    populations, curves, stories, predictions, left_out, weak, axis, evidence, groups, \
per_key, candidates, claims, rules, consistency, undecided : tuple
        As their types say.
    rate : RateBound or None
        Bounds of the rate of exchange.
    anchors : tuple of str
        Anchors and assumptions that were used, in words.
    unused : tuple of str
        Anchors that would help and were not there.
    silent : tuple of str
        Keys that took no part.
    refused : tuple of str
        Keys that were refused, and why.
    conflicts : tuple of str
        Where what was fitted for a pure state, or what one key alone gives, contradicts another.
    """

    states: tuple[tuple[str, str], ...]
    verdict: str
    text: str
    best: str = ""
    populations: tuple[PopulationRow, ...] = ()
    curves: tuple[CurvePoint, ...] = ()
    stories: tuple[StoryRow, ...] = ()
    predictions: tuple[PredictionRow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    weak: tuple[WeakDirection, ...] = ()
    axis: tuple[AxisCheck, ...] = ()
    evidence: tuple[EvidenceRow, ...] = ()
    groups: tuple[StateEvidence, ...] = ()
    per_key: tuple[KeyPopulation, ...] = ()
    candidates: tuple[CandidateRow, ...] = ()
    claims: tuple[ClaimRow, ...] = ()
    rules: tuple[ClaimRow, ...] = ()
    consistency: tuple[ConsistencyRow, ...] = ()
    undecided: tuple[LevelRow, ...] = ()
    rate: RateBound | None = None
    anchors: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
