"""Sites of iron: singlet, doublet or sextet, as lines of the core with bounds, ties and starts.

Positions: a doublet's lines are at ``IS -+ QS/2``; a sextet's at ``IS + a_i B/B_conv + q/2 (+ - - - - +)``,
first order in the quadrupole interaction. Areas and widths of a doublet are equal unless an asymmetry
is declared: unequal areas stand for texture or an anisotropic recoil-free fraction, unequal widths for
relaxation. N. N. Greenwood, T. C. Gibb, *Mössbauer Spectroscopy* (1971), chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.parameters import ParameterChange
from spectrafit.lines.asymmetric_doublet import AsymmetricDoublet
from spectrafit.lines.line import Component, Line
from spectrafit.lines.pseudo_voigt import PseudoVoigtByArea
from spectrafit.lines.sextet import Sextet
from spectrafit.lines.voigt import Voigt
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.absorption.voigt_site import VoigtDoublet
from spectrafit_mossbauer.constants import NATURAL_FWHM, THIN_FWHM
from spectrafit_mossbauer.drive.conventions import CONVENTIONS, Convention

__all__ = [
    "LARGEST_SPLITTING",
    "SHIFTS",
    "Asymmetry",
    "Kind",
    "Shape",
    "Site",
    "checked_sites",
    "convention_of_axis",
    "doublets",
]

Kind = Literal["singlet", "doublet", "sextet"]
Shape = Literal["lorentzian", "voigt"]
Asymmetry = Literal["none", "texture", "relaxation", "both"]

SHIFTS: Final = (-3.0, 3.0)
"""mm/s: isomer shifts of iron compounds lie within -1 to 2 of alpha-iron. Beyond this a line fits the
baseline at the end of the axis."""

LARGEST_SPLITTING: Final = 8.0
"""mm/s: no quadrupole splitting of iron is above 6."""

# a fit starts its shares of the width here: some Gaussian, and near the thin limit
_GAUSS_SHARE = 0.7


@dataclass(frozen=True)
class Site:
    """A declared site.

    Parameters
    ----------
    kind : str
        ``"singlet"``, ``"doublet"`` or ``"sextet"``.
    label : str
        Its name, which begins the names of its values.
    shape : str
        ``"lorentzian"``, or ``"voigt"`` for a spread of shifts (singlet and doublet).
    asymmetry : str
        Of a doublet: ``"none"``, ``"texture"`` (areas free), ``"relaxation"`` (widths free) or
        ``"both"``, which is asked for by name because the two hardly differ in a spectrum. Of a
        sextet ``"texture"`` frees the areas 3 : x : 1.
    lorentz : float or None
        Of a Voigt line: the Lorentzian width at which it is held, in mm/s; free where None.
    """

    kind: Kind = "doublet"
    label: str = "site1"
    shape: Shape = "lorentzian"
    asymmetry: Asymmetry = "none"
    lorentz: float | None = None

    def __post_init__(self) -> None:
        for given, known, noun in (
            (self.kind, get_args(Kind), "the kinds of site"),
            (self.shape, get_args(Shape), "the shapes"),
            (self.asymmetry, get_args(Asymmetry), "the asymmetries"),
        ):
            if given not in known:
                raise SettingsError(
                    f"no {given!r}", where=self.label, do=nearest(given, known, noun=noun)
                )
        allowed = {
            ("singlet", "lorentzian"): ("none",),
            ("singlet", "voigt"): ("none",),
            ("doublet", "lorentzian"): get_args(Asymmetry),
            ("doublet", "voigt"): ("none", "texture"),
            ("sextet", "lorentzian"): ("none", "texture"),
        }.get((self.kind, self.shape), ())
        if self.asymmetry not in allowed:
            raise SettingsError(
                f"a {self.shape} {self.kind} with asymmetry {self.asymmetry!r} is not offered",
                where=self.label,
                do="a Voigt sextet and a distribution of fields are out of scope"
                if not allowed
                else f"give one of: {', '.join(allowed)}",
            )

    @property
    def line(self) -> Line:
        """The line of its shape."""
        if self.kind == "sextet":
            return Sextet
        if self.kind == "singlet":
            return Voigt if self.shape == "voigt" else PseudoVoigtByArea
        return VoigtDoublet if self.shape == "voigt" else AsymmetricDoublet

    @property
    def component(self) -> Component:
        """The line under the site's label."""
        return self.line(self.label)

    def name(self, parameter: str) -> str:
        """Return the full name of a parameter of its line.

        Parameters
        ----------
        parameter : str
            Like ``"center"``.

        Returns
        -------
        str
        """
        return f"{self.label}.{parameter}"

    def start(self, values: Mapping[str, float], axis: Unfolded) -> dict[str, float]:
        """Return starts of the line's parameters.

        Parameters
        ----------
        values : mapping of str to float
            ``center``, ``splitting``, ``width`` in mm/s; ``area`` in counts mm/s, positive for
            absorption.
        axis : Unfolded
            For the positions of a sextet.

        Returns
        -------
        dict of str to float
            By full name.
        """
        width = max(values["width"], 1.05 * THIN_FWHM)
        own = {"center": values["center"], "area": -values["area"]}
        if self.kind != "singlet":
            own["splitting"] = values["splitting"]
        if self.shape == "voigt":
            own |= {"fwhm_gauss": _GAUSS_SHARE * width, "fwhm_lorentz": self.lorentz or width}
        elif self.kind == "singlet":
            own |= {"fwhm": width, "fraction": 1.0}
        elif self.kind == "doublet":
            own |= {"fwhm_low": width, "fwhm_high": width}
        else:
            own |= {"fwhm_outer": width, "fwhm_middle": width, "fwhm_inner": width}
            own["spacing"] = _spacing(convention_of_axis(axis))
        return {self.name(key): value for key, value in own.items()}

    def changes(self, axis: Unfolded, *, several: bool) -> dict[str, ParameterChange]:
        """Return bounds and ties of the line's parameters.

        Parameters
        ----------
        axis : Unfolded
            Whose range bounds positions and widths.
        several : bool
            Whether there are other sites: each then absorbs or is absent, so that two cannot cancel
            each other. A single site may come out negative, by chance.

        Returns
        -------
        dict of str to ParameterChange
            By full name.
        """
        low, high = float(axis.velocity[0]), float(axis.velocity[-1])
        span = high - low
        width = ParameterChange(min=NATURAL_FWHM, max=span)
        own = {"center": ParameterChange(min=max(low, SHIFTS[0]), max=min(high, SHIFTS[1]))}
        if several:
            own["area"] = ParameterChange(max=0.0)
        if self.kind != "singlet":
            # a sextet may reach beyond the axis
            reach = 2.0 * span if self.kind == "sextet" else min(span, LARGEST_SPLITTING)
            own["splitting"] = ParameterChange(min=0.0, max=reach)
        if self.shape == "voigt":
            own["fwhm_gauss"] = ParameterChange(min=0.0, max=span)
            held = ParameterChange(fixed=True) if self.lorentz else None
            own["fwhm_lorentz"] = held or ParameterChange(min=NATURAL_FWHM, max=span)
        elif self.kind == "singlet":
            own["fwhm"] = width
        elif self.kind == "sextet":
            own |= {f"fwhm_{pair}": width for pair in ("outer", "middle", "inner")}
        else:
            free = self.asymmetry in ("relaxation", "both")
            own["fwhm_low"] = width
            own["fwhm_high"] = width if free else ParameterChange(equals=self.name("fwhm_low"))
        if self.asymmetry in ("texture", "both"):
            own["ratio"] = ParameterChange(fixed=False)
        return {self.name(key): value for key, value in own.items()}


def convention_of_axis(axis: Unfolded) -> Convention:
    """Return the positions of alpha-iron that turn a splitting into a field.

    Parameters
    ----------
    axis : Unfolded
        Of whose convention; A where the file does not say.

    Returns
    -------
    Convention
    """
    return CONVENTIONS[axis.convention or "A"]


def _spacing(convention: Convention) -> float:
    outer, middle, _ = convention.positions
    return (outer - middle) / (2.0 * outer)


def doublets(count: int) -> tuple[Site, ...]:
    """Return some plain doublets called site1, site2 and so on.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    tuple of Site
    """
    return tuple(Site("doublet", f"site{i + 1}") for i in range(count))


def checked_sites(sites: Sequence[Site]) -> tuple[Site, ...]:
    """Return the sites, each with a name of its own.

    Parameters
    ----------
    sites : sequence of Site
        At least one.

    Returns
    -------
    tuple of Site

    Raises
    ------
    SettingsError
        When there is none, or two have one label.
    """
    labels = [site.label for site in sites]
    if not labels or len(set(labels)) != len(labels):
        raise SettingsError(f"sites called {labels}", do="give each site a label of its own")
    return tuple(sites)
