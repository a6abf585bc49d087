"""When HERFD and conventional spectra compare: natural widths, one basis, and the alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.alerts import xas_alert

__all__ = [
    "EMISSION_SPREAD_EV",
    "broadened",
    "comparison_alerts",
    "conventional_width",
    "narrow_peaks",
    "natural_width",
    "on_conventional_basis",
]

EMISSION_SPREAD_EV = 0.1
BASIS = "basis"
CONVENTIONAL = "conventional width, approximate"
LOWER_LEVEL = {"Ka1": "L3", "Ka2": "L2", "Kb1": "M3", "Kb3": "M2"}


def conventional_width(element: str) -> float:
    """Return the lifetime width of the K hole, the floor of a conventional XANES peak.

    Parameters
    ----------
    element : str
        Absorber.

    Returns
    -------
    float
        FWHM in eV, by xraydb.
    """
    import xraydb

    return float(xraydb.core_width(element, "K"))


def natural_width(element: str, line: str = "Ka1") -> float:
    """Return the natural width of HERFD, the floor of one of its peaks.

    Parameters
    ----------
    element : str
        Absorber.
    line : str
        Emission line that is detected: Ka1, Ka2, Kb1 or Kb3.

    Returns
    -------
    float
        FWHM in eV: 1/sqrt(1/G_K^2 + 1/G_f^2) of the K hole and the hole after the emission; 0.35
        for iron and 0.41 for cobalt at Ka1. The instrument comes on top.

    Raises
    ------
    SpectrafitError
        For another line.

    Notes
    -----
    Cut through a RIXS plane: P. Glatzel and U. Bergmann, Coord. Chem. Rev. 249 (2005) 65; widths
    by xraydb.
    """
    import xraydb

    if line not in LOWER_LEVEL:
        raise SpectrafitError(
            f"no natural width of HERFD at {line!r}", do=f"known: {', '.join(LOWER_LEVEL)}"
        )
    k = conventional_width(element)
    lower = float(xraydb.core_width(element, LOWER_LEVEL[line]))
    return 1.0 / float(np.sqrt(1.0 / k**2 + 1.0 / lower**2))


def narrow_peaks(
    fwhm_eV: Mapping[str, float], element: str, line: str = "Ka1"
) -> tuple[tuple[str, str], ...]:
    """Return the peaks of a HERFD spectrum that are narrower than nature allows.

    Parameters
    ----------
    fwhm_eV : mapping of str to float
        Fitted widths by peak.
    element : str
        Absorber.
    line : str
        Emission line that is detected.

    Returns
    -------
    tuple of (str, str)
        Peak, and what is wrong, in words.
    """
    if line not in LOWER_LEVEL:
        return ()
    floor = natural_width(element, line)
    return tuple(
        (peak, f"FWHM {width:.2f} eV, below the natural width of {floor:.2f} eV")
        for peak, width in fwhm_eV.items()
        if width < floor
    )


def broadened(spectrum: Spectrum, fwhm_eV: float) -> Spectrum:
    """Return a spectrum convolved with a Lorentzian.

    Parameters
    ----------
    spectrum : Spectrum
        Energy in eV; straight between its points, and constant beyond its ends.
    fwhm_eV : float
        Of the Lorentzian, positive.

    Returns
    -------
    Spectrum
        On the same points. Point errors are propagated; neighbours are correlated from then on.

    Raises
    ------
    SpectrafitError
        When the width is not positive.

    Notes
    -----
    The convolution of the straight pieces is exact, so that the grid may have any steps.
    """
    if not fwhm_eV > 0.0:
        raise SpectrafitError(f"a Lorentzian of FWHM {fwhm_eV:g} eV", do="give a positive width")
    matrix = _lorentzian_map(spectrum.x, fwhm_eV / 2.0)
    sigma = spectrum.sigma
    return spectrum.after(
        HistoryEntry("broaden", {"shape": "Lorentzian", "fwhm_eV": fwhm_eV}),
        y=matrix @ spectrum.y,
        sigma=None if sigma is None else np.sqrt(matrix**2 @ sigma**2),
    )


def _lorentzian_map(x: FloatArray, half: float) -> FloatArray:
    """Return the map from values at x, joined by straight lines, to their convolution at x."""
    t = x[None, :] - x[:, None]  # node minus where the result is wanted
    below = 0.5 + np.arctan(t / half) / np.pi
    first = (
        half / (2.0 * np.pi) * np.log1p((t / half) ** 2)
    )  # integral of t' L(t') up to a constant
    width = np.diff(x)[None, :]
    mass = np.diff(below, axis=1)
    moment = np.diff(first, axis=1)
    right = (moment - t[:, :-1] * mass) / width
    left = mass - right
    found = np.zeros_like(t)
    found[:, :-1] += left
    found[:, 1:] += right
    found[:, 0] += below[:, 0]
    found[:, -1] += 1.0 - below[:, -1]
    return np.asarray(found, dtype=np.float64)


def on_conventional_basis(herfd: Spectrum, element: str, resolution_eV: float = 0.0) -> Spectrum:
    """Return a HERFD spectrum about as broad as a conventional one.

    Parameters
    ----------
    herfd : Spectrum
        Normalised.
    element : str
        Absorber.
    resolution_eV : float
        FWHM by which its instrument exceeds that of the conventional spectrum; taken off the
        broadening.

    Returns
    -------
    Spectrum
        Convolved with a Lorentzian of the FWHM that the K hole has over HERFD, 0.90 eV for iron.
        Its conditions say that this is approximate: a cut through the RIXS plane is not its
        projection.

    Raises
    ------
    SpectrafitError
        When the instrument is broader than that.
    """
    line = str(herfd.conditions.get("emission_line", "Ka1"))
    width = conventional_width(element) - natural_width(element, line) - resolution_eV
    if width <= 0.0:
        raise SpectrafitError(
            f"a resolution of {resolution_eV:g} eV is as broad as a conventional spectrum",
            where=herfd.source.name,
            do="compare it as it is",
        )
    done = broadened(herfd, width)
    return replace(done, conditions={**done.conditions, BASIS: CONVENTIONAL})


def comparison_alerts(
    first: Spectrum, second: Spectrum, names: tuple[str, str] | None = None
) -> tuple[Alert, ...]:
    """Return what forbids or limits the comparison of two spectra.

    Parameters
    ----------
    first, second : Spectrum
        Normalised, with their conditions.
    names : tuple of str, optional
        What they are called; their files if left out.

    Returns
    -------
    tuple of Alert
        XAS-113 where one is HERFD and the other is conventional, unless it was brought on that
        basis; XAS-114 where emission lines differ, or energies by more than 0.1 eV or by an unknown
        amount.

    Raises
    ------
    SpectrafitError
        For a spectrum that is not normalised.
    """
    for one in (first, second):
        if all(entry.step != "normalise" for entry in one.history):
            raise SpectrafitError(
                "an unnormalised spectrum is not compared",
                where=one.source.name,
                do="normalise both first",
            )
    sharp = [one for one in (first, second) if _is_sharp(one)]
    called = names or (first.source.name, second.source.name)
    where = f"{called[0]} and {called[1]}"
    if len(sharp) == 1:
        herfd, plain = called if sharp[0] is first else called[::-1]
        return (xas_alert("XAS-113").alert(where=where, first=herfd, second=plain),)
    if not sharp:
        return ()
    lines = [str(one.conditions.get("emission_line", "")) for one in sharp]
    energies = [one.conditions.get("emission_eV") for one in sharp]
    near = all(isinstance(energy, float) for energy in energies) and (
        abs(float(energies[0] or 0.0) - float(energies[1] or 0.0)) <= EMISSION_SPREAD_EV
    )
    if lines[0] == lines[1] and near:
        return ()
    words = " and ".join(
        f"{line} {'of unknown energy' if energy is None else f'{energy:g} eV'}"
        for line, energy in zip(lines, energies, strict=True)
    )
    return (
        xas_alert("XAS-114").alert(where=where, first=called[0], second=called[1], energies=words),
    )


def _is_sharp(spectrum: Spectrum) -> bool:
    return "emission_line" in spectrum.conditions and BASIS not in spectrum.conditions
