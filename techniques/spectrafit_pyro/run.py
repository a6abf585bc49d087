"""A run prepared: its sweeps, the pair of branches, their lag, and p on one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.recording import Recording, joint_notices
from spectrafit_pyro.alerts import pyro_alert
from spectrafit_pyro.antisymmetric import Antisymmetric, antisymmetric, binned_coefficient
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.electrode import Electrode, electrode_of
from spectrafit_pyro.grid import binned, common_grid
from spectrafit_pyro.lag import Lag, aligned, found_lag
from spectrafit_pyro.readers.current_log import log_of
from spectrafit_pyro.settings import PyroSettings
from spectrafit_pyro.sweeps import Sweep, found_sweeps, paired_sweeps

__all__ = ["Run", "measured_run"]

_SEEN = 3.0  # standard errors
_LEAST_SEPARATION = 0.2  # K; less does not lower a peak


@dataclass(frozen=True, eq=False)
class Run:
    """One run, or the branches of one in files of their own.

    Parameters
    ----------
    recordings : tuple of Recording
        At least one.
    settings : PyroSettings
        That it was prepared with.
    electrode : Electrode
        Area and polarity.
    sweeps : tuple of Sweep
        All, in the order of time, at the temperatures of the thermometer.
    pair : (Sweep, Sweep) or None
        Heating and cooling, at the temperatures of the crystal; None with one branch.
    lag : Lag or None
        As found from the peak; None where it was given or not found.
    lag_s : float
        By which the sweeps were aligned, s; 0 where they were not.
    joint : Antisymmetric or None
        Of the pair.
    best : Coefficient
        Antisymmetrised, or of the one branch.
    lags : tuple of Lag
        Of every pair whose peak told one.
    alerts : tuple of Alert
        Of readers, electrode, branches and alignment.
    """

    recordings: tuple[Recording, ...]
    settings: PyroSettings
    electrode: Electrode
    sweeps: tuple[Sweep, ...]
    pair: tuple[Sweep, Sweep] | None
    lag: Lag | None
    lag_s: float
    joint: Antisymmetric | None
    best: Coefficient
    lags: tuple[Lag, ...]
    alerts: tuple[Alert, ...]

    @property
    def name(self) -> str:
        """For messages."""
        return ", ".join(recording.name for recording in self.recordings)

    @property
    def sweep(self) -> Sweep:
        """The one branch, or the heating branch of the pair."""
        return _widest(self.sweeps) if self.pair is None else self.pair[0]

    @property
    def branch(self) -> str:
        """``both``, ``heating`` or ``cooling``."""
        return "both" if self.pair is not None else self.sweep.branch.value

    @property
    def rate_gap(self) -> float:
        """What currents are divided by beside the area: rh - rc, or the rate of one branch, K/s."""
        if self.pair is None:
            return self.sweep.nominal
        return self.pair[0].nominal - self.pair[1].nominal

    @property
    def simulated(self) -> bool:
        """Whether a file says that it is simulated."""
        return any(recording.source.simulated for recording in self.recordings)


def measured_run(
    recordings: Sequence[Recording], settings: PyroSettings, *, reference: bool = False
) -> Run:
    """Return a run with its branches aligned and antisymmetrised.

    Parameters
    ----------
    recordings : sequence of Recording
        One log, or those of both branches in the order of time.
    settings : PyroSettings
        What is asked for.
    reference : bool, optional
        Whether it is the reference crystal, with an electrode of its own.

    Returns
    -------
    Run

    Raises
    ------
    SettingsError
        For no area, no sweep, branches without a common range, or numbers that cannot be.
    """
    checked_windows(settings)
    sweeps = tuple(
        sweep
        for recording in recordings
        for sweep in found_sweeps(
            log_of(recording), least_span=settings.least_span_K, window=settings.rate_window_s
        )
    )
    electrode = electrode_of(recordings[0], settings, reference=reference)
    alerts = [*joint_notices(recordings), *electrode.alerts]
    pairs = paired_sweeps(sweeps)
    if not pairs:
        sweep = aligned(_widest(sweeps), settings.lag_s or 0.0)
        means = binned(sweep, common_grid((sweep,), step=settings.grid_K))
        best = binned_coefficient(means, electrode.area, electrode.polarity)
        return Run(
            tuple(recordings), settings, electrode, sweeps, None, None, settings.lag_s or 0.0,
            None, best, (), tuple(alerts),
        )  # fmt: skip
    pair = max(pairs, key=_common_span)
    lag, why = _lag_of(pair, settings)
    others = (lag if each is pair else _lag_of(each, settings)[0] for each in pairs)
    lags = tuple(each for each in others if each is not None)
    seconds = _seconds(lag, settings)
    where = ", ".join(recording.name for recording in recordings)
    if not reference:  # it has no peak, and what is flat cannot be out of line
        alerts += _of_alignment(lag, why, settings, where)
    up, down = aligned(pair[0], seconds), aligned(pair[1], seconds)
    joint = antisymmetric(
        up, down, electrode.area, polarity=electrode.polarity, step=settings.grid_K
    )
    if len(pairs) > 1:
        low, high = joint.temperature[0], joint.temperature[-1]
        alerts.append(
            pyro_alert("PYRO-112").alert(where=where, count=len(pairs), low=low, high=high)
        )
    return Run(
        tuple(recordings), settings, electrode, sweeps, (up, down), lag, seconds, joint,
        joint.coefficient, lags, tuple(alerts),
    )  # fmt: skip


def checked_windows(settings: PyroSettings) -> None:
    """Refuse windows that do not rise, and widths and shares that cannot be.

    Parameters
    ----------
    settings : PyroSettings
        As given.

    Raises
    ------
    SettingsError
        With the setting's name.
    """
    windows = "plateau_K", "peak_K", "fixed_area_K", "lower_shoulder_K", "upper_shoulder_K"
    for name in windows:
        low, high = getattr(settings, name)
        if not 0.0 <= low < high < float("inf"):
            raise SettingsError(
                f"{name} is {low:g} to {high:g}",
                where="pyro",
                do="give two rising temperatures in K",
            )
    for name in ("grid_K", "longest_lag_s", "theta_E_K", "T0_K"):
        if not 0.0 < getattr(settings, name) < float("inf"):
            raise SettingsError(
                f"{name} is {getattr(settings, name):g}", where="pyro", do="give it above 0"
            )
    for name in ("offset_error_pA", "rate_error", "least_signal"):
        if not 0.0 <= getattr(settings, name) < float("inf"):
            raise SettingsError(
                f"{name} is {getattr(settings, name):g}", where="pyro", do="give it from 0 on"
            )
    if not 0.0 < settings.peak_share < 1.0:
        raise SettingsError(
            f"peak_share is {settings.peak_share:g}", where="pyro", do="give one between 0 and 1"
        )
    if settings.lag_s is not None and not abs(settings.lag_s) < float("inf"):
        raise SettingsError("lag_s is no finite time", where="pyro", do="give it in s")


def _widest(sweeps: Sequence[Sweep]) -> Sweep:
    return max(sweeps, key=lambda sweep: sweep.span[1] - sweep.span[0])


def _common_span(pair: tuple[Sweep, Sweep]) -> float:
    (low, high), (bottom, top) = pair[0].span, pair[1].span
    return min(high, top) - max(low, bottom)


def _lag_of(pair: tuple[Sweep, Sweep], settings: PyroSettings) -> tuple[Lag | None, str]:
    """Return the lag of a pair, or why the peak tells none."""
    low, high = settings.peak_K
    try:
        return found_lag(*pair, low=low, high=high, longest=settings.longest_lag_s), ""
    except SettingsError as error:
        return None, f"{error.what}; {error.do}" if error.do else error.what


def _seconds(lag: Lag | None, settings: PyroSettings) -> float:
    if not settings.align:
        return 0.0
    if settings.lag_s is not None:
        return settings.lag_s
    return lag.time if lag is not None else 0.0


def _of_alignment(lag: Lag | None, why: str, settings: PyroSettings, where: str) -> list[Alert]:
    if settings.align and settings.lag_s is not None:
        return []
    if lag is None:
        return [pyro_alert("PYRO-109").alert(where=where, why=why)] if settings.align else []
    seen = abs(lag.separation) > max(_SEEN * lag.separation_sigma, _LEAST_SEPARATION)
    if not seen:
        return []
    if not settings.align:
        words = f"align = false, and the peaks lie {lag.separation:.2f} K apart"
        return [pyro_alert("PYRO-109").alert(where=where, why=words)]
    alert = pyro_alert("PYRO-108")
    return [alert.alert(where=where, kelvin=lag.separation, seconds=lag.time)]
