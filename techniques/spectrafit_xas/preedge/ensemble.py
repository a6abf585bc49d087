"""One pre-edge under every defensible choice: windows, rising edges, line shapes, numbers of peaks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from spectrafit.errors import FitError, SpectrafitError
from spectrafit.fit.ensemble import Ensemble, ensemble_of
from spectrafit.fit.many import fit_many
from spectrafit.fit.member import FitSettings, Member
from spectrafit.fit.problem import ParameterChange
from spectrafit.spectrum import Spectrum
from spectrafit_xas.preedge.count_bootstrap import bootstrapped_least
from spectrafit_xas.preedge.count_evidence import (
    RMS_LIMIT,
    CountEvidence,
    best_by_window,
    count_evidence,
    effective_points,
    form_bic,
)
from spectrafit_xas.preedge.emphasis import Emphasis, asked_emphasis, emphasised_stack
from spectrafit_xas.preedge.forms import EVALUATIONS, Form, FormFit, form_fits
from spectrafit_xas.preedge.model import peak_starts
from spectrafit_xas.preedge.peak_count import PeakCount
from spectrafit_xas.preedge.quantities import preedge_quantities
from spectrafit_xas.settings import XanesSettings

__all__ = ["FEWEST_MEMBERS", "MISFIT_P", "PreedgeEnsemble", "preedge_ensemble", "usual_windows"]

Window = tuple[float, float]

FEWEST_MEMBERS = 5
MOST_SPREAD = 0.25
MISFIT_P = 0.01
# a number of peaks that the data do not have makes valleys in which fits creep
FEWER_EVALUATIONS = 40
# centres nearer than this lead to the same minimum
_SAME_EV = 0.2


@dataclass(frozen=True, eq=False)
class PreedgeEnsemble:
    """The fits of one scan under every choice, and what they spread.

    Parameters
    ----------
    fits : tuple of FormFit
        Every combination that was fitted, also those with faults.
    found : Ensemble or None
        Members, means, errors by source; None where no combination passes the screen.
    evidence : CountEvidence or None
        On the number of peaks; None where it was set, or no combination has one.
    count : int
        Number of peaks that single peaks are read off at.
    """

    fits: tuple[FormFit, ...]
    found: Ensemble | None
    evidence: CountEvidence | None
    count: int

    @property
    def kept(self) -> int:
        """How many members count."""
        return 0 if self.found is None else len(self.found.kept)

    @property
    def tried(self) -> int:
        """How many combinations were fitted."""
        return len(self.fits)

    @property
    def dominant(self) -> str:
        """The choice that moves the area most; empty where none does."""
        return "" if self.found is None else self.found.estimates["area"].dominant

    @property
    def is_narrow(self) -> bool:
        """Whether too few members count, or their areas spread beyond 25 %, for an honest mean."""
        if self.found is None or self.kept < FEWEST_MEMBERS:
            return True
        area = self.found.estimates["area"]
        between = math.sqrt(sum(v for k, v in area.variances.items() if k != "statistics"))
        return between > MOST_SPREAD * abs(area.value)

    def labels(self, choice: str) -> tuple[str, ...]:
        """Return what the members that count have of a choice.

        Parameters
        ----------
        choice : str
            ``window``, ``background``, ``shape`` or ``peaks``.

        Returns
        -------
        tuple of str
            In the order of the settings, each once.
        """
        kept = () if self.found is None else self.found.kept
        return tuple(dict.fromkeys(one.labels[choice] for one in kept))


def usual_windows(window_eV: Window) -> tuple[Window, ...]:
    """Return the window, and what is left without a twentieth or a tenth of it at its ends.

    Parameters
    ----------
    window_eV : tuple of float
        The whole.

    Returns
    -------
    tuple of (float, float)
        Five.
    """
    low, high = window_eV
    step = (high - low) / 20.0
    return (
        window_eV,
        (low + step, high),
        (low, high - step),
        (low + step, high - step),
        (low, high - 2.0 * step),
    )


def preedge_ensemble(
    spectrum: Spectrum,
    counted: PeakCount,
    settings: XanesSettings,
    window_eV: Window,
    reference_eV: float,
    parameters: Mapping[str, ParameterChange] | None = None,
) -> PreedgeEnsemble:
    """Return the fits of a scan in all windows, over all rising edges, with all shapes and numbers.

    A combination is left out when a parameter of a peak is flagged, a peak does not count, its
    rising edge falls or has a hump larger than the peaks, or its rms residual exceeds 1.3 times the
    best of its own window. The others weigh alike, or by BIC where the settings say so.

    Parameters
    ----------
    spectrum : Spectrum
        The points of all windows, normalised.
    counted : PeakCount
        Fits of the settings' own form: where to start, and which numbers of peaks to try.
    settings : XanesSettings
        Choices, bounds, resamples.
    window_eV : tuple of float
        The window of the settings; the trapezoid runs over it in every member.
    reference_eV : float
        For the first moment.
    parameters : mapping of str to ParameterChange, optional
        What the user changes of the peaks; changes of the rising edge are left out, since its form
        differs.

    Returns
    -------
    PreedgeEnsemble
    """
    windows = settings.windows_eV or usual_windows(window_eV)
    fits: list[FormFit] = []
    wanted = _first_counts(counted, settings)
    while wanted:
        fits += _fits(spectrum, counted, settings, windows, wanted, parameters)
        evidence = count_evidence(
            fits, known=spectrum.sigma is not None, margin=settings.bic_margin
        )
        done = {one.form.count for one in fits}
        # the largest that was tried is asked for: the next one must be tried too
        more = evidence is not None and evidence.best == max(done) and not settings.peaks
        wanted = [n for n in (max(done) + 1,) if more and n in counted.fits]
    if evidence is not None and settings.count_draws and not settings.peaks:
        evidence = bootstrapped_least(
            evidence, spectrum.window(*window_eV), [f for f in fits if f.window_eV == window_eV],
            settings.count_draws,
        )  # fmt: skip
    count = counted.best if evidence is None or settings.peaks else evidence.best
    emphasis = asked_emphasis(settings, counted)
    found = _ensemble(spectrum, fits, count, settings, window_eV, reference_eV, emphasis)
    return PreedgeEnsemble(tuple(fits), found, None if settings.peaks else evidence, count)


def _first_counts(counted: PeakCount, settings: XanesSettings) -> list[int]:
    if settings.peaks:
        return [counted.best]
    near = range(counted.best - 1, counted.best + 2)
    return [count for count in near if count in counted.fits]


def _fits(
    spectrum: Spectrum, counted: PeakCount, settings: XanesSettings, windows: Sequence[Window],
    counts: Sequence[int], parameters: Mapping[str, ParameterChange] | None,
) -> list[FormFit]:  # fmt: skip
    candidates = peak_starts(counted.fit.spectrum, settings)
    fits: list[FormFit] = []
    for count in counts:
        own = counted.fits[count]
        sets = [sorted(own.values[f"{name}.center"] for name in own.peaks)]
        other = sorted(candidates[:count])
        far = len(other) == count and np.max(np.abs(np.subtract(other, sets[0]))) > _SAME_EV
        sets += [other] if far and not parameters else []
        for shape, background in product(settings.shapes, settings.backgrounds):
            form = Form(shape, background, count)
            fits += form_fits(
                spectrum, settings, form, windows, sets, parameters,
                EVALUATIONS if count == counted.best else FEWER_EVALUATIONS,
            )  # fmt: skip
    return fits


def _ensemble(
    spectrum: Spectrum, fits: Sequence[FormFit], count: int, settings: XanesSettings,
    window_eV: Window, reference_eV: float, emphasis: Emphasis | None,
) -> Ensemble | None:  # fmt: skip
    """Return the ensemble of the number of peaks and its neighbours; None where none is left."""
    near = [one for one in fits if abs(one.form.count - count) <= 1]
    best, points = best_by_window(near), effective_points(near)
    regions = {window: spectrum.window(*window) for window in best}
    effective = {_label(window): points[window] / len(regions[window]) for window in best}
    needless = _needless(near, count, points, settings.bic_margin, spectrum.sigma is not None)
    members = [
        _member(
            one, best[one.window_eV].rms, regions[one.window_eV], needless.get(one, ""), emphasis
        )
        for one in near
    ]
    if not any(one.status == "kept" for one in members):
        return None
    try:
        return ensemble_of(
            members,
            preedge_quantities(count, window_eV, reference_eV),
            FitSettings("batch", False, 1),
            resamples=settings.resamples,
            resampling="residuals",
            weighing=settings.weighing,
            inflation=lambda member: _inflation(member, effective[member.labels["window"]]),
        )
    except FitError:
        return None


def _needless(
    fits: Sequence[FormFit], count: int, points: Mapping[Window, float], margin: float, known: bool
) -> dict[FormFit, str]:
    """Return the fits of another number of peaks that BIC speaks against, with the reason.

    More peaks must beat the number taken over the best of all rising edges and shapes of the
    window, else they mend a wrong one; fewer must not be beaten by the margin in their own.
    """
    bic = {one: form_bic(one, points[one.window_eV], known=known) for one in fits}
    taken = [one for one in fits if one.form.count == count and not one.faults]
    least = {
        window: min((bic[one] for one in taken if one.window_eV == window), default=math.inf)
        for window in points
    }
    own = {(one.window_eV, one.form.background, one.form.shape): bic[one] for one in taken}
    reasons = {}
    for one in fits:
        beside = own.get((one.window_eV, one.form.background, one.form.shape), math.inf)
        if one.form.count > count and bic[one] >= least[one.window_eV]:
            reasons[one] = f"BIC asks for {count} over the best rising edge and shape of its window"
        elif one.form.count < count and bic[one] - beside >= margin:
            reasons[one] = f"BIC asks for {count} over its own rising edge and shape"
    return reasons


def _label(window: Window) -> str:
    return f"{window[0]:g} to {window[1]:g} eV"


def _member(
    one: FormFit, best_rms: float, region: Spectrum, needless: str, emphasis: Emphasis | None
) -> Member:
    """Return a combination as a member with a fit of its own, or left out with the reason."""
    form = one.form
    labels = {
        "window": _label(one.window_eV),
        "background": form.background,
        "shape": form.shape,
        "peaks": str(form.count),
    }
    member = Member(labels)
    if one.faults:
        return member.left_out(*one.faults)
    if one.rms > RMS_LIMIT * best_rms:
        return member.left_out(f"rms residual {one.rms / best_rms:.2f} x the best of its window")
    if needless:
        return member.left_out(needless)
    try:
        problem = one.problem(region)
        best = fit_many(
            problem, region.y[None], sigma=region.sigma, engine="batch", warm=True, restarts=0
        )
        best = best if emphasis is None else emphasised_stack(best, emphasis)
    except SpectrafitError as error:
        return member.left_out(str(error))
    return Member(labels, best=best, fits=1)


def _inflation(member: Member, independent: float) -> float:
    """Return the factor of a member's variances: misfit, and residuals that resemble neighbours.

    Reduced chi2 where the residual exceeds the noise (p < 0.01; scale factor of the Particle Data
    Group), times points over effective points where the noise is the residual.
    """
    from scipy.special import chdtrc

    best = member.best
    if best is None:
        return 1.0
    if best.noise != "known":
        return 1.0 / independent
    freedom = best.ndata - best.nvary
    misfit = chdtrc(freedom, float(best.chi2[0])) < MISFIT_P
    return float(best.redchi[0]) / independent if misfit else 1.0
